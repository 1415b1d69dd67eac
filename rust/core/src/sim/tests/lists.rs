//! A market as a list of everybody.

use std::collections::BTreeMap;

use crate::market::{OrderAt, OrderFact};
use crate::units::Side;

/// Who stands in a queue: a recorded order, with what we took of it, or one of ours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Who {
    Order { id: u64, qty: i64, eaten: i64 },
    Ours { key: u64, qty: i64 },
}

/// Every level as a list, front first: slow, obvious, and without a number of joining.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) levels: BTreeMap<(u8, i64), Vec<Who>>,
    pub(super) fills: BTreeMap<u64, i64>,
    /// Where ours stand.
    pub(super) ours: BTreeMap<u64, (Side, i64)>,
}

impl Lists {
    pub(super) fn level(&mut self, side: Side, price: i64) -> &mut Vec<Who> {
        self.levels.entry((side as u8, price)).or_default()
    }

    /// Prices of one side, best first.
    pub(super) fn prices(&self, side: Side) -> Vec<i64> {
        let of_side = self.levels.keys().filter(|(s, _)| *s == side as u8);
        let mut prices: Vec<i64> = of_side.map(|(_, price)| *price).collect();
        if side == Side::Buy {
            prices.reverse();
        }
        prices
    }

    pub(super) fn ahead(&self, key: u64) -> Option<i64> {
        let ours = |who: &Who| matches!(who, Who::Ours { key: k, .. } if *k == key);
        let (side, price) = self.ours.get(&key)?;
        let level = self.levels.get(&(*side as u8, *price))?;
        let before = level.iter().take_while(|who| !ours(who));
        Some(
            before
                .map(|who| match who {
                    Who::Order { qty, .. } => *qty,
                    Who::Ours { .. } => 0,
                })
                .sum(),
        )
    }

    /// Ours of a side from the best price to `limit`, each level up to `end` of it, share `qty`.
    pub(super) fn give(&mut self, side: Side, limit: i64, end: usize, mut qty: i64) {
        for price in self.prices(side) {
            let is_worse = (limit - price) * side.sign() > 0;
            if is_worse {
                break;
            }
            let end = if price == limit { end } else { usize::MAX };
            let mut filled = Vec::new();
            for who in self.level(side, price).iter().take(end) {
                if let Who::Ours { key, qty: open } = who {
                    let part = qty.min(*open);
                    qty -= part;
                    filled.push((*key, part));
                }
            }
            for (key, part) in filled {
                self.fill(key, part);
            }
        }
        self.sweep();
    }

    pub(super) fn sweep(&mut self) {
        for level in self.levels.values_mut() {
            level.retain(|who| match who {
                Who::Order { qty, .. } | Who::Ours { qty, .. } => *qty > 0,
            });
        }
        self.levels.retain(|_, level| !level.is_empty());
    }

    pub(super) fn change(&mut self, order: &OrderAt) -> usize {
        let OrderAt {
            id,
            side,
            price,
            qty,
        } = *order;
        let level = self.level(side, price.0);
        let is_it = |who: &Who| matches!(who, Who::Order { id: i, .. } if *i == id);
        let at = level.iter().position(is_it).expect("every order is known");
        if let Who::Order {
            qty: left, eaten, ..
        } = &mut level[at]
        {
            *left -= qty.0;
            *eaten = (*eaten).min(*left);
        }
        at
    }

    pub(super) fn take(&mut self, fact: &OrderFact) {
        match fact {
            OrderFact::Came(OrderAt {
                id,
                side,
                price,
                qty,
            }) => {
                let (id, qty, eaten) = (*id, qty.0, 0);
                self.level(*side, price.0)
                    .push(Who::Order { id, qty, eaten });
            }
            OrderFact::Shrank(order) => {
                self.change(order);
                self.sweep();
            }
            OrderFact::Traded(order) => {
                let at = self.change(order);
                self.give(order.side, order.price.0, at, order.qty.0);
            }
            OrderFact::Hidden(order) => {
                self.give(order.side, order.price.0, usize::MAX, order.qty.0);
            }
        }
    }

    /// What one of ours takes of the recorded orders up to a price.
    pub(super) fn eat(&mut self, side: Side, limit: i64, qty: i64) -> i64 {
        let mut left = qty;
        for price in self.prices(side.opposite()) {
            if (price - limit) * side.sign() > 0 {
                break;
            }
            for who in self.level(side.opposite(), price) {
                if let Who::Order { qty, eaten, .. } = who {
                    let part = left.min(*qty - *eaten);
                    *eaten += part;
                    left -= part;
                }
            }
        }
        qty - left
    }

    /// Ours meet what has come up to them.
    pub(super) fn meet(&mut self) {
        for side in [Side::Buy, Side::Sell] {
            let of_side = self.ours.values().filter(|(s, _)| *s == side);
            let mut prices: Vec<i64> = of_side.map(|(_, price)| *price).collect();
            prices.sort_by_key(|price| -price * side.sign());
            prices.dedup();
            for price in prices {
                for who in self.level(side, price).clone() {
                    if let Who::Ours { key, qty } = who {
                        let eaten = self.eat(side, price, qty);
                        self.fill(key, eaten);
                    }
                }
            }
        }
        self.sweep();
    }

    pub(super) fn fill(&mut self, key: u64, part: i64) {
        *self.fills.entry(key).or_default() += part;
        let (side, price) = self.ours[&key];
        for who in self.level(side, price) {
            if let Who::Ours { key: k, qty } = who
                && *k == key
            {
                *qty -= part;
                if *qty == 0 {
                    self.ours.remove(&key);
                    return;
                }
            }
        }
    }

    pub(super) fn join(&mut self, key: u64, side: Side, price: i64, qty: i64) {
        self.level(side, price).push(Who::Ours { key, qty });
        self.ours.insert(key, (side, price));
    }

    pub(super) fn remove(&mut self, key: u64) {
        if let Some((side, price)) = self.ours.remove(&key) {
            let level = self.level(side, price);
            level.retain(|who| !matches!(who, Who::Ours { key: k, .. } if *k == key));
            self.sweep();
        }
    }
}
