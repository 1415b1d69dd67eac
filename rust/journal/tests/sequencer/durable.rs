//! What was acknowledged is there again, in order, whatever the disk does.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tradecore_core::matching::Report;
use tradecore_journal::disk::{Disk as _, Faults, SimulatedDisk};
use tradecore_journal::durable::{Ack, DurableLog, JournalError, JournalOptions, Writing};
use tradecore_journal::{CommandLog as _, MemoryLog, ReplayError, Sequencer};

use crate::dice::Dice;
use crate::generator::Told;
use crate::world::{beside, heard, instruments, session, tell};

/// Small, and the same in every run.
pub(crate) const SMALL: JournalOptions = JournalOptions {
    shard: 3,
    salt: 0x5EED,
    ack: Ack::Durable,
    writing: Writing::Inline,
    segment_bytes: 8192 + 4096,
    group_bytes_max: 1024,
    waiting_bytes_max: 2048,
    snapshot_bytes: 6000,
    reserve_bytes: 256,
    keeps_all: false,
};

/// How often a venue of [`as_many_crashes_as_one_likes`] crashes.
const LIVES: u64 = 5;

type Opened = (Sequencer<DurableLog<SimulatedDisk>>, Vec<Report>);

pub(crate) fn open(disk: &SimulatedDisk, options: JournalOptions) -> Result<Opened, JournalError> {
    let log = DurableLog::open(disk.clone(), &instruments(), options)?;
    let mut reports = Vec::new();
    match Sequencer::open(instruments(), log, &mut reports) {
        Ok(sequencer) => Ok((sequencer, reports)),
        Err(ReplayError::Log(error)) => Err(error),
        Err(error) => panic!("what opens is replayed: {error}"),
    }
}

/// The hash of the state after each number of commands.
fn hashes(told: &[Told]) -> Vec<u128> {
    let (mut twin, mut out) = heard(MemoryLog::default(), &[], false);
    let mut hashes = vec![twin.engine().state_hash()];
    for told in told {
        tell(&mut twin, told, &mut out);
        hashes.push(twin.engine().state_hash());
    }
    hashes
}

fn at<T: Copy>(list: &[T], position: u64) -> T {
    list[usize::try_from(position).unwrap()]
}

/// Does something; where too much waits for the disk, once more when nothing does.
pub(crate) fn patiently<T>(
    sequencer: &mut Sequencer<DurableLog<SimulatedDisk>>,
    mut act: impl FnMut(&mut Sequencer<DurableLog<SimulatedDisk>>) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    match act(sequencer) {
        Err(JournalError::Busy { .. }) => {
            sequencer.log().wait(sequencer.log().position())?;
            act(sequencer)
        }
        done => done,
    }
}

/// Tells a session until the disk gives up; answers how many commands were acknowledged.
fn live(
    sequencer: &mut Sequencer<DurableLog<SimulatedDisk>>,
    told: &[Told],
    dice: &mut Dice,
) -> u64 {
    let mut acknowledged = sequencer.log().on_medium();
    let mut out = Vec::new();
    for told in told {
        let done = patiently(sequencer, |sequencer| match told {
            Told::Plain(command) => sequencer.apply(command, &mut out),
            Told::Named(order, terms, name) => {
                let name = tradecore_journal::Name::new(name).unwrap();
                sequencer
                    .place(order, terms, name, &mut out)
                    .map(|placed| placed.order_id)
            }
        });
        if done.is_err() {
            break;
        }
        if dice.below(3) == 0 {
            let position = sequencer.log().position();
            if sequencer.log().wait(position).is_err() {
                break;
            }
            acknowledged = position;
        }
    }
    acknowledged
}

pub(crate) fn below(dice: &mut Dice) -> impl FnMut(usize) -> usize {
    |end| usize::try_from(dice.below(end as u64)).unwrap()
}

/// After how many bytes the power goes: soon, or when snapshots have been taken.
pub(crate) fn power(dice: &mut Dice) -> u64 {
    let most = *dice.pick(&[40_000, 400_000]);
    dice.below(most)
}

/// Crashes several times in one session, and compares with a twin that never did.
fn crash(seed: u64, commands: usize, lives: u64) -> Result<(), TestCaseError> {
    let mut dice = Dice::new(seed);
    let told = session(seed, commands, false);
    let hashes = hashes(&told);
    let disk = SimulatedDisk::default();
    let mut acknowledged = 0;
    for _ in 0..lives {
        let power = power(&mut dice);
        disk.fail(Faults {
            power_bytes: Some(power),
            ..Faults::default()
        });
        if let Ok((mut sequencer, _)) = open(&disk, SMALL) {
            let start = sequencer.log().position();
            prop_assert!(start >= acknowledged, "{start} of {acknowledged}");
            prop_assert_eq!(sequencer.engine().state_hash(), at(&hashes, start));
            let rest = &told[usize::try_from(start).unwrap()..];
            acknowledged = live(&mut sequencer, rest, &mut dice).max(start);
        }
        disk.lose_power(&mut below(&mut dice));
    }
    let (sequencer, _) = open(&disk, SMALL).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let position = sequencer.log().position();
    prop_assert!(position >= acknowledged, "{position} of {acknowledged}");
    prop_assert_eq!(sequencer.engine().state_hash(), at(&hashes, position));
    prop_assert!(sequencer.verify().unwrap());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// After a loss of power at any byte every acknowledged command is there, in order, and the
    /// state is the one it led to.
    #[test]
    fn a_crash_at_any_byte_loses_nothing_acknowledged(seed: u64, commands in 0_usize..700) {
        crash(seed, commands, 4)?;
    }

    /// A disk that lies loses what it lied about, and never makes something else of it.
    #[test]
    fn a_disk_that_lies_is_found_out_or_loses_the_end(seed: u64, commands in 1_usize..200) {
        let mut dice = Dice::new(seed);
        let told = session(seed, commands, false);
        let hashes = hashes(&told);
        let disk = SimulatedDisk::default();
        let (mut sequencer, _) = open(&disk, SMALL).unwrap();
        disk.fail(Faults { lies: true, power_bytes: Some(30_000), ..Faults::default() });
        live(&mut sequencer, &told, &mut dice);
        disk.lose_power(&mut below(&mut dice));
        drop(sequencer);
        match open(&disk, SMALL) {
            Ok((sequencer, _)) => {
                let position = sequencer.log().position();
                prop_assert_eq!(sequencer.engine().state_hash(), at(&hashes, position));
            }
            Err(error) => prop_assert!(
                matches!(error, JournalError::Damaged { .. } | JournalError::Missing { .. }
                    | JournalError::Header { .. } | JournalError::Snapshot(_)
                    | JournalError::Foreign { .. }),
                "{}", error
            ),
        }
    }

    /// After an error of a write or a sync nothing is acknowledged any more, whatever is asked; and
    /// what was is there when the journal is opened again.
    #[test]
    fn an_error_of_the_disk_stops_everything(seed: u64, good in 0_u64..40, of_writes: bool) {
        let mut dice = Dice::new(seed);
        let told = session(seed, 300, false);
        let disk = SimulatedDisk::default();
        let (mut sequencer, _) = open(&disk, SMALL).unwrap();
        let hashes = hashes(&told);
        let (writes, syncs) = if of_writes { (Some(good), None) } else { (None, Some(good)) };
        disk.fail(Faults { writes, syncs, ..Faults::default() });
        let acknowledged = live(&mut sequencer, &told, &mut dice);
        let position = sequencer.log().position();
        let stopped = sequencer.log().wait(position);
        if stopped.is_err() {
            disk.fail(Faults::default());
            let durable = sequencer.log().durable();
            for told in &told {
                let Told::Plain(command) = told else { continue };
                let refused = sequencer.apply(command, &mut Vec::new());
                prop_assert!(matches!(refused, Err(JournalError::Stopped(_))));
            }
            prop_assert!(sequencer.log().wait(position).is_err());
            prop_assert_eq!(sequencer.log().durable(), durable);
        }
        drop(sequencer);
        disk.fail(Faults::default());
        disk.lose_power(&mut below(&mut dice));
        let (again, _) = open(&disk, SMALL).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let start = again.log().position();
        prop_assert!(start >= acknowledged);
        prop_assert_eq!(again.engine().state_hash(), at(&hashes, start));
    }
}

/// A hundred thousand, or as many as `CRASHES` says: half of them with clients that ask again.
#[test]
fn as_many_crashes_as_one_likes() {
    let crashes = std::env::var("CRASHES");
    let crashes: u64 = crashes.map_or(100_000, |text| text.parse().unwrap());
    let seeds: Vec<u64> = (0..crashes.div_ceil(2 * LIVES)).collect();
    let heard = AtomicUsize::new(0);
    beside(&seeds, |seed| {
        crash(*seed, 600, LIVES).unwrap();
        let again = crate::retries::crash(*seed, 600, LIVES);
        heard.fetch_add(again, Ordering::Relaxed);
    });
    let heard = heard.into_inner();
    assert!(
        heard as u64 > crashes,
        "{heard} orders of clients that retry"
    );
}

/// When the power goes, whatever stands for commands whose segments are gone is on the medium.
#[test]
fn a_snapshot_is_there_before_segments_go() {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, SMALL).unwrap();
    for told in session(3, 900, false) {
        let Told::Plain(command) = told else { continue };
        sequencer.apply(&command, &mut Vec::new()).unwrap();
        sequencer.log().wait(sequencer.log().position()).unwrap();
        // As it would be if the power went now and nothing was kept that was not synced.
        let dark = disk.copy_of_medium();
        let (again, _) = open(&dark, SMALL).unwrap();
        assert_eq!(again.state_hash(), sequencer.state_hash());
    }
    let names = disk.list().unwrap();
    assert!(!names.iter().any(|name| name == "seg-0000000001.tcj"));
}

/// A full disk refuses before anything is executed, and goes on when there is space.
#[test]
fn a_full_disk_refuses_and_recovers() {
    let disk = SimulatedDisk::default();
    let options = JournalOptions {
        snapshot_bytes: u64::MAX,
        ..SMALL
    };
    let (mut sequencer, _) = open(&disk, options).unwrap();
    disk.fail(Faults {
        capacity: Some(60_000),
        ..Faults::default()
    });
    let told = session(11, 2_000, false);
    let mut full = None;
    for (index, told) in told.iter().enumerate() {
        let Told::Plain(command) = told else { continue };
        let before = sequencer.engine().state_hash();
        match sequencer.apply(command, &mut Vec::new()) {
            Ok(_) => sequencer.log().wait(sequencer.log().position()).unwrap(),
            Err(error) => {
                let is_full = matches!(error, JournalError::Full(_) | JournalError::Reserve { .. });
                assert!(is_full, "{error}");
                assert_eq!(sequencer.engine().state_hash(), before);
                full = Some(index);
                break;
            }
        }
    }
    let full = full.unwrap();
    disk.fail(Faults::default());
    sequencer.log().wait(0).unwrap();
    for told in &told[full..] {
        let Told::Plain(command) = told else { continue };
        sequencer.apply(command, &mut Vec::new()).unwrap();
        sequencer.log().wait(sequencer.log().position()).unwrap();
    }
    let hash = sequencer.engine().state_hash();
    drop(sequencer);
    let (again, _) = open(&disk, options).unwrap();
    assert_eq!(again.engine().state_hash(), hash);
}

/// Too much that waits is refused with BUSY, and nothing of it is dropped.
#[test]
fn too_much_that_waits_is_refused() {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = open(&disk, SMALL).unwrap();
    let told = session(5, 400, false);
    let mut taken = 0_u64;
    let mut refused = 0;
    for told in &told {
        let Told::Plain(command) = told else { continue };
        match sequencer.apply(command, &mut Vec::new()) {
            Ok(_) => taken += 1,
            Err(JournalError::Busy { .. }) => {
                refused += 1;
                sequencer.log().wait(sequencer.log().position()).unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 0);
    let hash = sequencer.engine().state_hash();
    sequencer.log_mut().close().unwrap();
    drop(sequencer);
    let (again, _) = open(&disk, SMALL).unwrap();
    assert_eq!(
        (again.log().position(), again.engine().state_hash()),
        (taken, hash)
    );
}

/// With threads of its own it keeps the same promise, and old segments go.
#[test]
fn threads_of_its_own_keep_the_promise() {
    let disk = SimulatedDisk::default();
    let options = JournalOptions {
        writing: Writing::Beside,
        segment_bytes: 1 << 16,
        group_bytes_max: 1 << 13,
        waiting_bytes_max: 1 << 14,
        snapshot_bytes: 1 << 15,
        ..SMALL
    };
    let (mut sequencer, mut heard) = open(&disk, options).unwrap();
    let told = session(77, 6_000, false);
    let mut sent = 0_u64;
    for told in &told {
        let Told::Plain(command) = told else { continue };
        loop {
            match sequencer.apply(command, &mut heard) {
                Ok(_) => break,
                Err(JournalError::Busy { .. }) => {
                    sequencer.log().wait(sequencer.log().position()).unwrap();
                }
                Err(error) => panic!("{error}"),
            }
        }
        sent += 1;
    }
    sequencer.log().wait(sent).unwrap();
    sequencer.release(&mut heard);
    assert!(sequencer.verify().unwrap());
    sequencer.mark().unwrap();
    let hash = sequencer.engine().state_hash();
    sequencer.log_mut().close().unwrap();
    let (again, _) = open(&disk, options).unwrap();
    assert_eq!(
        (again.log().position(), again.engine().state_hash()),
        (sent, hash)
    );
    assert!(
        again.log().base().unwrap().is_some(),
        "snapshots were taken"
    );
}
