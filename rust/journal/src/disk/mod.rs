//! What a journal asks of a disk: a folder of files that are written at offsets and synced.

mod local;
mod simulated;

use std::io;

pub use local::{LocalDisk, LocalFile};
pub use simulated::{Faults, SimulatedDisk, SimulatedFile};

/// A folder of its own, with one user.
pub trait Disk: Clone + Send + 'static {
    /// One of its files.
    type File: DiskFile;

    /// The same disk for somebody who only reads, and keeps nobody else from it.
    #[must_use]
    fn reader(&self) -> Self;

    /// The names there are, in no order.
    ///
    /// # Errors
    ///
    /// The system's.
    fn list(&self) -> io::Result<Vec<String>>;

    /// An empty file under this name, in the place of one that is there.
    ///
    /// # Errors
    ///
    /// The system's.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// The file of this name.
    ///
    /// # Errors
    ///
    /// The system's.
    fn open(&self, name: &str) -> io::Result<Self::File>;

    /// Gives a file another name, in the place of one that bears it.
    ///
    /// # Errors
    ///
    /// The system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Takes a file away.
    ///
    /// # Errors
    ///
    /// The system's.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Answers when the names are on the medium.
    ///
    /// # Errors
    ///
    /// The system's.
    fn sync(&self) -> io::Result<()>;
}

/// One file of a disk.
pub trait DiskFile: Send + 'static {
    /// Writes all of `bytes` at `offset`, beyond the end if need be.
    ///
    /// # Errors
    ///
    /// The system's; then any part may be written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Everything that is in it.
    ///
    /// # Errors
    ///
    /// The system's.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// As many bytes from `offset` on as there are, at most `length`.
    ///
    /// # Errors
    ///
    /// The system's.
    fn read_at(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>>;

    /// Answers when what was written is on the medium.
    ///
    /// # Errors
    ///
    /// The system's; then nobody knows what is there, and asking again proves nothing.
    fn sync(&mut self) -> io::Result<()>;
}
