//! Names of strategies, each of an account, and the numbers that orders have for them.
//!
//! As bytes behind a state, little-endian: `TCSTRA\r\n`, how many (8), and of each the account
//! (4), the length of its name (1) and the name, in the order of their numbers; of none, nothing.

use std::collections::HashMap;

use tradecore_core::matching::hash;

use crate::record::{Name, RecordError};

/// Names one account may give.
pub const STRATEGIES_MAX: usize = 1_000;

const MAGIC: [u8; 8] = *b"TCSTRA\r\n";
/// Tells terms of the hash apart from those of an engine and of answers.
const NAMED: u64 = 1004;

/// A strategy of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// Whose.
    pub account: u32,
    /// What the account calls it.
    pub name: Box<str>,
}

/// Every strategy that was named; the first has number 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strategies {
    list: Vec<Strategy>,
    numbers: HashMap<u32, HashMap<Box<str>, u32>>,
    hash: u128,
}

impl Strategies {
    /// The number of an account's strategy, if it was named.
    pub fn find(&self, account: u32, name: &str) -> Option<u32> {
        self.numbers.get(&account)?.get(name).copied()
    }

    /// The strategy of this number.
    pub fn get(&self, number: u32) -> Option<&Strategy> {
        self.list.get((number as usize).checked_sub(1)?)
    }

    /// All of them, in the order of their numbers.
    pub fn all(&self) -> &[Strategy] {
        &self.list
    }

    /// Whether an account may name another one.
    pub(crate) fn has_room(&self, account: u32) -> bool {
        let named = self.numbers.get(&account).map_or(0, HashMap::len);
        named < STRATEGIES_MAX && self.list.len() < u32::MAX as usize
    }

    /// The number of an account's strategy, given to it now where it is new; 0 where the account
    /// named as many as it may.
    pub(crate) fn name(&mut self, account: u32, name: Name<'_>) -> u32 {
        if let Some(number) = self.find(account, name.as_str()) {
            return number;
        }
        if !self.has_room(account) {
            return 0;
        }
        let name: Box<str> = name.as_str().into();
        // Bounded by `has_room`.
        let number = u32::try_from(self.list.len() + 1).unwrap_or(u32::MAX);
        let words = [number, account].map(u64::from).into_iter();
        let term = hash::words(NAMED, words.chain(hash::text(&name)));
        self.hash = self.hash.wrapping_add(term);
        let names = self.numbers.entry(account).or_default();
        names.insert(name.clone(), number);
        self.list.push(Strategy { account, name });
        number
    }

    /// 128 bits that are equal for equal names; 0 of none.
    pub(crate) const fn hash(&self) -> u128 {
        self.hash
    }

    /// Appends them, where there are any.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if self.list.is_empty() {
            return;
        }
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&(self.list.len() as u64).to_le_bytes());
        for one in &self.list {
            out.extend_from_slice(&one.account.to_le_bytes());
            out.push(u8::try_from(one.name.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(one.name.as_bytes());
        }
    }

    /// Reads what [`Self::write`] wrote at the start of `bytes`, and answers what is behind it.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
        let mut all = Self::default();
        let Some(mut rest) = bytes.strip_prefix(&MAGIC) else {
            return Ok((all, bytes));
        };
        let count = u64::from_le_bytes(take(&mut rest)?);
        for number in 1..=count {
            let account = u32::from_le_bytes(take(&mut rest)?);
            let [length] = take(&mut rest)?;
            let text = rest.split_at_checked(length.into());
            let (text, behind) = text.ok_or(RecordError::Short {
                needed: length.into(),
                left: rest.len(),
            })?;
            rest = behind;
            let name = std::str::from_utf8(text).ok();
            let name = name.and_then(|text| Name::new(text).ok());
            let given = name.map(|name| all.name(account, name));
            if given.map(u64::from) != Some(number) {
                return Err(RecordError::Rule {
                    rule: "a strategy is named once, by a short text: number",
                    value: number,
                });
            }
        }
        Ok((all, rest))
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RecordError> {
    let (bytes, behind) = rest.split_first_chunk().ok_or(RecordError::Short {
        needed: N,
        left: rest.len(),
    })?;
    *rest = behind;
    Ok(*bytes)
}
