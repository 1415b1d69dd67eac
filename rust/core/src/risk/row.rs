//! One account in one symbol: what it holds, and what is on its way.

use crate::book::arena::NIL;
use crate::units::Side;

/// Position and working orders of one account in one symbol, and where its money lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Signed lots.
    pub(super) position: i64,
    /// Lots of working buys.
    pub(super) working_buy: i64,
    /// Lots of working sells.
    pub(super) working_sell: i64,
    /// Σ price × lots of working buys, at the prices their money is held at.
    pub(super) buys: i128,
    /// What the position cost, signed like it, in money: the average price is never rounded.
    pub(super) cost: i128,
    pub(super) account: u32,
    pub(super) symbol: u32,
    pub(super) seat: u32,
    /// The account's next row, [`NIL`] after the last.
    pub(super) next: u32,
    pub(super) settle_wallet: u32,
    /// [`NIL`] for a derivative.
    pub(super) base_wallet: u32,
    pub(super) profile: u32,
    /// [`super::rules::Rules::generation`] the profile belongs to; one never reached at first.
    pub(super) generation: u64,
}

impl Row {
    /// An empty row, not yet linked to seat and wallets.
    pub(super) const fn new(account: u32, symbol: u32) -> Self {
        Self {
            position: 0,
            working_buy: 0,
            working_sell: 0,
            buys: 0,
            cost: 0,
            account,
            symbol,
            seat: NIL,
            next: NIL,
            settle_wallet: NIL,
            base_wallet: NIL,
            profile: 0,
            generation: u64::MAX,
        }
    }

    /// Whether nothing is held and nothing works.
    pub(super) const fn is_empty(&self) -> bool {
        let lots = self.position | self.working_buy | self.working_sell;
        lots == 0 && self.buys == 0 && self.cost == 0
    }

    /// Lots working on `side`.
    #[inline]
    pub(super) const fn working(&self, side: Side) -> i64 {
        match side {
            Side::Buy => self.working_buy,
            Side::Sell => self.working_sell,
        }
    }

    /// Adds `qty` at `price` to what works on `side`; a negative `qty` takes away.
    #[inline]
    pub(super) fn work(&mut self, side: Side, price: i64, qty: i64) {
        match side {
            Side::Buy => {
                self.working_buy += qty;
                self.buys += i128::from(price) * i128::from(qty);
            }
            Side::Sell => self.working_sell += qty,
        }
        debug_assert!(
            self.working_buy >= 0 && self.working_sell >= 0 && self.buys >= 0,
            "Invariant: nothing is released twice: {self:?}"
        );
    }

    /// The largest position there can be, in lots, if only one side's orders fill.
    #[inline]
    pub(super) fn worst_side(&self) -> i64 {
        worst_side(self.position, self.working_buy, self.working_sell)
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
