//! Answers, as bytes behind each other.

use crate::act::Outcome;
use crate::problem::Problem;
use crate::wire::answer::{self, Tongue};
use crate::wire::{time, write};

/// Makes answers; the line with the date is made once a second.
pub(crate) struct Responder {
    date: Vec<u8>,
    second: i64,
    body: Vec<u8>,
}

impl Responder {
    pub(crate) const fn new() -> Self {
        Self {
            date: Vec::new(),
            second: i64::MIN,
            body: Vec::new(),
        }
    }

    /// It is so late.
    pub(crate) fn set_time(&mut self, now_ns: i64) {
        let second = now_ns.div_euclid(1_000_000_000);
        if second != self.second {
            self.second = second;
            self.date.clear();
            time::write_http(&mut self.date, second);
        }
    }

    /// Writes what came of a request.
    pub(crate) fn outcome(
        &mut self,
        out: &mut Vec<u8>,
        tongue: &Tongue,
        outcome: &Outcome,
        (user, trace, keeps_alive): (&str, (u32, u64), bool),
    ) {
        match outcome {
            Outcome::Refused(problem) => self.problem(out, problem, "", (trace, keeps_alive)),
            Outcome::Canceled(count) => {
                self.body.clear();
                self.body.extend_from_slice(b"{\"cancelled\":");
                write::whole(&mut self.body, *count);
                self.body.push(b'}');
                self.head(out, 200, b"application/json", keeps_alive);
                self.end(out);
            }
            Outcome::Order {
                status,
                view,
                fills,
                replayed,
            } => {
                self.body.clear();
                tongue.order(&mut self.body, view, fills, user);
                self.head(out, *status, b"application/json", keeps_alive);
                out.extend_from_slice(b"location: /api/trading/orders/");
                write::whole(out, view.order_id);
                out.extend_from_slice(b"\r\n");
                if *replayed {
                    out.extend_from_slice(b"idempotency-replayed: true\r\n");
                }
                self.end(out);
            }
        }
    }

    /// Writes a refusal of the request for `instance`.
    pub(crate) fn problem(
        &mut self,
        out: &mut Vec<u8>,
        problem: &Problem,
        instance: &str,
        (trace, keeps_alive): ((u32, u64), bool),
    ) {
        self.body.clear();
        answer::problem(&mut self.body, problem, instance, trace);
        self.head(
            out,
            problem.status,
            b"application/problem+json",
            keeps_alive,
        );
        if problem.retry_ms != 0 {
            out.extend_from_slice(b"retry-after: ");
            write::whole(out, u64::from(problem.retry_ms).div_ceil(1_000));
            out.extend_from_slice(b"\r\n");
        }
        if problem.status == 401 {
            out.extend_from_slice(b"www-authenticate: TRADECORE-HMAC-SHA256\r\n");
        }
        if problem.status == 405 {
            out.extend_from_slice(b"allow: POST, PATCH, DELETE\r\n");
        }
        self.end(out);
    }

    /// Writes a small text of JSON.
    pub(crate) fn text(&mut self, out: &mut Vec<u8>, status: u16, text: &str, keeps_alive: bool) {
        self.body.clear();
        self.body.extend_from_slice(text.as_bytes());
        self.head(out, status, b"application/json", keeps_alive);
        self.end(out);
    }

    fn head(&self, out: &mut Vec<u8>, status: u16, kind: &[u8], keeps_alive: bool) {
        out.extend_from_slice(b"HTTP/1.1 ");
        write::whole(out, status.into());
        out.push(b' ');
        out.extend_from_slice(Problem::phrase(status).as_bytes());
        out.extend_from_slice(b"\r\ncontent-type: ");
        out.extend_from_slice(kind);
        out.extend_from_slice(b"\r\ncontent-length: ");
        write::whole(out, self.body.len() as u64);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.date);
        out.extend_from_slice(b"cache-control: no-store\r\nx-content-type-options: nosniff\r\n");
        if !keeps_alive {
            out.extend_from_slice(b"connection: close\r\n");
        }
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
    }
}
