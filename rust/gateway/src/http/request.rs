//! A request, read from the bytes of a connection.

use httparse::{EMPTY_HEADER, Header, Status};

use crate::access::Proof;
use crate::problem::Problem;

/// Most bytes before the body.
const HEAD_BYTES_MAX: usize = 8 << 10;
/// Most bytes of a body.
pub(crate) const BODY_BYTES_MAX: usize = 16 << 10;
/// Most bytes of a request.
pub(crate) const BYTES_MAX: usize = HEAD_BYTES_MAX + BODY_BYTES_MAX;
const HEADERS_MAX: usize = 48;

/// A whole request.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Path and query as they stand on its line.
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) proof: Proof<'a>,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    /// What a WebSocket is asked for with: its key, where everything else was said too.
    pub(crate) socket_key: Option<&'a str>,
    pub(crate) wants_socket: bool,
    pub(crate) keeps_alive: bool,
    /// Bytes it took.
    pub(crate) length: usize,
}

/// What the bytes are so far.
#[derive(Debug)]
pub(crate) enum Read<'a> {
    /// The beginning of a request, if anything.
    Part,
    Whole(Request<'a>),
    /// No request: nothing behind it can be understood either.
    Broken(Problem),
}

/// Reads the request at the start of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Read<'_> {
    let mut headers = [EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let head = match parsed.parse(bytes) {
        Ok(Status::Complete(head)) if head <= HEAD_BYTES_MAX => head,
        Ok(Status::Partial) if bytes.len() <= HEAD_BYTES_MAX => return Read::Part,
        Ok(_) | Err(httparse::Error::TooManyHeaders) => {
            let text = "a request has at most 8,192 bytes and 48 headers before its body";
            return Read::Broken(Problem::new(431, "HEAD_TOO_LARGE", text));
        }
        Err(_) => return Read::Broken(Problem::malformed("it is no request of HTTP/1.1")),
    };
    let request = Request {
        method: parsed.method.unwrap_or_default(),
        target: parsed.path.unwrap_or_default(),
        keeps_alive: parsed.version == Some(1),
        ..Request::default()
    };
    let is_new = parsed.version == Some(1);
    match gather(request, parsed.headers, is_new) {
        Ok((request, length)) => with_body(request, bytes, head, length),
        Err(problem) => Read::Broken(problem),
    }
}

fn with_body<'a>(
    mut request: Request<'a>,
    bytes: &'a [u8],
    head: usize,
    length: Option<usize>,
) -> Read<'a> {
    let length = length.unwrap_or(0);
    if length > BODY_BYTES_MAX {
        let text = "a body has at most 16,384 bytes";
        return Read::Broken(Problem::new(413, "BODY_TOO_LARGE", text));
    }
    let Some(body) = bytes.get(head..head + length) else {
        return Read::Part;
    };
    request.body = body;
    request.length = head + length;
    Read::Whole(request)
}

/// Takes what is of use from the headers; answers the length of the body, where one is said.
fn gather<'a>(
    mut request: Request<'a>,
    headers: &[Header<'a>],
    is_new: bool,
) -> Result<(Request<'a>, Option<usize>), Problem> {
    let mut length = None;
    let mut hosts = 0_u32;
    let mut upgrades = (false, false, false);
    let mut seen = 0_u32;
    for header in headers {
        let Ok(value) = std::str::from_utf8(header.value) else {
            return Err(Problem::malformed("the value of a header is text"));
        };
        let value = value.trim_matches([' ', '\t']);
        let name = header.name;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("content-length") {
            length = Some(content_length(length, value)?);
        } else if is("transfer-encoding") || is("expect") {
            let text = "a body comes with its length, in one piece";
            return Err(Problem::new(411, "LENGTH_REQUIRED", text));
        } else if is("host") {
            hosts += 1;
        } else if is("connection") {
            let has = |word: &str| {
                value
                    .split(',')
                    .any(|w| w.trim().eq_ignore_ascii_case(word))
            };
            upgrades.0 |= has("upgrade");
            request.keeps_alive = !has("close") && (request.keeps_alive || has("keep-alive"));
        } else if is("upgrade") {
            upgrades.1 = value.eq_ignore_ascii_case("websocket");
        } else if is("sec-websocket-version") {
            upgrades.2 = value == "13";
        } else {
            once(&mut request, &mut seen, name, value)?;
        }
    }
    if hosts > 1 || (is_new && hosts == 0) {
        return Err(Problem::malformed("a request names its host once"));
    }
    request.wants_socket = upgrades.0 && upgrades.1;
    request.socket_key = request.socket_key.filter(|_| upgrades.2);
    Ok((request, length))
}

/// Takes a header that stands once.
fn once<'a>(
    request: &mut Request<'a>,
    seen: &mut u32,
    name: &str,
    value: &'a str,
) -> Result<(), Problem> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let bit = if is("x-api-key") {
        request.proof.key = value;
        0
    } else if is("x-api-timestamp") {
        request.proof.timestamp = value;
        1
    } else if is("x-api-nonce") {
        request.proof.nonce = value;
        2
    } else if is("x-api-signature") {
        request.proof.signature = value;
        3
    } else if is("idempotency-key") {
        request.idempotency_key = Some(value);
        4
    } else if is("content-type") {
        request.content_type = Some(value);
        5
    } else if is("sec-websocket-key") {
        request.socket_key = Some(value);
        6
    } else {
        return Ok(());
    };
    if *seen & (1 << bit) != 0 {
        return Err(Problem::malformed("a header that decides stands once"));
    }
    *seen |= 1 << bit;
    Ok(())
}

/// A length that is written in one way only, and once.
fn content_length(before: Option<usize>, value: &str) -> Result<usize, Problem> {
    let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = || Problem::malformed("the length of a body is said once, in digits");
    if before.is_some() || !is_plain {
        return Err(wrong());
    }
    // Beyond counting is too large as well, and said to be.
    Ok(value.parse().unwrap_or(usize::MAX >> 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Option<u16> {
        match read(text.as_bytes()) {
            Read::Broken(problem) => Some(problem.status),
            Read::Part | Read::Whole(_) => None,
        }
    }

    #[test]
    fn a_request_is_whole_with_its_last_byte() {
        let text = "POST /a?b=1 HTTP/1.1\r\nhost: x\r\nX-API-Key: k\r\ncontent-length: 2\r\n\r\n{}";
        for end in 0..text.len() {
            assert!(matches!(read(&text.as_bytes()[..end]), Read::Part), "{end}");
        }
        let Read::Whole(request) = read(text.as_bytes()) else {
            panic!("the request is whole");
        };
        assert_eq!(
            (request.method, request.target, request.body),
            ("POST", "/a?b=1", &b"{}"[..])
        );
        assert_eq!((request.length, request.proof.key), (text.len(), "k"));
        assert!(request.keeps_alive);
    }

    #[test]
    fn what_two_readers_could_understand_differently_is_refused() {
        let with = |lines: &str| format!("POST / HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
        for (lines, status) in [
            ("content-length: 1\r\ncontent-length: 1\r\n", 400),
            ("content-length: 1\r\ncontent-length: 2\r\n", 400),
            ("content-length: +1\r\n", 400),
            ("content-length: 0x1\r\n", 400),
            ("content-length: \r\n", 400),
            ("transfer-encoding: chunked\r\n", 411),
            ("transfer-encoding: identity\r\ncontent-length: 1\r\n", 411),
            ("host: y\r\n", 400),
            ("x-api-key: a\r\nx-api-key: b\r\n", 400),
            ("content-length : 1\r\n", 400),
            ("a: b\r\n c: d\r\n", 400),
            ("content-length: 16385\r\n", 413),
            ("content-length: 99999999999999999999999\r\n", 413),
        ] {
            assert_eq!(broken(&with(lines)), Some(status), "{lines:?}");
        }
        assert_eq!(broken("GET / HTTP/1.1\r\n\r\n"), Some(400), "no host");
        assert_eq!(broken("GET / HTTP/2.0\r\n\r\n"), Some(400));
        assert_eq!(broken("\u{0}"), Some(400));
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(HEAD_BYTES_MAX));
        assert_eq!(broken(&long), Some(431));
        let many = with(&"a: b\r\n".repeat(HEADERS_MAX));
        assert_eq!(broken(&many), Some(431));
    }
}
