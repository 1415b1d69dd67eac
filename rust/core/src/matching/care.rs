//! Where orders meet: everything that is not plain, one resting order at a time.

use crate::book::arena::{NIL, Slot};
use crate::book::queue;
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::leave::Parting;
use crate::matching::place::Entry;
use crate::matching::report::{ExecType, MAKER, OrderStatus, Report, Sink};
use crate::matching::taker::{self, Taker};
use crate::order::SelfTradePrevention;
use crate::reject::RejectCode;

impl Engine {
    /// Trades `taker` within the dynamic band until it is filled, cut, or meets nobody.
    pub(super) fn cross_with_care<S: Sink>(
        &mut self,
        taker: &mut Taker,
        entry: Entry,
        out: &mut S,
    ) {
        let symbol = taker.symbol();
        let (low, high) = self.markets[symbol as usize].dynamic_band();
        let against = taker.side().opposite();
        while taker.qty > 0 && taker.cut.is_none() {
            let best = self.markets[symbol as usize].ladder.best(against);
            let Some(price) = best.filter(|best| taker.reaches(*best)) else {
                break;
            };
            if price < low || price > high {
                self.stop_at_band(taker, entry, out);
                break;
            }
            if !self.meet(taker, price, out) {
                break;
            }
        }
    }

    /// Lets `taker` meet the oldest order of the best level; answers whether it may go on.
    #[cold]
    #[inline(never)]
    pub(super) fn meet<S: Sink>(&mut self, taker: &mut Taker, price: i64, out: &mut S) -> bool {
        let ladder = &mut self.markets[taker.symbol() as usize].ladder;
        let slot = ladder.occupied_mut(taker.side().opposite(), price).head;
        if taker.tags.self_trade_prevention() != SelfTradePrevention::None
            && self.owner(taker.account) == self.owner(self.arena.get(slot).account)
        {
            self.prevent(taker, slot, out);
        } else {
            self.trade_reducing(taker, slot, out);
        }
        taker.qty > 0 && taker.cut.is_none()
    }

    /// One trade with the order at `slot`, of no more than both may trade.
    fn trade_reducing<S: Sink>(&mut self, taker: &mut Taker, slot: Slot, out: &mut S) {
        let most = self.most_reducing(slot);
        if most == 0 {
            self.part_ways(taker, self.arena.get(slot).extra);
            return self.take_out(slot, ExecType::Canceled, Some(RejectCode::ReduceOnly), out);
        }
        let reduces = taker.tags.reduce_only();
        let mine = self.reducible(taker.holding, taker.side(), reduces, taker.qty);
        if mine == 0 {
            taker.cut = Some(RejectCode::ReduceOnly);
            return;
        }
        self.trade(taker, slot, most.min(mine), out);
        if reduces && self.reducible(taker.holding, taker.side(), true, 1) == 0 {
            taker.cut = taker.cut.or(Some(RejectCode::ReduceOnly));
        }
    }

    /// How much of the order at `slot` may trade now: what it shows, or what it may reduce.
    pub(super) fn most_reducing(&self, slot: Slot) -> i64 {
        let order = self.arena.get(slot);
        let reduces = order.tags.reduce_only();
        self.reducible(order.holding, order.side(), reduces, order.qty)
    }

    /// One trade of `qty` with the order at `slot`, and what follows from it at once.
    fn trade<S: Sink>(&mut self, taker: &mut Taker, slot: Slot, qty: i64, out: &mut S) {
        let price = self.arena.get(slot).price;
        taker.qty -= qty;
        taker.filled += qty;
        taker.cost += i128::from(price) * i128::from(qty);
        taker.last = price;
        let state = &mut self.markets[taker.symbol() as usize].state;
        state.last = price;
        state.reference = price;
        self.fill(slot, qty, price, taker.id, MAKER, out);
        self.settle_taker(taker, price, qty);
        self.sequence += 1;
        let maker = self.arena.get(slot);
        let cost = taker.cost;
        out.push(taker.trade(maker.id, price, qty, self.sequence), || cost);
        out.book(|| BookEvent::filled(maker, qty));
        let extra = maker.extra;
        self.part_ways(taker, extra);
        self.conclude(slot, out);
        self.leave_group(taker, out);
    }

    /// Books a trade of the resting order at `slot` and reports it; [`Engine::conclude`] follows.
    pub(super) fn fill<S: Sink>(
        &mut self,
        slot: Slot,
        qty: i64,
        price: i64,
        counter: u64,
        liquidity: u8,
        out: &mut S,
    ) {
        self.discount(slot);
        let order = self.arena.get_mut(slot);
        order.qty -= qty;
        order.filled += qty;
        let order = *order;
        let ladder = &mut self.markets[order.symbol() as usize].ladder;
        ladder.occupied_mut(order.side(), order.price).qty -= qty;
        self.settle_maker(&order, price, qty);
        let mut open = order.qty;
        let mut beyond = 0;
        if price != order.price {
            self.pay_beyond(slot, i128::from(price - order.price) * i128::from(qty));
        }
        if let Some(extra) = self.extras.get(self.arena.get(slot).extra) {
            open += extra.reserve;
            beyond = extra.beyond;
        }
        self.count(slot);
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            counter_order_id: counter,
            price,
            exec_type: ExecType::Trade as u8,
            status: taker::traded(open),
            liquidity,
            ..taker::described(&order, qty, open)
        };
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
    }

    /// Remembers what a fill cost beyond the order's own price.
    fn pay_beyond(&mut self, slot: Slot, more: i128) {
        let order = self.arena.get_mut(slot);
        if order.extra == NIL {
            order.extra = self.extras.keep(crate::matching::extra::Extra {
                id: order.id,
                ..Default::default()
            });
        }
        self.extras.at_mut(order.extra).beyond += more;
    }

    /// What follows from a trade of the order at `slot`: the next slice, its end, its group's end.
    pub(super) fn conclude<S: Sink>(&mut self, slot: Slot, out: &mut S) {
        let order = *self.arena.get(slot);
        let group = self.extras.get(order.extra).map_or(NIL, |e| e.group);
        if order.qty == 0 {
            self.end_slice(slot, out);
        }
        if self.index.get(order.id) != Some(slot) {
            return;
        }
        if group != NIL {
            self.dissolve(group, order.id, out);
        }
        if self.most_reducing(slot) == 0 {
            self.take_out(slot, ExecType::Canceled, Some(RejectCode::ReduceOnly), out);
        }
    }

    /// Shows the next slice of an order that has one and shows nothing any more.
    pub(super) fn show_next_slice<S: Sink>(&mut self, slot: Slot, out: &mut S) {
        let order = self.arena.get(slot);
        let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
        if order.qty == 0 && reserve != 0 {
            self.end_slice(slot, out);
        }
    }

    /// Shows the next slice of an order that shows nothing any more, or lets it go.
    fn end_slice<S: Sink>(&mut self, slot: Slot, out: &mut S) {
        self.discount(slot);
        let order = *self.arena.get(slot);
        self.unplace(slot);
        let reserve = self.extras.get(order.extra).map_or(0, |e| e.reserve);
        if reserve == 0 {
            self.index.remove(order.id);
            self.arena.remove(slot);
            self.close(order.holding);
            return self.part(Parting::of(&order), out);
        }
        let extra = self.extras.at_mut(order.extra);
        let shown = extra.display.min(extra.reserve);
        extra.reserve -= shown;
        let next = self.arena.get_mut(slot);
        next.qty = shown;
        next.priority = self.sequence;
        let market = &mut self.markets[order.symbol() as usize];
        if !queue::append(&mut market.ladder, &mut self.arena, slot) {
            let mut taker = self.take_in(slot);
            return self.drop_rest(&mut taker, Some(RejectCode::QtyTooLarge), out);
        }
        market.icebergs += 1;
        let order = self.arena.get(slot);
        out.book(|| BookEvent::added(order));
        self.count(slot);
    }

    /// Keeps `taker` and an order of its own owner group from trading with each other.
    fn prevent<S: Sink>(&mut self, taker: &mut Taker, slot: Slot, out: &mut S) {
        let why = RejectCode::SelfTrade;
        let extra = self.arena.get(slot).extra;
        match taker.tags.self_trade_prevention() {
            SelfTradePrevention::None => {}
            SelfTradePrevention::CancelNewest => taker.cut = Some(why),
            SelfTradePrevention::CancelOldest => {
                self.part_ways(taker, extra);
                self.take_out(slot, ExecType::Canceled, Some(why), out);
            }
            SelfTradePrevention::CancelBoth => {
                self.part_ways(taker, extra);
                self.take_out(slot, ExecType::Canceled, Some(why), out);
                taker.cut = taker.cut.or(Some(why));
            }
            SelfTradePrevention::Decrement => self.decrement(taker, slot, out),
        }
    }

    /// Both lose the smaller of their quantities without a trade.
    fn decrement<S: Sink>(&mut self, taker: &mut Taker, slot: Slot, out: &mut S) {
        let lost = self.arena.get(slot).qty.min(taker.qty);
        let gone = self.decrement_resting(taker, slot, lost, out);
        self.decrement_incoming(taker, lost, out);
        if let Some(parting) = gone {
            self.part(parting, out);
        } else if self.arena.get(slot).qty == 0 {
            self.end_slice(slot, out);
        }
    }

    fn decrement_incoming<S: Sink>(&mut self, taker: &mut Taker, lost: i64, out: &mut S) {
        self.give_back_rest(taker, lost);
        taker.qty -= lost;
        self.sequence += 1;
        let code = RejectCode::SelfTrade as u16;
        let cost = taker.cost;
        if taker.qty == 0 {
            let report = Report {
                sequence: self.sequence,
                exec_type: ExecType::Canceled as u8,
                status: OrderStatus::Canceled as u8,
                reject: code,
                ..taker.described(lost)
            };
            return out.push(report, || cost);
        }
        let report = Report {
            sequence: self.sequence,
            leaves: taker.qty,
            exec_type: ExecType::Replaced as u8,
            status: replaced(taker.filled),
            reject: code,
            ..taker.described(taker.qty + taker.filled)
        };
        out.push(report, || cost);
    }

    /// Answers what is left to do when the order is gone.
    fn decrement_resting<S: Sink>(
        &mut self,
        taker: &mut Taker,
        slot: Slot,
        lost: i64,
        out: &mut S,
    ) -> Option<Parting> {
        let why = RejectCode::SelfTrade;
        let order = *self.arena.get(slot);
        let (reserve, beyond) = self
            .extras
            .get(order.extra)
            .map_or((0, 0), |extra| (extra.reserve, extra.beyond));
        let open = order.qty + reserve - lost;
        if open == 0 {
            self.part_ways(taker, order.extra);
            return Some(self.take_away(slot, ExecType::Canceled, Some(why), out));
        }
        self.give_back(&order, lost);
        self.discount(slot);
        self.arena.get_mut(slot).qty -= lost;
        let ladder = &mut self.markets[order.symbol() as usize].ladder;
        ladder.occupied_mut(order.side(), order.price).qty -= lost;
        self.count(slot);
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Replaced as u8,
            status: replaced(order.filled),
            reject: why as u16,
            ..taker::described(&order, open + order.filled, open)
        };
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
        let order = self.arena.get(slot);
        out.book(|| BookEvent::changed(order, order.qty + lost));
        None
    }
}

/// The status of an order whose terms just changed.
pub(super) const fn replaced(filled: i64) -> u8 {
    if filled == 0 {
        OrderStatus::Replaced as u8
    } else {
        OrderStatus::PartiallyFilled as u8
    }
}
