//! The functions the benchmark finds by name, and all that is `unsafe` about them.
//!
//! What the benchmark promises, and every proof below rests on: it loads one engine, calls it
//! from one thread at a time, and passes records that are valid while the call lasts; its queue
//! outlives the engine, and `push` copies a report and never calls the engine.
//!
//! A panic ends at this boundary: the engine is given up, and every later call does nothing.
#![allow(
    unsafe_code,
    reason = "a C ABI is raw pointers and exported names; each use has its proof"
)]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tradecore_core::units::Side;

use crate::abi::{CancelMessage, ModifyMessage, NewMessage, ReportMessage, Transport};
use crate::exchange::{self, Exchange};
use crate::outlet::Publish;

/// The caller's queue.
struct Queue {
    push: unsafe extern "C" fn(*mut c_void, *const ReportMessage) -> i32,
    handle: *mut c_void,
}

impl Publish for Queue {
    #[inline(always)]
    fn publish(&mut self, report: &ReportMessage) {
        // SAFETY: function and handle came together in `engine_init`, and the queue outlives the
        // engine; the report is borrowed for the whole call, in which it is copied.
        while unsafe { (self.push)(self.handle, report) } == 0 {
            std::hint::spin_loop();
        }
    }
}

/// The engine of this library, where there is one: the ABI has no handle to pass it by.
struct Place(UnsafeCell<Option<Exchange<Queue>>>);

// SAFETY: the benchmark calls from one thread at a time and orders calls from different threads,
// so the place is never reached twice at once; the handle inside may be used from any thread.
unsafe impl Sync for Place {}

static PLACE: Place = Place(UnsafeCell::new(None));

/// Runs `work` on the place; `otherwise` answers where there is no engine or a panic ended it.
#[inline(always)]
fn reach<T>(otherwise: T, work: impl FnOnce(&mut Exchange<Queue>) -> T) -> T {
    let reached = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: one call at a time, and `push` never calls back, so nothing else borrows it.
        let place = unsafe { &mut *PLACE.0.get() };
        place.as_mut().map(work)
    }));
    let answer = reached.unwrap_or_else(|_| {
        settle(None);
        None
    });
    answer.unwrap_or(otherwise)
}

/// Puts `exchange` in the place of what was there.
#[cold]
fn settle(exchange: Option<Exchange<Queue>>) {
    // SAFETY: as in `reach`; the borrow of a `work` that panicked is over.
    unsafe { *PLACE.0.get() = exchange };
}

/// Makes the engine; without a queue to push to there is none, and every call does nothing.
///
/// # Safety
///
/// `transport` is null or valid while the call lasts; its `push` may be called with `handle` until
/// `engine_shutdown`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_init(_: u64, transport: *const Transport, handle: *mut c_void) {
    // SAFETY: null or valid, says the caller.
    let push = unsafe { transport.as_ref() }.and_then(|transport| transport.push);
    let made = catch_unwind(|| {
        Exchange::new(Queue {
            push: push?,
            handle,
        })
        .ok()
    });
    settle(made.ok().flatten());
}

/// Forgets the engine.
#[unsafe(no_mangle)]
pub extern "C" fn engine_shutdown() {
    settle(None);
}

/// Places an order.
///
/// # Safety
///
/// `message` is null or valid while the call lasts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_new_order(message: *const NewMessage) {
    // SAFETY: null or valid, says the caller.
    if let Some(message) = unsafe { message.as_ref() } {
        reach((), |exchange| exchange.place(message));
    }
}

/// Takes an order out.
///
/// # Safety
///
/// `message` is null or valid while the call lasts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_cancel(message: *const CancelMessage) {
    // SAFETY: null or valid, says the caller.
    if let Some(message) = unsafe { message.as_ref() } {
        reach((), |exchange| exchange.cancel(message));
    }
}

/// Takes an order out and sends it in again.
///
/// # Safety
///
/// `message` is null or valid while the call lasts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_modify(message: *const ModifyMessage) {
    // SAFETY: null or valid, says the caller.
    if let Some(message) = unsafe { message.as_ref() } {
        reach((), |exchange| exchange.modify(message));
    }
}

/// Returns when every report was pushed: at once, for every call pushes its own.
#[unsafe(no_mangle)]
pub const extern "C" fn engine_flush() {}

/// The highest bid in ticks, or the smallest number where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_best_bid() -> i64 {
    reach(i64::MIN, |exchange| {
        exchange.best(Side::Buy).unwrap_or(i64::MIN)
    })
}

/// The lowest ask in ticks, or the largest number where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_best_ask() -> i64 {
    reach(i64::MAX, |exchange| {
        exchange.best(Side::Sell).unwrap_or(i64::MAX)
    })
}

/// The open quantity at a price, in lots; `side` is 0 for buy, 1 for sell.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_depth_at(price: i64, side: u8) -> u64 {
    reach(0, |exchange| exchange.depth_at(price, exchange::side(side)))
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn swallow(_: *mut c_void, _: *const ReportMessage) -> i32 {
        1
    }

    #[test]
    fn a_panic_ends_the_engine_and_not_the_caller() {
        let queue = Queue {
            push: swallow,
            handle: std::ptr::null_mut(),
        };
        settle(Exchange::new(queue).ok());
        assert_eq!(reach(1, |_| 2), 2);
        assert_eq!(reach(1, |_| panic!("a rule did not hold")), 1);
        assert_eq!(reach(1, |_| 2), 1);
        assert_eq!(engine_query_best_ask(), i64::MAX);
    }
}
