//! What a journal is made with.

use super::JournalError;
use crate::segment::{BLOCKS_AT, block_bytes};

/// When an answer is let out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ack {
    /// When its command is on the medium.
    #[default]
    Durable,
    /// At once: a crash loses the last answers, as everybody who gets one is told.
    Memory,
}

impl Ack {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Memory => "memory",
        }
    }
}

/// Who writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    /// A thread of its own, with another that prepares segments and one that takes snapshots.
    #[default]
    Beside,
    /// Whoever asks for durability, in [`super::DurableLog::wait`]: every run is the same.
    Inline,
}

/// What a journal is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalOptions {
    /// Which part of a venue this is.
    pub shard: u32,
    /// For a new journal: any number that others do not have.
    pub salt: u64,
    /// When an answer is let out.
    pub ack: Ack,
    /// Who writes.
    pub writing: Writing,
    /// Length of a segment.
    pub segment_bytes: u64,
    /// Most bytes of records in a group, and so in one record.
    pub group_bytes_max: usize,
    /// Most bytes of records that wait for the disk.
    pub waiting_bytes_max: usize,
    /// Bytes of records between two snapshots.
    pub snapshot_bytes: u64,
    /// Bytes of segments kept back, when no more space is to be had, for what takes risk away.
    pub reserve_bytes: u64,
    /// Whether segments stay that snapshots stand for.
    pub keeps_all: bool,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            shard: 0,
            salt: 0,
            ack: Ack::Durable,
            writing: Writing::Beside,
            segment_bytes: 1 << 26,
            group_bytes_max: 1 << 21,
            waiting_bytes_max: 1 << 23,
            snapshot_bytes: 1 << 28,
            reserve_bytes: 1 << 24,
            keeps_all: false,
        }
    }
}

impl JournalOptions {
    /// Refuses what cannot work.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        let group = block_bytes(self.group_bytes_max) as u64;
        let least = BLOCKS_AT as u64 + 2 * group;
        if self.segment_bytes < least || self.group_bytes_max == 0 {
            return Err(JournalError::Options(format!(
                "a segment holds two groups of records: segment_bytes={}, group_bytes_max={}, at \
                 least {least} bytes",
                self.segment_bytes, self.group_bytes_max
            )));
        }
        let most = self.segment_bytes - least + 1;
        if self.reserve_bytes > most {
            return Err(JournalError::Options(format!(
                "a segment holds what is kept back beside two groups: reserve_bytes={}, at most \
                 {most}",
                self.reserve_bytes
            )));
        }
        if self.waiting_bytes_max < self.group_bytes_max {
            return Err(JournalError::Options(format!(
                "at least one group of records may wait: waiting_bytes_max={}, group_bytes_max={}",
                self.waiting_bytes_max, self.group_bytes_max
            )));
        }
        Ok(())
    }
}
