//! The server: one thread reads, checks and writes, one gives the engine its commands.

mod connection;
mod converse;
mod deliver;
mod members;
mod reactor;
mod requests;
mod timers;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mio::{Poll, Waker};
use tradecore_core::rate_limit::RateLimitError;
use tradecore_journal::durable::{Ack, DurableLog, Waiter};

use crate::access::{KeyError, KeyRow, KeyTable, Rate};
use crate::act::Symbols;
use crate::floor::Floor;
use crate::ingress::Ingress;
use crate::outbox::Outbox;
use crate::sequencer::{Sequencer, Ways};
use crate::statistics::Snapshot;
use crate::wire::answer::Tongue;
use reactor::{Reactor, WAKER};

/// What a server is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Requests that may wait for the engine; beyond, they are refused as `BUSY`.
    pub queue_max: usize,
    /// Connections at once.
    pub connections_max: usize,
    /// How many requests a user may send.
    pub rate: Rate,
    /// The same of users who may send more.
    pub high_rate: Rate,
    /// How far the time of a signed request may be from ours.
    pub window_ns: i64,
    /// Bytes of messages a session keeps, to tell them again.
    pub resend_bytes: usize,
    /// Bytes a connection may leave unread before it is cut off.
    pub output_bytes: usize,
    /// How long a connection may take to send a request, or to say who it is.
    pub patience_ns: i64,
    /// How long a connection may say nothing between requests.
    pub idle_ns: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue_max: 16_384,
            connections_max: 4_096,
            rate: Rate {
                burst: 400,
                per_second: 200,
            },
            high_rate: Rate {
                burst: 20_000,
                per_second: 10_000,
            },
            window_ns: 5_000_000_000,
            resend_bytes: 1 << 20,
            output_bytes: 1 << 20,
            patience_ns: 10_000_000_000,
            idle_ns: 60_000_000_000,
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The system says no.
    #[error("{action}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// Another server stands before the engine.
    #[error("an engine has one server for order entry at a time")]
    Taken,
    /// A rate can be none.
    #[error(transparent)]
    Rate(#[from] RateLimitError),
}

impl StartError {
    fn of(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

/// What the owner of a server tells it.
#[derive(Default)]
struct Control {
    keys: Mutex<Option<KeyTable>>,
    symbols: Mutex<Option<Symbols>>,
    is_draining: AtomicBool,
    is_stopping: AtomicBool,
}

/// A server that runs; it stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    control: Arc<Control>,
    ways: Arc<Ways>,
    /// What the disk calls, where answers wait for it.
    waiter: Option<Waiter>,
    /// Has the engine's reports go nowhere again.
    leave: Option<Box<dyn FnOnce() + Send + Sync>>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts to listen at `address`, before an engine.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub fn start<F: Floor>(
        floor: &Arc<F>,
        address: SocketAddr,
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let listener = TcpListener::bind(address).map_err(StartError::of("listen"))?;
        listener
            .set_nonblocking(true)
            .map_err(StartError::of("listen"))?;
        let address = listener.local_addr().map_err(StartError::of("listen"))?;
        let poll = Poll::new().map_err(StartError::of("wait for connections"))?;
        let waker = Waker::new(poll.registry(), WAKER);
        let waker = waker.map_err(StartError::of("wait for connections"))?;
        let wake = move || {
            // A full counter wakes as well.
            drop(waker.wake());
        };
        let outbox = Outbox::new(Box::new(wake));
        let ways = Arc::new(Ways::new(Ingress::new(settings.queue_max), outbox));
        let (tongue, waiter) = listen(floor.as_ref(), &ways).ok_or(StartError::Taken)?;
        let control = Arc::new(Control::default());
        let left = Arc::clone(floor);
        let leave = move || left.enter(&mut |desk| desk.venue().listen(None));
        // From here on what was begun is ended when it is dropped.
        let mut server = Self {
            address,
            control: Arc::clone(&control),
            ways: Arc::clone(&ways),
            waiter: waiter.clone(),
            leave: Some(Box::new(leave)),
            threads: Vec::new(),
        };
        let sequencer = Sequencer::new(Arc::clone(&ways));
        let listener = mio::net::TcpListener::from_std(listener);
        let reactor = Reactor::new(
            (poll, listener),
            (ways, control),
            (tongue, waiter),
            settings,
        )?;
        server.spawn("order-entry", move || reactor.run())?;
        let floor = Arc::clone(floor);
        server.spawn("order-sequencer", move || sequencer.run(floor.as_ref()))?;
        Ok(server)
    }

    fn spawn(
        &mut self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), StartError> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads
            .push(thread.map_err(StartError::of("start a thread"))?);
        Ok(())
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts a table of keys in the place of the one before; who used a key that is not in it any
    /// more is sent away.
    ///
    /// # Errors
    ///
    /// [`KeyError`]; then the table before stays.
    pub fn set_keys(&self, rows: Vec<KeyRow>) -> Result<(), KeyError> {
        let table = KeyTable::prepare(rows)?;
        let mut place = self
            .control
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some(table);
        drop(place);
        self.ways.outbox.wake();
        Ok(())
    }

    /// Has the engine's instruments known, those that were listed since the start as well. To be
    /// called before anybody is told of the new one, so that every report finds it known.
    pub fn know_instruments(&self, floor: &dyn Floor) {
        let mut found = None;
        floor.enter(&mut |desk| {
            found = Some(desk.venue().engine().instruments().to_vec());
        });
        let Some(list) = found else { return };
        let mut place = self
            .control
            .symbols
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some(Symbols::new(list));
        drop(place);
        self.ways.outbox.wake();
    }

    /// Takes no new orders from now on, or takes them again; cancels pass all the time.
    pub fn set_draining(&self, is_draining: bool) {
        self.control
            .is_draining
            .store(is_draining, Ordering::Release);
    }

    /// Waits until every request has its answer; `false` where that takes longer than `patience`.
    pub fn wait_idle(&self, patience: Duration) -> bool {
        const STEP: Duration = Duration::from_millis(2);
        let mut left = patience;
        while self.ways.in_flight() > 0 {
            if left.is_zero() {
                return false;
            }
            let step = left.min(STEP);
            thread::sleep(step);
            left -= step;
        }
        true
    }

    /// What it did so far.
    pub fn statistics(&self) -> Snapshot {
        self.ways.statistics.snapshot(self.ways.ingress.depth())
    }

    /// Answers what is under way, takes out the orders of sessions that asked for it, and ends.
    pub fn stop(&mut self) {
        self.control.is_stopping.store(true, Ordering::Release);
        self.ways.outbox.wake();
        for thread in self.threads.drain(..) {
            // A thread that panicked is one that stopped.
            drop(thread.join());
        }
        if let Some(waiter) = self.waiter.take() {
            waiter.call(None);
        }
        if let Some(leave) = self.leave.take() {
            leave();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Has the engine and its disk call the server; answers how it speaks and whom it waits for, `None`
/// where the engine calls another one.
fn listen(floor: &dyn Floor, ways: &Arc<Ways>) -> Option<(Tongue, Option<Waiter>)> {
    let mut found = None;
    floor.enter(&mut |desk| {
        let venue = desk.venue();
        if venue.is_heard() {
            return;
        }
        let heard = Arc::clone(ways);
        venue.listen(Some(Box::new(move || heard.heard())));
        let durable = venue.log().local().filter(|log| log.ack() == Ack::Durable);
        let waiter = durable.map(DurableLog::waiter);
        let tongue = Tongue {
            symbols: Symbols::new(venue.engine().instruments().to_vec()),
            is_memory: waiter.is_none(),
        };
        found = Some((tongue, waiter));
    });
    let (tongue, waiter) = found?;
    if let Some(waiter) = &waiter {
        let ways = Arc::clone(ways);
        waiter.call(Some(Box::new(move || ways.outbox.wake())));
    }
    Some((tongue, waiter))
}
