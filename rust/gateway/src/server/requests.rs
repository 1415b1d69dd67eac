//! Requests of HTTP, from bytes to what the sequencer is asked.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::connection::{Slot, Talk};
use super::reactor::Reactor;
use crate::access::{Denied, Key, Proof, Signed, Wait, scope};
use crate::act::{Act, Ask, Origin};
use crate::http::request::{self, Read, Request};
use crate::http::route::{self, Route, Verb};
use crate::problem::Problem;
use crate::websocket::handshake;

impl Reactor {
    /// Reads as many requests of a connection as are whole.
    pub(super) fn read_requests(&mut self, slot: usize) {
        let Some(connection) = self.connection(slot) else {
            return;
        };
        let input = std::mem::take(&mut connection.input);
        let mut at = 0;
        while at < input.len() {
            let Some(connection) = self.connection(slot) else {
                return;
            };
            let is_http = matches!(connection.talk, Talk::Http { .. });
            if !is_http || connection.is_stalled() || connection.is_closing {
                break;
            }
            match request::read(&input[at..]) {
                Read::Part => {
                    if input.len() - at > request::BYTES_MAX {
                        let text = "a request has at most 24,576 bytes";
                        self.break_off(slot, &Problem::new(413, "BODY_TOO_LARGE", text));
                        at = input.len();
                    }
                    break;
                }
                Read::Broken(problem) => {
                    self.break_off(slot, &problem);
                    at = input.len();
                }
                Read::Whole(request) => {
                    at += request.length;
                    self.serve_request(slot, &request);
                }
            }
        }
        self.keep_rest(slot, input, at);
        let is_socket = self.connection(slot).is_some_and(|connection| {
            matches!(connection.talk, Talk::Socket { .. }) && !connection.input.is_empty()
        });
        if is_socket {
            self.read_frames(slot);
        }
    }

    /// Puts what was not read yet back where it came from.
    pub(super) fn keep_rest(&mut self, slot: usize, mut input: Vec<u8>, at: usize) {
        let now_ns = self.now_ns;
        if let Some(connection) = self.connection(slot) {
            if at > 0 {
                connection.began_ns = now_ns;
                input.drain(..at);
            }
            connection.input = input;
        }
    }

    /// Answers what is no request, behind which nothing can be understood.
    fn break_off(&mut self, slot: usize, problem: &Problem) {
        self.answer_here(slot, problem, "", false);
    }

    fn serve_request(&mut self, slot: usize, request: &Request<'_>) {
        let keeps_alive = request.keeps_alive;
        let served = match route::find(request) {
            Err(problem) => Err(problem),
            Ok(Route::Health) => {
                self.answer_health(slot, keeps_alive);
                Ok(())
            }
            Ok(Route::Socket) => self.open_socket(slot, request),
            Ok(Route::Order(verb)) => self.ask_by_request(slot, request, verb),
        };
        if let Err(problem) = served {
            let path = request.target.split('?').next().unwrap_or_default();
            self.answer_here(slot, &problem, path, keeps_alive);
        } else if !keeps_alive && let Some(connection) = self.connection(slot) {
            connection.is_closing = true;
            self.touch(slot);
        }
    }

    fn ask_by_request(
        &mut self,
        slot: usize,
        request: &Request<'_>,
        verb: Verb<'_>,
    ) -> Result<(), Problem> {
        let Some(peer) = self.connection(slot).map(|connection| connection.peer) else {
            return Ok(());
        };
        let signed = Signed {
            method: request.method,
            target: request.target,
            body: request.body,
        };
        let key = self.prove(&request.proof, &signed, peer)?;
        self.admit(&key, verb.is_cancel())?;
        let act = verb.act(request, &self.tongue.symbols, key.account)?;
        self.check_drain(&act)?;
        let now_ns = self.now_ns;
        let account = key.account;
        let Some(connection) = self.connection(slot) else {
            return Ok(());
        };
        let generation = connection.generation;
        let Talk::Http { slots, next } = &mut connection.talk else {
            return Ok(());
        };
        let tag = *next;
        *next += 1;
        slots.push_back(Slot::Waiting(key));
        let origin = Origin {
            slot: u32::try_from(slot).unwrap_or(u32::MAX),
            generation,
            session: 0,
            tag,
            received_ns: now_ns,
        };
        self.asks.push_back(Ask {
            origin,
            account,
            act,
        });
        Ok(())
    }

    /// The key a request was signed with.
    pub(super) fn prove(
        &mut self,
        proof: &Proof<'_>,
        signed: &Signed<'_>,
        peer: std::net::IpAddr,
    ) -> Result<Arc<Key>, Problem> {
        let from = (&self.keys, peer, self.now_ns);
        let checked = proof.check(signed, from, &mut self.nonces, &mut self.canonical);
        checked.map_err(|denied| match denied {
            Denied::Proof => Problem::unauthorized(),
            Denied::Busy => Problem::busy(),
        })
    }

    /// Whether a key may give a command now.
    pub(super) fn admit(&mut self, key: &Key, is_cancel: bool) -> Result<(), Problem> {
        if !key.may(scope::WRITE) {
            return Err(Problem::forbidden());
        }
        let is_high = key.may(scope::HIGH_RATE);
        let admitted = self.rates.admit(&key.user, is_high, is_cancel, self.now_ns);
        admitted.map_err(|Wait(ms)| {
            let text = "the user sends more requests than it may";
            Problem::new(429, "RATE_LIMIT", text).retry(ms)
        })
    }

    /// Refuses what brings something new while the server empties itself.
    pub(super) fn check_drain(&self, act: &Act) -> Result<(), Problem> {
        if act.is_new() && self.control.is_draining.load(Ordering::Acquire) {
            return Err(Problem::draining());
        }
        Ok(())
    }

    fn open_socket(&mut self, slot: usize, request: &Request<'_>) -> Result<(), Problem> {
        let Some(connection) = self.connection(slot) else {
            return Ok(());
        };
        if !matches!(&connection.talk, Talk::Http { slots, .. } if slots.is_empty()) {
            let text = "a WebSocket is opened when every request has its answer";
            return Err(Problem::new(400, "MALFORMED", text));
        }
        handshake::accept(request, connection.output())?;
        connection.talk = Talk::Socket {
            session: 0,
            pieces: None,
        };
        self.touch(slot);
        Ok(())
    }

    fn answer_health(&mut self, slot: usize, keeps_alive: bool) {
        let (status, text) = if self.waiter.as_ref().is_some_and(|one| one.check().is_err()) {
            (503, "{\"status\":\"fail\"}")
        } else if self.control.is_draining.load(Ordering::Acquire) {
            (503, "{\"status\":\"warn\"}")
        } else {
            (200, "{\"status\":\"pass\"}")
        };
        let mut out = Vec::new();
        self.responder.text(&mut out, status, text, keeps_alive);
        self.put_here(slot, out);
    }

    /// Answers a request that goes no further.
    fn answer_here(&mut self, slot: usize, problem: &Problem, path: &str, keeps_alive: bool) {
        self.ways.statistics.refused(problem.code);
        let Some(connection) = self.connection(slot) else {
            return;
        };
        let Talk::Http { next, .. } = &connection.talk else {
            return;
        };
        let trace = (connection.generation, *next);
        connection.is_closing |= !keeps_alive;
        let mut out = Vec::new();
        self.responder
            .problem(&mut out, problem, path, (trace, keeps_alive));
        self.put_here(slot, out);
    }

    /// Gives an answer in the turn of its request.
    fn put_here(&mut self, slot: usize, answer: Vec<u8>) {
        let Some(connection) = self.connection(slot) else {
            return;
        };
        let Talk::Http { slots, next } = &mut connection.talk else {
            return;
        };
        *next += 1;
        if slots.is_empty() {
            connection.output().extend_from_slice(&answer);
        } else {
            slots.push_back(Slot::Ready(answer));
        }
        self.touch(slot);
    }
}
