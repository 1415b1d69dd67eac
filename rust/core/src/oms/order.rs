//! One order of ours: what was asked for, and what evidence made of it.

use std::sync::Arc;

use crate::money::Money;
use crate::oms::change::{Change, WorkingTerms};
use crate::oms::event::Refusal;
use crate::oms::lifecycle::{Facts, LifeEvent, OrderState, Step, step};
use crate::oms::message::{Command, Fill, OrderKey, OrderType, Terms};
use crate::oms::request::OrderRequest;
use crate::units::{Lots, Side, SymbolId, Ticks};

/// What became of a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changed the order.
    Applied,
    /// It was known, or late: nothing changed.
    Stale,
    /// It contradicts what is known: nothing changed.
    Illegal,
    /// No order of ours has this key (or it was retired): nothing changed.
    UnknownOrder,
}

/// An order with everything known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of evidence"
)]
pub struct Order {
    key: OrderKey,
    request: OrderRequest,
    /// Made by the quote reconciler, which alone moves it.
    quoted: bool,
    state: OrderState,
    accepted: bool,
    triggered: bool,
    cancel_pending: bool,
    change: Option<Change>,
    price: Ticks,
    qty: Lots,
    /// The largest total ever asked for or confirmed: a fill beyond it is an overfill.
    qty_max: Lots,
    replaced_at_ns: i64,
    terms_since_ns: i64,
    filled: Lots,
    /// Σ price × quantity of the fills, in ticks × lots.
    fill_value: i128,
    fees: Money,
    exec_ids: Vec<u64>,
    refusal: Option<Refusal>,
    tag: Option<Arc<str>>,
    /// What few orders have.
    rare: Option<Box<Terms>>,
    submitted_at_ns: i64,
    accepted_at_ns: Option<i64>,
    ended_at_ns: Option<i64>,
}

impl Order {
    pub(crate) fn new(key: OrderKey, request: OrderRequest, quoted: bool, now_ns: i64) -> Self {
        Self {
            key,
            request,
            quoted,
            state: OrderState::Initialized,
            accepted: false,
            triggered: false,
            cancel_pending: false,
            change: None,
            price: request.price,
            qty: request.qty,
            qty_max: request.qty,
            replaced_at_ns: i64::MIN,
            terms_since_ns: now_ns,
            filled: Lots(0),
            fill_value: 0,
            fees: Money::ZERO,
            exec_ids: Vec::new(),
            refusal: None,
            tag: None,
            rare: None,
            submitted_at_ns: now_ns,
            accepted_at_ns: None,
            ended_at_ns: None,
        }
    }

    /// The trader's number of it.
    pub const fn key(&self) -> OrderKey {
        self.key
    }

    /// What was asked for at first.
    pub const fn request(&self) -> &OrderRequest {
        &self.request
    }

    /// Whether it has a limit that can be changed; a market-to-limit order once it is accepted.
    pub fn has_price(&self) -> bool {
        let kind = self.request.order_type;
        kind.has_limit() || (kind == OrderType::MarketToLimit && self.accepted)
    }

    /// Whether it waits for a trigger, as far as is known.
    pub fn waits(&self) -> bool {
        self.request.order_type.is_stop() && !self.triggered
    }

    /// What it trades.
    pub const fn symbol(&self) -> SymbolId {
        self.request.symbol
    }

    /// Which way.
    pub const fn side(&self) -> Side {
        self.request.side
    }

    /// Whether the quote reconciler made it.
    pub const fn is_quote(&self) -> bool {
        self.quoted
    }

    /// Where it stands.
    pub const fn state(&self) -> OrderState {
        self.state
    }

    /// Its confirmed limit price.
    pub const fn price(&self) -> Ticks {
        self.price
    }

    /// Its confirmed total quantity, filled part included.
    pub const fn qty(&self) -> Lots {
        self.qty
    }

    /// What traded of it.
    pub const fn filled(&self) -> Lots {
        self.filled
    }

    /// What may still trade: the confirmed total less what traded, zero once it ended.
    pub fn open(&self) -> Lots {
        if self.state.is_live() {
            Lots((self.qty.0 - self.filled.0).max(0))
        } else {
            Lots(0)
        }
    }

    /// Price and total that it will have when a change under way succeeds, else those it has.
    pub fn terms(&self) -> (Ticks, Lots) {
        let asked = self
            .change
            .map(|change| (change.asked.price, change.asked.qty));
        asked.unwrap_or((self.price, self.qty))
    }

    /// The price of the two (confirmed, asked for) that is nearer to the other side of the book.
    pub fn boldest_price(&self) -> Ticks {
        let asked = self.terms().0;
        match self.request.side {
            Side::Buy => self.price.max(asked),
            Side::Sell => self.price.min(asked),
        }
    }

    /// Σ price × quantity of its fills, in ticks × lots; over [`Order::filled`] the average.
    pub const fn fill_value(&self) -> i128 {
        self.fill_value
    }

    /// Fees of its fills.
    pub const fn fees(&self) -> Money {
        self.fees
    }

    /// How many fills it had.
    pub fn fill_count(&self) -> usize {
        self.exec_ids.len()
    }

    /// Why it was denied or rejected.
    pub const fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// What the strategy calls it.
    pub const fn tag(&self) -> Option<&Arc<str>> {
        self.tag.as_ref()
    }

    /// When it was sent (or denied), our time.
    pub const fn submitted_at_ns(&self) -> i64 {
        self.submitted_at_ns
    }

    /// When its acceptance was learned, our time.
    pub const fn accepted_at_ns(&self) -> Option<i64> {
        self.accepted_at_ns
    }

    /// When its end was learned, our time.
    pub const fn ended_at_ns(&self) -> Option<i64> {
        self.ended_at_ns
    }

    /// Since when it has its present terms, our time.
    pub const fn terms_since_ns(&self) -> i64 {
        self.terms_since_ns
    }

    /// Whether the venue is known to have it.
    pub const fn is_accepted(&self) -> bool {
        self.accepted
    }

    /// Whether a cancel is under way.
    pub const fn is_cancel_pending(&self) -> bool {
        self.cancel_pending
    }

    /// Whether a change is under way.
    pub const fn is_replace_pending(&self) -> bool {
        self.change.is_some()
    }

    /// Whether it rests with no answer outstanding, so that a change can be asked for.
    pub const fn is_settled(&self) -> bool {
        matches!(
            self.state,
            OrderState::Accepted | OrderState::PartiallyFilled | OrderState::Triggered
        )
    }

    /// Trigger, shown quantity, expiry; all zero for most orders.
    pub fn rare(&self) -> Terms {
        self.rare.as_deref().copied().unwrap_or_default()
    }

    pub(crate) fn note_rare(&mut self, terms: Terms) {
        self.rare = (terms != Terms::default()).then(|| Box::new(terms));
    }

    /// The command that places it.
    pub(crate) fn command(&self) -> Command {
        match self.rare.as_deref() {
            None => Command::New(self.request.order(self.key)),
            Some(terms) => Command::NewWith(self.request.order(self.key), *terms),
        }
    }

    /// Applies `event` by the table; the facts it speaks of must be noted before.
    pub(crate) fn advance(&mut self, event: LifeEvent, now_ns: i64) -> Outcome {
        let next = match step(self.state, event) {
            Step::To(state) => state,
            Step::Settle => self.facts(event).state(),
            Step::Stale => return Outcome::Stale,
            Step::Illegal => return Outcome::Illegal,
        };
        if next.is_terminal() && !self.state.is_terminal() {
            self.ended_at_ns = Some(now_ns);
        }
        self.state = next;
        Outcome::Applied
    }

    fn facts(&self, event: LifeEvent) -> Facts {
        Facts {
            complete: self.filled >= self.total(),
            doubted: self.state == OrderState::Unknown && !event.ends_doubt(),
            cancel_pending: self.cancel_pending,
            replace_pending: self.change.is_some(),
            accepted: self.accepted,
            traded: self.filled.0 > 0,
            triggered: self.triggered,
        }
    }

    /// The quantity that completes it: while a change is under way, the larger of the two totals.
    fn total(&self) -> Lots {
        self.qty.max(self.terms().1)
    }

    pub(crate) fn note_accepted(&mut self, now_ns: i64) {
        self.accepted = true;
        self.accepted_at_ns.get_or_insert(now_ns);
    }

    pub(crate) fn note_triggered(&mut self) {
        self.triggered = true;
    }

    pub(crate) fn note_refusal(&mut self, refusal: Refusal) {
        self.refusal = Some(refusal);
    }

    pub(crate) fn note_tag(&mut self, tag: Arc<str>) {
        self.tag = Some(tag);
    }

    pub(crate) fn request_cancel(&mut self) {
        self.cancel_pending = true;
    }

    pub(crate) fn request_replace(&mut self, asked: WorkingTerms) {
        let after_ns = self.replaced_at_ns;
        self.change = Some(Change { asked, after_ns });
        self.qty_max = self.qty_max.max(asked.qty);
    }

    /// Ends a cancel under way; whether there was one.
    pub(crate) fn drop_cancel(&mut self) -> bool {
        std::mem::take(&mut self.cancel_pending)
    }

    /// Ends a change under way; whether there was one.
    pub(crate) fn drop_replace(&mut self) -> bool {
        self.change.take().is_some()
    }

    /// Takes the terms a venue confirmed, and ends the change under way if they answer it; false
    /// when neither is news.
    pub(crate) fn replace(&mut self, told: WorkingTerms, ts_event_ns: i64, now_ns: i64) -> bool {
        let rests = self.request.post_only.then_some(self.request.side);
        let is_answer = self
            .change
            .is_some_and(|change| change.is_answered(&told, ts_event_ns, self.price, rests));
        if is_answer {
            self.change = None;
        }
        let same_stop = told.stop.0 == 0 || told.stop == self.rare().stop_price;
        let known = ts_event_ns == self.replaced_at_ns
            && (told.price, told.qty) == (self.price, self.qty)
            && same_stop;
        if known || ts_event_ns < self.replaced_at_ns {
            return is_answer;
        }
        (self.price, self.qty) = (told.price, told.qty);
        if !same_stop {
            let stop_price = told.stop;
            self.note_rare(Terms {
                stop_price,
                ..self.rare()
            });
        }
        self.qty_max = self.qty_max.max(self.qty);
        self.replaced_at_ns = ts_event_ns;
        self.terms_since_ns = now_ns;
        true
    }

    /// Whether this execution was booked before.
    pub(crate) fn has_fill(&self, exec_id: u64) -> bool {
        self.exec_ids.contains(&exec_id)
    }

    /// What a fill of `qty` would be to the order; `None` when the sum is beyond counting.
    pub(crate) fn fill_event(&self, qty: Lots) -> Option<LifeEvent> {
        let filled = self.filled.0.checked_add(qty.0)?;
        Some(if filled >= self.total().0 {
            LifeEvent::LastFill
        } else {
            LifeEvent::PartFill
        })
    }

    /// Books a fill that was checked; whether it is beyond all that was ever asked for.
    pub(crate) fn book_fill(&mut self, fill: &Fill) -> bool {
        self.exec_ids.push(fill.exec_id);
        self.filled.0 += fill.qty.0;
        self.fill_value += i128::from(fill.price.0) * i128::from(fill.qty.0);
        self.fees += fill.fee;
        self.filled > self.qty_max
    }
}
