//! Answers as bytes behind the state of their engine, little-endian:
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `TCANSW\r\n` |
//! | 4 | version |
//! | 4 | answers to ended orders that are kept |
//! | 8 | orders with an answer that ended so far |
//! | 8 | answers to orders that live: their number |
//! | 8 | answers to orders that ended |
//! | 16 | hash of all of them |
//! | … | answers: of live orders by id, of ended ones the oldest first |
//!
//! An answer is its key (16), the hash of what was asked for (16), the order's id (8), the sequence
//! of its command (8), when that was (8), the number of its rows (8), and eleven words for each.

use super::answer::{ROWS_MAX, Row, row_of, words};
use super::{Answer, Answers, Key};

const MAGIC: [u8; 8] = *b"TCANSW\r\n";
const VERSION: u32 = 1;

/// Why bytes are no answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswersError {
    /// Something else, or written by another version.
    #[error("answers of a state begin with {MAGIC:02x?} and version {VERSION}, byte 0")]
    Head,
    /// They are not as long as they say.
    #[error("answers of a state are as long as they say: {left} bytes left, {needed} needed")]
    Length {
        /// Bytes there are.
        left: usize,
        /// Bytes there should be.
        needed: usize,
    },
    /// A number that nobody wrote.
    #[error("{rule}: {value}")]
    Rule {
        /// What must hold.
        rule: &'static str,
        /// What was found.
        value: u64,
    },
    /// The parts do not make up the whole.
    #[error("answers of a state have the hash they say: says {stated:032x}, have {built:032x}")]
    Hash {
        /// What they say.
        stated: u128,
        /// Of what was read.
        built: u128,
    },
}

impl Answers {
    /// Appends them, where any are kept.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if !self.is_on() {
            return;
        }
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.most.to_le_bytes());
        for number in [self.ends, self.live.len() as u64, self.ended.len() as u64] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.hash().to_le_bytes());
        let mut live: Vec<_> = self.live.iter().collect();
        live.sort_unstable();
        let keys = live.into_iter().map(|(_, key)| key).chain(&self.ended);
        for key in keys {
            if let Some(answer) = self.known.get(key) {
                write(*key, answer, out);
            }
        }
    }

    /// Reads what [`Self::write`] wrote; from nothing, nothing.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, AnswersError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let mut from = Reader(bytes);
        if from.array()? != MAGIC || from.array()? != VERSION.to_le_bytes() {
            return Err(AnswersError::Head);
        }
        let most = u32::from_le_bytes(from.array()?);
        let (ends, live, ended) = (from.word()?, from.word()?, from.word()?);
        let stated = u128::from_le_bytes(from.array()?);
        hold(
            (1..=super::ANSWERS_MAX).contains(&most),
            "answers are kept",
            most.into(),
        )?;
        hold(ended <= most.into(), "no more answers than are kept", ended)?;
        hold(ended <= ends, "an end was counted", ended)?;
        let mut answers = Self {
            most,
            ends: ends - ended,
            ..Self::default()
        };
        for number in 0..live.saturating_add(ended) {
            let (key, answer) = from.answer()?;
            let is_new = answers.find(key).is_none();
            hold(is_new, "an answer is there once", answer.order_id)?;
            answers.remember(key, answer, number < live);
        }
        let left = from.0.len();
        if left != 0 {
            return Err(AnswersError::Length { left, needed: 0 });
        }
        let built = answers.hash();
        if built != stated {
            return Err(AnswersError::Hash { stated, built });
        }
        Ok(answers)
    }
}

fn write(key: Key, answer: &Answer, out: &mut Vec<u8>) {
    out.extend_from_slice(&key.0.to_le_bytes());
    out.extend_from_slice(&answer.payload.to_le_bytes());
    let rows = answer.rows.len() as u64;
    let rest = answer.rows.iter().flat_map(words);
    let when = answer.timestamp_ns.cast_unsigned();
    let own = [answer.order_id, answer.sequence, when, rows];
    for word in own.into_iter().chain(rest) {
        out.extend_from_slice(&word.to_le_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], AnswersError> {
        let short = AnswersError::Length {
            left: self.0.len(),
            needed: N,
        };
        let (array, rest) = self.0.split_first_chunk::<N>().ok_or(short)?;
        self.0 = rest;
        Ok(*array)
    }

    fn word(&mut self) -> Result<u64, AnswersError> {
        self.array().map(u64::from_le_bytes)
    }

    fn answer(&mut self) -> Result<(Key, Answer), AnswersError> {
        let key = Key(u128::from_le_bytes(self.array()?));
        let payload = u128::from_le_bytes(self.array()?);
        let (order_id, sequence) = (self.word()?, self.word()?);
        let (when, count) = (self.word()?, self.word()?);
        let fits = (1..=ROWS_MAX as u64).contains(&count);
        hold(fits, "an answer has a few reports", count)?;
        let mut rows = Vec::with_capacity(ROWS_MAX);
        for _ in 0..count {
            rows.push(self.row()?);
        }
        let answer = Answer {
            payload,
            order_id,
            sequence,
            timestamp_ns: when.cast_signed(),
            rows: rows.into(),
        };
        Ok((key, answer))
    }

    fn row(&mut self) -> Result<Row, AnswersError> {
        let mut words = [0; 11];
        for word in &mut words {
            *word = self.word()?;
        }
        let row = row_of(words);
        let report = &row.report;
        let known = report.exec_type < 7 && report.status < 8;
        hold(known, "what happened is known", report.exec_type.into())?;
        Ok(row)
    }
}

fn hold(holds: bool, rule: &'static str, value: u64) -> Result<(), AnswersError> {
    if holds {
        Ok(())
    } else {
        Err(AnswersError::Rule { rule, value })
    }
}
