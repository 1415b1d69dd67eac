//! A disk in memory that can lose power, tear sectors, fill up, fail and lie.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile};

/// What a power loss keeps or drops as one, unless it tears it.
const SECTOR: usize = 512;

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The power goes after so many more bytes are written, in the middle of a write if need be.
    pub power_bytes: Option<u64>,
    /// So many more syncs of files succeed; those behind fail.
    pub syncs: Option<u64>,
    /// So many more writes succeed; those behind leave half of what they were given and fail.
    pub writes: Option<u64>,
    /// A sync answers at once and does nothing.
    pub lies: bool,
    /// So many bytes fit on it.
    pub capacity: Option<u64>,
}

/// A file: what is on the medium, and what was written since.
#[derive(Clone, Debug, Default)]
struct Content {
    medium: Vec<u8>,
    written: Vec<(usize, Vec<u8>)>,
}

/// A change of the names.
#[derive(Clone, Debug)]
enum Change {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    /// Names as the process sees them, and as they are on the medium.
    names: BTreeMap<String, usize>,
    medium: BTreeMap<String, usize>,
    /// What makes the one of the other, in order.
    changes: Vec<Change>,
    faults: Faults,
    is_off: bool,
}

/// A disk in memory; a clone is the same disk.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// From now on this is wrong.
    pub fn fail(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// Power goes and comes back. What was synced is there; of everything else each sector is
    /// kept, dropped or torn as `dice` says (a number below its argument), in any order.
    pub fn lose_power(&self, dice: &mut dyn FnMut(usize) -> usize) {
        let mut state = self.lock();
        for content in &mut state.files {
            lose(content, dice);
        }
        let kept = dice(state.changes.len() + 1);
        let mut names = std::mem::take(&mut state.medium);
        for change in std::mem::take(&mut state.changes).into_iter().take(kept) {
            rename(&mut names, change);
        }
        state.medium.clone_from(&names);
        state.names = names;
        state.faults = Faults::default();
        state.is_off = false;
    }

    /// Does something to the bytes of a file, on the medium and elsewhere.
    pub fn damage(&self, name: &str, damage: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        if let Some(at) = state.names.get(name).copied() {
            let content = &mut state.files[at];
            content.settle();
            damage(&mut content.medium);
        }
    }

    /// A disk with the same bytes, as the process sees them.
    pub fn copy(&self) -> Self {
        let state = self.lock();
        let copy = State {
            files: state.files.clone(),
            names: state.names.clone(),
            medium: state.names.clone(),
            ..State::default()
        };
        Self(Arc::new(Mutex::new(copy)))
    }

    /// A disk with the bytes and names that are on the medium, and no others.
    #[must_use]
    pub fn copy_of_medium(&self) -> Self {
        let state = self.lock();
        let mut files = state.files.clone();
        for file in &mut files {
            file.written.clear();
        }
        let copy = State {
            files,
            names: state.medium.clone(),
            medium: state.medium.clone(),
            ..State::default()
        };
        Self(Arc::new(Mutex::new(copy)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.lock();
        if state.is_off {
            return Err(io::Error::other("the power is off"));
        }
        Ok(state)
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.on()?;
        rename(&mut state.names, change.clone());
        state.changes.push(change);
        Ok(())
    }

    fn file(&self, at: usize) -> SimulatedFile {
        let disk = self.clone();
        SimulatedFile { disk, at }
    }
}

fn rename(names: &mut BTreeMap<String, usize>, change: Change) {
    match change {
        Change::Create(name, at) => {
            names.insert(name, at);
        }
        Change::Rename(from, to) => {
            if let Some(at) = names.remove(&from) {
                names.insert(to, at);
            }
        }
        Change::Remove(name) => {
            names.remove(&name);
        }
    }
}

/// Of everything not synced, keeps some.
fn lose(content: &mut Content, dice: &mut dyn FnMut(usize) -> usize) {
    let mut pieces = Vec::new();
    for (offset, bytes) in std::mem::take(&mut content.written) {
        let mut at = 0;
        while at < bytes.len() {
            let end = bytes.len().min(at + SECTOR - (offset + at) % SECTOR);
            pieces.push((offset + at, bytes[at..end].to_vec()));
            at = end;
        }
    }
    while !pieces.is_empty() {
        // In any order; of the same sector the last to arrive stays.
        let (offset, mut bytes) = pieces.swap_remove(dice(pieces.len()));
        match dice(4) {
            0 => continue,
            1 => bytes.truncate(dice(bytes.len() + 1)),
            _ => {}
        }
        content.put(offset, &bytes);
    }
}

impl Content {
    fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.medium.len() < end {
            self.medium.resize(end, 0);
        }
        self.medium[offset..end].copy_from_slice(bytes);
    }

    fn settle(&mut self) {
        for (offset, bytes) in std::mem::take(&mut self.written) {
            self.put(offset, &bytes);
        }
    }

    fn end(&self) -> usize {
        let ends = self.written.iter().map(|(at, bytes)| at + bytes.len());
        ends.fold(self.medium.len(), usize::max)
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;

    fn reader(&self) -> Self {
        self.clone()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.on()?.names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<SimulatedFile> {
        let at = {
            let mut state = self.on()?;
            state.files.push(Content::default());
            state.files.len() - 1
        };
        self.change(Change::Create(name.to_owned(), at))?;
        Ok(self.file(at))
    }

    fn open(&self, name: &str) -> io::Result<SimulatedFile> {
        let at = self.on()?.names.get(name).copied();
        let at = at.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(self.file(at))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(Change::Rename(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.change(Change::Remove(name.to_owned()))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.on()?;
        if !state.faults.lies {
            state.changes.clear();
            state.medium = state.names.clone();
        }
        Ok(())
    }
}

/// A file of a disk in memory.
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    at: usize,
}

impl DiskFile for SimulatedFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.on()?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        if let Some(capacity) = state.faults.capacity {
            let named = state.names.values();
            let used: usize = named.map(|at| state.files[*at].end()).sum();
            let grown = (offset + bytes.len()).saturating_sub(state.files[self.at].end());
            if (used + grown) as u64 > capacity {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
        }
        let mut written = bytes;
        match &mut state.faults.writes {
            Some(0) => {
                let half = bytes[..bytes.len() / 2].to_vec();
                state.files[self.at].written.push((offset, half));
                return Err(io::Error::other("the medium has an error"));
            }
            Some(left) => *left -= 1,
            None => {}
        }
        if let Some(left) = state.faults.power_bytes {
            let fits = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            written = &bytes[..fits];
            state.faults.power_bytes = Some(left - fits as u64);
        }
        state.files[self.at]
            .written
            .push((offset, written.to_vec()));
        if written.len() < bytes.len() {
            state.is_off = true;
            return Err(io::Error::other("the power is off"));
        }
        Ok(())
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let state = self.disk.on()?;
        let mut content = state.files[self.at].clone();
        content.settle();
        Ok(content.medium)
    }

    fn read_at(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read()?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        bytes.truncate(start.saturating_add(length).min(bytes.len()));
        bytes.drain(..start);
        Ok(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.on()?;
        match &mut state.faults.syncs {
            Some(0) => return Err(io::Error::other("the medium has an error")),
            Some(left) => *left -= 1,
            None => {}
        }
        if !state.faults.lies {
            state.files[self.at].settle();
        }
        Ok(())
    }
}
