//! What a journal holds, for whoever looks without writing.

use super::JournalError;
use super::survey::survey;
use crate::disk::Disk;
use crate::record::{self, Entry};

/// What a journal holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Sequence of the first record there is; older ones are in snapshots.
    pub first: u64,
    /// Sequence of the last record; 0 where there is none.
    pub last: u64,
    /// Groups of records.
    pub blocks: u64,
    /// Files, those prepared ahead included.
    pub segments: u64,
    /// Bytes of a group that was being written when the writer died; nobody was told of it.
    pub torn_bytes: u64,
    /// Positions of snapshots that are whole.
    pub snapshots: Vec<u64>,
    /// Names of snapshots that are not.
    pub broken: Vec<String>,
}

/// Looks at every byte of a journal and tells each record to `each`, in order.
///
/// # Errors
///
/// [`JournalError`] where there is none, or something acknowledged is damaged.
pub fn inspect<D: Disk>(
    disk: &D,
    shard: u32,
    each: &mut dyn FnMut(u64, &Entry<'_>),
) -> Result<Inspection, JournalError> {
    let mut broken = None;
    let found = survey(disk, shard, &mut |found| {
        let mut bytes = found.records;
        while !bytes.is_empty() && broken.is_none() {
            match record::decode(bytes) {
                Ok((sequence, entry, length)) => {
                    each(sequence, &entry);
                    bytes = &bytes[length..];
                }
                Err(error) => broken = Some(error),
            }
        }
    })?;
    if let Some(error) = broken {
        return Err(JournalError::Stopped(error.to_string()));
    }
    let survey = found.ok_or_else(|| JournalError::Missing {
        file: crate::segment::SegmentHead::name(1),
    })?;
    Ok(Inspection {
        first: survey.first,
        last: survey.chain.last(),
        blocks: survey.blocks,
        segments: survey.segments.len() as u64,
        torn_bytes: survey.torn_bytes(),
        snapshots: survey.snapshots.iter().map(|head| head.position).collect(),
        broken: survey.broken,
    })
}
