//! Damage is noticed, named by its place, and costs one block.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_changed_byte_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let sound = plain(100, 20).finish();
        let mut bytes = sound.clone();
        let place = at.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let Ok(mut reader) = TapeReader::new(bytes.as_slice()) else {
            return Ok(());
        };
        let is_reserved = (10..12).contains(&place);
        let (ids, errors) = drain(&mut reader);
        prop_assert!(!errors.is_empty() || is_reserved, "byte {}", place);
        prop_assert!(ids.len() >= 80 || is_reserved);
        prop_assert!(ids.is_sorted());
    }
}

#[test]
fn damage_costs_one_block_and_is_told_by_its_place() {
    let mut bytes = plain(100, 20).finish();
    let marks: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(b"TCB2"))
        .collect();
    assert_eq!(marks.len(), 5);
    bytes[marks[1] + 60] ^= 1;
    bytes[marks[3]] ^= 1;
    let (ids, errors) = drain(&mut TapeReader::new(bytes.as_slice()).unwrap());
    let kept: Vec<u64> = (1..=20).chain(41..=60).chain(81..=100).collect();
    assert_eq!(ids, kept);
    assert_eq!(errors.len(), 2);
    assert!(
        errors[0].starts_with("a block matches its checksum: stored="),
        "{}",
        errors[0]
    );
    let place = format!("lost_records=20, block=2: record 21, byte {}", marks[1]);
    assert!(errors[0].ends_with(&place), "{}", errors[0]);
    let skipped = marks[4] - marks[3];
    let rule = format!(
        "a block starts with a sound header: passed over {skipped} bytes, block=4: \
         record 61, byte {}",
        marks[3]
    );
    assert_eq!(errors[1], rule);
}

#[test]
fn a_tape_whose_writer_was_killed_is_read_up_to_its_last_block() {
    let bytes = plain(100, 20).finish();
    let marks: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(b"TCB2"))
        .collect();
    let end = bytes.len() - super::block::END;
    for (cut, records, part) in [
        (
            end,
            100,
            "a tape has its end: its writer stopped after record 100: record 101, byte",
        ),
        (
            bytes.len() - 1,
            100,
            "a block starts with a sound header: passed over 95 bytes",
        ),
        (marks[4] + 100, 80, "a block is complete: needed="),
        (
            marks[4] + 9,
            80,
            "a block starts with a sound header: passed over 9 bytes",
        ),
        (
            marks[0],
            0,
            "a tape has its end: its writer stopped after record 0",
        ),
    ] {
        let mut reader = TapeReader::new(&bytes[..cut]).unwrap();
        assert!(!reader.contents().is_finished);
        let (ids, errors) = drain(&mut reader);
        assert_eq!(ids.len(), records, "cut={cut}");
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with(part), "{}", errors[0]);
    }
}

#[test]
fn a_missing_block_is_noticed() {
    let bytes = plain(60, 20).finish();
    let marks: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(b"TCB2"))
        .collect();
    let without = [&bytes[..marks[1]], &bytes[marks[2]..]].concat();
    let (ids, errors) = drain(&mut TapeReader::new(without.as_slice()).unwrap());
    assert_eq!(ids.len(), 40);
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("records follow each other: expected=21, found=41"));
}

#[test]
fn a_time_is_found_wherever_it_is() {
    let mut reader = TapeReader::new(plain(60_000, 97).finish()).unwrap();
    for from in [0, 1, 97, 98, 12_345, 59_999, 60_000] {
        reader.seek(i64::from(from) * 1_000_000 + 5);
        let (ids, errors) = drain(&mut reader);
        let first = u64::try_from(from.max(1)).unwrap();
        assert_eq!(ids.first(), Some(&first));
        assert_eq!((ids.last(), errors.len()), (Some(&60_000), 0));
    }
    reader.seek(60_000 * 1_000_000 + 6);
    assert_eq!(drain(&mut reader), (vec![], vec![]));
}

#[test]
fn what_no_tape_holds_is_refused_and_changes_nothing() {
    let mut writer = TapeWriter::new(table()).unwrap();
    let sound = Taped {
        instrument: 1,
        ts_event_ns: 5,
        ts_recv_ns: 6,
        event: TapeEvent::Break(Break::Gap),
    };
    let trade = |price, qty| {
        TapeEvent::Market(MarketEvent::Trade {
            id: 1,
            price: Ticks(price),
            qty: Lots(qty),
            aggressor: Side::Buy,
        })
    };
    let finer = instrument("CD", "0.1");
    for (wrong, rule) in [
        (
            Taped {
                instrument: 2,
                ..sound
            },
            "a record is of an instrument of the table: instrument=2, table=2",
        ),
        (
            Taped {
                ts_recv_ns: -1,
                ..sound
            },
            "a record has times from 1970 on",
        ),
        (
            Taped {
                event: trade(-1, 1),
                ..sound
            },
            "prices and quantities of a tape are 0 to 2⁶² steps: found -1",
        ),
        (
            Taped {
                event: trade(1, 1 << 62),
                ..sound
            },
            "prices and quantities of a tape",
        ),
        (
            Taped {
                event: TapeEvent::Terms(&finer),
                ..sound
            },
            "an instrument changes to whole multiples of the tape's steps: 0.5 × 0.001, now",
        ),
    ] {
        let error = writer.push(&wrong).unwrap_err().to_string();
        assert!(error.starts_with(rule), "{error}");
    }
    writer.push(&sound).unwrap();
    let mut reader = TapeReader::new(writer.finish()).unwrap();
    assert!(reader.advance().unwrap());
    assert_eq!(reader.current(), sound);
    assert!(!reader.advance().unwrap());
    let none = Table {
        origin: String::new(),
        instruments: vec![],
    };
    assert!(TapeWriter::new(none).is_err());
}

#[test]
fn bytes_of_something_else_are_refused() {
    let bytes = plain(3, 1).finish();
    for (wrong, rule) in [
        (vec![], "a tape starts with its eight magic bytes: found []"),
        (
            b"PK\x03\x04".to_vec(),
            "a tape starts with its eight magic bytes",
        ),
        (
            bytes[..9].to_vec(),
            "a tape's header is complete: it needs 16 bytes, the data have 9",
        ),
        (
            bytes[..40].to_vec(),
            "a tape's header is complete: it needs",
        ),
        (
            [&bytes[..8], &[9, 0], &bytes[10..]].concat(),
            "a tape of version 9 cannot be read: this reader knows version 2",
        ),
        (
            [&bytes[..30], b"x", &bytes[31..]].concat(),
            "a tape's header matches its checksum",
        ),
    ] {
        let error = TapeReader::new(wrong.as_slice()).err().unwrap().to_string();
        assert!(error.starts_with(rule), "{error}");
    }
}
