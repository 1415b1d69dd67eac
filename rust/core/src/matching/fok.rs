//! Whether an order could be filled whole: a look that changes nothing.

use crate::book::audit;
use crate::matching::Engine;
use crate::matching::taker::Taker;
use crate::order::SelfTradePrevention;

impl Engine {
    /// Whether the other side could fill `taker` whole.
    pub(super) fn fills_whole(&self, taker: &Taker) -> bool {
        let market = &self.markets[taker.symbol() as usize];
        let prevention = taker.tags.self_trade_prevention();
        if market.icebergs > 0 || prevention != SelfTradePrevention::None || !market.is_plain {
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
    /// `wants_more`; at the first order of its own group it goes on only if it `skips` those.
    fn walk(&self, taker: &Taker, skips: bool, mut wants_more: impl FnMut(i64, i64) -> bool) {
        let market = &self.markets[taker.symbol() as usize];
        let prevents = taker.tags.self_trade_prevention() != SelfTradePrevention::None;
        let (low, high) = market.dynamic_band();
        for order in audit::orders(&market.ladder, &self.arena, taker.side().opposite()) {
            if !taker.reaches(order.price) || order.price < low || order.price > high {
                return;
            }
            if prevents && self.owner(order.account) == self.owner(taker.account) {
                if skips {
                    continue;
                }
                return;
            }
            let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
            if !wants_more(order.price, order.qty + reserve) {
                return;
            }
        }
    }
}
