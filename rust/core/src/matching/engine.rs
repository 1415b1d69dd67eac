//! The engine's state, and the door every command comes through.

use std::sync::Arc;

use crate::book::arena::Arena;
use crate::book::index::IdIndex;
use crate::book::ladder::Ladder;
use crate::instrument::Instrument;
use crate::matching::clients::Clients;
use crate::matching::command::{Command, CommandRecord, NewOrder};
use crate::matching::extra::Extras;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::reject::RejectCode;

/// A deterministic exchange for many instruments.
///
/// Instruments are named by their position in the list given to [`Engine::new`]; prices and
/// quantities are counts of that instrument's ticks and lots.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) instruments: Vec<Arc<Instrument>>,
    pub(super) books: Vec<Ladder>,
    pub(super) arena: Arena,
    pub(super) index: IdIndex,
    pub(super) extras: Extras,
    pub(super) clients: Clients,
    /// Of the last report.
    pub(super) sequence: u64,
    /// The highest id seen or given.
    pub(super) last_id: u64,
    now_ns: i64,
}

impl Engine {
    /// An engine with empty books.
    pub fn new(instruments: Vec<Arc<Instrument>>) -> Self {
        Self {
            books: vec![Ladder::default(); instruments.len()],
            instruments,
            arena: Arena::default(),
            index: IdIndex::default(),
            extras: Extras::default(),
            clients: Clients::default(),
            sequence: 0,
            last_id: 0,
            now_ns: 0,
        }
    }

    /// Executes one command and appends its reports to `out`.
    ///
    /// Answers the id of the order it concerned. A refusal is a report and changes nothing.
    #[inline]
    pub fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> u64 {
        match *command {
            Command::New(ref order) => self.place(order, None, out),
            Command::Cancel { symbol, order_id } => {
                self.cancel(symbol, order_id, out);
                order_id
            }
            Command::Modify {
                symbol,
                order_id,
                price,
                qty,
                revision,
            } => {
                self.modify(symbol, order_id, price, qty, revision, out);
                order_id
            }
        }
    }

    /// Places `order` under the caller's own name, which no live order of the account may bear.
    pub fn apply_named<S: Sink>(&mut self, order: &NewOrder, name: &str, out: &mut S) -> u64 {
        self.place(order, Some(name), out)
    }

    /// Executes a batch of records in order; what [`Engine::apply`] does, one after the other.
    pub fn process<R, S>(&mut self, records: &[R], out: &mut S)
    where
        R: AsRef<CommandRecord>,
        S: Sink,
    {
        for record in records.iter().map(AsRef::as_ref) {
            if record.timestamp_ns > self.now_ns {
                self.now_ns = record.timestamp_ns;
            }
            match record.decode() {
                Ok(command) => {
                    self.apply(&command, out);
                }
                Err(code) => self.refuse_record(record, code, out),
            }
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

    /// Tells the engine the time, in nanoseconds since 1970; it never runs backwards.
    pub const fn advance_time(&mut self, now_ns: i64) {
        if now_ns > self.now_ns {
            self.now_ns = now_ns;
        }
    }

    /// The time it was last told.
    pub const fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// The sequence of the last report.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Live orders of all instruments.
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
            + self.books.iter().map(Ladder::bytes).sum::<usize>()
    }
}
