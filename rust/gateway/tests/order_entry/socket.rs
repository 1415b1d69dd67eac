//! Orders over WebSocket, in JSON.

use serde_json::json;

use crate::client::{Heard, frame, order};
use crate::world::{ANN, BOB, EVE, World};

/// Each request has one answer under its number; what happens later is a report.
#[test]
fn a_session_hears_answers_and_what_happens_to_its_orders() {
    let world = World::new();
    let (mut ann, mut bob) = (world.session(ANN, ""), world.session(BOB, ""));
    ann.place(7, &order("buy", "2", "100", r#","clientOrderId":"a""#));
    let placed = ann.hear();
    assert_eq!(
        (&placed["op"], &placed["seq"], &placed["id"]),
        (&json!("answer"), &json!(1), &json!(7))
    );
    assert_eq!(
        (&placed["status"], &placed["order"]["status"]),
        (&json!(201), &json!("new"))
    );

    bob.place(1, &order("sell", "0.5", "100", ""));
    let sold = bob.hear();
    assert_eq!(sold["order"]["status"], "filled");
    let report = ann.hear();
    assert_eq!(
        (&report["op"], &report["seq"]),
        (&json!("report"), &json!(2))
    );
    assert_eq!(
        (&report["event"], &report["order"]["status"]),
        (&json!("trade"), &json!("partially_filled"))
    );
    assert_eq!(
        report["order"]["fills"][0]["tradeId"],
        sold["order"]["fills"][0]["tradeId"]
    );
    assert_eq!(report["order"]["clientOrderId"], "a");

    ann.say(r#"{"op":"modify","id":8,"clientOrderId":"a","change":{"price":"99.5"}}"#);
    assert_eq!(ann.hear()["order"]["price"], "99.5");
    ann.say(r#"{"op":"cancel","id":9,"orderId":"1"}"#);
    let gone = ann.hear();
    assert_eq!(
        (&gone["id"], &gone["order"]["status"]),
        (&json!(9), &json!("cancelled"))
    );
    assert_eq!(gone["order"]["filledQuantity"], "0.5");
    ann.say(r#"{"op":"cancel","id":10,"orderId":"77"}"#);
    let unknown = ann.hear();
    assert_eq!(
        (&unknown["status"], &unknown["problem"]["code"]),
        (&json!(404), &json!("UNKNOWN_ORDER"))
    );
    ann.say(r#"{"op":"fly","id":11}"#);
    assert_eq!(ann.hear()["problem"]["code"], "INVALID_FIELD");
    world.replay();
}

/// A mass cancel answers with a number, and each order of the session is reported.
#[test]
fn a_mass_cancel_reports_each_order() {
    let world = World::in_memory();
    let mut ann = world.session(ANN, "");
    for id in 1..=3 {
        ann.place(id, &order("buy", "1", "100", ""));
        assert_eq!(ann.hear()["status"], 201);
    }
    ann.say(r#"{"op":"cancel_all","id":4,"symbol":"BTC-USD"}"#);
    let heard: Vec<_> = (0..4).map(|_| ann.hear()).collect();
    let canceled = heard
        .iter()
        .filter(|one| one["event"] == "cancelled")
        .count();
    assert_eq!(canceled, 3);
    assert_eq!(
        (&heard[3]["id"], &heard[3]["cancelled"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(heard[3]["seq"], 7);
}

/// What is done to an order of the session by others, through whatever door, is reported.
#[test]
fn a_session_hears_what_others_do_with_the_engine() {
    use tradecore_core::matching::{Command, Filter, Report};

    let world = World::new();
    let mut ann = world.session(ANN, "");
    ann.place(1, &order("buy", "1", "100", ""));
    assert_eq!(ann.hear()["status"], 201);
    let all = Command::CancelAll(Filter::default());
    world
        .floor
        .with(|venue| venue.apply(&all, &mut Vec::<Report>::new()).unwrap());
    let report = ann.hear();
    assert_eq!(
        (&report["event"], &report["order"]["rejectCode"]),
        (&json!("cancelled"), &json!("MASS_CANCEL"))
    );
    world.replay();
}

/// A message may come in pieces, with signs of life between them, byte by byte.
#[test]
fn a_message_may_come_in_pieces() {
    let world = World::in_memory();
    let mut ann = world.session(ANN, "");
    let text = format!(
        r#"{{"op":"new","id":1,"order":{}}}"#,
        order("buy", "1", "100", "")
    );
    let (first, rest) = text.as_bytes().split_at(9);
    let (middle, last) = rest.split_at(20);
    let mut bytes = frame(0x01, first);
    bytes.extend(frame(0x89, b"alive"));
    bytes.extend(frame(0x00, middle));
    bytes.extend(frame(0x80, last));
    for byte in bytes {
        ann.0.send(&[byte]);
    }
    assert_eq!(ann.hear_any(), Heard::Pong(b"alive".to_vec()));
    assert_eq!(ann.hear()["status"], 201);
}

/// Who may not trade, or says nothing valid, gets no session.
#[test]
fn a_session_begins_with_a_valid_logon() {
    let world = World::in_memory();
    for text in [
        "{}",
        "[",
        r#"{"op":"new","id":1}"#,
        r#"{"op":"logon","key":"tck_ann"}"#,
    ] {
        let mut socket = world.connect().upgrade();
        socket.say(text);
        assert_eq!(socket.hear()["op"], "problem", "{text}");
        assert_eq!(socket.hear_any(), Heard::Close(1008));
    }
    let mut socket = world.connect().upgrade();
    socket.log_on(EVE, "");
    assert_eq!(socket.hear()["problem"]["code"], "FORBIDDEN");
    let mut socket = world.connect().upgrade();
    socket.frame(0x82, b"\x01\x02");
    assert_eq!(socket.hear_any(), Heard::Close(1008));
}

/// The closing frame is answered, and the connection ends.
#[test]
fn a_close_is_answered() {
    let world = World::in_memory();
    let mut ann = world.session(ANN, "");
    ann.frame(0x88, &1000_u16.to_be_bytes());
    assert_eq!(ann.hear_any(), Heard::Close(1000));
    assert_eq!(ann.hear_any(), Heard::End);
}
