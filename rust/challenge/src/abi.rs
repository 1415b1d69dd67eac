//! The records that cross the boundary, laid out as the benchmark's C header has them.

use std::ffi::c_void;

/// An order to place.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct NewMessage {
    /// The caller's id.
    pub order_id: u64,
    /// Comes back in every report the message causes.
    pub sequence: u64,
    /// Limit in ticks.
    pub price: i64,
    /// Quantity in lots.
    pub qty: u32,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// 1 where what does not trade at once is canceled.
    pub ioc: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

/// An order to take out.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct CancelMessage {
    /// Its id.
    pub order_id: u64,
    /// Comes back in the report.
    pub sequence: u64,
}

/// An order to take out and send in again, behind the others.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct ModifyMessage {
    /// Its id.
    pub order_id: u64,
    /// Comes back in every report the message causes.
    pub sequence: u64,
    /// New limit in ticks.
    pub price: i64,
    /// New open quantity in lots.
    pub qty: u32,
    /// 0 buy, 1 sell: the order's side, which cannot change.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

/// [`ReportMessage::kind`]: the order was taken in.
pub const ORDER_ACK: u8 = 0;
/// [`ReportMessage::kind`]: two orders traded.
pub const TRADE: u8 = 1;
/// [`ReportMessage::kind`]: the order, or what an IOC left, was taken out.
pub const CANCEL_ACK: u8 = 2;
/// [`ReportMessage::kind`]: the order was changed.
pub const MODIFY_ACK: u8 = 3;
/// [`ReportMessage::kind`]: there was no such order to cancel.
pub const CANCEL_REJECT: u8 = 4;
/// [`ReportMessage::kind`]: there was no such order to change, or the change is not one.
pub const MODIFY_REJECT: u8 = 5;

/// What a message caused: one cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct ReportMessage {
    /// One of the constants above.
    pub kind: u8,
    /// 0 buy, 1 sell; 0 in a trade and a reject.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 6],
    /// Of the message that caused it.
    pub sequence: u64,
    /// Which order; 0 in a trade.
    pub order_id: u64,
    /// In ticks: of a trade the resting order's, else the order's limit.
    pub price: i64,
    /// In lots: what traded, was taken out or is asked for.
    pub qty: u32,
    /// Zero.
    pub reserved_qty: u32,
    /// Of a trade the order that rested.
    pub maker_order_id: u64,
    /// Of a trade the order that came.
    pub taker_order_id: u64,
    /// Zero.
    pub reserved_line: u64,
}

/// The queue that carries reports away, as the caller's functions and a handle of the caller's.
///
/// An engine only pushes; the other functions are the caller's own to call.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Transport {
    /// Makes a queue.
    pub create: Option<extern "C" fn(u32) -> *mut c_void>,
    /// Takes a copy of one report; 1 when taken, 0 when there is no room yet.
    pub push: Option<unsafe extern "C" fn(*mut c_void, *const ReportMessage) -> i32>,
    /// Gives reports to their reader.
    pub drain: Option<unsafe extern "C" fn(*mut c_void, *mut ReportMessage, u32) -> u32>,
    /// Shows the reader what was pushed.
    pub flush: Option<unsafe extern "C" fn(*mut c_void)>,
    /// Ends a queue.
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
}

const _: () = assert!(size_of::<NewMessage>() == 32, "Invariant: as in C");
const _: () = assert!(size_of::<CancelMessage>() == 16, "Invariant: as in C");
const _: () = assert!(size_of::<ModifyMessage>() == 32, "Invariant: as in C");
const _: () = assert!(size_of::<ReportMessage>() == 64, "Invariant: as in C");
