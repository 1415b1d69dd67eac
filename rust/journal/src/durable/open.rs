//! From files to a journal that goes on behind its last whole block.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;

use tradecore_core::instrument::Instrument;

use super::inbox::Shared;
use super::shadow::{Painter, Shadow};
use super::stock::{self, Blank, Stock, payload, prepare};
use super::survey::{Survey, survey};
use super::writer::{Appender, Current};
use super::{JournalError, JournalOptions, Writing, watermark};
use crate::disk::{Disk, DiskFile};
use crate::segment::{BLOCKS_AT, Chain, SegmentHead};

/// The end of the name of a file that is being made.
const DRAFT: &str = ".tmp";

/// What a journal opens to.
pub(super) struct Opened<D: Disk> {
    pub(super) shared: Arc<Shared>,
    pub(super) appender: Appender<D>,
    pub(super) threads: Vec<JoinHandle<()>>,
    pub(super) torn_bytes: u64,
}

/// Finds the end, cuts off what is torn, and prepares to go on.
pub(super) fn open<D: Disk>(
    disk: &D,
    instruments: &[Arc<Instrument>],
    options: &JournalOptions,
) -> Result<Opened<D>, JournalError> {
    clean(disk)?;
    let found = survey(disk, options.shard, &mut |_| ())?;
    let torn_bytes = found.as_ref().map_or(0, Survey::torn_bytes);
    let (current, ready, chain) = match &found {
        None => begin(disk, options)?,
        Some(survey) => go_on(disk, survey)?,
    };
    let shared = Arc::new(Shared::new(chain.last()));
    shared.supplied(current.head.length - current.at);
    for (head, _) in &ready {
        shared.supplied(payload(head));
    }
    let last = ready.back().map_or(current.head, |(head, _)| *head);
    let next = SegmentHead {
        number: last.number + 1,
        length: options.segment_bytes,
        ..last
    };
    let painter = Painter {
        disk: disk.clone(),
        instruments: instruments.to_vec(),
        holds: Arc::clone(shared.holds()),
        keeps_all: options.keeps_all,
    };
    let mut threads = Vec::new();
    let (stock, shadow) = match options.writing {
        Writing::Inline => (
            Stock::inline(disk.clone(), next, ready),
            Shadow::Inline(painter),
        ),
        Writing::Beside => {
            let start = JournalError::of("start a thread");
            let beside = || {
                let (stock, supplier) = Stock::beside(disk.clone(), next, ready, &shared)?;
                let (shadow, taker) = Shadow::beside(painter, Arc::downgrade(&shared))?;
                Ok(((stock, shadow), [supplier, taker]))
            };
            let (made, started) = beside().map_err(start)?;
            threads.extend(started);
            made
        }
    };
    let mark = mark_file(disk).map_err(JournalError::of("open a watermark"))?;
    let mut appender = Appender {
        current,
        stock,
        chain,
        watermark: mark,
        shadow,
        room: Vec::new(),
    };
    appender.stock.ahead(&shared);
    Ok(Opened {
        shared,
        appender,
        threads,
        torn_bytes,
    })
}

/// Takes away files that were never finished.
fn clean<D: Disk>(disk: &D) -> Result<(), JournalError> {
    let remove = || {
        for name in disk.list()? {
            if name.strip_suffix(DRAFT).is_some() {
                disk.remove(&name)?;
            }
        }
        Ok(())
    };
    remove().map_err(JournalError::of("remove a draft"))
}

fn mark_file<D: Disk>(disk: &D) -> std::io::Result<D::File> {
    if disk.list()?.iter().any(|name| name == watermark::NAME) {
        disk.open(watermark::NAME)
    } else {
        disk.create(watermark::NAME)
    }
}

type Begun<F> = (Current<F>, VecDeque<Blank<F>>, Chain);

/// A journal with nothing in it.
fn begin<D: Disk>(disk: &D, options: &JournalOptions) -> Result<Begun<D::File>, JournalError> {
    let head = SegmentHead {
        shard: options.shard,
        number: 1,
        salt: options.salt,
        length: options.segment_bytes,
    };
    let (head, file) =
        prepare(disk, head, &|| true).map_err(JournalError::of("prepare a segment"))?;
    let at = BLOCKS_AT as u64;
    Ok((Current { head, file, at }, VecDeque::new(), Chain::START))
}

/// A journal that is continued: what is behind its last block becomes zeros again.
fn go_on<D: Disk>(disk: &D, survey: &Survey) -> Result<Begun<D::File>, JournalError> {
    let mut current = None;
    let mut ready = VecDeque::new();
    for (index, segment) in survey.segments.iter().enumerate().skip(survey.tail) {
        let head = segment.head;
        let mend = || {
            let mut file = disk.open(&SegmentHead::name(head.number))?;
            let to = if (segment.present as u64) < head.length {
                head.length
            } else {
                segment.extent as u64
            };
            let from = segment.whole as u64;
            if from < to {
                stock::zero(&mut file, from, to, &|| true)?;
                file.sync()?;
            }
            Ok(file)
        };
        let file = mend().map_err(JournalError::of("cut a torn group off a journal"))?;
        if index == survey.tail {
            let at = segment.whole as u64;
            current = Some(Current { head, file, at });
        } else {
            ready.push_back((head, file));
        }
    }
    let current = current.ok_or_else(|| JournalError::Missing {
        file: SegmentHead::name(1),
    })?;
    Ok((current, ready, survey.chain))
}
