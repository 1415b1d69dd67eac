//! No byte of a journal changes unnoticed.

use tradecore_journal::disk::{Disk as _, DiskFile as _, SimulatedDisk};
use tradecore_journal::durable::{JournalError, JournalOptions};
use tradecore_journal::{CommandLog as _, MemoryLog};

use crate::durable::{SMALL, open};
use crate::generator::Told;
use crate::world::{heard, instruments, session};

/// A closed journal of some commands, with snapshots where asked for, and its last state.
fn written(commands: usize, options: JournalOptions) -> (SimulatedDisk, u64, u128) {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, options).unwrap();
    for told in session(9, commands, false) {
        let Told::Plain(command) = told else { continue };
        sequencer.apply(&command, &mut Vec::new()).unwrap();
        sequencer.log().wait(sequencer.log().position()).unwrap();
    }
    sequencer.log_mut().close().unwrap();
    let position = sequencer.log().position();
    (disk, position, sequencer.engine().state_hash())
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
            assert_eq!(sequencer.engine().state_hash(), hash);
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
    flip(40, 13);
}

/// Every byte of a journal of a hundred thousand bytes; some minutes.
#[test]
#[ignore = "takes minutes"]
fn every_byte_is_noticed_or_harmless() {
    flip(500, 1);
}

fn flip(commands: usize, step: usize) {
    let options = JournalOptions {
        snapshot_bytes: commands as u64 * 24,
        ..SMALL
    };
    let (disk, position, hash) = written(commands, options);
    let names = disk.list().unwrap();
    assert!(names.iter().any(|name| name.starts_with("snap-")));
    let (mut refused, mut harmless) = (0, 0);
    for name in names {
        let length = disk.open(&name).unwrap().read().unwrap().len();
        for byte in (0..length).step_by(step) {
            // Every byte of what is written, and one in a while of what is zeros.
            let bytes = disk.open(&name).unwrap().read().unwrap();
            if bytes[byte] == 0
                && byte % 64 != 0
                && bytes[byte.saturating_sub(64)..]
                    .iter()
                    .take(128)
                    .all(|byte| *byte == 0)
            {
                continue;
            }
            let other = disk.copy();
            other.damage(&name, |bytes| bytes[byte] ^= 1 << (byte % 8));
            if survives(&other, options, position, hash) {
                harmless += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(
        refused > 100 && harmless > 0,
        "{refused} refused, {harmless} harmless"
    );
}

/// A file cut anywhere is noticed, or was cut where nothing is.
#[test]
fn every_cut_is_noticed_or_harmless() {
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (disk, position, hash) = written(60, options);
    for name in disk.list().unwrap() {
        let length = disk.open(&name).unwrap().read().unwrap().len();
        for cut in (0..length).step_by(61) {
            let other = disk.copy();
            other.damage(&name, |bytes| bytes.truncate(cut));
            survives(&other, options, position, hash);
        }
    }
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
    let (twin, _) = heard(MemoryLog::default(), &[], false);
    assert_eq!(twin.engine().instruments().len(), instruments().len());
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
