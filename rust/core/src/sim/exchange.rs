//! The venue: hits commands, rests orders beside the recorded book, fills them when the recording
//! says somebody would have.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{Funding, Level, MarketEvent};
use crate::money::{Money, Rate};
use crate::oms::message::{Fill, Liquidity, OrderKey, VenueEvent, VenueReply};
use crate::order::{OrderType, TimeInForce};
use crate::units::{Lots, Side, SymbolId, Ticks};

use super::agenda::Agenda;
use super::beside::Steps;
use super::by_order::Orders;
use super::gate::Gate;
use super::journal::{FillRecord, Journal};
use super::latency::Line;
use super::ledger::{Ledger, Role};
use super::mid::Mid;
use super::recorded::{Change, Recorded};
use super::resting::Resting;
use super::rules::Rules;
use super::stats::QueueStats;
use super::stops::Stops;
use super::taker::{Taken, reaches};

/// An order the venue knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Live {
    pub(super) side: Side,
    pub(super) price: Ticks,
    pub(super) total: Lots,
    pub(super) filled: Lots,
    pub(super) display: Lots,
    pub(super) order_type: OrderType,
    pub(super) time_in_force: TimeInForce,
    pub(super) post_only: bool,
    pub(super) reduce_only: bool,
    /// Whether it waits for its trigger.
    pub(super) waits: bool,
}

impl Live {
    pub(super) fn leaves(&self) -> Lots {
        Lots(self.total.0 - self.filled.0)
    }

    /// The worst price it may trade at.
    pub(super) fn limit(&self) -> Option<Ticks> {
        let names_one = self.order_type.has_limit() || self.price.0 != 0;
        names_one.then_some(self.price)
    }
}

/// A simulated venue for one instrument and one trader.
///
/// Times it is told are the venue's; replies carry them as `ts_event_ns`, and `ts_recv_ns` is later
/// by the response latency.
pub struct Exchange {
    pub(super) instrument: Arc<Instrument>,
    pub(super) symbol: SymbolId,
    /// Its own, or lent for a moment by a group of runs.
    pub(super) recorded: Box<Recorded>,
    /// What of the recorded book is no longer there for us.
    pub(super) taken: Taken,
    /// The orders behind the book, where the recording knows them.
    pub(super) by_order: Option<Orders>,
    pub(super) resting: Resting,
    pub(super) orders: BTreeMap<u64, Live>,
    pub(super) ledger: Ledger,
    pub(super) journal: Journal,
    pub(super) stats: QueueStats,
    pub(super) rules: Rules,
    pub(super) gate: Option<Gate>,
    pub(super) agenda: Agenda,
    pub(super) stops: Stops,
    /// Price of the last trade; zero before the first.
    pub(super) last: Ticks,
    pub(super) steps: Steps,
    /// Rates of the run's settings that are to be told.
    pub(super) told: Vec<Funding>,
    replies: Vec<VenueEvent>,
    response: Line,
    exec_id: u64,
    pub(super) fills: Vec<(u64, Lots)>,
    pub(super) hits: Vec<(Ticks, Lots)>,
}

impl Exchange {
    /// A venue with an empty book, unknown until the first snapshot; its replies take `response`.
    pub(super) fn new(
        instrument: Arc<Instrument>,
        symbol: SymbolId,
        rules: Rules,
        response: Line,
    ) -> Self {
        let liquidation = rules
            .margin
            .map_or(Rate(0), |margin| margin.liquidation_fee);
        let steps = Steps::of(&instrument);
        Self {
            ledger: Ledger::new(Arc::clone(&instrument), rules.fees.clone(), liquidation),
            instrument,
            symbol,
            recorded: Box::new(Recorded::new()),
            taken: Taken::new(),
            by_order: None,
            resting: Resting::new(rules.queue),
            orders: BTreeMap::new(),
            journal: Journal::default(),
            stats: QueueStats::default(),
            gate: Gate::of(&rules),
            rules,
            agenda: Agenda::new(),
            steps,
            told: Vec::new(),
            stops: Stops::default(),
            last: Ticks(0),
            replies: Vec::new(),
            response,
            exec_id: 0,
            fills: Vec::new(),
            hits: Vec::new(),
        }
    }

    /// The account.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The fills.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// How far our orders stood from where trades happened.
    pub const fn stats(&self) -> &QueueStats {
        &self.stats
    }

    /// The middle of the recorded book.
    pub fn mid(&self) -> Mid {
        Mid(self.recorded.mid())
    }

    /// Whether no order of ours is alive here.
    pub fn is_idle(&self) -> bool {
        self.orders.is_empty()
    }

    /// Moves the replies since the last call to the end of `replies`, in order.
    #[inline]
    pub fn take_replies(&mut self, replies: &mut impl Extend<VenueEvent>) {
        if !self.replies.is_empty() {
            replies.extend(self.replies.drain(..));
        }
    }

    /// What the recording says next, a message and its levels. Returns whether the book was lost by
    /// it.
    pub fn observe(&mut self, now_ns: i64, event: &MarketEvent<'_>, levels: &[Level]) -> bool {
        self.before_change(now_ns, event);
        let change = if self.orders.is_empty() {
            self.recorded.follow(event, levels)
        } else {
            self.recorded.apply(event, levels)
        };
        self.after_change(now_ns, change);
        change == Change::Lost
    }

    /// Whether something is to be done by then, whatever the recording says.
    #[inline]
    pub(super) const fn is_due(&self, now_ns: i64) -> bool {
        now_ns >= self.agenda.due_ns() || self.journal.is_due(now_ns)
    }

    /// What a message of the recording does before the recorded book follows it.
    #[inline]
    pub(super) fn before_change(&mut self, now_ns: i64, event: &MarketEvent<'_>) {
        if now_ns >= self.agenda.due_ns() {
            self.elapse(now_ns);
        }
        let recorded = &self.recorded;
        self.journal.advance(now_ns, || Mid(recorded.mid()));
        if let MarketEvent::Trade {
            price,
            qty,
            aggressor,
            ..
        } = *event
        {
            self.last = price;
            self.taken.hear(event, &self.recorded.book);
            if !self.orders.is_empty() {
                self.stats.trade(&self.resting, price, qty, aggressor);
                self.resting.trade(price, qty, aggressor, &mut self.fills);
                self.book_maker_fills(now_ns);
            }
        }
    }

    /// What the change of the recorded book, which was looked at, means for our orders.
    #[inline]
    pub(super) fn after_change(&mut self, now_ns: i64, change: Change) {
        self.taken.see(change, &self.recorded.book);
        if change == Change::Lost {
            return self.resting.lose();
        }
        if !self.orders.is_empty() {
            self.resting.display(change, &self.recorded);
            self.cross(now_ns);
            if !self.stops.is_empty() {
                self.look(now_ns);
            }
        }
        if self.rules.margin.is_some() {
            self.watch(now_ns);
        }
    }

    /// The best level of one side that still has something for us.
    pub(super) fn best_available(&self, side: Side) -> Option<Ticks> {
        let mut levels = self.recorded.book.depth(side, usize::MAX);
        let there = |(price, displayed): &(Ticks, Lots)| {
            self.taken.available(side, *price, *displayed).0 > 0
        };
        levels.find(there).map(|(price, _)| price)
    }

    /// How much a reduce-only order of `side` may still trade.
    pub(super) fn reducible(&self, side: Side) -> Lots {
        Lots((-side.sign() * self.ledger.position().0).max(0))
    }

    /// Fills our orders that the recorded other side has come up to.
    fn cross(&mut self, now_ns: i64) {
        for side in [Side::Buy, Side::Sell] {
            let Some(best) = self.resting.best(side) else {
                continue;
            };
            let other = self.recorded.best[side.opposite() as usize];
            if other.is_none_or(|price| !reaches(side, best, price)) {
                continue;
            }
            let (book, taken) = (&self.recorded.book, &mut self.taken);
            self.resting.cross(side, book, taken, &mut self.fills);
            self.book_maker_fills(now_ns);
        }
    }

    pub(super) fn book_maker_fills(&mut self, now_ns: i64) {
        if self.fills.is_empty() {
            return;
        }
        let fills = std::mem::take(&mut self.fills);
        for (key, qty) in &fills {
            let Some(live) = self.orders.get(key).copied() else {
                continue;
            };
            let qty = if live.reduce_only {
                self.reducible(live.side).min(*qty)
            } else {
                *qty
            };
            if qty.0 > 0 {
                self.fill(now_ns, *key, live.price, qty, Liquidity::Maker);
            }
            self.expire_reduce_only(now_ns);
        }
        self.fills = fills;
        self.fills.clear();
    }

    /// Takes out reduce-only orders that have nothing left to reduce.
    fn expire_reduce_only(&mut self, now_ns: i64) {
        let spent = |live: &Live| live.reduce_only && self.reducible(live.side).0 == 0;
        let keys: Vec<u64> = self
            .orders
            .iter()
            .filter(|(_, live)| spent(live))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            self.take_out(key);
            self.reply(now_ns, key, VenueReply::Expired);
        }
    }

    pub(super) fn take_out(&mut self, key: u64) -> Option<Live> {
        let live = self.orders.remove(&key)?;
        if live.waits {
            self.stops.remove(key);
        } else {
            self.resting.remove(live.side, live.price, key);
        }
        Some(live)
    }

    pub(super) fn fill(
        &mut self,
        now_ns: i64,
        key: u64,
        price: Ticks,
        qty: Lots,
        liquidity: Liquidity,
    ) {
        let mid = self.mid();
        let Some(live) = self.orders.get_mut(&key) else {
            return;
        };
        let side = live.side;
        let role = Role::Trader(liquidity);
        let Some(fee) = self.ledger.fill(now_ns, side, (price, qty), role, mid) else {
            // No venue lets an account trade what it cannot count.
            self.take_out(key);
            self.reply(now_ns, key, VenueReply::Expired);
            return;
        };
        live.filled.0 += qty.0;
        assert!(
            live.filled <= live.total,
            "Invariant: no order fills more than its total"
        );
        if live.filled == live.total {
            self.orders.remove(&key);
        }
        let fill = self.record(now_ns, (key, side), (price, qty), (fee, role), mid);
        self.reply(now_ns, key, VenueReply::Filled(fill));
    }

    /// Keeps a fill that was booked.
    pub(super) fn record(
        &mut self,
        now_ns: i64,
        (key, side): (u64, Side),
        (price, qty): (Ticks, Lots),
        (fee, role): (Money, Role),
        mid: Mid,
    ) -> Fill {
        self.exec_id += 1;
        let record = FillRecord {
            ts_ns: now_ns,
            key,
            side,
            price,
            qty,
            fee,
            role,
            mid,
            later: [Mid::default(); 3],
        };
        self.journal.push(record);
        Fill {
            exec_id: self.exec_id,
            price,
            qty,
            liquidity: record.liquidity(),
            fee,
        }
    }

    pub(super) fn reply(&mut self, now_ns: i64, key: u64, reply: VenueReply) {
        self.replies.push(VenueEvent {
            key: OrderKey(key),
            ts_event_ns: now_ns,
            ts_recv_ns: self.response.arrival(now_ns),
            reply,
        });
    }
}
