//! Orders and changes as JSON asks for them.

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{NewOrder, PostOnly, Terms};
use tradecore_core::order::{SelfTradePrevention, TimeInForce};
use tradecore_core::units::Side;

use super::json::{self, Value};
use super::time;
use crate::act::{Amount, Kind, Placement, Revised, Symbols};
use crate::problem::Problem;

/// Longest decimal in a text: eighteen digits on either side of the point.
const DECIMAL_BYTES_MAX: usize = 38;
/// Longest client order id.
pub(crate) const NAME_BYTES_MAX: usize = 64;

/// An order as it was written, nothing looked up yet.
#[derive(Default)]
struct Written<'a> {
    symbol: Option<u32>,
    side: Option<Side>,
    kind: Option<Kind>,
    quantity: Option<Decimal>,
    price: Option<Decimal>,
    stop_price: Option<Decimal>,
    display: Option<Decimal>,
    life: Option<TimeInForce>,
    expire_ns: Option<i64>,
    name: Option<std::borrow::Cow<'a, str>>,
    strategy: Option<std::borrow::Cow<'a, str>>,
    reduce_only: bool,
    post_only: bool,
    prevention: Option<SelfTradePrevention>,
}

/// The order a JSON object asks for, of `account`.
///
/// # Errors
///
/// A [`Problem`] that says what is wrong with which field.
pub(crate) fn placement(text: &str, symbols: &Symbols, account: u32) -> Result<Placement, Problem> {
    let mut written = Written::default();
    let mut seen = 0_u32;
    json::object(text, |key, value| {
        let bit = written.take(key, value, symbols)?;
        once(&mut seen, bit)
    })?;
    written.placement(symbols, account)
}

/// The change a JSON object asks for.
///
/// # Errors
///
/// A [`Problem`] that says what is wrong with which field.
pub(crate) fn revised(text: &str) -> Result<Revised, Problem> {
    let mut revised = Revised::default();
    let mut seen = 0_u32;
    json::object(text, |key, value| {
        let (place, pointer, bit) = match key {
            "price" => (&mut revised.price, "/price", 0),
            "quantity" => (&mut revised.qty, "/quantity", 1),
            "stopPrice" => (&mut revised.stop_price, "/stopPrice", 2),
            _ => return Err(unexpected(key)),
        };
        *place = decimal(&value, pointer)?.map(Amount::Exact);
        once(&mut seen, bit)
    })?;
    let Revised {
        price,
        qty,
        stop_price,
    } = revised;
    if price.is_none() && qty.is_none() && stop_price.is_none() {
        return Err(Problem::invalid(
            "",
            "a change names a price, quantity or stopPrice",
        ));
    }
    Ok(revised)
}

/// Refuses a key that comes again.
pub(crate) fn once(seen: &mut u32, bit: u32) -> Result<(), Problem> {
    let mask = 1_u32 << bit;
    if *seen & mask != 0 {
        return Err(Problem::malformed("a key stands once in an object"));
    }
    *seen |= mask;
    Ok(())
}

/// A key that means nothing here.
pub(crate) fn unexpected(key: &str) -> Problem {
    let shown: String = key.chars().take(32).collect();
    Problem::with(
        422,
        "UNEXPECTED_FIELD",
        format!("there is no field {shown:?} here"),
    )
}

/// The decimal a value is; `None` of a null.
fn decimal(value: &Value<'_>, pointer: &'static str) -> Result<Option<Decimal>, Problem> {
    let wrong = || Problem::invalid(pointer, "a decimal is a number, or its digits as text");
    let plain = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let ends = digits.bytes().next().zip(digits.bytes().last());
        ends.is_some_and(|(first, last)| first.is_ascii_digit() && last.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let read = match value {
        Value::Null => return Ok(None),
        Value::Number(text) if text.len() <= DECIMAL_BYTES_MAX => Decimal::parse(text.as_bytes()),
        Value::Text(text) if text.len() <= DECIMAL_BYTES_MAX && plain(text) => {
            Decimal::parse(text.as_bytes())
        }
        _ => return Err(wrong()),
    };
    read.map(Some).map_err(|_| wrong())
}

fn flag(value: &Value<'_>, pointer: &'static str) -> Result<bool, Problem> {
    match value {
        Value::Bool(is) => Ok(*is),
        _ => Err(Problem::invalid(pointer, "it is true or false")),
    }
}

/// The one of a list that a word names.
fn word<T: Copy>(
    value: &Value<'_>,
    list: &[T],
    named: impl Fn(T) -> &'static str,
    pointer: &'static str,
) -> Result<T, Problem> {
    if let Value::Text(text) = value
        && let Some(found) = list.iter().find(|one| named(**one) == text)
    {
        return Ok(*found);
    }
    let known: Vec<&str> = list.iter().map(|one| named(*one)).collect();
    let text = format!("it is one of {}", known.join(", "));
    Err(Problem::with(422, "INVALID_FIELD", text).at(pointer))
}

/// A client order id, or the name of a strategy.
pub(crate) fn name<'a>(
    value: Value<'a>,
    pointer: &'static str,
) -> Result<std::borrow::Cow<'a, str>, Problem> {
    match value {
        Value::Text(text) if is_name(&text) => Ok(text),
        _ => Err(Problem::invalid(
            pointer,
            "it has 1 to 64 letters, digits and . _ : / -",
        )),
    }
}

/// Whether a text can be a client order id, or the name of a strategy.
pub(crate) fn is_name(text: &str) -> bool {
    let kept = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'-');
    (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(kept)
}

impl<'a> Written<'a> {
    /// Takes one field; answers its number.
    fn take(&mut self, key: &str, value: Value<'a>, symbols: &Symbols) -> Result<u32, Problem> {
        match key {
            "symbol" => {
                self.symbol = Some(symbol(&value, symbols)?);
                Ok(0)
            }
            "side" => {
                let sides = [Side::Buy, Side::Sell];
                self.side = Some(word(&value, &sides, Side::as_str, "/side")?);
                Ok(1)
            }
            "type" => {
                self.kind = Some(word(&value, &Kind::ALL[..5], Kind::as_str, "/type")?);
                Ok(2)
            }
            "quantity" => {
                self.quantity = decimal(&value, "/quantity")?;
                Ok(3)
            }
            "price" => {
                self.price = decimal(&value, "/price")?;
                Ok(4)
            }
            "timeInForce" => {
                let lives = TimeInForce::ALL;
                self.life = Some(word(&value, &lives, TimeInForce::as_str, "/timeInForce")?);
                Ok(5)
            }
            "clientOrderId" => {
                if value != Value::Null {
                    self.name = Some(name(value, "/clientOrderId")?);
                }
                Ok(6)
            }
            "strategyId" => {
                if value != Value::Null {
                    self.strategy = Some(name(value, "/strategyId")?);
                }
                Ok(13)
            }
            _ => self.take_rare(key, &value),
        }
    }

    fn take_rare(&mut self, key: &str, value: &Value<'a>) -> Result<u32, Problem> {
        Ok(match key {
            "postOnly" => {
                self.post_only = flag(value, "/postOnly")?;
                7
            }
            "reduceOnly" => {
                self.reduce_only = flag(value, "/reduceOnly")?;
                8
            }
            "stopPrice" => {
                self.stop_price = decimal(value, "/stopPrice")?;
                9
            }
            "displayQuantity" => {
                self.display = decimal(value, "/displayQuantity")?;
                10
            }
            "expireTime" => {
                self.expire_ns = expiry(value)?;
                11
            }
            "selfTradePrevention" => {
                let modes = SelfTradePrevention::ALL;
                if *value != Value::Null {
                    let named = SelfTradePrevention::as_str;
                    self.prevention = Some(word(value, &modes, named, "/selfTradePrevention")?);
                }
                12
            }
            _ => return Err(unexpected(key)),
        })
    }

    /// The order, in ticks and lots.
    fn placement(self, symbols: &Symbols, account: u32) -> Result<Placement, Problem> {
        let missing = |pointer| Problem::invalid(pointer, "an order names it");
        let symbol = self.symbol.ok_or_else(|| missing("/symbol"))?;
        let side = self.side.ok_or_else(|| missing("/side"))?;
        let kind = self.kind.ok_or_else(|| missing("/type"))?;
        let quantity = self.quantity.ok_or_else(|| missing("/quantity"))?;
        let life = self.life.unwrap_or_default();
        let is_stop = kind.order_type().is_stop();
        let is_iceberg = kind == Kind::Iceberg;
        let has_limit = kind.order_type().has_limit();
        let expires = life == TimeInForce::Gtd;
        fits("/price", self.price.is_some(), has_limit)?;
        fits("/stopPrice", self.stop_price.is_some(), is_stop)?;
        fits("/displayQuantity", self.display.is_some(), is_iceberg)?;
        fits("/expireTime", self.expire_ns.is_some(), expires)?;
        let Some(instrument) = symbols.get(symbol) else {
            return Err(unknown_symbol());
        };
        let order = NewOrder {
            symbol,
            account,
            order_id: 0,
            side,
            order_type: kind.order_type(),
            time_in_force: life,
            post_only: if self.post_only {
                PostOnly::Reject
            } else {
                PostOnly::No
            },
            reduce_only: self.reduce_only,
            self_trade_prevention: self.prevention.unwrap_or_default(),
            price: ticks(self.price, instrument, "/price")?,
            qty: lots(Some(quantity), instrument, "/quantity")?,
        };
        let terms = Terms {
            stop_price: ticks(self.stop_price, instrument, "/stopPrice")?,
            display_qty: lots(self.display, instrument, "/displayQuantity")?,
            expire_time_ns: self.expire_ns.unwrap_or(0),
            ..Terms::default()
        };
        let owned = |text: std::borrow::Cow<'_, str>| text.into_owned().into_boxed_str();
        Ok(Placement {
            order,
            terms,
            kind,
            name: self.name.map(owned),
            strategy: self.strategy.map(owned),
        })
    }
}

/// The symbol a value names.
pub(crate) fn symbol(value: &Value<'_>, symbols: &Symbols) -> Result<u32, Problem> {
    let found = match value {
        Value::Text(text) => symbols.find(text),
        _ => None,
    };
    found.ok_or_else(unknown_symbol)
}

fn unknown_symbol() -> Problem {
    Problem::new(422, "UNKNOWN_SYMBOL", "no such instrument is traded here").at("/symbol")
}

fn expiry(value: &Value<'_>) -> Result<Option<i64>, Problem> {
    let read = match value {
        Value::Null => return Ok(None),
        Value::Text(text) => time::read(text),
        _ => None,
    };
    let wrong = || Problem::invalid("/expireTime", "it is a moment as RFC 3339 writes it");
    read.map(Some).ok_or_else(wrong)
}

/// Refuses a field that is missing or out of place.
fn fits(pointer: &'static str, is_given: bool, is_needed: bool) -> Result<(), Problem> {
    match (is_given, is_needed) {
        (true, false) => {
            let text = "an order of this type and time in force has none";
            Err(Problem::new(422, "UNEXPECTED_FIELD", text).at(pointer))
        }
        (false, true) => {
            let text = "an order of this type and time in force needs it";
            Err(Problem::invalid(pointer, text))
        }
        (true, true) | (false, false) => Ok(()),
    }
}

/// Ticks of a price; 0 of none.
pub(crate) fn ticks(
    price: Option<Decimal>,
    instrument: &Instrument,
    pointer: &'static str,
) -> Result<i64, Problem> {
    let Some(price) = price else { return Ok(0) };
    let refused = |text: String| Problem::with(422, "BAD_PRICE", text).at(pointer);
    instrument
        .ticks(price)
        .map(|ticks| ticks.0)
        .map_err(|error| refused(error.to_string()))
}

/// Lots of a quantity; 0 of none.
pub(crate) fn lots(
    quantity: Option<Decimal>,
    instrument: &Instrument,
    pointer: &'static str,
) -> Result<i64, Problem> {
    let Some(quantity) = quantity else {
        return Ok(0);
    };
    let refused = |text: String| Problem::with(422, "BAD_QUANTITY", text).at(pointer);
    instrument
        .lots(quantity)
        .map(|lots| lots.0)
        .map_err(|error| refused(error.to_string()))
}
