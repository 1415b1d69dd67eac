//! Prices and pressures read off a book: the one place of the core with floating point.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "analytics: nothing here decides about money"
)]

use super::Book;
use crate::decimal::Decimal;
use crate::units::{Lots, Side, Ticks};

/// How to turn counts of steps into floats, each the nearest to the exact decimal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    mantissa: f64,
    divisor: f64,
}

impl Scale {
    /// The scale of one tick or lot.
    pub fn new(step: Decimal) -> Self {
        Self {
            mantissa: step.mantissa() as f64,
            divisor: 10_f64.powi(step.scale().cast_signed()),
        }
    }

    /// `count` steps as a float. Exact product, one rounding: the same float as the decimal's text
    /// gives, while `count × mantissa` is below 2⁵³.
    #[inline]
    pub fn float(self, count: i64) -> f64 {
        self.float_of(count as f64)
    }

    /// A number of steps that need not be whole, such as a mid, as a float.
    #[inline]
    pub fn float_of(self, steps: f64) -> f64 {
        steps * self.mantissa / self.divisor
    }
}

/// Middle of the touch, in ticks; `None` for a book that is one-sided, locked or crossed.
pub fn mid(book: &Book) -> Option<f64> {
    let (bid, ask) = touch(book)?;
    Some(f64::midpoint(bid.0 as f64, ask.0 as f64))
}

/// Share of the bids in what rests near the touch, 0 to 1; `None` when nothing rests.
///
/// The first `levels` of each side count, each `decay` times as much as the one before it.
pub fn imbalance(book: &Book, levels: usize, decay: f64) -> Option<f64> {
    let bids = weight(book.depth(Side::Buy, levels), decay);
    let asks = weight(book.depth(Side::Sell, levels), decay);
    (bids + asks > 0.0).then(|| bids / (bids + asks))
}

/// The mid weighted by the imbalance, in ticks: many bids pull it towards the ask.
///
/// `I × ask + (1 − I) × bid` with `I` of [`imbalance`]; `None` for a book that is one-sided, locked
/// or crossed.
pub fn microprice(book: &Book, levels: usize, decay: f64) -> Option<f64> {
    let (bid, ask) = touch(book)?;
    let share = imbalance(book, levels, decay)?;
    Some(share * ask.0 as f64 + (1.0 - share) * bid.0 as f64)
}

fn touch(book: &Book) -> Option<(Ticks, Ticks)> {
    let ((bid, _), (ask, _)) = (book.best_bid()?, book.best_ask()?);
    (bid < ask).then_some((bid, ask))
}

fn weight(levels: impl Iterator<Item = (Ticks, Lots)>, decay: f64) -> f64 {
    let mut factor = 1.0;
    let mut sum = 0.0;
    for (_, qty) in levels {
        sum += factor * qty.0 as f64;
        factor *= decay;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Level;

    fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> Book {
        let level = |side| {
            move |&(price, qty): &(i64, i64)| Level {
                side,
                price: Ticks(price),
                qty: Lots(qty),
            }
        };
        let mut book = Book::new();
        let bids = bids.iter().map(level(Side::Buy));
        let levels: Vec<Level> = bids.chain(asks.iter().map(level(Side::Sell))).collect();
        book.apply_snapshot(&levels);
        book
    }

    fn near(got: Option<f64>, expected: f64) {
        let got = got.unwrap();
        assert!((got - expected).abs() < 1e-9, "{got} ≠ {expected}");
    }

    #[test]
    fn many_bids_pull_the_microprice_up() {
        for (bid, ask, micro) in [(90, 10, 10.9), (50, 50, 10.5), (10, 90, 10.1)] {
            let book = book(&[(10, bid)], &[(11, ask)]);
            near(mid(&book), 10.5);
            near(imbalance(&book, 1, 1.0), bid as f64 / 100.0);
            near(microprice(&book, 1, 1.0), micro);
        }
    }

    #[test]
    fn deeper_levels_count_less() {
        let book = book(&[(10, 4), (9, 8)], &[(12, 1), (13, 2)]);
        near(imbalance(&book, 2, 0.5), 8.0 / 10.0);
        near(microprice(&book, 2, 0.5), 0.8 * 12.0 + 0.2 * 10.0);
        near(imbalance(&book, 1, 0.5), 0.8);
        near(imbalance(&book, 2, 1.0), 12.0 / 15.0);
    }

    #[test]
    fn one_sided_locked_and_crossed_books_have_no_mid() {
        for book in [
            book(&[], &[]),
            book(&[(10, 1)], &[]),
            book(&[], &[(10, 1)]),
            book(&[(10, 1)], &[(10, 1)]),
            book(&[(11, 1)], &[(10, 1)]),
        ] {
            assert_eq!(mid(&book), None);
            assert_eq!(microprice(&book, 1, 1.0), None);
        }
    }

    #[test]
    fn a_float_is_the_one_nearest_to_the_decimal() {
        for (step, count, text) in [
            ("0.01", 6_183_763, "61837.63"),
            ("0.00001", 123_456_789, "1234.56789"),
            ("0.25", 19_241, "4810.25"),
            ("1e-8", 3, "3e-8"),
        ] {
            let scale = Scale::new(Decimal::parse(step.as_bytes()).unwrap());
            let expected: f64 = text.parse().unwrap();
            assert_eq!(scale.float(count).to_bits(), expected.to_bits(), "{text}");
        }
    }
}
