//! Strategies are numbered as they are named, and a replay, a base and a snapshot know them.

use proptest::prelude::*;
use tradecore_core::matching::{Command, Filter, NewOrder, Report, Terms};
use tradecore_journal::record::{decode, encode, encode_strategy};
use tradecore_journal::{
    CommandLog, Entry, MemoryLog, Name, NamingError, STRATEGIES_MAX, Sequencer,
};

use crate::world::{instruments, session, tell};

fn open(log: MemoryLog) -> Sequencer<MemoryLog> {
    Sequencer::open(instruments(), log, &mut Vec::new()).unwrap()
}

fn named(sequencer: &mut Sequencer<MemoryLog>, account: u32, name: &str) -> u32 {
    let name = Name::new(name).unwrap();
    sequencer.name_strategy(account, name).unwrap()
}

/// The same name of two accounts is two strategies; one that is known is not written again.
#[test]
fn each_name_of_an_account_has_one_number() {
    let mut sequencer = open(MemoryLog::default());
    let numbers = [(1, "a"), (2, "a"), (1, "ü"), (1, "a"), (2, "a")];
    let numbers = numbers.map(|(account, name)| named(&mut sequencer, account, name));
    assert_eq!(numbers, [1, 2, 3, 1, 2]);
    assert_eq!(sequencer.log().position(), 3);
    let known = sequencer.replica().strategies();
    assert_eq!((known.find(1, "ü"), known.find(3, "a")), (Some(3), None));
    let third = known.get(3).unwrap();
    assert_eq!((third.account, &*third.name), (1, "ü"));
    assert!(known.get(0).is_none() && known.get(4).is_none());
}

/// An account's names are bounded, others go on, and what is known stays known.
#[test]
fn an_account_names_so_many_and_no_more() {
    let mut sequencer = open(MemoryLog::default());
    for number in 1..=STRATEGIES_MAX {
        let given = named(&mut sequencer, 7, &format!("s{number}"));
        assert_eq!(given as usize, number);
    }
    let position = sequencer.log().position();
    let more = sequencer.name_strategy(7, Name::new("more").unwrap());
    assert_eq!(more, Err(NamingError::TooMany));
    assert_eq!(
        NamingError::<std::convert::Infallible>::TooMany.to_string(),
        "an account names at most 1000 strategies"
    );
    assert_eq!(sequencer.log().position(), position);
    assert_eq!(named(&mut sequencer, 7, "s9"), 9);
    assert_eq!(
        named(&mut sequencer, 8, "more") as usize,
        STRATEGIES_MAX + 1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Wherever names come among commands, and whether a base stands for them or not.
    #[test]
    fn whoever_reads_the_log_knows_them(
        seed: u64, short: bool, at in prop::collection::vec((0_usize..200, 0_u32..3), 1..12),
    ) {
        let mut sequencer = open(if short { MemoryLog::new(500) } else { MemoryLog::default() });
        sequencer.keep_answers(5).unwrap();
        let mut reports = Vec::new();
        for (step, told) in session(seed, 200, false).iter().enumerate() {
            for (_, account) in at.iter().filter(|(one, _)| *one == step) {
                named(&mut sequencer, *account, &format!("s{step}"));
            }
            tell(&mut sequencer, told, &mut reports);
        }
        let again = Sequencer::replay(instruments(), sequencer.log(), &mut Vec::new()).unwrap();
        prop_assert_eq!(again.strategies(), sequencer.replica().strategies());
        prop_assert_eq!(again.state_hash(), sequencer.state_hash());
    }
}

/// Two states that differ in a name, or in whose it is, have two hashes; without names it is the
/// engine's own.
#[test]
fn names_are_of_the_state() {
    let hash = |names: &[(u32, &str)]| {
        let mut sequencer = open(MemoryLog::default());
        for (account, name) in names {
            named(&mut sequencer, *account, name);
        }
        sequencer.state_hash()
    };
    let lists: [&[(u32, &str)]; 5] = [
        &[],
        &[(1, "a")],
        &[(1, "b")],
        &[(2, "a")],
        &[(1, "a"), (1, "b")],
    ];
    let hashes = lists.map(hash);
    for (at, one) in hashes.iter().enumerate() {
        assert!(!hashes[..at].contains(one), "{at}");
    }
    assert_eq!(hashes[0], open(MemoryLog::default()).engine().state_hash());
}

/// The record is what was encoded, and no other byte of it passes.
#[test]
fn every_other_byte_of_its_record_is_noticed() {
    let name = Name::new("trend/ü").unwrap();
    let mut record = Vec::new();
    encode_strategy(3, 7, name, &mut record);
    assert_eq!(
        decode(&record),
        Ok((3, Entry::Strategy(7, name), record.len()))
    );
    for at in 0..record.len() {
        for change in 1..=u8::MAX {
            let mut bytes = record.clone();
            bytes[at] ^= change;
            assert!(decode(&bytes).is_err(), "byte {at} ^ {change}");
        }
    }
}

/// A mass cancel takes out those of one strategy; what it says of none is as long as ever.
#[test]
fn a_mass_cancel_may_be_of_one_strategy() {
    let mut sequencer = open(MemoryLog::default());
    let mut reports: Vec<Report> = Vec::new();
    for (at, strategy) in (0..).zip([0, 1, 2, 1]) {
        let order = NewOrder {
            price: 90 + at,
            qty: 1,
            account: 5,
            ..NewOrder::default()
        };
        let terms = Terms {
            strategy,
            ..Terms::default()
        };
        let command = Command::NewWith(order, terms);
        sequencer.apply(&command, &mut reports).unwrap();
    }
    reports.clear();
    let filter = Filter {
        account: Some(5),
        strategy: Some(1),
        ..Filter::default()
    };
    let all = Command::CancelAll(filter);
    sequencer.apply(&all, &mut reports).unwrap();
    let gone: Vec<i64> = reports.iter().map(|report| report.price).collect();
    assert_eq!(gone, [91, 93]);

    let mut record = Vec::new();
    encode(9, &all, &mut record);
    assert_eq!(decode(&record), Ok((9, Entry::Command(all), record.len())));
    let plain = Command::CancelAll(Filter {
        strategy: None,
        ..filter
    });
    let mut before = Vec::new();
    encode(9, &plain, &mut before);
    // Header, the mask, the account: as it was written before there were strategies in it.
    assert_eq!((before.len(), before[18]), (18 + 1 + 4, 1));
}
