//! What the reports alone tell about the orders, and rules every state keeps.

use std::collections::BTreeMap;

use tradecore_core::matching::command::Phase;
use tradecore_core::matching::{Engine, ExecType, Report};
use tradecore_core::units::Side;

use crate::pair::SYMBOLS;

/// One order as its reports tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    open: i64,
    filled: i64,
}

/// Live orders, rebuilt from reports.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    live: BTreeMap<u64, Entry>,
    sequence: u64,
    bought: i128,
    sold: i128,
}

impl Ledger {
    /// Takes in what a command was answered.
    ///
    /// # Errors
    ///
    /// The first report that does not follow from those before.
    pub(crate) fn read(&mut self, reports: &[Report]) -> Result<(), String> {
        for (at, report) in reports.iter().enumerate() {
            let wrong = |rule: &str| Err(format!("{rule}: {report:?}"));
            self.sequence += 1;
            if report.sequence != self.sequence {
                return wrong("reports are numbered without a gap");
            }
            if report.exec_type() == ExecType::Rejected {
                continue;
            }
            if report.exec_type() == ExecType::New {
                let entry = Entry {
                    open: report.qty,
                    filled: 0,
                };
                if self.live.insert(report.order_id, entry).is_some() {
                    return wrong("an id is live once");
                }
            }
            let Some(entry) = self.live.get_mut(&report.order_id) else {
                return wrong("only live orders are reported about");
            };
            match report.exec_type() {
                ExecType::Trade => {
                    entry.open -= report.qty;
                    entry.filled += report.qty;
                    let sum = match report.side() {
                        Side::Buy => &mut self.bought,
                        Side::Sell => &mut self.sold,
                    };
                    *sum += i128::from(report.qty);
                    let first = report.trade_id() == report.sequence;
                    if first
                        && !reports
                            .get(at + 1)
                            .is_some_and(|next| is_pair(report, next))
                    {
                        return wrong("a trade has two sides");
                    }
                }
                ExecType::Canceled | ExecType::Expired => entry.open -= report.qty,
                ExecType::Replaced => {
                    entry.open = report.leaves;
                    if report.qty != report.leaves + report.cumulative {
                        return wrong("a total is what traded and what is open");
                    }
                }
                ExecType::Triggered => {
                    if report.leaves > entry.open {
                        return wrong("a release adds nothing");
                    }
                    entry.open = report.leaves;
                }
                ExecType::New | ExecType::Rejected => {}
            }
            if (entry.open, entry.filled) != (report.leaves, report.cumulative) {
                return wrong("what was open, less what went, is what is open");
            }
            if entry.open == 0 {
                self.live.remove(&report.order_id);
            }
        }
        if self.bought != self.sold {
            return Err(format!("bought {} and sold {}", self.bought, self.sold));
        }
        Ok(())
    }

    /// Compares with what the engine holds.
    ///
    /// # Errors
    ///
    /// The first order that differs.
    pub(crate) fn compare(&self, engine: &Engine) -> Result<(), String> {
        let held: BTreeMap<u64, Entry> = engine
            .live()
            .map(|order| {
                let (open, filled) = (engine.open(order), order.filled);
                (order.id, Entry { open, filled })
            })
            .collect();
        if held == self.live {
            return Ok(());
        }
        Err(format!("told {:?}\nheld {held:?}", self.live))
    }
}

fn is_pair(one: &Report, two: &Report) -> bool {
    one.trade_id() == two.trade_id()
        && (one.price, one.qty) == (two.price, two.qty)
        && (one.order_id, one.counter_order_id) == (two.counter_order_id, two.order_id)
        && one.side() != two.side()
}

/// The ids in every queue, by symbol, side and price.
pub(crate) type Queues = BTreeMap<(u32, u8, i64), Vec<u64>>;

/// The queues of an engine now.
pub(crate) fn queues(engine: &Engine) -> Queues {
    let mut queues = Queues::new();
    for symbol in SYMBOLS {
        for side in [Side::Buy, Side::Sell] {
            for order in engine.orders(symbol, side) {
                let queue = queues.entry((symbol, side as u8, order.price));
                queue.or_default().push(order.id);
            }
        }
    }
    queues
}

/// Who was not spoken of keeps his place, and nobody comes in before him.
///
/// # Errors
///
/// The queue that is out of order.
pub(crate) fn is_fair(before: &Queues, after: &Queues, reports: &[Report]) -> Result<(), String> {
    let spoken_of = |id: &u64| reports.iter().any(|report| report.order_id == *id);
    for (level, queue) in before {
        let stayed: Vec<u64> = queue.iter().copied().filter(|id| !spoken_of(id)).collect();
        let now = after.get(level).map_or(&[][..], Vec::as_slice);
        let known: Vec<u64> = now
            .iter()
            .copied()
            .filter(|id| stayed.contains(id))
            .collect();
        let newcomer = now.iter().position(|id| !queue.contains(id));
        let last = now.iter().rposition(|id| stayed.contains(id));
        if known != stayed || newcomer.is_some_and(|at| last.is_some_and(|last| at < last)) {
            return Err(format!("level {level:?}: {queue:?} became {now:?}"));
        }
    }
    Ok(())
}

/// Where orders match as they come nothing is left crossed.
pub(crate) fn is_crossed(engine: &Engine) -> bool {
    SYMBOLS.into_iter().any(|symbol| {
        let open = engine.symbol_state(symbol).map(|state| state.phase) == Some(Phase::Open);
        let price = |side| engine.best(symbol, side).map(|level| level.0);
        let (bid, ask) = (price(Side::Buy), price(Side::Sell));
        open && bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask)
    })
}
