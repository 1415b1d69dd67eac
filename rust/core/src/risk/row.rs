//! One account in one symbol: what it holds, and what is on its way.

use super::digest;
use crate::book::arena::NIL;
use crate::units::Side;

/// What works for an account in a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Σ price × lots of buys, at the prices their money is held at.
    pub(super) buys: i128,
    /// Lots of buys and of sells.
    lots: [i64; 2],
}

impl Work {
    pub(super) const fn new(buys: i128, buy: i64, sell: i64) -> Self {
        Self {
            buys,
            lots: [buy, sell],
        }
    }

    /// Lots on `side`.
    #[inline(always)]
    pub(super) const fn on(&self, side: Side) -> i64 {
        self.lots[side as usize]
    }

    /// With `qty` at `price` more on `side`; a negative `qty` takes away.
    #[inline(always)]
    pub(super) fn with(mut self, side: Side, price: i64, qty: i64) -> Self {
        self.add(side, held_on(side, price, qty), qty);
        self
    }

    /// Lets `qty` more work on `side`, which hold `money` ticks × lots.
    #[inline(always)]
    pub(super) fn add(&mut self, side: Side, money: i128, qty: i64) {
        self.lots[side as usize] += qty;
        self.buys += money;
        debug_assert!(
            self.lots[0] >= 0 && self.lots[1] >= 0 && self.buys >= 0,
            "Invariant: nothing is released twice: {self:?}"
        );
    }
}

/// Ticks × lots an order of `side` holds money for.
#[inline(always)]
pub(super) fn held_on(side: Side, price: i64, qty: i64) -> i128 {
    // Chosen without a branch: nobody can foretell the side of the next order.
    let price = price & (side as i64 - 1);
    i128::from(price) * i128::from(qty)
}

/// Position and working orders of one account in one symbol, and where its money lies.
///
/// What an order and its cancel touch is one cache line; what a fill needs besides is the one
/// beside it.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(128))]
pub(super) struct Row {
    pub(super) work: Work,
    /// Signed lots.
    pub(super) position: i64,
    /// As [`digest::row_key`] names it.
    pub(super) key: u64,
    /// As [`super::rules::Rules::resolve`] named it; [`NIL`] before the first time.
    pub(super) profile: u32,
    pub(super) symbol: u32,
    /// Open orders, those that wait included.
    pub(super) orders: u32,
    /// The account's next row, in a circle.
    pub(super) next: u32,
    /// What the position cost, signed like it, in money: the average price is never rounded.
    pub(super) cost: i128,
    /// Profit less fees that fills of a derivative brought and its wallet does not say yet.
    pub(super) profit: i128,
    pub(super) account: u32,
    pub(super) settle_wallet: u32,
    /// [`NIL`] for a derivative.
    pub(super) base_wallet: u32,
    pub(super) seat: u32,
}

impl Row {
    /// An empty row, not yet linked to seat and wallets.
    pub(super) const fn new(account: u32, symbol: u32) -> Self {
        Self {
            work: Work::new(0, 0, 0),
            position: 0,
            key: digest::row_key(account, symbol),
            profile: NIL,
            symbol,
            orders: 0,
            next: NIL,
            cost: 0,
            profit: 0,
            account,
            settle_wallet: NIL,
            base_wallet: NIL,
            seat: NIL,
        }
    }

    /// Whether nothing is held and nothing is open.
    pub(super) const fn is_empty(&self) -> bool {
        let lots = self.position | self.work.on(Side::Buy) | self.work.on(Side::Sell);
        lots == 0 && self.work.buys == 0 && self.cost == 0 && self.orders == 0
    }

    /// The largest position there can be, in lots, if only one side's orders fill.
    #[inline]
    pub(super) const fn worst_side(&self) -> i64 {
        self.worst_with(&self.work)
    }

    /// The same if `work` worked.
    #[inline]
    pub(super) const fn worst_with(&self, work: &Work) -> i64 {
        worst_side(self.position, work.on(Side::Buy), work.on(Side::Sell))
    }

    /// Books a fill of `qty` lots worth `value` and answers the profit it realised.
    ///
    /// A fill through zero is split there: `worth` says what so many of its lots are worth. What
    /// a partial close takes of the cost is rounded towards zero, and what it leaves is the exact
    /// rest, so nothing is lost over time. `gains` is false for a contract that gains where its
    /// value falls (inverse).
    #[inline(always)]
    pub(super) fn trade(
        &mut self,
        side: Side,
        qty: i64,
        value: i128,
        gains: bool,
        worth: impl FnOnce(i64) -> i128,
    ) -> i128 {
        let position = self.position;
        self.position += side.sign() * qty;
        if position.signum() != -side.sign() {
            self.cost += signed(side == Side::Buy, value);
            return 0;
        }
        let held = position.saturating_abs();
        let (proceeds, removed) = if qty <= held {
            (
                value,
                share(self.cost, qty.unsigned_abs(), held.unsigned_abs()),
            )
        } else {
            (worth(held), self.cost)
        };
        self.cost += signed(side == Side::Buy, value - proceeds) - removed;
        signed(gains, signed(side == Side::Sell, proceeds) - removed)
    }
}

/// `amount`, or its negative.
#[inline(always)]
const fn signed(is_plus: bool, amount: i128) -> i128 {
    // Without a branch: nobody can foretell the side of the next fill.
    let sign = is_plus as i128 - 1;
    (amount ^ sign) - sign
}

const _: () = assert!(
    size_of::<Row>() == 128 && std::mem::offset_of!(Row, cost) == 64,
    "Invariant: what an order touches of a row is one cache line"
);

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
#[inline(always)]
pub(super) fn share(amount: i128, part: u64, whole: u64) -> i128 {
    if part == whole {
        return amount;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let size = amount.unsigned_abs();
    let shared = if size >> 96 == 0 && part >> 31 == 0 {
        size * part / whole
    } else {
        long_share(size, part, whole)
    };
    // No larger than `amount`, as the part is none larger than the whole.
    signed(amount >= 0, shared.cast_signed())
}

/// The same where the product may have more than 128 bits.
#[cold]
#[inline(never)]
const fn long_share(size: u128, part: u128, whole: u128) -> u128 {
    // Neither product overflows: the first is below `size`, the second below 2¹²⁸.
    size / whole * part + size % whole * part / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traded(fills: &[(Side, i64, i64)]) -> (i64, i128, i128) {
        let mut row = Row::new(1, 0);
        let realised = fills.iter().map(|(side, qty, price)| {
            let worth = |lots: i64| i128::from(lots) * i128::from(*price);
            row.trade(*side, *qty, worth(*qty), true, worth)
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
    fn a_share_is_exact_whatever_its_length() {
        let large = i128::MAX / 2;
        for (amount, part, whole, expected) in [
            (7, 2, 3, 4),
            (-7, 2, 3, -4),
            (
                1 << 95,
                1 << 30,
                (1 << 31) - 1,
                (1 << 94) + (1 << 63) + (1 << 32) + 2,
            ),
            (large, 1, 2, large / 2),
            (-large, u64::MAX / 2, u64::MAX - 1, -(large / 2)),
            (large, 5, 5, large),
        ] {
            assert_eq!(
                share(amount, part, whole),
                expected,
                "{amount} {part} {whole}"
            );
        }
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
