//! A snapshot is the state, all of it and nothing else.

use proptest::prelude::*;
use tradecore_core::matching::{Engine, Report, SnapshotError};

use crate::world::{Session, instrument, instruments, tell};

fn bytes_of(engine: &Engine) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.snapshot(&mut bytes);
    bytes
}

fn error_of(bytes: &[u8]) -> SnapshotError {
    Engine::restore(instruments(), bytes).unwrap_err()
}

/// The number that was changed at a place, as the checksum of the whole cannot be.
fn with_word(bytes: &[u8], at: usize, word: u64) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at..at + 8].copy_from_slice(&word.to_le_bytes());
    changed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_restored_engine_goes_on_as_the_first_would_have(seed: u64, commands in 1_usize..400) {
        let mut session = Session::new(seed);
        session.play(commands);
        let bytes = bytes_of(&session.engine);
        let mut twin = Engine::restore(instruments(), &bytes).unwrap();
        prop_assert_eq!(twin.audit(), Ok(()));
        prop_assert_eq!(twin.state_hash(), session.engine.state_hash());
        prop_assert_eq!(&bytes_of(&twin), &bytes);
        for _ in 0..50 {
            let told = session.next();
            let (mut reports, mut again) = (Vec::<Report>::new(), Vec::<Report>::new());
            tell(&mut session.engine, &told, &mut reports);
            tell(&mut twin, &told, &mut again);
            prop_assert_eq!(reports, again, "after {:?}", told);
            prop_assert_eq!(twin.state_hash(), session.engine.state_hash());
        }
        prop_assert_eq!(twin.audit(), Ok(()));
        prop_assert_eq!(bytes_of(&twin), bytes_of(&session.engine));
    }

    #[test]
    fn cut_or_changed_bytes_are_an_error(
        seed: u64,
        commands in 1_usize..80,
        at: prop::sample::Index,
        bit in 0_u8..8,
    ) {
        let mut session = Session::new(seed);
        session.play(commands);
        let mut bytes = bytes_of(&session.engine);
        let at = at.index(bytes.len());
        prop_assert!(Engine::restore(instruments(), &bytes[..at]).is_err());
        bytes[at] ^= 1 << bit;
        prop_assert!(Engine::restore(instruments(), &bytes).is_err(), "byte {}", at);
    }
}

/// Every bit of one snapshot, the last ones too.
#[test]
fn no_bit_is_idle() {
    let mut session = Session::new(3);
    session.play(60);
    let bytes = bytes_of(&session.engine);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(
                Engine::restore(instruments(), &changed).is_err(),
                "bit {bit} of byte {at}"
            );
        }
    }
}

#[test]
fn a_snapshot_is_of_its_own_instruments() {
    let bytes = bytes_of(&Engine::new(instruments()));
    let other = vec![instrument("FREE", "0"), instrument("LARGE", "151")];
    let error = Engine::restore(other, &bytes).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a snapshot is restored over its own instruments: symbol 1 differs, byte 60"
    );
    let fewer = Engine::restore(vec![instrument("FREE", "0")], &bytes).unwrap_err();
    assert_eq!(
        fewer.to_string(),
        "a snapshot has as many instruments as are given: 2, byte 44"
    );
}

#[test]
fn what_is_no_snapshot_is_told_apart() {
    let bytes = bytes_of(&Engine::new(instruments()));
    assert_eq!(error_of(b"TCENGINX"), SnapshotError::Magic(*b"TCENGINX"));
    let short = SnapshotError::Short {
        needed: 8,
        left: 3,
        at: 0,
    };
    assert_eq!(error_of(b"TCE"), short);
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(
        error_of(&newer).to_string(),
        "a snapshot must be of version 1: version=2, byte 8"
    );
    let more = [bytes.clone(), vec![0]].concat();
    assert_eq!(
        error_of(&more).to_string(),
        format!(
            "a snapshot is as long as it says: says {} bytes, has {}, byte 12",
            bytes.len(),
            more.len()
        )
    );
    assert!(matches!(
        error_of(&with_word(&bytes, 20, 0)),
        SnapshotError::Hash { .. }
    ));
}

/// A count at the end says how many orders follow; nothing is set aside for them.
#[test]
fn a_count_beyond_the_bytes_costs_nothing() {
    let bytes = bytes_of(&Engine::new(instruments()));
    let changed = with_word(&bytes, bytes.len() - 8, u64::MAX);
    assert!(matches!(
        error_of(&changed),
        SnapshotError::Short { needed: 4, .. }
    ));
}

#[test]
fn a_snapshot_is_appended() {
    let mut session = Session::new(5);
    session.play(40);
    let alone = bytes_of(&session.engine);
    let mut bytes = vec![7];
    session.engine.snapshot(&mut bytes);
    assert_eq!(bytes[1..], alone);
}
