//! Whether an order could be filled whole: a look that changes nothing.

use std::collections::BTreeMap;

use crate::book::arena::{NIL, Slot};
use crate::book::audit;
use crate::matching::Engine;
use crate::matching::taker::Taker;
use crate::order::SelfTradePrevention;

impl Engine {
    /// Whether the other side could fill `taker` whole.
    pub(super) fn fills_whole(&self, taker: &Taker) -> bool {
        let market = &self.markets[taker.symbol() as usize];
        let rare = market.icebergs > 0
            || !market.is_plain
            || !self.groups.is_empty()
            || self.risk.keeps_accounts()
            || taker.tags.self_trade_prevention() != SelfTradePrevention::None;
        if rare {
            return self.fills_whole_with_care(taker);
        }
        let against = taker.side().opposite();
        let mut wanted = taker.qty;
        for price in market.ladder.prices(against) {
            if !taker.reaches(price) {
                return false;
            }
            wanted -= market
                .ladder
                .get(against, price)
                .map_or(0, |level| level.qty.min(wanted));
            if wanted == 0 {
                return true;
            }
        }
        false
    }

    /// The same, order by order: some do not show all, some it may not trade with.
    #[cold]
    fn fills_whole_with_care(&self, taker: &Taker) -> bool {
        let mut wanted = taker.qty;
        let skips = taker.tags.self_trade_prevention() == SelfTradePrevention::CancelOldest;
        self.walk(taker, skips, |_, qty| {
            wanted -= wanted.min(qty);
            wanted > 0
        });
        wanted == 0
    }

    /// Σ price × quantity of what `taker` would trade now, at the most.
    #[cold]
    pub(super) fn walk_cost(&self, taker: &Taker) -> i128 {
        let mut wanted = taker.qty;
        let mut cost = 0;
        let skips = matches!(
            taker.tags.self_trade_prevention(),
            SelfTradePrevention::CancelOldest | SelfTradePrevention::Decrement
        );
        self.walk(taker, skips, |price, qty| {
            let qty = wanted.min(qty);
            wanted -= qty;
            cost += i128::from(price) * i128::from(qty);
            wanted > 0
        });
        cost
    }

    /// Tells price and open quantity of everything `taker` may trade with, best first, as long as
    /// `wants_more`; orders of its own owner group it `skips`, or goes no further.
    fn walk(&self, taker: &Taker, skips: bool, mut wants_more: impl FnMut(i64, i64) -> bool) {
        let market = &self.markets[taker.symbol() as usize];
        let (low, high) = market.dynamic_band();
        let against = taker.side().opposite();
        let mut met = Met::default();
        let own = self.group(taker.extra);
        for price in market.ladder.prices(against) {
            if !taker.reaches(price) || price < low || price > high {
                return;
            }
            let head = market.ladder.get(against, price).map_or(NIL, |l| l.head);
            // Slices that are not shown come behind everybody.
            let mut hidden = 0_i64;
            for slot in audit::queue(&self.arena, head) {
                let order = self.arena.get(slot);
                let group = self.group(order.extra);
                // What only reduces may be less than it looks when its turn comes.
                if order.tags.reduce_only() || met.is_canceled(group, order.id) {
                    continue;
                }
                let is_own = self.is_own(taker, slot);
                if is_own && !skips {
                    return;
                }
                if !is_own && !wants_more(price, order.qty) {
                    return;
                }
                // Its group ends with it, and with its first trade.
                if group != NIL && group == own {
                    return;
                }
                met.note(group, order.id);
                if !is_own {
                    met.note(own, taker.id);
                    let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
                    hidden = hidden.saturating_add(reserve);
                }
            }
            if !wants_more(price, hidden) {
                return;
            }
        }
    }

    fn group(&self, extra: u32) -> u32 {
        self.extras.get(extra).map_or(NIL, |extra| extra.group)
    }

    /// Whether self-trade prevention keeps `taker` from the order at `slot`.
    fn is_own(&self, taker: &Taker, slot: Slot) -> bool {
        taker.tags.self_trade_prevention() != SelfTradePrevention::None
            && self.owner(self.arena.get(slot).account) == self.owner(taker.account)
    }
}

/// The groups of which one order would have traded by now: the others would be gone.
#[derive(Default)]
struct Met(BTreeMap<u32, u64>);

impl Met {
    fn note(&mut self, group: u32, id: u64) {
        if group != NIL {
            self.0.entry(group).or_insert(id);
        }
    }

    fn is_canceled(&self, group: u32, id: u64) -> bool {
        self.0.get(&group).is_some_and(|who| *who != id)
    }
}
