//! Many makers on one recording: it is decoded once, its book is kept once, and so is what they see
//! of it.
//!
//! What is recorded never depends on what we do. So the runs go in step: each does what is its own
//! up to the next message of the recording (commands arrive, replies come, timers ring), then the
//! message moves the one book, and what it means for our orders is settled run by run. For that
//! moment the book is lent to the venue of each. Every run ends as it would alone.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::{Aside, EventSource, MarketEvent, OrderFact, SourceError, Stamped};
use crate::mirror::Book;
use crate::oms::RunId;

use super::error::SimError;
use super::ledger::Profit;
use super::makers::{Maker, Quoter};
use super::market::{Head, Market, Step, earlier};
use super::recorded::{Change, Recorded};
use super::simulation::{Assumptions, Simulation};
use super::view::Wake;

/// Messages that are played between two looks of the caller.
const MESSAGES_A_TURN: usize = 2048;

/// A recording that is read by somebody else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shared;

impl EventSource for Shared {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        Ok(None)
    }
}

/// One maker's run.
pub struct MakerRun {
    simulation: Simulation<Shared>,
    quoter: Quoter,
    /// When it does something of its own next; never where it has nothing to do.
    next_ns: i64,
}

impl MakerRun {
    /// The venue, the records and the clock of it.
    pub const fn simulation(&self) -> &Simulation<Shared> {
        &self.simulation
    }

    /// The maker and its trader.
    pub const fn quoter(&self) -> &Quoter {
        &self.quoter
    }

    /// Adds the last point of the equity curve, and answers the profit there with its parts.
    ///
    /// # Errors
    ///
    /// As [`Simulation::close`].
    pub fn close(&mut self) -> Result<Profit, SimError> {
        self.simulation.close(&self.quoter)
    }

    #[inline]
    fn market(&mut self) -> &mut Market<Shared> {
        &mut self.simulation.markets[0]
    }

    /// Lends or takes back the recorded book.
    #[inline]
    fn swap(&mut self, recorded: &mut Box<Recorded>) {
        std::mem::swap(&mut self.market().exchange.recorded, recorded);
    }

    /// Does what is its own and comes before the recording goes on; at its end, what is left.
    fn catch_up(&mut self, now_ns: i64, until: Head, recorded: &mut Box<Recorded>) {
        self.simulation.now_ns = self.simulation.now_ns.max(now_ns);
        self.swap(recorded);
        while self.simulation.step_alone(until, &mut self.quoter) {}
        self.swap(recorded);
        self.look();
    }

    /// Notes when it does something of its own next.
    #[inline]
    fn look(&mut self) {
        self.next_ns = self.simulation.alone_ns();
    }

    /// What a message of the recording does before the book moves.
    #[inline]
    fn before(
        &mut self,
        now_ns: i64,
        (event, facts): (&MarketEvent<'_>, Option<&[OrderFact]>),
        recorded: &mut Box<Recorded>,
    ) {
        let is_quiet = facts.is_none() && !matches!(event, MarketEvent::Trade { .. });
        if is_quiet && !self.market().is_due(now_ns) {
            return;
        }
        self.swap(recorded);
        let market = self.market();
        market.sample_equity(now_ns);
        if let Some(facts) = facts {
            market.exchange.follow(now_ns, facts);
        }
        market.exchange.before_change(now_ns, event);
        self.swap(recorded);
    }

    /// What the change of the book means.
    #[inline]
    fn after(&mut self, now_ns: i64, change: Change, recorded: &mut Box<Recorded>) {
        self.swap(recorded);
        let market = self.market();
        market.exchange.after_change(now_ns, change);
        market.after_venue(now_ns);
        self.swap(recorded);
        self.look();
    }

    /// Hears what is said beside the book; whether the book was lost by it.
    fn hear(&mut self, now_ns: i64, aside: &Aside, recorded: &mut Box<Recorded>) -> bool {
        self.swap(recorded);
        let market = self.market();
        let is_lost = market.exchange.hear(now_ns, aside);
        market.after_venue(now_ns);
        self.swap(recorded);
        self.look();
        is_lost
    }

    /// Lets the maker decide, and sends what it has to send.
    #[inline]
    fn decide(&mut self, now_ns: i64, on: impl FnOnce(&mut Quoter)) {
        self.simulation.now_ns = self.simulation.now_ns.max(now_ns);
        on(&mut self.quoter);
        if self.quoter.trader().has_commands() {
            self.simulation.send(&mut self.quoter);
            self.look();
        }
    }
}

impl Simulation<Shared> {
    /// When something of its own happens next, whatever the recording does.
    #[inline]
    fn alone_ns(&self) -> i64 {
        let market = &self.markets[0];
        let due_ns = market.exchange.due_ns().unwrap_or(i64::MAX);
        let timer_ns = self.timers.peek().unwrap_or(i64::MAX);
        market.answers_ns().min(due_ns).min(timer_ns)
    }

    /// Lets the next thing of its own happen, unless the recording comes first or nothing is left.
    fn step_alone(&mut self, until: Head, quoter: &mut Quoter) -> bool {
        let market = &mut self.markets[0];
        let own = market.own_head(until.is_some());
        let Some((at_ns, step)) = earlier(own, until) else {
            return false;
        };
        if let Some(timer_ns) = self.timers.peek().filter(|timer_ns| *timer_ns < at_ns) {
            self.now_ns = self.now_ns.max(timer_ns);
            self.timers.pop();
            quoter.on_timer(self.now_ns);
            self.send(quoter);
            return true;
        }
        if own != Some((at_ns, step)) {
            return false;
        }
        self.now_ns = self.now_ns.max(at_ns);
        match step {
            Step::Due => market.elapse(self.now_ns),
            Step::Command => market.deliver_command(self.now_ns),
            Step::Reply => {
                market.deliver_reply(quoter);
                self.send(quoter);
            }
            Step::Venue | Step::Message => {}
        }
        true
    }
}

/// See the module.
pub struct MakerGroup<S> {
    /// The recording, its book, and what is seen of it; nobody trades at this venue.
    market: Market<S>,
    book: Book,
    now_ns: i64,
    runs: Vec<MakerRun>,
    has_started: bool,
    is_done: bool,
}

impl<S: EventSource> MakerGroup<S> {
    /// Makers at the start of `source`, which carries `instrument`, under the same assumptions.
    pub fn new(
        source: S,
        instrument: &Arc<Instrument>,
        run: &RunId,
        makers: impl IntoIterator<Item = Maker>,
        assumptions: &Assumptions,
    ) -> Self {
        let runs = makers.into_iter().map(|maker| {
            let quoter = Quoter::new(maker, instrument, run.clone());
            let (symbol, instrument) = (quoter.symbol(), Arc::clone(instrument));
            MakerRun {
                simulation: Simulation::new(Shared, instrument, symbol, assumptions.clone()),
                quoter,
                next_ns: i64::MIN,
            }
        });
        let runs: Vec<MakerRun> = runs.collect();
        let symbol = runs.first().map(|run| run.quoter.symbol());
        Self {
            market: Market::new(
                source,
                Arc::clone(instrument),
                symbol.unwrap_or_default(),
                assumptions.clone(),
            ),
            book: Book::new(),
            now_ns: 0,
            runs,
            has_started: false,
            is_done: false,
        }
    }

    /// Plays some of the recording to every maker; whether nothing is left of it.
    pub fn advance(&mut self) -> bool {
        if !self.has_started {
            self.start();
        }
        for _ in 0..MESSAGES_A_TURN {
            if self.is_done {
                break;
            }
            self.step();
        }
        let (counts, disordered) = (self.market.records.counts, self.market.reader.disordered);
        for run in &mut self.runs {
            run.simulation.now_ns = run.simulation.now_ns.max(self.now_ns);
            let market = run.market();
            market
                .exchange
                .recorded
                .remember(&self.market.exchange.recorded);
            (market.records.counts, market.reader.disordered) = (counts, disordered);
            // Told rates are of no interest to a maker.
            market.flights.messages.clear();
            if self.is_done {
                market.errors.clone_from(&self.market.errors);
            }
        }
        self.is_done
    }

    /// The clock stands at the first message, and every maker says what it wants to hear.
    fn start(&mut self) {
        self.has_started = true;
        let first = loop {
            if let Ok(head) = self.market.head() {
                break head;
            }
        };
        self.now_ns = first.map_or(0, |(at_ns, _)| at_ns);
        let heard = &mut self.market.view.subscriptions;
        for run in &mut self.runs {
            run.simulation.begin(self.now_ns);
            run.quoter.start(&mut run.simulation);
            let wanted = run.quoter.subscriptions();
            heard.book_depth = heard.book_depth.max(wanted.book_depth);
            heard.trades |= wanted.trades;
        }
    }

    /// Lets the next thing of the recording happen, and before it what is due in each run.
    fn step(&mut self) {
        let Ok(next) = self.market.recorded_head() else {
            return;
        };
        let (at_ns, step) = next.unwrap_or((i64::MAX, Step::Message));
        let recorded = &mut self.market.exchange.recorded;
        for run in &mut self.runs {
            if run.next_ns <= at_ns {
                run.catch_up(self.now_ns, next, recorded);
            }
        }
        if next.is_none() {
            self.is_done = true;
            return;
        }
        self.now_ns = self.now_ns.max(at_ns);
        if step == Step::Venue {
            self.move_market();
        } else {
            self.deliver();
        }
    }

    /// The market moves by the next message, at the venue of every run.
    fn move_market(&mut self) {
        let (market, now_ns) = (&mut self.market, self.now_ns);
        let Some(message) = market.reader.take() else {
            return;
        };
        let recorded = &mut market.exchange.recorded;
        if let Some(aside) = &message.aside {
            market.records.counts.said(aside);
            let mut is_lost = false;
            for run in &mut self.runs {
                is_lost |= run.hear(now_ns, aside, recorded);
            }
            market.records.counts.gaps += u64::from(is_lost);
            if market.exchange.passes_on(aside) {
                market.flights.messages.push_back(message);
            }
            return;
        }
        let event = &message.event;
        market.records.counts.seen(event);
        let facts = market.reader.source().facts();
        for run in &mut self.runs {
            run.before(now_ns, (event, facts), recorded);
        }
        let change = recorded.apply(event, &message.levels);
        for run in &mut self.runs {
            run.after(now_ns, change, recorded);
        }
        market.records.counts.gaps += u64::from(change == Change::Lost);
        market.flights.messages.push_back(message);
    }

    /// A message reaches the makers: what it changed of the book is found out once.
    fn deliver(&mut self) {
        let now_ns = self.now_ns;
        match self.market.deliver_message(&mut self.book) {
            Some(Wake::Book) => {
                let (bid, ask) = (self.book.best_bid(), self.book.best_ask());
                let (Some((bid, _)), Some((ask, _))) = (bid, ask) else {
                    return;
                };
                for run in &mut self.runs {
                    run.decide(now_ns, |quoter| quoter.on_touch((bid, ask), now_ns));
                }
            }
            Some(Wake::Trade) => {
                let print = self.market.view.last_trade.as_ref();
                for run in &mut self.runs {
                    run.decide(now_ns, |quoter| quoter.on_trade(print));
                }
            }
            Some(_) | None => {}
        }
    }

    /// The recording.
    pub const fn source(&self) -> &S {
        self.market.reader.source()
    }

    /// The runs, in the order of their makers.
    pub fn runs(&self) -> &[MakerRun] {
        &self.runs
    }

    /// The same, to be closed.
    pub fn runs_mut(&mut self) -> &mut [MakerRun] {
        &mut self.runs
    }
}
