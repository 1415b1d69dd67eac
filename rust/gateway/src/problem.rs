//! Why a request was not done, as a client reads it (RFC 9457).

use std::borrow::Cow;

use tradecore_core::reject::RejectCode;
use tradecore_journal::durable::JournalError;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status, in every protocol.
    pub status: u16,
    /// What a program decides by.
    pub code: &'static str,
    /// Rule and values, never a secret.
    pub detail: Cow<'static, str>,
    /// Which field, as a JSON pointer; empty for none.
    pub pointer: &'static str,
    /// Whose limit it was, as [`tradecore_core::risk::Scope::number`]; 0 for nobody's.
    pub scope: u16,
    /// The order as it was kept, rejected; 0 for none.
    pub order_id: u64,
    /// When another try may help; 0 where it does not.
    pub retry_ms: u32,
}

impl Problem {
    /// A problem with nothing but what every one has.
    pub const fn new(status: u16, code: &'static str, detail: &'static str) -> Self {
        Self {
            status,
            code,
            detail: Cow::Borrowed(detail),
            pointer: "",
            scope: 0,
            order_id: 0,
            retry_ms: 0,
        }
    }

    /// The same, with a text made for it.
    pub fn with(status: u16, code: &'static str, detail: String) -> Self {
        let detail = Cow::Owned(detail);
        Self {
            detail,
            ..Self::new(status, code, "")
        }
    }

    /// The same about a field.
    pub const fn at(mut self, pointer: &'static str) -> Self {
        self.pointer = pointer;
        self
    }

    /// The same by a limit or a state of somebody's.
    pub const fn by(mut self, scope: u16) -> Self {
        self.scope = scope;
        self
    }

    /// The same, after which another try may help.
    pub const fn retry(mut self, after_ms: u32) -> Self {
        self.retry_ms = after_ms;
        self
    }

    /// The request is no request.
    pub const fn malformed(detail: &'static str) -> Self {
        Self::new(400, "MALFORMED", detail)
    }

    /// Something in it makes no sense.
    pub const fn invalid(pointer: &'static str, detail: &'static str) -> Self {
        Self::new(422, "INVALID_FIELD", detail).at(pointer)
    }

    /// Every failed proof looks the same.
    pub const fn unauthorized() -> Self {
        Self::new(
            401,
            "UNAUTHORIZED",
            "the request is not signed with a valid key",
        )
    }

    /// The key may not do that.
    pub const fn forbidden() -> Self {
        Self::new(403, "FORBIDDEN", "the key lacks the scope for this")
    }

    /// There is no such order, or it is another's.
    pub const fn unknown_order() -> Self {
        Self::new(404, "UNKNOWN_ORDER", "no order of yours has this id")
    }

    /// Too much waits already; nothing was done.
    pub const fn busy() -> Self {
        Self::new(503, "BUSY", "too many requests wait; nothing was done").retry(1_000)
    }

    /// The server stops.
    pub const fn draining() -> Self {
        Self::new(503, "DRAINING", "the venue takes no new orders at present").retry(5_000)
    }

    /// The journal cannot be written any more.
    pub const fn stopped() -> Self {
        Self::new(
            503,
            "JOURNAL_STOPPED",
            "the journal cannot be written; whether this was kept is not known",
        )
    }

    /// The phrase that goes with a status.
    pub const fn phrase(status: u16) -> &'static str {
        match status {
            101 => "Switching Protocols",
            200 => "OK",
            201 => "Created",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            409 => "Conflict",
            411 => "Length Required",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            422 => "Unprocessable Content",
            426 => "Upgrade Required",
            429 => "Too Many Requests",
            431 => "Request Header Fields Too Large",
            503 => "Service Unavailable",
            505 => "HTTP Version Not Supported",
            _ => "Error",
        }
    }
}

impl Problem {
    /// What the engine refused an order for.
    pub fn rejected(code: RejectCode, order_id: u64) -> Self {
        let status = match code {
            RejectCode::UnknownOrder => 404,
            RejectCode::DuplicateOrderId
            | RejectCode::DuplicateClientOrderId
            | RejectCode::OrderNotLive
            | RejectCode::TotalBelowFilled
            | RejectCode::RequestInFlight => 409,
            RejectCode::RateLimit => 429,
            RejectCode::TradingHalted | RejectCode::EngineFull => 503,
            _ => 422,
        };
        let retry_ms = if matches!(status, 429 | 503) {
            1_000
        } else {
            0
        };
        Self {
            order_id,
            retry_ms,
            ..Self::new(status, code.as_str(), code.text())
        }
    }

    /// Why the journal took nothing.
    pub fn of_journal(error: &JournalError) -> Self {
        match error {
            JournalError::Busy { .. } => Self::busy(),
            JournalError::Full(_) | JournalError::Reserve { .. } => {
                let text = "the venue has no space to keep it; nothing was done";
                Self::new(503, "STORAGE_RESERVE", text).retry(5_000)
            }
            _ => Self::new(
                503,
                "JOURNAL_STOPPED",
                "the journal cannot be written; nothing was done",
            ),
        }
    }
}
