//! The short way through a recording, as long as one message follows the other.
//!
//! Most of what happens is one of two things, the venue's market moves or a message reaches us, and
//! then what comes next is one comparison.

use crate::market::EventSource;
use crate::mirror::Book;

use super::market::Market;
use super::view::Wake;

/// How far a market may go by itself.
pub(super) struct Stretch {
    /// The clock.
    pub(super) now_ns: i64,
    /// Up to here and no further: a timer rings then.
    pub(super) until_ns: i64,
    /// Messages that may still reach us.
    pub(super) left: u64,
}

impl<S: EventSource> Market<S> {
    /// When a command arrives at the venue or a reply here; never where none is under way.
    #[inline]
    pub(super) fn answers_ns(&self) -> i64 {
        let flights = &self.flights;
        let command_ns = flights
            .commands
            .front()
            .map_or(i64::MAX, |command| command.0);
        let reply_ns = flights
            .replies
            .front()
            .map_or(i64::MAX, |reply| reply.ts_recv_ns);
        command_ns.min(reply_ns)
    }

    /// Goes on until something is of interest, or something else than a message comes next.
    pub(super) fn glide(&mut self, stretch: &mut Stretch, book: &mut Book) -> Option<Wake> {
        while !self.reader.is_waiting() {
            let venue_ns = match self.reader.peek() {
                Ok(Some(ts_ns)) => self.feed_departure(ts_ns),
                // The end: the long way knows what that means.
                Ok(None) => return None,
                Err(error) => {
                    self.keep_error(error);
                    if self.view.subscriptions.corrupt {
                        return Some(Wake::Corrupt);
                    }
                    continue;
                }
            };
            while let Some(at_ns) = self.received_ns().filter(|at_ns| *at_ns < venue_ns) {
                // An answer at the same time comes before a message.
                if stretch.left == 0 || self.stops_at(at_ns, stretch) || self.answers_ns() <= at_ns
                {
                    return None;
                }
                stretch.now_ns = stretch.now_ns.max(at_ns);
                if let Some(wake) = self.deliver_message(book) {
                    return Some(wake);
                }
                stretch.left -= 1;
            }
            // And the market moves before an answer.
            if stretch.left == 0 || self.stops_at(venue_ns, stretch) || self.answers_ns() < venue_ns
            {
                return None;
            }
            stretch.now_ns = stretch.now_ns.max(venue_ns);
            self.move_market(stretch.now_ns);
        }
        None
    }

    /// Receipt of the next message that is under way.
    #[inline]
    pub(super) fn received_ns(&self) -> Option<i64> {
        let next = self.flights.messages.front();
        next.map(|message| message.ts_recv_ns)
    }

    /// Whether something is due by then, or a timer rings before.
    #[inline]
    fn stops_at(&self, at_ns: i64, stretch: &Stretch) -> bool {
        at_ns > stretch.until_ns || self.exchange.due_ns().is_some_and(|due_ns| due_ns <= at_ns)
    }
}
