//! How an order trades with those that rest.

use std::cmp::Ordering;

use crate::book::tags::Place;
use crate::matching::command::Phase;
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::{ExecType, MAKER, TAKER};
use crate::order::SelfTradePrevention;
use crate::reject::RejectCode;
use crate::units::Side;

impl NaiveEngine {
    /// Lets an order trade with all it reaches, then puts what is left where it belongs.
    pub(super) fn take(&mut self, id: u64) {
        let Some(order) = self.get(id) else { return };
        let band = self.dynamic_band(order.symbol);
        while let Some((taker, maker)) = self.next_pair(id) {
            if band.is_some_and(|(low, high)| maker.price < low || maker.price > high) {
                return self.stop_at_band(id);
            }
            let ours = self.group(taker.account) == self.group(maker.account);
            if ours && taker.self_trade_prevention != SelfTradePrevention::None {
                let mode = taker.self_trade_prevention;
                let maker = maker.id;
                self.prevent_self_trade(mode, maker, id);
            } else if self.tradable(maker) == 0 {
                let maker = maker.id;
                self.cancel(maker, Some(RejectCode::ReduceOnly));
            } else if self.tradable(taker) > 0 {
                let (price, maker) = (maker.price, maker.id);
                self.trade([maker, id], price, [MAKER, TAKER]);
            }
            let Some(taker) = self.get(id) else { return };
            if taker.is_outrun {
                return self.cancel(id, Some(RejectCode::LinkedOrderDone));
            }
            if self.tradable(taker) == 0 {
                return self.cancel(id, Some(RejectCode::ReduceOnly));
            }
        }
        self.leave_rest(id);
    }

    /// The incoming order, if it is still live, and the first one it would trade with.
    fn next_pair(&self, id: u64) -> Option<(&Order, &Order)> {
        let taker = self.get(id)?;
        let maker = self.best(taker.symbol, taker.side.opposite())?;
        taker.accepts(maker.price).then_some((taker, maker))
    }

    /// The order that trades first of its side.
    pub(super) fn best(&self, symbol: u32, side: Side) -> Option<&Order> {
        let rests = |o: &&Order| o.place == Place::Book && (o.symbol, o.side) == (symbol, side);
        self.orders.iter().filter(rests).reduce(|first, next| {
            let better = (next.price * side.sign()).cmp(&(first.price * side.sign()));
            if better == Ordering::Greater {
                next
            } else {
                first
            }
        })
    }

    /// Whether all of an order would trade if it came in now.
    pub(super) fn fills_whole(&self, id: u64) -> bool {
        self.get(id).is_some_and(|order| {
            let trades = self.trial(order.clone());
            order.open == trades.iter().map(|(_, qty)| qty).sum::<i64>()
        })
    }

    /// Price and quantity of what an order would trade if it came in now: tried on a copy, where
    /// no order is that may be less than it looks because it only reduces.
    pub(super) fn trial(&self, order: Order) -> Vec<(i64, i64)> {
        let mut trial = self.clone();
        let id = order.id;
        let band = self.dynamic_band(order.symbol);
        trial.reports.clear();
        trial.orders.retain(|o| o.id != id);
        trial.orders.push(order);
        // Such an order still stands in the way where it lies outside the band.
        let first = trial.next_pair(id).map(|(_, maker)| maker.price);
        if let (Some((low, high)), Some(price)) = (band, first)
            && !(low..=high).contains(&price)
        {
            return Vec::new();
        }
        trial.orders.retain(|o| o.id == id || !o.reduce_only);
        trial.take(id);
        let trades = trial
            .reports
            .iter()
            .filter(|report| report.order_id == id && report.exec_type == ExecType::Trade as u8);
        trades.map(|report| (report.price, report.qty)).collect()
    }

    /// Trades two orders at `price`, reporting them in the order given, and lets what follows
    /// from it follow.
    pub(super) fn trade(&mut self, pair: [u64; 2], price: i64, liquidity: [u8; 2]) {
        let [Some(one), Some(two)] = pair.map(|id| self.at(id)) else {
            return;
        };
        let qty = self
            .tradable(&self.orders[one])
            .min(self.tradable(&self.orders[two]));
        for (at, counter, liquidity) in [(one, pair[1], liquidity[0]), (two, pair[0], liquidity[1])]
        {
            let order = &mut self.orders[at];
            order.lose(qty);
            order.filled += qty;
            order.cost += i128::from(price) * i128::from(qty);
            let order = order.clone();
            self.tell_trade(&order, counter, price, qty, liquidity);
            self.settle(&order, price, qty, liquidity);
        }
        let symbol = self.orders[one].symbol;
        let state = self.state(symbol);
        (state.last, state.reference) = (price, price);

        let traded = [one, two].map(|at| self.orders[at].clone());
        for id in pair {
            self.clear_away(id);
        }
        for order in &traded {
            self.end_group(order.group, order.id);
            if order.open == 0 {
                self.release_by(order);
            }
            self.end_idle(order);
        }
    }

    /// Takes a resting order out that traded and may trade no more.
    fn end_idle(&mut self, traded: &Order) {
        let rests = traded.place == Place::Book;
        let order = self.get(traded.id).filter(|_| rests);
        if order.is_some_and(|order| self.tradable(order) == 0) {
            self.cancel(traded.id, Some(RejectCode::ReduceOnly));
        }
    }

    /// Takes off the lists what has nothing left, and shows the next slice of an iceberg.
    fn clear_away(&mut self, id: u64) {
        match self.get(id) {
            Some(order) if order.open == 0 => drop(self.remove(id)),
            Some(order) if order.offered() == 0 => self.rest(id),
            Some(_) | None => {}
        }
    }

    fn prevent_self_trade(&mut self, mode: SelfTradePrevention, maker: u64, taker: u64) {
        let why = Some(RejectCode::SelfTrade);
        match mode {
            SelfTradePrevention::None => {}
            SelfTradePrevention::CancelNewest => self.cancel(taker, why),
            SelfTradePrevention::CancelOldest => self.cancel(maker, why),
            SelfTradePrevention::CancelBoth => {
                self.cancel(maker, why);
                if self.get(taker).is_some_and(|order| !order.is_outrun) {
                    self.cancel(taker, why);
                }
            }
            SelfTradePrevention::Decrement => self.decrement([maker, taker]),
        }
    }

    /// Takes the same quantity from both without a trade.
    fn decrement(&mut self, pair: [u64; 2]) {
        let [Some(one), Some(two)] = pair.map(|id| self.at(id)) else {
            return;
        };
        let why = Some(RejectCode::SelfTrade);
        let qty = self.orders[one].offered().min(self.orders[two].offered());
        for at in [one, two] {
            self.orders[at].lose(qty);
            let order = self.orders[at].clone();
            self.give_back(&order, qty);
            if order.open == 0 {
                self.tell_gone(&order, ExecType::Canceled, qty, why);
            } else {
                self.tell_replaced(&order, why);
            }
        }
        let both = [one, two].map(|at| self.orders[at].clone());
        for id in pair {
            self.clear_away(id);
        }
        for order in both.iter().filter(|order| order.open == 0) {
            self.gone(order);
        }
    }

    /// What a trade beyond the dynamic band does instead of taking place.
    fn stop_at_band(&mut self, id: u64) {
        let Some(order) = self.get(id) else { return };
        let (symbol, rests) = (order.symbol, order.may_rest());
        let now_ns = self.now_ns;
        let state = self.state(symbol);
        if state.bands.halt_ns == 0 {
            return self.cancel(id, Some(RejectCode::PriceBand));
        }
        state.phase = Phase::Auction;
        state.resume_ns = now_ns.saturating_add(state.bands.halt_ns);
        if rests {
            self.rest(id);
        } else {
            self.cancel(id, Some(RejectCode::VolatilityHalt));
        }
    }

    /// The prices a trade may have, where the symbol's are bounded.
    fn dynamic_band(&self, symbol: u32) -> Option<(i64, i64)> {
        let state = &self.symbols[symbol as usize];
        if state.bands.dynamic_bps == 0 || state.reference == 0 {
            return None;
        }
        let width = i128::from(state.reference) * i128::from(state.bands.dynamic_bps) / 10_000;
        let width = i64::try_from(width).unwrap_or(i64::MAX);
        Some((state.reference - width, state.reference + width))
    }
}
