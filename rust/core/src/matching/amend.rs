//! Changing a live order.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::queue;
use crate::book::tags::Place;
use crate::instrument::COUNT_MAX;
use crate::matching::Engine;
use crate::matching::admit::SLICES_MAX;
use crate::matching::book_event::BookEvent;
use crate::matching::care;
use crate::matching::command::{Change, Phase, PostOnly, Revision};
use crate::matching::cross::identity;
use crate::matching::extra::Extra;
use crate::matching::hash;
use crate::matching::place::Entry;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::rest::Stays;
use crate::matching::taker;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;

/// What an order is to become.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    price: i64,
    /// Open in all, shown or not.
    open: i64,
    stop_price: i64,
}

impl Engine {
    /// Changes price, quantity or trigger of an order, in place where it may keep its priority.
    #[inline]
    pub fn modify<S: Sink>(&mut self, symbol: u32, order_id: u64, change: &Change, out: &mut S) {
        let Some(slot) = self.find(symbol, order_id) else {
            let report = Report {
                order_id,
                price: change.price.unwrap_or(0),
                qty: change.qty.unwrap_or(0),
                symbol,
                ..Report::default()
            };
            return self.refuse(report, RejectCode::UnknownOrder, out);
        };
        let order = *self.arena.get(slot);
        let none = Extra::default();
        let extra = self.extras.get(order.extra).unwrap_or(&none);
        let open = order.qty + extra.reserve;
        let before = Wanted {
            price: order.price,
            open,
            stop_price: extra.stop_price,
        };
        let wanted = Wanted {
            price: change.price.unwrap_or(order.price),
            open: match (change.revision, change.qty) {
                (_, None) => open,
                (Revision::Total, Some(total)) => total.saturating_sub(order.filled),
                (Revision::Open | Revision::Reinsert, Some(open)) => open,
            },
            stop_price: change.stop_price.unwrap_or(extra.stop_price),
        };
        let price = match self.check_change(&order, extra, change, wanted) {
            Ok(price) => price,
            Err(code) => {
                let report = Report {
                    price: wanted.price,
                    ..taker::described(&order, change.qty.unwrap_or(open + order.filled), open)
                };
                return self.refuse(report, code, out);
            }
        };
        let wanted = Wanted { price, ..wanted };
        if self.risk.is_guarding()
            && let Err(refusal) = self.amend(slot, price, wanted.open, wanted.stop_price)
        {
            let report = Report {
                price: wanted.price,
                ..taker::described(&order, change.qty.unwrap_or(open + order.filled), open)
            };
            return self.refuse_by(report, refusal, out);
        }
        let keeps_place = wanted.price == before.price
            && wanted.open <= before.open
            && wanted.stop_price == before.stop_price
            && change.revision != Revision::Reinsert;
        match (order.tags.place() == Place::Book, keeps_place) {
            (true, true) => self.shrink(slot, wanted.open, out),
            (true, false) => self.reinsert(slot, wanted, out),
            (false, _) => self.revise_waiting(slot, wanted, keeps_place, out),
        }
        self.settle(symbol, out);
    }

    /// The first rule that speaks against a change, or the price it comes to.
    fn check_change(
        &self,
        order: &Order,
        extra: &Extra,
        change: &Change,
        wanted: Wanted,
    ) -> Result<i64, RejectCode> {
        let market = &self.markets[order.symbol() as usize];
        if matches!(market.state.phase, Phase::Halted | Phase::Closed) {
            return Err(RejectCode::TradingHalted);
        }
        if change.qty.is_some_and(|qty| qty <= 0) {
            return Err(RejectCode::QtyNotPositive);
        }
        if wanted.open <= 0 {
            return Err(RejectCode::TotalBelowFilled);
        }
        let total = wanted.open.checked_add(order.filled);
        let Some(total) = total.filter(|total| *total < COUNT_MAX) else {
            return Err(RejectCode::QtyTooLarge);
        };
        let waits = order.tags.place() != Place::Book;
        let limited = !waits || extra.order_type.has_limit();
        let prices = i64::from(limited)..COUNT_MAX;
        if change.price.is_some_and(|price| !prices.contains(&price)) {
            return Err(RejectCode::BadPrice);
        }
        let stops = waits && extra.order_type.is_stop();
        let stop_prices = 1..COUNT_MAX;
        let fits = |stop: i64| stops && stop_prices.contains(&stop);
        if change.stop_price.is_some_and(|stop| !fits(stop)) {
            return Err(RejectCode::BadStopPrice);
        }
        if extra.display != 0 && wanted.open > extra.display.saturating_mul(SLICES_MAX) {
            return Err(RejectCode::BadDisplayQty);
        }
        if limited && self.is_too_small(order.symbol(), wanted.price, total) {
            return Err(RejectCode::MinNotional);
        }
        let mut price = wanted.price;
        let post_only = order.tags.post_only();
        if !waits && post_only != PostOnly::No && price != order.price {
            price = self
                .price_that_rests(order.symbol(), order.side(), price, post_only)
                .ok_or(RejectCode::PostOnlyWouldCross)?;
        }
        if limited && price != order.price && market.is_outside(price) {
            return Err(RejectCode::PriceBand);
        }
        Ok(price)
    }

    /// Takes some of an order out, first of what is not shown; it keeps its place.
    fn shrink<S: Sink>(&mut self, slot: Slot, open: i64, out: &mut S) {
        if self.arena.get(slot).extra != NIL {
            self.shrink_aside(slot, open);
        }
        self.discount(slot);
        let order = self.arena.get_mut(slot);
        let hidden = self.extras.get(order.extra).map_or(0, |e| e.reserve);
        let less = order.qty + hidden - open;
        order.qty -= less;
        let order = *order;
        let ladder = &mut self.markets[order.symbol() as usize].ladder;
        ladder.occupied_mut(order.side(), order.price).qty -= less;
        self.count(slot);
        self.report_replaced(&order, order.price, open, out);
        if less != 0 {
            out.book(|| BookEvent::changed(&order, order.qty + less));
        }
    }

    #[cold]
    fn shrink_aside(&mut self, slot: Slot, open: i64) {
        let order = self.arena.get(slot);
        let (id, shown) = (order.id, order.qty);
        self.change_aside(id, |extra| {
            extra.reserve = extra.reserve.min((open - shown).max(0));
        });
    }

    /// Takes the order out of its queue and lets it come in again.
    fn reinsert<S: Sink>(&mut self, slot: Slot, wanted: Wanted, out: &mut S) {
        let order = *self.arena.get(slot);
        if order.extra == NIL {
            let term = hash::order(identity(&order), order.qty, order.filled);
            self.hash = self.hash.wrapping_sub(term);
            let ladder = &mut self.markets[order.symbol() as usize].ladder;
            queue::unlink(ladder, &mut self.arena, &order);
        } else {
            self.discount(slot);
            self.unplace(slot);
        }
        self.report_replaced(&order, wanted.price, wanted.open, out);
        out.book(|| BookEvent::removed(&order));
        if self.only_moves(&order, wanted.price) {
            return self.put_back(slot, &order, wanted, out);
        }
        let mut taker = self.take_in(slot);
        taker.price = wanted.price;
        taker.qty = wanted.open;
        taker.held = Some(wanted.price);
        let entry = Entry {
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Gtc,
        };
        self.enter(&mut taker, entry, out);
    }

    /// Whether a plain order, taken out, goes to `price` without meeting anybody.
    fn only_moves(&self, order: &Order, price: i64) -> bool {
        let market = &self.markets[order.symbol() as usize];
        let best = market.ladder.best(order.side().opposite());
        let touches = best.is_some_and(|best| taker::reaches(order.side(), price, best));
        // What it paid beyond its own price is counted from there, so it must have paid nothing.
        !touches && market.is_plain && order.extra == NIL && order.filled == 0
    }

    /// Puts an order back that only moves.
    fn put_back<S: Sink>(&mut self, slot: Slot, order: &Order, wanted: Wanted, out: &mut S) {
        let stays = Stays {
            id: order.id,
            price: wanted.price,
            shown: wanted.open,
            filled: order.filled,
            account: order.account,
            tags: order.tags,
            extra: NIL,
            holding: order.holding,
        };
        if let Err(code) = self.put(Some(slot), &stays, out) {
            let mut taker = self.take_in(slot);
            self.drop_rest(&mut taker, Some(code), out);
        }
    }

    /// Changes an order that waits.
    #[cold]
    fn revise_waiting<S: Sink>(&mut self, slot: Slot, wanted: Wanted, keeps: bool, out: &mut S) {
        self.discount(slot);
        let order = *self.arena.get(slot);
        self.report_replaced(&order, wanted.price, wanted.open, out);
        self.unplace(slot);
        let order = self.arena.get_mut(slot);
        order.price = wanted.price;
        order.qty = wanted.open;
        if !keeps {
            order.priority = self.sequence;
        }
        let pending = order.tags.place() == Place::Pending;
        let extra = order.extra;
        self.extras.at_mut(extra).stop_price = wanted.stop_price;
        if pending {
            self.await_trigger(slot);
        }
        self.count(slot);
    }

    fn report_replaced<S: Sink>(&mut self, order: &Order, price: i64, open: i64, out: &mut S) {
        self.sequence += 1;
        let status = if order.tags.place() == Place::Book {
            care::replaced(order.filled)
        } else {
            OrderStatus::PendingTrigger as u8
        };
        let report = Report {
            sequence: self.sequence,
            price,
            exec_type: ExecType::Replaced as u8,
            status,
            ..taker::described(order, open + order.filled, open)
        };
        let beyond = self.extras.get(order.extra).map_or(0, |extra| extra.beyond);
        out.push(report, || {
            i128::from(order.price) * i128::from(order.filled) + beyond
        });
    }
}
