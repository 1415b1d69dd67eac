//! Order entry at the simulated venue: what is refused, what is let in, what is changed.

use crate::oms::WorkingTerms;
use crate::oms::message::{Command, NewOrder, OrderKey, Terms, VenueReply};
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::{Lots, Ticks};

use super::agenda::Task;
use super::exchange::{Exchange, Live};
use super::gate::{Passage, refusal, request};
use super::mid::Mid;
use super::rules::PostOnly;
use super::taker::reaches;

const DAY_NS: i64 = 86_400_000_000_000;

impl Exchange {
    /// Receives a command; replies are waiting in [`Exchange::take_replies`].
    pub fn receive(&mut self, now_ns: i64, command: &Command) {
        if now_ns >= self.agenda.due_ns() {
            self.elapse(now_ns);
        }
        let recorded = &self.recorded;
        self.journal.advance(now_ns, || Mid(recorded.mid()));
        if self.gate.is_some() && !self.pass(now_ns, command) {
            return;
        }
        match *command {
            Command::New(order) => self.receive_new(now_ns, &order, &Terms::default()),
            Command::NewWith(order, terms) => self.receive_new(now_ns, &order, &terms),
            Command::Modify {
                key,
                price,
                qty,
                stop,
                ..
            } => {
                let asked = WorkingTerms { price, qty, stop };
                if let Err(code) = self.modify(now_ns, key, asked) {
                    self.reply(now_ns, key.0, VenueReply::ModifyRejected(code));
                }
            }
            Command::Cancel { key, .. } => {
                let reply = match self.take_out(key.0) {
                    Some(_) => VenueReply::Canceled,
                    None => VenueReply::CancelRejected(RejectCode::UnknownOrder),
                };
                self.reply(now_ns, key.0, reply);
            }
        }
    }

    /// Whether a command gets in; says so where it does not, now or later.
    fn pass(&mut self, now_ns: i64, command: &Command) -> bool {
        let request = request(command);
        let passage = match &mut self.gate {
            Some(gate) => gate.pass(now_ns, request),
            None => Passage::Open,
        };
        let key = command.key().0;
        match passage {
            Passage::Open => return true,
            Passage::Refused(code) => self.reply(now_ns, key, refusal(request, code)),
            Passage::Lost {
                doubted_ns,
                known_ns,
            } => {
                self.agenda
                    .note(doubted_ns, Task::Say(key, VenueReply::Unknown));
                self.agenda.note(known_ns, Task::Ask(key, request));
            }
        }
        false
    }

    fn receive_new(&mut self, now_ns: i64, order: &NewOrder, terms: &Terms) {
        if let Err(code) = self.place(now_ns, order, terms) {
            self.reply(now_ns, order.key.0, VenueReply::Rejected(code));
        }
    }

    fn place(&mut self, now_ns: i64, order: &NewOrder, terms: &Terms) -> Result<(), RejectCode> {
        self.admit(order)?;
        let expire_ns = self.expiry(now_ns, order.time_in_force, terms)?;
        let waits = order.order_type.is_stop();
        let trigger = self.first_trigger(order, terms)?;
        let mut live = Live {
            side: order.side,
            price: order.price,
            total: order.qty,
            filled: Lots(0),
            display: shown(order, terms)?,
            order_type: order.order_type,
            time_in_force: order.time_in_force,
            post_only: order.post_only,
            reduce_only: order.reduce_only,
            waits,
        };
        if !waits {
            live.price = self.price_that_rests(&live, order.price)?;
        }
        self.check_margin(&live, Lots(0))?;
        if !waits {
            self.check_takes(&live)?;
        }
        let key = order.key.0;
        self.orders.insert(key, live);
        self.reply(now_ns, key, VenueReply::Accepted);
        if let Some(expire_ns) = expire_ns {
            let orders = &self.orders;
            self.agenda
                .tidy(orders.len(), |key| orders.contains_key(&key));
            self.agenda.note(expire_ns, Task::Expire(key));
        }
        if live.price != order.price {
            let (price, qty, stop) = (live.price, live.total, Ticks(0));
            self.reply(now_ns, key, VenueReply::Replaced { price, qty, stop });
        }
        if waits {
            let distance = terms.trailing_distance.0;
            self.stops.add(key, order.side, trigger, distance);
        } else {
            self.enter(now_ns, key);
        }
        if !self.stops.is_empty() {
            self.look(now_ns);
        }
        Ok(())
    }

    /// What every venue checks first.
    fn admit(&self, order: &NewOrder) -> Result<(), RejectCode> {
        let limit = order.order_type.has_limit();
        let bounds = &self.rules.bounds;
        if order.symbol != self.symbol {
            return Err(RejectCode::UnknownSymbol);
        }
        if order.qty.0 <= 0 {
            return Err(RejectCode::QtyNotPositive);
        }
        if order.price.0 < i64::from(limit) {
            return Err(RejectCode::BadPrice);
        }
        if order.post_only && !(limit && order.time_in_force.rests()) {
            return Err(RejectCode::BadCombination);
        }
        let price = if limit { order.price } else { Ticks(0) };
        self.steps.check(price, order.qty)?;
        if limit {
            self.check_value(order.price, order.qty, order.reduce_only)?;
            self.check_band(order.price)?;
        }
        if bounds.qty_min.is_some_and(|least| order.qty < least) {
            return Err(RejectCode::MinNotional);
        }
        if bounds.qty_max.is_some_and(|most| order.qty > most) {
            return Err(RejectCode::MaxOrderQty);
        }
        if bounds
            .orders_max
            .is_some_and(|most| self.orders.len() >= most)
        {
            return Err(RejectCode::MaxOpenOrders);
        }
        if self.orders.contains_key(&order.key.0) {
            return Err(RejectCode::DuplicateOrderId);
        }
        if self.recorded.book.is_stale() {
            return Err(RejectCode::VenueUnavailable);
        }
        Ok(())
    }

    /// When the order's time is over; `None` for one that has no end.
    fn expiry(
        &self,
        now_ns: i64,
        life: TimeInForce,
        terms: &Terms,
    ) -> Result<Option<i64>, RejectCode> {
        match life {
            TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok => Ok(None),
            TimeInForce::Gtd if terms.expire_ns <= now_ns => Err(RejectCode::BadExpireTime),
            TimeInForce::Gtd => Ok(Some(terms.expire_ns)),
            TimeInForce::Day => {
                let since = now_ns
                    .saturating_sub(self.rules.day_end_ns)
                    .rem_euclid(DAY_NS);
                Ok(Some(now_ns.saturating_add(DAY_NS - since)))
            }
        }
    }

    fn check_value(&self, price: Ticks, qty: Lots, reduce_only: bool) -> Result<(), RejectCode> {
        let value = self
            .instrument
            .notional(price, qty)
            .ok_or(RejectCode::QtyTooLarge)?;
        if value < self.steps.min_notional && !reduce_only {
            return Err(RejectCode::MinNotional);
        }
        Ok(())
    }

    /// Refuses a limit too far from the middle, where that is known.
    fn check_band(&self, price: Ticks) -> Result<(), RejectCode> {
        let (Some(band), mid) = (self.rules.bounds.band_bps, self.mid()) else {
            return Ok(());
        };
        let off = (2 * i128::from(price.0) - i128::from(mid.0)).abs();
        if mid.is_known() && off * 10_000 > i128::from(mid.0) * i128::from(band) {
            return Err(RejectCode::PriceBand);
        }
        Ok(())
    }

    /// Whether a reduce-only order reduces, and an order that must trade at once can.
    fn check_takes(&mut self, live: &Live) -> Result<(), RejectCode> {
        let wanted = self.wanted(live);
        if wanted.0 == 0 {
            return Err(RejectCode::ReduceOnly);
        }
        let whole = live.time_in_force == TimeInForce::Fok;
        if !whole && live.order_type.has_limit() {
            return Ok(());
        }
        let left = self.not_found(live, wanted);
        if whole && (left.0 > 0 || wanted < live.total) {
            return Err(RejectCode::FillOrKill);
        }
        if !live.order_type.has_limit() && left == wanted {
            return Err(RejectCode::NoLiquidity);
        }
        Ok(())
    }

    fn modify(
        &mut self,
        now_ns: i64,
        key: OrderKey,
        asked: WorkingTerms,
    ) -> Result<(), RejectCode> {
        let (price, total, stop) = (asked.price, asked.qty, asked.stop);
        let live = *self.orders.get(&key.0).ok_or(RejectCode::UnknownOrder)?;
        if total <= live.filled {
            return Err(RejectCode::TotalBelowFilled);
        }
        if price.0 < i64::from(!live.waits || live.order_type.has_limit()) {
            return Err(RejectCode::BadPrice);
        }
        let stands = live.waits && live.order_type != OrderType::TrailingStop;
        if stop.0 < 0 || (stop.0 > 0 && !stands) {
            return Err(RejectCode::BadStopPrice);
        }
        // What stays as it was need not follow rules that came later.
        let moved = if price == live.price { Ticks(0) } else { price };
        let resized = if total == live.total { Lots(0) } else { total };
        self.steps.check(moved, resized)?;
        if price.0 > 0 {
            self.check_value(price, total, live.reduce_only)?;
            self.check_band(price)?;
        }
        if self.rules.bounds.qty_max.is_some_and(|most| total > most) {
            return Err(RejectCode::MaxOrderQty);
        }
        let in_place = live.waits || price == live.price && total <= live.total;
        if !in_place && self.recorded.book.is_stale() {
            return Err(RejectCode::VenueUnavailable);
        }
        let price = if in_place {
            price
        } else {
            self.price_that_rests(&live, price)?
        };
        let changed = Live {
            price,
            total,
            ..live
        };
        self.check_margin(&changed, live.leaves())?;
        self.orders.insert(key.0, changed);
        let told = VenueReply::Replaced {
            price,
            qty: total,
            stop,
        };
        self.reply(now_ns, key.0, told);
        if live.waits {
            if stop.0 > 0 {
                self.stops.set(key.0, stop);
                self.look(now_ns);
            }
            return Ok(());
        }
        if in_place {
            let leaves = changed.leaves();
            self.resting.reduce(live.side, price, key.0, leaves);
            return Ok(());
        }
        self.resting.remove(live.side, live.price, key.0);
        self.enter(now_ns, key.0);
        if !self.stops.is_empty() {
            self.look(now_ns);
        }
        Ok(())
    }

    /// The price at which an order may come in: its own, but for a post-only one that would take.
    pub(super) fn price_that_rests(&self, live: &Live, price: Ticks) -> Result<Ticks, RejectCode> {
        if !live.post_only {
            return Ok(price);
        }
        let other = live.side.opposite();
        let recorded = self.best_available(other);
        let best = match (recorded, self.resting.best(other)) {
            (Some(theirs), Some(ours)) if reaches(live.side, theirs, ours) => Some(ours),
            (Some(theirs), _) => Some(theirs),
            (None, ours) => ours,
        };
        match best.filter(|best| reaches(live.side, price, *best)) {
            None => Ok(price),
            Some(best)
                if self.rules.post_only == PostOnly::Repriced && best.0 > live.side.sign() =>
            {
                Ok(Ticks(best.0 - live.side.sign()))
            }
            Some(_) => Err(RejectCode::PostOnlyWouldCross),
        }
    }

    /// What an order may trade now: all that is open, of a reduce-only one up to the position.
    pub(super) fn wanted(&self, live: &Live) -> Lots {
        if live.reduce_only {
            self.reducible(live.side).min(live.leaves())
        } else {
            live.leaves()
        }
    }
}

/// What an order shows at a time; zero when all.
fn shown(order: &NewOrder, terms: &Terms) -> Result<Lots, RejectCode> {
    let display = terms.display_qty;
    if display.0 == 0 || display == order.qty {
        return Ok(Lots(0));
    }
    let rests = order.time_in_force.rests()
        && matches!(order.order_type, OrderType::Limit | OrderType::StopLimit);
    if rests && display.0 > 0 && display < order.qty {
        return Ok(display);
    }
    Err(RejectCode::BadDisplayQty)
}
