//! One account in one symbol: what it holds, and what is on its way.

use crate::book::arena::NIL;
use crate::units::Side;

/// What works for an account in a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Σ price × lots of buys, at the prices their money is held at.
    pub(super) buys: i128,
    /// Lots of buys.
    pub(super) buy: i64,
    /// Lots of sells.
    pub(super) sell: i64,
}

impl Work {
    /// Lots on `side`.
    #[inline(always)]
    pub(super) const fn on(&self, side: Side) -> i64 {
        match side {
            Side::Buy => self.buy,
            Side::Sell => self.sell,
        }
    }

    /// With `qty` at `price` more on `side`; a negative `qty` takes away.
    #[inline(always)]
    pub(super) fn with(mut self, side: Side, price: i64, qty: i64) -> Self {
        match side {
            Side::Buy => {
                self.buy += qty;
                self.buys += i128::from(price) * i128::from(qty);
            }
            Side::Sell => self.sell += qty,
        }
        debug_assert!(
            self.buy >= 0 && self.sell >= 0 && self.buys >= 0,
            "Invariant: nothing is released twice: {self:?}"
        );
        self
    }
}

/// Position and working orders of one account in one symbol, and where its money lies.
///
/// What an order and its cancel touch is one cache line; the rest is the one beside it.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(128))]
pub(super) struct Row {
    pub(super) work: Work,
    /// Signed lots.
    pub(super) position: i64,
    /// As [`super::rules::Rules::resolve`] named it; any number that is none before the first time.
    pub(super) profile: u64,
    pub(super) account: u32,
    pub(super) symbol: u32,
    /// Open orders, those that wait included.
    pub(super) orders: u32,
    pub(super) settle_wallet: u32,
    /// What the position cost, signed like it, in money: the average price is never rounded.
    pub(super) cost: i128,
    /// [`NIL`] for a derivative.
    pub(super) base_wallet: u32,
    pub(super) seat: u32,
    /// The account's next row, in a circle.
    pub(super) next: u32,
}

impl Row {
    /// An empty row, not yet linked to seat and wallets.
    pub(super) const fn new(account: u32, symbol: u32) -> Self {
        Self {
            work: Work {
                buys: 0,
                buy: 0,
                sell: 0,
            },
            position: 0,
            profile: u64::MAX,
            account,
            symbol,
            orders: 0,
            settle_wallet: NIL,
            cost: 0,
            base_wallet: NIL,
            seat: NIL,
            next: NIL,
        }
    }

    /// Whether nothing is held and nothing is open.
    pub(super) const fn is_empty(&self) -> bool {
        let lots = self.position | self.work.buy | self.work.sell;
        lots == 0 && self.work.buys == 0 && self.cost == 0 && self.orders == 0
    }

    /// The largest position there can be, in lots, if only one side's orders fill.
    #[inline]
    pub(super) const fn worst_side(&self) -> i64 {
        worst_side(self.position, self.work.buy, self.work.sell)
    }

    /// Books a fill of `qty` lots worth `value` and answers the profit it realised.
    ///
    /// A fill through zero is split there. What a partial close takes of the cost is rounded
    /// towards zero, and what it leaves is the exact rest, so nothing is lost over time. `sign`
    /// is -1 for a contract that gains where its value falls (inverse), else 1.
    pub(super) fn trade(&mut self, side: Side, qty: i64, value: i128, sign: i128) -> i128 {
        let direction = i128::from(side.sign());
        let held = self.position.unsigned_abs();
        let closes = self.position.signum() == -side.sign();
        let close = if closes {
            held.min(qty.unsigned_abs())
        } else {
            0
        };
        let proceeds = share(value, close, qty.unsigned_abs());
        let removed = share(self.cost, close, held);
        self.position += side.sign() * qty;
        self.cost += direction * (value - proceeds) - removed;
        sign * (-direction * proceeds - removed)
    }
}

/// The largest position there can be if only one side's orders fill; never below zero.
///
/// Initial margin is asked for this, not for the sum of both sides.
#[inline]
pub const fn worst_side(position: i64, working_buy: i64, working_sell: i64) -> i64 {
    let long = position.saturating_add(working_buy);
    let short = working_sell.saturating_sub(position);
    if long > short { long } else { short }
}

/// `amount × part ÷ whole`, rounded towards zero; all of it when the part is the whole.
fn share(amount: i128, part: u64, whole: u64) -> i128 {
    if part == whole {
        return amount;
    }
    if part == 0 {
        return 0;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    // Neither product overflows: the first is below `amount`, the second below 2¹²⁶.
    amount / whole * part + amount % whole * part / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traded(fills: &[(Side, i64, i64)]) -> (i64, i128, i128) {
        let mut row = Row::new(1, 0);
        let realised = fills.iter().map(|(side, qty, price)| {
            row.trade(*side, *qty, i128::from(*qty) * i128::from(*price), 1)
        });
        let realised = realised.sum();
        (row.position, row.cost, realised)
    }

    #[test]
    fn a_position_realises_what_it_closes_and_is_split_at_zero() {
        use Side::{Buy, Sell};
        assert_eq!(traded(&[(Buy, 10, 100)]), (10, 1000, 0));
        assert_eq!(traded(&[(Buy, 10, 100), (Sell, 4, 110)]), (6, 600, 40));
        assert_eq!(traded(&[(Buy, 10, 100), (Sell, 15, 110)]), (-5, -550, 100));
        assert_eq!(traded(&[(Sell, 5, 110), (Buy, 5, 100)]), (0, 0, 50));
        let all = [
            (Buy, 10, 100),
            (Buy, 5, 110),
            (Sell, 8, 120),
            (Sell, 10, 115),
            (Buy, 3, 105),
        ];
        assert_eq!(traded(&all), (0, 0, 245));
    }

    #[test]
    fn a_cost_that_does_not_divide_leaves_its_exact_rest() {
        use Side::{Buy, Sell};
        let fills = [
            (Buy, 1, 100),
            (Buy, 2, 101),
            (Sell, 1, 100),
            (Sell, 1, 100),
            (Sell, 1, 100),
        ];
        assert_eq!(traded(&fills[..3]), (2, 202, 0));
        assert_eq!(traded(&fills), (0, 0, -2));
    }

    #[test]
    fn margin_is_asked_for_the_worse_side_only() {
        assert_eq!(worst_side(10, 0, 5), 10);
        assert_eq!(worst_side(10, 0, 25), 15);
        assert_eq!(worst_side(0, 3, 5), 5);
        assert_eq!(worst_side(0, 8, 5), 8);
        assert_eq!(worst_side(-4, 3, 0), 4);
    }
}
