//! What happens at the venue by the clock alone, or by the last price.

use std::collections::VecDeque;

use crate::market::Funding as FundingTold;
use crate::money::Rate;
use crate::oms::message::{NewOrder, Terms, VenueReply};
use crate::order::OrderType;
use crate::reject::RejectCode;
use crate::units::Ticks;

use super::agenda::Task;
use super::exchange::Exchange;
use super::funding::{Funding, FundingRecord, Mark};
use super::gate::refusal;
use super::mid::Mid;
use super::records::Request;

impl Exchange {
    /// When something is due here next; `None` when nothing is.
    #[inline]
    pub fn due_ns(&self) -> Option<i64> {
        let due_ns = self.agenda.due_ns();
        (due_ns > i64::MIN && due_ns < i64::MAX).then_some(due_ns)
    }

    /// Does everything that is due by `now_ns`, each at its time.
    #[cold]
    pub fn elapse(&mut self, now_ns: i64) {
        if self.agenda.due_ns() == i64::MIN {
            self.schedule_funding(now_ns.saturating_sub(1));
        }
        while let Some((at_ns, task)) = self.agenda.take(now_ns) {
            match task {
                Task::Fund(due) => {
                    if matches!(self.rules.funding, Funding::At(_)) {
                        self.tell(due.rate, at_ns);
                    }
                    self.pay(at_ns, due.rate, Mark::Mid(due.mark));
                    self.schedule_funding(at_ns);
                }
                Task::FundTold(told) => {
                    self.pay(at_ns, told.rate, Mark::Nano(told.mark_nano));
                }
                Task::Expire(key) => {
                    if self.take_out(key).is_some() {
                        self.reply(at_ns, key, VenueReply::Expired);
                    }
                }
                Task::Say(key, reply) => self.reply(at_ns, key, reply),
                Task::Ask(key, request) => self.answer(at_ns, key, request),
            }
        }
    }

    /// Answers what became of an order after a request was lost, as a live desk learns it: what
    /// never arrived is refused, and only a cancel is sent again, since twice does no harm.
    fn answer(&mut self, now_ns: i64, key: u64, request: Request) {
        let refused = refusal(request, RejectCode::VenueUnavailable);
        match request {
            Request::New => self.reply(now_ns, key, refused),
            Request::Modify => {
                self.reply(now_ns, key, refused);
                if self.orders.contains_key(&key) {
                    self.reply(now_ns, key, VenueReply::Accepted);
                }
            }
            Request::Cancel => {
                let reply = match self.take_out(key) {
                    Some(_) => VenueReply::Canceled,
                    None => VenueReply::CancelRejected(RejectCode::UnknownOrder),
                };
                self.reply(now_ns, key, reply);
            }
        }
    }

    fn schedule_funding(&mut self, after_ns: i64) {
        if let Some(due) = self.rules.funding.next(after_ns) {
            if matches!(self.rules.funding, Funding::Every { .. }) {
                self.tell(due.rate, due.ts_ns);
            }
            self.agenda.note(due.ts_ns, Task::Fund(due));
        }
    }

    /// A rate of the run's settings is told as the venue would.
    fn tell(&mut self, rate: Rate, next_ns: i64) {
        self.told.push(FundingTold {
            rate,
            mark_nano: 0,
            next_ns,
        });
    }

    fn pay(&mut self, now_ns: i64, rate: Rate, mark: Mark) {
        let recorded = &self.recorded;
        self.journal.advance(now_ns, || Mid(recorded.mid()));
        let mark = if mark.is_known() {
            mark
        } else {
            Mark::Mid(self.mid())
        };
        let position = self.ledger.position();
        if position.0 == 0 {
            return;
        }
        let Some(amount) = self.ledger.fund(rate, mark) else {
            return;
        };
        self.journal.pay(FundingRecord {
            ts_ns: now_ns,
            position,
            mark,
            rate,
            amount,
            fills: self.journal.fills().len(),
        });
        let symbol = self.symbol;
        self.reply(now_ns, 0, VenueReply::Funded { symbol, amount });
    }

    /// Where the trigger of a stop starts; zero for an order that has none.
    pub(super) fn first_trigger(
        &self,
        order: &NewOrder,
        terms: &Terms,
    ) -> Result<Ticks, RejectCode> {
        let (given, distance) = (terms.stop_price, terms.trailing_distance.0);
        let trails = order.order_type == OrderType::TrailingStop;
        if !order.order_type.is_stop() {
            let none = given.0 == 0 && distance == 0;
            return if none {
                Ok(given)
            } else {
                Err(RejectCode::BadStopPrice)
            };
        }
        if given.0 < i64::from(!trails) || trails != (distance > 0) {
            return Err(RejectCode::BadStopPrice);
        }
        match (given.0, self.last.0) {
            (0, 0) => Err(RejectCode::NoReferencePrice),
            (0, last) => {
                let behind = distance.saturating_mul(order.side.sign());
                Ok(Ticks(last.saturating_add(behind)))
            }
            (_, _) => Ok(given),
        }
    }

    /// Looks at the triggers after a trade, and lets in every order that is due.
    pub(super) fn look(&mut self, now_ns: i64) {
        let mut due = VecDeque::new();
        while self.last.0 > 0 {
            self.stops.look(self.last, &mut due);
            let Some(key) = due.pop_front() else {
                return;
            };
            self.trigger(now_ns, key);
        }
    }
}
