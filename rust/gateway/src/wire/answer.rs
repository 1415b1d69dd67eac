//! Orders and refusals as JSON answers them.

use tradecore_core::matching::report::{AUCTION, MAKER};
use tradecore_core::matching::{ExecType, OrderStatus};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::Scope;

use super::{time, write};
use crate::act::{Fill, Symbols, View};
use crate::problem::Problem;

/// Decimals of an average beyond those of the tick.
const AVERAGE_DECIMALS: u32 = 8;

/// What every answer of a server says beside the order.
#[derive(Debug)]
pub(crate) struct Tongue {
    pub(crate) symbols: Symbols,
    /// Answers do not wait for the disk, and say so.
    pub(crate) is_memory: bool,
}

/// The word of a status in the interface.
const fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::New | OrderStatus::Replaced => "new",
        OrderStatus::PartiallyFilled => "partially_filled",
        OrderStatus::Filled => "filled",
        OrderStatus::Canceled => "cancelled",
        OrderStatus::Rejected => "rejected",
        OrderStatus::Expired => "expired",
        OrderStatus::PendingTrigger => "suspended",
    }
}

/// The word of an event in the interface.
pub(crate) const fn event(event: ExecType) -> &'static str {
    match event {
        ExecType::Canceled => "cancelled",
        other => other.as_str(),
    }
}

impl Tongue {
    /// Writes an order with its trades.
    pub(crate) fn order(&self, out: &mut Vec<u8>, view: &View, fills: &[Fill], user: &str) {
        let Some(instrument) = self.symbols.get(view.symbol) else {
            return out.extend_from_slice(b"null");
        };
        let (tick, lot) = (instrument.tick_size(), instrument.lot_size());
        out.extend_from_slice(b"{\"orderId\":\"");
        write::whole(out, view.order_id);
        out.push(b'"');
        if let Some(name) = &view.name {
            out.extend_from_slice(b",\"clientOrderId\":");
            write::string(out, name);
        }
        if let Some(strategy) = &view.strategy {
            out.extend_from_slice(b",\"strategyId\":");
            write::string(out, strategy);
        }
        if !user.is_empty() {
            out.extend_from_slice(b",\"userId\":");
            write::string(out, user);
        }
        out.extend_from_slice(b",\"symbol\":");
        write::string(out, instrument.symbol());
        word(out, b",\"side\":\"", view.side.as_str());
        word(out, b",\"type\":\"", view.kind.as_str());
        word(out, b",\"status\":\"", status(view.status));
        if let Some(life) = view.time_in_force {
            word(out, b",\"timeInForce\":\"", life.as_str());
        }
        let steps = |out: &mut Vec<u8>, key: &[u8], count, step| {
            out.extend_from_slice(key);
            write::steps(out, count, step);
            out.push(b'"');
        };
        steps(out, b",\"quantity\":\"", view.qty, lot);
        if view.price == 0 {
            out.extend_from_slice(b",\"price\":null");
        } else {
            steps(out, b",\"price\":\"", view.price, tick);
        }
        if view.stop_price == 0 {
            out.extend_from_slice(b",\"stopPrice\":null");
        } else {
            steps(out, b",\"stopPrice\":\"", view.stop_price, tick);
        }
        steps(out, b",\"filledQuantity\":\"", view.filled, lot);
        steps(out, b",\"leavesQuantity\":\"", view.leaves, lot);
        average(out, view, tick);
        self.fills(out, view, fills);
        match RejectCode::from_number(view.reject) {
            None => out.extend_from_slice(b",\"rejectCode\":null"),
            Some(code) => word(out, b",\"rejectCode\":\"", code.as_str()),
        }
        moments(out, view);
        out.extend_from_slice(b",\"sequence\":");
        write::whole(out, view.sequence);
        if self.is_memory {
            out.extend_from_slice(b",\"durability\":\"memory\"");
        }
        out.push(b'}');
    }

    fn fills(&self, out: &mut Vec<u8>, view: &View, fills: &[Fill]) {
        let Some(instrument) = self.symbols.get(view.symbol) else {
            return;
        };
        out.extend_from_slice(b",\"fills\":[");
        for (at, fill) in fills.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"tradeId\":\"");
            write::whole(out, fill.trade_id);
            out.extend_from_slice(b"\",\"price\":\"");
            write::steps(out, fill.price, instrument.tick_size());
            out.extend_from_slice(b"\",\"quantity\":\"");
            write::steps(out, fill.qty, instrument.lot_size());
            let role = match fill.liquidity {
                MAKER | AUCTION => "maker",
                _ => "taker",
            };
            word(out, b"\",\"liquidity\":\"", role);
            out.extend_from_slice(b",\"timestamp\":\"");
            time::write(out, view.updated_ns);
            out.extend_from_slice(b"\"}");
        }
        out.push(b']');
    }
}

fn word(out: &mut Vec<u8>, key: &[u8], word: &str) {
    out.extend_from_slice(key);
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

fn moments(out: &mut Vec<u8>, view: &View) {
    if view.created_ns != 0 {
        out.extend_from_slice(b",\"createdAt\":\"");
        time::write(out, view.created_ns);
        out.push(b'"');
    }
    out.extend_from_slice(b",\"updatedAt\":\"");
    time::write(out, view.updated_ns);
    out.push(b'"');
}

/// Σ price × quantity over the quantity, rounded half up.
fn average(out: &mut Vec<u8>, view: &View, tick: tradecore_core::decimal::Decimal) {
    let filled = i128::from(view.filled);
    let shifted = view.cost.checked_mul(10_i128.pow(AVERAGE_DECIMALS));
    let ticks =
        shifted.and_then(|cost| (filled > 0).then(|| (cost + filled / 2).div_euclid(filled)));
    match ticks.and_then(|ticks| ticks.checked_mul(tick.mantissa())) {
        None => out.extend_from_slice(b",\"averagePrice\":null"),
        Some(mantissa) => {
            out.extend_from_slice(b",\"averagePrice\":\"");
            write::scaled(out, mantissa, tick.scale() + AVERAGE_DECIMALS);
            out.push(b'"');
        }
    }
}

/// Writes a refusal; `trace` finds the request in the logs.
pub(crate) fn problem(out: &mut Vec<u8>, problem: &Problem, instance: &str, trace: (u32, u64)) {
    out.extend_from_slice(b"{\"type\":\"https://tradecore.dev/problems/");
    for byte in problem.code.bytes() {
        out.push(if byte == b'_' {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        });
    }
    out.extend_from_slice(b"\",\"title\":");
    write::string(out, Problem::phrase(problem.status));
    out.extend_from_slice(b",\"status\":");
    write::whole(out, problem.status.into());
    word(out, b",\"code\":\"", problem.code);
    out.extend_from_slice(b",\"detail\":");
    write::string(out, &problem.detail);
    if !instance.is_empty() {
        out.extend_from_slice(b",\"instance\":");
        write::string(out, instance);
    }
    out.extend_from_slice(b",\"trace_id\":\"");
    write::whole(out, trace.0.into());
    out.push(b'-');
    write::whole(out, trace.1);
    out.push(b'"');
    if !problem.pointer.is_empty() {
        out.extend_from_slice(b",\"errors\":[{\"pointer\":");
        write::string(out, problem.pointer);
        out.extend_from_slice(b",\"detail\":");
        write::string(out, &problem.detail);
        word(out, b",\"code\":\"", problem.code);
        out.extend_from_slice(b"}]");
    }
    if let Some(scope) = Scope::from_number(problem.scope, 0) {
        word(out, b",\"scope\":\"", scope.as_str());
    }
    if problem.order_id != 0 {
        out.extend_from_slice(b",\"order_id\":\"");
        write::whole(out, problem.order_id);
        out.push(b'"');
    }
    if problem.retry_ms != 0 {
        out.extend_from_slice(b",\"retry_after_ms\":");
        write::whole(out, problem.retry_ms.into());
    }
    out.push(b'}');
}
