//! A book by price, projected from an engine's reports, and what of it is to be published.

use std::collections::{BTreeMap, BTreeSet};

use crate::market::{Level, MarketEvent};
use crate::units::{Lots, Side, Ticks};

use super::orders::OrderEvent;

/// What rests at each price, and which prices changed since they were last published.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
    changed: BTreeSet<(u8, i64)>,
}

impl Levels {
    fn side_mut(&mut self, side: Side) -> &mut BTreeMap<i64, i64> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Quantity came to rest (positive) or left (negative). Of a recording that begins in the
    /// middle, what was never told cannot leave.
    pub(super) fn add(&mut self, side: Side, price: i64, qty: i64) {
        let levels = self.side_mut(side);
        let level = levels.entry(price).or_default();
        *level = level.saturating_add(qty).max(0);
        if *level == 0 {
            levels.remove(&price);
        }
        self.changed.insert((side as u8, price));
    }

    /// Highest bid and its quantity.
    pub(super) fn best_bid(&self) -> Option<(i64, i64)> {
        self.bids
            .last_key_value()
            .map(|(price, qty)| (*price, *qty))
    }

    /// Lowest ask and its quantity.
    pub(super) fn best_ask(&self) -> Option<(i64, i64)> {
        self.asks
            .first_key_value()
            .map(|(price, qty)| (*price, *qty))
    }

    /// Every level of both sides, best first; nothing counts as changed afterwards.
    pub(super) fn snapshot(&mut self, levels: &mut Vec<Level>) {
        levels.clear();
        self.changed.clear();
        let level = |side, price: i64, qty: i64| Level {
            side,
            price: Ticks(price),
            qty: Lots(qty),
        };
        levels.extend(
            self.bids
                .iter()
                .rev()
                .map(|(p, q)| level(Side::Buy, *p, *q)),
        );
        levels.extend(self.asks.iter().map(|(p, q)| level(Side::Sell, *p, *q)));
    }

    /// The levels that changed since the last call, as they are now; false when none did.
    pub(super) fn changes(&mut self, levels: &mut Vec<Level>) -> bool {
        levels.clear();
        for (side, price) in std::mem::take(&mut self.changed) {
            let side = if side == Side::Buy as u8 {
                Side::Buy
            } else {
                Side::Sell
            };
            let qty = self.side_mut(side).get(&price).copied().unwrap_or(0);
            levels.push(Level {
                side,
                price: Ticks(price),
                qty: Lots(qty),
            });
        }
        !levels.is_empty()
    }
}

/// What is public of a market at once: its levels, the touch when it moved, numbered trades.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) levels: Levels,
    trade_id: u64,
    quoted: Option<[(i64, i64); 2]>,
}

impl Board {
    /// Takes a fact; the trade it makes public, if it is one.
    pub(super) fn take(&mut self, event: &OrderEvent) -> Option<MarketEvent<'static>> {
        match *event {
            OrderEvent::Book(change) => {
                let (order, by) = change.shift()?;
                self.levels.add(order.side, order.price, by);
                None
            }
            OrderEvent::Trade {
                price,
                qty,
                aggressor,
            }
            | OrderEvent::Hidden {
                price,
                qty,
                aggressor,
            } => {
                self.trade_id += 1;
                Some(MarketEvent::Trade {
                    id: self.trade_id,
                    price,
                    qty,
                    aggressor,
                })
            }
            OrderEvent::Done | OrderEvent::Open => None,
        }
    }

    /// The best of both sides, if it is another than before.
    pub(super) fn touch(&mut self, id: u64) -> Option<MarketEvent<'static>> {
        let (bid, ask) = self.levels.best_bid().zip(self.levels.best_ask())?;
        if self.quoted == Some([bid, ask]) {
            return None;
        }
        self.quoted = Some([bid, ask]);
        Some(MarketEvent::Quote {
            id,
            bid: Ticks(bid.0),
            bid_qty: Lots(bid.1),
            ask: Ticks(ask.0),
            ask_qty: Lots(ask.1),
        })
    }
}
