//! What a session is told, in its form, under its next number.

use tradecore_core::matching::ExecType;

use super::{Form, Session};
use crate::act::{Fill, Outcome, View};
use crate::problem::Problem;
use crate::wire::answer::{self, Tongue};
use crate::wire::{binary, write};

impl Session {
    /// Writes what came of a request into `out`, and keeps it.
    pub(crate) fn say_outcome(
        &mut self,
        out: &mut Vec<u8>,
        tongue: &Tongue,
        id: u64,
        outcome: &Outcome,
    ) {
        out.clear();
        let seq = self.log.next();
        match self.form {
            Form::Binary => binary::outcome(out, tongue, (seq, id), outcome),
            Form::Json => self.outcome_text(out, tongue, (seq, id), outcome),
        }
        self.log.push(out);
    }

    fn outcome_text(
        &self,
        out: &mut Vec<u8>,
        tongue: &Tongue,
        (seq, id): (u64, u64),
        outcome: &Outcome,
    ) {
        open(out, seq, "answer");
        out.extend_from_slice(b",\"id\":");
        write::whole(out, id);
        match outcome {
            Outcome::Canceled(count) => {
                out.extend_from_slice(b",\"status\":200,\"cancelled\":");
                write::whole(out, *count);
            }
            Outcome::Order {
                status,
                view,
                fills,
                replayed,
            } => {
                out.extend_from_slice(b",\"status\":");
                write::whole(out, (*status).into());
                if *replayed {
                    out.extend_from_slice(b",\"replayed\":true");
                }
                out.extend_from_slice(b",\"order\":");
                tongue.order(out, view, fills, &self.key.user);
            }
            Outcome::Refused(problem) => {
                out.extend_from_slice(b",\"status\":");
                write::whole(out, problem.status.into());
                out.extend_from_slice(b",\"problem\":");
                answer::problem(out, problem, "", (self.id, seq));
            }
        }
        out.push(b'}');
    }

    /// Writes what happened to an order into `out`, and keeps it.
    pub(crate) fn say_report(
        &mut self,
        out: &mut Vec<u8>,
        tongue: &Tongue,
        view: &View,
        fill: Option<&Fill>,
    ) {
        out.clear();
        let seq = self.log.next();
        match self.form {
            Form::Binary => binary::report(out, tongue, seq, view, fill),
            Form::Json => {
                open(out, seq, "report");
                out.extend_from_slice(b",\"event\":\"");
                out.extend_from_slice(event(view.exec_type).as_bytes());
                out.extend_from_slice(b"\",\"account\":");
                write::whole(out, view.account.into());
                out.extend_from_slice(b",\"order\":");
                tongue.order(out, view, fill.map_or(&[], std::slice::from_ref), "");
                out.push(b'}');
            }
        }
        self.log.push(out);
    }

    /// Writes a sign of life, which has no number of its own.
    pub(crate) fn heartbeat(&self, out: &mut Vec<u8>) {
        out.clear();
        match self.form {
            Form::Binary => binary::heartbeat(out, self.log.next()),
            Form::Json => {
                out.extend_from_slice(b"{\"op\":\"heartbeat\",\"nextSequence\":");
                write::whole(out, self.log.next());
                out.push(b'}');
            }
        }
    }

    /// Writes that messages are not kept any more.
    pub(crate) fn gap(&self, out: &mut Vec<u8>, from: u64, to: u64) {
        out.clear();
        match self.form {
            Form::Binary => binary::gap(out, from, to),
            Form::Json => {
                out.extend_from_slice(b"{\"op\":\"gap\",\"from\":");
                write::whole(out, from);
                out.extend_from_slice(b",\"to\":");
                write::whole(out, to);
                out.push(b'}');
            }
        }
    }

    /// Writes the answer to a logon.
    pub(crate) fn welcome(&self, out: &mut Vec<u8>, tongue: &Tongue, epoch_ns: i64) {
        out.clear();
        out.extend_from_slice(b"{\"op\":\"logon\",\"session\":");
        write::string(out, &self.name);
        out.extend_from_slice(b",\"epoch\":\"");
        write::whole(out, epoch_ns.unsigned_abs());
        out.extend_from_slice(b"\",\"firstSequence\":");
        write::whole(out, self.log.first());
        out.extend_from_slice(b",\"nextSequence\":");
        write::whole(out, self.log.next());
        out.extend_from_slice(b",\"heartbeatMs\":");
        write::whole(out, (self.heartbeat_ns / 1_000_000).unsigned_abs());
        out.extend_from_slice(b",\"durability\":\"");
        let durability: &[u8] = if tongue.is_memory {
            b"memory"
        } else {
            b"durable"
        };
        out.extend_from_slice(durability);
        out.extend_from_slice(b"\",\"symbols\":[");
        for (at, instrument) in tongue.symbols.list.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"index\":");
            write::whole(out, at as u64);
            out.extend_from_slice(b",\"symbol\":");
            write::string(out, instrument.symbol());
            out.extend_from_slice(b",\"tickSize\":\"");
            write::steps(out, 1, instrument.tick_size());
            out.extend_from_slice(b"\",\"lotSize\":\"");
            write::steps(out, 1, instrument.lot_size());
            out.extend_from_slice(b"\"}");
        }
        out.extend_from_slice(b"]}");
    }
}

/// Writes a refusal that belongs to no session.
pub(crate) fn refusal(out: &mut Vec<u8>, problem: &Problem, trace: (u32, u64)) {
    out.clear();
    out.extend_from_slice(b"{\"op\":\"problem\",\"problem\":");
    answer::problem(out, problem, "", trace);
    out.push(b'}');
}

fn open(out: &mut Vec<u8>, seq: u64, op: &str) {
    out.extend_from_slice(b"{\"seq\":");
    write::whole(out, seq);
    out.extend_from_slice(b",\"op\":\"");
    out.extend_from_slice(op.as_bytes());
    out.push(b'"');
}

const fn event(exec_type: ExecType) -> &'static str {
    answer::event(exec_type)
}
