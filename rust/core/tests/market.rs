//! The recordings of `tests/golden/market`, which Python reads too, give what they gave.

use std::path::{Path, PathBuf};

use tradecore_core::feed::binance::{self, BinanceFrames};
use tradecore_core::feed::lobster::{Market, Messages};
use tradecore_core::feed::rebuild::Rebuild;
use tradecore_core::instrument::{ContractKind, Instrument};
use tradecore_core::market::EventSource;
use tradecore_core::mirror::checksum::{Form, checksum};
use tradecore_core::tape::{TapePlayer, TapeReader, TapeWriter};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/market")
}

/// The files of the folder, or `None` where only the crate is present.
fn golden(name: &str) -> Option<Vec<u8>> {
    let read = std::fs::read(folder().join(name)).ok();
    if read.is_none() {
        eprintln!("needs tests/golden/market/{name}: not present");
    }
    read
}

fn expected(name: &str) -> Option<String> {
    let lines = String::from_utf8(golden("expected.txt")?).ok()?;
    let line = lines.lines().find(|line| line.starts_with(name))?;
    Some(line.to_owned())
}

fn found(name: &str, source: impl EventSource, instrument: &Instrument) -> String {
    let mut rebuild = Rebuild::new(source);
    while matches!(rebuild.step(), Ok(true)) {}
    let tally = rebuild.tally();
    format!(
        "{name} {} {} {} {} {} {:08x}",
        tally.events,
        tally.levels,
        tally.gaps,
        tally.compared,
        tally.agreed,
        checksum(rebuild.book(), instrument, 25, Form::Alternating)
    )
}

#[test]
fn frames_and_their_tape_rebuild_the_same_book() {
    for name in ["futures.txt", "spot.txt"] {
        let (Some(bytes), Some(expected)) = (golden(name), expected(name)) else {
            return;
        };
        let instrument =
            binance::infer_instrument(&bytes, "TOYUSDT", ContractKind::Linear).unwrap();
        let frames = || BinanceFrames::new(&bytes, &instrument);
        assert_eq!(found(name, frames(), &instrument), expected);

        let (mut frames, mut writer) = (frames(), TapeWriter::of(&instrument));
        while let Some(stamped) = frames.next_event().unwrap() {
            writer.push_market(0, &stamped).unwrap();
        }
        let tape = writer.finish();
        assert!(
            tape.len() < bytes.len() / 5,
            "{} of {}",
            tape.len(),
            bytes.len()
        );
        let player = TapePlayer::new(TapeReader::new(&tape).unwrap(), 0).unwrap();
        assert_eq!(found(name, player, &instrument), expected);
    }
}

#[test]
fn lobster_books_equal_but_for_what_came_up_from_below() {
    let files = (golden("lobster_messages.csv"), golden("lobster_books.csv"));
    let ((Some(messages), Some(books)), Some(expected)) = (files, expected("lobster")) else {
        return;
    };
    let mut rows = books.split(|byte| *byte == b'\n');
    let first = Messages::new(&messages).next_message().unwrap().unwrap();
    let mut market = Market::before(rows.clone().next().unwrap(), &first).unwrap();
    let mut messages = Messages::new(&messages);
    let (mut count, mut differing) = (0, Vec::new());
    while let Some(message) = messages.next_message().unwrap() {
        market.apply(&message);
        let levels = market.differing_levels(rows.next().unwrap()).unwrap();
        if !levels.is_empty() {
            assert!(
                levels.iter().all(|(_, below)| *below),
                "row {count}: {levels:?}"
            );
            differing.push(count.to_string());
        }
        count += 1;
    }
    let equal = count - differing.len();
    let rows = if differing.is_empty() {
        "-".to_owned()
    } else {
        differing.join(",")
    };
    assert_eq!(format!("lobster {count} {equal} {rows}"), expected);
}
