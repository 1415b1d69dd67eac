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
        let market = &self.markets[taker.symbol() as usize];
        let prevention = taker.tags.self_trade_prevention();
        let (low, high) = market.dynamic_band();
        let mut wanted = taker.qty;
        for order in audit::orders(&market.ladder, &self.arena, taker.side().opposite()) {
            if !taker.reaches(order.price) || order.price < low || order.price > high {
                return false;
            }
            if prevention != SelfTradePrevention::None
                && self.owner(order.account) == self.owner(taker.account)
            {
                if prevention == SelfTradePrevention::CancelOldest {
                    continue;
                }
                return false;
            }
            let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
            wanted -= wanted.min(order.qty + reserve);
            if wanted == 0 {
                return true;
            }
        }
        false
    }
}
