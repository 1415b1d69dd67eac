//! What is still to happen: recorded messages under way, commands and replies in flight, timers.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::market::{EventSource, Message, SourceError, StampedAside};
use crate::oms::message::{Command, VenueEvent};

/// How far a recording's clock may step back: its messages are simultaneous with the latest then.
/// A message that was stamped earlier than that is refused.
pub const BACK_NS_MAX: i64 = 1_000_000_000;

/// Most messages of a recording at one instant; all of them are under way at once. Further ones are
/// refused.
pub const INSTANT_MESSAGES_MAX: usize = 1 << 16;

/// Reads a source one message ahead; its clock never runs backwards.
pub(super) struct Reader<S> {
    source: S,
    next: Option<Box<Message>>,
    /// What was said beside the book before that.
    asides: VecDeque<Box<Message>>,
    #[expect(
        clippy::vec_box,
        reason = "a message changes hands five times, as a pointer"
    )]
    spare: Vec<Box<Message>>,
    last_ns: i64,
    /// Messages since the clock moved last, that one included.
    at_once: usize,
    /// Messages that were stamped earlier than one before them, and taken as simultaneous.
    pub(super) disordered: u64,
}

impl<S: EventSource> Reader<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            next: None,
            asides: VecDeque::new(),
            spare: Vec::new(),
            last_ns: i64::MIN,
            at_once: 0,
            disordered: 0,
        }
    }

    pub(super) const fn source(&self) -> &S {
        &self.source
    }

    pub(super) const fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// Whether the next message is not there yet.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.next.is_none() && self.asides.is_empty() && self.source.is_waiting()
    }

    /// The receipt time of the next message; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a record that cannot be read, or not be placed in time.
    pub(super) fn peek(&mut self) -> Result<Option<i64>, SourceError> {
        if self.next.is_none() && self.asides.is_empty() {
            let before_ns = self.last_ns;
            let mut message = self.spare.pop().unwrap_or_default();
            if self.source.next_into(&mut message)? {
                let back_ns = self.last_ns.saturating_sub(message.ts_recv_ns);
                if back_ns < 0 {
                    (self.last_ns, self.at_once) = (message.ts_recv_ns, 1);
                } else if back_ns > BACK_NS_MAX || self.at_once == INSTANT_MESSAGES_MAX {
                    return Err(self.misplaced(back_ns));
                } else {
                    self.at_once += 1;
                    self.disordered += u64::from(back_ns > 0);
                    message.ts_recv_ns = self.last_ns;
                }
                self.next = Some(message);
            }
            while let Some(said) = self.source.next_aside() {
                self.put_aside(before_ns, said);
            }
        }
        let first = self.asides.front().or(self.next.as_ref());
        Ok(first.map(|message| message.ts_recv_ns))
    }

    /// What was said beside the book comes between the messages it stands between.
    #[cold]
    fn put_aside(&mut self, before_ns: i64, said: StampedAside) {
        let last = self.asides.back();
        let least_ns = last.map_or(before_ns, |last| last.ts_recv_ns);
        let most_ns = self.next.as_ref().map_or(i64::MAX, |next| next.ts_recv_ns);
        let ts_recv_ns = said.ts_recv_ns.max(least_ns).min(most_ns);
        self.last_ns = self.last_ns.max(ts_recv_ns);
        let message = Message::beside(said.ts_event_ns, ts_recv_ns, said.aside);
        self.asides.push_back(Box::new(message));
    }

    /// Why the message that was read last is refused.
    #[cold]
    fn misplaced(&mut self, back_ns: i64) -> SourceError {
        let reason = if back_ns > BACK_NS_MAX {
            self.disordered += 1;
            format!(
                "times of a recording step back by {BACK_NS_MAX} ns at most: {back_ns} ns before \
                 {}",
                self.last_ns
            )
        } else {
            format!(
                "a recording has at most {INSTANT_MESSAGES_MAX} messages at one instant: ts_ns={}",
                self.last_ns
            )
        };
        let (record, offset) = self.source.place();
        SourceError {
            reason,
            record,
            offset,
        }
    }

    /// The message that was peeked at.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Box<Message>> {
        if self.asides.is_empty() {
            self.next.take()
        } else {
            self.asides.pop_front()
        }
    }

    /// Gives a message back, so that its memory serves again.
    #[inline]
    pub(super) fn recycle(&mut self, message: Box<Message>) {
        self.spare.push(message);
    }
}

/// A timer of the strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alarm {
    at_ns: i64,
    id: u64,
    every_ns: i64,
}

/// Timers, earliest first; of two at the same time the one set first.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Alarm>>,
    last_id: u64,
}

impl Timers {
    /// Sets a timer; it repeats when `every_ns` is above zero. Returns its number.
    pub(super) fn set(&mut self, at_ns: i64, every_ns: i64) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.heap.push(Reverse(Alarm {
            at_ns,
            id,
            every_ns,
        }));
        id
    }

    /// Takes a timer out; false when none has this number.
    pub(super) fn cancel(&mut self, id: u64) -> bool {
        let before = self.heap.len();
        self.heap.retain(|alarm| alarm.0.id != id);
        self.heap.len() < before
    }

    /// When the next timer is due.
    pub(super) fn peek(&self) -> Option<i64> {
        self.heap.peek().map(|alarm| alarm.0.at_ns)
    }

    /// Takes the next timer, and sets it again if it repeats.
    pub(super) fn pop(&mut self) -> Option<u64> {
        let Reverse(alarm) = self.heap.pop()?;
        if alarm.every_ns > 0 {
            self.heap.push(Reverse(Alarm {
                at_ns: alarm.at_ns.saturating_add(alarm.every_ns),
                ..alarm
            }));
        }
        Some(alarm.id)
    }
}

/// Commands on their way to the venue and replies on their way back, each in the order sent.
#[derive(Debug, Default)]
pub(super) struct Flights {
    pub(super) commands: VecDeque<(i64, Command)>,
    pub(super) replies: VecDeque<VenueEvent>,
    pub(super) messages: VecDeque<Box<Message>>,
}
