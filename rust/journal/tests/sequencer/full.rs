//! A full disk takes what takes risk away a while longer than everything else.

use tradecore_core::matching::{Command, Control, Filter, NewOrder, Terms};
use tradecore_core::risk::{Scope, TradingState};
use tradecore_journal::disk::{Faults, SimulatedDisk};
use tradecore_journal::durable::{DurableLog, JournalError, JournalOptions};
use tradecore_journal::{CommandLog as _, Name, Sequencer};

use crate::durable::{SMALL, open};

const OPTIONS: JournalOptions = JournalOptions {
    segment_bytes: 8192 + 8192,
    reserve_bytes: 2048,
    snapshot_bytes: u64::MAX,
    ..SMALL
};

type Small = Sequencer<DurableLog<SimulatedDisk>>;

fn apply(sequencer: &mut Small, command: &Command) -> Result<(), JournalError> {
    sequencer.apply(command, &mut Vec::new())?;
    sequencer.log().wait(sequencer.log().position())
}

fn order(order_id: u64) -> NewOrder {
    NewOrder {
        price: 100,
        qty: 1,
        order_id,
        ..NewOrder::default()
    }
}

/// A journal that has place for no more orders, and how many rest.
fn filled(disk: &SimulatedDisk) -> (Small, u64) {
    let (mut sequencer, _) = open(disk, OPTIONS).unwrap();
    disk.fail(Faults {
        capacity: Some(60_000),
        ..Faults::default()
    });
    for order_id in 1.. {
        if let Err(error) = apply(&mut sequencer, &Command::New(order(order_id))) {
            assert!(matches!(error, JournalError::Reserve { .. }), "{error}");
            return (sequencer, order_id - 1);
        }
    }
    unreachable!("a disk of 60,000 bytes is full some time");
}

/// Whatever adds is refused with `STORAGE_RESERVE` and changes nothing; what takes away goes on.
#[test]
fn below_the_reserve_only_what_takes_risk_away_passes() {
    let disk = SimulatedDisk::default();
    let (mut sequencer, resting) = filled(&disk);
    let hash = sequencer.state_hash();
    let scope = Scope::Global;
    let adds = [
        Command::New(order(0)),
        Command::NewWith(order(0), Terms::default()),
        Command::Modify {
            symbol: 0,
            order_id: 1,
            change: tradecore_core::matching::Change::default(),
        },
        Command::SetReference {
            symbol: 0,
            price: 5,
        },
        Command::Control(Control::StartDay),
    ];
    for command in &adds {
        let error = apply(&mut sequencer, command).unwrap_err();
        assert!(error.to_string().contains("STORAGE_RESERVE"), "{error}");
    }
    let name = Name::new("a").unwrap();
    let named = sequencer.place(&order(0), &Terms::default(), name, &mut Vec::new());
    assert!(matches!(named, Err(JournalError::Reserve { .. })));
    let refused = sequencer.log().admit(64, false);
    assert!(matches!(refused, Err(JournalError::Reserve { .. })));
    assert!(sequencer.log().admit(64, true).is_ok());
    assert_eq!(sequencer.state_hash(), hash);

    let state = TradingState::Halted;
    let relieving = [
        Command::Cancel {
            symbol: 0,
            order_id: 1,
        },
        Command::Control(Control::SetState { scope, state }),
        Command::AdvanceTime { now_ns: 9 },
        Command::CancelAll(Filter::default()),
    ];
    assert_eq!(u64::from(sequencer.engine().live_orders()), resting);
    for command in &relieving {
        apply(&mut sequencer, command).unwrap();
    }
    assert_eq!(sequencer.engine().live_orders(), 0);
    let (position, hash) = (sequencer.log().position(), sequencer.state_hash());
    sequencer.log_mut().close().unwrap();
    let (again, _) = open(&disk, OPTIONS).unwrap();
    assert_eq!(
        (again.log().position(), again.state_hash()),
        (position, hash)
    );
}

/// What is kept back ends too: then everything is refused, and nothing was executed.
#[test]
fn behind_the_reserve_nothing_passes() {
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = filled(&disk);
    let mut passed = 0;
    let error = loop {
        let now_ns = passed + 1;
        match apply(&mut sequencer, &Command::AdvanceTime { now_ns }) {
            Ok(()) => passed = now_ns,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, JournalError::Full(_)), "{error}");
    // Each is a block of its own here: what is kept back is of use.
    assert!(passed >= 2048 / 136, "{passed} passed");
    assert_eq!(sequencer.engine().now_ns(), passed);
    disk.fail(Faults::default());
    sequencer.log().wait(0).unwrap();
    assert!(sequencer.log().admit(64, false).is_ok());
    apply(&mut sequencer, &Command::New(order(0))).unwrap();
    let hash = sequencer.state_hash();
    drop(sequencer);
    assert_eq!(open(&disk, OPTIONS).unwrap().0.state_hash(), hash);
}

/// A reserve a segment cannot hold is refused.
#[test]
fn a_reserve_fits_into_a_segment() {
    let options = JournalOptions {
        reserve_bytes: 8192,
        ..OPTIONS
    };
    let error = open(&SimulatedDisk::default(), options).err().unwrap();
    assert!(
        error
            .to_string()
            .starts_with("a segment holds what is kept back beside two groups"),
        "{error}"
    );
}

/// A snapshot that finds no space costs no more than itself, and leaves nothing behind.
#[test]
fn a_snapshot_without_space_leaves_nothing() {
    use tradecore_journal::disk::Disk as _;
    let disk = SimulatedDisk::default();
    let (mut sequencer, _) = filled(&disk);
    sequencer.mark().unwrap();
    sequencer.log().wait(sequencer.log().position()).unwrap();
    let names = disk.list().unwrap();
    assert!(names.iter().all(|name| !name.contains("snap")), "{names:?}");
    apply(&mut sequencer, &Command::CancelAll(Filter::default())).unwrap();
}
