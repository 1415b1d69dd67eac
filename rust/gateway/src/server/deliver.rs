//! What the sequencer said, to who waits for it, once it is durable.

use super::connection::{Connection, Slot, Talk};
use super::reactor::Reactor;
use crate::act::{Ask, Origin, Outcome, Said};
use crate::problem::Problem;

impl Reactor {
    /// Hands the requests of this turn to the sequencer; those without a place are refused.
    pub(super) fn hand_in(&mut self) {
        if self.asks.is_empty() {
            return;
        }
        let count = self.asks.len();
        self.ways.ingress.put(&mut self.asks);
        self.ways.set_out(count - self.asks.len());
        while let Some(Ask { origin, .. }) = self.asks.pop_front() {
            let problem = Problem::busy();
            self.ways.statistics.refused(problem.code);
            let outcome = Outcome::Refused(Box::new(problem));
            if origin.session == 0 {
                self.give(&origin, &outcome);
            } else {
                self.tell_outcome(origin.session, origin.tag, &outcome);
            }
        }
    }

    /// Lets out everything whose cause is durable.
    pub(super) fn release(&mut self) {
        self.ways.outbox.take(&mut self.said);
        self.held.extend(self.said.drain(..));
        if self.held.is_empty() {
            return;
        }
        let (durable, is_stopped) = match &self.waiter {
            None => (u64::MAX, false),
            Some(waiter) => match waiter.check() {
                Ok(durable) => (durable, false),
                Err(_) => (waiter.on_medium(), true),
            },
        };
        let mut told = 0;
        while let Some(saying) = self.held.front() {
            let is_durable = saying.position <= durable;
            if !is_durable && !is_stopped {
                break;
            }
            let Some(saying) = self.held.pop_front() else {
                break;
            };
            match saying.said {
                Said::Answer(origin, outcome) => {
                    told += 1;
                    // Nobody knows whether it is kept.
                    let lost = || Outcome::Refused(Box::new(Problem::stopped()));
                    let outcome = if is_durable { outcome } else { lost() };
                    self.ways
                        .statistics
                        .answered(self.now_ns - origin.received_ns);
                    if origin.session == 0 {
                        self.give(&origin, &outcome);
                    } else {
                        self.tell_outcome(origin.session, origin.tag, &outcome);
                    }
                }
                Said::Report {
                    session,
                    view,
                    fill,
                } if is_durable => {
                    let mut message = std::mem::take(&mut self.message);
                    if let Some(session) = self.sessions.get_mut(session) {
                        session.say_report(&mut message, &self.tongue, &view, fill.as_ref());
                    }
                    self.message = message;
                    self.send_message(session);
                }
                Said::Report { .. } => {}
            }
        }
        self.ways.set_back(told);
    }

    /// Gives an answer to a request of HTTP, in its turn.
    fn give(&mut self, origin: &Origin, outcome: &Outcome) {
        let slot = origin.slot as usize;
        let Some(Some(connection)) = self.connections.get_mut(slot) else {
            return;
        };
        if connection.generation != origin.generation {
            return;
        }
        let is_closing = connection.is_closing;
        let generation = connection.generation;
        let Talk::Http { slots, next } = &mut connection.talk else {
            return;
        };
        let first = *next - slots.len() as u64;
        let place = usize::try_from(origin.tag - first).unwrap_or(usize::MAX);
        let is_last = place + 1 == slots.len();
        let Some(Slot::Waiting(key)) = slots.get(place) else {
            return;
        };
        let key = std::sync::Arc::clone(key);
        let said = (
            &*key.user,
            (generation, origin.tag),
            !(is_closing && is_last),
        );
        if place == 0 {
            slots.pop_front();
            self.responder
                .outcome(connection.output(), &self.tongue, outcome, said);
            give_ready(connection);
        } else {
            let mut answer = Vec::new();
            self.responder
                .outcome(&mut answer, &self.tongue, outcome, said);
            slots[place] = Slot::Ready(answer);
        }
        self.touch(slot);
    }
}

/// Gives the answers whose turn has come.
fn give_ready(connection: &mut Connection) {
    while let Talk::Http { slots, .. } = &mut connection.talk
        && let Some(Slot::Ready(_)) = slots.front()
        && let Some(Slot::Ready(answer)) = slots.pop_front()
    {
        connection.output().extend_from_slice(&answer);
    }
}
