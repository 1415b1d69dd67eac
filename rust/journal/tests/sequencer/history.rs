//! What happened can be told from any command on, once and in order.

use std::time::Duration;

use proptest::prelude::*;
use tradecore_core::matching::{Engine, Report};
use tradecore_journal::disk::{Disk as _, SimulatedDisk};
use tradecore_journal::durable::{History, JournalError, JournalOptions, Writing};
use tradecore_journal::{CommandLog as _, Entry, Name, NoteError, ReplayError};

use crate::durable::{SMALL, open};
use crate::generator::Told;
use crate::world::{instruments, session, terms};

/// Keeps all that is there.
const LONG: JournalOptions = JournalOptions {
    snapshot_bytes: u64::MAX,
    ..SMALL
};

/// Sequence of a command, what was said, and the hash behind it.
type Past = (u64, Vec<Report>, u128);

fn told(history: &mut History<SimulatedDisk>) -> Result<Vec<Past>, ReplayError<JournalError>> {
    let mut all = Vec::new();
    let mut reports = Vec::new();
    loop {
        let mut tell = |sequence, _: &Entry<'_>, engine: &Engine, out: &mut Vec<Report>| {
            all.push((sequence, std::mem::take(out), engine.state_hash()));
        };
        if !history.next(&mut reports, &mut tell)? {
            return Ok(all);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// From any command on, in any number of goes, the reports are those that were heard; nothing
    /// is told that is not on the medium.
    #[test]
    fn from_any_command_on_the_same_is_told(
        seed: u64, commands in 1_usize..200, accounts: bool, snapshots: bool, from in 0_usize..200
    ) {
        let disk = SimulatedDisk::default();
        let options = if snapshots { SMALL } else { LONG };
        let (mut sequencer, _) = open(&disk, options).unwrap();
        let mut heard = Vec::new();
        let mut readers = vec![];
        let reader = sequencer.log().reader().unwrap();
        readers.push((0, reader.history(instruments(), 0).unwrap(), Vec::new()));
        sequencer.keep_answers(3).unwrap();
        heard.push((1, sequencer.engine().state_hash()));
        if accounts {
            sequencer.keep_accounts(&terms()).unwrap();
            heard.push((2, sequencer.engine().state_hash()));
        }
        for (at, command) in session(seed, commands, accounts).iter().enumerate() {
            let before = sequencer.log().position();
            let mut ignored = Vec::new();
            let done = match command {
                Told::Plain(command) => sequencer.apply(command, &mut ignored),
                Told::Named(order, terms, name) => {
                    let name = Name::new(name).unwrap();
                    let placed = sequencer.place(order, terms, name, &mut ignored);
                    placed.map(|placed| placed.order_id)
                }
            };
            done.unwrap();
            prop_assert_eq!(told(&mut readers[0].1).unwrap().len(), 0);
            let position = sequencer.log().position();
            if position > before {
                sequencer.log().wait(position).unwrap();
                heard.push((position, sequencer.engine().state_hash()));
            }
            if at % 7 == 0 || at == from {
                if at == from {
                    let reader = sequencer.log().reader().unwrap();
                    let history = reader.history(instruments(), position).unwrap();
                    prop_assert_eq!(history.sequence(), position);
                    readers.push((position, history, Vec::new()));
                }
                for (_, history, all) in &mut readers {
                    all.extend(told(history).unwrap());
                }
            }
            for (_, history, all) in &mut readers {
                all.extend(told(history).unwrap());
            }
        }
        for (after, history, all) in &mut readers {
            all.extend(told(history).unwrap());
            let last = sequencer.log().position();
            prop_assert_eq!(history.sequence(), last);
            let hashes: Vec<_> = all.iter().map(|(at, _, hash)| (*at, *hash)).collect();
            let known = heard.iter().filter(|(at, _)| *at > *after);
            let known: Vec<_> = known.copied().collect();
            prop_assert_eq!(hashes, known);
        }
        let (_, _, first) = &readers[0];
        let (after, _, late) = readers.last().unwrap();
        let start = usize::try_from(*after).unwrap();
        prop_assert_eq!(&first[start..], &late[..], "reports are the same");
    }
}

/// A reader keeps the files it needs; without one they go, and that is said.
#[test]
fn what_a_reader_needs_is_kept() {
    for is_read in [true, false] {
        let disk = SimulatedDisk::default();
        let (mut sequencer, _) = open(&disk, SMALL).unwrap();
        let history = sequencer.log().reader().unwrap().history(instruments(), 0);
        let mut history = is_read.then_some(history.unwrap());
        for command in session(3, 900, false) {
            let Told::Plain(command) = command else {
                continue;
            };
            sequencer.apply(&command, &mut Vec::new()).unwrap();
            sequencer.log().wait(sequencer.log().position()).unwrap();
        }
        let snapshots = |disk: &SimulatedDisk| {
            let names = disk.list().unwrap();
            names
                .iter()
                .filter(|name| name.starts_with("snap-"))
                .count()
        };
        let position = sequencer.log().position();
        let again = sequencer.log().reader().unwrap().history(instruments(), 0);
        if let Some(history) = &mut history {
            assert!(snapshots(&disk) > 2);
            assert_eq!(told(history).unwrap().len() as u64, position);
            assert!(again.is_ok());
        } else {
            assert_eq!(snapshots(&disk), 2);
            let error = again.err().unwrap().to_string();
            assert!(
                error.starts_with("records behind 0 are told as long as"),
                "{error}"
            );
        }
        drop(history);
    }
}

/// A journal that keeps all lets nothing go, whoever reads.
#[test]
fn a_journal_that_keeps_all_is_told_from_the_start() {
    let disk = SimulatedDisk::default();
    let options = JournalOptions {
        keeps_all: true,
        ..SMALL
    };
    let (mut sequencer, _) = open(&disk, options).unwrap();
    for command in session(3, 900, false) {
        let Told::Plain(command) = command else {
            continue;
        };
        sequencer.apply(&command, &mut Vec::new()).unwrap();
        sequencer.log().wait(sequencer.log().position()).unwrap();
    }
    let reader = sequencer.log().reader().unwrap();
    let mut history = reader.history(instruments(), 0).unwrap();
    let position = sequencer.log().position();
    assert_eq!(told(&mut history).unwrap().len() as u64, position);
    assert!(
        disk.list()
            .unwrap()
            .iter()
            .any(|name| name.starts_with("snap-"))
    );
}

/// A note is told in its place, and is nothing to the engine.
#[test]
fn a_note_is_told_in_its_place() {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, SMALL).unwrap();
    let out = &mut Vec::<Report>::new();
    sequencer.advance_time(1, out).unwrap();
    let hash = sequencer.state_hash();
    assert_eq!(sequencer.note(b"said", false).unwrap(), 2);
    assert_eq!(sequencer.state_hash(), hash);
    sequencer.advance_time(2, out).unwrap();
    let reader = {
        sequencer.log().wait(3).unwrap();
        sequencer.log().reader().unwrap()
    };
    let mut history = reader.history(instruments(), 1).unwrap();
    let mut notes = Vec::new();
    let mut tell = |at, entry: &Entry<'_>, _: &Engine, _: &mut Vec<Report>| {
        if let Entry::Note(note) = entry {
            notes.push((at, note.to_vec()));
        }
    };
    while history.next(out, &mut tell).unwrap() {}
    assert_eq!(notes, [(2, b"said".to_vec())]);
    let long = sequencer.note(&vec![0; 1 << 17], true);
    assert!(matches!(long, Err(NoteError::TooLarge(_))));
    assert!(sequencer.verify().unwrap());
}

/// A reader in a thread of its own hears of everything as it becomes durable, and ends with it.
#[test]
fn a_reader_follows_a_journal_that_is_written() {
    let disk = SimulatedDisk::default();
    let options = JournalOptions {
        writing: Writing::Beside,
        segment_bytes: 1 << 16,
        group_bytes_max: 1 << 12,
        waiting_bytes_max: 1 << 13,
        snapshot_bytes: 1 << 15,
        ..SMALL
    };
    let (mut sequencer, _) = open(&disk, options).unwrap();
    let reader = sequencer.log().reader().unwrap();
    let follower = std::thread::spawn(move || {
        let mut history = reader.history(instruments(), 0).unwrap();
        let mut count = 0;
        while history.wait(Duration::from_secs(60)) {
            count += told(&mut history).unwrap().len() as u64;
        }
        count
    });
    for command in session(21, 3_000, false) {
        let Told::Plain(command) = command else {
            continue;
        };
        while let Err(error) = sequencer.apply(&command, &mut Vec::new()) {
            assert!(matches!(error, JournalError::Busy { .. }), "{error}");
            sequencer.log().wait(sequencer.log().position()).unwrap();
        }
    }
    let position = sequencer.log().position();
    sequencer.log_mut().close().unwrap();
    assert!(matches!(
        sequencer.log().reader().err(),
        Some(JournalError::Closed)
    ));
    assert_eq!(follower.join().unwrap(), position);
}
