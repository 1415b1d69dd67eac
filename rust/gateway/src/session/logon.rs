//! The first message of a connection: who it is, and which session it takes up.

use std::borrow::Cow;

use crate::problem::Problem;
use crate::wire::json::{self, Value};
use crate::wire::order::{once, unexpected};

const MILLISECOND: i64 = 1_000_000;
/// Longest wait for a session that lost its connection: a day.
const GRACE_MS_MAX: u64 = 86_400_000;
/// Shortest and longest pause between two signs of life.
const HEARTBEAT_MS: std::ops::RangeInclusive<u64> = 100..=600_000;
const HEARTBEAT_MS_USUAL: u64 = 30_000;

/// What a first message says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Logon<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) timestamp: Cow<'a, str>,
    pub(crate) nonce: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) session: Cow<'a, str>,
    pub(crate) grace_ns: Option<i64>,
    pub(crate) is_drop_copy: bool,
    pub(crate) is_binary: bool,
    pub(crate) heartbeat_ns: i64,
    /// The first message it lacks.
    pub(crate) resend_from: Option<u64>,
}

impl<'a> Logon<'a> {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// A [`Problem`] where it is none.
    pub(crate) fn read(text: &'a str) -> Result<Self, Problem> {
        let mut logon = Self {
            session: Cow::Borrowed("default"),
            heartbeat_ns: ns(HEARTBEAT_MS_USUAL),
            ..Self::default()
        };
        let mut seen = 0;
        let (mut leaves, mut grace_ms) = (false, None);
        json::object(text, |key, value| {
            let bit = match (key, value) {
                ("op", Value::Text(op)) if op == "logon" => 0,
                ("key", Value::Text(text)) => set(&mut logon.key, text, 1),
                ("timestamp", Value::Text(text)) => set(&mut logon.timestamp, text, 2),
                ("nonce", Value::Text(text)) => set(&mut logon.nonce, text, 3),
                ("signature", Value::Text(text)) => set(&mut logon.signature, text, 4),
                ("session", Value::Text(text)) if is_session(&text) => {
                    set(&mut logon.session, text, 5)
                }
                ("cancelOnDisconnect", Value::Bool(is)) => set(&mut leaves, is, 6),
                ("graceMs", Value::Number(text)) => {
                    set(&mut grace_ms, Some(within(text, 0..=GRACE_MS_MAX)?), 7)
                }
                ("dropCopy", Value::Bool(is)) => set(&mut logon.is_drop_copy, is, 8),
                ("binary", Value::Bool(is)) => set(&mut logon.is_binary, is, 9),
                ("heartbeatMs", Value::Number(text)) => {
                    set(&mut logon.heartbeat_ns, ns(within(text, HEARTBEAT_MS)?), 10)
                }
                ("resendFrom", Value::Number(text)) => set(
                    &mut logon.resend_from,
                    Some(within(text, 1..=u64::MAX)?),
                    11,
                ),
                (key, _) if is_known(key) => return Err(wrong()),
                _ => return Err(unexpected(key)),
            };
            once(&mut seen, bit)
        })?;
        if seen & 1 == 0 {
            return Err(Problem::malformed("the first message is a logon"));
        }
        logon.grace_ns = (leaves || grace_ms.is_some()).then(|| ns(grace_ms.unwrap_or(0)));
        Ok(logon)
    }
}

fn set<T>(place: &mut T, value: T, bit: u32) -> u32 {
    *place = value;
    bit
}

fn ns(ms: u64) -> i64 {
    i64::try_from(ms)
        .unwrap_or(i64::MAX)
        .saturating_mul(MILLISECOND)
}

fn wrong() -> Problem {
    Problem::new(
        422,
        "INVALID_FIELD",
        "a field of the logon has the wrong kind or range",
    )
}

fn within(text: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, Problem> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(wrong)
}

fn is_known(key: &str) -> bool {
    matches!(
        key,
        "op" | "key"
            | "timestamp"
            | "nonce"
            | "signature"
            | "session"
            | "cancelOnDisconnect"
            | "graceMs"
            | "dropCopy"
            | "binary"
            | "heartbeatMs"
            | "resendFrom"
    )
}

fn is_session(text: &str) -> bool {
    let kept = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (1..=32).contains(&text.len()) && text.bytes().all(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_says_who_and_how() {
        let text = r#"{"op":"logon","key":"k","timestamp":"1","nonce":"n","signature":"s",
            "graceMs":250,"binary":true,"resendFrom":7}"#;
        let logon = Logon::read(text).unwrap();
        assert_eq!(
            (logon.key.as_ref(), logon.session.as_ref()),
            ("k", "default")
        );
        assert_eq!(
            (logon.grace_ns, logon.resend_from),
            (Some(250_000_000), Some(7))
        );
        assert_eq!((logon.is_binary, logon.is_drop_copy), (true, false));
        let text = r#"{"op":"logon","cancelOnDisconnect":true}"#;
        assert_eq!(Logon::read(text).unwrap().grace_ns, Some(0));
    }

    #[test]
    fn anything_else_is_no_logon() {
        for text in [
            "{}",
            r#"{"op":"new"}"#,
            r#"{"op":"logon","op":"logon"}"#,
            r#"{"op":"logon","session":""}"#,
            r#"{"op":"logon","session":"a b"}"#,
            r#"{"op":"logon","graceMs":-1}"#,
            r#"{"op":"logon","graceMs":1.5}"#,
            r#"{"op":"logon","heartbeatMs":1}"#,
            r#"{"op":"logon","timestamp":1}"#,
            r#"{"op":"logon","more":1}"#,
            "[]",
        ] {
            assert!(Logon::read(text).is_err(), "{text}");
        }
    }
}
