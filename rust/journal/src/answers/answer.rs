//! One answer, and what it is found by.

use sha2::{Digest as _, Sha256};
use tradecore_core::matching::{NewOrder, Report, Terms, hash};

use super::ANSWER;
use crate::record::{self, Name};

/// The account and the name of an order: 128 bits of their SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) u128);

impl Key {
    pub(crate) fn new(account: u32, name: Name<'_>) -> Self {
        let mut sha = Sha256::new();
        sha.update(account.to_le_bytes());
        sha.update(name.as_str());
        Self(half(&sha.finalize().into()))
    }
}

/// What was asked for, its name aside: 128 bits of the SHA-256 of the record's body.
pub(crate) fn payload(order: &NewOrder, terms: &Terms) -> u128 {
    let mut body = Vec::with_capacity(record::ORDER_BYTES);
    record::order(order, terms, &mut body);
    half(&Sha256::digest(&body).into())
}

fn half(digest: &[u8; 32]) -> u128 {
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    u128::from_le_bytes(half)
}

/// A report of an answer, and what its order's fills had cost by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// What was said.
    pub(crate) report: Report,
    /// Σ price × quantity, in ticks × lots.
    pub(crate) cost: i128,
}

/// So many reports of an answer are kept: of more, all but the last are the first.
pub(super) const ROWS_MAX: usize = 16;

/// What was said about an order when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) payload: u128,
    pub(crate) order_id: u64,
    /// Sequence of its command.
    pub(crate) sequence: u64,
    /// When that was.
    pub(crate) timestamp_ns: i64,
    pub(crate) rows: Box<[Row]>,
}

impl Answer {
    /// Its term of the hash.
    pub(super) fn term(&self, key: Key) -> u128 {
        let wide = [key.0, self.payload].into_iter().flat_map(hash::halves);
        let when = self.timestamp_ns.cast_unsigned();
        let own = [self.order_id, self.sequence, when];
        hash::words(
            ANSWER,
            wide.chain(own).chain(self.rows.iter().flat_map(words)),
        )
    }
}

/// A report as the words it is hashed and written as.
pub(super) fn words(row: &Row) -> [u64; 11] {
    let Report {
        sequence,
        order_id,
        counter_order_id,
        price,
        qty,
        leaves,
        cumulative,
        account,
        symbol,
        exec_type,
        status,
        side,
        liquidity,
        reject,
        scope,
    } = row.report;
    let [high, low] = hash::halves(row.cost.cast_unsigned());
    let [first, second] = [reject, scope].map(u16::to_le_bytes);
    let small = [
        exec_type, status, side, liquidity, first[0], first[1], second[0], second[1],
    ];
    [
        sequence,
        order_id,
        counter_order_id,
        price.cast_unsigned(),
        qty.cast_unsigned(),
        leaves.cast_unsigned(),
        cumulative.cast_unsigned(),
        u64::from(account) << 32 | u64::from(symbol),
        u64::from_le_bytes(small),
        high,
        low,
    ]
}

/// The row these words are of.
pub(super) fn row_of(words: [u64; 11]) -> Row {
    let [
        sequence,
        order_id,
        counter_order_id,
        price,
        qty,
        leaves,
        cumulative,
        whose,
        small,
        high,
        low,
    ] = words;
    let [exec_type, status, side, liquidity, small @ ..] = small.to_le_bytes();
    let [account, symbol] = [whose >> 32, whose & u64::from(u32::MAX)];
    let report = Report {
        sequence,
        order_id,
        counter_order_id,
        price: price.cast_signed(),
        qty: qty.cast_signed(),
        leaves: leaves.cast_signed(),
        cumulative: cumulative.cast_signed(),
        account: u32::try_from(account).unwrap_or(u32::MAX),
        symbol: u32::try_from(symbol).unwrap_or(u32::MAX),
        exec_type,
        status,
        side,
        liquidity,
        reject: u16::from_le_bytes([small[0], small[1]]),
        scope: u16::from_le_bytes([small[2], small[3]]),
    };
    let cost = u128::from(high) << 64 | u128::from(low);
    Row {
        report,
        cost: cost.cast_signed(),
    }
}
