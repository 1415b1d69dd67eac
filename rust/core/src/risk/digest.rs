//! A running 128-bit sum over the state: equal for equal states, whatever led there.
//!
//! Everything that is state adds key × (Σ constant × number), where the key stands for whose it
//! is. The sum is linear, so a change adds its difference alone, and what is empty adds nothing.

use super::ledger::{Recent, Seat};
use crate::units::Side;

/// What a key is for.
pub(super) const ROW: u32 = 1;
pub(super) const WALLET: u32 = 2;
pub(super) const SEAT: u32 = 3;
pub(super) const RECENT: u32 = 4;
pub(super) const MARKET: u32 = 5;
pub(super) const ASSET: u32 = 6;
pub(super) const TERMS: u32 = 7;
/// With the number of the scope added.
pub(super) const LIMITS: u32 = 8;
pub(super) const STATE: u32 = 16;

/// Odd, and without relation: fractional parts of square roots of primes.
const C: [u64; 6] = [
    0x6A09_E667_F3BC_C909,
    0xBB67_AE85_84CA_A73B,
    0x3C6E_F372_FE94_F82B,
    0xA54F_F53A_5F1D_36F1,
    0x510E_527F_ADE6_82D1,
    0x9B05_688C_2B3E_6C1F,
];

#[inline(always)]
fn term(at: usize, number: i128) -> u128 {
    u128::from(C[at]).wrapping_mul(number.cast_unsigned())
}

/// What a position adds more than it did; what did not change costs nothing.
#[inline(always)]
pub(super) fn position(lots: i64, cost: i128) -> u128 {
    term(0, lots.into()).wrapping_add(term(4, cost))
}

/// What an order of `side` adds to the sum of a row that works with `lots` and holds `money`
/// ticks × lots.
#[inline(always)]
pub(super) fn order(side: Side, lots: i64, money: i128) -> u128 {
    term(1 + side as usize, lots.into()).wrapping_add(term(3, money))
}

/// What open orders add to the same.
#[inline(always)]
pub(super) fn open_orders(orders: i64) -> u128 {
    term(5, orders.into())
}

/// The sum of what works under the key of its row: it changes with every order, and half a key is
/// half the work.
#[inline(always)]
pub(super) fn working(key: u64, sum: u128) -> u128 {
    u128::from(key).wrapping_mul(sum)
}

/// What a wallet adds more than it did. What is held follows from the rows and adds nothing.
#[inline(always)]
pub(super) fn wallet(balance: i128, realised: i128) -> u128 {
    term(0, balance).wrapping_add(term(1, realised))
}

/// What the wallet of a derivative adds when both its balance and its profit grow by `profit`.
#[inline(always)]
pub(super) fn profit(profit: i128) -> u128 {
    (u128::from(C[0]) + u128::from(C[1])).wrapping_mul(profit.cast_unsigned())
}

/// What the start of a day adds.
pub(super) fn day_start(profit: i128) -> u128 {
    term(2, profit)
}

/// A seat as it is made adds nothing.
#[inline(always)]
pub(super) fn seat(seat: &Seat) -> u128 {
    let account = i128::from(seat.account);
    term(0, i128::from(seat.user) - account)
        .wrapping_add(term(1, i128::from(seat.group) - account))
        .wrapping_add(term(2, i128::from(seat.arrival_ns) - i128::from(i64::MIN)))
}

#[inline]
pub(super) fn recent(recent: &Recent) -> u128 {
    term(0, recent.qty.into())
        .wrapping_add(term(1, recent.price.into()))
        .wrapping_add(term(2, recent.at_ns.into()))
}

/// The numbers of something rare.
pub(super) fn numbers(numbers: &[i128]) -> u128 {
    let terms = numbers.iter().enumerate();
    terms.fold(0, |sum, (at, number)| {
        // Each round of six is turned, so that no two numbers share a constant.
        let turned = term(at % C.len(), *number).rotate_left(turn(at));
        sum.wrapping_add(turned)
    })
}

#[expect(clippy::cast_possible_truncation, reason = "below 128")]
const fn turn(at: usize) -> u32 {
    (17 * (at / C.len()) % 128) as u32
}

/// The key of one thing of one kind, odd.
#[inline(always)]
pub(super) const fn key(kind: u32, whose: u32, which: u32) -> u128 {
    widened(half_key(kind, whose, which))
}

/// The half of the key of a row that says all of it.
#[inline(always)]
pub(super) const fn row_key(account: u32, symbol: u32) -> u64 {
    half_key(ROW, account, symbol)
}

/// The key whose half this is: it is well spread, so one more multiplication gives the other.
#[inline(always)]
pub(super) const fn widened(half: u64) -> u128 {
    (half as u128).wrapping_mul(WIDENER)
}

const WIDENER: u128 = 0x9FB2_1C65_1E98_DF25_A076_1D64_78BD_642F;

/// What a fill of an order of a derivative changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) side: Side,
    pub(super) qty: i64,
    /// Ticks × lots no longer held.
    pub(super) held: i128,
    /// What the position cost more than it did.
    pub(super) cost: i128,
    pub(super) profit: i128,
}

impl Fill {
    /// What it adds to the sums of a row and of a wallet, given by halves of their keys.
    ///
    /// The widened halves have a factor in common, which is multiplied once.
    #[inline(always)]
    pub(super) fn sum(&self, row: u64, wallet: u64) -> u128 {
        let Self { side, qty, .. } = *self;
        let lots = term(0, i128::from(side.sign() * qty));
        let position = working(row, lots.wrapping_add(term(4, self.cost)));
        let wide = position.wrapping_add(working(wallet, profit(self.profit)));
        let work = order(side, qty, self.held).wrapping_neg();
        working(row, work).wrapping_add(wide.wrapping_mul(WIDENER))
    }
}

/// The half of [`key`] that says all of it.
#[inline(always)]
pub(super) const fn half_key(kind: u32, whose: u32, which: u32) -> u64 {
    let name = (whose as u64) << 32 | which as u64;
    spread(name ^ (kind as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)) | 1
}

/// `SplitMix64`: every bit of the answer depends on every bit of the word.
#[inline(always)]
const fn spread(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
