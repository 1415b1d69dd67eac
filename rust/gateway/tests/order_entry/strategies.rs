//! An order may name the strategy it is of; it says so again wherever it is told of.

use serde_json::json;
use tradecore_core::matching::{Command, Control, NewOrder, Report, Terms};
use tradecore_core::risk::{Scope, TradingState};
use tradecore_core::units::Side;
use tradecore_journal::{Name, STRATEGIES_MAX};

use crate::client::order;
use crate::world::{ANN, BOB, EVE, World};

const ORDERS: &str = "/api/trading/orders";

/// The answer, a change, a report, a drop copy and the end; an order without one says nothing.
#[test]
fn an_order_says_its_strategy_wherever_it_is_told_of() {
    let world = World::new();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut ann = world.session(ANN, "");
    ann.place(1, &order("buy", "1", "100", r#","strategyId":"trend""#));
    let placed = ann.hear();
    assert_eq!(placed["order"]["strategyId"], "trend");
    let modify = r#"{"op":"modify","id":2,"orderId":"1","change":{"price":"101"}}"#;
    ann.say(modify);
    assert_eq!(ann.hear()["order"]["strategyId"], "trend");
    let mut bob = world.connect();
    assert_eq!(bob.place(BOB, &order("sell", "0.5", "101", "")).status, 201);
    assert_eq!(ann.hear()["order"]["strategyId"], "trend");
    ann.say(r#"{"op":"cancel","id":3,"orderId":"1"}"#);
    assert_eq!(ann.hear()["order"]["strategyId"], "trend");
    ann.place(4, &order("buy", "1", "90", r#","strategyId":null"#));
    assert!(ann.hear()["order"].get("strategyId").is_none());

    let copied: Vec<_> = (0..5).map(|_| watch.hear()["order"].clone()).collect();
    let named = copied.iter().map(|order| order.get("strategyId"));
    let trend = json!("trend");
    let expected = [&trend; 4].map(Some).into_iter().chain([None]);
    assert!(named.eq(expected), "{copied:?}");
    world.replay();
}

/// A drop copy names the strategy of an order of another door, also of one that is gone at once.
#[test]
fn a_drop_copy_names_the_strategies_of_the_other_door() {
    let world = World::new();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut bob = world.connect();
    assert_eq!(bob.place(BOB, &order("sell", "1", "100", "")).status, 201);
    let order = NewOrder {
        account: 1,
        side: Side::Buy,
        price: 200,
        qty: 100,
        ..NewOrder::default()
    };
    world.floor.with(|venue| {
        let name = Name::new("elsewhere").unwrap();
        let strategy = venue.name_strategy(1, name).unwrap();
        let terms = Terms {
            strategy,
            ..Terms::default()
        };
        let command = Command::NewWith(order, terms);
        venue.apply(&command, &mut Vec::<Report>::new()).unwrap();
    });
    for event in ["new", "trade"] {
        let heard = watch.hear();
        assert_eq!(heard["event"], event);
        assert_eq!(heard["order"]["strategyId"], "elsewhere");
    }
    world.replay();
}

/// A refusal is told to a drop copy with the names the order came with.
#[test]
fn a_drop_copy_hears_whose_order_was_refused() {
    let world = World::new();
    let mut watch = world.session(EVE, r#","dropCopy":true"#);
    let mut ann = world.connect();
    assert_eq!(ann.place(BOB, &order("sell", "1", "100", "")).status, 201);
    let more = r#","postOnly":true,"strategyId":"s","clientOrderId":"a-1""#;
    let refused = ann.place(ANN, &order("buy", "1", "100", more));
    assert_eq!(refused.json["code"], "POST_ONLY_WOULD_CROSS");
    let heard = watch.hear();
    assert_eq!(heard["event"], "rejected");
    assert_eq!(heard["order"]["strategyId"], "s");
    assert_eq!(heard["order"]["clientOrderId"], "a-1");
}

/// The same named order of another strategy is another order; of the same one it is answered again.
#[test]
fn a_strategy_is_part_of_what_was_asked() {
    let world = World::new();
    world.floor.with(|venue| venue.keep_answers(100).unwrap());
    let mut ann = world.connect();
    let body = |strategy: &str| {
        let more = format!(r#","clientOrderId":"a-1","strategyId":"{strategy}""#);
        order("buy", "1", "100", &more)
    };
    let first = ann.place(ANN, &body("a"));
    let again = ann.place(ANN, &body("a"));
    let other = ann.place(ANN, &body("b"));
    assert_eq!((first.status, again.status, other.status), (201, 200, 409));
    assert_eq!(again.json["orderId"], first.json["orderId"]);
    assert_eq!(again.json["strategyId"], "a");
    world.replay();
}

/// The kill switch of a strategy stops its orders alone, and the refusal says whose state it was.
#[test]
fn a_halted_strategy_trades_no_more() {
    let world = World::new();
    let mut ann = world.connect();
    let of = |strategy: &str| order("buy", "1", "100", &format!(r#","strategyId":"{strategy}""#));
    assert_eq!(ann.place(ANN, &of("bad")).status, 201);
    let set = |state| {
        world.floor.with(|venue| {
            let number = venue.strategies().find(1, "bad").unwrap();
            let scope = Scope::Strategy(number);
            let command = Command::Control(Control::SetState { scope, state });
            venue.apply(&command, &mut Vec::<Report>::new()).unwrap();
        });
    };
    set(TradingState::Halted);
    let refused = ann.place(ANN, &of("bad"));
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (503, &json!("TRADING_HALTED"))
    );
    assert_eq!(refused.json["scope"], "strategy");
    assert_eq!(ann.place(ANN, &of("good")).status, 201);
    assert_eq!(ann.place(BOB, &of("bad")).status, 201, "another account's");
    assert_eq!(
        ann.ask(ANN, "DELETE", &format!("{ORDERS}/1"), "").status,
        200
    );
    set(TradingState::Active);
    assert_eq!(ann.place(ANN, &of("bad")).status, 201);
    world.replay();
}

/// What is no name is refused by its field; one name too many by its own code.
#[test]
fn what_cannot_be_named_is_refused() {
    let world = World::new();
    let mut ann = world.connect();
    for wrong in [
        r#""""#,
        "7",
        "true",
        r#""a b""#,
        "[]",
        &format!("{:?}", "x".repeat(65)),
    ] {
        let refused = ann.place(
            ANN,
            &order("buy", "1", "100", &format!(r#","strategyId":{wrong}"#)),
        );
        assert_eq!(
            (refused.status, &refused.json["code"]),
            (422, &json!("INVALID_FIELD"))
        );
        assert_eq!(
            refused.json["errors"][0]["pointer"], "/strategyId",
            "{wrong}"
        );
    }
    let twice = order("buy", "1", "100", r#","strategyId":"a","strategyId":"a""#);
    assert_eq!(ann.place(ANN, &twice).status, 400);
    world.floor.with(|venue| {
        for number in 0..STRATEGIES_MAX {
            let name = format!("s{number}");
            venue.name_strategy(1, Name::new(&name).unwrap()).unwrap();
        }
    });
    let more = ann.place(ANN, &order("buy", "1", "100", r#","strategyId":"more""#));
    assert_eq!(
        (more.status, &more.json["code"]),
        (422, &json!("TOO_MANY_STRATEGIES"))
    );
    assert_eq!(more.json["errors"][0]["pointer"], "/strategyId");
    let known = order("buy", "1", "100", r#","strategyId":"s7""#);
    assert_eq!(ann.place(ANN, &known).status, 201);
    assert_eq!(world.live(), 1);
}
