//! The engine behind a class: by itself, or with a log of its commands and its market data.

use std::ops::Deref;

use pyo3::PyResult;
use tradecore_core::matching::{Command, Engine, NewOrder, Terms};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::SymbolTerms;
use tradecore_journal::durable::{JournalError, Waiter};
use tradecore_journal::{KeepError, Listing, Name, NamingError, Placed, Venue, VenueLog};

use crate::arguments::Whole;
use crate::collected::{Listener, Origin};
use crate::errors::{InputError, IntoPy};

/// Bytes of records that must have a place before a call begins, so that it is not cut in two.
pub(crate) const CALL_BYTES: usize = 1 << 14;

/// An engine with a log, and what the log had against the call that is under way.
pub(crate) struct Kept {
    pub(crate) venue: Venue<VenueLog>,
    failed: Option<JournalError>,
    /// Sequence of the last command that came from here.
    called: u64,
}

impl Kept {
    pub(crate) const fn new(venue: Venue<VenueLog>) -> Self {
        Self {
            venue,
            failed: None,
            called: 0,
        }
    }

    /// Sequence of the last command of a call, however many others came since.
    pub(crate) const fn called(&self) -> u64 {
        self.called
    }

    /// Of the last command.
    fn origin(&self) -> Origin {
        Origin {
            sequence: self.venue.sequence(),
            timestamp_ns: self.venue.engine().now_ns(),
            is_duplicate: false,
        }
    }

    /// Does something, unless the call has failed already.
    fn attempt<T: Default>(
        &mut self,
        act: impl FnOnce(&mut Venue<VenueLog>) -> Result<T, JournalError>,
    ) -> T {
        if self.failed.is_some() {
            return T::default();
        }
        let before = self.venue.sequence();
        let done = act(&mut self.venue).unwrap_or_else(|error| {
            self.failed = Some(error);
            T::default()
        });
        let after = self.venue.sequence();
        if after != before {
            self.called = after;
        }
        done
    }
}

/// An engine, reached through one door whether its commands are written down or not.
#[expect(
    clippy::large_enum_variant,
    reason = "the engine of a `MatchingEngine` is reached without another pointer"
)]
pub(crate) enum Machine {
    /// By itself.
    Plain(Engine),
    /// Behind a sequencer.
    Venue(Box<Kept>),
}

impl Deref for Machine {
    type Target = Engine;

    #[inline]
    fn deref(&self) -> &Engine {
        match self {
            Self::Plain(engine) => engine,
            Self::Venue(kept) => kept.venue.engine(),
        }
    }
}

impl Machine {
    /// Executes one command; answers the id of the order it concerned, 0 for none.
    #[inline]
    pub(crate) fn apply<S: Listener>(&mut self, command: &Command, out: &mut S) -> u64 {
        match self {
            Self::Plain(engine) => engine.apply(command, out),
            Self::Venue(kept) => {
                let id = kept.attempt(|venue| venue.apply(command, out));
                out.mark(kept.origin());
                id
            }
        }
    }

    /// Places an order and answers its id.
    #[inline]
    pub(crate) fn place<S: Listener>(
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
            Self::Venue(kept) => {
                let placed = kept.attempt(|venue| venue.place(order, &terms, name, out));
                let Placed {
                    order_id,
                    sequence,
                    timestamp_ns,
                    is_duplicate,
                } = placed;
                out.mark(Origin {
                    sequence,
                    timestamp_ns,
                    is_duplicate,
                });
                order_id
            }
        }
    }

    /// Begins a call and tells the time, where a caller said it; `relieves` says whether the call
    /// takes risk away, and so may use what is kept back of a full disk.
    #[inline]
    pub(crate) fn advance<S: Listener>(
        &mut self,
        time_ns: Option<Whole<i64>>,
        relieves: bool,
        out: &mut S,
    ) {
        if let Self::Venue(kept) = self {
            kept.attempt(|venue| venue.log().admit(CALL_BYTES, relieves));
        }
        let Some(Whole(now_ns)) = time_ns else { return };
        match self {
            Self::Plain(engine) => engine.advance_time(now_ns, out),
            Self::Venue(kept) => {
                kept.attempt(|venue| venue.advance_time(now_ns, out));
                out.mark(kept.origin());
            }
        }
    }

    /// Whether an answer is known under this name.
    pub(crate) fn knows(&self, account: u32, name: Name<'_>) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Venue(kept) => kept.venue.knows(account, name),
        }
    }

    /// Keeps accounts.
    pub(crate) fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> PyResult<()> {
        let kept = match self {
            Self::Plain(engine) => engine.keep_accounts(terms).map_err(KeepError::Refused),
            Self::Venue(kept) => kept.venue.keep_accounts(terms),
        };
        kept.map_err(|error| match error {
            KeepError::Log(error) => error.into_py(),
            KeepError::Refused(RejectCode::BadSetting) => InputError::new_err(
                "accounts are kept once, before the first order, and a spot symbol has two assets",
            ),
            KeepError::Refused(_) | KeepError::TooLarge(_) => {
                InputError::new_err(error.to_string())
            }
        })
    }

    /// Lists an instrument behind all others.
    pub(crate) fn list(&mut self, listing: Listing) -> PyResult<u32> {
        let Self::Venue(kept) = self else {
            return Err(InputError::new_err("instruments are listed by a venue"));
        };
        let room = kept.venue.log().admit(CALL_BYTES, false);
        room.map_err(IntoPy::into_py)?;
        let listed = kept.venue.list(listing);
        kept.called = kept.venue.sequence();
        listed.map_err(|error| match error {
            KeepError::Log(error) => error.into_py(),
            KeepError::Refused(_) | KeepError::TooLarge(_) => {
                InputError::new_err(format!("an instrument is not listed: {error}"))
            }
        })
    }

    /// The number of an account's strategy; 0 where the account named as many as it may.
    pub(crate) fn name_strategy(&mut self, account: u32, name: Name<'_>) -> PyResult<u32> {
        let Self::Venue(kept) = self else {
            return Err(InputError::new_err("strategies are named by a venue"));
        };
        let before = kept.venue.sequence();
        match kept.venue.name_strategy(account, name) {
            Ok(number) => {
                if kept.venue.sequence() != before {
                    kept.called = kept.venue.sequence();
                }
                Ok(number)
            }
            Err(NamingError::TooMany) => Ok(0),
            Err(NamingError::Log(error)) => Err(error.into_py()),
        }
    }

    /// What the log has against the call that is under way; then it begins anew.
    pub(crate) fn failure(&mut self) -> PyResult<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Venue(kept) => match kept.failed.take() {
                None => Ok(()),
                Some(error) => Err(error.into_py()),
            },
        }
    }

    /// Whom to ask before an answer is given.
    pub(crate) fn pending(&self) -> Option<(Waiter, u64)> {
        match self {
            Self::Plain(_) => None,
            Self::Venue(kept) => kept.venue.log().pending(),
        }
    }

    /// Whom to ask before everything so far is on the medium.
    pub(crate) fn unwritten(&self) -> Option<(Waiter, u64)> {
        match self {
            Self::Plain(_) => None,
            Self::Venue(kept) => kept.venue.log().local()?.unwritten(),
        }
    }
}
