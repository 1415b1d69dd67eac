//! The exported functions, called by their names as the benchmark calls them.
#![allow(unsafe_code, reason = "a C caller is what is played here")]

use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tradecore_challenge::abi::{
    CANCEL_ACK, CANCEL_REJECT, CancelMessage, MODIFY_ACK, MODIFY_REJECT, ModifyMessage, NewMessage,
    ORDER_ACK, ReportMessage, TRADE, Transport,
};

unsafe extern "C" {
    fn engine_init(seed: u64, transport: *const Transport, handle: *mut c_void);
    fn engine_shutdown();
    fn engine_on_new_order(message: *const NewMessage);
    fn engine_on_cancel(message: *const CancelMessage);
    fn engine_on_modify(message: *const ModifyMessage);
    fn engine_flush();
    fn engine_query_best_bid() -> i64;
    fn engine_query_best_ask() -> i64;
    fn engine_query_depth_at(price: i64, side: u8) -> u64;
}

const BUY: u8 = 0;
const SELL: u8 = 1;

/// The library holds one engine, so tests take turns.
static TURN: Mutex<()> = Mutex::new(());

/// A queue that refuses every other push, as a full one does.
#[derive(Default)]
struct Queue {
    reports: Vec<ReportMessage>,
    full: bool,
}

unsafe extern "C" fn push(handle: *mut c_void, report: *const ReportMessage) -> i32 {
    // SAFETY: `Session` hands out its own queue, and nothing else touches it in this call.
    let (queue, report) = unsafe { (&mut *handle.cast::<Queue>(), &*report) };
    queue.full = !queue.full;
    if !queue.full {
        queue.reports.push(*report);
    }
    i32::from(!queue.full)
}

/// One engine between `engine_init` and `engine_shutdown`.
struct Session {
    queue: *mut Queue,
    sequence: u64,
    _turn: MutexGuard<'static, ()>,
}

impl Session {
    fn start() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = Box::into_raw(Box::<Queue>::default());
        let transport = Transport {
            create: None,
            push: Some(push),
            drain: None,
            flush: None,
            destroy: None,
        };
        // SAFETY: the queue lives until this session is dropped, after the engine.
        unsafe { engine_init(7, &raw const transport, queue.cast()) };
        Self {
            queue,
            sequence: 0,
            _turn: turn,
        }
    }

    fn new_order(&mut self, order_id: u64, side: u8, qty: u32, price: i64, ioc: u8) {
        let message = NewMessage {
            order_id,
            sequence: self.next(),
            price,
            qty,
            side,
            ioc,
            ..NewMessage::default()
        };
        // SAFETY: a record of this frame.
        unsafe { engine_on_new_order(&raw const message) };
    }

    fn cancel(&mut self, order_id: u64) {
        let message = CancelMessage {
            order_id,
            sequence: self.next(),
        };
        // SAFETY: a record of this frame.
        unsafe { engine_on_cancel(&raw const message) };
    }

    fn modify(&mut self, order_id: u64, side: u8, qty: u32, price: i64) {
        let message = ModifyMessage {
            order_id,
            sequence: self.next(),
            price,
            qty,
            side,
            ..ModifyMessage::default()
        };
        // SAFETY: a record of this frame.
        unsafe { engine_on_modify(&raw const message) };
    }

    fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence - 1
    }

    /// The reports since the last call.
    fn reports(&self) -> Vec<ReportMessage> {
        // SAFETY: no call into the engine is under way, so nothing else holds the queue.
        std::mem::take(unsafe { &mut (*self.queue).reports })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the engine goes first, then the queue it pushed to, which came from a box.
        unsafe {
            engine_shutdown();
            drop(Box::from_raw(self.queue));
        }
    }
}

fn about(kind: u8, sequence: u64, order_id: u64, side: u8, qty: u32, price: i64) -> ReportMessage {
    ReportMessage {
        kind,
        side,
        sequence,
        order_id,
        price,
        qty,
        ..ReportMessage::default()
    }
}

fn trade(sequence: u64, maker: u64, taker: u64, qty: u32, price: i64) -> ReportMessage {
    ReportMessage {
        kind: TRADE,
        sequence,
        price,
        qty,
        maker_order_id: maker,
        taker_order_id: taker,
        ..ReportMessage::default()
    }
}

fn book(price: i64) -> (i64, i64, u64, u64) {
    // SAFETY: queries take numbers alone.
    unsafe {
        (
            engine_query_best_bid(),
            engine_query_best_ask(),
            engine_query_depth_at(price, BUY),
            engine_query_depth_at(price, SELL),
        )
    }
}

#[test]
fn an_order_is_acknowledged_then_trades_at_the_makers_price_then_its_rest_is_canceled() {
    let mut session = Session::start();
    session.new_order(1, SELL, 10, 100, 0);
    session.new_order(2, SELL, 5, 101, 0);
    session.new_order(3, BUY, 20, 105, 1);
    assert_eq!(
        session.reports(),
        [
            about(ORDER_ACK, 0, 1, SELL, 10, 100),
            about(ORDER_ACK, 1, 2, SELL, 5, 101),
            about(ORDER_ACK, 2, 3, BUY, 20, 105),
            trade(2, 1, 3, 10, 100),
            trade(2, 2, 3, 5, 101),
            about(CANCEL_ACK, 2, 3, BUY, 5, 105),
        ]
    );
    assert_eq!(book(100), (i64::MIN, i64::MAX, 0, 0));
}

#[test]
fn a_cancel_is_acknowledged_once_and_then_refused() {
    let mut session = Session::start();
    session.new_order(7, BUY, 4, 99, 0);
    session.cancel(7);
    session.cancel(7);
    assert_eq!(
        session.reports(),
        [
            about(ORDER_ACK, 0, 7, BUY, 4, 99),
            about(CANCEL_ACK, 1, 7, BUY, 4, 99),
            about(CANCEL_REJECT, 2, 7, BUY, 0, 0),
        ]
    );
}

#[test]
fn a_modify_goes_to_the_back_of_the_queue_and_may_trade() {
    let mut session = Session::start();
    session.new_order(1, BUY, 10, 100, 0);
    session.new_order(2, BUY, 10, 100, 0);
    session.modify(1, BUY, 8, 100);
    session.new_order(3, SELL, 12, 101, 0);
    session.modify(3, SELL, 12, 100);
    session.modify(9, SELL, 1, 100);
    assert_eq!(
        session.reports()[2..],
        [
            about(MODIFY_ACK, 2, 1, BUY, 8, 100),
            about(ORDER_ACK, 3, 3, SELL, 12, 101),
            about(MODIFY_ACK, 4, 3, SELL, 12, 100),
            trade(4, 2, 3, 10, 100),
            trade(4, 1, 3, 2, 100),
            about(MODIFY_REJECT, 5, 9, BUY, 0, 0),
        ]
    );
    assert_eq!(book(100), (100, i64::MAX, 6, 0));
}

#[test]
fn a_refused_order_leaves_no_report_and_a_refused_change_leaves_the_order() {
    let mut session = Session::start();
    session.new_order(0, BUY, 1, 100, 0);
    session.new_order(1, BUY, 0, 100, 0);
    session.new_order(1, BUY, 1, -5, 0);
    assert_eq!(session.reports(), []);
    session.new_order(1, BUY, 3, 100, 0);
    session.new_order(1, SELL, 3, 100, 0);
    session.modify(1, BUY, 0, 101);
    assert_eq!(
        session.reports(),
        [
            about(ORDER_ACK, 3, 1, BUY, 3, 100),
            about(MODIFY_REJECT, 5, 1, BUY, 0, 0),
        ]
    );
    assert_eq!(book(100), (100, i64::MAX, 3, 0));
}

#[test]
fn the_book_is_that_of_the_last_message() {
    let mut session = Session::start();
    assert_eq!(book(100), (i64::MIN, i64::MAX, 0, 0));
    session.new_order(1, BUY, u32::MAX, 100, 0);
    session.new_order(2, BUY, 1, 100, 0);
    session.new_order(3, SELL, 6, 200_000, 0);
    assert_eq!(book(100), (100, 200_000, u64::from(u32::MAX) + 1, 0));
    assert_eq!(book(200_000), (100, 200_000, 0, 6));
    session.cancel(3);
    session.cancel(1);
    assert_eq!(book(100), (100, i64::MAX, 1, 0));
}

#[test]
fn a_new_engine_knows_nothing_of_the_last() {
    let mut session = Session::start();
    session.new_order(1, BUY, 1, 100, 0);
    drop(session);
    let mut session = Session::start();
    assert_eq!(book(100), (i64::MIN, i64::MAX, 0, 0));
    session.new_order(1, SELL, 1, 100, 0);
    // SAFETY: takes nothing.
    unsafe { engine_flush() };
    assert_eq!(session.reports(), [about(ORDER_ACK, 0, 1, SELL, 1, 100)]);
}

#[test]
fn without_an_engine_or_a_message_a_call_does_nothing() {
    let session = Session::start();
    // SAFETY: null is allowed everywhere a pointer is taken.
    unsafe {
        engine_on_new_order(ptr::null());
        engine_on_cancel(ptr::null());
        engine_on_modify(ptr::null());
        engine_init(0, ptr::null(), ptr::null_mut());
        engine_on_cancel(&CancelMessage::default());
    }
    assert_eq!(book(100), (i64::MIN, i64::MAX, 0, 0));
    assert_eq!(session.reports(), []);
}
