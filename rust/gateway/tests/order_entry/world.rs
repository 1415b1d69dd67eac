//! A venue on a journal of its own, a server before it, and clients on real sockets.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::Rate as Fee;
use tradecore_core::sign::Secret;
use tradecore_gateway::{Alone, KeyRow, Rate, Server, Settings};
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{Ack, DurableLog, JournalOptions};
use tradecore_journal::{MemoryLog, Venue, VenueLog};

use crate::client::{Client, Socket};

/// Nothing takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// Bits of scopes.
pub(crate) const READ: u32 = 1;
pub(crate) const WRITE: u32 = 2;

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A number nobody else has.
pub(crate) fn number() -> u64 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// A venue with a server before it.
pub(crate) struct World {
    pub(crate) floor: Arc<Alone>,
    pub(crate) server: Server,
    folder: Option<PathBuf>,
}

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) struct User {
    pub(crate) key: &'static str,
    pub(crate) secret: &'static str,
}

/// Trades for account 1.
pub(crate) const ANN: User = User {
    key: "tck_ann",
    secret: "secret of ann",
};
/// Trades for account 2.
pub(crate) const BOB: User = User {
    key: "tck_bob",
    secret: "secret of bob",
};
/// Looks at account 1.
pub(crate) const EVE: User = User {
    key: "tck_eve",
    secret: "secret of eve",
};

pub(crate) fn row(user: User, account: u32, scopes: u32) -> KeyRow {
    KeyRow {
        id: user.key.into(),
        secret: Secret::copy(user.secret.as_bytes()),
        user: user.key.replace("tck_", ""),
        account,
        scopes,
        networks: Vec::new(),
        expires_ns: 0,
    }
}

pub(crate) fn rows() -> Vec<KeyRow> {
    vec![
        row(ANN, 1, READ | WRITE),
        row(BOB, 2, READ | WRITE),
        row(EVE, 1, READ),
    ]
}

pub(crate) fn instruments() -> Vec<Arc<Instrument>> {
    let decimal = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    let spec = |symbol: &str| InstrumentSpec {
        symbol: symbol.into(),
        kind: ContractKind::Linear,
        tick_size: decimal("0.5"),
        lot_size: decimal("0.01"),
        multiplier: decimal("1"),
        min_notional: Decimal::ZERO,
        maker_fee: Fee(0),
        taker_fee: Fee(0),
    };
    ["BTC-USD", "ETH-USD"]
        .map(|symbol| Arc::new(Instrument::new(spec(symbol)).unwrap()))
        .into()
}

/// Limits that are in nobody's way.
pub(crate) fn settings() -> Settings {
    let rate = Rate {
        burst: 1_000_000,
        per_second: 1_000_000,
    };
    Settings {
        rate,
        high_rate: rate,
        ..Settings::default()
    }
}

fn log(folder: &Path) -> DurableLog<LocalDisk> {
    let options = JournalOptions {
        ack: Ack::Durable,
        segment_bytes: 1 << 23,
        reserve_bytes: 1 << 20,
        ..JournalOptions::default()
    };
    let disk = LocalDisk::lock(folder).unwrap().unwrap();
    DurableLog::open(disk, &instruments(), options).unwrap()
}

impl World {
    /// On a disk.
    pub(crate) fn new() -> Self {
        Self::with(&settings())
    }

    pub(crate) fn with(settings: &Settings) -> Self {
        let name = format!("tradecore-entry-{}-{}", std::process::id(), number());
        let folder = std::env::temp_dir().join(name);
        let log = VenueLog::Local(Box::new(log(&folder)));
        Self::over(log, Some(folder), settings)
    }

    /// Without one: answers are given at once, and say so.
    pub(crate) fn in_memory() -> Self {
        Self::in_memory_with(&settings())
    }

    pub(crate) fn in_memory_with(settings: &Settings) -> Self {
        Self::over(VenueLog::Memory(MemoryLog::default()), None, settings)
    }

    fn over(log: VenueLog, folder: Option<PathBuf>, settings: &Settings) -> Self {
        let mut venue = Venue::open(instruments(), log).unwrap();
        venue.keep_answers(1_000).unwrap();
        let floor = Arc::new(Alone::new(venue));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(&floor, any, settings).unwrap();
        server.set_keys(rows()).unwrap();
        Self {
            floor,
            server,
            folder,
        }
    }

    pub(crate) fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client::over(stream)
    }

    /// A session of WebSocket, after its greeting.
    pub(crate) fn session(&self, user: User, more: &str) -> Socket {
        let mut socket = self.connect().upgrade();
        socket.log_on(user, more);
        let welcome = socket.hear();
        assert_eq!(welcome["op"], "logon", "{welcome}");
        socket
    }

    /// The hash of the engine's state.
    pub(crate) fn hash(&self) -> u128 {
        self.floor.with(|venue| venue.state_hash())
    }

    pub(crate) fn live(&self) -> u32 {
        self.floor.with(|venue| venue.engine().live_orders())
    }

    /// Stops, and opens the journal again: it must lead to the same state.
    pub(crate) fn replay(mut self) {
        self.server.stop();
        let (hash, position) = (self.hash(), self.floor.with(|venue| venue.sequence()));
        self.floor.with(|venue| venue.log_mut().close().unwrap());
        let folder = self.folder.clone().unwrap();
        let again = VenueLog::Local(Box::new(log(&folder)));
        let again = Venue::open(instruments(), again).unwrap();
        assert_eq!((again.state_hash(), again.sequence()), (hash, position));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.stop();
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}
