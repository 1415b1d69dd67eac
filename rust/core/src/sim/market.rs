//! One recording in a simulation: its venue, what travels between the venue and us, what is
//! recorded of it.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{EventSource, SourceError};
use crate::mirror::Book;
use crate::money::Money;
use crate::oms::message::Command;
use crate::units::{Lots, SymbolId};

use super::error::SimError;
use super::exchange::Exchange;
use super::latency::Line;
use super::ledger::{Profit, same};
use super::mid::Mid;
use super::participant::Participant;
use super::records::{Counts, EquityPoint, Records};
use super::simulation::{Assumptions, ERRORS_KEPT_MAX};
use super::thinning::Thinning;
use super::timeline::{Flights, Reader};
use super::view::{View, Wake};

/// Most points of one equity curve: three days of one a second.
pub const EQUITY_POINTS_MAX: usize = 1 << 18;

/// What happens next in a market; of things at one time the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Due,
    Venue,
    Command,
    Reply,
    Message,
}

/// When something happens next in a market, and what.
pub(super) type Head = Option<(i64, Step)>;

/// A recording, its venue and all that travels between the venue and us.
pub(super) struct Market<S> {
    pub(super) exchange: Exchange,
    pub(super) records: Records,
    pub(super) reader: Reader<S>,
    pub(super) flights: Flights,
    pub(super) view: View,
    pub(super) errors: Vec<SourceError>,
    feed: Line,
    entry: Line,
    /// Which points of the equity curve are kept.
    curve: Thinning,
    /// Fills after which the curve had a point.
    marked: usize,
    /// Whether the recording is over and others have gone on.
    pub(super) is_closed: bool,
}

/// The earlier of two, where there is one.
#[inline]
pub(super) fn earlier(one: Head, other: Head) -> Head {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, None) => one,
        (None, other) => other,
    }
}

/// The symbol a command is about.
pub(super) const fn symbol_of(command: &Command) -> SymbolId {
    match command {
        Command::New(order) | Command::NewWith(order, _) => order.symbol,
        Command::Modify { symbol, .. } | Command::Cancel { symbol, .. } => *symbol,
    }
}

/// What was counted of two recordings.
pub(super) const fn sum(one: Counts, other: Counts) -> Counts {
    Counts {
        events: one.events + other.events,
        snapshots: one.snapshots + other.snapshots,
        depths: one.depths + other.depths,
        trades: one.trades + other.trades,
        quotes: one.quotes + other.quotes,
        gaps: one.gaps + other.gaps,
        crossed: one.crossed + other.crossed,
        corrupt: one.corrupt + other.corrupt,
        disordered: one.disordered + other.disordered,
        fundings: one.fundings + other.fundings,
        terms: one.terms + other.terms,
        breaks: one.breaks + other.breaks,
    }
}

impl<S: EventSource> Market<S> {
    pub(super) fn new(
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
            view: View::default(),
            errors: Vec::new(),
            feed: lines.feed,
            entry: lines.entry,
            curve: Thinning::default(),
            marked: 0,
            is_closed: false,
        }
    }

    /// When the recording moves next and what comes first in this market; `None` when nothing is
    /// left. A record that cannot be decoded is kept, and the next call goes on after it.
    #[inline]
    pub(super) fn head(&mut self) -> Result<Head, ()> {
        let recorded = self.recorded_head()?;
        Ok(earlier(self.own_head(recorded.is_some()), recorded))
    }

    /// What the recording does next: its market moves, or a message reaches us.
    #[inline]
    pub(super) fn recorded_head(&mut self) -> Result<Head, ()> {
        let venue_ns = match self.reader.peek() {
            Ok(ts_ns) => ts_ns.map(|ts_ns| self.feed.departure(ts_ns)),
            Err(error) => {
                self.keep_error(error);
                return Err(());
            }
        };
        let received_ns = self.received_ns();
        Ok(earlier(
            venue_ns.map(|at_ns| (at_ns, Step::Venue)),
            received_ns.map(|at_ns| (at_ns, Step::Message)),
        ))
    }

    /// What comes next of what is due, and of commands and replies; what is due counts as long as
    /// something is under way or the recording goes on.
    #[inline]
    pub(super) fn own_head(&self, goes_on: bool) -> Head {
        let flights = &self.flights;
        let command_ns = flights.commands.front().map(|command| command.0);
        let reply_ns = flights.replies.front().map(|reply| reply.ts_recv_ns);
        let answer = earlier(
            command_ns.map(|at_ns| (at_ns, Step::Command)),
            reply_ns.map(|at_ns| (at_ns, Step::Reply)),
        );
        if !goes_on && answer.is_none() {
            return None;
        }
        earlier(
            self.exchange.due_ns().map(|at_ns| (at_ns, Step::Due)),
            answer,
        )
    }

    /// Whether something has to be noted or done by then, whatever the recording says.
    #[inline]
    pub(super) const fn is_due(&self, now_ns: i64) -> bool {
        self.records.is_due(now_ns) || self.exchange.is_due(now_ns)
    }

    /// Whether the recording is over and all of it was received.
    pub(super) fn is_over(&mut self) -> bool {
        self.flights.messages.is_empty() && matches!(self.reader.peek(), Ok(None))
    }

    /// Sends a command on its way; answers when it arrives.
    pub(super) fn send(&mut self, now_ns: i64, command: Command) -> i64 {
        self.records.sent(now_ns, &command);
        let arrival_ns = self.entry.arrival(now_ns);
        self.flights.commands.push_back((arrival_ns, command));
        arrival_ns
    }

    /// The venue's market moves by the next message of the recording.
    pub(super) fn move_market(&mut self, now_ns: i64) {
        let Some(message) = self.reader.take() else {
            return;
        };
        if message.aside.is_some() {
            self.move_aside(now_ns, message);
            return;
        }
        self.records.counts.seen(&message.event);
        self.sample_equity(now_ns);
        if let Some(facts) = self.reader.source().facts() {
            self.exchange.follow(now_ns, facts);
        }
        if self
            .exchange
            .observe(now_ns, &message.event, &message.levels)
        {
            self.records.counts.gaps += 1;
        }
        self.after_venue(now_ns);
        self.flights.messages.push_back(message);
    }

    /// The venue does what is due: a funding payment, the end of an order or of an outage.
    pub(super) fn elapse(&mut self, now_ns: i64) {
        self.exchange.elapse(now_ns);
        self.after_venue(now_ns);
    }

    /// A command arrives at the venue.
    pub(super) fn deliver_command(&mut self, now_ns: i64) {
        if let Some((_, command)) = self.flights.commands.pop_front() {
            self.exchange.receive(now_ns, &command);
            self.after_venue(now_ns);
        }
    }

    /// A reply of the venue reaches us; whether the participant has something to tell.
    pub(super) fn deliver_reply<P: Participant>(&mut self, participant: &mut P) -> bool {
        let Some(event) = self.flights.replies.pop_front() else {
            return false;
        };
        self.records.received(&event);
        participant.receive(&event)
    }

    /// A message of the venue reaches us.
    pub(super) fn deliver_message(&mut self, book: &mut Book) -> Option<Wake> {
        let message = self.flights.messages.pop_front()?;
        if message.aside.is_some() {
            return self.view.receive_aside(*message, book);
        }
        let wake = self.view.receive(&message, book, &mut self.records.counts);
        self.reader.recycle(message);
        wake
    }

    /// The recording is over while others go on: from here on nothing is known of the market.
    pub(super) fn close_market(&mut self, now_ns: i64, book: &mut Book) {
        self.records.equity.push(self.equity_point(now_ns));
        self.is_closed = true;
        self.exchange.recorded.end();
        self.exchange.resting.lose();
        book.mark_stale();
    }

    /// Sends what the venue said, and marks the account where it traded.
    #[inline]
    pub(super) fn after_venue(&mut self, now_ns: i64) {
        if !self.exchange.told.is_empty() {
            self.tell_funding(now_ns);
        }
        self.exchange.take_replies(&mut self.flights.replies);
        let fills = self.exchange.journal().fills().len();
        if fills > self.marked {
            self.marked = fills;
            self.mark(now_ns);
        }
    }

    #[inline]
    pub(super) fn sample_equity(&mut self, now_ns: i64) {
        if self.records.equity_due(now_ns) && self.exchange.mid().is_known() {
            self.mark(now_ns);
        }
    }

    /// Adds a point to the equity curve.
    fn mark(&mut self, now_ns: i64) {
        if self.curve.takes() {
            let point = self.equity_point(now_ns);
            let curve = &mut self.records.equity;
            self.curve.keep(curve, EQUITY_POINTS_MAX, point);
        }
    }

    fn equity_point(&self, now_ns: i64) -> EquityPoint {
        let ledger = self.exchange.ledger();
        EquityPoint {
            ts_ns: now_ns,
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

    /// When the message received at `ts_ns` left the venue.
    #[inline]
    pub(super) fn feed_departure(&mut self, ts_ns: i64) -> i64 {
        self.feed.departure(ts_ns)
    }

    pub(super) fn keep_error(&mut self, error: SourceError) {
        self.records.counts.corrupt += 1;
        if self.errors.len() < ERRORS_KEPT_MAX {
            self.errors.push(error);
        }
    }

    /// What was counted.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            disordered: self.reader.disordered,
            ..self.records.counts
        }
    }

    /// Whether neither an order of ours nor a message about one is left here.
    pub(super) fn is_idle(&self) -> bool {
        self.exchange.is_idle()
            && self.flights.commands.is_empty()
            && self.flights.replies.is_empty()
    }

    /// Adds the last point of the equity curve, and answers the profit there with its parts.
    pub(super) fn close<P: Participant>(
        &mut self,
        now_ns: i64,
        participant: &P,
    ) -> Result<Profit, SimError> {
        let point = self.equity_point(now_ns);
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
