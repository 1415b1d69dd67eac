//! A running 128-bit sum over the state: equal for equal states, whatever led there.
//!
//! Everything that is state adds key × (Σ constant × number), where the key stands for whose it
//! is. The sum is linear, so a change adds its difference alone, and what is empty adds nothing.

use super::ledger::{Recent, Seat, Wallet};
use super::row::Row;

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
const C: [u128; 6] = [
    0x6A09_E667_F3BC_C909,
    0xBB67_AE85_84CA_A73B,
    0x3C6E_F372_FE94_F82B,
    0xA54F_F53A_5F1D_36F1,
    0x510E_527F_ADE6_82D1,
    0x9B05_688C_2B3E_6C1F,
];

#[inline]
fn term(at: usize, number: i128) -> u128 {
    C[at].wrapping_mul(number.cast_unsigned())
}

/// What a row adds more than it did; what did not change costs nothing.
#[inline(always)]
pub(super) fn row(before: &Row, after: &Row) -> u128 {
    let (from, to) = (&before.work, &after.work);
    let orders = i64::from(after.orders) - i64::from(before.orders);
    lots(0, before.position, after.position)
        .wrapping_add(lots(1, from.buy, to.buy))
        .wrapping_add(lots(2, from.sell, to.sell))
        .wrapping_add(term(3, to.buys.wrapping_sub(from.buys)))
        .wrapping_add(term(4, after.cost.wrapping_sub(before.cost)))
        .wrapping_add(term(5, orders.into()))
}

/// Lots are so few that their difference has 64 bits.
#[inline(always)]
fn lots(at: usize, before: i64, after: i64) -> u128 {
    term(at, after.wrapping_sub(before).into())
}

/// What a wallet adds more than it did. What is held follows from the rows and adds nothing.
#[inline(always)]
pub(super) fn wallet(before: &Wallet, after: &Wallet) -> u128 {
    let balance = after.balance.wrapping_sub(before.balance);
    term(0, balance).wrapping_add(term(1, after.realised.wrapping_sub(before.realised)))
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
pub(super) fn key(kind: u32, whose: u32, which: u32) -> u128 {
    let name = u64::from(whose) << 32 | u64::from(which);
    let low = spread(name ^ u64::from(kind).wrapping_mul(0xD6E8_FEB8_6659_FD93));
    // The low half is well spread: one more multiplication gives the high one.
    u128::from(low | 1).wrapping_mul(0x9FB2_1C65_1E98_DF25_A076_1D64_78BD_642F)
}

/// `SplitMix64`: every bit of the answer depends on every bit of the word.
#[inline(always)]
const fn spread(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
