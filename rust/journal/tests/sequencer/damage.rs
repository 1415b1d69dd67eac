//! No byte of a journal changes unnoticed.

use std::sync::atomic::{AtomicUsize, Ordering};

use tradecore_core::matching::{Command, Report, Terms};
use tradecore_journal::disk::{Disk as _, DiskFile as _, SimulatedDisk};
use tradecore_journal::durable::{DurableLog, JournalError, JournalOptions};
use tradecore_journal::{CommandLog as _, MemoryLog, Name, ReplayError, Sequencer};

use crate::durable::{SMALL, open};
use crate::generator::Told;
use crate::world::{beside, heard, instruments, session};

/// A closed journal of some commands, with snapshots where asked for, and its last state.
fn written(commands: usize, options: JournalOptions) -> (SimulatedDisk, u64, u128) {
    written_named(commands, options, 0)
}

/// The same, with so many answers kept, and to each order a name of its own.
fn written_named(
    commands: usize,
    options: JournalOptions,
    answers: u32,
) -> (SimulatedDisk, u64, u128) {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, options).unwrap();
    sequencer.keep_answers(answers).unwrap();
    for (at, told) in session(9, commands, false).into_iter().enumerate() {
        let out = &mut Vec::<Report>::new();
        match told {
            Told::Plain(Command::New(order)) if answers > 0 => {
                let name = at.to_string();
                let name = Name::new(&name).unwrap();
                sequencer
                    .place(&order, &Terms::default(), name, out)
                    .unwrap();
            }
            Told::Plain(command) => {
                sequencer.apply(&command, out).unwrap();
            }
            Told::Named(..) => {}
        }
        sequencer.log().wait(sequencer.log().position()).unwrap();
    }
    sequencer.log_mut().close().unwrap();
    let position = sequencer.log().position();
    (disk, position, sequencer.state_hash())
}

fn is_refusal(error: &JournalError) -> bool {
    matches!(
        error,
        JournalError::Damaged { .. }
            | JournalError::Header { .. }
            | JournalError::Version { .. }
            | JournalError::Foreign { .. }
            | JournalError::Missing { .. }
            | JournalError::Snapshot(_)
    )
}

fn survives(disk: &SimulatedDisk, options: JournalOptions, position: u64, hash: u128) -> bool {
    match open(disk, options) {
        Ok((sequencer, _)) => {
            assert_eq!(
                sequencer.log().position(),
                position,
                "a prefix is no answer"
            );
            assert_eq!(sequencer.state_hash(), hash);
            true
        }
        Err(error) => {
            assert!(is_refusal(&error), "{error}");
            false
        }
    }
}

/// Any flipped bit in a block is noticed; one in zeros, or in one of two copies, harms nothing.
#[test]
fn a_flipped_bit_is_noticed_or_harmless() {
    flip(40, 101, 4);
}

/// Every bit of a journal and a snapshot of more than a hundred thousand bytes; some minutes.
#[test]
#[ignore = "takes minutes: make crashes"]
fn every_bit_is_noticed_or_harmless() {
    let (bits, bytes) = flip(900, 1, 900);
    assert!(bytes >= 100_000, "{bits} bits of {bytes} bytes");
}

/// Flips one bit in `step` of a journal with a snapshot of so many kept answers, each by itself;
/// answers how many that were, of how many bytes.
fn flip(commands: usize, step: usize, answers: u32) -> (usize, usize) {
    let options = JournalOptions {
        snapshot_bytes: commands as u64 * 24,
        ..SMALL
    };
    let (disk, position, hash) = written_named(commands, options, answers);
    let names = disk.list().unwrap();
    assert!(names.iter().any(|name| name.starts_with("snap-")));
    let mut bits = Vec::new();
    let mut written = 0;
    for name in names {
        let bytes = disk.open(&name).unwrap().read().unwrap();
        let is_written = |at: usize| {
            let around = &bytes[at.saturating_sub(64)..bytes.len().min(at + 64)];
            around.iter().any(|byte| *byte != 0)
        };
        // Every byte of what is written, and one in a while of what is zeros.
        let all = (0..bytes.len()).filter(|at| at % 512 == 0 || is_written(*at));
        let all: Vec<_> = all.collect();
        written += all.len();
        bits.extend(
            all.into_iter()
                .flat_map(|at| (0..8).map(move |bit| (at, bit)))
                .map(|at| (name.clone(), at)),
        );
    }
    let chosen: Vec<_> = bits.into_iter().step_by(step).collect();
    let refused = AtomicUsize::new(0);
    beside(&chosen, |(name, (byte, bit))| {
        let other = disk.copy();
        other.damage(name, |bytes| bytes[*byte] ^= 1 << bit);
        if !survives(&other, options, position, hash) {
            refused.fetch_add(1, Ordering::Relaxed);
        }
    });
    let refused = refused.into_inner();
    let all = chosen.len();
    assert!(
        refused > all / 4 && refused < all,
        "{refused} of {all} refused"
    );
    (all, written)
}

/// A file cut anywhere is noticed, or was cut where nothing is.
#[test]
fn a_cut_is_noticed_or_harmless() {
    cut(60, 61);
}

/// The same at every byte of a journal of more than a hundred thousand bytes; some minutes.
#[test]
#[ignore = "takes minutes: make crashes"]
fn every_cut_is_noticed_or_harmless() {
    assert!(cut(900, 1) >= 100_000);
}

/// Cuts each file at one byte in `step`, each by itself; answers at how many.
fn cut(commands: usize, step: usize) -> usize {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, position, hash) = written(commands, options);
    let mut cuts = Vec::new();
    for name in disk.list().unwrap() {
        let length = disk.open(&name).unwrap().read().unwrap().len();
        cuts.extend((0..length).step_by(step).map(|cut| (name.clone(), cut)));
    }
    beside(&cuts, |(name, cut)| {
        let other = disk.copy();
        other.damage(name, |bytes| bytes.truncate(*cut));
        survives(&other, options, position, hash);
    });
    cuts.len()
}

/// Without the watermark a cut last block looks torn: then the blocks before it are all there.
#[test]
fn without_a_witness_the_last_block_may_look_torn() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, position, _) = written(20, options);
    disk.remove("watermark").unwrap();
    let name = "seg-0000000001.tcj";
    let bytes = disk.open(name).unwrap().read().unwrap();
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
    disk.damage(name, |bytes| bytes[end - 1] ^= 1);

    let (sequencer, _) = open(&disk, options).unwrap();

    assert_eq!(sequencer.log().position(), position - 1);
    assert!(sequencer.log().torn_bytes() > 0);
    // What was cut off is zeros, so that nothing of it is found later.
    let mended = disk.open(name).unwrap().read().unwrap();
    let whole = mended.len() - mended.iter().rev().take_while(|byte| **byte == 0).count();
    assert!(bytes[..whole] == mended[..whole] && whole + 96 < end);
    let (twin, _) = heard(MemoryLog::default(), &[], false);
    assert_eq!(twin.engine().instruments().len(), instruments().len());
}

/// Without the watermark a block that follows is the witness.
#[test]
fn a_later_block_is_a_witness() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, ..) = written(60, options);
    disk.remove("watermark").unwrap();
    disk.damage("seg-0000000001.tcj", |bytes| bytes[8192 + 100] ^= 1);

    let error = open(&disk, options).err().unwrap().to_string();

    assert!(
        error.contains("record 1 is damaged and a later block says"),
        "{error}"
    );
}

/// Whole blocks of another past are not taken for those of this one, wherever they stand.
#[test]
fn a_block_of_another_past_is_noticed() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        segment_bytes: 1 << 16,
        ..SMALL
    };
    let ours = written_with(20, options, 1);
    let theirs = written_with(20, options, 2);
    let name = "seg-0000000001.tcj";
    let bytes = theirs.open(name).unwrap().read().unwrap();
    // All are of one length: a time that was told.
    let block = (96_usize + 26).next_multiple_of(8);
    for at in 0..20 {
        for with_mark in [true, false] {
            let disk = ours.copy();
            let place = 8192 + at * block..8192 + (at + 1) * block;
            disk.damage(name, |ours| {
                assert_eq!(ours[place.start..place.start + 4], *b"TCB1");
                ours[place.clone()].copy_from_slice(&bytes[place.clone()]);
            });
            if !with_mark {
                disk.remove("watermark").unwrap();
            }
            let opened = open(&disk, options);
            // The very last may be another's where nobody knows better.
            let is_last = at == 19 && !with_mark;
            let is_refused = opened.as_ref().is_err_and(is_refusal);
            assert!(is_refused || is_last, "block {at}, watermark {with_mark}");
        }
    }
}

/// A journal in which the time was told, a block each.
fn written_with(commands: i64, options: JournalOptions, step_ns: i64) -> SimulatedDisk {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, options).unwrap();
    for now in 1..=commands {
        let out = &mut Vec::<Report>::new();
        sequencer.advance_time(now * step_ns, out).unwrap();
        sequencer.log().wait(sequencer.log().position()).unwrap();
    }
    sequencer.log_mut().close().unwrap();
    disk
}

/// A state that was written down and does not come of the commands stops whoever sees it.
#[test]
fn another_state_than_was_said_is_refused() {
    let disk = SimulatedDisk::default();
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (mut sequencer, _) = open(&disk, options).unwrap();
    let out = &mut Vec::<Report>::new();
    sequencer.advance_time(5, out).unwrap();
    sequencer.mark().unwrap();
    sequencer.log().wait(1).unwrap();
    sequencer.advance_time(6, out).unwrap();
    let hash = sequencer.state_hash();
    sequencer.log_mut().mark(hash ^ 1).unwrap();

    let error = sequencer.log().wait(2).unwrap_err();

    assert!(
        matches!(error, JournalError::State { position: 2, .. }),
        "{error}"
    );
    drop(sequencer);
    let log = DurableLog::open(disk, &instruments(), options).unwrap();
    let again = Sequencer::open(instruments(), log, &mut Vec::<Report>::new());
    assert!(matches!(again, Err(ReplayError::State { position: 2, .. })));
}

/// Damage says which record, who knows of it, and where.
#[test]
fn damage_is_named_with_its_offset() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, ..) = written(20, options);
    disk.damage("seg-0000000001.tcj", |bytes| bytes[8192 + 100] ^= 1);

    let error = open(&disk, options).err().unwrap().to_string();

    assert_eq!(
        error,
        "what was acknowledged is never cut off: record 1 is damaged and the watermark says that \
         it was written, seg-0000000001.tcj, offset 8192"
    );
}

/// A segment in between that is gone is missed; so is the only one.
#[test]
fn a_missing_segment_is_missed() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, ..) = written(160, options);
    let names = disk.list().unwrap();
    let segments: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with("seg-"))
        .collect();
    assert!(segments.len() > 3);
    for name in &segments[..segments.len() - 1] {
        let other = disk.copy();
        other.remove(name).unwrap();
        assert!(is_refusal(&open(&other, options).err().unwrap()), "{name}");
    }
    for name in &segments {
        disk.remove(name).unwrap();
    }
    assert!(is_refusal(&open(&disk, options).err().unwrap()));
}
