//! A record is what was encoded, and any other byte in it is noticed.

use std::borrow::Cow;

use proptest::prelude::*;
use tradecore_journal::record::{
    NAME_BYTES_MAX, NOTE_BYTES_MAX, TERMS_MAX, decode, encode, encode_answers, encode_named,
    encode_note, encode_terms,
};
use tradecore_journal::{ANSWERS_MAX, Entry, Name, RecordError};

use crate::generator::Told;
use crate::world::{session, terms};

fn bytes_of(sequence: u64, told: &Told) -> Vec<u8> {
    let mut bytes = Vec::new();
    match told {
        Told::Plain(command) => encode(sequence, command, &mut bytes),
        Told::Named(order, terms, name) => {
            encode_named(sequence, order, terms, Name::new(name).unwrap(), &mut bytes);
        }
    }
    bytes
}

fn entry_of(told: &Told) -> Entry<'static> {
    match *told {
        Told::Plain(command) => Entry::Command(command),
        Told::Named(order, terms, name) => Entry::Named(order, terms, Name::new(name).unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Decoding undoes encoding, record by record.
    #[test]
    fn decoding_undoes_encoding(seed: u64, first: u64, accounts: bool) {
        let told = session(seed, 100, accounts);
        for (at, told) in (0..).zip(&told) {
            let sequence = first.wrapping_add(at);
            let bytes = bytes_of(sequence, told);
            prop_assert_eq!(decode(&bytes), Ok((sequence, entry_of(told), bytes.len())));
        }
    }

    /// Garbage is refused without a panic, whatever it begins with.
    #[test]
    fn garbage_is_refused(seed: u64, garbage: Vec<u8>, from in 0_usize..200) {
        prop_assert!(decode(&garbage).is_err());
        let told = &session(seed, 1, false)[0];
        let mut bytes = bytes_of(1, told);
        if from < bytes.len() && bytes[from..] != garbage {
            bytes.truncate(from);
            bytes.extend(&garbage);
            prop_assert!(decode(&bytes).is_err());
        }
    }
}

/// Every byte of every kind of record is covered: no other value of it passes.
#[test]
fn every_other_byte_is_noticed() {
    let mut records: Vec<Vec<u8>> = (0..4)
        .flat_map(|seed| session(seed, 20, seed % 2 == 0))
        .map(|told| bytes_of(9, &told))
        .collect();
    let mut keep = Vec::new();
    encode_terms(9, &terms(), &mut keep).unwrap();
    records.push(keep);
    let mut answers = Vec::new();
    encode_answers(9, 5, &mut answers);
    assert_eq!(
        decode(&answers),
        Ok((9, Entry::KeepAnswers(5), answers.len()))
    );
    records.push(answers);
    let mut note = Vec::new();
    encode_note(9, b"something", &mut note).unwrap();
    assert_eq!(
        decode(&note),
        Ok((9, Entry::Note(b"something"), note.len()))
    );
    records.push(note);
    for record in records {
        for at in 0..record.len() {
            for change in 1..=u8::MAX {
                let mut bytes = record.clone();
                bytes[at] ^= change;
                // A record that says it is shorter or longer is another one's beginning or end.
                assert!(
                    decode(&bytes).is_err(),
                    "byte {at} ^ {change} of {record:02x?}"
                );
            }
            let short = decode(&record[..at]);
            assert!(matches!(short, Err(RecordError::Short { .. })));
        }
    }
}

/// What does not fit is refused before it is written.
#[test]
fn what_is_too_large_is_refused() {
    let name = "ü".repeat(NAME_BYTES_MAX / 2 + 1);
    let error = Name::new(&name).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a client order id has at most 255 bytes: 256"
    );

    let mut answers = Vec::new();
    encode_answers(1, ANSWERS_MAX + 1, &mut answers);
    assert!(matches!(decode(&answers), Err(RecordError::Rule { .. })));

    let mut note = Vec::new();
    let error = encode_note(1, &vec![0; NOTE_BYTES_MAX + 1], &mut note).unwrap_err();
    assert_eq!(error.to_string(), "a note has at most 65536 bytes: 65537");

    let many = vec![terms()[0]; TERMS_MAX + 1];
    let mut bytes = Vec::new();
    let error = encode_terms(1, &many, &mut bytes).unwrap_err();
    assert_eq!(
        (error.count, bytes.len()),
        (TERMS_MAX + 1, 0),
        "nothing was written"
    );
    encode_terms(1, &many[1..], &mut bytes).unwrap();
    let kept = Entry::KeepAccounts(Cow::Borrowed(&many[1..]));
    assert_eq!(decode(&bytes), Ok((1, kept, bytes.len())));
}
