//! Orders in the compact form.

use tradecore_core::matching::{Command, Control, Report};
use tradecore_core::risk::{Scope, TradingState};

use crate::client::{Heard, Socket, order};
use crate::world::{ANN, BOB, World};

fn head(kind: u8, symbol: u32, id: u64) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, 1];
    bytes.extend(symbol.to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes
}

fn whole(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    bytes[..2].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// A limit order good till canceled.
fn new(id: u64, side: u8, price: i64, qty: i64, name: &str) -> Vec<u8> {
    let mut bytes = head(1, 0, id);
    for number in [price, qty, 0, 0, 0] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([side, 0, 0, 0, 0, u8::try_from(name.len()).unwrap(), 0, 0]);
    bytes.extend(name.as_bytes());
    whole(bytes)
}

fn hear(socket: &mut Socket) -> Vec<u8> {
    match socket.hear_any() {
        Heard::Binary(bytes) => {
            assert_eq!(
                usize::from(u16::from_le_bytes([bytes[0], bytes[1]])),
                bytes.len()
            );
            assert_eq!(bytes[3], 1, "version");
            bytes
        }
        other => panic!("{other:?}"),
    }
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The same commands as in JSON, with answers at fixed places; several in one frame.
#[test]
fn orders_in_bytes_are_the_same_orders() {
    let world = World::new();
    let mut ann = world.session(ANN, r#","binary":true"#);
    let mut two = new(1, 0, 200, 150, "a-1");
    two.extend(new(2, 0, 199, 100, ""));
    ann.frame(0x82, &two);
    let first = hear(&mut ann);
    assert_eq!(
        (
            first[2],
            word(&first, 8),
            word(&first, 16),
            word(&first, 24)
        ),
        (65, 1, 1, 1)
    );
    assert_eq!(
        (word(&first, 32), word(&first, 40), word(&first, 56)),
        (200, 150, 150)
    );
    assert_eq!(
        (first[96], first[103], first[106]),
        (201, 0, 3),
        "status, order status, name"
    );
    assert_eq!(&first[128..], b"a-1");
    assert_eq!((word(&hear(&mut ann), 16), world.live()), (2, 2));

    let mut bob = world.session(BOB, "");
    bob.place(1, &order("sell", "0.5", "100", ""));
    assert_eq!(bob.hear()["order"]["status"], "filled");
    let report = hear(&mut ann);
    assert_eq!(
        (report[2], report[103], report[104]),
        (66, 1, 1),
        "report, partial, trade"
    );
    assert_eq!(
        (report[108], word(&report, 136), word(&report, 144)),
        (1, 200, 50)
    );

    let mut modify = head(3, 0, 3);
    for number in [1_u64, 201, 0, 0] {
        modify.extend(number.to_le_bytes());
    }
    modify.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    ann.frame(0x82, &whole(modify));
    assert_eq!(word(&hear(&mut ann), 32), 201);

    take_out(&world, &mut ann);

    let mut resend = head(5, 0, 0);
    resend.extend(1_u64.to_le_bytes());
    resend.extend(1_u64.to_le_bytes());
    ann.frame(0x82, &whole(resend));
    assert_eq!(hear(&mut ann), first);
    world.replay();
}

/// Takes one of two orders out by its name, then the other with all there are.
fn take_out(world: &World, ann: &mut Socket) {
    let mut cancel = head(2, 0, 4);
    cancel.extend(0_u64.to_le_bytes());
    cancel.extend([3, 0, 0, 0, 0, 0, 0, 0]);
    cancel.extend(b"a-1");
    ann.frame(0x82, &whole(cancel));
    assert_eq!((hear(ann)[103], world.live()), (3, 1));

    let mut all = head(4, u32::MAX, 5);
    all.extend([255, 0, 0, 0, 0, 0, 0, 0]);
    ann.frame(0x82, &whole(all));
    assert_eq!(hear(ann)[2], 66);
    let canceled = hear(ann);
    assert_eq!(
        (canceled[2], word(&canceled, 16), word(&canceled, 24)),
        (68, 5, 1)
    );
}

/// A new order with a strategy behind its name, of which byte 62 says the length.
fn of_strategy(id: u64, price: i64, name: &str, strategy: &str) -> Vec<u8> {
    let mut bytes = new(id, 0, price, 100, name);
    bytes[62] = u8::try_from(strategy.len()).unwrap();
    bytes.extend(strategy.as_bytes());
    whole(bytes)
}

/// The strategy stands behind the name both ways; a message without one is as it ever was.
#[test]
fn a_strategy_stands_behind_the_name() {
    let world = World::new();
    let mut ann = world.session(ANN, r#","binary":true"#);
    ann.frame(0x82, &of_strategy(1, 200, "a-1", "trend"));
    let first = hear(&mut ann);
    assert_eq!(
        (first[2], first[96], first[106], first[107]),
        (65, 201, 3, 5)
    );
    assert_eq!(&first[128..], b"a-1trend");
    ann.frame(0x82, &of_strategy(2, 199, "", "s.2"));
    let second = hear(&mut ann);
    assert_eq!((second[106], second[107]), (0, 3));
    assert_eq!(&second[128..], b"s.2");
    ann.frame(0x82, &new(3, 0, 198, 100, "a-3"));
    let plain = hear(&mut ann);
    assert_eq!((plain[106], plain[107]), (3, 0));

    let mut short = of_strategy(4, 197, "a-4", "trend");
    short.pop();
    let mut wrong = of_strategy(5, 197, "", "a b");
    let mut later = new(6, 0, 197, 100, "");
    later[63] = 1;
    for bytes in [&whole(short), &mut wrong, &mut later] {
        ann.frame(0x82, bytes);
        let refused = hear(&mut ann);
        assert_eq!(
            (refused[2], u16::from_le_bytes([refused[32], refused[33]])),
            (67, 422)
        );
    }

    let mut bob = world.session(BOB, "");
    bob.place(1, &order("sell", "0.5", "100", ""));
    bob.hear();
    let report = hear(&mut ann);
    assert_eq!((report[2], report[104], report[107]), (66, 1, 5));
    assert!(report.ends_with(b"a-1trend"));

    let scope = Scope::Strategy(1);
    let halt = Command::Control(Control::SetState {
        scope,
        state: TradingState::Halted,
    });
    world
        .floor
        .with(|venue| venue.apply(&halt, &mut Vec::<Report>::new()).unwrap());
    ann.frame(0x82, &of_strategy(7, 196, "", "trend"));
    let refused = hear(&mut ann);
    let said = [32, 38].map(|at| u16::from_le_bytes([refused[at], refused[at + 1]]));
    assert_eq!(said, [503, scope.number()]);
    world.replay();
}

/// What is no message is refused, and the session goes on where its end is known.
#[test]
fn bytes_that_are_no_message_are_refused() {
    let world = World::in_memory();
    let mut ann = world.session(ANN, r#","binary":true"#);
    let mut short = new(1, 0, 200, 150, "a");
    short.truncate(40);
    let with = |place: usize, byte: u8| {
        let mut bytes = new(9, 0, 200, 150, "");
        bytes[place] = byte;
        bytes
    };
    let many = [
        (vec![1], 400),
        (short, 400),
        (with(3, 2), 400),
        (with(2, 99), 422),
        (with(4, 9), 422),
        (with(56, 2), 422),
        (with(57, 5), 422),
        (with(58, 5), 422),
        (with(59, 4), 422),
        (with(60, 5), 422),
        (with(61, 1), 422),
        (new(9, 0, 200, 150, "a b"), 422),
        (new(9, 0, 0, 150, ""), 422),
        (new(9, 0, 200, -1, ""), 422),
    ];
    for (bytes, status) in many {
        let mut both = bytes.clone();
        if status == 422 {
            both.extend(new(10, 0, 200, 1, ""));
        }
        ann.frame(0x82, &both);
        let refused = hear(&mut ann);
        assert_eq!(refused[2], 67, "{bytes:?}");
        assert_eq!(
            u16::from_le_bytes([refused[32], refused[33]]),
            status,
            "{bytes:?}"
        );
        if status == 422 {
            assert_eq!(hear(&mut ann)[2], 65, "the one behind is done");
        }
    }
    ann.say("{}");
    assert_eq!(
        ann.hear_any(),
        Heard::Close(1008),
        "messages keep their form"
    );
}
