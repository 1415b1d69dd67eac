//! A reader of one JSON value on one line, over bytes, that never copies.

use super::eight::{Eight, plain};

/// Deepest nesting followed into values nobody asked for.
const DEPTH_MAX: u32 = 64;

/// Why a line is not what it should be, and where in the bytes read.
///
/// A fault is rare and its text long, so it travels by pointer.
#[derive(Debug)]
pub(super) struct Wrong(Box<(usize, String)>);

impl Wrong {
    /// A fault at a byte: the rule it breaks, with the values.
    #[cold]
    pub(super) fn new(at: usize, reason: String) -> Self {
        Self(Box::new((at, reason)))
    }

    pub(super) fn at(&self) -> usize {
        self.0.0
    }

    pub(super) fn reason(&self) -> &str {
        &self.0.1
    }
}

pub(super) type Parsed<T> = Result<T, Wrong>;

/// A position in the bytes. A newline is no whitespace here: it ends the value's line.
pub(super) struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Set when a string held a backslash: what it names is not what its bytes say.
    escaped: bool,
}

impl<'a> Json<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            escaped: false,
        }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Goes on at a byte.
    pub(super) const fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    /// What was not read yet.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) const fn has_escapes(&self) -> bool {
        self.escaped
    }

    #[cold]
    #[inline(never)]
    pub(super) fn wrong<T>(&self, rule: &str) -> Parsed<T> {
        let reason = match self.bytes.get(self.at) {
            None => format!("{rule}: the data end here"),
            Some(b'\n') => format!("{rule}: the line ends here"),
            Some(byte) => format!("{rule}: found {:?}", byte.escape_ascii().to_string()),
        };
        Err(Wrong::new(self.at, reason))
    }

    /// The next byte that is no blank, not consumed.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                byte => return Some(*byte),
            }
        }
        None
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8, rule: &str) -> Parsed<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.wrong(rule)
    }

    /// The next key of an object whose brace was read; `None` after its end.
    #[inline]
    pub(super) fn key(&mut self, first: bool) -> Parsed<Option<&'a [u8]>> {
        match self.peek() {
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(b',') if !first => self.at += 1,
            _ if first => {}
            _ => return self.wrong("an object goes on with a comma or ends"),
        }
        if let [b'"', b'A'..=b'Z' | b'a'..=b'z', b'"', b':', ..] = self.rest() {
            self.at += 4;
            return Ok(Some(&self.bytes[self.at - 3..self.at - 2]));
        }
        let key = self.string()?;
        self.expect(b':', "a colon stands between key and value")?;
        Ok(Some(key))
    }

    /// Whether an array whose bracket was read has another item.
    #[inline]
    pub(super) fn item(&mut self, first: bool) -> Parsed<bool> {
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            _ if first => Ok(true),
            _ => self.wrong("an array goes on with a comma or ends"),
        }
    }

    /// What stands between the quotes, escapes as written.
    #[inline]
    pub(super) fn string(&mut self) -> Parsed<&'a [u8]> {
        self.expect(b'"', "a string starts with a quote")?;
        self.string_behind_quote()
    }

    #[inline]
    fn string_behind_quote(&mut self) -> Parsed<&'a [u8]> {
        let start = self.at;
        loop {
            while let Some(text) = self.rest().first_chunk() {
                let passed = plain(text);
                self.at += passed;
                if passed < 8 {
                    break;
                }
            }
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.bytes[start..self.at - 1]);
                }
                Some(b'\\') => {
                    self.escaped = true;
                    // A newline is never part of an escape, so the line's end is not passed.
                    let next = self.bytes.get(self.at + 1);
                    self.at += 1 + usize::from(next.is_some_and(|byte| *byte >= b' '));
                }
                Some(byte) if *byte >= b' ' => self.at += 1,
                _ => return self.wrong("a string ends with a quote"),
            }
        }
    }

    /// The text of a string or of a bare word: a number, `true`, `false`, `null`.
    #[inline]
    pub(super) fn scalar(&mut self) -> Parsed<&'a [u8]> {
        if self.peek() == Some(b'"') {
            self.at += 1;
            return self.string_behind_quote();
        }
        let start = self.at;
        while let Some(digits) = Eight::of(self.rest()) {
            self.at += digits.count;
            if digits.count < 8 {
                break;
            }
        }
        while let Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-' | b'+') =
            self.bytes.get(self.at)
        {
            self.at += 1;
        }
        if start == self.at {
            return self.wrong("a value is a string, number, word, object or array");
        }
        Ok(&self.bytes[start..self.at])
    }

    /// Passes over a value of any kind.
    pub(super) fn skip(&mut self) -> Parsed<()> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: u32) -> Parsed<()> {
        if depth > DEPTH_MAX {
            return self.wrong("values are nested at most 64 deep");
        }
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                let mut first = true;
                while self.key(first)?.is_some() {
                    self.skip_at(depth + 1)?;
                    first = false;
                }
                Ok(())
            }
            Some(b'[') => {
                self.at += 1;
                let mut first = true;
                while self.item(first)? {
                    self.skip_at(depth + 1)?;
                    first = false;
                }
                Ok(())
            }
            _ => self.scalar().map(|_| ()),
        }
    }
}

/// The line with every escape of a printable ASCII character written as that character, so that a
/// known name is found however it was spelt. Other escapes stay; no known name contains them.
pub(super) fn unescape(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((byte, after)) = rest.split_first() {
        let (written, taken) = match rest {
            [b'\\', b'/', ..] => (Some(b'/'), 2),
            [b'\\', b'u', hex @ ..] if hex.len() >= 4 => (printable(&hex[..4]), 6),
            [b'\\', _, ..] => (None, 2),
            _ => (Some(*byte), 1),
        };
        match written {
            Some(byte) => plain.push(byte),
            None => plain.extend_from_slice(&rest[..taken]),
        }
        rest = after.get(taken - 1..).unwrap_or_default();
    }
    plain
}

fn printable(hex: &[u8]) -> Option<u8> {
    let code = u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
    ((b' '..=b'~').contains(&code) && code != b'"' && code != b'\\').then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_any_value_and_stands_behind_it() {
        for text in [
            r#"{"a":[1,-2.5e3,"x\"y",{"b":null}],"c":true} "#,
            "[] ",
            r#""\\" "#,
            "1e5 ",
            "{ } ",
            "[ [ ] , [ 1 ] ] ",
        ] {
            let mut json = Json::new(text.as_bytes(), 0);
            json.skip().unwrap();
            assert_eq!(json.at(), text.len() - 1, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_refused_where_it_goes_wrong() {
        for (text, at) in [
            ("", 0),
            ("{", 1),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":1,}"#, 7),
            (r#"{"a":1 "b":2}"#, 7),
            ("[1 2]", 3),
            ("[1,", 3),
            (r#""abc"#, 4),
            ("\"a\nb\"", 2),
            ("\"a\\\nb\"", 3),
            ("{\"a\":1\n}", 6),
            ("\u{0}", 0),
        ] {
            let wrong = Json::new(text.as_bytes(), 0).skip().unwrap_err();
            assert_eq!(wrong.at(), at, "{text:?}: {}", wrong.reason());
        }
        let deep = "[".repeat(10_000);
        let wrong = Json::new(deep.as_bytes(), 0).skip().unwrap_err();
        assert!(
            wrong
                .reason()
                .starts_with("values are nested at most 64 deep")
        );
    }

    #[test]
    fn a_name_is_found_however_it_is_spelt() {
        let plain = unescape(br#"{"\u0065":"a\/b\n\"\u0022\u00e9\\u0065"#);
        assert_eq!(plain, br#"{"e":"a/b\n\"\u0022\u00e9\\u0065"#);
        assert_eq!(unescape(br"\u00"), br"\u00");
        assert_eq!(unescape(b"\\"), b"\\");
    }
}
