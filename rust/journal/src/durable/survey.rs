//! What is in the files of a journal; nothing is changed.

use super::JournalError;
use super::file::read;
use super::snapshot::{self, SnapshotHead};
use super::watermark::{self, Watermark};
use crate::disk::Disk;
use crate::segment::{
    BLOCKS_AT, BlockHead, Chain, Digest, Found, HeadError, Scanner, SegmentHead, extent, u64_at,
};

/// A segment as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Surveyed {
    pub(crate) head: SegmentHead,
    /// Where its whole blocks end.
    pub(crate) whole: usize,
    /// Where its last byte that is not zero ends.
    pub(crate) extent: usize,
    /// Bytes there are of those there should be.
    pub(crate) present: usize,
}

/// What is in the files of a journal.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    pub(crate) segments: Vec<Surveyed>,
    /// Where the records end.
    pub(crate) chain: Chain,
    /// Which of `segments` that is.
    pub(crate) tail: usize,
    /// Snapshots that are whole, the oldest first.
    pub(crate) snapshots: Vec<SnapshotHead>,
    /// Snapshots that are not.
    pub(crate) broken: Vec<String>,
    /// Blocks.
    pub(crate) blocks: u64,
    /// The first record there is.
    pub(crate) first: u64,
}

impl Survey {
    /// Bytes of a group that was being written when the writer died; nobody was told of it.
    pub(crate) fn torn_bytes(&self) -> u64 {
        let behind = self.segments[self.tail..].iter();
        let torn = behind.map(|segment| segment.extent.saturating_sub(segment.whole) as u64);
        torn.sum()
    }
}

/// The header of a segment.
pub(super) fn head(bytes: &[u8], number: u64) -> Result<SegmentHead, JournalError> {
    let file = SegmentHead::name(number);
    let head = match SegmentHead::parse(bytes) {
        Ok(head) => head,
        Err(HeadError::Damaged) => return Err(JournalError::Header { file }),
        Err(HeadError::Version(version)) => return Err(JournalError::Version { version, file }),
    };
    belongs(&file, "number", number, head.number)?;
    Ok(head)
}

fn belongs(file: &str, what: &'static str, expected: u64, found: u64) -> Result<(), JournalError> {
    if expected == found {
        return Ok(());
    }
    let file = file.to_owned();
    Err(JournalError::Foreign {
        file,
        what,
        expected,
        found,
    })
}

/// The numbers of the segments there are, in order and without a gap.
pub(super) fn numbers(names: &[String]) -> Result<Vec<u64>, JournalError> {
    let segments = names.iter().filter_map(|name| SegmentHead::number_of(name));
    let mut numbers: Vec<u64> = segments.collect();
    numbers.sort_unstable();
    for pair in numbers.windows(2) {
        if pair[1] != pair[0] + 1 {
            let file = SegmentHead::name(pair[0] + 1);
            return Err(JournalError::Missing { file });
        }
    }
    Ok(numbers)
}

/// Looks at every byte of a journal; `None` where there is none yet.
///
/// # Errors
///
/// [`JournalError`] where a file cannot be read, does not belong here, or is damaged so that
/// something acknowledged is not there any more.
pub(crate) fn survey<D: Disk>(
    disk: &D,
    shard: u32,
    each: &mut dyn FnMut(&Found<'_>),
) -> Result<Option<Survey>, JournalError> {
    let names = disk
        .list()
        .map_err(JournalError::of("list the files of a journal"))?;
    let numbers = numbers(&names)?;
    let mark = if names.iter().any(|name| name == watermark::NAME) {
        Watermark::parse(&read(disk, watermark::NAME)?)
    } else {
        None
    };
    let (snapshots, broken) = snapshot::survey(disk, &names)?;
    let Some(first_number) = numbers.first().copied() else {
        if mark.is_some_and(|mark| mark.block > 0) || !snapshots.is_empty() {
            let file = SegmentHead::name(1);
            return Err(JournalError::Missing { file });
        }
        return Ok(None);
    };
    let chain = if first_number == 1 {
        Chain::START
    } else if snapshots.is_empty() {
        return Err(JournalError::Snapshot(broken.len()));
    } else {
        Chain::RELEASED
    };
    let mut survey = Survey {
        segments: Vec::with_capacity(numbers.len()),
        chain,
        tail: 0,
        snapshots,
        broken,
        blocks: 0,
        first: 1,
    };
    for number in numbers {
        look(disk, shard, number, &mut survey, each)?;
    }
    survey.check(disk, mark)?;
    Ok(Some(survey))
}

/// Looks at the next segment.
fn look<D: Disk>(
    disk: &D,
    shard: u32,
    number: u64,
    survey: &mut Survey,
    each: &mut dyn FnMut(&Found<'_>),
) -> Result<(), JournalError> {
    let bytes = read(disk, &SegmentHead::name(number))?;
    let head = head(&bytes, number)?;
    let file = SegmentHead::name(number);
    belongs(&file, "shard", shard.into(), head.shard.into())?;
    if let Some(first) = survey.segments.first() {
        belongs(&file, "salt", first.head.salt, head.salt)?;
    }
    for snapshot in &survey.snapshots {
        belongs(&file, "salt", snapshot.salt, head.salt)?;
    }
    let mut scanner = Scanner::new((head.salt, number), &bytes);
    let index = survey.segments.len();
    while let Some(found) = scanner.next(&mut survey.chain) {
        if survey.blocks == 0 {
            survey.first = found.head.first;
        }
        survey.blocks += 1;
        survey.tail = index;
        compare(&survey.snapshots, &found.head, &survey.chain.digest)?;
        each(&found);
    }
    survey.segments.push(Surveyed {
        head,
        whole: scanner.at(),
        extent: extent(&bytes).max(BLOCKS_AT.min(bytes.len())),
        present: bytes.len(),
    });
    Ok(())
}

/// A snapshot names the block it was taken behind.
fn compare(
    snapshots: &[SnapshotHead],
    head: &BlockHead,
    digest: &Digest,
) -> Result<(), JournalError> {
    for snapshot in snapshots {
        if snapshot.block == head.number {
            let file = snapshot::name(snapshot.position);
            belongs(&file, "position", head.last(), snapshot.position)?;
            let digests = [&snapshot.digest, digest].map(|digest| u64_at(digest, 0));
            belongs(&file, "digest", digests[1], digests[0])?;
        }
    }
    Ok(())
}

impl Survey {
    /// Refuses a journal in which something behind the last whole block was acknowledged.
    fn check<D: Disk>(&self, disk: &D, mark: Option<Watermark>) -> Result<(), JournalError> {
        let damaged = |witness| {
            let tail = &self.segments[self.tail];
            Err(JournalError::Damaged {
                sequence: self.chain.last() + 1,
                witness,
                file: SegmentHead::name(tail.head.number),
                offset: tail.whole as u64,
            })
        };
        let salt = self.segments[0].head.salt;
        if let Some(mark) = mark {
            belongs(watermark::NAME, "salt", salt, mark.salt)?;
            let is_other = mark.block == self.chain.block()
                && mark.block > 0
                && mark.digest != u64_at(&self.chain.digest, 0);
            if mark.block > self.chain.block() || is_other {
                return damaged("the watermark");
            }
        }
        if let Some(newest) = self.snapshots.last()
            && newest.position > self.chain.last()
        {
            return damaged("a snapshot");
        }
        if let Some(oldest) = self.snapshots.first()
            && self.first > oldest.position + 1
            && self.snapshots.iter().all(|s| self.first > s.position + 1)
        {
            return Err(JournalError::Snapshot(self.broken.len()));
        }
        let next = self.chain.block() + 1;
        for segment in &self.segments[self.tail..] {
            if segment.extent <= segment.whole {
                continue;
            }
            let number = segment.head.number;
            let bytes = read(disk, &SegmentHead::name(number))?;
            let behind = Scanner::behind((segment.head.salt, number), &bytes, segment.whole);
            if behind.later(next).is_some() {
                return damaged("a later block");
            }
        }
        Ok(())
    }
}
