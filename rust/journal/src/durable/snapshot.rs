//! A state in a file, so that older segments may go.
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `TCSNAP\r\n` |
//! | 4 | version |
//! | 4 | zeros |
//! | 8 | salt of the journal |
//! | 8 | position: sequence of the last record in the state |
//! | 8 | number of the block that record is the last of |
//! | 32 | SHA-256 of that block |
//! | 16 | hash of the state |
//! | 8 | bytes of the state |
//! | … | the state |
//! | 32 | SHA-256 of everything before |

use sha2::{Digest as _, Sha256};

use super::JournalError;
use super::file::read;
use crate::disk::{Disk, DiskFile};
use crate::segment::{Digest, u32_at, u64_at};

const MAGIC: [u8; 8] = *b"TCSNAP\r\n";
const VERSION: u32 = 1;
const HEADER: usize = 96;
const TRAILER: usize = 32;

/// What a snapshot says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotHead {
    pub(crate) salt: u64,
    pub(crate) position: u64,
    pub(crate) block: u64,
    pub(crate) digest: Digest,
    pub(crate) state_hash: u128,
}

/// The name of the file.
pub(super) fn name(position: u64) -> String {
    format!("snap-{position:020}.tcs")
}

/// Whether it is the name of a snapshot.
fn is_name(name: &str) -> bool {
    let number = name.strip_prefix("snap-");
    number.is_some_and(|number| number.strip_suffix(".tcs").is_some())
}

/// The snapshots that are whole, the oldest first, and the names of those that are not.
pub(super) fn survey<D: Disk>(
    disk: &D,
    names: &[String],
) -> Result<(Vec<SnapshotHead>, Vec<String>), JournalError> {
    let (mut whole, mut broken) = (Vec::new(), Vec::new());
    for file in names.iter().filter(|file| is_name(file)) {
        match parse(&read(disk, file)?) {
            Some((head, _)) if *file == name(head.position) => whole.push(head),
            _ => broken.push(file.clone()),
        }
    }
    whole.sort_unstable_by_key(|head| head.position);
    Ok((whole, broken))
}

/// The bytes of a snapshot.
pub(super) fn encode(head: &SnapshotHead, state: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + state.len() + TRAILER);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    for number in [head.salt, head.position, head.block] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&head.digest);
    bytes.extend_from_slice(&head.state_hash.to_le_bytes());
    bytes.extend_from_slice(&(state.len() as u64).to_le_bytes());
    bytes.extend_from_slice(state);
    let trailer = Sha256::digest(&bytes);
    bytes.extend_from_slice(&trailer);
    bytes
}

/// What a whole snapshot says, and its state.
pub(super) fn parse(bytes: &[u8]) -> Option<(SnapshotHead, &[u8])> {
    let (said, trailer) = bytes.split_last_chunk::<TRAILER>()?;
    if said.len() < HEADER || said[..8] != MAGIC || u32_at(said, 8) != VERSION {
        return None;
    }
    if <[u8; TRAILER]>::from(Sha256::digest(said)) != *trailer {
        return None;
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(&said[40..72]);
    let mut hash = [0; 16];
    hash.copy_from_slice(&said[72..88]);
    let state = &said[HEADER..];
    if u64_at(said, 88) != state.len() as u64 {
        return None;
    }
    let head = SnapshotHead {
        salt: u64_at(said, 16),
        position: u64_at(said, 24),
        block: u64_at(said, 32),
        digest,
        state_hash: u128::from_le_bytes(hash),
    };
    Some((head, state))
}

/// The newest snapshot that is whole and not behind `position`, and its state.
pub(super) fn newest<D: Disk>(
    disk: &D,
    position: u64,
) -> Result<Option<(SnapshotHead, Vec<u8>)>, JournalError> {
    let names = disk
        .list()
        .map_err(JournalError::of("list the files of a journal"))?;
    let limit = name(position);
    let mut files: Vec<_> = names.into_iter().filter(|file| is_name(file)).collect();
    files.sort_unstable();
    for file in files.iter().rev().filter(|file| **file <= limit) {
        if let Some((head, state)) = parse(&read(disk, file)?) {
            return Ok(Some((head, state.to_vec())));
        }
    }
    Ok(None)
}

/// Puts a snapshot on the disk: it is there whole under its name, or not at all.
pub(super) fn store<D: Disk>(
    disk: &D,
    head: &SnapshotHead,
    state: &[u8],
) -> Result<(), JournalError> {
    let name = name(head.position);
    let draft = format!("{name}.tmp");
    let bytes = encode(head, state);
    let write = || {
        let mut file = disk.create(&draft)?;
        file.write_at(0, &bytes)?;
        file.sync()?;
        disk.rename(&draft, &name)?;
        disk.sync()
    };
    let written = write();
    if written.is_err() {
        // The space it took is wanted by others.
        drop(disk.remove(&draft));
    }
    written.map_err(JournalError::of("write a snapshot"))
}

/// Takes away snapshots older than the newest two and than what a reader who has read up to `least`
/// needs; answers the position of the oldest left.
pub(super) fn thin<D: Disk>(disk: &D, least: u64) -> Result<Option<u64>, JournalError> {
    let names = disk
        .list()
        .map_err(JournalError::of("list the files of a journal"))?;
    let (whole, _) = survey(disk, &names)?;
    let read = whole.iter().rposition(|head| head.position <= least);
    let (Some(kept), Some(needed)) = (whole.len().checked_sub(2), read) else {
        return Ok(None);
    };
    let kept = kept.min(needed);
    for old in &whole[..kept] {
        disk.remove(&self::name(old.position))
            .map_err(JournalError::of("remove an old snapshot"))?;
    }
    Ok(Some(whole[kept].position))
}
