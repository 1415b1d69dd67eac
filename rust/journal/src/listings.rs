//! Instruments that were listed while an engine ran, as a state has them.

use crate::record::{self, Listing, RecordError};

const MAGIC: [u8; 8] = *b"TCLIST\r\n";

/// Appends a list: a name, how many, and each with its length before it; of none, nothing.
pub(crate) fn write(list: &[Listing], out: &mut Vec<u8>) {
    if list.is_empty() {
        return;
    }
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&(list.len() as u64).to_le_bytes());
    for listing in list {
        let start = out.len();
        out.extend_from_slice(&0_u64.to_le_bytes());
        record::put_listing(listing, out);
        let length = (out.len() - start - size_of::<u64>()) as u64;
        out[start..start + size_of::<u64>()].copy_from_slice(&length.to_le_bytes());
    }
}

/// Reads what [`write`] wrote at the start of `bytes`, and answers what is behind it.
pub(crate) fn read(bytes: &[u8]) -> Result<(Vec<Listing>, &[u8]), RecordError> {
    let Some(mut rest) = bytes.strip_prefix(&MAGIC) else {
        return Ok((Vec::new(), bytes));
    };
    let count = word(&mut rest)?;
    let mut list = Vec::new();
    for _ in 0..count {
        let length = usize::try_from(word(&mut rest)?).unwrap_or(usize::MAX);
        let (body, behind) = rest.split_at_checked(length).ok_or(RecordError::Short {
            needed: length,
            left: rest.len(),
        })?;
        list.push(record::take_listing(body)?);
        rest = behind;
    }
    Ok((list, rest))
}

fn word(rest: &mut &[u8]) -> Result<u64, RecordError> {
    let (bytes, behind) = rest.split_first_chunk().ok_or(RecordError::Short {
        needed: size_of::<u64>(),
        left: rest.len(),
    })?;
    *rest = behind;
    Ok(u64::from_le_bytes(*bytes))
}
