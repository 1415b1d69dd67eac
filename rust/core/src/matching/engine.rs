//! The engine's state, and the door every command comes through.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::book::arena::{Arena, NIL};
use crate::book::index::IdIndex;
use crate::book::tags::SYMBOLS_MAX;
use crate::instrument::Instrument;
use crate::matching::clients::Clients;
use crate::matching::command::{Command, NewOrder, Terms};
use crate::matching::extra::Extras;
use crate::matching::heap::{EXPIRY, Heap};
use crate::matching::links::Groups;
use crate::matching::market::Market;
use crate::matching::record::{self, CommandRecord, OP_CANCEL, OP_MODIFY, Record};
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::waiting::Due;
use crate::reject::RejectCode;
use crate::risk::{Holding, Refusal, Risk};

/// Above so many live orders (2 MB of them) most are far from the processor, and a batch looks
/// ahead for those it will need; below, looking ahead would cost more than it saves.
const FAR: u32 = 1 << 15;
/// What a batch looks ahead for.
const LOOK_FOR_NONE: u8 = 0;
const LOOK_FOR_ACCOUNTS: u8 = 1;
const LOOK_FOR_ALL: u8 = 2;

/// A deterministic exchange for many instruments.
///
/// Instruments are named by their position in the list given to [`Engine::new`]; prices and
/// quantities are counts of that instrument's ticks and lots.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) instruments: Vec<Arc<Instrument>>,
    pub(super) markets: Vec<Market>,
    pub(super) arena: Arena,
    pub(super) index: IdIndex,
    pub(super) extras: Extras,
    pub(super) groups: Groups,
    pub(super) clients: Clients,
    pub(super) expiries: Heap<EXPIRY>,
    pub(super) risk: Risk,
    /// Orders triggered or released that have not had their turn; empty between commands.
    pub(super) due: VecDeque<Due>,
    /// Room for lists of ids; empty between commands.
    pub(super) scratch: Vec<u64>,
    /// When the next order expires or pause ends; the end of time when nothing is planned.
    pub(super) next_event_ns: i64,
    /// How many symbols are paused.
    pub(super) pauses: u32,
    /// The sum of the terms of all live orders.
    pub(super) hash: u128,
    /// Of the last report.
    pub(super) sequence: u64,
    /// The highest id seen or given.
    pub(super) last_id: u64,
    pub(super) now_ns: i64,
}

impl Engine {
    /// An engine with empty books; of more instruments than 2²² the first ones are taken.
    pub fn new(mut instruments: Vec<Arc<Instrument>>) -> Self {
        instruments.truncate(SYMBOLS_MAX);
        Self {
            markets: instruments.iter().map(|_| Market::new()).collect(),
            risk: Risk::new(&instruments),
            instruments,
            arena: Arena::default(),
            index: IdIndex::default(),
            extras: Extras::default(),
            groups: Groups::default(),
            clients: Clients::default(),
            expiries: Heap::default(),
            due: VecDeque::new(),
            scratch: Vec::new(),
            next_event_ns: i64::MAX,
            pauses: 0,
            hash: 0,
            sequence: 0,
            last_id: 0,
            now_ns: 0,
        }
    }

    /// Executes one command and appends its reports to `out`.
    ///
    /// Answers the id of the order it concerned, 0 for none. A refusal is a report and changes
    /// nothing.
    #[inline]
    pub fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> u64 {
        match *command {
            Command::New(ref order) => return self.place(order, out),
            Command::NewWith(ref order, ref terms) => {
                return self.place_rare(order, terms, None, out);
            }
            Command::Cancel { symbol, order_id } => {
                self.cancel(symbol, order_id, out);
                return order_id;
            }
            Command::Modify {
                symbol,
                order_id,
                ref change,
            } => {
                self.modify(symbol, order_id, change, out);
                return order_id;
            }
            Command::CancelAll(ref filter) => self.cancel_all(filter, out),
            Command::SetPhase { symbol, phase } => self.set_phase(symbol, phase, out),
            Command::SetBands { symbol, bands } => self.set_bands(symbol, bands, out),
            Command::SetReference { symbol, price } => self.set_reference(symbol, price, out),
            Command::AdvanceTime { now_ns } => self.advance_time(now_ns, out),
            Command::Control(ref control) => self.control(control, out),
        }
        0
    }

    /// Places `order` under the caller's own name, which no live order of the account may bear.
    pub fn apply_named<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: &str,
        out: &mut S,
    ) -> u64 {
        self.place_rare(order, terms, Some(name), out)
    }

    /// Executes a batch of records in order; what [`Engine::apply`] does, one after the other,
    /// with the time told before each.
    pub fn process<R: Record, S: Sink>(&mut self, records: &[R], out: &mut S) {
        if self.arena.live() > FAR {
            self.run::<LOOK_FOR_ALL, R, S>(records, out);
        } else if self.risk.is_far() {
            self.run::<LOOK_FOR_ACCOUNTS, R, S>(records, out);
        } else {
            self.run::<LOOK_FOR_NONE, R, S>(records, out);
        }
    }

    #[inline(always)]
    fn run<const AHEAD: u8, R: Record, S: Sink>(&mut self, records: &[R], out: &mut S) {
        for (at, record) in records.iter().enumerate() {
            match AHEAD {
                LOOK_FOR_ALL => self.look_ahead(records, at),
                LOOK_FOR_ACCOUNTS => self.look_for_accounts(records, at),
                _ => {}
            }
            let command = record.command();
            if command.timestamp_ns > self.now_ns {
                self.advance_time(command.timestamp_ns, out);
            }
            if record.terms().is_none()
                && let Some(order) = command.plain_order()
            {
                self.place(&order, out);
                continue;
            }
            match command.op {
                OP_CANCEL => self.cancel(command.symbol, command.order_id, out),
                OP_MODIFY => match command.change(record.terms()) {
                    Ok(change) => self.modify(command.symbol, command.order_id, &change, out),
                    Err(code) => self.refuse_record(command, code, out),
                },
                _ => self.process_rare(record, out),
            }
        }
    }

    /// Asks for the memory records behind place `at` will need, each in three stages.
    ///
    /// Every record is looked at as a new order and as a cancel: to ask in vain costs less than a
    /// branch nobody can foretell.
    #[inline(always)]
    fn look_ahead<R: Record>(&self, records: &[R], at: usize) {
        if let Some(record) = records.get(at + 24) {
            let command = record.command();
            self.risk.prefetch(command.account, 0);
            self.index.prefetch(command.order_id);
        }
        if let Some(record) = records.get(at + 16) {
            let command = record.command();
            self.risk.prefetch(command.account, 1);
            self.arena
                .prefetch(self.index.get(command.order_id).unwrap_or(NIL));
        }
        if let Some(record) = records.get(at + 8) {
            let command = record.command();
            self.risk.prefetch(command.account, 2);
            let slot = self.index.get(command.order_id).unwrap_or(NIL);
            let Some(order) = self.arena.peek(slot) else {
                return;
            };
            self.risk.prefetch_holding(Holding(order.holding), 0);
            self.arena.prefetch(order.prev);
            self.arena.prefetch(order.next);
            if let Some(market) = self.markets.get(order.symbol() as usize) {
                market.ladder.prefetch(order.side(), order.price);
            }
        }
    }

    #[cold]
    fn process_rare<R: Record, S: Sink>(&mut self, record: &R, out: &mut S) {
        match record::decode(record) {
            Ok(command) => {
                self.apply(&command, out);
            }
            Err(code) => self.refuse_record(record.command(), code, out),
        }
    }

    #[cold]
    fn refuse_record<S: Sink>(&mut self, record: &CommandRecord, code: RejectCode, out: &mut S) {
        let report = Report {
            order_id: record.order_id,
            price: record.price,
            qty: record.qty,
            account: record.account,
            symbol: record.symbol,
            side: record.side & 1,
            ..Report::default()
        };
        self.refuse(report, code, out);
    }

    /// Reports a refusal of the order described by `report`.
    #[cold]
    pub(super) fn refuse<S: Sink>(&mut self, report: Report, code: RejectCode, out: &mut S) {
        self.sequence += 1;
        let report = Report {
            sequence: self.sequence,
            exec_type: ExecType::Rejected as u8,
            status: OrderStatus::Rejected as u8,
            reject: code as u16,
            ..report
        };
        out.push(report, || 0);
    }

    /// Reports a refusal by a rule of risk, with whose limit it was.
    #[cold]
    pub(super) fn refuse_by<S: Sink>(&mut self, report: Report, refusal: Refusal, out: &mut S) {
        let report = Report {
            scope: refusal.scope,
            ..report
        };
        self.refuse(report, refusal.code, out);
    }

    /// The time it was last told, in nanoseconds since 1970.
    pub const fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// The sequence of the last report.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Live orders of all instruments, those that wait included.
    pub const fn live_orders(&self) -> u32 {
        self.arena.live()
    }

    /// The instruments, in order of their dense index.
    pub fn instruments(&self) -> &[Arc<Instrument>] {
        &self.instruments
    }

    /// Bytes held by books, orders and indexes.
    pub fn bytes(&self) -> usize {
        self.arena.bytes()
            + self.index.bytes()
            + self.extras.bytes()
            + self.markets.iter().map(|m| m.ladder.bytes()).sum::<usize>()
    }
}
