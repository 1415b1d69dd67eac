//! What a venue will do at a known time: pay funding, let orders expire, say what became of orders
//! whose commands were lost.

use std::collections::BTreeMap;

use crate::market::Funding;
use crate::oms::message::VenueReply;

use super::funding::FundingDue;
use super::records::Request;

/// Something due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// A funding payment of the run's settings.
    Fund(FundingDue),
    /// A funding payment as the recording told of it.
    FundTold(Funding),
    /// The end of an order's time.
    Expire(u64),
    /// Something to say about an order.
    Say(u64, VenueReply),
    /// The question what became of an order after a request was lost.
    Ask(u64, Request),
}

/// Payments to come of which the recording tells at once; more are not noted.
const TOLD_MAX: usize = 8;

/// Tasks by time; of two at one time the one noted first.
#[derive(Debug)]
pub(super) struct Agenda {
    tasks: BTreeMap<(i64, u64), Task>,
    /// What the recording told last of each funding payment to come.
    told: BTreeMap<i64, Funding>,
    noted: u64,
    due_ns: i64,
}

impl Agenda {
    /// Nothing to do but to be looked at once.
    pub(super) const fn new() -> Self {
        Self {
            tasks: BTreeMap::new(),
            told: BTreeMap::new(),
            noted: 0,
            due_ns: i64::MIN,
        }
    }

    /// When it must be looked at next; `i64::MIN` before the first look.
    #[inline]
    pub(super) const fn due_ns(&self) -> i64 {
        self.due_ns
    }

    pub(super) fn note(&mut self, at_ns: i64, task: Task) {
        self.noted += 1;
        self.tasks.insert((at_ns, self.noted), task);
        self.due_ns = self.due_ns.min(at_ns);
    }

    /// The recording told of a payment: the last that is told of a time counts, and those told
    /// for later times are taken back. A time that is over is not paid.
    pub(super) fn tell(&mut self, now_ns: i64, funding: Funding) {
        let at_ns = funding.next_ns;
        if at_ns <= now_ns {
            return;
        }
        let _taken_back = self.told.split_off(&at_ns);
        if self.told.len() < TOLD_MAX {
            self.told.insert(at_ns, funding);
            self.due_ns = self.due_ns.min(at_ns);
        }
    }

    /// Forgets the ends of orders that are gone, once those are most of what is noted.
    pub(super) fn tidy(&mut self, orders: usize, is_live: impl Fn(u64) -> bool) {
        if self.tasks.len() > 1024 + 4 * orders {
            self.tasks
                .retain(|_, task| !matches!(task, Task::Expire(key) if !is_live(*key)));
        }
    }

    /// Takes the next task that is due by `now_ns`, with its time.
    pub(super) fn take(&mut self, now_ns: i64) -> Option<(i64, Task)> {
        let told_ns = self.told.first_key_value().map_or(i64::MAX, |told| *told.0);
        let first = self.tasks.first_entry();
        let noted_ns = first.as_ref().map_or(i64::MAX, |entry| entry.key().0);
        self.due_ns = told_ns.min(noted_ns);
        if self.due_ns > now_ns {
            return None;
        }
        if told_ns <= noted_ns {
            let (at_ns, funding) = self.told.pop_first()?;
            return Some((at_ns, Task::FundTold(funding)));
        }
        first.map(|entry| (entry.key().0, entry.remove()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_by_time_and_then_as_noted() {
        let mut agenda = Agenda::new();
        assert_eq!(agenda.due_ns(), i64::MIN);
        assert_eq!(agenda.take(0), None);
        assert_eq!(agenda.due_ns(), i64::MAX);
        for (at, key) in [(5, 1), (3, 2), (5, 3)] {
            agenda.note(at, Task::Expire(key));
        }
        assert_eq!(agenda.due_ns(), 3);
        assert_eq!(agenda.take(2), None);
        assert_eq!(agenda.take(5), Some((3, Task::Expire(2))));
        assert_eq!(agenda.take(5), Some((5, Task::Expire(1))));
        assert_eq!(agenda.take(5), Some((5, Task::Expire(3))));
        assert_eq!((agenda.take(5), agenda.due_ns()), (None, i64::MAX));
    }
}
