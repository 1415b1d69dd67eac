//! Messages of a WebSocket, from frames to what the sequencer is asked.

use super::connection::Talk;
use super::reactor::Reactor;
use crate::act::{Act, Ask, Origin, Outcome};
use crate::problem::Problem;
use crate::session::{self, Asked, Form};
use crate::websocket::frame::{self, close};

impl Reactor {
    /// Reads as many frames of a connection as are whole.
    pub(super) fn read_frames(&mut self, slot: usize) {
        let Some(connection) = self.connection(slot) else {
            return;
        };
        let mut input = std::mem::take(&mut connection.input);
        let mut at = 0;
        loop {
            let Some(connection) = self.connection(slot) else {
                return;
            };
            if connection.is_closing || connection.is_stalled() {
                break;
            }
            match frame::read(&mut input, at) {
                Ok(None) => break,
                Ok(Some(found)) => {
                    at = found.payload.end;
                    let (opcode, is_last) = (found.opcode, found.is_last);
                    self.take_frame(slot, (opcode, is_last), &input[found.payload]);
                }
                Err(code) => {
                    self.close_socket(slot, code, "");
                    at = input.len();
                }
            }
        }
        self.keep_rest(slot, input, at);
    }

    fn take_frame(&mut self, slot: usize, (opcode, is_last): (u8, bool), payload: &[u8]) {
        let Some(connection) = self.connection(slot) else {
            return;
        };
        match opcode {
            frame::CLOSE => {
                let code = match payload {
                    [a, b, ..] => u16::from_be_bytes([*a, *b]),
                    _ => close::NORMAL,
                };
                let is_known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                let code = if is_known { code } else { close::PROTOCOL };
                return self.close_socket(slot, code, "");
            }
            frame::PING => {
                frame::write(connection.output(), frame::PONG, payload);
                return self.touch(slot);
            }
            frame::PONG => return,
            _ => {}
        }
        let Talk::Socket { pieces, .. } = &mut connection.talk else {
            return;
        };
        let is_first = opcode != frame::CONTINUATION;
        if is_first == pieces.is_some() {
            return self.close_socket(slot, close::PROTOCOL, "");
        }
        if is_first && is_last {
            return self.take_message(slot, opcode, payload);
        }
        let (kind, mut whole) = pieces.take().unwrap_or((opcode, Vec::new()));
        if whole.len() + payload.len() > frame::MESSAGE_BYTES_MAX {
            return self.close_socket(slot, close::TOO_BIG, "");
        }
        whole.extend_from_slice(payload);
        if is_last {
            self.take_message(slot, kind, &whole);
        } else if let Talk::Socket { pieces, .. } = &mut connection.talk {
            *pieces = Some((kind, whole));
        }
    }

    fn take_message(&mut self, slot: usize, kind: u8, payload: &[u8]) {
        let Some(id) = self.connection(slot).map(|connection| connection.session()) else {
            return;
        };
        let text = if kind == frame::TEXT {
            match std::str::from_utf8(payload) {
                Ok(text) => Some(text),
                Err(_) => return self.close_socket(slot, close::NOT_TEXT, ""),
            }
        } else {
            None
        };
        if id == 0 {
            return match text {
                Some(text) => self.log_on(slot, text),
                None => self.close_socket(slot, close::POLICY, "the first message is a logon"),
            };
        }
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        let (form, account) = (session.form, session.key.account);
        match (form, text) {
            (Form::Json, Some(text)) => {
                match session::read_text(text, &self.tongue.symbols, account) {
                    Ok(asked) => self.ask_by_message(slot, id, asked),
                    Err((tag, problem)) => self.refuse_here(id, tag, problem),
                }
            }
            (Form::Binary, None) => self.take_messages(slot, (id, account), payload),
            _ => self.close_socket(slot, close::POLICY, "messages keep the form of the logon"),
        }
    }

    /// Takes the messages of one binary frame, one behind the other.
    fn take_messages(&mut self, slot: usize, (id, account): (u32, u32), payload: &[u8]) {
        let mut rest = payload;
        while !rest.is_empty() {
            match session::read_binary(rest, &self.tongue.symbols, account) {
                Ok((asked, length)) => {
                    rest = &rest[length..];
                    self.ask_by_message(slot, id, asked);
                }
                Err((tag, problem)) => {
                    let goes_on = problem.status != 400;
                    self.refuse_here(id, tag, problem);
                    if !goes_on {
                        return;
                    }
                    let length = usize::from(u16::from_le_bytes([rest[0], rest[1]]));
                    rest = &rest[length..];
                }
            }
        }
    }

    fn ask_by_message(&mut self, slot: usize, id: u32, asked: Asked) {
        match asked {
            Asked::Act(tag, act) => {
                if let Err(problem) = self.ask_of_session(id, tag, act) {
                    self.refuse_here(id, tag, problem);
                }
            }
            Asked::Resend(from, to) => self.resend(id, from, to),
            Asked::Heartbeat => {}
            Asked::Logout => {
                self.close_socket(slot, close::NORMAL, "");
                self.leave_at_once(id);
            }
        }
    }

    fn ask_of_session(&mut self, id: u32, tag: u64, act: Act) -> Result<(), Problem> {
        let Some(session) = self.sessions.get_mut(id) else {
            return Ok(());
        };
        if session.is_drop_copy {
            return Err(Problem::forbidden());
        }
        let key = std::sync::Arc::clone(&session.key);
        self.admit(&key, !act.is_new())?;
        self.check_drain(&act)?;
        let origin = Origin {
            session: id,
            tag,
            received_ns: self.now_ns,
            ..Origin::default()
        };
        let account = key.account;
        self.asks.push_back(Ask {
            origin,
            account,
            act,
        });
        Ok(())
    }

    /// Answers a request of a session that goes no further.
    pub(super) fn refuse_here(&mut self, id: u32, tag: u64, problem: Problem) {
        self.ways.statistics.refused(problem.code);
        self.tell_outcome(id, tag, &Outcome::Refused(Box::new(problem)));
    }

    /// Ends a WebSocket, saying why.
    pub(super) fn close_socket(&mut self, slot: usize, code: u16, reason: &str) {
        if let Some(connection) = self.connection(slot)
            && !connection.is_closing
        {
            frame::write_close(connection.output(), code, reason);
            connection.is_closing = true;
            self.touch(slot);
        }
    }
}
