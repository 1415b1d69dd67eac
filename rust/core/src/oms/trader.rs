//! One trader: its orders, positions and open-order ledger over many symbols.
//!
//! Actions check, note and queue a [`Command`]; evidence from the venue comes back by
//! [`Trader::apply`] and is merged; what happened is read as [`OrderEvent`]s. Time is an argument.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::decimal::Decimal;
use crate::instrument::Instrument;
use crate::money::{Money, Rate};
use crate::oms::client_id::RunId;
use crate::oms::event::{Log, OrderEvent};
use crate::oms::message::{Command, OrderKey};
use crate::oms::offers::Offers;
use crate::oms::order::Order;
use crate::oms::position::Position;
use crate::oms::quote::{Action, Live, QuoteSide};
use crate::oms::table::{OrderTable, RETAINED_DEFAULT};
use crate::reject::RejectCode;
use crate::units::{Lots, SymbolId, Ticks};

/// What a trader counted of what should not happen, and of what is harmless but telling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Evidence that was known or late.
    pub stale: u64,
    /// Evidence that contradicts what is known; not applied.
    pub illegal: u64,
    /// Evidence for an order that is not known here, or was retired.
    pub unknown_order: u64,
    /// Fills after the order had ended; booked.
    pub late_fills: u64,
    /// Fills beyond all that was ever asked for; booked.
    pub overfills: u64,
}

/// The live orders of one symbol.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Every live order, oldest first.
    pub(super) live: Vec<OrderKey>,
    /// Quotes by side.
    pub(super) quotes: [QuoteSide; 2],
    pub(super) min_life_ns: i64,
}

/// See the module.
#[derive(Debug)]
pub struct Trader {
    pub(super) instruments: Vec<Arc<Instrument>>,
    pub(super) run: RunId,
    venue: Option<String>,
    symbols: BTreeMap<String, SymbolId>,
    pub(super) orders: OrderTable,
    pub(super) positions: Vec<Position>,
    pub(super) ledgers: Vec<Ledger>,
    pub(super) commands: Vec<Command>,
    pub(super) sent: Option<Vec<(i64, Command)>>,
    pub(super) log: Log,
    pub(super) counters: Counters,
    pub(super) denials: BTreeMap<RejectCode, u64>,
    pub(super) can_amend: bool,
    pub(super) offers: Offers,
    pub(super) halted: bool,
    pub(super) lives: Vec<Live>,
    pub(super) actions: Vec<Action>,
}

impl Trader {
    /// A trader of `instruments`, whose [`SymbolId`]s are their places in the list.
    pub fn new(instruments: Vec<Arc<Instrument>>, run: RunId) -> Self {
        let count = instruments.len();
        let named = instruments.iter().map(|i| i.symbol().to_owned());
        let symbols = named.zip((0..).map(SymbolId)).collect();
        Self {
            instruments,
            run,
            venue: None,
            symbols,
            orders: OrderTable::new(RETAINED_DEFAULT),
            positions: vec![Position::default(); count],
            ledgers: std::iter::repeat_with(Ledger::default)
                .take(count)
                .collect(),
            commands: Vec::new(),
            sent: None,
            log: Log::new(),
            counters: Counters::default(),
            denials: BTreeMap::new(),
            can_amend: true,
            offers: Offers::default(),
            halted: false,
            lives: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Keeps `retained` finished orders readable instead of the default.
    pub fn with_retained(mut self, retained: usize) -> Self {
        self.orders = OrderTable::new(retained);
        self
    }

    /// Says whether the venue can amend an order; it can unless told otherwise.
    pub fn with_amend(mut self, can_amend: bool) -> Self {
        self.can_amend = can_amend;
        self
    }

    /// Says what kinds of orders the venue takes; limit and market orders unless told otherwise.
    pub fn with_offers(mut self, offers: Offers) -> Self {
        self.offers = offers;
        self
    }

    /// What kinds of orders the venue takes.
    pub const fn offers(&self) -> Offers {
        self.offers
    }

    /// Names the venue that these instruments trade on, for names like `VENUE:SYMBOL`.
    pub fn with_venue(mut self, venue: &str) -> Self {
        self.venue = Some(venue.to_owned());
        self
    }

    /// Moves what is to be sent into `out`, in order.
    pub fn take_commands(&mut self, out: &mut Vec<Command>) {
        out.append(&mut self.commands);
    }

    /// Queues a command that was asked for at a time.
    pub(super) fn send(&mut self, command: Command, now_ns: i64) {
        if let Some(sent) = &mut self.sent {
            sent.push((now_ns, command));
        }
        self.commands.push(command);
    }

    /// How many commands are to be sent.
    pub fn pending_commands(&self) -> usize {
        self.commands.len()
    }

    /// Whether something is to be sent.
    pub fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Moves what happened into `out`, in order. Whoever drives a trader does so after each step:
    /// what nobody takes, and what was asked for by [`Trader::want_events`], is kept.
    pub fn take_events(&mut self, out: &mut Vec<OrderEvent>) {
        out.append(&mut self.log.waiting);
    }

    /// Whether something happened that was not taken yet.
    pub fn has_events(&self) -> bool {
        !self.log.waiting.is_empty()
    }

    /// Keeps only some events for [`Trader::take_events`]: bit `n` stands for the name number `n`.
    pub fn want_events(&mut self, mask: u16) {
        self.log.want(mask);
    }

    /// Starts a second record of every event and every command, for a reader that is not the
    /// strategy. Whoever asked for it takes both after each step: it grows until then.
    pub fn keep_journal(&mut self) {
        self.log.journal.get_or_insert_default();
        self.sent.get_or_insert_default();
    }

    /// Moves the second record of the commands and when they were asked for into `out`, in order;
    /// nothing unless [`Trader::keep_journal`] was called.
    pub fn take_sent(&mut self, out: &mut Vec<(i64, Command)>) {
        if let Some(sent) = &mut self.sent {
            out.append(sent);
        }
    }

    /// Moves the second record into `out`; nothing unless [`Trader::keep_journal`] was called.
    pub fn take_journal(&mut self, out: &mut Vec<OrderEvent>) {
        if let Some(journal) = &mut self.log.journal {
            out.append(journal);
        }
    }

    /// Books the funding of one period for a symbol; what was received, below zero when paid.
    ///
    /// `None` when the symbol is unknown or the sum does not fit; nothing is changed then.
    pub fn fund(
        &mut self,
        symbol: SymbolId,
        mark: Ticks,
        rate: Rate,
        elapsed_ns: u64,
        interval_ns: u64,
    ) -> Option<Money> {
        let at = symbol.0 as usize;
        let instrument = self.instruments.get(at)?;
        let position = &mut self.positions[at];
        let payment = position.funding_payment(instrument, mark, rate, elapsed_ns, interval_ns)?;
        *position = position.funded(payment)?;
        Some(payment)
    }

    /// Takes over what a venue says is held beyond what our fills explain: `qty` (below zero:
    /// short) at an average price. As [`Position::adopted`]; no order has an event of it.
    ///
    /// `None` when the symbol is unknown or [`Position::adopted`] is; nothing is changed then.
    pub fn adopt_position(
        &mut self,
        symbol: SymbolId,
        qty: Lots,
        price: Decimal,
        ts_event_ns: i64,
    ) -> Option<()> {
        let at = symbol.0 as usize;
        let instrument = self.instruments.get(at)?;
        self.positions[at] = self.positions[at].adopted(instrument, qty, price, ts_event_ns)?;
        Some(())
    }

    /// Gives an order a name of the strategy's; nothing for an order that is not known.
    pub fn tag(&mut self, key: OrderKey, tag: Arc<str>) {
        if let Some(order) = self.orders.get_mut(key) {
            order.note_tag(tag);
        }
    }

    /// The number of a symbol, named alone or as `VENUE:SYMBOL`.
    ///
    /// A venue in the name must be the trader's, where that is known ([`Trader::with_venue`]), in
    /// any case, whole or up to its first `-`: `BINANCE` names `binance-usdm`.
    pub fn symbol_id(&self, name: &str) -> Option<SymbolId> {
        if let Some(id) = self.symbols.get(name) {
            return Some(*id);
        }
        let (venue, symbol) = name.split_once(':')?;
        let is_named = |ours: &String| {
            let named = ours.get(..venue.len());
            let rest = ours.get(venue.len()..).unwrap_or_default();
            named.is_some_and(|named| named.eq_ignore_ascii_case(venue))
                && (rest.is_empty() || rest.starts_with('-'))
        };
        let ours = self.venue.as_ref().is_none_or(is_named);
        ours.then(|| self.symbols.get(symbol).copied()).flatten()
    }

    /// An order, unless it never was or is retired.
    pub fn order(&self, key: OrderKey) -> Option<&Order> {
        self.orders.get(key)
    }

    /// The live orders of a symbol, oldest first; none for an unknown one.
    pub fn live_orders(&self, symbol: SymbolId) -> &[OrderKey] {
        self.ledgers
            .get(symbol.0 as usize)
            .map_or(&[], |ledger| &ledger.live)
    }

    /// A symbol's position; `None` for an unknown one.
    pub fn position(&self, symbol: SymbolId) -> Option<&Position> {
        self.positions.get(symbol.0 as usize)
    }

    /// What is traded, by [`SymbolId`].
    pub fn instruments(&self) -> &[Arc<Instrument>] {
        &self.instruments
    }

    /// The run's name, which turns keys into client order ids and back.
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// The client order id that the next order gets, unless one is asked for.
    pub fn next_client_order_id(&self) -> String {
        self.run.client_order_id(self.orders.next_key())
    }

    /// What was counted.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// How many orders each rule denied here.
    pub const fn denials(&self) -> &BTreeMap<RejectCode, u64> {
        &self.denials
    }
}
