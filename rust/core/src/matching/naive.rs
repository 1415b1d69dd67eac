//! The engine again, slow and obvious: a list of orders, searched from the front.
//!
//! Written from the rules in `docs/reference/matching.md`, sharing nothing with the fast path but
//! the words of commands and reports. It exists to disagree.

use std::sync::Arc;

use crate::instrument::{COUNT_MAX, Instrument};
use crate::matching::command::{Command, NewOrder, PostOnly, Revision};
use crate::matching::report::{ExecType, OrderStatus, Report};
use crate::money::Money;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, Ticks};

/// An order the twin knows; what rests is a list of these in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Its id.
    pub id: u64,
    /// Its instrument.
    pub symbol: u32,
    /// Whose it is.
    pub account: u32,
    /// Which way.
    pub side: Side,
    /// Its limit; `None` takes any price.
    pub price: Option<i64>,
    /// Still open.
    pub open: i64,
    /// Traded so far.
    pub filled: i64,
    /// Refuses to take.
    pub post_only: bool,
}

/// The slow twin of [`crate::matching::Engine`].
#[derive(Clone, Debug, Default)]
pub struct NaiveEngine {
    instruments: Vec<Arc<Instrument>>,
    /// Oldest first; changing an order's place means moving it to the end.
    resting: Vec<Resting>,
    reports: Vec<Report>,
    sequence: u64,
    last_id: u64,
}

impl NaiveEngine {
    /// A twin with empty books.
    pub fn new(instruments: Vec<Arc<Instrument>>) -> Self {
        Self {
            instruments,
            ..Self::default()
        }
    }

    /// Executes one command and answers its reports.
    pub fn apply(&mut self, command: &Command) -> Vec<Report> {
        match *command {
            Command::New(ref order) => self.place(order),
            Command::Cancel { symbol, order_id } => self.cancel(symbol, order_id),
            Command::Modify {
                symbol,
                order_id,
                change,
            } => {
                self.modify(symbol, order_id, change.price, change.qty, change.revision);
            }
            _ => {}
        }
        std::mem::take(&mut self.reports)
    }

    /// The resting orders of one side in the order they would trade.
    pub fn book(&self, symbol: u32, side: Side) -> Vec<Resting> {
        let mut orders: Vec<Resting> = self
            .resting
            .iter()
            .filter(|o| o.symbol == symbol && o.side == side)
            .copied()
            .collect();
        orders.sort_by_key(|order| order.price.unwrap_or(0) * -side.sign());
        orders
    }

    fn place(&mut self, order: &NewOrder) {
        let id = if order.order_id == 0 {
            self.last_id + 1
        } else {
            order.order_id
        };
        if id < 1 << 63 {
            self.last_id = self.last_id.max(id);
        }
        let mut incoming = Resting {
            id,
            symbol: order.symbol,
            account: order.account,
            side: order.side,
            price: (order.order_type == OrderType::Limit).then_some(order.price),
            open: order.qty,
            filled: 0,
            post_only: order.post_only != PostOnly::No,
        };
        let exhausted = order.order_id == 0 && id >= 1 << 63;
        let full = exhausted.then_some(RejectCode::EngineFull);
        if let Some(code) = full.or_else(|| self.objection(order, &incoming)) {
            return self.refuse(
                &Resting {
                    open: 0,
                    ..incoming
                },
                order.qty,
                code,
            );
        }
        self.report(&incoming, ExecType::New, OrderStatus::New, order.qty);
        if order.time_in_force == TimeInForce::Fok
            && self.reachable(&incoming) < i128::from(order.qty)
        {
            return self.drop_rest(&incoming, Some(RejectCode::FillOrKill));
        }
        self.trade(&mut incoming);
        if incoming.open == 0 {
            return;
        }
        if order.time_in_force != TimeInForce::Gtc || order.order_type == OrderType::Market {
            let nothing = order.order_type == OrderType::Market && incoming.filled == 0;
            return self.drop_rest(&incoming, nothing.then_some(RejectCode::NoLiquidity));
        }
        self.rest(incoming);
    }

    fn objection(&self, order: &NewOrder, incoming: &Resting) -> Option<RejectCode> {
        let Some(instrument) = self.instruments.get(order.symbol as usize) else {
            return Some(RejectCode::UnknownSymbol);
        };
        let notional = incoming
            .price
            .map(|price| instrument.notional(Ticks(price), Lots(order.qty)));
        let rules = [
            (order.qty <= 0, RejectCode::QtyNotPositive),
            (order.qty >= COUNT_MAX, RejectCode::QtyTooLarge),
            (
                incoming.price.is_some_and(|p| p <= 0 || p >= COUNT_MAX),
                RejectCode::BadPrice,
            ),
            (
                order.post_only != PostOnly::No
                    && (order.order_type != OrderType::Limit
                        || order.time_in_force != TimeInForce::Gtc),
                RejectCode::BadCombination,
            ),
            (
                self.resting.iter().any(|o| o.id == incoming.id),
                RejectCode::DuplicateOrderId,
            ),
            (
                matches!(notional, Some(Some(value)) if instrument.min_notional() > Money::ZERO
                    && value < instrument.min_notional()),
                RejectCode::MinNotional,
            ),
            (
                order.post_only != PostOnly::No && self.reachable(incoming) > 0,
                RejectCode::PostOnlyWouldCross,
            ),
        ];
        rules
            .into_iter()
            .find_map(|(broken, code)| broken.then_some(code))
    }

    /// Everything `incoming` could trade with, best first.
    fn opposite(&self, incoming: &Resting) -> Vec<Resting> {
        let mut orders = self.book(incoming.symbol, incoming.side.opposite());
        orders.retain(|maker| match (incoming.price, maker.price) {
            (Some(limit), Some(price)) => {
                (i128::from(limit) - i128::from(price)) * i128::from(incoming.side.sign()) >= 0
            }
            _ => true,
        });
        orders
    }

    fn reachable(&self, incoming: &Resting) -> i128 {
        self.opposite(incoming)
            .iter()
            .map(|maker| i128::from(maker.open))
            .sum()
    }

    fn trade(&mut self, incoming: &mut Resting) {
        for mut maker in self.opposite(incoming) {
            if incoming.open == 0 {
                break;
            }
            let qty = maker.open.min(incoming.open);
            for order in [&mut maker, incoming] {
                order.open -= qty;
                order.filled += qty;
            }
            let price = maker.price.unwrap_or(0);
            self.report_trade(&maker, incoming.id, price, qty, 1);
            self.report_trade(incoming, maker.id, price, qty, 2);
            if let Some(at) = self.resting.iter().position(|order| order.id == maker.id) {
                if maker.open == 0 {
                    self.resting.remove(at);
                } else {
                    self.resting[at] = maker;
                }
            }
        }
    }

    fn rest(&mut self, order: Resting) {
        let level = self.resting.iter().filter(|other| {
            (other.symbol, other.side, other.price) == (order.symbol, order.side, order.price)
        });
        let total: i128 = level.map(|other| i128::from(other.open)).sum();
        if total + i128::from(order.open) > i128::from(i64::MAX) {
            return self.drop_rest(&order, Some(RejectCode::QtyTooLarge));
        }
        self.resting.push(order);
    }

    fn cancel(&mut self, symbol: u32, order_id: u64) {
        let Some(at) = self.find(symbol, order_id) else {
            return self.refuse_unknown(symbol, order_id, 0, 0);
        };
        let order = self.resting.remove(at);
        self.drop_rest(&order, None);
    }

    fn modify(
        &mut self,
        symbol: u32,
        order_id: u64,
        price: Option<i64>,
        qty: Option<i64>,
        revision: Revision,
    ) {
        let Some(at) = self.find(symbol, order_id) else {
            return self.refuse_unknown(symbol, order_id, price.unwrap_or(0), qty.unwrap_or(0));
        };
        let old = self.resting[at];
        let open = match (qty, revision) {
            (None, _) => old.open,
            (Some(total), Revision::Total) => total.saturating_sub(old.filled),
            (Some(open), _) => open,
        };
        let changed = Resting {
            price: price.or(old.price),
            open,
            ..old
        };
        if let Some(code) = self.objection_to_change(&old, &changed, qty) {
            // What is still open is told, since the order stands as it was.
            let stands = Resting {
                price: changed.price,
                ..old
            };
            return self.refuse(&stands, qty.unwrap_or(old.open + old.filled), code);
        }
        let status = if old.filled == 0 {
            OrderStatus::Replaced
        } else {
            OrderStatus::PartiallyFilled
        };
        self.report(&changed, ExecType::Replaced, status, open + old.filled);
        if revision != Revision::Reinsert && changed.price == old.price && open <= old.open {
            self.resting[at] = changed;
            return;
        }
        self.resting.remove(at);
        let mut incoming = changed;
        self.trade(&mut incoming);
        if incoming.open > 0 {
            self.rest(incoming);
        }
    }

    fn objection_to_change(
        &self,
        old: &Resting,
        changed: &Resting,
        qty: Option<i64>,
    ) -> Option<RejectCode> {
        let total = i128::from(changed.open) + i128::from(old.filled);
        let rules = [
            (qty.is_some_and(|qty| qty <= 0), RejectCode::QtyNotPositive),
            (changed.open <= 0, RejectCode::TotalBelowFilled),
            (total >= i128::from(COUNT_MAX), RejectCode::QtyTooLarge),
            (
                changed.price.is_some_and(|p| p <= 0 || p >= COUNT_MAX),
                RejectCode::BadPrice,
            ),
            (
                old.post_only && self.reachable(changed) > 0,
                RejectCode::PostOnlyWouldCross,
            ),
        ];
        rules
            .into_iter()
            .find_map(|(broken, code)| broken.then_some(code))
    }

    fn find(&self, symbol: u32, order_id: u64) -> Option<usize> {
        self.resting
            .iter()
            .position(|order| order.id == order_id && order.symbol == symbol)
    }

    fn refuse_unknown(&mut self, symbol: u32, id: u64, price: i64, qty: i64) {
        let nobody = Resting {
            id,
            symbol,
            account: 0,
            side: Side::Buy,
            price: Some(price),
            open: 0,
            filled: 0,
            post_only: false,
        };
        self.refuse(&nobody, qty, RejectCode::UnknownOrder);
    }

    fn refuse(&mut self, order: &Resting, qty: i64, code: RejectCode) {
        self.report(order, ExecType::Rejected, OrderStatus::Rejected, qty);
        self.blame(code);
    }

    fn drop_rest(&mut self, order: &Resting, code: Option<RejectCode>) {
        let gone = Resting { open: 0, ..*order };
        self.report(&gone, ExecType::Canceled, OrderStatus::Canceled, order.open);
        if let Some(code) = code {
            self.blame(code);
        }
    }

    fn blame(&mut self, code: RejectCode) {
        if let Some(report) = self.reports.last_mut() {
            report.reject = code as u16;
        }
    }

    fn report_trade(&mut self, order: &Resting, counter: u64, price: i64, qty: i64, liquidity: u8) {
        let status = if order.open == 0 {
            OrderStatus::Filled
        } else {
            OrderStatus::PartiallyFilled
        };
        self.report(order, ExecType::Trade, status, qty);
        if let Some(report) = self.reports.last_mut() {
            report.counter_order_id = counter;
            report.price = price;
            report.liquidity = liquidity;
        }
    }

    fn report(&mut self, order: &Resting, exec_type: ExecType, status: OrderStatus, qty: i64) {
        self.sequence += 1;
        self.reports.push(Report {
            sequence: self.sequence,
            order_id: order.id,
            counter_order_id: 0,
            price: order.price.unwrap_or(0),
            qty,
            leaves: order.open,
            cumulative: order.filled,
            account: order.account,
            symbol: order.symbol,
            exec_type: exec_type as u8,
            status: status as u8,
            side: order.side as u8,
            liquidity: 0,
            reject: 0,
            scope: 0,
        });
    }
}
