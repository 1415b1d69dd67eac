//! Book updates: the bytes are protobuf's, hostile ones are refused, and a book follows another.

use super::*;
use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

const fn level(side: Side, price: i64, qty: i64) -> Level {
    Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    }
}

fn delta(first_id: u64, last_id: u64, qty: i64) -> BookUpdate {
    BookUpdate {
        head: Head {
            first_id,
            last_id,
            ts_event_ns: last_id.cast_signed(),
            ts_recv_ns: last_id.cast_signed() + 1,
            ..Head::default()
        },
        levels: vec![level(Side::Buy, 10, qty)],
    }
}

fn snapshot(last_id: u64, qty: i64) -> BookUpdate {
    let mut update = delta(0, last_id, qty);
    update.head.is_snapshot = true;
    update
}

#[test]
fn the_bytes_are_those_of_protobuf() {
    let update = BookUpdate {
        head: Head {
            first_id: 1,
            last_id: 300,
            is_snapshot: true,
            is_stale: true,
            ts_event_ns: -1,
            ts_recv_ns: 64,
        },
        levels: vec![
            level(Side::Buy, 10, 0),
            level(Side::Buy, -1, 200),
            level(Side::Sell, 64, 1),
        ],
    };
    let bytes = [
        0x08, 1, 0x10, 0xac, 2, 0x18, 1, 0x20, 1, 0x28, 0x80, 1, // ids, flag, times
        0x32, 2, 20, 1, 0x3a, 3, 0, 0xc8, 1, // bids
        0x42, 2, 0x80, 1, 0x4a, 1, 1, // asks
        0x50, 1,
    ];
    assert_eq!(update.encode(), bytes);
    assert_eq!(BookUpdate::decode(&bytes), Ok(update));
    assert!(BookUpdate::default().encode().is_empty());
    assert_eq!(BookUpdate::decode(&[]), Ok(BookUpdate::default()));
}

#[test]
fn what_other_writers_may_do_is_understood() {
    let expected = BookUpdate {
        head: Head {
            last_id: 7,
            is_snapshot: true,
            ..Head::default()
        },
        levels: vec![level(Side::Buy, 10, 5), level(Side::Buy, 9, 6)],
    };
    let bytes = [
        0x38, 5, 0x3a, 1, 6, // quantities first, one of them single
        0x10, 6, 0x10, 7, // the last counts
        0x18, 0x80, 0x80, 1, // true, at length
        0x58, 1, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, // unknown fields of every type
        0x6a, 2, 0xff, 0xff, 0x75, 0, 0, 0, 0, // …
        0x32, 1, 20, 0x32, 1, 18, // packed in pieces
        0x42, 0, // an empty side
    ];
    assert_eq!(BookUpdate::decode(&bytes), Ok(expected));
}

#[test]
fn a_refusal_names_rule_values_and_byte() {
    let far = [&[0x30][..], &[0xff; 9], &[1, 0x38, 1]].concat();
    let many = [&[0x3a, 10][..], &[0xff; 9], &[1]].concat();
    for (bytes, text) in [
        (
            &[0x08][..],
            "a number ends within ten bytes and 64 bits: byte 1",
        ),
        (
            &[0x08, 0x80],
            "a number ends within ten bytes and 64 bits: byte 1",
        ),
        (
            &[0x80; 11],
            "a number ends within ten bytes and 64 bits: byte 0",
        ),
        (&[0, 0], "a field has a number above 0: byte 0"),
        (
            &[0x80, 0x80, 0x80, 0x80, 0x10, 0],
            "a field has a number below 2^29: byte 0",
        ),
        (
            &[0x10, 1, 0x5b],
            "a field is of type 0, 1, 2 or 5: type=3: byte 2",
        ),
        (
            &[0x32, 5, 1],
            "a field ends within the message: 5 bytes announced, 1 there: byte 2",
        ),
        (
            &[0x5d, 0],
            "a field ends within the message: 4 bytes announced, 1 there: byte 1",
        ),
        (
            &[0x32, 2, 2, 0x80],
            "a number ends within ten bytes and 64 bits: byte 3",
        ),
        (
            &[0x32, 2, 2, 4, 0x3a, 1, 1],
            "a side has as many prices as quantities: side=buy, prices=2, quantities=1: byte 7",
        ),
        (
            &[0x4a, 1, 1],
            "a side has as many prices as quantities: side=sell, prices=0, quantities=1: byte 3",
        ),
        (
            &far,
            "a price lies within 2^62 ticks: ticks=-9223372036854775808: byte 1",
        ),
        (
            &many,
            "a quantity is below 2^62 lots: lots=18446744073709551615: byte 2",
        ),
    ] {
        let error = BookUpdate::decode(bytes).unwrap_err();
        assert_eq!(error.to_string(), text);
    }
}

/// A book that follows, and what rests at its only price.
#[derive(Default)]
struct Reader {
    book: Book,
    follower: Follower,
}

impl Reader {
    fn apply(&mut self, update: &BookUpdate) -> bool {
        self.follower.apply(&mut self.book, update)
    }

    /// What rests at the price, the last id, and whether the book is stale.
    fn shown(&self) -> (i64, Option<u64>, bool) {
        let qty = self.book.qty_at(Side::Buy, Ticks(10)).0;
        (qty, self.follower.last_id(), self.book.is_stale())
    }
}

#[test]
fn updates_follow_each_other_and_a_lost_one_is_noticed() {
    let mut reader = Reader::default();
    assert!(reader.apply(&snapshot(100, 1)));
    assert!(reader.apply(&delta(101, 105, 2)));
    assert_eq!(reader.shown(), (2, Some(105), false));
    assert_eq!(reader.follower.ts_event_ns(), 105);
    assert_eq!(reader.follower.ts_recv_ns(), 106);
    assert!(!reader.apply(&delta(101, 105, 9)));
    assert!(reader.apply(&delta(107, 109, 3)));
    assert_eq!(reader.shown(), (2, None, true));
    assert!(!reader.apply(&delta(110, 111, 4)));
    assert!(reader.apply(&snapshot(108, 5)));
    assert_eq!(reader.shown(), (4, Some(111), false));
    assert_eq!(reader.follower.ts_recv_ns(), 112);
}

#[test]
fn who_comes_late_takes_a_snapshot_beside_the_stream() {
    let mut reader = Reader::default();
    assert!(!reader.apply(&delta(101, 105, 2)));
    assert!(!reader.apply(&delta(106, 110, 3)));
    assert!(reader.apply(&snapshot(107, 1)));
    assert_eq!(reader.shown(), (3, Some(110), false));
    // Answers to others, late or early.
    assert!(!reader.apply(&snapshot(109, 7)));
    assert!(reader.apply(&snapshot(112, 8)));
    // The stream has yet to tell what that one holds.
    assert!(!reader.apply(&delta(111, 112, 8)));
    assert!(reader.apply(&delta(113, 113, 9)));
    assert_eq!(reader.shown(), (9, Some(113), false));
}

#[test]
fn a_sender_that_lost_its_venue_says_so() {
    let mut reader = Reader::default();
    reader.apply(&snapshot(100, 1));
    let mut stale = delta(101, 102, 2);
    stale.head.is_stale = true;
    assert!(reader.apply(&stale));
    assert_eq!(reader.shown(), (2, None, true));
    assert!(!reader.apply(&stale));
    let mut cleared = snapshot(0, 0);
    cleared.head.is_stale = true;
    assert!(reader.apply(&cleared));
    assert_eq!(reader.shown(), (0, None, true));
    assert!(reader.apply(&snapshot(50, 3)));
    assert_eq!(reader.shown(), (3, Some(50), false));
    reader.follower.clear(&mut reader.book);
    assert_eq!(reader.shown(), (0, None, true));
}

#[test]
fn ids_that_begin_anew_are_noticed() {
    let mut reader = Reader::default();
    reader.apply(&snapshot(1000, 1));
    let mut anew = delta(51, 52, 2);
    anew.head.ts_recv_ns = 5000;
    assert!(reader.apply(&anew));
    assert_eq!(reader.shown(), (1, None, true));
    anew.head.is_snapshot = true;
    anew.head.last_id = 51;
    assert!(reader.apply(&anew));
    assert_eq!(reader.shown(), (2, Some(52), false));
    let mut lower = snapshot(7, 3);
    lower.head.ts_recv_ns = 6000;
    assert!(reader.apply(&lower));
    assert_eq!(reader.shown(), (3, Some(7), false));
}
