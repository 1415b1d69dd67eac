//! One connection: what came in and was not read yet, what goes out and was not written yet.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;

use mio::net::TcpStream;

use crate::access::Key;
use crate::websocket::frame::{self, close};

/// Bytes read in one turn, so that nobody waits for one who sends much.
const READ_BYTES_MAX: usize = 64 << 10;
/// Bytes that may wait to be written before nothing more is read.
const OUTPUT_BYTES_SOFT: usize = 256 << 10;
/// Answers that may be outstanding before nothing more is read.
const PIPELINE_MAX: usize = 256;
/// A buffer that grew beyond this is given back once it is empty.
const KEPT_BYTES_MAX: usize = 128 << 10;

/// An answer in the order of its request.
pub(super) enum Slot {
    /// It is still to come, to a request of this key.
    Waiting(Arc<Key>),
    /// It came before its turn.
    Ready(Vec<u8>),
}

/// What is spoken.
pub(super) enum Talk {
    Http {
        /// Answers that were not given, oldest first.
        slots: VecDeque<Slot>,
        /// Number of the next request.
        next: u64,
    },
    Socket {
        /// 0 until it is known.
        session: u32,
        /// A message that comes in pieces, and its kind.
        pieces: Option<(u8, Vec<u8>)>,
    },
}

/// See the module.
#[expect(clippy::struct_excessive_bools, reason = "seven independent facts")]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: IpAddr,
    pub(super) generation: u32,
    pub(super) talk: Talk,
    pub(super) input: Vec<u8>,
    output: Vec<u8>,
    written: usize,
    /// There may be more to read.
    pub(super) is_readable: bool,
    /// It is to be closed once everything is written.
    pub(super) is_closing: bool,
    /// The other side said that it sends nothing more.
    pub(super) is_half_closed: bool,
    /// And everything it sent was read.
    pub(super) is_ended: bool,
    /// It stands in a list of those to write to, or to look at again.
    pub(super) is_touched: bool,
    pub(super) is_listed: bool,
    /// When something last came in.
    pub(super) heard_ns: i64,
    /// When what is in `input` began to come.
    pub(super) began_ns: i64,
    /// A ping was sent that nothing answered yet.
    pub(super) is_pinged: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, peer: IpAddr, generation: u32, now_ns: i64) -> Self {
        Self {
            stream,
            peer,
            generation,
            talk: Talk::Http {
                slots: VecDeque::new(),
                next: 0,
            },
            input: Vec::new(),
            output: Vec::new(),
            written: 0,
            is_readable: false,
            is_closing: false,
            is_half_closed: false,
            is_ended: false,
            is_touched: false,
            is_listed: false,
            heard_ns: now_ns,
            began_ns: now_ns,
            is_pinged: false,
        }
    }

    /// Reads what is there, up to a turn's worth.
    pub(super) fn read(&mut self, room: &mut [u8], now_ns: i64) -> io::Result<()> {
        let mut left = READ_BYTES_MAX;
        while self.is_readable && left > 0 {
            let most = room.len().min(left);
            match self.stream.read(&mut room[..most]) {
                Ok(0) => {
                    self.is_readable = false;
                    self.is_ended = true;
                }
                Ok(count) => {
                    if self.input.is_empty() {
                        self.began_ns = now_ns;
                    }
                    self.input.extend_from_slice(&room[..count]);
                    self.heard_ns = now_ns;
                    self.is_pinged = false;
                    left -= count;
                    // Less than asked for: the next reading would find nothing but the end.
                    if count < most && !self.is_half_closed {
                        self.is_readable = false;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_readable = false;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Where answers are written.
    pub(super) const fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Bytes that wait to be written.
    pub(super) const fn pending(&self) -> usize {
        self.output.len() - self.written
    }

    /// Writes what waits, as far as the other side takes it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.pending() > 0 {
            match self.stream.write(&self.output[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.output.drain(..self.written);
                    self.written = 0;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.written = 0;
        self.output.clear();
        if self.output.capacity() > KEPT_BYTES_MAX {
            self.output = Vec::new();
        }
        Ok(())
    }

    /// Whether nothing is read from it for now: it does not take what it is told.
    pub(super) fn is_stalled(&self) -> bool {
        let waiting = match &self.talk {
            Talk::Http { slots, .. } => slots.len(),
            Talk::Socket { .. } => 0,
        };
        self.pending() > OUTPUT_BYTES_SOFT || waiting >= PIPELINE_MAX
    }

    /// Whether it is behind what anybody may be.
    pub(super) const fn is_lost(&self, most: usize) -> bool {
        self.pending() > most
    }

    /// Says why it ends, as far as it still listens.
    pub(super) fn say_too_slow(&mut self) {
        let mut last = Vec::new();
        frame::write_close(&mut last, close::TRY_LATER, "too slow");
        // Where a frame was cut there is no place for another: then the end says it.
        if self.written == 0 {
            drop(self.stream.write(&last));
        }
    }

    /// Whether it can be closed: nothing is owed to it, or it was told to go.
    pub(super) fn is_done(&self) -> bool {
        let owes = match &self.talk {
            Talk::Http { slots, .. } => !slots.is_empty(),
            Talk::Socket { .. } => false,
        };
        let is_ended = self.is_ended && self.input.is_empty();
        (self.is_closing || is_ended) && !owes && self.pending() == 0
    }

    /// The session that is spoken with; 0 for none.
    pub(super) const fn session(&self) -> u32 {
        match &self.talk {
            Talk::Http { .. } => 0,
            Talk::Socket { session, .. } => *session,
        }
    }
}
