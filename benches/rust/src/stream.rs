//! One million messages of a busy, calm market: half of them adds, two fifths cancels.

use std::fs;
use std::io;
use std::path::Path;

use tradecore_core::instrument::InstrumentError;
use tradecore_core::matching::CommandRecord;

use crate::author::Author;
use crate::records::{BUY, cancel, ioc, limit, market, reinsert};

/// Orders placed before anything else.
pub(crate) const PREFILL: usize = 10_000;
/// Below as many live orders, what would be a cancel is an add.
const LIVE_MIN: usize = 1_000;

/// A flow of `length` records: 50 % adds up to 50 ticks off a wandering middle, 40 % cancels of any
/// live order, 8 % takers of which half name a limit 5 ticks beyond the middle, 2 % reinsertions.
pub(crate) fn mixed(length: usize, seed: u64) -> Result<Vec<CommandRecord>, InstrumentError> {
    let mut author = Author::new(seed)?;
    let mut middle = 100_000;
    while author.len() < length {
        if author.unit() < 0.004 {
            middle += if author.side() == BUY { 1 } else { -1 };
        }
        let filling = author.len() < PREFILL;
        match author.unit() {
            choice if filling || choice < 0.5 => add(&mut author, middle),
            choice if choice < 0.9 => match author.someone() {
                Some(order_id) if author.live() >= LIVE_MIN => author.write(cancel(order_id)),
                _ => add(&mut author, middle),
            },
            choice if choice < 0.98 => take(&mut author, middle, choice < 0.94),
            _ => change(&mut author, middle),
        }
    }
    Ok(author.finish())
}

fn add(author: &mut Author, middle: i64) {
    let (side, order_id) = (author.side(), author.fresh_id());
    let price = passive(author, side, middle);
    let qty = author.qty(100);
    author.write(limit(order_id, side, qty, price));
}

fn take(author: &mut Author, middle: i64, at_any_price: bool) {
    let (side, order_id, qty) = (author.side(), author.fresh_id(), author.qty(70));
    author.write(if at_any_price {
        market(order_id, side, qty)
    } else {
        ioc(order_id, side, qty, beside(side, middle, -5))
    });
}

fn change(author: &mut Author, middle: i64) {
    if let Some(order_id) = author.someone()
        && let Some((side, _, _)) = author.terms_of(order_id)
    {
        let price = passive(author, side, middle);
        let qty = author.qty(100);
        author.write(reinsert(order_id, qty, price));
    }
}

/// A price 1 to 50 ticks behind the middle, nearer ones more often.
fn passive(author: &mut Author, side: u8, middle: i64) -> i64 {
    let share = author.unit();
    beside(side, middle, 1 + (50.0 * share * share) as i64)
}

/// The price `behind` ticks worse than `middle` for the other side.
pub(crate) const fn beside(side: u8, middle: i64, behind: i64) -> i64 {
    if side == BUY {
        middle - behind
    } else {
        middle + behind
    }
}

/// The flow with every id replaced by a number that looks random: the same market, found by hash.
pub(crate) fn scattered(records: &[CommandRecord]) -> Vec<CommandRecord> {
    let scatter = |record: &CommandRecord| CommandRecord {
        order_id: scattered_id(record.order_id),
        ..*record
    };
    records.iter().map(scatter).collect()
}

/// The finisher of splitmix64: different ids stay different, and none but 0 becomes 0.
const fn scattered_id(order_id: u64) -> u64 {
    let word = (order_id ^ (order_id >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Reads a recorded flow of 32-byte little-endian records: op (limit, market, cancel, reinsert),
/// side, whether IOC, a blank, `u32` quantity, `i64` price, `u64` id, `u64` sequence.
///
/// # Errors
///
/// Those of reading a file.
pub(crate) fn recorded(path: &Path) -> io::Result<Vec<CommandRecord>> {
    let bytes = fs::read(path)?;
    let (rows, _) = bytes.as_chunks::<32>();
    Ok(rows.iter().map(decode).collect())
}

fn decode(row: &[u8; 32]) -> CommandRecord {
    let word = |from: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&row[from..from + 8]);
        u64::from_le_bytes(word)
    };
    let qty = i64::from(u32::from_le_bytes([row[4], row[5], row[6], row[7]]));
    let (price, order_id) = (word(8).cast_signed(), word(16));
    match (row[0], row[2]) {
        (0, 0) => limit(order_id, row[1], qty, price),
        (0, _) => ioc(order_id, row[1], qty, price),
        (1, _) => market(order_id, row[1], qty),
        (2, _) => cancel(order_id),
        _ => reinsert(order_id, qty, price),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_the_one_described() {
        let records = mixed(60_000, 7).unwrap();
        let after = &records[PREFILL..];
        let share = |chosen: fn(&CommandRecord) -> bool| {
            after.iter().filter(|record| chosen(record)).count() * 100 / after.len()
        };
        let rests = |record: &CommandRecord| record.op == 0 && record.time_in_force == 0;
        assert!((49..=51).contains(&share(rests)));
        assert!((39..=41).contains(&share(|record| record.op == 1)));
        assert!((7..=8).contains(&share(|record| record.op == 0 && record.time_in_force == 1)));
        assert!((1..=2).contains(&share(|record| record.op == 2)));
    }

    #[test]
    fn the_same_seed_writes_the_same_flow() {
        assert_eq!(mixed(12_000, 3).unwrap(), mixed(12_000, 3).unwrap());
        assert_ne!(mixed(12_000, 3).unwrap(), mixed(12_000, 4).unwrap());
    }

    #[test]
    fn scattered_ids_are_as_many_and_none_is_zero() {
        let mut ids: Vec<u64> = (1..=10_000).map(scattered_id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 10_000);
        assert!(!ids.contains(&0));
    }
}
