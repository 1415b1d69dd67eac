//! What the recording says beside the book: funding, other rules of the instrument, breaks.

use crate::instrument::Instrument;
use crate::market::{Aside, Break, EventSource, Funding as FundingTold, Message};
use crate::mirror::Book;
use crate::money::Money;
use crate::reject::RejectCode;
use crate::units::{Lots, Ticks};

use super::exchange::Exchange;
use super::funding::Funding;
use super::market::Market;
use super::view::{Beside, View, Wake};

/// The steps that a venue asks for, as counts of the steps in which a recording counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    price: i64,
    qty: i64,
    /// Smallest value of an order.
    pub(super) min_notional: Money,
}

impl Steps {
    /// Those in which the recording counts.
    pub(super) fn of(instrument: &Instrument) -> Self {
        Self {
            price: 1,
            qty: 1,
            min_notional: instrument.min_notional(),
        }
    }

    /// Refuses a price or a quantity between two steps.
    pub(super) const fn check(&self, price: Ticks, qty: Lots) -> Result<(), RejectCode> {
        if price.0 % self.price != 0 {
            return Err(RejectCode::OffTick);
        }
        if qty.0 % self.qty != 0 {
            return Err(RejectCode::OffLot);
        }
        Ok(())
    }
}

impl Exchange {
    /// What the recording says beside the book. Returns whether the book was lost by it.
    ///
    /// Orders that rest stay as they are: under other rules until they are changed, after a break
    /// as after a gap, with an unknown queue before them.
    pub fn hear(&mut self, now_ns: i64, aside: &Aside) -> bool {
        if now_ns >= self.agenda.due_ns() {
            self.elapse(now_ns);
        }
        match aside {
            Aside::Funding(told) => {
                if self.rules.funding == Funding::Recorded {
                    self.agenda.tell(now_ns, *told);
                }
                false
            }
            Aside::Terms(terms) => {
                self.follow_terms(terms);
                false
            }
            Aside::Break(Break::Connected) => false,
            Aside::Break(Break::Gap | Break::Disconnected | Break::Damaged) => {
                let was_known = !self.recorded.book.is_stale();
                self.recorded.lose();
                self.resting.lose();
                was_known
            }
        }
    }

    /// Whether we are told of it: a run that names its funding hears of that alone.
    pub(super) fn passes_on(&self, aside: &Aside) -> bool {
        self.rules.funding == Funding::Recorded || !matches!(aside, Aside::Funding(_))
    }

    fn follow_terms(&mut self, terms: &Instrument) {
        let own = &self.instrument;
        let price = own.ticks(terms.tick_size());
        let qty = own.lots(terms.lot_size());
        // Steps that are no multiples of those counted in cannot be checked.
        if let (Ok(price), Ok(qty)) = (price, qty) {
            self.steps = Steps {
                price: price.0,
                qty: qty.0,
                min_notional: terms.min_notional(),
            };
        }
    }
}

impl<S: EventSource> Market<S> {
    /// The venue, or whoever recorded it, says something beside the book.
    #[cold]
    pub(super) fn move_aside(&mut self, now_ns: i64, message: Box<Message>) {
        let Some(aside) = &message.aside else {
            return;
        };
        self.records.counts.said(aside);
        if self.exchange.hear(now_ns, aside) {
            self.records.counts.gaps += 1;
        }
        self.after_venue(now_ns);
        if self.exchange.passes_on(aside) {
            self.flights.messages.push_back(message);
        }
    }

    /// Rates of the run's settings are told behind all that is under way.
    #[cold]
    pub(super) fn tell_funding(&mut self, now_ns: i64) {
        let messages = &mut self.flights.messages;
        for told in self.exchange.told.drain(..) {
            let last_ns = messages.back().map_or(now_ns, |last| last.ts_recv_ns);
            let aside = Aside::Funding(told);
            let message = Message::beside(now_ns, last_ns.max(now_ns), aside);
            messages.push_back(Box::new(message));
        }
    }
}

impl View {
    /// Receives what was said beside the book; whether it is of interest.
    #[cold]
    pub(super) fn receive_aside(&mut self, message: Message, book: &mut Book) -> Option<Wake> {
        let aside = message.aside?;
        match aside {
            Aside::Break(Break::Gap | Break::Disconnected | Break::Damaged) => {
                self.lose(book);
            }
            Aside::Funding(FundingTold { .. }) | Aside::Terms(_) | Aside::Break(_) => {}
        }
        self.last_aside = Some(Beside {
            ts_event_ns: message.ts_event_ns,
            aside,
        });
        self.subscriptions.asides.then_some(Wake::Aside)
    }
}
