//! What waits for the disk, and how far that is.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::holds::Holds;
use super::{JournalError, JournalOptions};
use crate::log::Block;
use crate::segment::block_bytes;

/// Records that become one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) bytes: Vec<u8>,
    pub(super) first: u64,
    pub(super) count: u32,
    /// Of the state behind them, where somebody said it: nothing is added any more.
    pub(super) state_hash: Option<u128>,
}

/// Somebody to call when more is on the medium, or nothing ever will be.
type Call = Box<dyn Fn() + Send + Sync>;

/// What a journal's owner and its threads share.
pub(super) struct Shared {
    inbox: Mutex<Inbox>,
    /// Who is called beside those who wait.
    called: Mutex<Option<Call>>,
    /// The writer waits here for work.
    work: Condvar,
    /// Everybody else waits here for the disk.
    progress: Condvar,
    durable: AtomicU64,
    holds: Arc<Holds>,
}

#[derive(Debug, Default)]
struct Inbox {
    groups: VecDeque<Group>,
    /// Of records in the groups.
    bytes: usize,
    count: u64,
    /// Bytes of segments that nothing is in.
    room: u64,
    stopped: Option<String>,
    lacks: Option<String>,
    is_closing: bool,
    writer_waits: bool,
}

impl Shared {
    /// Of a journal that is durable up to here.
    pub(super) fn new(durable: u64) -> Self {
        Self {
            inbox: Mutex::default(),
            called: Mutex::new(None),
            work: Condvar::new(),
            progress: Condvar::new(),
            durable: AtomicU64::new(durable),
            holds: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sequence of the last record that is on the medium.
    #[inline]
    pub(super) fn durable(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// Who still needs which files.
    pub(super) const fn holds(&self) -> &Arc<Holds> {
        &self.holds
    }

    /// Puts records in the queue.
    pub(super) fn put(
        &self,
        block: Block<'_>,
        options: &JournalOptions,
    ) -> Result<(), JournalError> {
        let group_max = options.group_bytes_max;
        let count = u32::try_from(block.count).unwrap_or(u32::MAX);
        let mut inbox = self.lock();
        if let Some(why) = &inbox.stopped {
            return Err(JournalError::Stopped(why.clone()));
        }
        inbox.hold(block.bytes.len(), block.relieves, options)?;
        inbox.bytes += block.bytes.len();
        inbox.count += u64::from(count);
        match inbox.groups.back_mut() {
            Some(last)
                if last.state_hash.is_none()
                    && last.bytes.len() + block.bytes.len() <= group_max
                    && last.count.checked_add(count).is_some() =>
            {
                last.bytes.extend_from_slice(block.bytes);
                last.count += count;
            }
            _ => inbox.groups.push_back(Group {
                bytes: block.bytes.to_vec(),
                first: block.first,
                count,
                state_hash: None,
            }),
        }
        self.call(inbox);
        Ok(())
    }

    /// Refuses when there is no place for so many bytes of records.
    pub(super) fn admit(
        &self,
        bytes: usize,
        relieves: bool,
        options: &JournalOptions,
    ) -> Result<(), JournalError> {
        let inbox = self.lock();
        if let Some(why) = &inbox.stopped {
            return Err(JournalError::Stopped(why.clone()));
        }
        inbox.hold(bytes, relieves, options)
    }

    /// Says the state behind every record put so far, of which the next is `next`.
    pub(super) fn mark(&self, next: u64, state_hash: u128) {
        let mut inbox = self.lock();
        match inbox.groups.back_mut() {
            Some(last) if last.state_hash.is_none() => last.state_hash = Some(state_hash),
            _ => inbox.groups.push_back(Group {
                first: next,
                state_hash: Some(state_hash),
                ..Group::default()
            }),
        }
        self.call(inbox);
    }

    fn call(&self, mut inbox: MutexGuard<'_, Inbox>) {
        if std::mem::take(&mut inbox.writer_waits) {
            drop(inbox);
            self.work.notify_one();
        }
    }

    /// The next group, once there is one; `None` when the journal closes and nothing is left.
    pub(super) fn next(&self) -> Option<Group> {
        let mut inbox = self.lock();
        loop {
            if let Some(group) = inbox.take() {
                return Some(group);
            }
            if inbox.is_closing || inbox.stopped.is_some() {
                return None;
            }
            inbox.writer_waits = true;
            inbox = self
                .work
                .wait(inbox)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next group, if there is one.
    pub(super) fn poll(&self) -> Option<Group> {
        self.lock().take()
    }

    /// A group is on the medium; `room` bytes are left in its segment and those behind it.
    pub(super) fn written(&self, last: u64, used: u64) {
        self.durable.store(last, Ordering::Release);
        let mut inbox = self.lock();
        inbox.room = inbox.room.saturating_sub(used);
        drop(inbox);
        self.progress.notify_all();
        self.tell();
    }

    /// Calls whoever is to be called, in place of who was before.
    pub(super) fn set_call(&self, call: Option<Call>) {
        *self.called.lock().unwrap_or_else(PoisonError::into_inner) = call;
    }

    fn tell(&self) {
        let called = self.called.lock();
        if let Some(call) = called.unwrap_or_else(PoisonError::into_inner).as_ref() {
            call();
        }
    }

    /// Nothing is written any more.
    pub(super) fn stop(&self, why: String) {
        self.lock().stopped.get_or_insert(why);
        self.work.notify_all();
        self.progress.notify_all();
        self.tell();
    }

    /// Sequence of the last record that is on the medium, as long as there may be more.
    pub(super) fn check(&self) -> Result<u64, JournalError> {
        // Asked first: what was written before the end is durable.
        let durable = self.durable();
        match &self.lock().stopped {
            None => Ok(durable),
            Some(why) => Err(JournalError::Stopped(why.clone())),
        }
    }

    /// More room.
    pub(super) fn supplied(&self, room: u64) {
        let mut inbox = self.lock();
        inbox.room += room;
        inbox.lacks = None;
        drop(inbox);
        self.progress.notify_all();
    }

    /// Bytes of segments that nothing is in.
    pub(super) fn room(&self) -> u64 {
        self.lock().room
    }

    /// No more room for now.
    pub(super) fn lacks(&self, why: String) {
        self.lock().lacks = Some(why);
        self.progress.notify_all();
    }

    /// Waits a while; answers whether the journal closes.
    pub(super) fn rest(&self, patience: Duration) -> bool {
        let inbox = self.lock();
        if inbox.is_closing || inbox.stopped.is_some() {
            return true;
        }
        let (inbox, _) = self
            .progress
            .wait_timeout(inbox, patience)
            .unwrap_or_else(PoisonError::into_inner);
        inbox.is_closing || inbox.stopped.is_some()
    }

    /// Whether nothing more is wanted.
    pub(super) fn is_closing(&self) -> bool {
        let inbox = self.lock();
        inbox.is_closing || inbox.stopped.is_some()
    }

    /// The last groups are to be written.
    pub(super) fn close(&self) {
        self.lock().is_closing = true;
        self.work.notify_all();
        self.progress.notify_all();
    }

    /// Waits for anything behind a record to be on the medium; answers whether something is.
    pub(super) fn wait_beyond(&self, position: u64, patience: Duration) -> bool {
        let mut inbox = self.lock();
        let mut is_patient = !patience.is_zero();
        while is_patient && self.durable() <= position {
            if inbox.is_closing || inbox.stopped.is_some() {
                break;
            }
            let waited = self.progress.wait_timeout(inbox, patience);
            let (held, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            inbox = held;
            is_patient = !timeout.timed_out();
        }
        drop(inbox);
        self.durable() > position
    }

    /// Waits until a record is on the medium.
    pub(super) fn wait(&self, position: u64) -> Result<(), JournalError> {
        if self.durable() >= position {
            return Ok(());
        }
        let mut inbox = self.lock();
        loop {
            if self.durable() >= position {
                return Ok(());
            }
            if let Some(why) = &inbox.stopped {
                return Err(JournalError::Stopped(why.clone()));
            }
            inbox = self
                .progress
                .wait(inbox)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Inbox {
    /// Refuses what there is no place for.
    fn hold(
        &self,
        bytes: usize,
        relieves: bool,
        options: &JournalOptions,
    ) -> Result<(), JournalError> {
        let (group_max, waiting_max) = (options.group_bytes_max, options.waiting_bytes_max);
        if bytes > group_max {
            let most = group_max;
            return Err(JournalError::TooLarge { bytes, most });
        }
        if self.bytes + bytes > waiting_max {
            return Err(JournalError::Busy {
                waiting: self.bytes,
                most: waiting_max,
            });
        }
        let needed = self.needed(bytes, options);
        let kept = if relieves { 0 } else { options.reserve_bytes };
        if needed.saturating_add(kept) <= self.room {
            return Ok(());
        }
        // Where space is still being prepared, it is only a matter of time.
        Err(match &self.lacks {
            Some(why) if relieves => JournalError::Full(why.clone()),
            Some(_) => JournalError::Reserve {
                left: self.room.saturating_sub(needed),
                kept,
            },
            None => JournalError::Busy {
                waiting: self.bytes,
                most: usize::try_from(self.room).unwrap_or(usize::MAX),
            },
        })
    }

    /// Bytes that so many more of records may need.
    fn needed(&self, bytes: usize, options: &JournalOptions) -> u64 {
        // At worst each record is a block, and the end of two segments stays empty.
        let blocks = usize::try_from(self.count).unwrap_or(usize::MAX) + self.groups.len() + 1;
        let heads = (block_bytes(8) as u64).saturating_mul(blocks as u64);
        let ends = 2 * block_bytes(options.group_bytes_max) as u64;
        (self.bytes + bytes) as u64 + heads + ends
    }

    /// The next group; none after an error, of which nobody knows what it left.
    fn take(&mut self) -> Option<Group> {
        if self.stopped.is_some() {
            return None;
        }
        let group = self.groups.pop_front()?;
        self.bytes -= group.bytes.len();
        self.count -= u64::from(group.count);
        Some(group)
    }
}
