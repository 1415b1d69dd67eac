//! An instrument that is listed while the engine runs is one the engine might have begun with.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::SymbolTerms;
use tradecore_journal::record::{NOTE_BYTES_MAX, decode, encode_listing};
use tradecore_journal::{CommandLog, Entry, KeepError, Listing, MemoryLog, RecordError, Sequencer};

use crate::world::{heard, instruments, session, tell, terms};

fn listing(instrument: &Arc<Instrument>, terms: SymbolTerms, about: &[u8]) -> Listing {
    Listing {
        instrument: Arc::clone(instrument),
        terms,
        about: about.into(),
    }
}

/// An engine of the first instrument that lists the second one.
fn grown(log: MemoryLog, accounts: bool) -> Sequencer<MemoryLog> {
    let all = instruments();
    let first = all[..1].to_vec();
    let mut sequencer = Sequencer::open(first, log, &mut Vec::new()).unwrap();
    if accounts {
        sequencer.keep_accounts(&terms()[..1]).unwrap();
    }
    let index = sequencer
        .list(listing(&all[1], terms()[1], b"about"))
        .unwrap();
    assert_eq!(index, 1);
    sequencer
}

/// The same commands give the same reports and the same state, whenever the instrument came.
#[test]
fn when_it_came_does_not_matter() {
    for (seed, accounts) in [(3, true), (4, false), (5, true)] {
        let told = session(seed, 400, accounts);
        let (whole, expected) = heard(MemoryLog::default(), &told, accounts);
        let mut grown = grown(MemoryLog::default(), accounts);
        let mut reports = Vec::new();
        for told in &told {
            tell(&mut grown, told, &mut reports);
        }
        assert_eq!(reports, expected, "seed {seed}");
        assert_eq!(grown.engine().state_hash(), whole.engine().state_hash());
        assert!(grown.verify().unwrap(), "a replay lists it as well");
    }
}

/// A state that stands for the listing brings the instrument, and what was written beside it.
#[test]
fn a_base_has_what_was_listed() {
    let mut sequencer = grown(MemoryLog::new(4_096), true);
    sequencer.keep_answers(7).unwrap();
    let mut reports = Vec::new();
    for told in &session(9, 600, true) {
        tell(&mut sequencer, told, &mut reports);
    }
    assert!(sequencer.log().base().unwrap().is_some());

    let first = instruments()[..1].to_vec();
    let again = Sequencer::replay(first, sequencer.log(), &mut Vec::new()).unwrap();

    assert_eq!(again.state_hash(), sequencer.state_hash());
    assert_eq!(again.begun_with().len(), 1);
    let about = listing(&instruments()[1], terms()[1], b"about");
    assert_eq!(again.listings(), [about]);
}

/// What the engine refuses is not written down.
#[test]
fn what_cannot_be_listed_leaves_nothing() {
    let mut sequencer = grown(MemoryLog::default(), true);
    let position = sequencer.log().position();
    let twice = sequencer.list(listing(&instruments()[1], terms()[1], b""));
    assert!(matches!(
        twice,
        Err(KeepError::Refused(RejectCode::BadSetting))
    ));
    let long = vec![0; NOTE_BYTES_MAX + 1];
    let other = Arc::new(renamed("OTHER"));
    let long = sequencer.list(listing(&other, terms()[1], &long));
    assert!(matches!(long, Err(KeepError::TooLarge(_))));
    assert_eq!(sequencer.log().position(), position);
    assert_eq!(sequencer.engine().instruments().len(), 2);
}

fn renamed(symbol: &str) -> Instrument {
    let one = &instruments()[1];
    Instrument::new(tradecore_core::instrument::InstrumentSpec {
        symbol: symbol.into(),
        kind: one.kind(),
        tick_size: one.tick_size(),
        lot_size: one.lot_size(),
        multiplier: one.multiplier(),
        min_notional: one.min_notional().to_decimal(),
        maker_fee: one.maker_fee(),
        taker_fee: one.taker_fee(),
    })
    .unwrap()
}

/// The record is what was encoded, and no other byte of it passes.
#[test]
fn every_other_byte_of_its_record_is_noticed() {
    let said = listing(&Arc::new(renamed("Ünicode/1")), terms()[0], b"\x00 about");
    let mut record = Vec::new();
    encode_listing(3, &said, &mut record).unwrap();
    let entry = Entry::List(Box::new(said));
    assert_eq!(decode(&record), Ok((3, entry, record.len())));
    for at in 0..record.len() {
        for change in 1..=u8::MAX {
            let mut bytes = record.clone();
            bytes[at] ^= change;
            assert!(decode(&bytes).is_err(), "byte {at} ^ {change}");
        }
        let short = decode(&record[..at]);
        assert!(matches!(short, Err(RecordError::Short { .. })));
    }
}
