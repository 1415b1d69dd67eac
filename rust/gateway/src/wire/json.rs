//! JSON as it comes in: strict, bounded, and never copied where it need not be.

use std::borrow::Cow;

use crate::problem::Problem;

/// Deepest nesting of what is read.
pub(crate) const DEPTH_MAX: u32 = 8;

type Parsed<T> = Result<T, Problem>;

/// A value that stands beside a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    /// The literal as it was written.
    Number(&'a str),
    Bool(bool),
    Null,
    /// The text of an object.
    Object(&'a str),
    Array,
}

/// Hands each key and value of the object that `text` is to `field`.
///
/// # Errors
///
/// A [`Problem`] where it is no JSON object, is nested too deep, or `field` refuses.
pub(crate) fn object<'a>(
    text: &'a str,
    mut field: impl FnMut(&str, Value<'a>) -> Parsed<()>,
) -> Parsed<()> {
    let mut reader = Reader { text, at: 0 };
    reader.blank();
    reader.expect(b'{')?;
    reader.members(|reader, key| {
        let value = reader.value(1)?;
        field(&key, value)
    })?;
    reader.blank();
    if reader.at == text.len() {
        Ok(())
    } else {
        Err(Problem::malformed("nothing follows the body's JSON object"))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn blank(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(Problem::malformed("the body is one JSON object"))
    }

    /// Each key of an object whose brace was read.
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Parsed<()>,
    ) -> Parsed<()> {
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blank();
            let key = self.string()?;
            self.blank();
            self.expect(b':')?;
            member(self, key)?;
            self.blank();
            if self.peek() != Some(b',') {
                return self.expect(b'}');
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Parsed<Value<'a>> {
        if depth > DEPTH_MAX {
            return Err(Problem::malformed("JSON is nested at most 8 deep"));
        }
        self.blank();
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'{') => {
                let start = self.at;
                self.at += 1;
                self.members(|reader, _| reader.value(depth + 1).map(drop))?;
                Ok(Value::Object(&self.text[start..self.at]))
            }
            Some(b'[') => self.array(depth).map(|()| Value::Array),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn array(&mut self, depth: u32) -> Parsed<()> {
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.blank();
            if self.peek() != Some(b',') {
                return self.expect(b']');
            }
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Parsed<Value<'a>> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        Err(Problem::malformed("a word of JSON is true, false or null"))
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if start == self.at {
            return Err(Problem::malformed("a number of JSON has digits"));
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn string(&mut self) -> Parsed<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(Problem::malformed("a key of JSON is a string"));
        }
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
                }
                b'\\' => return self.escaped(start).map(Cow::Owned),
                0..0x20 => break,
                _ => self.at += 1,
            }
        }
        Err(Problem::malformed("a string of JSON ends with a quote"))
    }

    #[cold]
    fn escaped(&mut self, start: usize) -> Parsed<String> {
        let mut text = self.text[start..self.at].to_owned();
        let mut plain = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    text.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => {
                    text.push_str(&self.text[plain..self.at]);
                    text.push(self.escape()?);
                    plain = self.at;
                }
                0..0x20 => break,
                _ => self.at += 1,
            }
        }
        Err(Problem::malformed("a string of JSON ends with a quote"))
    }

    fn escape(&mut self) -> Parsed<char> {
        let kind = self.text.as_bytes().get(self.at + 1).copied();
        self.at += 2;
        Ok(match kind {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            _ => return Err(Problem::malformed("a string has an escape JSON knows")),
        })
    }

    fn code_point(&mut self) -> Parsed<char> {
        let first = self.hex()?;
        let whole = if (0xd800..0xdc00).contains(&first) {
            if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                return Err(Problem::malformed("a surrogate comes in a pair"));
            }
            self.at += 2;
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(Problem::malformed("a surrogate comes in a pair"));
            }
            0x1_0000 + ((first - 0xd800) << 10 | (second - 0xdc00))
        } else {
            first
        };
        char::from_u32(whole).ok_or(Problem::malformed("a surrogate comes in a pair"))
    }

    fn hex(&mut self) -> Parsed<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let digits = digits.filter(|text| text.iter().all(u8::is_ascii_hexdigit));
        let code = digits
            .and_then(|text| std::str::from_utf8(text).ok())
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        self.at += 4;
        code.ok_or(Problem::malformed("an escape \\u has four hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, u16> {
        let mut fields = Vec::new();
        let read = object(text, |key, value| {
            let value = match value {
                Value::Text(text) => text.into_owned(),
                other => format!("{other:?}"),
            };
            fields.push((key.to_owned(), value));
            Ok(())
        });
        read.map(|()| fields).map_err(|problem| problem.status)
    }

    #[test]
    fn values_stand_beside_their_keys() {
        let text = r#" { "a" : "x\"\u00e9\ud83d\ude00\/" , "b":-1.50e+2,"c":{"d":[1,{}]},"e":[],
            "f":true,"g":null, "" : 0 } "#;
        let fields = read(text).unwrap();
        let values: Vec<&str> = fields.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values[0], "x\"\u{e9}\u{1f600}/");
        assert_eq!(values[1], "Number(\"-1.50e+2\")");
        assert_eq!(values[2], r#"Object("{\"d\":[1,{}]}")"#);
        assert_eq!(
            &values[3..],
            ["Array", "Bool(true)", "Null", "Number(\"0\")"]
        );
    }

    #[test]
    fn what_is_no_object_of_json_is_refused() {
        for text in [
            "",
            "1",
            "[]",
            "{",
            "{}x",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r"{a:1}",
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":+1}"#,
            r#"{"a":1e}"#,
            r#"{"a":tru}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u12"}"#,
            r#"{"a":"\ud83d"}"#,
            r#"{"a":"\ude00"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":[1 2]}"#,
            r#"{"a":NaN}"#,
            r#"{"a":[[[[[[[[1]]]]]]]]}"#,
            "{\"a\":\"",
            r#"{"a":"\"#,
        ] {
            assert_eq!(read(text), Err(400), "{text}");
        }
    }

    proptest! {
        /// Nothing passes here that another reader refuses.
        #[test]
        fn it_is_never_looser_than_others(
            text in "[{}\\[\\]\":,\\\\u0-9a-f +\\-.etrusln\n]{0,24}",
        ) {
            for text in [format!("{{\"a\":{text}}}"), text] {
                if let Ok(fields) = read(&text) {
                    let other: Result<serde_json::Value, _> = serde_json::from_str(&text);
                    match other {
                        Ok(other) => prop_assert!(fields.len() >= other.as_object().unwrap().len()),
                        // Ours is the literal, however large the number.
                        Err(error) => prop_assert!(error.to_string().contains("out of range")),
                    }
                }
            }
        }

        /// A string means what it means to others.
        #[test]
        fn strings_are_read_as_others_read_them(text in any::<String>()) {
            let written = format!("{{\"a\":{}}}", serde_json::to_string(&text).unwrap());
            prop_assert_eq!(&read(&written).unwrap()[0].1, &text);
        }
    }
}
