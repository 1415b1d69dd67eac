//! Sessions and the connections they have or lost.

use super::connection::Talk;
use super::reactor::Reactor;
use crate::access::{Proof, Signed, scope};
use crate::act::{Act, Ask, Origin, Outcome};
use crate::http::route;
use crate::problem::Problem;
use crate::session::{self, Form, Logon};
use crate::websocket::frame::{self, close};

impl Reactor {
    /// Takes the first message of a connection.
    pub(super) fn log_on(&mut self, slot: usize, text: &str) {
        let Some(connection) = self.connection(slot) else {
            return;
        };
        let (peer, generation) = (connection.peer, connection.generation);
        let joined = Logon::read(text).and_then(|logon| self.join(slot, &logon, peer));
        if let Err(problem) = joined {
            self.ways.statistics.refused(problem.code);
            let mut message = std::mem::take(&mut self.message);
            session::refusal(&mut message, &problem, (generation, 0));
            if let Some(connection) = self.connection(slot) {
                frame::write(connection.output(), frame::TEXT, &message);
            }
            self.message = message;
            self.close_socket(slot, close::POLICY, problem.code);
        }
    }

    fn join(
        &mut self,
        slot: usize,
        logon: &Logon<'_>,
        peer: std::net::IpAddr,
    ) -> Result<(), Problem> {
        let proof = Proof {
            key: &logon.key,
            timestamp: &logon.timestamp,
            nonce: &logon.nonce,
            signature: &logon.signature,
        };
        let signed = Signed {
            method: "GET",
            target: route::SOCKET,
            body: b"",
        };
        let key = self.prove(&proof, &signed, peer)?;
        let needed = if logon.is_drop_copy {
            scope::READ
        } else {
            scope::WRITE
        };
        if !key.may(needed) {
            return Err(Problem::forbidden());
        }
        let Some(connection) = self.connection(slot) else {
            return Ok(());
        };
        let generation = connection.generation;
        let Some(session) = self.sessions.join(&key, &logon.session) else {
            let text = "the key has as many sessions as it may";
            return Err(Problem::new(429, "SESSIONS", text).retry(1_000));
        };
        let form = if logon.is_binary {
            Form::Binary
        } else {
            Form::Json
        };
        if session.form != form {
            session.log.forget();
        }
        session.form = form;
        session.grace_ns = logon.grace_ns;
        session.leaves_at_ns = None;
        session.heartbeat_ns = logon.heartbeat_ns;
        session.last_ns = self.now_ns;
        let heard = std::mem::replace(&mut session.is_drop_copy, logon.is_drop_copy);
        let before = session.connection.replace((slot, generation));
        let id = session.id;
        if heard || logon.is_drop_copy {
            self.ways
                .ingress
                .put_first(listening(id, key.account, logon.is_drop_copy));
        }
        if let Some((other, _)) = before {
            self.close_socket(other, close::POLICY, "the session goes on elsewhere");
        } else {
            self.ways.statistics.joined(1);
        }
        self.start(slot, id, logon.resend_from);
        Ok(())
    }

    /// Greets a session, and tells it what it lacks.
    fn start(&mut self, slot: usize, id: u32, resend_from: Option<u64>) {
        let mut message = std::mem::take(&mut self.message);
        if let Some(session) = self.sessions.get_mut(id) {
            session.welcome(&mut message, &self.tongue, self.epoch_ns);
        }
        if let Some(connection) = self.connection(slot) {
            frame::write(connection.output(), frame::TEXT, &message);
            if let Talk::Socket { session, .. } = &mut connection.talk {
                *session = id;
            }
        }
        self.message = message;
        self.touch(slot);
        if let Some(from) = resend_from {
            self.resend(id, from, u64::MAX);
        }
    }

    /// Tells a session once more what it was told.
    pub(super) fn resend(&mut self, id: u32, from: u64, to: u64) {
        let mut message = std::mem::take(&mut self.message);
        let found = self.sessions.get_mut(id);
        if let Some(session) = found
            && let Some((slot, _)) = session.connection
            && let Some(Some(connection)) = self.connections.get_mut(slot)
        {
            let opcode = opcode(session.form);
            let (first, next) = (session.log.first(), session.log.next());
            if from < first {
                session.gap(&mut message, from, (first - 1).min(to));
                frame::write(connection.output(), opcode, &message);
            }
            let output = connection.output();
            session.log.replay(from, to.min(next), |bytes| {
                frame::write(output, opcode, bytes);
            });
            self.touch(slot);
        }
        self.message = message;
    }

    /// Tells a session what came of a request.
    pub(super) fn tell_outcome(&mut self, id: u32, tag: u64, outcome: &Outcome) {
        let mut message = std::mem::take(&mut self.message);
        if let Some(session) = self.sessions.get_mut(id) {
            session.say_outcome(&mut message, &self.tongue, tag, outcome);
        }
        self.message = message;
        self.send_message(id);
    }

    /// Sends what is in `message` to a session, where it has a connection.
    pub(super) fn send_message(&mut self, id: u32) {
        let now_ns = self.now_ns;
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        let Some((slot, _)) = session.connection else {
            return;
        };
        session.last_ns = now_ns;
        let opcode = opcode(session.form);
        if let Some(Some(connection)) = self.connections.get_mut(slot)
            && !connection.is_closing
        {
            frame::write(connection.output(), opcode, &self.message);
            self.touch(slot);
        }
    }

    /// A session lost its connection, unless it has another by now.
    pub(super) fn part(&mut self, id: u32, connection: (usize, u32), at_once: bool) {
        let now_ns = self.now_ns;
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        if session.connection != Some(connection) {
            return;
        }
        session.connection = None;
        session.last_ns = now_ns;
        let grace_ns = if at_once {
            session.grace_ns.map(|_| 0)
        } else {
            session.grace_ns
        };
        session.leaves_at_ns = grace_ns.map(|grace_ns| now_ns.saturating_add(grace_ns));
        self.ways.statistics.joined(-1);
    }

    /// Takes out what a session placed, where it asked for that, without waiting for it.
    pub(super) fn leave_at_once(&mut self, id: u32) {
        let connection = self
            .sessions
            .get_mut(id)
            .and_then(|session| session.connection);
        if let Some(connection) = connection {
            self.part(id, connection, true);
        }
    }

    /// Sends away who uses a key that is not in the table any more.
    pub(super) fn review_keys(&mut self) {
        let mut gone = Vec::new();
        for session in self.sessions.iter_mut() {
            match self.keys.get(&session.key.id) {
                Some(key) => session.key = std::sync::Arc::clone(key),
                None => gone.extend(session.connection.map(|(slot, _)| (session.id, slot))),
            }
        }
        for (id, slot) in gone {
            self.close_socket(slot, close::POLICY, "the key is not valid any more");
            self.leave_at_once(id);
        }
    }
}

const fn opcode(form: Form) -> u8 {
    match form {
        Form::Json => frame::TEXT,
        Form::Binary => frame::BINARY,
    }
}

/// Has a session hear of everything that happens to an account, or no longer.
fn listening(session: u32, account: u32, listens: bool) -> Ask {
    let origin = Origin {
        session,
        ..Origin::default()
    };
    Ask {
        origin,
        account,
        act: Act::Listen(listens),
    }
}
