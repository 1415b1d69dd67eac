//! Appending to a file.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::{FileError, FileRecord, PAYLOAD_BYTES_MAX, encode, header, scan};
use crate::lock;

/// The one writer of a file: what it answered is in the hands of the system, or on the disk.
#[derive(Debug)]
pub struct FileWriter {
    /// `None` when closed.
    file: Option<File>,
    salt: u64,
    sync: bool,
    sequence: u64,
    torn_bytes: u64,
    /// What went wrong before.
    stopped: Option<String>,
    room: Vec<u8>,
}

impl FileWriter {
    /// Makes the file, or continues it behind its last whole record; what is torn is cut off.
    ///
    /// `salt` is for a new file. With `sync` each record is on the disk before [`Self::append`]
    /// answers.
    ///
    /// # Errors
    ///
    /// [`FileError`]; a file that is no journal, is damaged or has a writer stays as it is.
    pub fn open(path: &Path, salt: u64, sync: bool) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let opened = lock::open(options, path).map_err(FileError::of("open a journal"))?;
        let mut file = opened.ok_or(FileError::Busy)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(FileError::of("read a journal"))?;
        let mut writer = Self {
            file: None,
            salt,
            sync,
            sequence: 0,
            torn_bytes: 0,
            stopped: None,
            room: Vec::new(),
        };
        let whole = match scan::salt(&bytes)? {
            None => 0,
            Some(salt) => {
                let extent = scan::extent(salt, &bytes)?;
                (writer.salt, writer.sequence) = (salt, extent.last);
                extent.whole
            }
        };
        writer.torn_bytes = (bytes.len() - whole) as u64;
        if writer.torn_bytes > 0 {
            file.set_len(whole as u64)
                .map_err(FileError::of("cut a torn tail off a journal"))?;
        }
        file.seek(SeekFrom::Start(whole as u64))
            .map_err(FileError::of("seek in a journal"))?;
        if whole == 0 {
            file.write_all(&header(writer.salt))
                .map_err(FileError::of("write the header of a journal"))?;
        }
        file.sync_all().map_err(FileError::of("sync a journal"))?;
        writer.file = Some(file);
        Ok(writer)
    }

    /// Writes a record and answers its sequence.
    ///
    /// # Errors
    ///
    /// [`FileError`]; after one of the system's every further append refuses, as part of the record
    /// may be there. What was answered before stays.
    pub fn append(&mut self, kind: u8, ts_ns: i64, payload: &[u8]) -> Result<u64, FileError> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(FileError::TooLarge(payload.len()));
        }
        let record = FileRecord {
            sequence: self.sequence + 1,
            kind,
            ts_ns,
            payload,
        };
        self.room.clear();
        encode(self.salt, &record, &mut self.room);
        let room = std::mem::take(&mut self.room);
        let sync = self.sync;
        let written = self.attempt("append to a journal", |mut file| {
            file.write_all(&room)?;
            if sync { file.sync_data() } else { Ok(()) }
        });
        self.room = room;
        written?;
        self.sequence += 1;
        Ok(self.sequence)
    }

    /// Brings everything appended to the disk.
    ///
    /// # Errors
    ///
    /// [`FileError`]; then nobody knows what is there, and every further append refuses.
    pub fn sync(&mut self) -> Result<(), FileError> {
        self.attempt("sync a journal", File::sync_data)
    }

    /// Brings everything to the disk and lets go of the file; twice is harmless.
    ///
    /// # Errors
    ///
    /// [`FileError`] when the disk refuses; the file is closed all the same.
    pub fn close(&mut self) -> Result<(), FileError> {
        if self.file.is_none() {
            return Ok(());
        }
        let synced = if self.stopped.is_none() {
            self.sync()
        } else {
            Ok(())
        };
        self.file = None;
        synced
    }

    /// Of the last record written; 0 before the first.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Bytes that were cut off when it was opened.
    pub const fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Does something with the file, and remembers when it fails.
    fn attempt(
        &mut self,
        action: &'static str,
        work: impl FnOnce(&File) -> std::io::Result<()>,
    ) -> Result<(), FileError> {
        if let Some(why) = &self.stopped {
            return Err(FileError::Stopped(why.clone()));
        }
        let file = self.file.as_ref().ok_or(FileError::Closed)?;
        work(file).map_err(|source| {
            let error = FileError::Io { action, source };
            self.stopped = Some(error.to_string());
            error
        })
    }
}
