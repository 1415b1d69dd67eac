//! How a trader merges what a venue says: in any order, any number of times, ending in one state.
//!
//! Promised for all that an honest venue says of one history: whatever is repeated or reordered on
//! its way, state, price, quantity, filled quantity and fees of every order end the same, and so do
//! quantity and cash flow of the position. Two things are left to the order of arrival: of two
//! replacements with one time of the venue the later to arrive holds, and how a profit is split
//! into realized and unrealized follows the order of the fills (average cost does), until flat.
//! [`VenueReply::Unknown`] is no evidence but a doubt, and ends with the next evidence.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::money::Money;
use crate::oms::change::WorkingTerms;
use crate::oms::event::{Detail, EventName, Log, OrderEvent, Refusal};
use crate::oms::lifecycle::{LifeEvent, OrderState, Step, step};
use crate::oms::message::{Fill, OrderType, TimeInForce, VenueEvent, VenueReply};
use crate::oms::order::{Order, Outcome};
use crate::oms::position::Position;
use crate::oms::request::OrderRequest;
use crate::oms::trader::{Counters, Trader};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, SymbolId, Ticks};

/// Most characters kept of a venue's words for a refusal.
const WORDS_MAX: usize = 256;

impl Trader {
    /// Merges one message of a venue, and sends the quotes that it made room for.
    pub fn apply(&mut self, event: &VenueEvent) -> Outcome {
        self.apply_saying(event, None)
    }

    /// As [`Trader::apply`], with the venue's own `words` for a refusal; the first 256 characters
    /// are kept.
    pub fn apply_saying(&mut self, event: &VenueEvent, words: Option<&str>) -> Outcome {
        let Some(order) = self.orders.get_mut(event.key) else {
            self.counters.unknown_order += 1;
            self.log.push(stray_event(event, words));
            return Outcome::UnknownOrder;
        };
        let (symbol, was_live) = (order.symbol(), order.state().is_live());
        let at = symbol.0 as usize;
        let mut merge = Merge {
            order,
            event,
            words,
            log: &mut self.log,
            counters: &mut self.counters,
        };
        let outcome = match event.reply {
            VenueReply::Accepted => merge.accept(),
            VenueReply::Rejected(code) => merge.reject(code),
            VenueReply::Filled(fill) => match self.instruments.get(at) {
                Some(instrument) => merge.fill(&fill, instrument, &mut self.positions[at]),
                None => merge.contradiction(LifeEvent::PartFill),
            },
            VenueReply::Canceled => merge.end(LifeEvent::Cancel, EventName::Canceled),
            VenueReply::Expired => merge.end(LifeEvent::Expire, EventName::Expired),
            VenueReply::Replaced { price, qty, stop } => {
                merge.replace(WorkingTerms { price, qty, stop })
            }
            VenueReply::CancelRejected(code) => merge.cancel_reject(code),
            VenueReply::ModifyRejected(code) => merge.replace_reject(code),
            VenueReply::Triggered => merge.trigger(),
            VenueReply::Unknown => merge.lose(),
            VenueReply::Funded { .. } | VenueReply::Liquidated { .. } => Outcome::Illegal,
        };
        match outcome {
            Outcome::Stale => merge.counters.stale += 1,
            Outcome::Illegal => merge.counters.illegal += 1,
            Outcome::Applied | Outcome::UnknownOrder => {}
        }
        if was_live && !order.state().is_live() {
            let key = event.key;
            let ledger = &mut self.ledgers[at];
            ledger.live.retain(|live| *live != key);
            if order.is_quote() {
                let quotes = &mut ledger.quotes[order.side() as usize];
                quotes.live.retain(|live| *live != key);
            }
            self.orders.finish(key);
        }
        if outcome == Outcome::Applied {
            self.serve_owed(symbol, event.ts_recv_ns);
        }
        outcome
    }
}

impl Trader {
    /// Books funding as the venue counted it; nothing for an unknown symbol, or a sum that does not
    /// fit.
    pub fn book_funding(&mut self, symbol: SymbolId, amount: Money) {
        if let Some(position) = self.positions.get_mut(symbol.0 as usize) {
            *position = position.funded(amount).unwrap_or(*position);
        }
    }

    /// Books a trade that the venue made for us, as an order of its own named `liquidation`, so
    /// that it is told like any other.
    pub fn book_liquidation(
        &mut self,
        symbol: SymbolId,
        side: Side,
        event: &VenueEvent,
        fill: Fill,
    ) {
        if self.instruments.get(symbol.0 as usize).is_none() {
            return;
        }
        let request = OrderRequest {
            symbol,
            side,
            order_type: OrderType::Market,
            price: Ticks(0),
            qty: fill.qty,
            time_in_force: TimeInForce::Ioc,
            post_only: false,
            reduce_only: true,
        };
        let mut order = Order::new(self.orders.next_key(), request, false, event.ts_recv_ns);
        order.note_tag(Arc::from("liquidation"));
        order.advance(LifeEvent::Submit, event.ts_recv_ns);
        let key = self.enlist(order, event.ts_recv_ns);
        let reply = VenueReply::Filled(fill);
        self.apply(&VenueEvent {
            key,
            reply,
            ..*event
        });
    }
}

/// One message on its way into its order.
struct Merge<'a> {
    order: &'a mut Order,
    event: &'a VenueEvent,
    /// What the venue says of a refusal.
    words: Option<&'a str>,
    log: &'a mut Log,
    counters: &'a mut Counters,
}

impl Merge<'_> {
    fn accept(&mut self) -> Outcome {
        if let Some(outcome) = self.gate(LifeEvent::Accept) {
            return outcome;
        }
        let doubted = self.order.state() == OrderState::Unknown;
        if self.order.is_accepted() && !doubted {
            return Outcome::Stale;
        }
        self.order.note_accepted(self.event.ts_recv_ns);
        self.order.advance(LifeEvent::Accept, self.event.ts_recv_ns);
        self.emit(EventName::Accepted, Detail::None);
        Outcome::Applied
    }

    fn reject(&mut self, code: RejectCode) -> Outcome {
        if let Some(outcome) = self.gate(LifeEvent::Reject) {
            return outcome;
        }
        let refusal = refusal(code, self.words);
        self.order.note_refusal(refusal.clone());
        self.order.advance(LifeEvent::Reject, self.event.ts_recv_ns);
        self.emit(EventName::Rejected, Detail::Refusal(refusal));
        Outcome::Applied
    }

    fn fill(&mut self, fill: &Fill, instrument: &Instrument, position: &mut Position) -> Outcome {
        if self.order.has_fill(fill.exec_id) {
            return Outcome::Stale;
        }
        let counted = fill.qty > Lots(0)
            && fill.price > Ticks(0)
            && self.order.fees().checked_add(fill.fee).is_some();
        let Some(event) = self.order.fill_event(fill.qty).filter(|_| counted) else {
            return self.contradiction(LifeEvent::PartFill);
        };
        if let Some(outcome) = self.gate(event) {
            return outcome;
        }
        let side = self.order.side();
        let Some(held) = position.traded(instrument, side, fill.price, fill.qty, fill.fee) else {
            return self.contradiction(event);
        };
        let late = !self.order.state().is_live();
        self.imply_acceptance(event);
        *position = held;
        let over = self.order.book_fill(fill);
        self.order.advance(event, self.event.ts_recv_ns);
        self.counters.late_fills += u64::from(late);
        self.counters.overfills += u64::from(over);
        let mut told = self.told(EventName::Filled, Detail::Fill(*fill));
        told.unexpected = late || over;
        self.log.push(told);
        Outcome::Applied
    }

    fn end(&mut self, event: LifeEvent, name: EventName) -> Outcome {
        if let Some(outcome) = self.gate(event) {
            return outcome;
        }
        self.order.advance(event, self.event.ts_recv_ns);
        self.emit(name, Detail::None);
        Outcome::Applied
    }

    fn replace(&mut self, told: WorkingTerms) -> Outcome {
        let legal = step(self.order.state(), LifeEvent::Replace);
        let least = Ticks(i64::from(self.order.has_price()));
        if legal == Step::Illegal || told.price < least || told.qty <= Lots(0) {
            return self.contradiction(LifeEvent::Replace);
        }
        let (at, now) = (self.event.ts_event_ns, self.event.ts_recv_ns);
        // An order that ended takes its last terms too, so that late news ends as timely news does.
        if !self.order.replace(told, at, now) || legal == Step::Stale {
            return Outcome::Stale;
        }
        self.imply_acceptance(LifeEvent::Replace);
        self.order.advance(LifeEvent::Replace, now);
        self.emit(EventName::Modified, Detail::None);
        Outcome::Applied
    }

    fn cancel_reject(&mut self, code: RejectCode) -> Outcome {
        if step(self.order.state(), LifeEvent::CancelReject) == Step::Illegal {
            return self.contradiction(LifeEvent::CancelReject);
        }
        if !self.order.drop_cancel() {
            return Outcome::Stale;
        }
        self.order
            .advance(LifeEvent::CancelReject, self.event.ts_recv_ns);
        let refusal = refusal(code, self.words);
        self.emit(EventName::CancelRejected, Detail::Refusal(refusal));
        Outcome::Applied
    }

    fn replace_reject(&mut self, code: RejectCode) -> Outcome {
        if step(self.order.state(), LifeEvent::ReplaceReject) == Step::Illegal {
            return self.contradiction(LifeEvent::ReplaceReject);
        }
        if !self.order.drop_replace() {
            return Outcome::Stale;
        }
        self.order
            .advance(LifeEvent::ReplaceReject, self.event.ts_recv_ns);
        let refusal = refusal(code, self.words);
        self.emit(EventName::ModifyRejected, Detail::Refusal(refusal));
        Outcome::Applied
    }

    fn trigger(&mut self) -> Outcome {
        if let Some(outcome) = self.gate(LifeEvent::Trigger) {
            return outcome;
        }
        self.imply_acceptance(LifeEvent::Trigger);
        self.order.note_triggered();
        self.order
            .advance(LifeEvent::Trigger, self.event.ts_recv_ns);
        self.emit(EventName::Triggered, Detail::None);
        Outcome::Applied
    }

    fn lose(&mut self) -> Outcome {
        if let Some(outcome) = self.gate(LifeEvent::Lose) {
            return outcome;
        }
        // Whether a cancel arrived is part of what is not known: it may be asked for again. A
        // change stays under way, since it may have been done: only its answer ends it.
        self.order.drop_cancel();
        self.order.advance(LifeEvent::Lose, self.event.ts_recv_ns);
        self.emit(EventName::Unknown, Detail::None);
        Outcome::Applied
    }

    /// The outcome of an event that the table does not let through.
    fn gate(&mut self, event: LifeEvent) -> Option<Outcome> {
        match step(self.order.state(), event) {
            Step::To(_) | Step::Settle => None,
            Step::Stale => Some(Outcome::Stale),
            Step::Illegal => Some(self.contradiction(event)),
        }
    }

    fn contradiction(&mut self, event: LifeEvent) -> Outcome {
        self.emit(EventName::Illegal, Detail::Illegal(event));
        Outcome::Illegal
    }

    /// Counts a live order as accepted before the event that implies it, and says so.
    fn imply_acceptance(&mut self, event: LifeEvent) {
        let live = self.order.state().is_live();
        if live && event.implies_acceptance() && !self.order.is_accepted() {
            self.order.note_accepted(self.event.ts_recv_ns);
            self.order.advance(LifeEvent::Accept, self.event.ts_recv_ns);
            let mut told = self.told(EventName::Accepted, Detail::None);
            told.synthesized = true;
            self.log.push(told);
        }
    }

    fn emit(&mut self, name: EventName, detail: Detail) {
        let told = self.told(name, detail);
        self.log.push(told);
    }

    fn told(&self, name: EventName, detail: Detail) -> OrderEvent {
        OrderEvent {
            key: self.order.key(),
            symbol: Some(self.order.symbol()),
            side: Some(self.order.side()),
            ts_event_ns: self.event.ts_event_ns,
            ts_recv_ns: self.event.ts_recv_ns,
            name,
            detail,
            state: self.order.state(),
            synthesized: false,
            unexpected: false,
        }
    }
}

/// A refusal in the venue's words, where it has any.
fn refusal(code: RejectCode, words: Option<&str>) -> Refusal {
    match words {
        None | Some("") => code.into(),
        Some(words) => {
            let end = words.char_indices().nth(WORDS_MAX).map(|(at, _)| at);
            Refusal::new(code, &words[..end.unwrap_or(words.len())])
        }
    }
}

/// Evidence for an order that is not known: told in full, so that a fill is not lost.
fn stray_event(event: &VenueEvent, words: Option<&str>) -> OrderEvent {
    let detail = match event.reply {
        VenueReply::Filled(fill) | VenueReply::Liquidated { fill, .. } => Detail::Fill(fill),
        VenueReply::Rejected(code)
        | VenueReply::CancelRejected(code)
        | VenueReply::ModifyRejected(code) => Detail::Refusal(refusal(code, words)),
        VenueReply::Accepted
        | VenueReply::Canceled
        | VenueReply::Expired
        | VenueReply::Replaced { .. }
        | VenueReply::Triggered
        | VenueReply::Funded { .. }
        | VenueReply::Unknown => Detail::None,
    };
    OrderEvent {
        key: event.key,
        symbol: None,
        side: None,
        ts_event_ns: event.ts_event_ns,
        ts_recv_ns: event.ts_recv_ns,
        name: EventName::Illegal,
        detail,
        state: OrderState::Unknown,
        synthesized: false,
        unexpected: true,
    }
}
