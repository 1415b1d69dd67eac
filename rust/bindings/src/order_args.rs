//! The arguments of an order, from Python's words to the engine's numbers.

use std::fmt::Display;

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Change, Link, NewOrder, PostOnly, Revision, Terms};
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};

use crate::arguments::{Whole, Word};
use crate::convert;
use crate::errors::InputError;

/// What an order asks for, as Python wrote it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the arguments of a call, as the contract names them"
)]
pub(crate) struct Request<'a, 'py> {
    pub(crate) side: Word<'a>,
    pub(crate) quantity: &'a Bound<'py, PyAny>,
    pub(crate) r#type: Option<Word<'a>>,
    pub(crate) price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stop_price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) display_quantity: Option<&'a Bound<'py, PyAny>>,
    pub(crate) time_in_force: Option<Word<'a>>,
    pub(crate) post_only: bool,
    pub(crate) reduce_only: bool,
    pub(crate) expire_time_ns: Option<Whole<i64>>,
    pub(crate) account: Whole<u32>,
    pub(crate) self_trade_prevention: Option<Word<'a>>,
    pub(crate) order_id: Whole<u64>,
    pub(crate) trailing_distance: Option<&'a Bound<'py, PyAny>>,
    pub(crate) reprice: bool,
    pub(crate) oco: Option<Whole<u64>>,
    pub(crate) held: bool,
    pub(crate) releases: Option<Whole<u64>>,
    pub(crate) strategy: Whole<u32>,
}

/// What the word of a type stands for: an iceberg is a limit order that hides some.
#[derive(Clone, Copy)]
struct Kind {
    word: &'static str,
    order_type: OrderType,
    hides: bool,
}

const ICEBERG: &str = "iceberg";

const KINDS: [Kind; 7] = [
    Kind::of("limit", OrderType::Limit),
    Kind::of("market", OrderType::Market),
    Kind::of("stop", OrderType::Stop),
    Kind::of("stop_limit", OrderType::StopLimit),
    Kind {
        word: ICEBERG,
        order_type: OrderType::Limit,
        hides: true,
    },
    Kind::of("trailing_stop", OrderType::TrailingStop),
    Kind::of("market_to_limit", OrderType::MarketToLimit),
];

impl Kind {
    const fn of(word: &'static str, order_type: OrderType) -> Self {
        Self {
            word,
            order_type,
            hides: false,
        }
    }

    fn named(self) -> String {
        format!("type='{}'", self.word)
    }
}

impl<'a, 'py> Request<'a, 'py> {
    /// An order with nothing but what every order names.
    pub(crate) const fn of(side: Word<'a>, quantity: &'a Bound<'py, PyAny>) -> Self {
        Self {
            side,
            quantity,
            r#type: None,
            price: None,
            stop_price: None,
            display_quantity: None,
            time_in_force: None,
            post_only: false,
            reduce_only: false,
            expire_time_ns: None,
            account: Whole(0),
            self_trade_prevention: None,
            order_id: Whole(0),
            trailing_distance: None,
            reprice: false,
            oco: None,
            held: false,
            releases: None,
            strategy: Whole(0),
        }
    }

    /// The order without its terms.
    #[inline(always)]
    pub(crate) fn order(&self, symbol: u32, instrument: &Instrument) -> PyResult<NewOrder> {
        let kind = kind(self.r#type)?;
        let price = match self.price {
            Some(price) => convert::ticks(price, instrument)?.0,
            None if kind.order_type.has_limit() => return Err(needs(&kind.named(), "price")),
            None => 0,
        };
        Ok(NewOrder {
            symbol,
            account: self.account.0,
            order_id: self.order_id.0,
            side: convert::side(self.side.0)?,
            order_type: kind.order_type,
            time_in_force: time_in_force(self.time_in_force)?,
            post_only: match (self.post_only, self.reprice) {
                (false, false) => PostOnly::No,
                (true, false) => PostOnly::Reject,
                (true, true) => PostOnly::Reprice,
                (false, true) => {
                    return Err(InputError::new_err(
                        "reprice is of post_only orders: reprice=True, post_only=False",
                    ));
                }
            },
            reduce_only: self.reduce_only,
            self_trade_prevention: self_trade_prevention(self.self_trade_prevention)?,
            price,
            qty: convert::lots(self.quantity, instrument)?.0,
        })
    }

    /// The terms of its order, where it has any.
    #[inline(always)]
    pub(crate) fn terms(
        &self,
        order: &NewOrder,
        instrument: &Instrument,
    ) -> PyResult<Option<Terms>> {
        let named = self.stop_price.is_some()
            || self.display_quantity.is_some()
            || self.expire_time_ns.is_some()
            || self.trailing_distance.is_some()
            || self.oco.is_some()
            || self.held
            || self.releases.is_some()
            || self.strategy.0 != 0;
        let rare = order.order_type as u8 > OrderType::Market as u8
            || order.time_in_force as u8 > TimeInForce::Fok as u8
            || self.r#type.is_some_and(|word| word.0 == ICEBERG);
        if named || rare {
            self.checked_terms(order.time_in_force, instrument)
                .map(Some)
        } else {
            Ok(None)
        }
    }

    #[cold]
    fn checked_terms(&self, life: TimeInForce, instrument: &Instrument) -> PyResult<Terms> {
        let kind = kind(self.r#type)?;
        let is_stop = kind.order_type.is_stop();
        let trails = kind.order_type == OrderType::TrailingStop;
        let is_limit = kind.order_type == OrderType::Limit;
        let expires = life == TimeInForce::Gtd;
        let said = kind.named();
        let check = |name, value: Option<&Bound<'_, PyAny>>, taken, needed| {
            fits(&said, name, value, taken, needed)
        };
        check("stop_price", self.stop_price, is_stop, is_stop && !trails)?;
        check("trailing_distance", self.trailing_distance, trails, trails)?;
        check(
            "display_quantity",
            self.display_quantity,
            is_limit,
            kind.hides,
        )?;
        let expiry = self.expire_time_ns.map(|time| time.0);
        let said = format!("time_in_force='{}'", life.as_str());
        fits(&said, "expire_time_ns", expiry.as_ref(), expires, expires)?;
        let (link, linked_id) = self.link()?;
        let ticks = |name, value: Option<&Bound<'_, PyAny>>| -> PyResult<i64> {
            value.map_or(Ok(0), |value| convert::named_ticks(value, name, instrument))
        };
        Ok(Terms {
            stop_price: ticks("stop_price", self.stop_price)?,
            trailing_distance: ticks("trailing_distance", self.trailing_distance)?,
            display_qty: self.display_quantity.map_or(Ok(0), |value| {
                convert::named_lots(value, "display_quantity", instrument)
            })?,
            expire_time_ns: expiry.unwrap_or(0),
            linked_id,
            strategy: self.strategy.0,
            link,
        })
    }

    fn link(&self) -> PyResult<(Link, u64)> {
        match (self.oco, self.held, self.releases) {
            (None, false, None) => Ok((Link::None, 0)),
            (Some(other), false, None) => Ok((Link::Oco, other.0)),
            (None, true, None) => Ok((Link::Held, 0)),
            (None, false, Some(other)) => Ok((Link::Releases, other.0)),
            (oco, held, releases) => {
                let [oco, releases] = [oco, releases].map(|id| match id {
                    Some(Whole(id)) => id.to_string(),
                    None => "None".to_owned(),
                });
                let held = if held { "True" } else { "False" };
                Err(InputError::new_err(format!(
                    "an order is linked in one way: oco={oco}, held={held}, releases={releases}"
                )))
            }
        }
    }
}

/// What is to be different of an order, as Python wrote it.
pub(crate) struct Wish<'a, 'py> {
    pub(crate) price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) quantity: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stop_price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) open_quantity: Option<&'a Bound<'py, PyAny>>,
    pub(crate) keep_priority: bool,
}

impl Wish<'_, '_> {
    /// The change it comes to.
    pub(crate) fn change(&self, instrument: &Instrument) -> PyResult<Change> {
        let (qty, revision) = match (self.quantity, self.open_quantity, self.keep_priority) {
            (None, None, true) => (None, Revision::Total),
            (None, None, false) => (None, Revision::Reinsert),
            (Some(total), None, true) => (Some(total), Revision::Total),
            (None, Some(open), true) => (Some(open), Revision::Open),
            (None, Some(open), false) => (Some(open), Revision::Reinsert),
            (Some(_), _, _) => {
                return Err(InputError::new_err(
                    "modify takes quantity (the new total) or open_quantity (what is left), \
                     and keep_priority=False only with the latter",
                ));
            }
        };
        let price = self.price.map(|price| convert::ticks(price, instrument));
        let stop = self.stop_price;
        let stop = stop.map(|price| convert::named_ticks(price, "stop_price", instrument));
        let qty = qty.map(|qty| convert::lots(qty, instrument));
        Ok(Change {
            price: price.transpose()?.map(|price| price.0),
            qty: qty.transpose()?.map(|qty| qty.0),
            stop_price: stop.transpose()?,
            revision,
        })
    }
}

/// Refuses an argument that is missing or out of place.
fn fits<T: Display>(
    said: &str,
    name: &str,
    value: Option<&T>,
    taken: bool,
    needed: bool,
) -> PyResult<()> {
    match value {
        None if needed => Err(needs(said, name)),
        Some(value) if !taken => Err(InputError::new_err(format!(
            "{said} takes no {name}: {name}={value}"
        ))),
        None | Some(_) => Ok(()),
    }
}

#[cold]
fn needs(said: &str, name: &str) -> PyErr {
    InputError::new_err(format!("{said} needs {name}: {name}=None"))
}

#[inline]
fn kind(word: Option<Word<'_>>) -> PyResult<Kind> {
    let Some(Word(word)) = word else {
        return Ok(KINDS[0]);
    };
    match KINDS.iter().find(|kind| kind.word == word) {
        Some(kind) => Ok(*kind),
        None => Err(unknown("type", word, &KINDS.map(|kind| kind.word))),
    }
}

#[inline]
fn time_in_force(word: Option<Word<'_>>) -> PyResult<TimeInForce> {
    let Some(Word(word)) = word else {
        return Ok(TimeInForce::Gtc);
    };
    match TimeInForce::ALL.iter().find(|life| life.as_str() == word) {
        Some(life) => Ok(*life),
        None => Err(unknown(
            "time_in_force",
            word,
            &TimeInForce::ALL.map(TimeInForce::as_str),
        )),
    }
}

#[inline]
fn self_trade_prevention(word: Option<Word<'_>>) -> PyResult<SelfTradePrevention> {
    let Some(Word(word)) = word else {
        return Ok(SelfTradePrevention::None);
    };
    let modes = SelfTradePrevention::ALL;
    match modes.iter().find(|mode| mode.as_str() == word) {
        Some(mode) => Ok(*mode),
        None => Err(unknown(
            "self_trade_prevention",
            word,
            &modes.map(SelfTradePrevention::as_str),
        )),
    }
}

/// A word that is not among those `known`.
#[cold]
pub(crate) fn unknown(name: &str, word: &str, known: &[&str]) -> PyErr {
    let known: Vec<String> = known.iter().map(|word| format!("'{word}'")).collect();
    let known = known.join(", ");
    InputError::new_err(format!("{name} must be one of {known}: {name}={word:?}"))
}
