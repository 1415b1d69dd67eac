//! Clients that mean harm, or know no better.

use std::net::Shutdown;

use proptest::prelude::*;
use serde_json::json;
use tradecore_gateway::Settings;

use crate::client::{Heard, frame, order, request};
use crate::world::{ANN, BOB, World, settings};

/// Bytes that are no request end the connection with a problem, and nobody else's.
#[test]
fn what_is_no_request_ends_its_connection_alone() {
    let world = World::in_memory();
    let mut good = world.connect();
    let body =
        |length: &str| format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    for (bytes, status) in [
        ("\u{0}\u{1}\u{2}\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        (body("99999999"), 413),
        (body("-1"), 400),
        (format!("GET /{} HTTP/1.1\r\n", "a".repeat(9_000)), 431),
        (
            "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
            411,
        ),
    ] {
        let mut client = world.connect();
        client.send(bytes.as_bytes());
        assert_eq!(client.answer().unwrap().status, status, "{bytes:.40}");
        assert!(client.answer().is_none(), "the connection ends");
        assert_eq!(good.place(ANN, &order("buy", "1", "100", "")).status, 201);
    }
}

/// Frames a client may not send close the connection with the code that says why.
#[test]
fn frames_that_are_none_close_with_a_code() {
    let world = World::in_memory();
    let long = frame(0x01, &vec![b'a'; 60_000]);
    let mut twice = long.clone();
    twice.extend(frame(0x80, &vec![b'a'; 60_000]));
    for (bytes, code) in [
        (vec![0x81, 0x01, b'a'], 1002),
        (frame(0x83, b"a"), 1002),
        (frame(0xc1, b"a"), 1002),
        (frame(0x80, b"a"), 1002),
        (frame(0x09, b"a"), 1002),
        (frame(0x81, b"\xff"), 1007),
        (vec![0x81, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], 1009),
        (twice, 1009),
    ] {
        let mut ann = world.session(ANN, "");
        ann.0.send(&bytes);
        assert_eq!(ann.hear_any(), Heard::Close(code), "{:?}", &bytes[..3]);
        assert_eq!(ann.hear_any(), Heard::End);
    }
}

/// A client that reads nothing is not waited for: others go on, and its orders are all there.
#[test]
fn a_slow_reader_holds_nobody_up() {
    let world = World::in_memory();
    let mut slow = world.connect();
    slow.stream.set_nonblocking(true).unwrap();
    let bytes = request(ANN, "DELETE", "/api/trading/orders/1", "");
    let mut sent = 0_u32;
    while std::io::Write::write(&mut slow.stream, &bytes).is_ok_and(|count| count == bytes.len()) {
        sent += 1;
        assert!(sent < 1_000_000, "the server stops reading in the end");
    }
    let mut quick = world.connect();
    for _ in 0..10 {
        assert_eq!(quick.place(BOB, &order("buy", "1", "100", "")).status, 201);
    }
    assert_eq!(world.live(), 10);
}

/// A session that does not take what it is told loses its connection, and finds it all later.
#[test]
fn a_session_that_takes_nothing_is_cut_off() {
    let world = World::in_memory_with(&Settings {
        output_bytes: 1 << 16,
        ..settings()
    });
    let mut ann = world.session(ANN, "");
    for id in 1..=100 {
        ann.place(id, &order("buy", "1", "100", ""));
        assert_eq!(ann.hear()["seq"], id);
    }
    let bytes = frame(0x81, br#"{"op":"resend","from":1}"#);
    // Each is told some fifty thousand bytes: the kernel's own room is full at last.
    let sent =
        (0..1_000_000).find(|_| std::io::Write::write_all(&mut ann.0.stream, &bytes).is_err());
    assert!(sent.is_some(), "it is cut off in the end");
    let mut again = world.connect().upgrade();
    again.log_on(ANN, "");
    let welcome = again.hear();
    assert_eq!(
        (&welcome["firstSequence"], &welcome["nextSequence"]),
        (&json!(1), &json!(101))
    );
}

/// A client that sends its request too slowly, or nothing, is not waited for.
#[test]
fn who_dawdles_is_sent_away() {
    let world = World::in_memory_with(&Settings {
        patience_ns: 100_000_000,
        idle_ns: 200_000_000,
        ..settings()
    });
    let mut slow = world.connect();
    slow.send(b"POST /api");
    assert!(slow.answer().is_none());
    let mut idle = world.connect();
    assert!(idle.answer().is_none());
    let mut silent = world.connect().upgrade();
    assert_eq!(silent.hear_any(), Heard::Close(1008));
}

/// A client that has sent everything may close its side and still gets its answers.
#[test]
fn a_half_closed_connection_gets_its_answers() {
    let world = World::new();
    let mut client = world.connect();
    let body = order("buy", "1", "100", "");
    client.send(&request(ANN, "POST", "/api/trading/orders", &body));
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().unwrap().status, 201);
    assert!(client.answer().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any bytes at all: the server answers or closes, and serves the next client.
    #[test]
    fn no_bytes_take_the_server_down(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..6),
        is_socket in any::<bool>(),
    ) {
        thread_local! {
            static WORLD: World = World::in_memory();
        }
        WORLD.with(|world| {
            let mut client = if is_socket {
                world.session(ANN, "").0
            } else {
                world.connect()
            };
            for chunk in &chunks {
                // It may be sent away in the middle.
                drop(std::io::Write::write_all(&mut client.stream, chunk));
            }
            drop(client);
            let answer = world.connect().place(BOB, &order("buy", "1", "100", ""));
            prop_assert_eq!(answer.status, 201);
            Ok(())
        })?;
    }
}
