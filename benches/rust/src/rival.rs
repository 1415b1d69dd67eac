//! The obvious engine: a sorted map of prices, a queue at each, a hash map of ids.
//!
//! It answers the same records with the same reports for limit and market orders, cancels and
//! reinsertions; what it leaves out (names, notional, checks of a book) only makes it faster.

use std::collections::hash_map::{Entry, HashMap};
use std::collections::{BTreeMap, VecDeque};

use tradecore_core::matching::report::{MAKER, TAKER};
use tradecore_core::matching::{CommandRecord, ExecType, Report};

const SELL: u8 = 1;
const MARKET: u8 = 1;

/// A resting order.
struct Resting {
    id: u64,
    open: i64,
    filled: i64,
}

/// An order on its way in.
struct Taker {
    id: u64,
    side: u8,
    price: i64,
    open: i64,
    filled: i64,
}

type Half = BTreeMap<i64, VecDeque<Resting>>;

/// The baseline.
#[derive(Default)]
pub(crate) struct Rival {
    bids: Half,
    asks: Half,
    places: HashMap<u64, (u8, i64)>,
    sequence: u64,
}

impl Rival {
    /// Executes one record and appends its reports.
    pub(crate) fn apply(&mut self, record: &CommandRecord, out: &mut Vec<Report>) {
        match record.op {
            0 => self.place(record, out),
            1 => self.cancel(record, out),
            _ => self.modify(record, out),
        }
    }

    fn place(&mut self, record: &CommandRecord, out: &mut Vec<Report>) {
        let mut taker = Taker {
            id: record.order_id,
            side: record.side,
            price: match (record.order_type, record.side) {
                (MARKET, SELL) => i64::MIN,
                (MARKET, _) => i64::MAX,
                _ => record.price,
            },
            open: record.qty,
            filled: 0,
        };
        if self.places.contains_key(&taker.id) {
            return self.report(ExecType::Rejected, &taker, 0, out);
        }
        self.report(ExecType::New, &taker, record.qty, out);
        self.cross(&mut taker, out);
        if taker.open == 0 {
            return;
        }
        if record.order_type == MARKET || record.time_in_force != 0 {
            self.report(ExecType::Canceled, &taker, taker.open, out);
        } else {
            self.rest(&taker);
        }
    }

    fn cancel(&mut self, record: &CommandRecord, out: &mut Vec<Report>) {
        match self.take_out(record.order_id) {
            Some(taker) => self.report(ExecType::Canceled, &taker, taker.open, out),
            None => self.refuse(record, out),
        }
    }

    fn modify(&mut self, record: &CommandRecord, out: &mut Vec<Report>) {
        let Some(mut taker) = self.take_out(record.order_id) else {
            return self.refuse(record, out);
        };
        taker.price = record.price;
        taker.open = record.qty;
        self.report(ExecType::Replaced, &taker, taker.open + taker.filled, out);
        self.cross(&mut taker, out);
        if taker.open > 0 {
            self.rest(&taker);
        }
    }

    fn cross(&mut self, taker: &mut Taker, out: &mut Vec<Report>) {
        while taker.open > 0 {
            let best = if taker.side == SELL {
                let best = self.bids.last_entry();
                best.filter(|level| *level.key() >= taker.price)
            } else {
                let best = self.asks.first_entry();
                best.filter(|level| *level.key() <= taker.price)
            };
            let Some(mut level) = best else { return };
            let price = *level.key();
            let Some(maker) = level.get_mut().front_mut() else {
                return;
            };
            let qty = maker.open.min(taker.open);
            maker.open -= qty;
            maker.filled += qty;
            taker.open -= qty;
            taker.filled += qty;
            self.sequence += 2;
            let trade = Report {
                sequence: self.sequence - 1,
                order_id: maker.id,
                counter_order_id: taker.id,
                price,
                qty,
                leaves: maker.open,
                cumulative: maker.filled,
                exec_type: ExecType::Trade as u8,
                side: 1 - taker.side,
                liquidity: MAKER,
                ..Report::default()
            };
            out.push(trade);
            out.push(Report {
                sequence: self.sequence,
                order_id: taker.id,
                counter_order_id: maker.id,
                leaves: taker.open,
                cumulative: taker.filled,
                side: taker.side,
                liquidity: TAKER,
                ..trade
            });
            if maker.open == 0 {
                self.places.remove(&maker.id);
                level.get_mut().pop_front();
                if level.get().is_empty() {
                    level.remove();
                }
            }
        }
    }

    fn rest(&mut self, taker: &Taker) {
        let order = Resting {
            id: taker.id,
            open: taker.open,
            filled: taker.filled,
        };
        self.places.insert(taker.id, (taker.side, taker.price));
        let half = self.half(taker.side);
        half.entry(taker.price).or_default().push_back(order);
    }

    fn take_out(&mut self, id: u64) -> Option<Taker> {
        let Entry::Occupied(place) = self.places.entry(id) else {
            return None;
        };
        let (side, price) = place.remove();
        let half = self.half(side);
        let level = half.get_mut(&price)?;
        let at = level.iter().position(|order| order.id == id)?;
        let order = level.remove(at)?;
        if level.is_empty() {
            half.remove(&price);
        }
        Some(Taker {
            id,
            side,
            price,
            open: order.open,
            filled: order.filled,
        })
    }

    fn half(&mut self, side: u8) -> &mut Half {
        if side == SELL {
            &mut self.asks
        } else {
            &mut self.bids
        }
    }

    fn refuse(&mut self, record: &CommandRecord, out: &mut Vec<Report>) {
        let unknown = Taker {
            id: record.order_id,
            side: record.side,
            price: record.price,
            open: 0,
            filled: 0,
        };
        self.report(ExecType::Rejected, &unknown, record.qty, out);
    }

    fn report(&mut self, exec_type: ExecType, order: &Taker, qty: i64, out: &mut Vec<Report>) {
        self.sequence += 1;
        out.push(Report {
            sequence: self.sequence,
            order_id: order.id,
            price: order.price,
            qty,
            leaves: order.open,
            cumulative: order.filled,
            exec_type: exec_type as u8,
            side: order.side,
            ..Report::default()
        });
    }
}
