//! What was appended is there again, whatever happens to the file.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;
use std::path::PathBuf;

use tradecore_journal::file::{FileError, FileReader, FileWriter, PAYLOAD_BYTES_MAX};

const SALT: u64 = 0x5EED;

/// A path of its own for a test; removed with it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let name = format!("tradecore-journal-{}-{name}", std::process::id());
        let place = Self(std::env::temp_dir().join(name));
        drop(fs::remove_file(&place.0));
        place
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

type Record = (u64, u8, i64, Vec<u8>);

fn read(place: &Place) -> Result<(Vec<Record>, u64), FileError> {
    let mut reader = FileReader::open(&place.0)?;
    let mut records = Vec::new();
    while let Some(record) = reader.next_record() {
        let payload = record.payload.to_vec();
        records.push((record.sequence, record.kind, record.ts_ns, payload));
    }
    Ok((records, reader.torn_bytes()))
}

/// A file of some records, and where each ends.
fn written(place: &Place) -> (Vec<u8>, Vec<Record>, Vec<usize>) {
    let mut writer = FileWriter::open(&place.0, SALT, false).unwrap();
    let (mut records, mut ends) = (Vec::new(), vec![32]);
    for (at, payload) in [&b"one"[..], b"", b"a longer payload", b"\0\0\0\0"]
        .iter()
        .enumerate()
    {
        let (kind, ts_ns) = (u8::try_from(at).unwrap(), -5 + i64::try_from(at).unwrap());
        let sequence = writer.append(kind, ts_ns, payload).unwrap();
        records.push((sequence, kind, ts_ns, payload.to_vec()));
        ends.push(ends[at] + 25 + payload.len());
    }
    drop(writer);
    (fs::read(&place.0).unwrap(), records, ends)
}

#[test]
fn a_cut_anywhere_leaves_the_records_before_it() {
    let place = Place::new("cut");
    let (bytes, records, ends) = written(&place);
    for cut in 0..=bytes.len() {
        fs::write(&place.0, &bytes[..cut]).unwrap();
        let whole = ends
            .iter()
            .filter(|end| **end <= cut)
            .count()
            .saturating_sub(1);
        let kept = if cut < 32 { 0 } else { ends[whole] };
        let torn = (cut - kept) as u64;
        let (found, found_torn) = read(&place).unwrap();
        assert_eq!(found, records[..whole], "cut at {cut}");
        assert_eq!(found_torn, if cut < 32 { 0 } else { torn }, "cut at {cut}");

        let mut writer = FileWriter::open(&place.0, SALT, false).unwrap();
        assert_eq!(writer.torn_bytes(), torn, "cut at {cut}");
        assert_eq!(writer.append(9, 1, b"next").unwrap(), whole as u64 + 1);
        drop(writer);
        let (found, torn) = read(&place).unwrap();
        assert_eq!((found.len(), torn), (whole + 1, 0));
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let place = Place::new("flip");
    let (bytes, records, ends) = written(&place);
    let last = ends[ends.len() - 2];
    for bit in 0..bytes.len() * 8 {
        let mut other = bytes.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        fs::write(&place.0, &other).unwrap();
        match read(&place) {
            // The last record cannot be told from a torn one.
            Ok((found, torn)) => {
                assert!(bit / 8 >= last, "bit {bit} is not noticed");
                assert_eq!(found, records[..records.len() - 1]);
                assert_eq!(torn, (bytes.len() - last) as u64);
            }
            Err(FileError::Damaged { offset, .. }) => {
                let offset = usize::try_from(offset).unwrap();
                assert!(ends.contains(&offset) && offset <= bit / 8, "bit {bit}");
                let refused = FileWriter::open(&place.0, SALT, false);
                assert!(matches!(refused, Err(FileError::Damaged { .. })));
                assert_eq!(fs::read(&place.0).unwrap(), other, "it stays as it is");
            }
            Err(error) => assert!(bit / 8 < 32, "bit {bit}: {error}"),
        }
    }
}

#[test]
fn a_file_has_one_writer() {
    let place = Place::new("busy");
    let mut first = FileWriter::open(&place.0, SALT, true).unwrap();
    assert!(matches!(
        FileWriter::open(&place.0, SALT, true),
        Err(FileError::Busy)
    ));
    first.append(1, 2, b"x").unwrap();
    first.close().unwrap();
    first.close().unwrap();
    assert!(matches!(first.append(1, 2, b"x"), Err(FileError::Closed)));
    let mut second = FileWriter::open(&place.0, 0, false).unwrap();
    assert_eq!(second.append(1, 2, b"y").unwrap(), 2);
}

#[test]
fn what_is_too_large_is_refused_and_the_next_is_not() {
    let place = Place::new("large");
    let mut writer = FileWriter::open(&place.0, SALT, false).unwrap();
    let large = vec![0; PAYLOAD_BYTES_MAX + 1];
    let refused = writer.append(1, 2, &large);
    assert!(matches!(refused, Err(FileError::TooLarge(_))));
    assert_eq!(writer.append(1, 2, &large[1..]).unwrap(), 1);
    assert_eq!(read(&place).unwrap().0.len(), 1);
}

#[test]
fn another_file_is_not_touched() {
    let place = Place::new("other");
    fs::write(&place.0, b"something else").unwrap();
    assert!(matches!(
        FileWriter::open(&place.0, SALT, false),
        Err(FileError::Magic(_))
    ));
    assert_eq!(fs::read(&place.0).unwrap(), b"something else");
}
