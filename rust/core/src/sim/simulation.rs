//! One clock for recordings, their venues and a trader.
//!
//! The clock is the recordings' time of receipt, `ts_recv_ns`: our own, and it never runs
//! backwards. The venues' stamps come from clocks with unknown offsets, so they are not used;
//! instead each message left its venue a stated feed latency before we received it. At one instant
//! things happen in this order: venues do what is due, their markets move, commands arrive there,
//! replies reach us, market data reach us, timers ring. Of one kind those of the recording named
//! first come first, and within a recording the order is that of sending.
//!
//! A recording that begins later has no book until then, and its venue refuses orders. One that
//! ends while others go on is known no further: its venue refuses new orders, those that rest can
//! be canceled, and what was filled is still told.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::EventSource;
use crate::mirror::Book;
use crate::oms::message::Command;
use crate::units::SymbolId;

use super::glide::Stretch;
use super::latency::Latency;
use super::market::{Head, Market, Step, symbol_of};
use super::participant::Participant;
use super::rules::Rules;
use super::timeline::Timers;
use super::view::{Subscriptions, Wake};

/// What a simulation assumes.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// What the venue demands.
    pub rules: Rules,
    /// How long messages travel.
    pub latency: Latency,
}

/// Most corrupt records of a recording kept word for word; further ones are only counted.
pub const ERRORS_KEPT_MAX: usize = 100;

/// Most recordings of one simulation.
pub const RECORDINGS_MAX: usize = 256;

/// The participant's views of the markets, moved as messages reach it.
pub trait Books {
    /// The book of the recording at `place`.
    fn at(&mut self, place: usize) -> &mut Book;
}

/// The one book of a simulation of one recording.
impl Books for Book {
    #[inline]
    fn at(&mut self, _: usize) -> &mut Book {
        self
    }
}

impl Books for [Book] {
    #[inline]
    fn at(&mut self, place: usize) -> &mut Book {
        &mut self[place]
    }
}

/// Recorded markets, simulated venues and a trader's view on one clock.
pub struct Simulation<S> {
    pub(super) markets: Vec<Market<S>>,
    /// When something happens next in each market; `unread` says whose is not known.
    heads: Vec<Head>,
    /// The market whose head has to be looked up.
    unread: Option<usize>,
    /// Markets whose recording is over, until another goes on.
    over: Vec<usize>,
    /// Where the recording of each symbol stands.
    places: Vec<usize>,
    pub(super) timers: Timers,
    pub(super) now_ns: i64,
    pub(super) woken: usize,
    is_prepared: bool,
    commands: Vec<Command>,
}

impl<S: EventSource> Simulation<S> {
    /// A simulation at the start of `source`, which carries one instrument.
    pub fn new(
        source: S,
        instrument: Arc<Instrument>,
        symbol: SymbolId,
        assumptions: Assumptions,
    ) -> Self {
        let market = Market::new(source, instrument, symbol, assumptions);
        Self::over(vec![market])
    }

    /// The recordings of simulations that have not begun, each of another symbol, on one clock.
    ///
    /// # Panics
    ///
    /// If there are none, more than [`RECORDINGS_MAX`], two of one symbol, or one has begun.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut markets = Vec::new();
        for part in parts {
            assert!(
                !part.is_prepared,
                "Invariant: recordings are joined before they are played"
            );
            markets.extend(part.markets);
        }
        Self::over(markets)
    }

    fn over(markets: Vec<Market<S>>) -> Self {
        let count = markets.len();
        assert!(
            (1..=RECORDINGS_MAX).contains(&count),
            "Invariant: a simulation plays 1 to {RECORDINGS_MAX} recordings: {count}"
        );
        let mut places = Vec::new();
        for (place, market) in markets.iter().enumerate() {
            let symbol = market.exchange.symbol.0 as usize;
            if symbol >= places.len() {
                places.resize(symbol + 1, usize::MAX);
            }
            assert!(
                places[symbol] == usize::MAX,
                "Invariant: each recording is of another symbol: symbol={symbol}"
            );
            places[symbol] = place;
        }
        Self {
            markets,
            heads: vec![None; count],
            unread: None,
            over: Vec::new(),
            places,
            timers: Timers::default(),
            now_ns: 0,
            woken: 0,
            is_prepared: false,
            commands: Vec::new(),
        }
    }

    /// Simulated time, in nanoseconds since 1970; zero before the first message.
    pub const fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// Whether it is being played.
    pub const fn has_begun(&self) -> bool {
        self.is_prepared
    }

    /// Takes the recordings out: nothing is left to happen here.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let markets = std::mem::take(&mut self.markets);
        self.heads.clear();
        self.is_prepared = true;
        Self::over(markets)
    }

    /// Says what to come back for from now on, of every recording.
    pub fn subscribe(&mut self, subscriptions: Subscriptions) {
        for market in &mut self.markets {
            market.view.subscriptions = subscriptions;
        }
    }

    /// Says what to come back for from now on, of the recording at `place`.
    pub fn subscribe_at(&mut self, place: usize, subscriptions: Subscriptions) {
        self.markets[place].view.subscriptions = subscriptions;
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
        if !self.is_prepared {
            self.is_prepared = true;
            for place in 0..self.markets.len() {
                while self.read(place).is_err() {}
            }
            let first = self.heads.iter().flatten().map(|(at_ns, _)| *at_ns).min();
            self.now_ns = first.unwrap_or(0);
        }
        self.now_ns
    }

    /// The clock stands at `first_ns`, the time of the first message.
    pub(super) const fn begin(&mut self, first_ns: i64) {
        (self.is_prepared, self.now_ns) = (true, first_ns);
    }

    /// Looks up what happens next in a market; an error where a record cannot be decoded.
    #[inline]
    fn read(&mut self, place: usize) -> Result<(), ()> {
        let market = &mut self.markets[place];
        let head = market.head()?;
        self.heads[place] = head;
        if head.is_none_or(|(_, step)| step != Step::Venue) && self.heads.len() > 1 {
            self.note_end(place);
        }
        Ok(())
    }

    /// Remembers a market whose recording is over, to close it when another goes on.
    #[cold]
    fn note_end(&mut self, place: usize) {
        let market = &mut self.markets[place];
        if !market.is_closed && market.is_over() && !self.over.contains(&place) {
            self.over.push(place);
        }
    }

    /// Sends what the participant has to send, then moves the clock until something is of interest.
    ///
    /// `books` are the participant's views of the markets, moved as messages reach it. At most
    /// `messages_max` messages reach it in one call, and it pauses where a recording waits.
    pub fn advance<P: Participant, B: Books + ?Sized>(
        &mut self,
        participant: &mut P,
        books: &mut B,
        messages_max: u64,
    ) -> Wake {
        self.prepare();
        self.send(participant);
        let mut left = messages_max;
        loop {
            if let Some(place) = self.unread {
                if let [market] = self.markets.as_mut_slice() {
                    let mut stretch = Stretch {
                        now_ns: self.now_ns,
                        until_ns: self.timers.peek().unwrap_or(i64::MAX),
                        left,
                    };
                    let wake = market.glide(&mut stretch, books.at(place));
                    (self.now_ns, left) = (stretch.now_ns, stretch.left);
                    if let Some(wake) = wake {
                        self.woken = place;
                        return wake;
                    }
                    if left == 0 && messages_max > 0 {
                        return Wake::Pause;
                    }
                }
                if self.markets[place].reader.is_waiting() {
                    return Wake::Pause;
                }
                if self.read(place).is_err() {
                    if self.markets[place].view.subscriptions.corrupt {
                        self.woken = place;
                        return Wake::Corrupt;
                    }
                    continue;
                }
                self.unread = None;
            }
            let Some((at_ns, step, place)) = self.first() else {
                return Wake::End;
            };
            if let Some(timer_ns) = self.timers.peek().filter(|timer_ns| *timer_ns < at_ns) {
                self.now_ns = self.now_ns.max(timer_ns);
                if let Some(id) = self.timers.pop() {
                    return Wake::Timer(id);
                }
            }
            self.now_ns = self.now_ns.max(at_ns);
            self.unread = Some(place);
            if let Some(wake) = self.happen(place, step, participant, books) {
                self.woken = place;
                return wake;
            }
            if step == Step::Message {
                left = left.saturating_sub(1);
            }
            if left == 0 {
                return Wake::Pause;
            }
        }
    }

    /// What happens next of all markets, by the stated order at one instant.
    #[inline]
    fn first(&self) -> Option<(i64, Step, usize)> {
        if let [only] = self.heads.as_slice() {
            return only.map(|(at_ns, step)| (at_ns, step, 0));
        }
        let mut first: Option<(i64, Step, usize)> = None;
        for (place, head) in self.heads.iter().enumerate() {
            if let Some((at_ns, step)) = *head
                && first.is_none_or(|(first_ns, earlier, _)| (at_ns, step) < (first_ns, earlier))
            {
                first = Some((at_ns, step, place));
            }
        }
        first
    }

    /// Lets one thing happen; whether it is of interest.
    #[inline]
    fn happen<P: Participant, B: Books + ?Sized>(
        &mut self,
        place: usize,
        step: Step,
        participant: &mut P,
        books: &mut B,
    ) -> Option<Wake> {
        let now_ns = self.now_ns;
        let market = &mut self.markets[place];
        match step {
            Step::Due => {
                market.elapse(now_ns);
                None
            }
            Step::Venue => {
                market.move_market(now_ns);
                if !self.over.is_empty() {
                    self.close_ended(books);
                }
                None
            }
            Step::Command => {
                market.deliver_command(now_ns);
                None
            }
            Step::Reply => {
                let tells = market.deliver_reply(participant);
                self.send(participant);
                tells.then_some(Wake::Orders)
            }
            Step::Message => market.deliver_message(books.at(place)),
        }
    }

    /// Closes the markets whose recordings are over: another one has gone on.
    #[cold]
    fn close_ended<B: Books + ?Sized>(&mut self, books: &mut B) {
        for place in std::mem::take(&mut self.over) {
            self.markets[place].close_market(self.now_ns, books.at(place));
        }
    }

    /// Sends what the participant has to send.
    pub(super) fn send<P: Participant>(&mut self, participant: &mut P) {
        participant.take_commands(&mut self.commands);
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            let symbol = symbol_of(&command).0 as usize;
            let known = self.places.get(symbol).copied();
            // A symbol that is not played is refused by whoever is asked.
            let place = known.filter(|place| *place != usize::MAX).unwrap_or(0);
            let arrival_ns = self.markets[place].send(self.now_ns, command);
            let head = &mut self.heads[place];
            if head.is_none_or(|head| (arrival_ns, Step::Command) < head) {
                *head = Some((arrival_ns, Step::Command));
            }
        }
        self.commands = commands;
    }
}
