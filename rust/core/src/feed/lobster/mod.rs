//! Message files of LOBSTER (lobsterdata.com): one stock, one day, order by order.
//!
//! A line is `time,type,order id,size,price,direction`: seconds since midnight with up to nine
//! decimals, price in 1/10 000 dollar, direction 1 for a buy order and -1 for a sell order; for an
//! execution it is the side of the resting order.

mod market;

pub use market::{Market, Oddities};

use super::step::{Step, digits};
use crate::market::SourceError;
use crate::units::{Lots, Side, Ticks};

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new limit order.
    Add,
    /// Part of an order is cancelled.
    Reduce,
    /// All that is left of an order is cancelled.
    Delete,
    /// A visible order trades.
    Execute,
    /// A hidden order trades; the book does not change.
    ExecuteHidden,
    /// A cross trade in an auction; the book does not change.
    Cross,
    /// Trading halts or resumes.
    Halt,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Nanoseconds since midnight.
    pub ts_ns: i64,
    /// What happened.
    pub action: Action,
    /// The order; zero where none is named.
    pub order_id: u64,
    /// Shares.
    pub qty: Lots,
    /// Price in 1/10 000 dollar.
    pub price: Ticks,
    /// Side of the order that rests.
    pub side: Side,
}

/// Reads a message file line by line.
pub struct Messages<B> {
    bytes: B,
    at: usize,
    lines: u64,
}

impl<B: AsRef<[u8]>> Messages<B> {
    /// Reads `bytes` from the start.
    pub const fn new(bytes: B) -> Self {
        Self {
            bytes,
            at: 0,
            lines: 0,
        }
    }

    /// The bytes, to put others in their place: the next line is the first of those.
    pub const fn refill(&mut self) -> &mut B {
        self.at = 0;
        &mut self.bytes
    }

    /// Lines read so far.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes read so far.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The next message, `None` at the end. Empty lines are passed over.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a line that is no message; the next call goes on after it.
    pub fn next_message(&mut self) -> Result<Option<Message>, SourceError> {
        let bytes = self.bytes.as_ref();
        while self.at < bytes.len() {
            let start = self.at;
            let rest = &bytes[start..];
            let length = rest.iter().position(|byte| *byte == b'\n');
            let line = &rest[..length.unwrap_or(rest.len())];
            self.at = start + line.len() + 1;
            self.lines += 1;
            let line = line.trim_ascii();
            if !line.is_empty() {
                return parse(line).map(Some).map_err(|reason| SourceError {
                    reason,
                    record: self.lines,
                    offset: start as u64,
                });
            }
        }
        Ok(None)
    }
}

fn parse(line: &[u8]) -> Result<Message, String> {
    let mut fields = line.split(|byte| *byte == b',');
    let mut field = |name: &str| {
        fields
            .next()
            .map(<[u8]>::trim_ascii)
            .ok_or_else(|| format!("a message has six fields: {name} is missing"))
    };
    let time = field("time")?;
    let ts_ns = Step::NANO
        .count(time)
        .ok_or_else(|| wrong("time is seconds", time))?;
    let kind = field("type")?;
    let action = action(kind).ok_or_else(|| wrong("type is 1 to 7", kind))?;
    let id = field("order id")?;
    let order_id = digits(id).ok_or_else(|| wrong("order id is a whole number", id))?;
    let shares = field("size")?;
    let qty = whole(shares).ok_or_else(|| wrong("size is a whole number", shares))?;
    let text = field("price")?;
    // A halt says -1, 0 or 1 in the place of a price.
    let price = match (text.strip_prefix(b"-"), action) {
        (Some(digits), Action::Halt) => whole(digits).map(|value| -value),
        _ => whole(text),
    };
    let price = price.ok_or_else(|| wrong("price is a whole number", text))?;
    let side = match field("direction")? {
        b"1" => Side::Buy,
        b"-1" => Side::Sell,
        other => return Err(wrong("direction is 1 or -1", other)),
    };
    if fields.next().is_some() {
        return Err("a message has six fields: there are more".to_owned());
    }
    let moves = !matches!(action, Action::Cross | Action::Halt);
    if moves && (qty == 0 || price == 0) {
        return Err(format!(
            "size and price are above 0: size={qty}, price={price}"
        ));
    }
    Ok(Message {
        ts_ns,
        action,
        order_id,
        qty: Lots(qty),
        price: Ticks(price),
        side,
    })
}

fn action(text: &[u8]) -> Option<Action> {
    Some(match text {
        b"1" => Action::Add,
        b"2" => Action::Reduce,
        b"3" => Action::Delete,
        b"4" => Action::Execute,
        b"5" => Action::ExecuteHidden,
        b"6" => Action::Cross,
        b"7" => Action::Halt,
        _ => return None,
    })
}

fn whole(text: &[u8]) -> Option<i64> {
    digits(text)
        .map(u64::cast_signed)
        .filter(|value| *value < crate::instrument::COUNT_MAX)
}

fn wrong(rule: &str, text: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&text[..text.len().min(64)]);
    format!("{rule}: found {shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_six_fields() {
        let text = b"34200.004241176,1,16113575,18,5853300,1\n\n34200.5,4,7,2,5853400,-1\r\n";
        let mut messages = Messages::new(text);
        let first = messages.next_message().unwrap().unwrap();
        assert_eq!(
            first,
            Message {
                ts_ns: 34_200_004_241_176,
                action: Action::Add,
                order_id: 16_113_575,
                qty: Lots(18),
                price: Ticks(5_853_300),
                side: Side::Buy,
            }
        );
        let second = messages.next_message().unwrap().unwrap();
        assert_eq!(
            (second.ts_ns, second.side),
            (34_200_500_000_000, Side::Sell)
        );
        assert_eq!(messages.next_message(), Ok(None));
        assert_eq!(messages.lines(), 3);
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_is_read() {
        for (line, rule) in [
            ("", ""),
            ("x", "time is seconds: found \"x\""),
            (
                "1,1,2,3,4",
                "a message has six fields: direction is missing",
            ),
            ("1,1,2,3,4,1,9", "a message has six fields: there are more"),
            ("1,8,2,3,4,1", "type is 1 to 7: found \"8\""),
            ("1,1,2,-3,4,1", "size is a whole number: found \"-3\""),
            ("1,1,2,nan,4,1", "size is a whole number: found \"nan\""),
            ("1,1,2,3,-4,1", "price is a whole number: found \"-4\""),
            ("1,1,2,0,4,1", "size and price are above 0: size=0, price=4"),
            ("1,1,2,3,4,0", "direction is 1 or -1: found \"0\""),
            ("\u{0}\u{1}", "time is seconds"),
        ] {
            let text = format!("34200.1,3,5,1,100,1\n{line}\n34200.2,7,0,0,-1,-1");
            let mut messages = Messages::new(text.as_bytes());
            messages.next_message().unwrap();
            let second = messages.next_message();
            if rule.is_empty() {
                assert_eq!(second.unwrap().unwrap().action, Action::Halt);
                continue;
            }
            let error = second.unwrap_err();
            assert!(error.reason.starts_with(rule), "{line:?}: {error}");
            assert_eq!((error.record, error.offset), (2, 20));
            assert_eq!(
                messages.next_message().unwrap().unwrap().action,
                Action::Halt
            );
        }
    }
}
