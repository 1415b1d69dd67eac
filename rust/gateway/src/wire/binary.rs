//! The compact form of messages: fixed places, little-endian. `docs/reference/order_entry.md`
//! describes them byte by byte.

use tradecore_core::matching::{NewOrder, PostOnly, Terms};
use tradecore_core::order::{SelfTradePrevention, TimeInForce};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;

use super::answer::Tongue;
use super::order::is_name;
use crate::act::{Act, Amount, Fill, Kind, Outcome, Placement, Revised, Symbols, View, Which};
use crate::problem::Problem;
use crate::session::{Asked, Wrong};

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 16;
/// Bytes of a new order before its names.
const ORDER_BYTES: usize = 64;
/// No symbol, or each.
const ANY_SYMBOL: u32 = u32::MAX;
/// Trades told with one order: the last so many.
const FILLS_MAX: usize = 1_000;

/// Kinds of what a client says.
mod kind {
    pub(super) const NEW: u8 = 1;
    pub(super) const CANCEL: u8 = 2;
    pub(super) const MODIFY: u8 = 3;
    pub(super) const CANCEL_ALL: u8 = 4;
    pub(super) const RESEND: u8 = 5;
    pub(super) const HEARTBEAT: u8 = 6;
    pub(super) const LOGOUT: u8 = 7;
    pub(super) const ANSWER: u8 = 65;
    pub(super) const REPORT: u8 = 66;
    pub(super) const REFUSED: u8 = 67;
    pub(super) const CANCELED: u8 = 68;
    pub(super) const ALIVE: u8 = 69;
    pub(super) const GAP: u8 = 70;
}

/// The places of one message.
struct Places<'a>(&'a [u8]);

impl Places<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let bytes = self
            .0
            .get(at..at + N)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.unwrap_or([0; N])
    }

    fn byte(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn word(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes(at))
    }

    fn signed(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.bytes(at))
    }

    fn symbol(&self) -> u32 {
        u32::from_le_bytes(self.bytes(4))
    }

    /// The name whose length stands at `length_at` and which begins at `at`, the message's last.
    fn name(&self, length_at: usize, at: usize) -> Result<Option<Box<str>>, Problem> {
        let length = usize::from(self.byte(length_at));
        if self.0.len() != at + length {
            return Err(wrong("a message is as long as its kind and its names"));
        }
        text_of(&self.0[at..])
    }

    /// The names of a new order and of its strategy, behind each other at the end.
    fn names(&self) -> Result<[Option<Box<str>>; 2], Problem> {
        let [own, strategy] = [61, 62].map(|at| usize::from(self.byte(at)));
        if self.0.len() != ORDER_BYTES + own + strategy || self.byte(63) != 0 {
            return Err(wrong("a message is as long as its kind and its names"));
        }
        let (own, strategy) = self.0[ORDER_BYTES..].split_at(own);
        Ok([text_of(own)?, text_of(strategy)?])
    }

    fn which(&self, length_at: usize, at: usize) -> Result<Which, Problem> {
        match (self.word(HEAD_BYTES), self.name(length_at, at)?) {
            (0, Some(name)) => Ok(Which::Name(name)),
            (0, None) => Err(wrong("an order is named by its id or your name for it")),
            (id, None) => Ok(Which::Id(id)),
            (_, Some(_)) => Err(wrong("an order is named once")),
        }
    }
}

/// A client order id or the name of a strategy; nothing of no bytes.
fn text_of(bytes: &[u8]) -> Result<Option<Box<str>>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(bytes).ok();
    let text = text.filter(|text| is_name(text));
    let rule = "a name has at most 64 letters, digits and . _ : / -";
    Ok(Some(text.ok_or(wrong(rule))?.into()))
}

const fn wrong(detail: &'static str) -> Problem {
    Problem::new(422, "INVALID_FIELD", detail)
}

/// See [`crate::session::read_binary`].
pub(crate) fn read(bytes: &[u8], symbols: &Symbols, account: u32) -> Result<(Asked, usize), Wrong> {
    let malformed = || {
        (
            0,
            Problem::malformed("a message has its whole length and version 1"),
        )
    };
    let places = Places(bytes);
    let length = usize::from(u16::from_le_bytes(places.bytes(0)));
    if length < HEAD_BYTES || bytes.len() < length || places.byte(3) != VERSION {
        return Err(malformed());
    }
    let places = Places(&bytes[..length]);
    let id = places.word(8);
    let asked = message(&places, symbols, account);
    asked
        .map(|asked| (asked, length))
        .map_err(|problem| (id, problem))
}

fn message(places: &Places<'_>, symbols: &Symbols, account: u32) -> Result<Asked, Problem> {
    let id = places.word(8);
    let exact = |length: usize, asked: Asked| {
        if places.0.len() == length {
            Ok(asked)
        } else {
            Err(wrong("a message is as long as its kind"))
        }
    };
    let act = match places.byte(2) {
        kind::NEW => Act::New(Box::new(placement(places, symbols, account)?)),
        kind::CANCEL => Act::Cancel(places.which(24, 32)?),
        kind::MODIFY => {
            let said = |bit: u8, at| (places.byte(48) & bit != 0).then(|| places.signed(at));
            let [price, qty, stop_price] = [said(1, 24), said(2, 32), said(4, 40)];
            let revised = Revised {
                price: price.map(Amount::Steps),
                qty: qty.map(Amount::Steps),
                stop_price: stop_price.map(Amount::Steps),
            };
            if revised == Revised::default() {
                return Err(wrong("a change names a price, quantity or trigger"));
            }
            Act::Modify(places.which(49, 56)?, revised)
        }
        kind::CANCEL_ALL => {
            let side = match places.byte(16) {
                0 => Some(Side::Buy),
                1 => Some(Side::Sell),
                255 => None,
                _ => return Err(wrong("a side is 0 buy, 1 sell or 255 both")),
            };
            let symbol = (places.symbol() != ANY_SYMBOL).then(|| places.symbol());
            return exact(24, Asked::Act(id, Act::CancelAll { symbol, side }));
        }
        kind::RESEND => {
            let to = places.word(24);
            let to = if to == 0 { u64::MAX } else { to };
            return exact(32, Asked::Resend(places.word(16), to));
        }
        kind::HEARTBEAT => return exact(HEAD_BYTES, Asked::Heartbeat),
        kind::LOGOUT => return exact(HEAD_BYTES, Asked::Logout),
        _ => return Err(wrong("a message is of a kind from 1 to 7")),
    };
    Ok(Asked::Act(id, act))
}

fn placement(places: &Places<'_>, symbols: &Symbols, account: u32) -> Result<Placement, Problem> {
    let [name, strategy] = places.names()?;
    let symbol = places.symbol();
    if symbols.get(symbol).is_none() {
        return Err(Problem::new(
            422,
            "UNKNOWN_SYMBOL",
            "no such instrument is traded here",
        ));
    }
    let pick = |at: usize, most: usize| {
        let number = usize::from(places.byte(at));
        (number < most)
            .then_some(number)
            .ok_or(wrong("a number stands for a known word"))
    };
    let flags = places.byte(59);
    if flags > 3 {
        return Err(wrong("flags are 1 post only and 2 reduce only"));
    }
    let kind = Kind::ALL[pick(57, 5)?];
    let order = NewOrder {
        symbol,
        account,
        order_id: 0,
        side: [Side::Buy, Side::Sell][pick(56, 2)?],
        order_type: kind.order_type(),
        time_in_force: TimeInForce::ALL[pick(58, TimeInForce::ALL.len())?],
        post_only: if flags & 1 == 0 {
            PostOnly::No
        } else {
            PostOnly::Reject
        },
        reduce_only: flags & 2 != 0,
        self_trade_prevention: SelfTradePrevention::ALL[pick(60, 5)?],
        price: places.signed(16),
        qty: places.signed(24),
    };
    let terms = Terms {
        stop_price: places.signed(32),
        display_qty: places.signed(40),
        expire_time_ns: places.signed(48),
        ..Terms::default()
    };
    if (kind == Kind::Iceberg) != (terms.display_qty != 0) {
        return Err(wrong("an iceberg, and nothing else, shows a quantity"));
    }
    Ok(Placement {
        order,
        terms,
        kind,
        name,
        strategy,
    })
}

/// Begins a message; its length is set by [`close`].
fn open(out: &mut Vec<u8>, kind: u8, symbol: u32, seq: u64) {
    out.extend_from_slice(&[0, 0, kind, VERSION]);
    out.extend_from_slice(&symbol.to_le_bytes());
    out.extend_from_slice(&seq.to_le_bytes());
}

/// Ends the only message in `out`.
fn close(out: &mut [u8]) {
    let length = u16::try_from(out.len()).unwrap_or(u16::MAX);
    out[..2].copy_from_slice(&length.to_le_bytes());
}

/// Writes what came of a request.
pub(crate) fn outcome(
    out: &mut Vec<u8>,
    tongue: &Tongue,
    (seq, id): (u64, u64),
    outcome: &Outcome,
) {
    match outcome {
        Outcome::Order {
            status,
            view,
            fills,
            replayed,
        } => {
            let flags = u8::from(*replayed) | u8::from(tongue.is_memory) << 1;
            order(out, (kind::ANSWER, seq, id), view, fills, (*status, flags));
        }
        Outcome::Canceled(count) => {
            open(out, kind::CANCELED, ANY_SYMBOL, seq);
            out.extend_from_slice(&id.to_le_bytes());
            out.extend_from_slice(&count.to_le_bytes());
        }
        Outcome::Refused(problem) => refused(out, (seq, id), problem),
    }
    close(out);
}

/// Writes what happened to an order.
pub(crate) fn report(
    out: &mut Vec<u8>,
    tongue: &Tongue,
    seq: u64,
    view: &View,
    fill: Option<&Fill>,
) {
    let flags = u8::from(tongue.is_memory) << 1;
    let fills = fill.map_or(&[][..], std::slice::from_ref);
    order(out, (kind::REPORT, seq, 0), view, fills, (0, flags));
    close(out);
}

fn order(
    out: &mut Vec<u8>,
    (kind, seq, id): (u8, u64, u64),
    view: &View,
    fills: &[Fill],
    (status, flags): (u16, u8),
) {
    let fills = &fills[fills.len().saturating_sub(FILLS_MAX)..];
    let [name, strategy] = [view.name.as_deref(), view.strategy.as_deref()].map(short);
    open(out, kind, view.symbol, seq);
    for word in [id, view.order_id] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    for number in [view.price, view.qty, view.filled, view.leaves] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&view.cost.to_le_bytes());
    out.extend_from_slice(&view.updated_ns.to_le_bytes());
    out.extend_from_slice(&view.sequence.to_le_bytes());
    out.extend_from_slice(&status.to_le_bytes());
    out.extend_from_slice(&view.reject.to_le_bytes());
    let kind = Kind::ALL.iter().position(|kind| *kind == view.kind);
    let kind = kind.and_then(|kind| u8::try_from(kind).ok()).unwrap_or(0);
    let life = view.time_in_force.map_or(255, |life| life as u8);
    let (status, event) = (view.status as u8, view.exec_type as u8);
    out.extend_from_slice(&[view.side as u8, kind, life, status, event, flags]);
    let length = |text: &str| u8::try_from(text.len()).unwrap_or(0);
    out.extend_from_slice(&[length(name), length(strategy)]);
    out.extend_from_slice(&u16::try_from(fills.len()).unwrap_or(0).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&view.stop_price.to_le_bytes());
    out.extend_from_slice(&view.account.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for fill in fills {
        out.extend_from_slice(&fill.trade_id.to_le_bytes());
        out.extend_from_slice(&fill.price.to_le_bytes());
        out.extend_from_slice(&fill.qty.to_le_bytes());
        out.extend_from_slice(&[fill.liquidity, 0, 0, 0, 0, 0, 0, 0]);
    }
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(strategy.as_bytes());
}

/// A name whose length has a place: one that was given elsewhere may be longer.
fn short(name: Option<&str>) -> &str {
    let name = name.unwrap_or_default();
    if name.len() < 256 { name } else { "" }
}

fn refused(out: &mut Vec<u8>, (seq, id): (u64, u64), problem: &Problem) {
    open(out, kind::REFUSED, ANY_SYMBOL, seq);
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&problem.order_id.to_le_bytes());
    out.extend_from_slice(&problem.status.to_le_bytes());
    let number = RejectCode::ALL
        .iter()
        .find(|code| code.as_str() == problem.code);
    let number = number.map_or(0, |code| *code as u16);
    out.extend_from_slice(&number.to_le_bytes());
    let cut = |text: &str| {
        let end = (0..=text.len().min(255))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        end.unwrap_or(0)
    };
    let (code, detail) = (cut(problem.code), cut(&problem.detail));
    out.extend_from_slice(&[
        u8::try_from(code).unwrap_or(0),
        u8::try_from(detail).unwrap_or(0),
    ]);
    out.extend_from_slice(&problem.scope.to_le_bytes());
    out.extend_from_slice(&problem.retry_ms.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&problem.code.as_bytes()[..code]);
    out.extend_from_slice(&problem.detail.as_bytes()[..detail]);
}

/// Writes a sign of life, with the number of the next message.
pub(crate) fn heartbeat(out: &mut Vec<u8>, next: u64) {
    open(out, kind::ALIVE, ANY_SYMBOL, next);
    close(out);
}

/// Writes that messages are not kept any more.
pub(crate) fn gap(out: &mut Vec<u8>, from: u64, to: u64) {
    open(out, kind::GAP, ANY_SYMBOL, 0);
    out.extend_from_slice(&from.to_le_bytes());
    out.extend_from_slice(&to.to_le_bytes());
    close(out);
}
