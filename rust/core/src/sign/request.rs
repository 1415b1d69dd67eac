//! A request as a message of a channel: an object of parameters, signed over its sorted values.
//!
//! The form is Binance's: `{"id":…,"method":…,"params":{…}}`, where `params` ends with `apiKey` and
//! `signature`, and what is signed is every other parameter as `name=value`, sorted by name, joined
//! by `&`, and not encoded.

use std::fmt::Write as _;

use super::Encoding;
use super::ed25519::Ed25519Key;
use super::encoding::TEXT_MAX;
use super::hmac::HmacKey;

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, numbers with a point among it.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
}

/// What signs.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// A shared secret; signatures are hexadecimal.
    Hmac(&'a HmacKey),
    /// A private key; signatures are base64.
    Ed25519(&'a Ed25519Key),
}

/// A key and the name it goes by.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The name, which travels.
    pub name: &'a str,
    /// The key, which does not.
    pub key: Key<'a>,
}

/// The message; without `signer` as it is, for a connection that is logged on to.
pub fn message(
    id: &str,
    method: &str,
    params: &[(&str, Value<'_>)],
    signer: Option<Signer<'_>>,
) -> String {
    let mut out = String::with_capacity(640);
    out.push_str("{\"id\":");
    quote(id, &mut out);
    out.push_str(",\"method\":");
    quote(method, &mut out);
    out.push_str(",\"params\":{");
    for (at, (name, value)) in params.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        entry(name, *value, &mut out);
    }
    if let Some(signer) = signer {
        if !params.is_empty() {
            out.push(',');
        }
        entry("apiKey", Value::Text(signer.name), &mut out);
        out.push(',');
        let mut room = [0; TEXT_MAX];
        let signature = signer.sign(payload(params, signer.name).as_bytes(), &mut room);
        entry("signature", Value::Text(signature), &mut out);
    }
    out.push_str("}}");
    out
}

/// What is signed.
fn payload(params: &[(&str, Value<'_>)], name: &str) -> String {
    let mut sorted: Vec<(&str, Value<'_>)> = Vec::with_capacity(params.len() + 1);
    sorted.extend_from_slice(params);
    sorted.push(("apiKey", Value::Text(name)));
    sorted.sort_unstable_by_key(|(name, _)| *name);
    let mut out = String::with_capacity(384);
    for (at, (name, value)) in sorted.iter().enumerate() {
        if at > 0 {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        match value {
            Value::Text(text) => out.push_str(text),
            plain => bare(*plain, &mut out),
        }
    }
    out
}

fn entry(name: &str, value: Value<'_>, out: &mut String) {
    quote(name, out);
    out.push(':');
    match value {
        Value::Text(text) => quote(text, out),
        plain => bare(plain, out),
    }
}

fn bare(value: Value<'_>, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        Value::Text(text) => out.write_str(text),
        Value::Whole(number) => write!(out, "{number}"),
        Value::Flag(flag) => write!(out, "{flag}"),
    };
}

/// Appends text as JSON has it.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    if text
        .bytes()
        .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        out.push_str(text);
    } else {
        text.chars().for_each(|one| escape(one, out));
    }
    out.push('"');
}

#[cold]
fn escape(one: char, out: &mut String) {
    match one {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Writing to a string does not fail.
        control if control < ' ' => {
            let _ = write!(out, "\\u{:04x}", u32::from(control));
        }
        plain => out.push(plain),
    }
}

impl Signer<'_> {
    fn sign<'a>(&self, payload: &[u8], room: &'a mut [u8; TEXT_MAX]) -> &'a str {
        match self.key {
            Key::Hmac(key) => key.sign(payload).write(Encoding::Hex, room),
            Key::Ed25519(key) => Encoding::Base64.write(&key.sign(payload), room),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::super::hmac::Algorithm;
    use super::*;

    const PARAMS: [(&str, Value<'_>); 4] = [
        ("symbol", Value::Text("BTCUSDT")),
        ("price", Value::Text("43187.00")),
        ("reduceOnly", Value::Flag(true)),
        ("timestamp", Value::Whole(1_700_000_000_000)),
    ];

    #[test]
    fn without_a_key_it_is_what_was_given() {
        assert_eq!(
            message("order-1", "order.place", &PARAMS, None),
            "{\"id\":\"order-1\",\"method\":\"order.place\",\"params\":{\"symbol\":\"BTCUSDT\",\
             \"price\":\"43187.00\",\"reduceOnly\":true,\"timestamp\":1700000000000}}"
        );
        assert_eq!(
            message("1", "ping", &[], None),
            "{\"id\":\"1\",\"method\":\"ping\",\"params\":{}}"
        );
    }

    #[test]
    fn the_sorted_parameters_are_signed_with_the_keys_name_among_them() {
        let key = HmacKey::new(Algorithm::Sha256, &Secret::copy(b"secret")).unwrap();
        let signer = Signer {
            name: "name",
            key: Key::Hmac(&key),
        };
        let payload = "apiKey=name&price=43187.00&reduceOnly=true&symbol=BTCUSDT\
                       &timestamp=1700000000000";
        let mut room = [0; TEXT_MAX];
        let want = key
            .sign(payload.as_bytes())
            .write(Encoding::Hex, &mut room)
            .to_owned();
        let made = message("1", "order.place", &PARAMS, Some(signer));
        let end = format!(",\"apiKey\":\"name\",\"signature\":\"{want}\"}}}}");
        assert!(made.ends_with(&end), "{made}");
    }

    #[test]
    fn text_is_escaped_as_json_asks() {
        let params = [("a\"b", Value::Text("\\ \n\u{1}ü"))];
        let made = message("i", "m", &params, None);
        assert!(
            made.ends_with("{\"a\\\"b\":\"\\\\ \\n\\u0001ü\"}}"),
            "{made}"
        );
    }
}
