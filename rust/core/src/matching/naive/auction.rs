//! The call auction: one price for all that is crossed.

use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::AUCTION;
use crate::reject::RejectCode;
use crate::units::Side;

impl NaiveEngine {
    /// Trades what is crossed, at one price; again where orders that ended leave more crossed.
    pub(super) fn uncross(&mut self, symbol: u32) {
        while let Some(price) = self.uncrossing_price(symbol) {
            while let (Some(buy), Some(sell)) =
                (self.best(symbol, Side::Buy), self.best(symbol, Side::Sell))
            {
                if buy.price < price || sell.price > price {
                    break;
                }
                let pair = [buy.id, sell.id];
                let idle = [buy, sell].into_iter().find(|o| self.tradable(o) == 0);
                match idle.map(|order| order.id) {
                    Some(id) => self.cancel(id, Some(RejectCode::ReduceOnly)),
                    None => self.trade(pair, price, [AUCTION, AUCTION]),
                }
            }
        }
    }

    /// The price at which most trades, with the least surplus; `None` when nothing is crossed.
    fn uncrossing_price(&self, symbol: u32) -> Option<i64> {
        let (buys, sells) = (self.book(symbol, Side::Buy), self.book(symbol, Side::Sell));
        let (highest, lowest) = (buys.first()?.price, sells.first()?.price);
        // What is bought changes just above the price of a buy, what is sold at that of a sell:
        // between two of these prices everything is the same.
        let mut prices: Vec<i64> = buys.iter().flat_map(|o| [o.price, o.price + 1]).collect();
        prices.extend(sells.iter().flat_map(|o| [o.price - 1, o.price]));
        prices.retain(|price| (lowest..=highest).contains(price));
        let volume = |orders: &[&Order], trades: &dyn Fn(i64) -> bool| -> i128 {
            let trading = orders.iter().filter(|order| trades(order.price));
            trading.map(|order| i128::from(order.open)).sum()
        };
        let judged = |price: &i64| {
            let bought = volume(&buys, &|limit| limit >= *price);
            let sold = volume(&sells, &|limit| limit <= *price);
            (-bought.min(sold), (bought - sold).abs())
        };
        let best = prices.iter().map(judged).min()?;
        prices.retain(|price| judged(price) == best);
        let (low, high) = (*prices.iter().min()?, *prices.iter().max()?);
        let reference = self.symbols[symbol as usize].reference;
        Some(if reference == 0 {
            low + (high - low) / 2
        } else {
            reference.clamp(low, high)
        })
    }
}
