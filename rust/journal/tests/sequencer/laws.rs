//! What was told can be told again, and nothing is heard of what may still be lost.

use proptest::prelude::*;
use tradecore_core::matching::{Command, NewOrder, Report};
use tradecore_journal::{Base, CommandLog as _, KeepError, MemoryLog, ReplayError, Sequencer};

use crate::world::{LateLog, heard, instruments, session, tell, terms};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A replay gives the state and every report again.
    #[test]
    fn a_replay_says_the_same(seed: u64, commands in 0_usize..300, accounts: bool) {
        let told = session(seed, commands, accounts);
        let (sequencer, reports) = heard(MemoryLog::default(), &told, accounts);

        let mut again = Vec::new();
        let engine = Sequencer::replay(instruments(), sequencer.log(), &mut again).unwrap();

        prop_assert_eq!(engine.state_hash(), sequencer.engine().state_hash());
        prop_assert_eq!(again, reports);
        prop_assert_eq!(sequencer.log().position(), (told.len() + usize::from(accounts)) as u64);
        prop_assert!(sequencer.verify().unwrap());
    }

    /// With a base in the place of old records the state is the same, and so is what comes later.
    #[test]
    fn a_base_stands_for_what_it_replaced(seed: u64, commands in 50_usize..300, accounts: bool) {
        let told = session(seed, commands, accounts);
        let (short, reports) = heard(MemoryLog::new(500), &told, accounts);
        let (long, all) = heard(MemoryLog::default(), &told, accounts);
        prop_assert_eq!(&reports, &all);
        prop_assert!(short.log().base().is_some());

        let mut tail = Vec::new();
        let engine = Sequencer::replay(instruments(), short.log(), &mut tail).unwrap();

        prop_assert_eq!(engine.state_hash(), long.engine().state_hash());
        prop_assert!(all.ends_with(&tail));
    }

    /// Reports come in order, none before its record is durable, and all in the end.
    #[test]
    fn nothing_is_heard_before_it_is_durable(
        seed: u64,
        commands in 1_usize..120,
        steps in prop::collection::vec(0_u64..8, 120),
    ) {
        let told = session(seed, commands, false);
        let (_, expected) = heard(MemoryLog::default(), &told, false);
        let mut counts = vec![0];
        let mut reports = Vec::new();
        let (mut ahead, _) = heard(MemoryLog::default(), &[], false);
        for told in &told {
            tell(&mut ahead, told, &mut reports);
            counts.push(reports.len());
        }

        let (mut late, mut out) = heard(LateLog::default(), &[], false);
        let mut durable = 0;
        for (told, step) in told.iter().zip(steps) {
            tell(&mut late, told, &mut out);
            prop_assert_eq!(out.len(), counts[usize::try_from(durable).unwrap()]);
            durable = (durable + step).min(late.log().position());
            late.log_mut().durable = durable;
            late.release(&mut out);
            prop_assert_eq!(out.len(), counts[usize::try_from(durable).unwrap()]);
        }
        late.log_mut().durable = u64::MAX;
        late.release(&mut out);

        prop_assert_eq!(out, expected);
    }
}

/// However long a session, the memory of its log does not grow without bound.
#[test]
fn a_long_session_holds_a_base_and_a_tail() {
    let (mut sequencer, mut reports) = heard(MemoryLog::new(4096), &[], false);
    let order = NewOrder {
        price: 100,
        qty: 1,
        ..NewOrder::default()
    };
    for order_id in 1..20_000 {
        let place = Command::New(NewOrder { order_id, ..order });
        let symbol = 0;
        for command in [place, Command::Cancel { symbol, order_id }] {
            sequencer.apply(&command, &mut reports).unwrap();
            assert!(sequencer.log().tail_bytes() <= 4096 + 64);
        }
    }

    assert_eq!(sequencer.log().position(), 2 * 19_999);
    assert!(sequencer.verify().unwrap());
}

/// Time that is not later is not written down.
#[test]
fn only_a_later_time_is_a_command() {
    let (mut sequencer, mut reports) = heard(MemoryLog::default(), &[], false);

    for now_ns in [5, 5, 3, 6] {
        sequencer.advance_time(now_ns, &mut reports).unwrap();
    }

    assert_eq!(sequencer.log().position(), 2);
    assert_eq!(sequencer.engine().now_ns(), 6);
}

/// Accounts that cannot be kept are refused, in the replay as well.
#[test]
fn accounts_are_kept_once() {
    let (mut sequencer, _) = heard(MemoryLog::default(), &[], true);

    let again = sequencer.keep_accounts(&terms());

    assert!(matches!(again, Err(KeepError::Refused(_))));
    assert!(sequencer.verify().unwrap());
}

/// A log that does not hold what it says leads to an error, never to another state.
#[test]
fn a_damaged_log_is_refused() {
    const CANCEL: usize = 30;
    let (mut sequencer, _) = heard(LateLog::default(), &[], false);
    for order_id in 1..4 {
        let cancel = Command::Cancel {
            symbol: 0,
            order_id,
        };
        sequencer.apply(&cancel, &mut Vec::new()).unwrap();
    }
    let mut read = |damage: fn(&mut Vec<u8>)| {
        sequencer.log_mut().damage = Some(damage);
        sequencer.verify().map_err(|error| error.to_string())
    };

    assert_eq!(read(|_| ()), Ok(true));
    let errors = [
        read(|bytes| bytes.truncate(2 * CANCEL)),
        read(|bytes| drop(bytes.drain(CANCEL..2 * CANCEL))),
        read(|bytes| bytes[2 * CANCEL + 20] ^= 4),
        read(|bytes| bytes.truncate(2 * CANCEL + 20)),
    ];
    let said = [
        "a log ends with its last record: 3 is the last, 2 was read",
        "records of a log follow each other: 2 is next, 3 comes",
        "a record has the checksum it was written with",
        "a record has all its bytes: 30 needed, 20 left, record 3 of the log",
    ];
    for (error, said) in errors.into_iter().zip(said) {
        let error = error.unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}

/// A base is of the instruments it was taken of.
#[test]
fn a_base_of_other_instruments_is_refused() {
    let (mut sequencer, _) = heard(MemoryLog::default(), &session(7, 40, false), false);
    let mut state = Vec::new();
    sequencer.engine().snapshot(&mut state);
    let position = sequencer.log().position();
    let base = Base {
        position,
        state: &state,
    };
    sequencer.log_mut().rebase(base).unwrap();
    let none: &mut Vec<Report> = &mut Vec::new();

    let other = instruments()[..1].to_vec();
    let error = Sequencer::replay(other, sequencer.log(), none).unwrap_err();

    assert!(matches!(error, ReplayError::Base { .. }), "{error}");
    assert!(sequencer.verify().unwrap());
}
