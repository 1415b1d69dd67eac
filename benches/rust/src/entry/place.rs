//! A venue on a journal, with accounts and limits, and a server before it.

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::matching::{Command, Control, Report};
use tradecore_core::money::{Money, Rate as Fee, UNIT};
use tradecore_core::risk::{Limits, Scope, SymbolTerms};
use tradecore_core::sign::Secret;
use tradecore_gateway::{Alone, KeyRow, Rate, Server, Settings};
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{DurableLog, JournalOptions};
use tradecore_journal::{Venue, VenueLog};

use super::target::Target;

/// What requests are signed with.
const SECRET: &str = "of a load that is ours alone";
/// Names of its two keys, a buyer's and a seller's.
const KEYS: [&str; 2] = ["tck_buyer", "tck_seller"];

/// Of which threads.
#[derive(Clone, Copy)]
pub(super) enum Core {
    Server,
    Load,
}

/// Keeps this thread, and those it starts, on one core.
#[cfg(target_os = "linux")]
pub(super) fn pin(core: Core) {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut set = CpuSet::new();
    set.set(match core {
        Core::Server => 0,
        Core::Load => cores - 1,
    });
    // Where it may not be pinned it runs where it is put.
    sched_setaffinity(None, &set).ok();
}

/// Lets this thread run anywhere again.
#[cfg(target_os = "linux")]
pub(super) fn unpin() {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|core| set.set(core));
    sched_setaffinity(None, &set).ok();
}

/// Elsewhere threads run where they are put.
#[cfg(not(target_os = "linux"))]
pub(super) fn pin(_: Core) {}

/// See [`pin`].
#[cfg(not(target_os = "linux"))]
pub(super) fn unpin() {}

/// Nanoseconds of processor time the threads of a server took so far, its journal's writer among
/// them: unlike a latency it hardly depends on what else the machine does. 0 where nobody says.
pub(super) fn spent_ns() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    tasks
        .flatten()
        .filter_map(|task| {
            let name = fs::read_to_string(task.path().join("comm")).ok()?;
            let is_ours = name.starts_with("order-") || name.starts_with("journal-writer");
            let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
            let spent: u64 = times.split(' ').next()?.parse().ok()?;
            is_ours.then_some(spent)
        })
        .sum()
}

/// See the module.
pub(super) struct Place {
    server: Option<Server>,
    address: SocketAddr,
    folder: PathBuf,
}

impl Place {
    pub(super) fn new() -> Result<Self, Box<dyn Error>> {
        let name = format!("tradecore-entry-{}", std::process::id());
        let folder = std::env::current_dir()?.join(name);
        unpin();
        let floor = Arc::new(Alone::new(venue(&folder)?));
        pin(Core::Server);
        let rate = Rate {
            burst: 1 << 30,
            per_second: 1 << 30,
        };
        let settings = Settings {
            rate,
            high_rate: rate,
            ..Settings::default()
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(&floor, any, &settings)?;
        let keys = (1_u32..).zip(KEYS).map(|(account, key)| KeyRow {
            id: key.to_owned(),
            secret: Secret::copy(SECRET.as_bytes()),
            user: key.to_owned(),
            account,
            scopes: 3,
            networks: vec!["127.0.0.0/8".to_owned()],
            expires_ns: 0,
        });
        server.set_keys(keys.collect())?;
        let address = server.address();
        let server = Some(server);
        Ok(Self {
            server,
            address,
            folder,
        })
    }

    pub(super) fn target(&self) -> Target {
        let key = |name: &str| (name.to_owned(), SECRET.to_owned());
        Target {
            address: self.address,
            keys: KEYS.map(key),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.server = None;
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// An empty book, two rich accounts, and limits that every order is checked against.
fn venue(folder: &std::path::Path) -> Result<Venue<VenueLog>, Box<dyn Error>> {
    let instruments = vec![Arc::new(Instrument::new(InstrumentSpec {
        symbol: "BTC-USD".to_owned(),
        kind: ContractKind::Linear,
        tick_size: Decimal::parse(b"0.5")?,
        lot_size: Decimal::parse(b"0.01")?,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Fee(0),
        taker_fee: Fee(0),
    })?)];
    let disk = LocalDisk::lock(folder)?.ok_or("the folder is taken")?;
    let log = DurableLog::open(disk, &instruments, JournalOptions::default())?;
    let mut venue = Venue::open(instruments, VenueLog::Local(Box::new(log)))?;
    let terms = SymbolTerms {
        base: 1,
        quote: 2,
        initial_margin: Fee(100_000_000),
        max_spread_ticks: 0,
    };
    venue.keep_accounts(&[terms])?;
    let mut reports: Vec<Report> = Vec::new();
    for account in [1, 2] {
        let amount = Money(1_000_000_000_000 * UNIT);
        let limits = Limits {
            max_order_qty: Some(1_000_000),
            ..Limits::default()
        };
        for control in [
            Control::Seat {
                account,
                user: account,
                group: account,
            },
            Control::Deposit {
                account,
                asset: 2,
                amount,
            },
            Control::SetLimits {
                scope: Scope::Account(account),
                limits,
            },
        ] {
            venue.apply(&Command::Control(control), &mut reports)?;
        }
    }
    let mark = Control::SetMark {
        symbol: 0,
        price: 200,
    };
    venue.apply(&Command::Control(mark), &mut reports)?;
    match reports.first() {
        None => Ok(venue),
        Some(report) => Err(format!("a setting was refused: {report:?}").into()),
    }
}
