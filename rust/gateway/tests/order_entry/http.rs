//! Orders over HTTP.

use serde_json::json;

use crate::client::{Client, order, request};
use crate::world::{ANN, BOB, EVE, World};

/// A new order rests, is changed, trades and is taken out; each answer says how it stands.
#[test]
fn an_order_lives_and_each_answer_says_how_it_stands() {
    let world = World::new();
    let mut client = world.connect();
    let placed = client.place(
        ANN,
        &order("buy", "1.50", "100.0", r#","clientOrderId":"a-1""#),
    );
    assert_eq!(placed.status, 201, "{placed:?}");
    assert!(
        placed.head.contains("location: /api/trading/orders/1\r\n"),
        "{}",
        placed.head
    );
    let mut expected = json!({
        "orderId": "1", "clientOrderId": "a-1", "userId": "ann", "symbol": "BTC-USD",
        "side": "buy", "type": "limit", "status": "new", "timeInForce": "GTC", "quantity": "1.5",
        "price": "100", "stopPrice": null, "filledQuantity": "0", "leavesQuantity": "1.5",
        "averagePrice": null, "fills": [], "rejectCode": null, "sequence": 3,
    });
    expected["createdAt"] = placed.json["createdAt"].clone();
    expected["updatedAt"] = placed.json["updatedAt"].clone();
    assert_eq!(placed.json, expected);

    let target = "/api/trading/orders/1";
    let changed = client.ask(ANN, "PATCH", target, r#"{"price":101,"quantity":"2"}"#);
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(
        (&changed.json["price"], &changed.json["quantity"]),
        (&json!("101"), &json!("2"))
    );
    assert_eq!(changed.json["status"], "new");

    let taker = client.place(BOB, &order("sell", "0.5", "100.5", ""));
    assert_eq!(
        (taker.status, &taker.json["status"]),
        (201, &json!("filled"))
    );
    let fill = &taker.json["fills"][0];
    assert_eq!(
        (&fill["price"], &fill["quantity"]),
        (&json!("101"), &json!("0.5"))
    );
    assert_eq!(
        (&fill["liquidity"], &taker.json["averagePrice"]),
        (&json!("taker"), &json!("101"))
    );

    take_out(&mut client);
    world.replay();
}

/// The rest of order 1 goes, once; order 2 is filled, and nobody takes out another's.
fn take_out(client: &mut Client) {
    let target = "/api/trading/orders/1";
    let foreign = client.ask(BOB, "DELETE", target, "");
    assert_eq!(
        (foreign.status, &foreign.json["code"]),
        (404, &json!("UNKNOWN_ORDER"))
    );
    let gone = client.ask(ANN, "DELETE", target, "");
    assert_eq!(
        (gone.status, &gone.json["status"]),
        (200, &json!("cancelled"))
    );
    assert_eq!(
        (&gone.json["filledQuantity"], &gone.json["quantity"]),
        (&json!("0.5"), &json!("2"))
    );
    let again = client.ask(ANN, "DELETE", target, "");
    assert_eq!(
        (again.status, &again.json["status"]),
        (200, &json!("cancelled"))
    );
    let filled = client.ask(BOB, "DELETE", "/api/trading/orders/2", "");
    assert_eq!(
        (filled.status, &filled.json["code"]),
        (409, &json!("ORDER_NOT_LIVE"))
    );
}

/// Every refusal is a problem with a code, and the connection goes on.
#[test]
fn a_refusal_is_a_problem_with_a_code() {
    let world = World::in_memory();
    let mut client = world.connect();
    let limit = |more: &str| order("buy", "1", "100", more);
    for (body, status, code) in [
        ("{", 400, "MALFORMED"),
        ("[]", 400, "MALFORMED"),
        ("{\"symbol\":\"BTC-USD\"}", 422, "INVALID_FIELD"),
        (&limit(",\"more\":1"), 422, "UNEXPECTED_FIELD"),
        (&limit(",\"price\":1"), 400, "MALFORMED"),
        (&limit(",\"stopPrice\":\"1\""), 422, "UNEXPECTED_FIELD"),
        (&limit(",\"clientOrderId\":\"a b\""), 422, "INVALID_FIELD"),
        (&limit(",\"timeInForce\":\"GTD\""), 422, "INVALID_FIELD"),
        (&order("buy", "1", "100.3", ""), 422, "BAD_PRICE"),
        (&order("buy", "0.001", "100", ""), 422, "BAD_QUANTITY"),
        (&order("buy", "-1", "100", ""), 422, "BAD_QUANTITY"),
        (&order("buy", "1e400", "100", ""), 422, "INVALID_FIELD"),
        (&order("up", "1", "100", ""), 422, "INVALID_FIELD"),
        (&limit("").replace("BTC", "XRP"), 422, "UNKNOWN_SYMBOL"),
        (&limit(",\"a\":[[[[[[[[1]]]]]]]]"), 400, "MALFORMED"),
        (&limit(",\"timeInForce\":\"FOK\""), 201, ""),
        (
            &limit("").replace("\"limit\"", "\"market\""),
            422,
            "UNEXPECTED_FIELD",
        ),
    ] {
        let answer = client.place(ANN, body);
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        if !code.is_empty() {
            assert_eq!(answer.json["code"], code, "{body}");
            assert_eq!(answer.json["status"], status);
        }
    }
    let (post, orders) = ("POST", "/api/trading/orders");
    for (method, target, status) in [
        ("GET", orders, 405),
        (post, "/api/trading/orders/1", 405),
        (post, "/nothing", 404),
        ("DELETE", "/api/trading/orders/x", 404),
        ("DELETE", "/api/trading/orders/99", 404),
        ("DELETE", "/api/trading/orders?side=up", 422),
    ] {
        let answer = client.ask(ANN, method, target, "");
        assert_eq!(answer.status, status, "{method} {target}: {answer:?}");
    }
    let mut untyped = request(ANN, post, orders, &limit(""));
    let text = String::from_utf8(untyped.clone()).unwrap();
    untyped = text.replace("application/json", "text/plain").into_bytes();
    client.send(&untyped);
    assert_eq!(client.answer().unwrap().status, 415);
}

/// A request that is not signed with a valid key of the right scope does nothing.
#[test]
fn nothing_passes_without_a_signature() {
    let world = World::in_memory();
    let mut client = world.connect();
    let (post, orders, body) = ("POST", "/api/trading/orders", order("buy", "1", "100", ""));
    let good = request(ANN, post, orders, &body);
    let text = String::from_utf8(good.clone()).unwrap();
    client.send(&good);
    assert_eq!(client.answer().unwrap().status, 201);
    let forged = [
        text.clone(),
        text.replace("\"1\"", "\"2\""),
        text.replace("POST", "PATCH")
            .replace("orders HTTP", "orders/1 HTTP"),
        text.replace("tck_ann", "tck_bob"),
        text.replace("x-api-signature", "x-api-signed"),
        text.replace("x-api-nonce: n", "x-api-nonce: m"),
    ];
    for bytes in forged {
        client.send(bytes.as_bytes());
        let answer = client.answer().unwrap();
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (401, &json!("UNAUTHORIZED")),
            "{bytes}"
        );
    }
    assert_eq!(client.place(EVE, &body).status, 403);
    assert_eq!(world.live(), 1);
}

/// Answers of one connection come in the order of its requests, whoever gives them.
#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let world = World::new();
    let mut client = world.connect();
    let (post, orders) = ("POST", "/api/trading/orders");
    let mut bytes = Vec::new();
    let mut expected = Vec::new();
    for at in 0..300 {
        let (body, status) = match at % 3 {
            0 => (order("buy", "1", "100", ""), 201),
            1 => ("{}".to_owned(), 422),
            _ => (order("sell", "1", "200", ""), 201),
        };
        bytes.extend(request(ANN, post, orders, &body));
        expected.push(status);
    }
    client.send(&bytes);
    let statuses: Vec<u16> = (0..300).map(|_| client.answer().unwrap().status).collect();
    assert_eq!(statuses, expected);
    assert_eq!(world.live(), 200);
    world.replay();
}

/// The same named order again gets the same answer; another under its name is refused.
#[test]
fn a_named_order_is_placed_once() {
    let world = World::new();
    let mut client = world.connect();
    let body = order("buy", "1", "100", r#","clientOrderId":"once""#);
    let first = client.place(ANN, &body);
    let again = client.place(ANN, &body);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json, again.json);
    assert!(again.head.contains("idempotency-replayed: true\r\n"));
    let other = client.place(ANN, &body.replace("100", "101"));
    assert_eq!(
        (other.status, &other.json["code"]),
        (409, &json!("DUPLICATE_CLIENT_ORDER_ID"))
    );
    assert_eq!(
        client.place(BOB, &body).status,
        201,
        "names are an account's"
    );
    assert_eq!(world.live(), 2);
    world.replay();
}

/// A mass cancel takes out what its query names, of the caller alone.
#[test]
fn a_mass_cancel_takes_out_what_it_names() {
    let world = World::in_memory();
    let mut client = world.connect();
    for price in ["100", "101", "102"] {
        client.place(ANN, &order("buy", "1", price, ""));
        client.place(ANN, &order("sell", "1", price, "").replace("BTC", "ETH"));
        client.place(BOB, &order("buy", "1", price, ""));
    }
    let all = client.ask(
        ANN,
        "DELETE",
        "/api/trading/orders?symbol=BTCUSD&side=buy",
        "",
    );
    assert_eq!((all.status, &all.json["cancelled"]), (200, &json!(3)));
    let rest = client.ask(ANN, "DELETE", "/api/trading/orders", "");
    assert_eq!(rest.json["cancelled"], 3);
    assert_eq!(world.live(), 3);
}
