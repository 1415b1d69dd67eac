//! The words of `state_hash`: what an engine's state is made of, as 128-bit terms that add up.
//!
//! The hash of a state is the wrapping sum of one term a fact, so it does not depend on the order
//! in which facts came to be, and a change costs the difference of two terms.

use crate::matching::command::{Bands, Phase};
use crate::order::{OrderType, TimeInForce};

/// What stays the same while an order keeps its place.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    id: u64,
    priority: u64,
    price: u64,
    owner: u64,
}

/// The identity of an order; `tags` are [`crate::book::tags::Tags::bits`].
#[inline]
pub fn identity(id: u64, priority: u64, price: i64, account: u32, tags: u32) -> Identity {
    Identity {
        id,
        priority,
        price: price.cast_unsigned(),
        owner: u64::from(account) << 32 | u64::from(tags),
    }
}

/// The term of an order with the quantity it shows and what it traded.
///
/// Three folded multiplications for six words, each word in two of them.
#[inline]
pub fn order(identity: Identity, qty: i64, filled: i64) -> u128 {
    let Identity {
        id,
        priority,
        price,
        owner,
    } = identity;
    let (qty, filled) = (qty.cast_unsigned(), filled.cast_unsigned());
    let one = fold(id ^ KEYS[0], qty ^ priority.rotate_left(32) ^ KEYS[1]);
    let two = fold(
        price ^ filled.rotate_left(32) ^ KEYS[2],
        owner ^ id.rotate_left(17) ^ KEYS[3],
    );
    let three = fold(
        priority ^ price.rotate_left(41) ^ KEYS[4],
        owner.rotate_left(13) ^ qty.rotate_left(29) ^ filled ^ KEYS[5],
    );
    u128::from(three ^ two.rotate_left(23)) << 64 | u128::from(one ^ two)
}

/// What is kept aside of one order. Of an order in the book `order_type` and `time_in_force` are
/// the defaults and `stop_price` and `distance` zero: what it came as does not matter any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aside<'a> {
    /// Whose order id.
    pub id: u64,
    /// What it will be when its time comes.
    pub order_type: OrderType,
    /// How long, then.
    pub time_in_force: TimeInForce,
    /// Σ (fill price − limit) × quantity of its fills.
    pub beyond: i128,
    /// Open, but not shown.
    pub reserve: i64,
    /// Shown at a time; zero of an order that shows all.
    pub display: i64,
    /// Its trigger.
    pub stop_price: i64,
    /// How far its trigger stays behind the market.
    pub distance: i64,
    /// When it expires; zero for never.
    pub expire_ns: i64,
    /// The strategy it came from.
    pub strategy: u32,
    /// The `oco` group it is in, by the id of the order that was named first; zero for none.
    pub group: u64,
    /// The held order it releases when it is gone.
    pub releases: u64,
    /// The order that releases it.
    pub released_by: u64,
    /// Its client order id.
    pub name: Option<&'a str>,
}

impl Aside<'_> {
    /// Whether nothing is to be said but whose it is.
    pub fn is_nothing(&self) -> bool {
        let nothing = Aside {
            id: self.id,
            ..Aside::default()
        };
        *self == nothing
    }
}

/// The term of what is kept aside of an order; zero when that is nothing.
pub fn aside(facts: &Aside<'_>) -> u128 {
    let [high, low] = halves(facts.beyond.cast_unsigned());
    let mut term = 0;
    if facts.beyond != 0 {
        // Most of what is kept aside is this, so it is a term of its own.
        term = mix([facts.id, high, low, BEYOND]);
    }
    let others = Aside {
        beyond: 0,
        ..*facts
    };
    if others.is_nothing() {
        return term;
    }
    let fixed = [
        facts.id,
        u64::from(facts.order_type as u8) << 8 | u64::from(facts.time_in_force as u8),
        facts.reserve.cast_unsigned(),
        facts.display.cast_unsigned(),
        facts.stop_price.cast_unsigned(),
        facts.distance.cast_unsigned(),
        facts.expire_ns.cast_unsigned(),
        u64::from(facts.strategy),
        facts.group,
        facts.releases,
        facts.released_by,
    ];
    let name = facts.name.map(text).into_iter().flatten();
    term.wrapping_add(words(1, fixed.into_iter().chain(name)))
}

/// Tells a cost from an order's [`identity`], whose fourth word ends in its tags: no order has the
/// highest account and the highest instrument and all flags.
const BEYOND: u64 = u64::MAX;

/// The state of one symbol apart from its orders; prices are zero where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SymbolState {
    /// Open, halted and so on.
    pub phase: Phase,
    /// Price of the last trade.
    pub last: i64,
    /// What bands and auctions refer to.
    pub reference: i64,
    /// Its bounds.
    pub bands: Bands,
    /// When a pause ends; zero when there is none.
    pub resume_ns: i64,
}

/// The term of a symbol's state; zero for a symbol that is as at the start.
pub fn symbol(number: u32, state: &SymbolState) -> u128 {
    if *state == SymbolState::default() {
        return 0;
    }
    let facts = [
        u64::from(number) << 32 | u64::from(state.phase as u8),
        state.last.cast_unsigned(),
        state.reference.cast_unsigned(),
        state.bands.low.cast_unsigned(),
        state.bands.high.cast_unsigned(),
        u64::from(state.bands.dynamic_bps),
        state.bands.halt_ns.cast_unsigned(),
        state.resume_ns.cast_unsigned(),
    ];
    words(2, facts)
}

/// The term of the engine's counters.
pub fn counters(sequence: u64, last_id: u64, now_ns: i64) -> u128 {
    words(3, [sequence, last_id, now_ns.cast_unsigned()])
}

/// The term of a fact that is a list of words; `kind` tells lists of different meaning apart.
pub fn words(kind: u64, words: impl IntoIterator<Item = u64>) -> u128 {
    let mut count = 0;
    let mut state = mix([kind, 0, 0, 0]);
    for word in words {
        count += 1;
        let [high, low] = halves(state);
        state = mix([word, high, low, count]);
    }
    state
}

/// A text as words: its length in bytes, then eight bytes each.
pub fn text(text: &str) -> impl Iterator<Item = u64> + '_ {
    let chunks = text.as_bytes().chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    std::iter::once(text.len() as u64).chain(chunks)
}

/// The two halves of a wide number, the high one first.
#[expect(clippy::cast_possible_truncation, reason = "the other half is beside")]
pub const fn halves(wide: u128) -> [u64; 2] {
    [(wide >> 64) as u64, wide as u64]
}

const KEYS: [u64; 6] = [
    0x6A09_E667_F3BC_C909,
    0xBB67_AE85_84CA_A73B,
    0x3C6E_F372_FE94_F82B,
    0xA54F_F53A_5F1D_36F1,
    0x510E_527F_ADE6_82D1,
    0x9B05_688C_2B3E_6C1F,
];

/// Four words to 128 well-spread bits: folded 64 × 64 → 128 multiplications with odd constants
/// (the fractional parts of square roots of primes), as in the wyhash family. Each word stands in
/// two products, so that no value of one hides another.
#[inline]
fn mix(words: [u64; 4]) -> u128 {
    let [a, b, c, d] = words;
    let low = fold(a ^ KEYS[0], b ^ KEYS[1]) ^ fold(c ^ KEYS[2], d ^ KEYS[3]).rotate_left(29);
    let high = fold(a ^ KEYS[4], d ^ KEYS[1]) ^ fold(b ^ KEYS[5], c ^ KEYS[0]).rotate_left(37);
    let low = fold(low ^ KEYS[5], high ^ KEYS[2]);
    u128::from(high ^ low.rotate_left(17)) << 64 | u128::from(low)
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "folding both halves is the point"
)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Each bit of each part, and neighbours of each: no two of these are equal, in either half.
    #[test]
    fn every_bit_of_an_order_counts() {
        let mut terms = BTreeSet::new();
        let mut seen = 0;
        for bit in 0..64 {
            let one = 1_u64 << bit;
            let signed = one.cast_signed();
            let some = [
                order(identity(one, 7, 9, 3, 1), 5, 2),
                order(identity(8, one, 9, 3, 1), 5, 2),
                order(identity(8, 7, signed, 3, 1), 5, 2),
                order(identity(8, 7, 9, 3, 1), signed, 2),
                order(identity(8, 7, 9, 3, 1), 5, signed),
                words(1, [one]),
                words(2, [one]),
                words(1, [0, one]),
                words(one, []),
            ];
            terms.extend(some.iter().flat_map(|term| halves(*term)));
            seen += 2 * some.len();
        }
        for bit in 0..32 {
            let some = [
                order(identity(8, 7, 9, 1 << bit, 1), 5, 2),
                order(identity(8, 7, 9, 3, 1 << bit), 5, 2),
            ];
            terms.extend(some.iter().flat_map(|term| halves(*term)));
            seen += 2 * some.len();
        }
        // Listed twice on purpose: priority 8 = 7 + 1 and the like never coincide, bit 0 of some do.
        let repeated = seen - terms.len();
        assert!(repeated <= 12, "{repeated} of {seen}");
    }

    #[test]
    fn texts_that_differ_in_length_differ() {
        let terms: BTreeSet<u128> = ["", "\0", "a", "a\0", "12345678", "12345678\0"]
            .into_iter()
            .map(|name| words(1, text(name)))
            .collect();
        assert_eq!(terms.len(), 6);
    }
}
