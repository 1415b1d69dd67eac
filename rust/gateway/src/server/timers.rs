//! What happens because time passes, and how a server ends.

use std::time::Duration;

use super::connection::Talk;
use super::reactor::Reactor;
use crate::act::Ask;
use crate::websocket::frame::{self, close};

/// How long a server that stops waits for its last answers.
const END_STEPS: u32 = 2_000;
const END_STEP: Duration = Duration::from_millis(1);
/// After so long without a word behind a ping a connection is lost.
const PONG_NS: i64 = 10_000_000_000;

impl Reactor {
    /// Looks for everything that is due.
    pub(super) fn keep_time(&mut self) {
        self.ways.retry();
        for slot in 0..self.connections.len() {
            self.check_connection(slot);
        }
        let now_ns = self.now_ns;
        let mut due = Vec::new();
        for session in self.sessions.iter_mut() {
            if session.leaves_at_ns.is_some_and(|at_ns| at_ns <= now_ns) {
                session.leaves_at_ns = None;
                self.ways.ingress.put_first(Ask::leave(session.id));
            }
            let is_quiet = now_ns - session.last_ns >= session.heartbeat_ns;
            if session.connection.is_some() && is_quiet {
                due.push(session.id);
            }
        }
        for id in due {
            let mut message = std::mem::take(&mut self.message);
            if let Some(session) = self.sessions.get_mut(id) {
                session.heartbeat(&mut message);
            }
            self.message = message;
            self.send_message(id);
        }
    }

    fn check_connection(&mut self, slot: usize) {
        let now_ns = self.now_ns;
        let (patience_ns, idle_ns) = (self.settings.patience_ns, self.settings.idle_ns);
        let Some(Some(connection)) = self.connections.get_mut(slot) else {
            return;
        };
        let quiet_ns = now_ns - connection.heard_ns;
        let began_ns = now_ns - connection.began_ns;
        match &connection.talk {
            Talk::Http { slots, .. } => {
                let is_late = !connection.input.is_empty() && began_ns > patience_ns;
                let is_idle = slots.is_empty() && quiet_ns > idle_ns;
                let is_slow = connection.pending() > 0 && quiet_ns > idle_ns;
                if (is_late && !connection.is_stalled()) || is_idle || is_slow {
                    self.drop_connection(slot);
                }
            }
            Talk::Socket { session: 0, .. } if quiet_ns > patience_ns || began_ns > patience_ns => {
                self.close_socket(slot, close::POLICY, "the first message is a logon");
                self.drop_if_closing(slot, quiet_ns, 2 * patience_ns);
            }
            Talk::Socket { session, .. } => {
                let id = *session;
                self.check_socket(slot, id, quiet_ns);
            }
        }
    }

    fn check_socket(&mut self, slot: usize, id: u32, quiet_ns: i64) {
        let now_ns = self.now_ns;
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        let heartbeat_ns = session.heartbeat_ns;
        let Some(Some(connection)) = self.connections.get_mut(slot) else {
            return;
        };
        if !session.key.is_valid(connection.peer, now_ns) {
            self.close_socket(slot, close::POLICY, "the key is not valid any more");
            return self.leave_at_once(id);
        }
        let patience_ns = heartbeat_ns.saturating_add(PONG_NS.min(heartbeat_ns));
        if quiet_ns > patience_ns {
            self.drop_connection(slot);
        } else if quiet_ns > heartbeat_ns && !connection.is_pinged {
            connection.is_pinged = true;
            frame::write(connection.output(), frame::PING, b"");
            self.touch(slot);
        }
    }

    fn drop_if_closing(&mut self, slot: usize, quiet_ns: i64, most_ns: i64) {
        if quiet_ns > most_ns {
            self.drop_connection(slot);
        }
    }

    /// Ends: what is under way is answered, then nobody is listened to any more.
    pub(super) fn shut(mut self) {
        self.clear_keys();
        for slot in 0..self.connections.len() {
            let id = self
                .connection(slot)
                .map_or(0, |connection| connection.session());
            if id != 0 {
                self.close_socket(slot, close::GOING_AWAY, "the server stops");
            } else if let Some(connection) = self.connection(slot) {
                connection.is_closing = true;
            }
            self.touch(slot);
        }
        for session in self.sessions.iter_mut() {
            if session.grace_ns.is_some() {
                self.ways.ingress.put_first(Ask::leave(session.id));
            }
        }
        self.ways.ingress.close();
        for _ in 0..END_STEPS {
            self.turn();
            if self.ways.in_flight() == 0 && self.connections.iter().all(Option::is_none) {
                return;
            }
            std::thread::sleep(END_STEP);
            self.set_time();
        }
    }
}
