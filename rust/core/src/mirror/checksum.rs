//! One number for the top of a book, to compare with somebody else's.
//!
//! Two texts are in use, both hashed with CRC-32 (IEEE 802.3, as zlib's):
//!
//! * [`Form::Alternating`], ours: `bid_price:bid_qty:ask_price:ask_qty:…` level by level from the
//!   best, joined by colons; when one side runs out the other goes on alone. Prices and quantities
//!   are exact decimals in plain notation without trailing zeros (`61837.6`, `0.014`, `5`).
//! * [`Form::Digits`]: the asks from the best, then the bids from the best; each price and then
//!   each quantity as digits only, written with all decimals of the tick or lot, without the point
//!   and without leading zeros, nothing between them.

use std::fmt::Write;

use crc32fast::{Hasher, hash};

use super::Book;
use crate::decimal::Decimal;
use crate::instrument::Instrument;
use crate::units::Side;

/// The text that is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Bid and ask in turn, decimals, colons between.
    Alternating,
    /// Asks, then bids, digits only.
    Digits,
}

/// CRC-32 of the best `levels` of each side.
pub fn checksum(book: &Book, instrument: &Instrument, levels: usize, form: Form) -> u32 {
    let text = match form {
        Form::Alternating => alternating(book, instrument, levels),
        Form::Digits => digits(book, instrument, levels),
    };
    hash(text.as_bytes())
}

fn alternating(book: &Book, instrument: &Instrument, levels: usize) -> String {
    let mut bids = book.depth(Side::Buy, levels);
    let mut asks = book.depth(Side::Sell, levels);
    let mut fields: Vec<String> = Vec::with_capacity(levels.min(1024) * 4);
    loop {
        let (bid, ask) = (bids.next(), asks.next());
        if bid.is_none() && ask.is_none() {
            return fields.join(":");
        }
        for (price, qty) in bid.into_iter().chain(ask) {
            fields.push(instrument.price(price).to_string());
            fields.push(instrument.quantity(qty).to_string());
        }
    }
}

fn digits(book: &Book, instrument: &Instrument, levels: usize) -> String {
    let mut text = String::new();
    let mut push = |count: i64, step: Decimal| {
        // Writing to a string cannot be refused.
        let _ = write!(text, "{}", i128::from(count) * step.mantissa());
    };
    for side in [Side::Sell, Side::Buy] {
        for (price, qty) in book.depth(side, levels) {
            push(price.0, instrument.tick_size());
            push(qty.0, instrument.lot_size());
        }
    }
    text
}

/// CRC-32 of the best `levels` of each side as numbers, not text: of each bid from the best its
/// price in ticks and its quantity in lots, eight zero bytes, then of each ask the same; each
/// number is eight bytes, the lowest first.
pub fn counts(book: &Book, levels: usize) -> u32 {
    let mut crc = Hasher::new();
    for (side, behind) in [(Side::Buy, &[0; 8][..]), (Side::Sell, &[])] {
        for (price, qty) in book.depth(side, levels) {
            crc.update(&price.0.to_le_bytes());
            crc.update(&qty.0.to_le_bytes());
        }
        crc.update(behind);
    }
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{ContractKind, InstrumentSpec};
    use crate::market::Level;
    use crate::money::Rate;
    use crate::units::{Lots, Ticks};

    fn instrument() -> Instrument {
        Instrument::new(InstrumentSpec {
            symbol: "BTCUSDT".into(),
            kind: ContractKind::Linear,
            tick_size: Decimal::parse(b"0.1").unwrap(),
            lot_size: Decimal::parse(b"0.001").unwrap(),
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        })
        .unwrap()
    }

    fn book() -> Book {
        let mut book = Book::new();
        for (side, price, qty) in [
            (Side::Buy, 618_000, 14),
            (Side::Buy, 617_999, 5000),
            (Side::Sell, 618_001, 2510),
        ] {
            book.set(side, Ticks(price), Lots(qty));
        }
        book
    }

    #[test]
    fn the_longer_side_goes_on_alone() {
        let text = alternating(&book(), &instrument(), 25);
        assert_eq!(text, "61800:0.014:61800.1:2.51:61799.9:5");
        assert_eq!(
            alternating(&book(), &instrument(), 1),
            "61800:0.014:61800.1:2.51"
        );
        assert_eq!(alternating(&Book::new(), &instrument(), 25), "");
    }

    #[test]
    fn digits_are_asks_then_bids_without_points() {
        let text = digits(&book(), &instrument(), 10);
        assert_eq!(
            text,
            ["618001", "2510", "618000", "14", "617999", "5000"].concat()
        );
    }

    #[test]
    fn counts_are_what_zlib_makes_of_the_numbers() {
        let numbers: [i64; 7] = [618_000, 14, 617_999, 5000, 0, 618_001, 2510];
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        assert_eq!(counts(&book(), 10), hash(&bytes));
        assert_eq!(counts(&book(), 10), 0x263B_CF99);
        assert_ne!(counts(&book(), 1), counts(&book(), 10));
    }

    #[test]
    fn any_change_of_the_top_changes_the_number() {
        let (instrument, mut book) = (instrument(), book());
        let before = checksum(&book, &instrument, 25, Form::Alternating);
        book.apply_delta(&[Level {
            side: Side::Buy,
            price: Ticks(617_999),
            qty: Lots(5001),
        }]);
        assert_ne!(checksum(&book, &instrument, 25, Form::Alternating), before);
    }
}
