//! Sessions that lose their connection, and those that only listen.

use serde_json::{Value, json};

use crate::client::{Heard, Socket, order};
use crate::world::{ANN, BOB, EVE, World, rows};

fn place(socket: &mut Socket, id: u64, body: &str) -> Value {
    socket.place(id, body);
    let answer = socket.hear();
    assert_eq!(answer["id"], id, "{answer}");
    answer
}

/// Waits until a session heard that its order was taken out.
fn canceled(socket: &mut Socket) -> Value {
    loop {
        let heard = socket.hear();
        if heard["event"] == "cancelled" {
            return heard;
        }
    }
}

/// Orders of a session that asked for it go with its connection; those of another stay.
#[test]
fn orders_go_with_the_connection_where_asked() {
    let world = World::new();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut leaving = world.session(ANN, r#","session":"a","cancelOnDisconnect":true"#);
    let mut staying = world.session(ANN, r#","session":"b""#);
    place(&mut leaving, 1, &order("buy", "1", "100", ""));
    place(&mut staying, 1, &order("buy", "1", "101", ""));
    drop(leaving);
    drop(staying);
    let heard = canceled(&mut watch);
    assert_eq!(heard["order"]["price"], "100");
    assert_eq!(world.live(), 1);
    world.replay();
}

/// Who comes back within the grace finds its orders, and what it missed when it asks.
#[test]
fn who_comes_back_in_time_finds_everything() {
    let world = World::new();
    let more = r#","graceMs":60000"#;
    let mut ann = world.session(ANN, more);
    place(&mut ann, 1, &order("buy", "1", "100", ""));
    drop(ann);
    let mut bob = world.session(BOB, "");
    assert_eq!(
        place(&mut bob, 1, &order("sell", "1", "100", ""))["order"]["status"],
        "filled"
    );
    let mut again = world.connect().upgrade();
    again.log_on(ANN, r#","graceMs":60000,"resendFrom":1"#);
    let welcome = again.hear();
    assert_eq!(welcome["session"], "default");
    let (answer, report) = (again.hear(), again.hear());
    assert_eq!((&answer["seq"], &answer["id"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&report["seq"], &report["event"]),
        (&json!(2), &json!("trade"))
    );
    again.say(r#"{"op":"resend","from":2,"to":2}"#);
    assert_eq!(again.hear(), report);
    world.replay();
}

/// Messages that are not kept any more are named as a gap.
#[test]
fn what_is_not_kept_is_a_gap() {
    let world = World::in_memory_with(&tradecore_gateway::Settings {
        resend_bytes: 2_000,
        ..crate::world::settings()
    });
    let mut ann = world.session(ANN, "");
    for id in 1..=9 {
        place(&mut ann, id, &order("buy", "1", "100", ""));
    }
    ann.say(r#"{"op":"resend","from":1}"#);
    let gap = ann.hear();
    assert_eq!((&gap["op"], &gap["from"]), (&json!("gap"), &json!(1)));
    let last = gap["to"].as_u64().unwrap();
    assert!((5..9).contains(&last), "{gap}");
    for seq in last + 1..=9 {
        assert_eq!(ann.hear()["seq"], seq);
    }
}

/// A session that only listens hears everything of its account, and may send nothing.
#[test]
fn a_drop_copy_hears_all_and_says_nothing() {
    let world = World::new();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut client = world.connect();
    assert_eq!(client.place(ANN, &order("buy", "1", "100", "")).status, 201);
    assert_eq!(
        client.place(BOB, &order("sell", "2", "100", "")).status,
        201
    );
    let (new, trade) = (watch.hear(), watch.hear());
    assert_eq!((&new["event"], &new["account"]), (&json!("new"), &json!(1)));
    assert_eq!(
        (&trade["event"], &trade["order"]["status"]),
        (&json!("trade"), &json!("filled"))
    );
    watch.place(1, &order("buy", "1", "100", ""));
    assert_eq!(watch.hear()["problem"]["code"], "FORBIDDEN");
}

/// A quiet session is told that the server lives; a client that is gone loses its connection.
#[test]
fn both_sides_show_that_they_live() {
    let world = World::in_memory();
    let mut ann = world.connect().upgrade();
    ann.log_on(ANN, r#","heartbeatMs":100"#);
    assert_eq!(ann.hear()["heartbeatMs"], 100);
    let mut heard = Vec::new();
    loop {
        match ann.hear_any() {
            Heard::Text(json) => heard.push(json["op"].as_str().unwrap().to_owned()),
            Heard::Ping => heard.push("ping".to_owned()),
            Heard::End => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(heard.iter().any(|op| op == "heartbeat"), "{heard:?}");
    assert!(heard.iter().any(|op| op == "ping"), "{heard:?}");
}

/// A logon to a session that has a connection takes it over.
#[test]
fn a_second_logon_takes_over() {
    let world = World::in_memory();
    let mut first = world.session(ANN, r#","cancelOnDisconnect":true"#);
    place(&mut first, 1, &order("buy", "1", "100", ""));
    let mut second = world.session(ANN, r#","cancelOnDisconnect":true"#);
    assert_eq!(first.hear_any(), Heard::Close(1008));
    assert_eq!(
        place(&mut second, 2, &order("buy", "1", "101", ""))["seq"],
        2
    );
    assert_eq!(world.live(), 2);
}

/// A key that is taken away ends its sessions at once, and their orders where asked.
#[test]
fn a_revoked_key_is_worth_nothing_at_once() {
    let world = World::in_memory();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut ann = world.session(ANN, r#","graceMs":60000"#);
    place(&mut ann, 1, &order("buy", "1", "100", ""));
    world.server.set_keys(rows().split_off(1)).unwrap();
    assert_eq!(ann.hear_any(), Heard::Close(1008));
    canceled(&mut watch);
    let mut client = world.connect();
    assert_eq!(client.place(ANN, &order("buy", "1", "100", "")).status, 401);
    assert_eq!(world.live(), 0);
}

/// A server that stops takes out the orders of sessions that asked for it, and no others.
#[test]
fn a_server_that_stops_keeps_its_promise() {
    let mut world = World::new();
    let mut leaving = world.session(ANN, r#","session":"a","graceMs":60000"#);
    let mut staying = world.session(ANN, r#","session":"b""#);
    place(&mut leaving, 1, &order("buy", "1", "100", ""));
    place(&mut staying, 1, &order("buy", "1", "101", ""));
    world.server.stop();
    assert_eq!(leaving.hear_any(), Heard::Close(1001));
    assert_eq!(world.live(), 1);
    world.replay();
}
