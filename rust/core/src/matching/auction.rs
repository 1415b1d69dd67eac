//! The call auction: one price for everything that is crossed.

use crate::book::arena::{NIL, Slot};
use crate::book::audit;
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::market::Market;
use crate::matching::report::{AUCTION, ExecType, Sink};
use crate::reject::RejectCode;
use crate::units::Side;

/// What an auction would come to if it ended now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indication {
    /// Price at which everything would trade, in ticks.
    pub price: i64,
    /// What would trade, in lots.
    pub volume: i128,
    /// Demand less supply at that price, in lots.
    pub surplus: i128,
}

/// The prices from `first` on at which demand and supply are what they are at `first`.
#[derive(Clone, Copy, Debug)]
struct Step {
    first: i64,
    demand: i128,
    supply: i128,
}

impl Step {
    /// Sorts the better outcome last: more volume, then less surplus.
    fn rank(&self) -> (i128, i128) {
        let surplus = self.demand - self.supply;
        (self.demand.min(self.supply), -surplus.abs())
    }
}

impl Engine {
    /// What the auction of a symbol would come to; `None` while nothing is crossed.
    pub fn indication(&self, symbol: u32) -> Option<Indication> {
        let market = self.markets.get(symbol as usize)?;
        let steps = self.steps(market)?;
        let best = steps.iter().max_by_key(|step| step.rank())?;
        let top = market.ladder.best(Side::Buy)?;
        let of_best = |step: &&Step| step.rank() == best.rank();
        let low = steps.iter().find(of_best)?.first;
        let last = steps.iter().rposition(|step| of_best(&step))?;
        let high = steps.get(last + 1).map_or(top, |next| next.first - 1);
        let price = match market.state.reference {
            0 => low.midpoint(high),
            reference => reference.clamp(low, high),
        };
        let at = steps.iter().rfind(|step| step.first <= price)?;
        Some(Indication {
            price,
            volume: at.demand.min(at.supply),
            surplus: at.demand - at.supply,
        })
    }

    /// Demand and supply for every price between the best ask and the best bid, lowest first.
    fn steps(&self, market: &Market) -> Option<Vec<Step>> {
        let bid = market.ladder.best(Side::Buy)?;
        let ask = market.ladder.best(Side::Sell).filter(|ask| *ask <= bid)?;
        // Supply grows at an ask's price, demand shrinks one tick above a bid's.
        let mut changes = vec![];
        let mut demand = 0;
        for (price, qty) in self.whole_levels(market, Side::Buy, ask) {
            demand += qty;
            changes.push((price.saturating_add(1), -qty, 0));
        }
        for (price, qty) in self.whole_levels(market, Side::Sell, bid) {
            changes.push((price, 0, qty));
        }
        changes.sort_unstable();
        let mut supply = 0;
        let mut steps: Vec<Step> = vec![];
        for (first, bought, sold) in changes {
            demand += bought;
            supply += sold;
            let step = Step {
                first,
                demand,
                supply,
            };
            match steps.last_mut() {
                Some(last) if last.first == first => *last = step,
                _ if first <= bid => steps.push(step),
                _ => {}
            }
        }
        Some(steps)
    }

    /// Price and whole open quantity, shown or not, of the levels of `side` up to `limit`.
    fn whole_levels<'a>(
        &'a self,
        market: &'a Market,
        side: Side,
        limit: i64,
    ) -> impl Iterator<Item = (i64, i128)> + 'a {
        let in_reach = move |price: &i64| (*price - limit) * side.sign() >= 0;
        let prices = market.ladder.prices(side).take_while(in_reach);
        prices.map(move |price| {
            let head = market.ladder.get(side, price).map_or(NIL, |l| l.head);
            let whole = audit::queue(&self.arena, head).map(|slot| {
                let order = self.arena.get(slot);
                let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
                i128::from(order.qty) + i128::from(reserve)
            });
            (price, whole.sum())
        })
    }

    /// Trades everything that is crossed at one price.
    pub(super) fn uncross<S: Sink>(&mut self, symbol: u32, out: &mut S) {
        while let Some(indication) = self.indication(symbol) {
            while let Some((bid, ask)) = self.crossed_heads(symbol, indication.price) {
                self.trade_in_auction(bid, ask, indication.price, out);
            }
        }
    }

    /// The orders first in line on both sides, while both accept `price`.
    fn crossed_heads(&self, symbol: u32, price: i64) -> Option<(Slot, Slot)> {
        let ladder = &self.markets[symbol as usize].ladder;
        let head = |side: Side| {
            let best = ladder.best(side)?;
            let accepts = (best - price) * side.sign() >= 0;
            Some(ladder.get(side, best)?.head).filter(|_| accepts)
        };
        Some((head(Side::Buy)?, head(Side::Sell)?))
    }

    fn trade_in_auction<S: Sink>(&mut self, bid: Slot, ask: Slot, price: i64, out: &mut S) {
        let (buyer, seller) = (*self.arena.get(bid), *self.arena.get(ask));
        for slot in [bid, ask] {
            if self.most_reducing(slot) == 0 {
                let code = Some(RejectCode::ReduceOnly);
                return self.take_out(slot, ExecType::Canceled, code, out);
            }
        }
        let qty = self.most_reducing(bid).min(self.most_reducing(ask));
        let state = &mut self.markets[buyer.symbol() as usize].state;
        state.last = price;
        state.reference = price;
        self.fill(bid, qty, price, seller.id, AUCTION, out);
        self.fill(ask, qty, price, buyer.id, AUCTION, out);
        for slot in [bid, ask] {
            let order = self.arena.get(slot);
            out.book(|| BookEvent::filled(order, qty));
        }
        // Both traded: what is filled cannot be canceled by the other's group any more.
        let reserve = self
            .extras
            .get(self.arena.get(ask).extra)
            .map_or(0, |e| e.reserve);
        if self.arena.get(ask).qty + reserve == 0 {
            self.leave_shared_group(bid, ask);
        }
        let both = [(bid, buyer.id), (ask, seller.id)];
        for (slot, _) in both {
            self.show_next_slice(slot, out);
        }
        for (slot, id) in both {
            if self.index.get(id) == Some(slot) {
                self.conclude(slot, out);
            }
        }
    }

    fn leave_shared_group(&mut self, bid: Slot, ask: Slot) {
        let group = |slot: Slot| {
            let extra = self.extras.get(self.arena.get(slot).extra);
            extra.map_or(NIL, |extra| extra.group)
        };
        let shared = group(ask);
        if shared != NIL && shared == group(bid) {
            let id = self.arena.get(ask).id;
            self.change_aside(id, |extra| extra.group = NIL);
            self.groups.leave(shared, id);
        }
    }
}
