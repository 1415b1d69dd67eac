//! What a strategy can do: each action is checked, noted, and queued as a [`Command`].

use crate::oms::change::WorkingTerms;
use crate::oms::checks;
use crate::oms::client_id::RunId;
use crate::oms::event::{Detail, EventName, OrderEvent, Refusal};
use crate::oms::lifecycle::{LifeEvent, OrderState, Step, step};
use crate::oms::message::{Command, OrderKey, Terms};
use crate::oms::order::{Order, Outcome};
use crate::oms::request::OrderRequest;
use crate::oms::trader::Trader;
use crate::reject::RejectCode;
use crate::units::{Lots, Side, SymbolId, Ticks};

/// An order that was refused here. It exists, in state `DENIED`, and its event tells the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Denied {
    /// Its key.
    pub key: OrderKey,
    /// Why.
    pub refusal: Refusal,
}

impl Trader {
    /// Sends an order.
    ///
    /// # Errors
    ///
    /// [`Denied`] when a check refuses it: nothing is sent, the order stands in state `DENIED`.
    pub fn submit(&mut self, request: &OrderRequest, now_ns: i64) -> Result<OrderKey, Denied> {
        self.place(self.orders.next_key(), request, false, now_ns)
    }

    /// Sends an order with terms few orders have.
    ///
    /// # Errors
    ///
    /// As [`Trader::submit`].
    pub fn submit_with(
        &mut self,
        request: &OrderRequest,
        terms: Terms,
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        self.place_with(self.orders.next_key(), request, terms, now_ns)
    }

    /// Sends an order under a key of the caller's: a rerun, or a second try of one attempt.
    ///
    /// # Errors
    ///
    /// [`Denied`] (under a new key) also when `key` was used before, or is more than 65,536 ahead.
    pub fn submit_as(
        &mut self,
        key: OrderKey,
        request: &OrderRequest,
        terms: Terms,
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        const AHEAD_MAX: u64 = 65_536;
        let next = self.orders.next_key();
        if key >= next && key.0 - next.0 <= AHEAD_MAX {
            return self.place_with(key, request, terms, now_ns);
        }
        let id = self.run.client_order_id(key);
        let refusal = if key < next {
            let text = format!("a client order id is used once: client_order_id={id}");
            Refusal::new(RejectCode::DuplicateClientOrderId, text)
        } else {
            let next = self.run.client_order_id(next);
            let text = format!(
                "a client order id is at most {AHEAD_MAX} ahead: client_order_id={id}, next={next}"
            );
            Refusal::new(RejectCode::BadCombination, text)
        };
        Err(self.deny(request, refusal, now_ns))
    }

    /// Cancels every live order and denies all further ones; cancels stay possible.
    pub fn halt(&mut self, now_ns: i64) {
        self.halted = true;
        self.cancel_all(None, None, now_ns);
    }

    /// Notes an order that cannot be sent for a reason the caller knows.
    pub fn deny(&mut self, request: &OrderRequest, refusal: Refusal, now_ns: i64) -> Denied {
        self.deny_at(self.orders.next_key(), request, refusal, now_ns)
    }

    /// Asks for the cancel of an order; `false` when one is under way already.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when the order is unknown or not live; a `CANCEL_REJECTED` event tells the same.
    pub fn cancel(&mut self, key: OrderKey, now_ns: i64) -> Result<bool, Refusal> {
        let Some(order) = self.orders.get_mut(key) else {
            return Err(self.unknown(key));
        };
        let symbol = order.symbol();
        match step(order.state(), LifeEvent::RequestCancel) {
            Step::Illegal => {
                let refusal = not_live(&self.run, order);
                self.refuse(key, EventName::CancelRejected, refusal, now_ns)
            }
            Step::To(_) | Step::Settle if !order.is_cancel_pending() => {
                order.request_cancel();
                order.advance(LifeEvent::RequestCancel, now_ns);
                self.send(Command::Cancel { key, symbol }, now_ns);
                Ok(true)
            }
            Step::To(_) | Step::Settle | Step::Stale => Ok(false),
        }
    }

    /// Asks for another price and total quantity; `false` when the order has both already.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when the order is unknown, not live, a market order, waiting for an answer, or
    /// the terms fail a check; but for the first a `MODIFY_REJECTED` event tells the same.
    pub fn modify(
        &mut self,
        key: OrderKey,
        price: Ticks,
        qty: Lots,
        now_ns: i64,
    ) -> Result<bool, Refusal> {
        let stop = Ticks(0);
        self.change(key, WorkingTerms { price, qty, stop }, now_ns)
    }

    /// As [`Trader::modify`], with another trigger of a stop that waits.
    ///
    /// # Errors
    ///
    /// As [`Trader::modify`], and when another order is to have a trigger.
    pub fn change(
        &mut self,
        key: OrderKey,
        asked: WorkingTerms,
        now_ns: i64,
    ) -> Result<bool, Refusal> {
        let Some(order) = self.orders.get_mut(key) else {
            return Err(self.unknown(key));
        };
        let symbol = order.symbol();
        if step(order.state(), LifeEvent::RequestReplace) == Step::Illegal {
            let refusal = not_live(&self.run, order);
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        if let Err(refusal) = checks::check_changeable(order, asked.stop) {
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        if self.halted {
            let refusal = RejectCode::StrategyHalted.into();
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        let instrument = &self.instruments[symbol.0 as usize];
        if let Err(refusal) = checks::check_terms(instrument, order, asked) {
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        let WorkingTerms { price, qty, stop } = asked;
        let same_stop = stop.0 == 0 || stop == order.rare().stop_price;
        if (price, qty) == (order.price(), order.qty()) && same_stop {
            return Ok(false);
        }
        order.request_replace(asked);
        order.advance(LifeEvent::RequestReplace, now_ns);
        let command = Command::Modify {
            key,
            symbol,
            price,
            qty,
            stop,
        };
        self.send(command, now_ns);
        Ok(true)
    }

    /// Notes a change that cannot be asked for, for a reason the caller knows.
    pub fn refuse_modify(&mut self, key: OrderKey, refusal: Refusal, now_ns: i64) {
        let _told = self.refuse::<bool>(key, EventName::ModifyRejected, refusal, now_ns);
    }

    /// Asks for the cancel of every live order (of a symbol, of a side) and drops the quote
    /// targets with them; how many commands that took.
    pub fn cancel_all(
        &mut self,
        symbol: Option<SymbolId>,
        side: Option<Side>,
        now_ns: i64,
    ) -> usize {
        let before = self.commands.len();
        for at in 0..self.ledgers.len() {
            if symbol.is_some_and(|symbol| symbol.0 as usize != at) {
                continue;
            }
            for quoted in [Side::Buy, Side::Sell] {
                if side.is_none_or(|side| side == quoted) {
                    self.ledgers[at].quotes[quoted as usize].targets.clear();
                }
            }
            for place in 0..self.ledgers[at].live.len() {
                let key = self.ledgers[at].live[place];
                let matches = |order: &Order| side.is_none_or(|side| order.side() == side);
                if self.orders.get(key).is_some_and(matches) {
                    // A live order's cancel is never refused.
                    let _sent = self.cancel(key, now_ns);
                }
            }
        }
        self.commands.len() - before
    }

    pub(super) fn place(
        &mut self,
        key: OrderKey,
        request: &OrderRequest,
        quoted: bool,
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        if let Err(refusal) = self.check_new(request) {
            return Err(self.deny_at(key, request, refusal, now_ns));
        }
        let order = Order::new(key, *request, quoted, now_ns);
        Ok(self.start(order, now_ns))
    }

    fn place_with(
        &mut self,
        key: OrderKey,
        request: &OrderRequest,
        terms: Terms,
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        let checked = self.check_halt().and_then(|()| {
            checks::check_new(&self.instruments, self.offers, request)?;
            checks::check_rare(self.offers, request, &terms)
        });
        if let Err(refusal) = checked {
            return Err(self.deny_at(key, request, refusal, now_ns));
        }
        let mut order = Order::new(key, *request, false, now_ns);
        order.note_rare(terms);
        Ok(self.start(order, now_ns))
    }

    fn start(&mut self, mut order: Order, now_ns: i64) -> OrderKey {
        let outcome = order.advance(LifeEvent::Submit, now_ns);
        debug_assert_eq!(outcome, Outcome::Applied);
        self.send(order.command(), now_ns);
        self.enlist(order, now_ns)
    }

    /// Takes an order that is on its way into the books of this trader.
    pub(super) fn enlist(&mut self, order: Order, now_ns: i64) -> OrderKey {
        let key = order.key();
        let ledger = &mut self.ledgers[order.symbol().0 as usize];
        ledger.live.push(key);
        if order.is_quote() {
            ledger.quotes[order.side() as usize].live.push(key);
        }
        self.log.push(own_event(
            &order,
            EventName::Submitted,
            Detail::None,
            now_ns,
        ));
        self.orders.insert(order);
        key
    }

    pub(super) fn check_new(&self, request: &OrderRequest) -> Result<(), Refusal> {
        self.check_halt()?;
        checks::check_new(&self.instruments, self.offers, request)?;
        checks::check_rare(self.offers, request, &Terms::default())
    }

    fn check_halt(&self) -> Result<(), Refusal> {
        if self.halted {
            return Err(RejectCode::StrategyHalted.into());
        }
        Ok(())
    }

    fn deny_at(
        &mut self,
        key: OrderKey,
        request: &OrderRequest,
        refusal: Refusal,
        now_ns: i64,
    ) -> Denied {
        let mut order = Order::new(key, *request, false, now_ns);
        order.advance(LifeEvent::Deny, now_ns);
        order.note_refusal(refusal.clone());
        *self.denials.entry(refusal.code).or_default() += 1;
        let detail = Detail::Refusal(refusal.clone());
        self.log
            .push(own_event(&order, EventName::Denied, detail, now_ns));
        self.orders.insert(order);
        self.orders.finish(key);
        Denied { key, refusal }
    }

    fn refuse<T>(
        &mut self,
        key: OrderKey,
        name: EventName,
        refusal: Refusal,
        now_ns: i64,
    ) -> Result<T, Refusal> {
        if let Some(order) = self.orders.get(key) {
            let detail = Detail::Refusal(refusal.clone());
            self.log.push(own_event(order, name, detail, now_ns));
        }
        Err(refusal)
    }

    fn unknown(&self, key: OrderKey) -> Refusal {
        let id = self.run.client_order_id(key);
        let text = format!("no order has this id, or it was retired: client_order_id={id}");
        Refusal::new(RejectCode::UnknownOrder, text)
    }
}

/// An event of our own making.
fn own_event(order: &Order, name: EventName, detail: Detail, now_ns: i64) -> OrderEvent {
    OrderEvent {
        key: order.key(),
        symbol: Some(order.symbol()),
        side: Some(order.side()),
        ts_event_ns: now_ns,
        ts_recv_ns: now_ns,
        name,
        detail,
        state: order.state(),
        synthesized: false,
        unexpected: false,
    }
}

/// Why an order in this state takes no request.
fn not_live(run: &RunId, order: &Order) -> Refusal {
    let (id, state) = (run.client_order_id(order.key()), order.state());
    if state.is_live() {
        let text = format!(
            "an order that waits for an answer cannot be changed: client_order_id={id}, state={}",
            state.as_str()
        );
        Refusal::new(RejectCode::RequestInFlight, text)
    } else {
        debug_assert_ne!(state, OrderState::Initialized);
        let text = format!(
            "an order must be live: client_order_id={id}, state={}",
            state.as_str()
        );
        Refusal::new(RejectCode::OrderNotLive, text)
    }
}
