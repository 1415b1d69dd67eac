//! One trader: its orders, positions and open-order ledger over many symbols.
//!
//! Actions check, note and queue a [`Command`]; evidence from the venue comes back by
//! [`Trader::apply`] and is merged; what happened is read as [`OrderEvent`]s. Time is an argument.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::money::{Money, Rate};
use crate::oms::checks;
use crate::oms::client_id::RunId;
use crate::oms::event::{Detail, EventName, Log, OrderEvent, Refusal};
use crate::oms::lifecycle::{LifeEvent, OrderState, Step, step};
use crate::oms::message::{Command, OrderKey, OrderType};
use crate::oms::order::{Order, OrderRequest, Outcome};
use crate::oms::position::Position;
use crate::oms::quote::{Action, Live, QuoteSide};
use crate::oms::table::{OrderTable, RETAINED_DEFAULT};
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

/// What a trader counted of what should not happen, and of what is harmless but telling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Evidence that was known or late.
    pub stale: u64,
    /// Evidence that contradicts what is known; not applied.
    pub illegal: u64,
    /// Evidence for an order that is not known here, or was retired.
    pub unknown_order: u64,
    /// Fills after the order had ended; booked.
    pub late_fills: u64,
    /// Fills beyond all that was ever asked for; booked.
    pub overfills: u64,
}

/// The live orders of one symbol.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Every live order, oldest first.
    pub(super) live: Vec<OrderKey>,
    /// Quotes by side.
    pub(super) quotes: [QuoteSide; 2],
    pub(super) min_life_ns: i64,
}

/// See the module.
#[derive(Debug)]
pub struct Trader {
    pub(super) instruments: Vec<Arc<Instrument>>,
    run: RunId,
    pub(super) orders: OrderTable,
    pub(super) positions: Vec<Position>,
    pub(super) ledgers: Vec<Ledger>,
    commands: Vec<Command>,
    pub(super) log: Log,
    pub(super) counters: Counters,
    denials: BTreeMap<RejectCode, u64>,
    pub(super) can_amend: bool,
    pub(super) lives: Vec<Live>,
    pub(super) actions: Vec<Action>,
}

impl Trader {
    /// A trader of `instruments`, whose [`SymbolId`]s are their places in the list.
    pub fn new(instruments: Vec<Arc<Instrument>>, run: RunId) -> Self {
        let count = instruments.len();
        Self {
            instruments,
            run,
            orders: OrderTable::new(RETAINED_DEFAULT),
            positions: vec![Position::default(); count],
            ledgers: std::iter::repeat_with(Ledger::default)
                .take(count)
                .collect(),
            commands: Vec::new(),
            log: Log::new(),
            counters: Counters::default(),
            denials: BTreeMap::new(),
            can_amend: true,
            lives: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Keeps `retained` finished orders readable instead of the default.
    pub fn with_retained(mut self, retained: usize) -> Self {
        self.orders = OrderTable::new(retained);
        self
    }

    /// Says whether the venue can amend an order; it can unless told otherwise.
    pub fn with_amend(mut self, can_amend: bool) -> Self {
        self.can_amend = can_amend;
        self
    }

    /// Sends an order.
    ///
    /// # Errors
    ///
    /// [`Denied`] when a check refuses it: nothing is sent, the order stands in state `DENIED`.
    pub fn submit(&mut self, request: &OrderRequest, now_ns: i64) -> Result<OrderKey, Denied> {
        self.place(self.orders.next_key(), request, false, now_ns)
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
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        const AHEAD_MAX: u64 = 65_536;
        let next = self.orders.next_key();
        if key >= next && key.0 - next.0 <= AHEAD_MAX {
            return self.place(key, request, false, now_ns);
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
                self.commands.push(Command::Cancel { key, symbol });
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
        let Some(order) = self.orders.get_mut(key) else {
            return Err(self.unknown(key));
        };
        let symbol = order.symbol();
        if step(order.state(), LifeEvent::RequestReplace) == Step::Illegal {
            let refusal = not_live(&self.run, order);
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        if order.request().order_type == OrderType::Market {
            let text = "a market order has no terms to change";
            let refusal = Refusal::new(RejectCode::BadCombination, text);
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        let instrument = &self.instruments[symbol.0 as usize];
        if let Err(refusal) = checks::check_terms(instrument, order, price, qty) {
            return self.refuse(key, EventName::ModifyRejected, refusal, now_ns);
        }
        if (price, qty) == (order.price(), order.qty()) {
            return Ok(false);
        }
        order.request_replace(price, qty);
        order.advance(LifeEvent::RequestReplace, now_ns);
        self.commands.push(Command::Modify {
            key,
            symbol,
            price,
            qty,
        });
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

    /// Moves what is to be sent into `out`, in order.
    pub fn take_commands(&mut self, out: &mut Vec<Command>) {
        out.append(&mut self.commands);
    }

    /// Whether something is to be sent.
    pub fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Moves what happened into `out`, in order.
    pub fn take_events(&mut self, out: &mut Vec<OrderEvent>) {
        out.append(&mut self.log.waiting);
    }

    /// Whether something happened that was not taken yet.
    pub fn has_events(&self) -> bool {
        !self.log.waiting.is_empty()
    }

    /// Keeps only some events for [`Trader::take_events`]: bit `n` stands for the name number `n`.
    pub fn want_events(&mut self, mask: u16) {
        self.log.want(mask);
    }

    /// Starts a second record of every event, for a report that does not take them from the strategy.
    pub fn keep_journal(&mut self) {
        self.log.journal.get_or_insert_default();
    }

    /// Moves the second record into `out`; nothing unless [`Trader::keep_journal`] was called.
    pub fn take_journal(&mut self, out: &mut Vec<OrderEvent>) {
        if let Some(journal) = &mut self.log.journal {
            out.append(journal);
        }
    }

    /// Books the funding of one period for a symbol; what was received, below zero when paid.
    ///
    /// `None` when the symbol is unknown or the sum does not fit; nothing is changed then.
    pub fn fund(
        &mut self,
        symbol: SymbolId,
        mark: Ticks,
        rate: Rate,
        elapsed_ns: u64,
        interval_ns: u64,
    ) -> Option<Money> {
        let at = symbol.0 as usize;
        let instrument = self.instruments.get(at)?;
        let position = &mut self.positions[at];
        let payment = position.funding_payment(instrument, mark, rate, elapsed_ns, interval_ns)?;
        *position = position.funded(payment)?;
        Some(payment)
    }

    /// An order, unless it never was or is retired.
    pub fn order(&self, key: OrderKey) -> Option<&Order> {
        self.orders.get(key)
    }

    /// The live orders of a symbol, oldest first; none for an unknown one.
    pub fn live_orders(&self, symbol: SymbolId) -> &[OrderKey] {
        self.ledgers
            .get(symbol.0 as usize)
            .map_or(&[], |ledger| &ledger.live)
    }

    /// A symbol's position; `None` for an unknown one.
    pub fn position(&self, symbol: SymbolId) -> Option<&Position> {
        self.positions.get(symbol.0 as usize)
    }

    /// What is traded, by [`SymbolId`].
    pub fn instruments(&self) -> &[Arc<Instrument>] {
        &self.instruments
    }

    /// The run's name, which turns keys into client order ids and back.
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// What was counted.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// How many orders each rule denied here.
    pub const fn denials(&self) -> &BTreeMap<RejectCode, u64> {
        &self.denials
    }

    pub(super) fn place(
        &mut self,
        key: OrderKey,
        request: &OrderRequest,
        quoted: bool,
        now_ns: i64,
    ) -> Result<OrderKey, Denied> {
        if let Err(refusal) = checks::check_new(&self.instruments, request) {
            return Err(self.deny_at(key, request, refusal, now_ns));
        }
        let mut order = Order::new(key, *request, quoted, now_ns);
        let outcome = order.advance(LifeEvent::Submit, now_ns);
        debug_assert_eq!(outcome, Outcome::Applied);
        self.commands.push(Command::New(order.command()));
        let ledger = &mut self.ledgers[request.symbol.0 as usize];
        ledger.live.push(key);
        if quoted {
            ledger.quotes[request.side as usize].live.push(key);
        }
        self.log.push(own_event(
            &order,
            EventName::Submitted,
            Detail::None,
            now_ns,
        ));
        self.orders.insert(order);
        Ok(key)
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
