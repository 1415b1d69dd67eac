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

/// The cores the process may use, as they were before anything was pinned: a thread that is pinned
/// sees its own core alone, and would take it for the last.
#[cfg(target_os = "linux")]
fn allowed() -> &'static [usize] {
    use rustix::thread::{CpuSet, sched_getaffinity};

    static ALLOWED: std::sync::OnceLock<Vec<usize>> = std::sync::OnceLock::new();
    ALLOWED.get_or_init(|| {
        let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        (0..CpuSet::MAX_CPU)
            .filter(|core| set.is_set(*core))
            .collect()
    })
}

/// Keeps this thread, and those it starts, on some cores; where it may not be it runs where it is
/// put.
#[cfg(target_os = "linux")]
fn keep_on(cores: impl Iterator<Item = usize>) {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let mut set = CpuSet::new();
    cores.for_each(|core| set.set(core));
    sched_setaffinity(None, &set).ok();
}

/// Keeps this thread, and those it starts, on one core: the server on the first the process may
/// use, a load on the last.
#[cfg(target_os = "linux")]
pub(super) fn pin(core: Core) {
    let allowed = allowed();
    let one = match core {
        Core::Server => allowed.first(),
        Core::Load => allowed.last(),
    };
    keep_on(one.copied().into_iter());
}

/// Lets this thread run anywhere again.
#[cfg(target_os = "linux")]
pub(super) fn unpin() {
    keep_on(allowed().iter().copied());
}

/// Has this thread woken when its sleep is over, not when it suits the system.
#[cfg(target_os = "linux")]
pub(super) fn sleep_exactly() {
    let least = std::num::NonZero::new(1);
    rustix::thread::set_current_timer_slack(least).ok();
}

/// Elsewhere threads sleep as they do.
#[cfg(not(target_os = "linux"))]
pub(super) fn sleep_exactly() {}

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

    /// How many requests were answered, and how long all of them took, from the turn
    /// that read each to the one that writes its answer.
    pub(super) fn answered(&self) -> (u64, u64) {
        let now = self.server.as_ref().map(Server::statistics);
        let now = now.unwrap_or_default();
        (now.latency.iter().sum(), now.latency_sum_ns)
    }

    /// How long each took on average since.
    pub(super) fn within_ns(&self, before: &(u64, u64)) -> f64 {
        let now = self.answered();
        (now.1 - before.1) as f64 / ((now.0 - before.0) as f64).max(1.0)
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::thread::{CpuSet, sched_getaffinity};

    fn cores() -> Vec<usize> {
        let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        (0..CpuSet::MAX_CPU)
            .filter(|core| set.is_set(*core))
            .collect()
    }

    #[test]
    fn a_load_runs_beside_the_server_wherever_there_are_two_cores() {
        let before = cores();
        pin(Core::Server);
        let server = cores();
        pin(Core::Load);
        let load = cores();
        unpin();
        assert_eq!(server, before[..1]);
        assert_eq!(load, before[before.len() - 1..]);
        assert_eq!(cores(), before);
    }
}
