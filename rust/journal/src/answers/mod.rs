//! What was answered to orders with a name, for whoever did not hear it and asks again.
//!
//! The same order again under the same name is not another order: its answer is told again. So many
//! answers to orders that ended are kept, the newest, and those to all that live; of those that end
//! with one command, the order that came with it is the newest. All of it is a function of the
//! commands, as the engine is: it is in the snapshots and in the hash of the state.

mod answer;
mod bytes;
mod ear;

use std::collections::{HashMap, VecDeque};

pub(crate) use answer::{Answer, Key, Row, payload};
pub use bytes::AnswersError;
pub(crate) use ear::{Ear, Heard, Hearing};
use tradecore_core::matching::hash;

/// As many answers to ended orders as may be kept: about two gigabytes of them.
pub const ANSWERS_MAX: u32 = 10_000_000;

/// Tells terms of the hash apart from each other, and from those of an engine.
const SETTING: u64 = 1001;
const ANSWER: u64 = 1002;
const END: u64 = 1003;

/// Answers by the name they were asked for under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// As many of ended orders as are kept; with 0 nothing is.
    most: u32,
    known: HashMap<Key, Answer>,
    /// By the id of their order.
    live: HashMap<u64, Key>,
    /// The oldest first.
    ended: VecDeque<Key>,
    /// How many ended so far.
    ends: u64,
    /// Of all terms but the setting's.
    hash: u128,
}

impl Answers {
    /// As many of ended orders as are kept; 0 when nothing is.
    pub(crate) const fn most(&self) -> u32 {
        self.most
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.most != 0
    }

    /// Keeps so many from now on; with 0 everything is forgotten.
    pub(crate) fn keep(&mut self, most: u32) {
        if most == 0 {
            *self = Self::default();
            return;
        }
        self.most = most;
        self.thin();
    }

    pub(crate) fn find(&self, key: Key) -> Option<&Answer> {
        self.known.get(&key)
    }

    /// Keeps an answer that nobody has yet; `lives` says whether its order does.
    pub(crate) fn remember(&mut self, key: Key, answer: Answer, lives: bool) {
        let order_id = answer.order_id;
        self.hash = self.hash.wrapping_add(answer.term(key));
        self.known.insert(key, answer);
        if lives {
            self.live.insert(order_id, key);
        } else {
            self.finish(key);
        }
    }

    /// An order is gone; its answer will be, when enough others ended after it.
    pub(crate) fn end(&mut self, order_id: u64) {
        if let Some(key) = self.live.remove(&order_id) {
            self.finish(key);
        }
    }

    /// 128 bits that are equal for equal answers; 0 when none are kept.
    pub(crate) fn hash(&self) -> u128 {
        if self.most == 0 {
            return 0;
        }
        let setting = hash::words(SETTING, [self.most.into(), self.ends]);
        self.hash.wrapping_add(setting)
    }

    fn finish(&mut self, key: Key) {
        self.ends += 1;
        self.hash = self.hash.wrapping_add(end_term(key, self.ends));
        self.ended.push_back(key);
        self.thin();
    }

    /// Forgets what is too much; the numbers of the ends left are the last ones.
    fn thin(&mut self) {
        while self.ended.len() > self.most as usize
            && let Some(key) = self.ended.pop_front()
            && let Some(answer) = self.known.remove(&key)
        {
            let number = self.ends - self.ended.len() as u64;
            let terms = answer.term(key).wrapping_add(end_term(key, number));
            self.hash = self.hash.wrapping_sub(terms);
        }
    }
}

/// The term of an order's end: which it was.
fn end_term(key: Key, number: u64) -> u128 {
    let [high, low] = hash::halves(key.0);
    hash::words(END, [high, low, number])
}
