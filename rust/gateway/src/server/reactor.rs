//! The thread that reads, checks and writes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mio::event::Event;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use tradecore_journal::durable::Waiter;

use super::connection::{Connection, Talk};
use super::{Control, Settings, StartError};
use crate::access::{KeyTable, Nonces, Rates};
use crate::act::{Ask, Saying};
use crate::clock;
use crate::http::response::Responder;
use crate::sequencer::Ways;
use crate::session::Sessions;
use crate::wire::answer::Tongue;

/// Events of the waker, and of the listener.
pub(super) const WAKER: Token = Token(0);
const LISTENER: Token = Token(1);
/// Of the first connection.
const FIRST: usize = 2;
/// The longest sleep: so late something due may happen.
const TICK: Duration = Duration::from_millis(25);
/// Bytes read at once.
const ROOM_BYTES: usize = 64 << 10;

/// See the module.
pub(super) struct Reactor {
    poll: Poll,
    listener: TcpListener,
    pub(super) ways: Arc<Ways>,
    pub(super) control: Arc<Control>,
    pub(super) settings: Settings,
    pub(super) tongue: Tongue,
    pub(super) waiter: Option<Waiter>,
    pub(super) keys: KeyTable,
    pub(super) nonces: Nonces,
    pub(super) rates: Rates,
    pub(super) sessions: Sessions,
    pub(super) responder: Responder,
    pub(super) connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    generation: u32,
    /// Requests of this turn.
    pub(super) asks: VecDeque<Ask>,
    /// What was said and may not be told yet.
    pub(super) held: VecDeque<Saying>,
    pub(super) said: Vec<Saying>,
    /// Connections something was written for.
    touched: Vec<usize>,
    /// Connections to look at in the next turn.
    again: Vec<usize>,
    /// Room for what is read, signed, and told.
    room: Vec<u8>,
    pub(super) canonical: Vec<u8>,
    pub(super) message: Vec<u8>,
    pub(super) now_ns: i64,
    /// When the server started: numbers of sessions before it are others'.
    pub(super) epoch_ns: i64,
    pub(super) timed_ns: i64,
    /// A connection may wait to be taken in.
    accepts: bool,
}

impl Reactor {
    pub(super) fn new(
        (poll, mut listener): (Poll, TcpListener),
        (ways, control): (Arc<Ways>, Arc<Control>),
        (tongue, waiter): (Tongue, Option<Waiter>),
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let registered = poll
            .registry()
            .register(&mut listener, LISTENER, Interest::READABLE);
        registered.map_err(StartError::of("wait for connections"))?;
        let now_ns = clock::now_ns();
        Ok(Self {
            poll,
            listener,
            ways,
            control,
            settings: *settings,
            tongue,
            waiter,
            keys: KeyTable::default(),
            // Seconds are whole in a signed time; the one under way belongs to us.
            nonces: Nonces::new(settings.window_ns, now_ns / 1_000_000 * 1_000_000),
            rates: Rates::new(settings.rate, settings.high_rate)?,
            sessions: Sessions::new(settings.resend_bytes),
            responder: Responder::new(),
            connections: Vec::new(),
            free: Vec::new(),
            generation: 0,
            asks: VecDeque::new(),
            held: VecDeque::new(),
            said: Vec::new(),
            touched: Vec::new(),
            again: Vec::new(),
            room: vec![0; ROOM_BYTES],
            canonical: Vec::new(),
            message: Vec::new(),
            now_ns,
            epoch_ns: now_ns,
            timed_ns: now_ns,
            accepts: true,
        })
    }

    /// Works until the server stops.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1_024);
        while !self.control.is_stopping.load(Ordering::Acquire) {
            let patience = self.patience();
            // Interrupted or not: what is there is looked at.
            drop(self.poll.poll(&mut events, Some(patience)));
            self.ways.outbox.awake();
            self.set_time();
            for event in &events {
                match event.token() {
                    WAKER => {}
                    LISTENER => self.accepts = true,
                    Token(token) => self.note(token - FIRST, event),
                }
            }
            self.turn();
        }
        self.shut();
    }

    /// One turn: everything that can be done without waiting.
    pub(super) fn turn(&mut self) {
        self.take_keys();
        self.take_symbols();
        if self.accepts {
            self.accept();
        }
        for slot in std::mem::take(&mut self.again) {
            self.attend(slot);
        }
        self.hand_in();
        self.release();
        if self.now_ns - self.timed_ns >= i64::try_from(TICK.as_nanos()).unwrap_or(0) {
            self.timed_ns = self.now_ns;
            self.keep_time();
        }
        self.flush();
    }

    pub(super) fn set_time(&mut self) {
        // A clock that is set back stands still here.
        self.now_ns = self.now_ns.max(clock::now_ns());
        self.responder.set_time(self.now_ns);
    }

    /// How long may be slept.
    fn patience(&self) -> Duration {
        self.ways.outbox.sleep();
        let is_due = match (&self.waiter, self.held.front()) {
            (Some(waiter), Some(saying)) => saying.position <= waiter.on_medium(),
            _ => false,
        };
        if is_due || !self.again.is_empty() || !self.ways.outbox.is_empty() {
            Duration::ZERO
        } else {
            TICK
        }
    }

    fn note(&mut self, slot: usize, event: &Event) {
        let Some(Some(connection)) = self.connections.get_mut(slot) else {
            return;
        };
        connection.is_half_closed |= event.is_read_closed();
        if event.is_readable() {
            connection.is_readable = true;
            self.revisit(slot);
        }
        if event.is_writable() {
            self.touch(slot);
        }
    }

    /// Looks at a connection in the next turn.
    pub(super) fn revisit(&mut self, slot: usize) {
        if let Some(Some(connection)) = self.connections.get_mut(slot)
            && !connection.is_listed
        {
            connection.is_listed = true;
            self.again.push(slot);
        }
    }

    /// Writes to a connection at the end of the turn.
    pub(super) fn touch(&mut self, slot: usize) {
        if let Some(Some(connection)) = self.connections.get_mut(slot)
            && !connection.is_touched
        {
            connection.is_touched = true;
            self.touched.push(slot);
        }
    }

    pub(super) fn connection(&mut self, slot: usize) -> Option<&mut Connection> {
        self.connections.get_mut(slot)?.as_mut()
    }

    fn take_keys(&mut self) {
        let Ok(mut place) = self.control.keys.try_lock() else {
            return;
        };
        let taken = place.take();
        drop(place);
        if let Some(keys) = taken {
            self.keys = keys;
            self.review_keys();
        }
    }

    fn take_symbols(&mut self) {
        if let Ok(mut place) = self.control.symbols.try_lock()
            && let Some(symbols) = place.take()
        {
            self.tongue.symbols = symbols;
        }
    }

    fn accept(&mut self) {
        loop {
            let open = self.connections.len() - self.free.len();
            if open >= self.settings.connections_max {
                return;
            }
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    // One that is gone already is not worth a word.
                    drop(self.welcome((stream, peer.ip())));
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    self.accepts = false;
                    return;
                }
                // Out of files, for instance: again with the next turn.
                Err(_) => return,
            }
        }
    }

    fn welcome(
        &mut self,
        (mut stream, peer): (mio::net::TcpStream, std::net::IpAddr),
    ) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        let both = Interest::READABLE | Interest::WRITABLE;
        let registered = self
            .poll
            .registry()
            .register(&mut stream, Token(slot + FIRST), both);
        if let Err(error) = registered {
            self.free.push(slot);
            return Err(error);
        }
        self.generation = self.generation.wrapping_add(1);
        let connection = Connection::new(stream, peer, self.generation, self.now_ns);
        self.connections[slot] = Some(connection);
        self.ways.statistics.connected(1);
        Ok(())
    }

    /// Reads from a connection and does what it asks for.
    fn attend(&mut self, slot: usize) {
        let now_ns = self.now_ns;
        let Some(Some(connection)) = self.connections.get_mut(slot) else {
            return;
        };
        connection.is_listed = false;
        if connection.is_stalled() || connection.is_closing {
            return;
        }
        if connection.read(&mut self.room, now_ns).is_err() {
            return self.drop_connection(slot);
        }
        match connection.talk {
            Talk::Http { .. } => self.read_requests(slot),
            Talk::Socket { .. } => self.read_frames(slot),
        }
        let Some(connection) = self.connection(slot) else {
            return;
        };
        if connection.is_stalled() || connection.is_closing {
            return;
        }
        if connection.is_ended {
            // The beginning of a request whose end will not come.
            connection.input.clear();
            self.touch(slot);
        } else if connection.is_readable {
            self.revisit(slot);
        }
    }

    /// Writes to everybody something is to be written to.
    fn flush(&mut self) {
        let most = self.settings.output_bytes;
        for slot in std::mem::take(&mut self.touched) {
            let Some(Some(connection)) = self.connections.get_mut(slot) else {
                continue;
            };
            connection.is_touched = false;
            let failed = connection.flush().is_err();
            let is_lost = connection.is_lost(most);
            if is_lost && !failed {
                connection.say_too_slow();
            }
            if failed || is_lost || connection.is_done() {
                self.drop_connection(slot);
            } else if connection.is_readable || !connection.input.is_empty() {
                self.revisit(slot);
            }
        }
    }

    /// Forgets a connection; its session, if it had one, waits for another.
    pub(super) fn drop_connection(&mut self, slot: usize) {
        let Some(connection) = self.connections.get_mut(slot).and_then(Option::take) else {
            return;
        };
        self.free.push(slot);
        self.ways.statistics.connected(-1);
        self.part(connection.session(), (slot, connection.generation), false);
    }

    /// The table of keys, whoever broke off in the middle of handing one in.
    pub(super) fn clear_keys(&self) {
        drop(
            self.control
                .keys
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}
