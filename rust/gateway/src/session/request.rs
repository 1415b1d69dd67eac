//! What a session asks for, in either form.

use std::borrow::Cow;

use tradecore_core::units::Side;

use crate::act::{Act, Symbols, Which};
use crate::problem::Problem;
use crate::wire::binary;
use crate::wire::json::{self, Value};
use crate::wire::order::{self, once, unexpected};

/// What a message asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A command, under the caller's number.
    Act(u64, Act),
    /// What was told from one number to another once more.
    Resend(u64, u64),
    /// Nothing: it is alive.
    Heartbeat,
    /// To go.
    Logout,
}

/// The caller's number, where it was read, and what is wrong.
pub(crate) type Wrong = (u64, Problem);

/// Reads a message of JSON of `account`.
///
/// # Errors
///
/// A [`Problem`] that says what is wrong with which field.
pub(crate) fn read_text(text: &str, symbols: &Symbols, account: u32) -> Result<Asked, Wrong> {
    let mut fields = Fields::default();
    let read = fields.read(text, symbols);
    let id = fields.id.unwrap_or(0);
    let asked = read.and_then(|()| fields.asked(symbols, account));
    asked.map_err(|problem| (id, problem))
}

/// Reads the message at the start of `bytes`; answers its length too.
///
/// # Errors
///
/// A [`Problem`] where it is none.
pub(crate) fn read_binary(
    bytes: &[u8],
    symbols: &Symbols,
    account: u32,
) -> Result<(Asked, usize), Wrong> {
    binary::read(bytes, symbols, account)
}

#[derive(Default)]
struct Fields<'a> {
    op: Option<Cow<'a, str>>,
    id: Option<u64>,
    /// The text of an order or of a change.
    body: Option<&'a str>,
    order_id: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    symbol: Option<u32>,
    side: Option<Side>,
    from: Option<u64>,
    to: Option<u64>,
}

impl<'a> Fields<'a> {
    fn read(&mut self, text: &'a str, symbols: &Symbols) -> Result<(), Problem> {
        let mut seen = 0;
        json::object(text, |key, value| {
            let bit = match (key, value) {
                ("op", Value::Text(op)) => set(&mut self.op, op, 0),
                ("id", Value::Number(text)) => set(&mut self.id, number(text, "/id")?, 1),
                ("order" | "change", Value::Object(text)) => set(&mut self.body, text, 2),
                ("orderId", Value::Text(id)) => set(&mut self.order_id, id, 3),
                ("clientOrderId", value) => {
                    set(&mut self.name, order::name(value, "/clientOrderId")?, 4)
                }
                ("symbol", value) => set(&mut self.symbol, order::symbol(&value, symbols)?, 5),
                ("side", Value::Text(side)) => set(&mut self.side, read_side(&side)?, 6),
                ("from", Value::Number(text)) => set(&mut self.from, number(text, "/from")?, 7),
                ("to", Value::Number(text)) => set(&mut self.to, number(text, "/to")?, 8),
                _ => return Err(unexpected(key)),
            };
            once(&mut seen, bit)
        })
    }

    fn asked(self, symbols: &Symbols, account: u32) -> Result<Asked, Problem> {
        let op = self.op.as_deref().unwrap_or_default();
        match op {
            "heartbeat" => return Ok(Asked::Heartbeat),
            "logout" => return Ok(Asked::Logout),
            "resend" => {
                let from = self
                    .from
                    .ok_or(Problem::invalid("/from", "a resend names it"))?;
                return Ok(Asked::Resend(from, self.to.unwrap_or(u64::MAX)));
            }
            _ => {}
        }
        let id = self
            .id
            .ok_or(Problem::invalid("/id", "a request has a number of yours"))?;
        let body = self.body;
        let body = |pointer| body.ok_or(Problem::invalid(pointer, "the request names it"));
        let act = match op {
            "new" => {
                let placement = order::placement(body("/order")?, symbols, account)?;
                Act::New(Box::new(placement))
            }
            "modify" => Act::Modify(self.which()?, order::revised(body("/change")?)?),
            "cancel" => Act::Cancel(self.which()?),
            "cancel_all" => Act::CancelAll {
                symbol: self.symbol,
                side: self.side,
            },
            _ => {
                let text =
                    "it is one of new, modify, cancel, cancel_all, resend, heartbeat, logout";
                return Err(Problem::invalid("/op", text));
            }
        };
        Ok(Asked::Act(id, act))
    }

    fn which(&self) -> Result<Which, Problem> {
        match (&self.order_id, &self.name) {
            (Some(id), None) => {
                let is_plain = id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
                let number = is_plain.then(|| id.parse().ok()).flatten();
                number.map(Which::Id).ok_or_else(Problem::unknown_order)
            }
            (None, Some(name)) => Ok(Which::Name(name.as_ref().into())),
            _ => Err(Problem::invalid(
                "/orderId",
                "one of orderId and clientOrderId is named",
            )),
        }
    }
}

fn set<T>(place: &mut Option<T>, value: T, bit: u32) -> u32 {
    *place = Some(value);
    bit
}

fn number(text: &str, pointer: &'static str) -> Result<u64, Problem> {
    let wrong = Problem::invalid(pointer, "it is a whole number from 0 to 2^64 - 1");
    text.parse().map_err(|_| wrong)
}

fn read_side(text: &str) -> Result<Side, Problem> {
    match text {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        _ => Err(Problem::invalid("/side", "it is buy or sell")),
    }
}
