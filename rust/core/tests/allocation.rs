//! An engine that has grown allocates nothing any more.
//!
//! Ids are used again here: for ever new ones the index keeps up to 8 MB of pages before it uses
//! those again, and a list of them that doubles now and then.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]
#![expect(
    unsafe_code,
    reason = "an allocator that counts has to be an allocator"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::flow::Rng;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::{
    CommandRecord, Engine, Link, PostOnly, Report, SpecialRecord, TermsRecord,
};
use tradecore_core::money::Rate;
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};
use tradecore_core::publish::Publisher;

/// The system's allocator, which notes how often this thread asked.
struct Counting;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

fn note() {
    ASKED.set(ASKED.get() + 1);
}

// SAFETY: every call is passed on unchanged to the system's allocator, which keeps the contract.
// Counting neither allocates (the cell is const-initialised and has no destructor) nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller's promises are those this call asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above; `at` came from `System`, as all calls are passed on.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const SYMBOLS: u32 = 2;
const RECENT: u64 = 400;
/// Ids in use; after the last comes the first. No order lives that long.
const IDS: u64 = 1 << 15;
/// Batches of the warm-up; each twice as long as those after it, so that nothing later is more.
const WARM_UP: usize = 250;
const MEASURED: usize = 100;
const BATCH: usize = 500;

fn engine() -> Engine {
    let instrument = |number: u32| {
        let spec = InstrumentSpec {
            symbol: format!("S{number}"),
            kind: ContractKind::Linear,
            tick_size: Decimal::ONE,
            lot_size: Decimal::ONE,
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        };
        Arc::new(Instrument::new(spec).unwrap())
    };
    Engine::new((0..SYMBOLS).map(instrument).collect())
}

/// Makes records of every kind, without end.
struct Mix {
    rng: Rng,
    now_ns: i64,
    last_id: u64,
}

impl Mix {
    fn below(&mut self, end: u32) -> u32 {
        self.rng.below(end)
    }

    fn number(&mut self, first: i64, count: u32) -> i64 {
        first + i64::from(self.below(count))
    }

    /// An id that may be live still.
    fn recent(&mut self) -> u64 {
        let back = u64::from(self.below(u32::try_from(RECENT).unwrap()));
        self.last_id.saturating_sub(back)
    }

    fn next(&mut self) -> SpecialRecord {
        self.now_ns += 10;
        let mut record = SpecialRecord {
            command: CommandRecord {
                symbol: self.below(SYMBOLS),
                account: self.below(8),
                side: u8::try_from(self.below(2)).unwrap(),
                timestamp_ns: self.now_ns,
                ..CommandRecord::default()
            },
            terms: TermsRecord::default(),
        };
        let command = &mut record.command;
        match self.rng.below(1000) {
            0..=3 => {
                // One account and one side of one symbol.
                (command.op, command.flags) = (3, 7);
            }
            4..=299 => {
                command.op = 1;
                command.order_id = self.recent();
            }
            300..=399 => {
                command.op = 2;
                command.order_id = self.recent();
                (command.price, command.qty) = (self.number(990, 21), self.number(1, 20));
            }
            _ => self.order(&mut record),
        }
        record
    }

    fn order(&mut self, record: &mut SpecialRecord) {
        self.last_id = self.last_id % IDS + 1;
        let (mut life, mut order_type) = (TimeInForce::Gtc, OrderType::Limit);
        record.command.order_id = self.last_id;
        record.command.price = self.number(990, 21);
        record.command.qty = self.number(1, 20);
        match self.below(20) {
            0 => order_type = OrderType::Market,
            1 => order_type = OrderType::MarketToLimit,
            2 => life = TimeInForce::Ioc,
            3 => life = TimeInForce::Fok,
            4 => record.terms.display_qty = self.number(1, 5),
            5 | 6 => {
                let stops = [OrderType::Stop, OrderType::StopLimit];
                order_type = stops[self.below(2) as usize];
                record.terms.stop_price = self.number(985, 31);
            }
            7 => {
                order_type = OrderType::TrailingStop;
                record.terms.stop_price = self.number(985, 31);
                record.terms.trailing_distance = self.number(1, 9);
            }
            8 => {
                life = TimeInForce::Gtd;
                record.terms.expire_time_ns = self.now_ns + self.number(1, 4000);
            }
            9 => life = TimeInForce::Day,
            10 => {
                record.terms.link = Link::Oco as u8;
                record.terms.linked_id = self.recent();
            }
            11 => record.command.flags = PostOnly::Reprice as u8,
            12 => record.command.self_trade_prevention = SelfTradePrevention::Decrement as u8,
            _ => {}
        }
        record.command.order_type = order_type as u8;
        record.command.time_in_force = life as u8;
    }

    /// A batch; nobody rests for ever.
    fn fill(&mut self, batch: &mut Vec<SpecialRecord>, count: usize) {
        batch.clear();
        for _ in 0..count {
            batch.push(self.next());
        }
        for side in 0..2 {
            let mut sweep = self.next();
            sweep.command = CommandRecord {
                op: 3,
                flags: 4,
                side,
                ..CommandRecord::default()
            };
            batch.push(sweep);
        }
    }
}

/// How often batches of the mix, handed to `run`, asked for memory after the warm-up.
fn asked_for(mut run: impl FnMut(&mut Engine, &[SpecialRecord])) -> u64 {
    let mut engine = engine();
    let mut mix = Mix {
        rng: Rng::new(7),
        now_ns: 0,
        last_id: 0,
    };
    let mut batch = Vec::new();
    for _ in 0..WARM_UP {
        mix.fill(&mut batch, 2 * BATCH);
        run(&mut engine, &batch);
    }
    let before = ASKED.get();
    for _ in 0..MEASURED {
        mix.fill(&mut batch, BATCH);
        run(&mut engine, &batch);
    }
    let asked = ASKED.get() - before;
    assert_eq!(engine.audit(), Ok(()));
    asked
}

#[test]
fn a_grown_engine_allocates_nothing() {
    let mut reports: Vec<Report> = Vec::with_capacity(BATCH * 64);
    let asked = asked_for(|engine, batch| {
        reports.clear();
        engine.process(batch, &mut reports);
        assert!(reports.len() > BATCH, "the mix does something");
    });
    assert_eq!(asked, 0);
}

#[test]
fn a_grown_publisher_allocates_nothing() {
    let mut reports: Vec<Report> = Vec::with_capacity(BATCH * 64);
    let mut publisher = Publisher::new(&engine());
    let mut told = 0;
    let asked = asked_for(|engine, batch| {
        reports.clear();
        engine.process(batch, &mut publisher.tap(&mut reports));
        publisher.publish(|update| told += update.events.len());
    });
    assert_eq!(asked, 0);
    assert!(told > BATCH, "the mix does something");
}

#[test]
fn what_is_allocated_is_counted() {
    let before = ASKED.get();
    let some = vec![before; 3];
    assert_eq!(ASKED.get() - before, 1, "{some:?}");
}
