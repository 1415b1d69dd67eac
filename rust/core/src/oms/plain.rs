//! A plain order as text: the entry of a journal of intents, and the parameters a venue takes.
//!
//! Plain is a limit order with nothing about it that needs a longer look. Both forms are, to the
//! byte, those that the long way makes of the same order.

use crate::sign::request::{Value, quote};
use crate::units::Side;

/// What the number of a new order is in a journal.
const KIND_NEW: u8 = 1;
/// Digits before and after the point that a venue takes.
const DIGITS_MAX: usize = 40;
/// Parameters of a new order at most, with the two of when it was made.
pub const PARAMS_MAX: usize = 11;

/// An order as it was asked for; numbers are the caller's own text.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    /// Whose.
    pub trader: &'a str,
    /// Our id of it.
    pub name: &'a str,
    /// What it trades.
    pub symbol: &'a str,
    /// Which way.
    pub side: Side,
    /// How much.
    pub quantity: &'a str,
    /// Its limit.
    pub price: &'a str,
    /// How long: `GTC`, `IOC` or `FOK`.
    pub time_in_force: &'a str,
    /// Whether it is to be refused rather than to take.
    pub post_only: bool,
    /// Whether it is to be refused rather than to increase a position.
    pub reduce_only: bool,
}

/// Whether a number is digits with at most one point among them, as a venue writes it.
pub fn is_number(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    [whole, part].iter().all(|digits| {
        matches!(digits.len(), 1..=DIGITS_MAX) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Plain<'_> {
    /// The entry of a journal: kind, length, time and checksum, then the order as JSON.
    pub fn record(&self, ts_ns: i64) -> Vec<u8> {
        let json = self.json();
        let size = u32::try_from(json.len()).unwrap_or(u32::MAX);
        let mut checked = Vec::with_capacity(json.len() + 13);
        checked.push(KIND_NEW);
        checked.extend_from_slice(&size.to_le_bytes());
        checked.extend_from_slice(&ts_ns.to_le_bytes());
        checked.extend_from_slice(json.as_bytes());
        let crc = crc32fast::hash(&checked);
        let mut record = Vec::with_capacity(checked.len() + 4);
        record.extend_from_slice(&checked[..13]);
        record.extend_from_slice(&crc.to_le_bytes());
        record.extend_from_slice(&checked[13..]);
        record
    }

    fn json(&self) -> String {
        let mut out = String::with_capacity(320);
        out.push('[');
        quote(self.trader, &mut out);
        out.push_str(",{\"client_order_id\":");
        quote(self.name, &mut out);
        out.push_str(",\"symbol\":");
        quote(self.symbol, &mut out);
        out.push_str(",\"side\":\"");
        out.push_str(self.side.as_str());
        out.push_str("\",\"type\":\"limit\",\"quantity\":\"");
        out.push_str(self.quantity);
        out.push_str("\",\"price\":\"");
        out.push_str(self.price);
        out.push_str("\",\"time_in_force\":\"");
        out.push_str(self.time_in_force);
        out.push_str(if self.post_only {
            "\",\"post_only\":true"
        } else {
            "\",\"post_only\":false"
        });
        out.push_str(if self.reduce_only {
            ",\"reduce_only\":true"
        } else {
            ",\"reduce_only\":false"
        });
        out.push_str(",\"stop_price\":null,\"trailing_distance\":null}]");
        out
    }

    /// What Binance takes, and how many parameters that are.
    pub fn binance(
        &self,
        timestamp_ms: i64,
        window_ms: i64,
    ) -> ([(&'static str, Value<'_>); PARAMS_MAX], usize) {
        let none = ("", Value::Flag(false));
        let mut params = [none; PARAMS_MAX];
        let mut count = 0;
        let mut put = |name, value| {
            params[count] = (name, value);
            count += 1;
        };
        put("symbol", Value::Text(self.symbol));
        put(
            "side",
            Value::Text(match self.side {
                Side::Buy => "BUY",
                Side::Sell => "SELL",
            }),
        );
        put("type", Value::Text("LIMIT"));
        let life = if self.post_only {
            "GTX"
        } else {
            self.time_in_force
        };
        put("timeInForce", Value::Text(life));
        put("quantity", Value::Text(self.quantity));
        put("price", Value::Text(self.price));
        if self.reduce_only {
            put("reduceOnly", Value::Flag(true));
        }
        put("newClientOrderId", Value::Text(self.name));
        put("newOrderRespType", Value::Text("ACK"));
        put("timestamp", Value::Whole(timestamp_ms));
        put("recvWindow", Value::Whole(window_ms));
        (params, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Plain<'_> = Plain {
        trader: "bench",
        name: "tc-a-1",
        symbol: "BTCUSDT",
        side: Side::Buy,
        quantity: "0.010",
        price: "43187.00",
        time_in_force: "GTC",
        post_only: false,
        reduce_only: false,
    };

    #[test]
    fn a_record_is_checked_as_a_whole() {
        let record = ORDER.record(5);
        let json = &record[17..];
        let size = u32::from_le_bytes(record[1..5].try_into().unwrap());
        assert_eq!((record[0], size as usize), (KIND_NEW, json.len()));
        assert_eq!(i64::from_le_bytes(record[5..13].try_into().unwrap()), 5);
        let crc = u32::from_le_bytes(record[13..17].try_into().unwrap());
        assert_eq!(crc, crc32fast::hash(&[&record[..13], json].concat()));
        assert!(json.starts_with(b"[\"bench\",{\"client_order_id\":\"tc-a-1\","));
    }

    #[test]
    fn only_digits_with_a_point_are_a_number() {
        for text in ["0", "0.010", "43187", "00.1"] {
            assert!(is_number(text), "{text}");
        }
        let long = "1".repeat(41);
        for text in [
            "", ".", "1.", ".1", "-1", "1e3", "1E+3", "NaN", "1.2.3", &long,
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
