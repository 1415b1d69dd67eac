//! The engine behind a class: by itself, or with a log of its commands and its market data.

use std::ops::Deref;

use pyo3::PyResult;
use tradecore_core::matching::{Command, Engine, NewOrder, Sink, Terms};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::SymbolTerms;
use tradecore_journal::{KeepError, Name, Venue};

use crate::arguments::Whole;
use crate::errors::InputError;

/// An engine, reached through one door whether its commands are written down or not.
#[expect(
    clippy::large_enum_variant,
    reason = "the engine of a `MatchingEngine` is reached without another pointer"
)]
pub(crate) enum Machine {
    /// By itself.
    Plain(Engine),
    /// Behind a sequencer.
    Venue(Box<Venue>),
}

impl Deref for Machine {
    type Target = Engine;

    #[inline]
    fn deref(&self) -> &Engine {
        match self {
            Self::Plain(engine) => engine,
            Self::Venue(venue) => venue.engine(),
        }
    }
}

impl Machine {
    /// Executes one command; answers the id of the order it concerned, 0 for none.
    #[inline]
    pub(crate) fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> u64 {
        match self {
            Self::Plain(engine) => engine.apply(command, out),
            Self::Venue(venue) => venue.apply(command, out),
        }
    }

    /// Places an order and answers its id.
    #[inline]
    pub(crate) fn place<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: Option<&Terms>,
        name: Option<Name<'_>>,
        out: &mut S,
    ) -> u64 {
        let Some(name) = name else {
            return match terms {
                None => self.apply(&Command::New(*order), out),
                Some(terms) => self.apply(&Command::NewWith(*order, *terms), out),
            };
        };
        let terms = terms.copied().unwrap_or_default();
        match self {
            Self::Plain(engine) => engine.apply_named(order, &terms, name.as_str(), out),
            Self::Venue(venue) => venue.apply_named(order, &terms, name, out),
        }
    }

    /// Tells the time, where a caller said it.
    #[inline]
    pub(crate) fn advance<S: Sink>(&mut self, time_ns: Option<Whole<i64>>, out: &mut S) {
        let Some(Whole(now_ns)) = time_ns else { return };
        match self {
            Self::Plain(engine) => engine.advance_time(now_ns, out),
            Self::Venue(venue) => venue.advance_time(now_ns, out),
        }
    }

    /// Keeps accounts.
    pub(crate) fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> PyResult<()> {
        let kept = match self {
            Self::Plain(engine) => engine.keep_accounts(terms).map_err(KeepError::Refused),
            Self::Venue(venue) => venue.keep_accounts(terms),
        };
        kept.map_err(|error| match error {
            KeepError::Refused(RejectCode::BadSetting) => InputError::new_err(
                "accounts are kept once, before the first order, and a spot symbol has two assets",
            ),
            KeepError::Refused(_) | KeepError::TooLarge(_) => {
                InputError::new_err(error.to_string())
            }
        })
    }
}
