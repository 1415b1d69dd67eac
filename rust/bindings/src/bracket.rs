//! Several linked orders in one call: all of them, or none.

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Command, ExecType, Link, NewOrder, Terms};
use tradecore_core::order::{OrderType, TimeInForce};
use tradecore_core::units::{Side, Ticks};
use tradecore_journal::Name;

use crate::collected::Collected;
use crate::errors::InputError;
use crate::machine::Machine;

/// An order, and the two that close what it opens: one limits the loss, one takes the profit.
pub(crate) struct Bracket {
    pub(crate) entry: NewOrder,
    /// In ticks.
    pub(crate) stop_loss: i64,
    /// In ticks.
    pub(crate) take_profit: i64,
}

impl Bracket {
    /// Refuses prices that bracket nothing.
    pub(crate) fn check(&self, instrument: &Instrument) -> PyResult<()> {
        let mut prices = vec![("stop_loss", self.stop_loss)];
        if self.entry.price != 0 {
            prices.push(("price", self.entry.price));
        }
        prices.push(("take_profit", self.take_profit));
        in_order(self.entry.side, &prices, instrument)
    }

    /// Places the two that wait, then the entry, and answers its id; where one is refused, what
    /// waits already is canceled.
    pub(crate) fn place(
        &self,
        engine: &mut Machine,
        name: Option<Name<'_>>,
        out: &mut Collected,
    ) -> u64 {
        let start = out.reports.len();
        if let Some(known) = name.filter(|name| engine.knows(self.entry.account, *name)) {
            // Linked with nothing, it is another order than the one that has the name.
            let terms = Terms {
                link: Link::Releases,
                ..Terms::default()
            };
            return engine.place(&self.entry, Some(&terms), Some(known), out);
        }
        let target = NewOrder {
            side: self.entry.side.opposite(),
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Gtc,
            price: self.take_profit,
            ..self.entry
        };
        let stop = NewOrder {
            order_type: OrderType::Stop,
            price: 0,
            ..target
        };
        let held = Terms {
            stop_price: self.stop_loss,
            link: Link::Held,
            ..Terms::default()
        };
        let linked = |link, linked_id| Terms {
            link,
            linked_id,
            ..Terms::default()
        };
        let waiting = engine.apply(&Command::NewWith(stop, held), out);
        if !is_refused(out, start) {
            engine.apply(&Command::NewWith(target, linked(Link::Oco, waiting)), out);
        }
        let mut entry = 0;
        if !is_refused(out, start) {
            let terms = linked(Link::Releases, waiting);
            entry = engine.place(&self.entry, Some(&terms), name, out);
        }
        if is_refused(out, start) {
            give_up(engine, self.entry.symbol, waiting, out);
        }
        entry
    }
}

/// A limit order and a stop of which one cancels the other.
pub(crate) struct Pair {
    pub(crate) limit: NewOrder,
    /// In ticks.
    pub(crate) stop_price: i64,
}

impl Pair {
    /// Refuses prices of which one is reached before the other waits.
    pub(crate) fn check(&self, instrument: &Instrument) -> PyResult<()> {
        let prices = [("price", self.limit.price), ("stop_price", self.stop_price)];
        in_order(self.limit.side, &prices, instrument)
    }

    /// Places the stop, then the limit order where the stop still waits; a stop without its limit
    /// order is canceled.
    pub(crate) fn place(&self, engine: &mut Machine, out: &mut Collected) {
        let stop = NewOrder {
            order_type: OrderType::Stop,
            price: 0,
            ..self.limit
        };
        let trigger = Terms {
            stop_price: self.stop_price,
            ..Terms::default()
        };
        let waiting = engine.apply(&Command::NewWith(stop, trigger), out);
        if engine.order(waiting).is_none() {
            return;
        }
        let before = out.reports.len();
        let beside = Terms {
            link: Link::Oco,
            linked_id: waiting,
            ..Terms::default()
        };
        engine.apply(&Command::NewWith(self.limit, beside), out);
        if is_refused(out, before) {
            give_up(engine, self.limit.symbol, waiting, out);
        }
    }
}

/// Whether an order was refused since the report at `start`.
fn is_refused(out: &Collected, start: usize) -> bool {
    let mut reports = out.reports[start..].iter();
    reports.any(|report| report.exec_type() == ExecType::Rejected)
}

/// Takes out what waits, and by its link everything that waits with it.
fn give_up(engine: &mut Machine, symbol: u32, waiting: u64, out: &mut Collected) {
    if engine.order(waiting).is_some() {
        let order_id = waiting;
        engine.apply(&Command::Cancel { symbol, order_id }, out);
    }
}

/// Refuses prices that do not rise, for a buy, or fall, for a sell, in the order given.
fn in_order(side: Side, prices: &[(&str, i64)], instrument: &Instrument) -> PyResult<()> {
    let (sign, than) = match side {
        Side::Buy => (1, " < "),
        Side::Sell => (-1, " > "),
    };
    if prices.is_sorted_by(|(_, a), (_, b)| a * sign < b * sign) {
        return Ok(());
    }
    let rule: Vec<&str> = prices.iter().map(|(name, _)| *name).collect();
    let given: Vec<String> = prices
        .iter()
        .map(|(name, price)| format!("{name}={}", instrument.price(Ticks(*price))))
        .collect();
    Err(InputError::new_err(format!(
        "of a {} order {} must hold: {}",
        side.as_str(),
        rule.join(than),
        given.join(", ")
    )))
}
