//! One clock for a recording, a venue and a trader.
//!
//! The clock is the recording's time of receipt, `ts_recv_ns`: our own, and it never runs
//! backwards. The venue's stamps come from a clock with an unknown offset, so they are not used;
//! instead each message left the venue a stated feed latency before we received it. At one instant
//! things happen in this order: the venue's market moves, commands arrive there, replies reach us,
//! market data reaches us, timers ring. Within each kind the order is that of sending.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{EventSource, SourceError};
use crate::mirror::Book;
use crate::money::Money;
use crate::oms::message::Command;
use crate::units::{Lots, SymbolId};

use super::error::SimError;
use super::exchange::Exchange;
use super::latency::{Latency, Line};
use super::ledger::{Profit, same};
use super::mid::Mid;
use super::participant::Participant;
use super::records::{Counts, EquityPoint, Records};
use super::rules::Rules;
use super::timeline::{Flights, Reader, Timers};
use super::view::{Print, Quoted, Subscriptions, View, Wake};

/// What a simulation assumes.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// What the venue demands.
    pub rules: Rules,
    /// How long messages travel.
    pub latency: Latency,
}

/// Most corrupt records kept word for word; further ones are only counted.
pub const ERRORS_KEPT_MAX: usize = 100;

/// Recorded market, simulated venue and trader's view on one clock.
pub struct Simulation<S> {
    pub(super) exchange: Exchange,
    pub(super) records: Records,
    reader: Reader<S>,
    flights: Flights,
    timers: Timers,
    feed: Line,
    entry: Line,
    view: View,
    now_ns: i64,
    is_prepared: bool,
    commands: Vec<Command>,
    errors: Vec<SourceError>,
}

/// What happens next.
#[derive(Clone, Copy)]
enum Next {
    Due,
    Venue,
    Command,
    Reply,
    Message,
    Timer,
}

impl<S: EventSource> Simulation<S> {
    /// A simulation at the start of `source`, which carries one instrument.
    pub fn new(
        source: S,
        instrument: Arc<Instrument>,
        symbol: SymbolId,
        assumptions: Assumptions,
    ) -> Self {
        let Assumptions { rules, latency } = assumptions;
        let lines = latency.lines();
        Self {
            exchange: Exchange::new(instrument, symbol, rules, lines.response),
            records: Records::default(),
            reader: Reader::new(source),
            flights: Flights::default(),
            timers: Timers::default(),
            feed: lines.feed,
            entry: lines.entry,
            view: View::default(),
            now_ns: 0,
            is_prepared: false,
            commands: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Simulated time, in nanoseconds since 1970; zero before the first message.
    pub const fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// The venue: account, fills, queue statistics.
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// What was counted and recorded.
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// The last trade received.
    pub const fn last_trade(&self) -> Option<&Print> {
        self.view.last_trade.as_ref()
    }

    /// The last quote received.
    pub const fn last_quote(&self) -> Option<&Quoted> {
        self.view.last_quote.as_ref()
    }

    /// The first [`ERRORS_KEPT_MAX`] records that could not be decoded.
    pub fn errors(&self) -> &[SourceError] {
        &self.errors
    }

    /// The recording, read one message ahead.
    pub const fn source(&self) -> &S {
        self.reader.source()
    }

    /// Says what to come back for from now on.
    pub const fn subscribe(&mut self, subscriptions: Subscriptions) {
        self.view.subscriptions = subscriptions;
    }

    /// Sets a timer that rings at `at_ns` and then every `every_ns`, if that is above zero.
    pub fn set_timer(&mut self, at_ns: i64, every_ns: i64) -> u64 {
        self.timers.set(at_ns.max(self.now_ns), every_ns)
    }

    /// Takes a timer out; false when none has this number.
    pub fn cancel_timer(&mut self, id: u64) -> bool {
        self.timers.cancel(id)
    }

    /// Moves the clock to the first message without letting anything happen: the time of
    /// `on_start`.
    pub fn prepare(&mut self) -> i64 {
        while !self.is_prepared {
            match self.reader.peek() {
                Ok(Some(ts_ns)) => {
                    self.now_ns = self.feed.departure(ts_ns);
                    self.is_prepared = true;
                }
                Ok(None) => self.is_prepared = true,
                Err(error) => self.keep_error(error),
            }
        }
        self.now_ns
    }

    /// Sends what the participant has to send, then moves the clock until something is of interest.
    ///
    /// `book` is the participant's view of the market, moved as messages reach it. At most
    /// `messages_max` messages reach it in one call.
    pub fn advance<P: Participant>(
        &mut self,
        participant: &mut P,
        book: &mut Book,
        messages_max: u64,
    ) -> Wake {
        self.prepare();
        self.send(participant);
        let mut left = messages_max;
        loop {
            let venue_ns = match self.reader.peek() {
                Ok(ts_ns) => ts_ns.map(|ts_ns| self.feed.departure(ts_ns)),
                Err(error) => {
                    self.keep_error(error);
                    if self.view.subscriptions.corrupt {
                        return Wake::Corrupt;
                    }
                    continue;
                }
            };
            let Some(next) = self.next(venue_ns) else {
                return Wake::End;
            };
            let wake = match next {
                Next::Due => {
                    let fills = self.exchange.journal().fills().len();
                    self.exchange.elapse(self.now_ns);
                    self.after_venue(fills);
                    None
                }
                Next::Venue => {
                    self.move_market();
                    None
                }
                Next::Command => {
                    self.deliver_command();
                    None
                }
                Next::Reply => self.deliver_reply(participant),
                Next::Message => {
                    left = left.saturating_sub(1);
                    self.deliver_message(book)
                }
                Next::Timer => self.timers.pop().map(Wake::Timer),
            };
            if let Some(wake) = wake {
                return wake;
            }
            if left == 0 {
                return Wake::Pause;
            }
        }
    }

    fn send<P: Participant>(&mut self, participant: &mut P) {
        participant.take_commands(&mut self.commands);
        for command in self.commands.drain(..) {
            self.records.sent(self.now_ns, &command);
            let arrival_ns = self.entry.arrival(self.now_ns);
            self.flights.commands.push_back((arrival_ns, command));
        }
    }

    /// The earliest thing, by the stated order at one instant, and the clock moved to it.
    #[inline]
    fn next(&mut self, venue_ns: Option<i64>) -> Option<Next> {
        if venue_ns.is_none() && self.flights.is_empty() {
            return None;
        }
        let mut at_ns = i64::MAX;
        let mut next = None;
        let mut earlier = |ts_ns: Option<i64>, kind| {
            if let Some(ts_ns) = ts_ns
                && (ts_ns < at_ns || next.is_none())
            {
                at_ns = ts_ns;
                next = Some(kind);
            }
        };
        let flights = &self.flights;
        earlier(self.exchange.due_ns(), Next::Due);
        earlier(venue_ns, Next::Venue);
        earlier(flights.commands.front().map(|c| c.0), Next::Command);
        earlier(flights.replies.front().map(|r| r.ts_recv_ns), Next::Reply);
        earlier(
            flights.messages.front().map(|m| m.ts_recv_ns),
            Next::Message,
        );
        earlier(self.timers.peek(), Next::Timer);
        self.now_ns = self.now_ns.max(at_ns);
        next
    }

    fn move_market(&mut self) {
        let Some(message) = self.reader.take() else {
            return;
        };
        let event = message.event();
        self.records.counts.seen(&event);
        self.sample_equity();
        let fills = self.exchange.journal().fills().len();
        if self.exchange.observe(self.now_ns, &event) {
            self.records.counts.gaps += 1;
        }
        self.after_venue(fills);
        self.flights.messages.push_back(message);
    }

    fn deliver_command(&mut self) {
        if let Some((_, command)) = self.flights.commands.pop_front() {
            let fills = self.exchange.journal().fills().len();
            self.exchange.receive(self.now_ns, &command);
            self.after_venue(fills);
        }
    }

    fn after_venue(&mut self, fills_before: usize) {
        self.exchange.take_replies(&mut self.flights.replies);
        if self.exchange.journal().fills().len() > fills_before {
            self.records.equity.push(self.equity_point());
        }
    }

    fn deliver_reply<P: Participant>(&mut self, participant: &mut P) -> Option<Wake> {
        let event = self.flights.replies.pop_front()?;
        self.records.received(&event);
        let tells = participant.receive(&event);
        self.send(participant);
        tells.then_some(Wake::Orders)
    }

    fn deliver_message(&mut self, book: &mut Book) -> Option<Wake> {
        let message = self.flights.messages.pop_front()?;
        let wake = self.view.receive(&message, book, &mut self.records.counts);
        self.reader.recycle(message);
        wake
    }

    fn sample_equity(&mut self) {
        if self.records.equity_due(self.now_ns) && self.exchange.mid().is_known() {
            self.records.equity.push(self.equity_point());
        }
    }

    fn equity_point(&self) -> EquityPoint {
        let ledger = self.exchange.ledger();
        EquityPoint {
            ts_ns: self.now_ns,
            cash: ledger.cash(),
            position: ledger.position(),
            fees: ledger.fees_paid(),
            funding: ledger.funding(),
            mid: self.last_mid(),
        }
    }

    /// The middle now, or the last one known.
    fn last_mid(&self) -> Mid {
        let mid = self.exchange.mid();
        match self.records.equity.last() {
            Some(point) if !mid.is_known() => point.mid,
            _ => mid,
        }
    }

    fn keep_error(&mut self, error: SourceError) {
        self.records.counts.corrupt += 1;
        if self.errors.len() < ERRORS_KEPT_MAX {
            self.errors.push(error);
        }
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        Counts {
            disordered: self.reader.disordered,
            ..self.records.counts
        }
    }

    /// Whether neither an order of ours nor a message about one is left anywhere.
    pub fn is_idle(&self) -> bool {
        self.exchange.is_idle()
            && self.flights.commands.is_empty()
            && self.flights.replies.is_empty()
    }

    /// Adds the last point of the equity curve, and answers the profit there with its parts.
    ///
    /// # Errors
    ///
    /// [`SimError::NotConserved`] when cash, position or fees differ from the sum over all fills,
    /// or from what the participant believes, by a single 10⁻¹⁸.
    pub fn close<P: Participant>(&mut self, participant: &P) -> Result<Profit, SimError> {
        let point = self.equity_point();
        self.records.equity.push(point);
        let ledger = self.exchange.ledger();
        ledger.check(self.exchange.journal())?;
        let held = participant.account(self.exchange.symbol);
        if let Some((position, fees)) = held.filter(|_| self.flights.replies.is_empty()) {
            let lots = |lots: Lots| Money(lots.0.into());
            same(
                "the trader's position",
                lots(ledger.position()),
                lots(position),
            )?;
            same("the trader's fees", ledger.fees_paid(), fees)?;
            let funding = participant.funding(self.exchange.symbol);
            same("the trader's funding", ledger.funding(), funding)?;
        }
        Ok(ledger.profit(point.mid))
    }
}
