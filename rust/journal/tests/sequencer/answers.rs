//! An order that comes again under its name is answered again, and nothing happens.

use std::collections::{HashMap, VecDeque};

use proptest::prelude::*;
use tradecore_core::matching::{Command, NewOrder, PostOnly, Report, Terms};
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;
use tradecore_journal::{CommandLog as _, MemoryLog, Name, Placed, Sequencer, Venue};

use crate::generator::Told;
use crate::world::{LateLog, heard, instruments, session, tell, terms};

const ORDER: NewOrder = NewOrder {
    symbol: 0,
    account: 1,
    order_id: 0,
    side: Side::Buy,
    order_type: OrderType::Limit,
    time_in_force: TimeInForce::Gtc,
    post_only: PostOnly::No,
    reduce_only: false,
    self_trade_prevention: SelfTradePrevention::None,
    price: 100,
    qty: 5,
};

fn keeping(most: u32, log: MemoryLog) -> Sequencer<MemoryLog> {
    let (mut sequencer, _) = heard(log, &[], false);
    sequencer.keep_answers(most).unwrap();
    sequencer
}

fn place(
    sequencer: &mut Sequencer<MemoryLog>,
    order: &NewOrder,
    name: &str,
) -> (Placed, Vec<Report>) {
    let mut out = Vec::new();
    let name = Name::new(name).unwrap();
    let placed = sequencer.place(order, &Terms::default(), name, &mut out);
    (placed.unwrap(), out)
}

/// The same order again is told what was told about it, whatever became of it since.
#[test]
fn the_same_again_is_answered_again() {
    let mut sequencer = keeping(4, MemoryLog::default());
    let seller = NewOrder {
        side: Side::Sell,
        account: 2,
        qty: 2,
        ..ORDER
    };
    place(&mut sequencer, &seller, "s");
    let (first, said) = place(&mut sequencer, &ORDER, "b");
    let (position, hash) = (sequencer.log().position(), sequencer.state_hash());
    assert_eq!((first.sequence, first.is_duplicate), (3, false));
    // The maker's report is not about it.
    let own: Vec<_> = said.into_iter().filter(|r| r.account == 1).collect();
    assert_eq!(own.len(), 2);

    let lives = place(&mut sequencer, &ORDER, "b");
    let cancel = Command::Cancel {
        symbol: 0,
        order_id: first.order_id,
    };
    assert_eq!(
        (sequencer.log().position(), sequencer.state_hash()),
        (position, hash)
    );
    sequencer.apply(&cancel, &mut Vec::new()).unwrap();
    let ended = place(&mut sequencer, &ORDER, "b");

    let again = Placed {
        is_duplicate: true,
        ..first
    };
    assert_eq!(lives, (again, own.clone()));
    assert_eq!(ended, (again, own));
    assert_eq!(sequencer.log().position(), position + 1);
}

/// Another order under the name is refused, and the refusal is of no order and not counted.
#[test]
fn another_order_under_the_name_is_refused() {
    let mut sequencer = keeping(4, MemoryLog::default());
    let (first, _) = place(&mut sequencer, &ORDER, "b");
    let others = [
        NewOrder { qty: 6, ..ORDER },
        NewOrder { price: 99, ..ORDER },
        NewOrder {
            order_id: 77,
            ..ORDER
        },
        NewOrder {
            side: Side::Sell,
            ..ORDER
        },
    ];
    for other in others {
        let (placed, said) = place(&mut sequencer, &other, "b");
        assert_eq!(
            (placed.order_id, placed.sequence, placed.is_duplicate),
            (0, 0, false)
        );
        let [refused] = said[..] else {
            panic!("{said:?}")
        };
        assert_eq!(
            refused.reject_code(),
            Some(RejectCode::DuplicateClientOrderId)
        );
        assert_eq!(
            (refused.sequence, refused.order_id, refused.qty),
            (0, 0, other.qty)
        );
    }
    let terms = Terms {
        strategy: 1,
        ..Terms::default()
    };
    let mut out = Vec::new();
    let name = Name::new("b").unwrap();
    let other = sequencer.place(&ORDER, &terms, name, &mut out).unwrap();
    assert_eq!(other.order_id, 0);
    // Of another account it is another name.
    let (placed, _) = place(
        &mut sequencer,
        &NewOrder {
            account: 3,
            ..ORDER
        },
        "b",
    );
    assert_eq!((placed.order_id, placed.sequence), (first.order_id + 1, 3));
}

/// What was refused is refused again; a name nobody gave is none.
#[test]
fn a_refusal_is_an_answer_too() {
    let mut sequencer = keeping(4, MemoryLog::default());
    let bad = NewOrder { qty: 0, ..ORDER };
    let (first, said) = place(&mut sequencer, &bad, "b");
    let (again, told) = place(&mut sequencer, &bad, "b");
    assert_eq!((again.order_id, again.is_duplicate), (first.order_id, true));
    assert_eq!(told, said);
    for order_id in [2, 3] {
        let out = &mut Vec::new();
        assert_eq!(
            sequencer.apply(&Command::New(ORDER), out).unwrap(),
            order_id
        );
    }
}

/// Of an order that met many others the first reports are kept, and the last.
#[test]
fn a_long_answer_is_kept_in_part() {
    let mut sequencer = keeping(4, MemoryLog::default());
    let maker = NewOrder {
        side: Side::Sell,
        account: 2,
        qty: 1,
        ..ORDER
    };
    for _ in 0..30 {
        sequencer
            .apply(&Command::New(maker), &mut Vec::new())
            .unwrap();
    }
    let taker = NewOrder { qty: 30, ..ORDER };
    let (_, said) = place(&mut sequencer, &taker, "b");
    let own: Vec<_> = said.into_iter().filter(|r| r.account == 1).collect();
    let (_, told) = place(&mut sequencer, &taker, "b");
    assert_eq!((own.len(), told.len()), (31, 16));
    assert_eq!(told[..15], own[..15]);
    assert_eq!(told[15], own[30]);
}

/// Where nobody asked for it the engine's own rule holds: a name is free when its order is gone.
#[test]
fn without_answers_a_name_is_free_again() {
    let (mut sequencer, _) = heard(MemoryLog::default(), &[], false);
    let ioc = NewOrder {
        time_in_force: TimeInForce::Ioc,
        ..ORDER
    };
    for order_id in 1..4 {
        let (placed, _) = place(&mut sequencer, &ioc, "b");
        assert_eq!((placed.order_id, placed.is_duplicate), (order_id, false));
    }
    // And with them it is again when they are forgotten.
    sequencer.keep_answers(1).unwrap();
    sequencer.keep_answers(1).unwrap();
    assert_eq!(
        (sequencer.log().position(), sequencer.answers_kept()),
        (4, 1)
    );
    assert!(!place(&mut sequencer, &ioc, "b").0.is_duplicate);
    assert!(place(&mut sequencer, &ioc, "b").0.is_duplicate);
    assert!(!place(&mut sequencer, &ioc, "c").0.is_duplicate);
    assert!(!place(&mut sequencer, &ioc, "b").0.is_duplicate);
    assert_ne!(sequencer.state_hash(), sequencer.engine().state_hash());
    sequencer.keep_answers(0).unwrap();
    assert_eq!(sequencer.state_hash(), sequencer.engine().state_hash());
    assert!(!place(&mut sequencer, &ioc, "b").0.is_duplicate);
    assert!(sequencer.verify().unwrap());
}

/// An answer is heard no earlier than the first time: when its command is durable.
#[test]
fn an_answer_waits_for_its_command() {
    let (mut late, mut out) = heard(LateLog::default(), &[], false);
    late.keep_answers(4).unwrap();
    let name = Name::new("b").unwrap();
    for _ in 0..2 {
        late.place(&ORDER, &Terms::default(), name, &mut out)
            .unwrap();
    }
    late.release(&mut out);
    assert_eq!(out, []);
    late.log_mut().durable = 2;
    late.release(&mut out);
    assert_eq!(out.len(), 2);
    assert_eq!(out[0], out[1]);
}

/// What is told again is no market data.
#[test]
fn a_trade_is_published_once() {
    let mut venue = Venue::new(instruments());
    venue.keep_answers(9).unwrap();
    let seller = NewOrder {
        side: Side::Sell,
        account: 2,
        ..ORDER
    };
    let mut out = Vec::new();
    venue.apply(&Command::New(seller), &mut out).unwrap();
    for _ in 0..3 {
        let name = Name::new("b").unwrap();
        venue
            .place(&ORDER, &Terms::default(), name, &mut out)
            .unwrap();
    }
    let updates = venue.take_market_data();
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0].trades.len(), 1);
    assert_eq!(venue.answers_kept(), 9);
    assert!(venue.knows(1, Name::new("b").unwrap()));
    assert!(!venue.knows(2, Name::new("b").unwrap()));
}

/// An account and a name.
type Named = (u32, String);

/// The slow twin: every answer there ever was, and which of them count.
#[derive(Default)]
struct Twin {
    said: HashMap<Named, (NewOrder, Terms, u64, Vec<Report>)>,
    ended: VecDeque<Named>,
}

impl Twin {
    /// Follows which orders live, and forgets what is too much; in the order of the reports, but
    /// the order that `came` is the newest.
    fn settle(
        &mut self,
        sequencer: &Sequencer<MemoryLog>,
        most: usize,
        reports: &[Report],
        came: Option<&Named>,
    ) {
        let mut gone: Vec<_> = self.said.keys().cloned().collect();
        gone.retain(|key| {
            let lives = sequencer.engine().order_by_client_id(key.0, &key.1);
            lives != Some(self.said[key].2) && !self.ended.contains(key)
        });
        gone.sort_by_key(|key| {
            let last = reports.iter().rposition(|r| r.order_id == self.said[key].2);
            (Some(key) == came, last.unwrap())
        });
        self.ended.extend(gone);
        while self.ended.len() > most {
            let key = self.ended.pop_front().unwrap();
            self.said.remove(&key);
        }
    }
}

/// Plays a session, and holds the answers against the twin's: each time, and after a replay.
fn check(
    (seed, commands, accounts): (u64, usize, bool),
    most: u32,
    tail: usize,
) -> Result<(), TestCaseError> {
    let mut sequencer = keeping(most, MemoryLog::new(tail));
    if accounts {
        sequencer.keep_accounts(&terms()).unwrap();
    }
    let mut twin = Twin::default();
    for told in session(seed, commands, accounts) {
        let mut out = Vec::new();
        let Told::Named(order, terms, name) = told else {
            tell(&mut sequencer, &told, &mut out);
            twin.settle(&sequencer, most as usize, &out, None);
            continue;
        };
        let before = sequencer.log().position();
        let asked = Name::new(name).unwrap();
        let placed = sequencer.place(&order, &terms, asked, &mut out).unwrap();
        let key = (order.account, name.to_owned());
        match twin.said.get(&key) {
            Some((was, with, order_id, said)) if (was, with) == (&order, &terms) => {
                prop_assert_eq!(&out, said);
                prop_assert_eq!((placed.order_id, placed.is_duplicate), (*order_id, true));
                prop_assert_eq!(sequencer.log().position(), before);
            }
            Some(_) => {
                prop_assert_eq!(out[0].reject, RejectCode::DuplicateClientOrderId as u16);
                prop_assert_eq!(sequencer.log().position(), before);
            }
            None => {
                prop_assert_eq!((placed.sequence, placed.is_duplicate), (before + 1, false));
                let own = out.iter().filter(|r| r.order_id == placed.order_id);
                let mut own: Vec<_> = own.copied().collect();
                if own.len() > 16 {
                    own.drain(15..own.len() - 1);
                }
                twin.said
                    .insert(key.clone(), (order, terms, placed.order_id, own));
                twin.settle(&sequencer, most as usize, &out, Some(&key));
            }
        }
    }
    prop_assert!(sequencer.verify().unwrap());
    let log = sequencer.log().clone();
    let mut again = Sequencer::open(instruments(), log, &mut Vec::new()).unwrap();
    for ((account, name), (order, terms, order_id, said)) in &twin.said {
        let mut out = Vec::new();
        let name = Name::new(name).unwrap();
        prop_assert!(again.knows(*account, name));
        let placed = again.place(order, terms, name, &mut out).unwrap();
        prop_assert_eq!((placed.order_id, &out), (*order_id, said));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Of any session the newest answers are kept and those to live orders, no others; and a
    /// replay knows the same, from the first command and from a base.
    #[test]
    fn the_newest_are_kept_and_the_live(
        seed: u64,
        commands in 0_usize..300,
        accounts: bool,
        most in 1_u32..9,
        tail in 200_usize..9000,
    ) {
        check((seed, commands, accounts), most, tail)?;
    }
}

/// An order that comes and trades whole, and by that ends another that is reported behind it.
#[test]
fn of_those_that_end_with_one_command_the_one_that_came_is_the_newest() {
    check((266_960_332_022_127_856, 282, false), 7, 200).unwrap();
}
