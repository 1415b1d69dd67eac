//! What a request asks for.

use tradecore_core::units::Side;

use super::request::Request;
use crate::act::{Act, Symbols, Which};
use crate::problem::Problem;
use crate::wire::order;

const ORDERS: &str = "/api/trading/orders";
/// Where a WebSocket is opened.
pub(crate) const SOCKET: &str = "/ws";

/// What a request asks for.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// A command for the sequencer.
    Order(Verb<'a>),
    Socket,
    Health,
}

/// What to do with orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb<'a> {
    New,
    Modify(&'a str),
    Cancel(&'a str),
    /// With the query that narrows it.
    CancelAll(&'a str),
}

/// Finds what a request asks for.
///
/// # Errors
///
/// A [`Problem`] where there is nothing of that name, or it cannot be done so.
pub(crate) fn find<'a>(request: &Request<'a>) -> Result<Route<'a>, Problem> {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((request.target, ""));
    let method = request.method;
    if path == SOCKET || path == "/health" {
        return match (method, path) {
            ("GET", SOCKET) => Ok(Route::Socket),
            ("GET", _) => Ok(Route::Health),
            _ => Err(not_allowed()),
        };
    }
    let Some(rest) = path.strip_prefix(ORDERS) else {
        return Err(Problem::new(
            404,
            "NOT_FOUND",
            "there is nothing of that name",
        ));
    };
    let verb = match (method, rest.strip_prefix('/')) {
        ("POST", None) if rest.is_empty() => Verb::New,
        ("DELETE", None) if rest.is_empty() => Verb::CancelAll(query),
        ("PATCH", Some(id)) => Verb::Modify(id),
        ("DELETE", Some(id)) => Verb::Cancel(id),
        (_, None) if !rest.is_empty() => {
            return Err(Problem::new(
                404,
                "NOT_FOUND",
                "there is nothing of that name",
            ));
        }
        _ => return Err(not_allowed()),
    };
    Ok(Route::Order(verb))
}

fn not_allowed() -> Problem {
    Problem::new(
        405,
        "METHOD_NOT_ALLOWED",
        "orders are posted, patched and deleted",
    )
}

impl Verb<'_> {
    /// Whether it takes something out.
    pub(crate) const fn is_cancel(&self) -> bool {
        matches!(self, Self::Cancel(_) | Self::CancelAll(_))
    }

    /// What it comes to.
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says what is wrong with which field.
    pub(crate) fn act(
        &self,
        request: &Request<'_>,
        symbols: &Symbols,
        account: u32,
    ) -> Result<Act, Problem> {
        match self {
            Self::New => {
                let text = json_body(request)?;
                let mut placement = order::placement(text, symbols, account)?;
                if let Some(key) = request.idempotency_key {
                    placement.name = Some(named_by(key, placement.name.take())?);
                }
                Ok(Act::New(Box::new(placement)))
            }
            Self::Modify(id) => Ok(Act::Modify(
                which(id)?,
                order::revised(json_body(request)?)?,
            )),
            Self::Cancel(id) => Ok(Act::Cancel(which(id)?)),
            Self::CancelAll(query) => cancel_all(query, symbols),
        }
    }
}

/// The text of a body of JSON.
fn json_body<'a>(request: &Request<'a>) -> Result<&'a str, Problem> {
    let kind = request.content_type.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let text = "a body is application/json";
        return Err(Problem::new(415, "UNSUPPORTED_MEDIA_TYPE", text));
    }
    std::str::from_utf8(request.body).map_err(|_| Problem::malformed("a body is UTF-8"))
}

/// The name an order has by its idempotency key, which may not contradict the one in its body.
fn named_by(key: &str, name: Option<Box<str>>) -> Result<Box<str>, Problem> {
    // A structured field puts its string between quotes.
    let bare = key
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let bare = bare.unwrap_or(key);
    match name {
        Some(name) => Ok(name),
        None if order::is_name(bare) => Ok(bare.into()),
        None => {
            let text = "an idempotency key has 1 to 64 letters, digits and . _ : / -";
            Err(Problem::malformed(text))
        }
    }
}

/// The order a path names.
fn which(id: &str) -> Result<Which, Problem> {
    let is_plain = !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit());
    let number = is_plain.then(|| id.parse().ok()).flatten();
    number.map(Which::Id).ok_or_else(Problem::unknown_order)
}

fn cancel_all(query: &str, symbols: &Symbols) -> Result<Act, Problem> {
    let (mut symbol, mut side) = (None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("symbol", text)) => {
                let found = symbols.find(&text.replace("%2F", "/").replace("%2f", "/"));
                let unknown = "no such instrument is traded here";
                let problem = Problem::new(422, "UNKNOWN_SYMBOL", unknown).at("query.symbol");
                symbol = Some(found.ok_or(problem)?);
            }
            Some(("side", "buy")) => side = Some(Side::Buy),
            Some(("side", "sell")) => side = Some(Side::Sell),
            _ => {
                let text = "orders are taken out by symbol and side";
                return Err(Problem::new(422, "UNEXPECTED_FIELD", text).at("query"));
            }
        }
    }
    Ok(Act::CancelAll { symbol, side })
}
