//! Segments prepared ahead: filled with zeros and synced before anybody needs them.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::JournalError;
use super::inbox::Shared;
use crate::disk::{Disk, DiskFile};
use crate::segment::{BLOCKS_AT, SegmentHead};

/// Zeros are written in pieces of so many bytes, each synced by itself: whoever waits for a group
/// waits behind one of them at most.
const PIECE: usize = 1 << 17;
/// How long to leave the disk to others between two pieces where nobody needs them soon.
const BREATH: Duration = Duration::from_millis(2);
/// How long to wait before asking again for space.
const PATIENCE: Duration = Duration::from_millis(50);

/// A segment that nothing is in.
pub(super) type Blank<F> = (SegmentHead, F);

/// Where the next segment comes from.
pub(super) enum Stock<D: Disk> {
    /// Made when somebody asks, with one ahead.
    Inline {
        disk: D,
        next: SegmentHead,
        ready: VecDeque<Blank<D::File>>,
    },
    /// Made by a thread.
    Beside {
        ready: VecDeque<Blank<D::File>>,
        made: Receiver<Blank<D::File>>,
    },
}

/// Makes a file of zeros with a header.
pub(super) fn prepare<D: Disk>(
    disk: &D,
    head: SegmentHead,
    is_wanted: &dyn Fn() -> bool,
) -> io::Result<Blank<D::File>> {
    let name = SegmentHead::name(head.number);
    let draft = format!("{name}.tmp");
    let write = || {
        let mut file = disk.create(&draft)?;
        file.write_at(0, &head.encode())?;
        zero(&mut file, BLOCKS_AT as u64, head.length, is_wanted)?;
        file.sync()?;
        disk.rename(&draft, &name)?;
        disk.sync()?;
        Ok((head, file))
    };
    let made = write();
    if made.is_err() {
        // The space it took is wanted by others.
        drop(disk.remove(&draft));
    }
    made
}

/// Writes zeros from here to there, as long as somebody wants them.
pub(super) fn zero<F: DiskFile>(
    file: &mut F,
    from: u64,
    to: u64,
    is_wanted: &dyn Fn() -> bool,
) -> io::Result<()> {
    let zeros = vec![0; PIECE];
    let mut at = from;
    while at < to {
        if !is_wanted() {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        let piece = usize::try_from(to - at).unwrap_or(PIECE).min(PIECE);
        file.write_at(at, &zeros[..piece])?;
        file.sync()?;
        at += piece as u64;
    }
    Ok(())
}

/// Bytes for blocks in a segment.
pub(super) const fn payload(head: &SegmentHead) -> u64 {
    head.length.saturating_sub(BLOCKS_AT as u64)
}

impl<D: Disk> Stock<D> {
    /// Made when somebody asks.
    pub(super) const fn inline(
        disk: D,
        next: SegmentHead,
        ready: VecDeque<Blank<D::File>>,
    ) -> Self {
        Self::Inline { disk, next, ready }
    }

    /// Made by a thread of its own, which ends with the journal.
    pub(super) fn beside(
        disk: D,
        next: SegmentHead,
        ready: VecDeque<Blank<D::File>>,
        shared: &Arc<Shared>,
    ) -> io::Result<(Self, JoinHandle<()>)> {
        let (send, made) = sync_channel(1);
        let shared = Arc::downgrade(shared);
        let supplier = thread::Builder::new()
            .name("journal-segments".to_owned())
            .spawn(move || supply(&disk, next, &send, &shared))?;
        Ok((Self::Beside { ready, made }, supplier))
    }

    /// One more segment, if one is to be had.
    pub(super) fn take(&mut self) -> Result<Blank<D::File>, JournalError> {
        match self {
            Self::Inline { disk, next, ready } => {
                if let Some(blank) = ready.pop_front() {
                    return Ok(blank);
                }
                let made = prepare(disk, *next, &|| true);
                let blank = made.map_err(JournalError::of("prepare a segment"))?;
                next.number += 1;
                Ok(blank)
            }
            Self::Beside { ready, made } => {
                if let Some(blank) = ready.pop_front() {
                    return Ok(blank);
                }
                made.recv()
                    .map_err(|_| JournalError::Stopped("no segment is prepared".to_owned()))
            }
        }
    }

    /// Has one ready, where that is done inline.
    pub(super) fn ahead(&mut self, shared: &Shared) {
        if let Self::Inline { disk, next, ready } = self
            && ready.is_empty()
        {
            match prepare(disk, *next, &|| true) {
                Ok(blank) => {
                    next.number += 1;
                    shared.supplied(payload(&blank.0));
                    ready.push_back(blank);
                }
                Err(error) => shared.lacks(error.to_string()),
            }
        }
    }
}

/// Prepares one segment after the other until nobody takes them any more.
fn supply<D: Disk>(
    disk: &D,
    mut next: SegmentHead,
    send: &SyncSender<Blank<D::File>>,
    shared: &Weak<Shared>,
) {
    loop {
        let is_wanted = || {
            shared.upgrade().is_some_and(|shared| {
                if shared.room() > next.length {
                    thread::sleep(BREATH);
                }
                !shared.is_closing()
            })
        };
        let made = prepare(disk, next, &is_wanted);
        let Some(shared) = shared.upgrade() else {
            return;
        };
        match made {
            Ok(blank) => {
                shared.supplied(payload(&blank.0));
                drop(shared);
                next.number += 1;
                if send.send(blank).is_err() {
                    return;
                }
            }
            Err(error) => {
                shared.lacks(error.to_string());
                if shared.rest(PATIENCE) {
                    return;
                }
            }
        }
    }
}
