//! Accepting an order with anything rare about it.

use crate::book::arena::NIL;
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::command::{Link, NewOrder, Phase, PostOnly, Terms};
use crate::matching::extra::Extra;
use crate::matching::place::Entry;
use crate::matching::report::{ExecType, OrderStatus, Report, Sink};
use crate::matching::taker::Taker;
use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::Side;

const DAY_NS: i64 = 86_400_000_000_000;

impl Engine {
    /// Places any order and answers its id; a refused order has one too.
    #[cold]
    #[inline(never)]
    pub(super) fn place_rare<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Option<&str>,
        out: &mut S,
    ) -> u64 {
        let id = match self.identify(order) {
            Ok(id) => id,
            Err(id) => return self.refuse_new(order, id, RejectCode::EngineFull, out),
        };
        let checked = self.objection_to_rare(order, terms, id, name);
        let accepted = checked.and_then(|()| self.settle_terms(order, terms));
        let (order, stop_price) = match accepted {
            Ok(accepted) => accepted,
            Err(code) => return self.refuse_new(order, id, code, out),
        };
        let waits =
            order.order_type.is_stop() || terms.link == Link::Held || self.joins_held(terms);
        let mut taker = Taker::new(&order, id, NIL);
        if self.risk.is_guarding() {
            let admitted = if waits {
                self.admit_waiting(&mut taker, terms.strategy, stop_price)
            } else {
                self.admit(&mut taker, terms.strategy)
            };
            if let Err(refusal) = admitted {
                self.refuse_by(taker.described(order.qty), refusal, out);
                return id;
            }
        }
        taker.extra = self.put_aside(&order, terms, id, name, stop_price);
        self.sequence += 1;
        let status = if waits {
            OrderStatus::PendingTrigger
        } else {
            OrderStatus::New
        };
        let report = Report {
            sequence: self.sequence,
            leaves: order.qty,
            exec_type: ExecType::New as u8,
            status: status as u8,
            ..taker.described(order.qty)
        };
        out.push(report, || 0);
        if waits {
            let held = terms.link == Link::Held || self.joins_held(terms);
            let place = if held { Place::Held } else { Place::Pending };
            self.wait(&mut taker, place, out);
        } else {
            let entry = Entry {
                order_type: order.order_type,
                time_in_force: order.time_in_force,
            };
            self.enter(&mut taker, entry, out);
        }
        self.settle(order.symbol, out);
        id
    }

    /// The order as it comes in, re-priced where it asked for that, and its first trigger.
    fn settle_terms(&self, order: &NewOrder, terms: &Terms) -> Result<(NewOrder, i64), RejectCode> {
        let mut order = *order;
        let market = &self.markets[order.symbol as usize];
        let comes_in = terms.link != Link::Held && !self.joins_held(terms);
        if order.post_only != PostOnly::No && comes_in && market.state.phase == Phase::Open {
            let price =
                self.price_that_rests(order.symbol, order.side, order.price, order.post_only);
            order.price = price.ok_or(RejectCode::PostOnlyWouldCross)?;
        }
        if order.order_type.has_limit() && market.is_outside(order.price) {
            return Err(RejectCode::PriceBand);
        }
        let stop_price = if order.order_type == OrderType::TrailingStop && comes_in {
            self.first_trigger(
                order.symbol,
                order.side,
                terms.stop_price,
                terms.trailing_distance,
            )?
        } else {
            terms.stop_price
        };
        Ok((order, stop_price))
    }

    /// Where the trigger of a trailing stop starts.
    pub(super) fn first_trigger(
        &self,
        symbol: u32,
        side: Side,
        stop_price: i64,
        distance: i64,
    ) -> Result<i64, RejectCode> {
        let last = self.markets[symbol as usize].state.last;
        match (stop_price, last) {
            (0, 0) => Err(RejectCode::NoReferencePrice),
            (0, _) => Ok(last + distance * side.sign()),
            (given, _) => Ok(given),
        }
    }

    /// Keeps aside what is rare about an accepted order; [`NIL`] when nothing is.
    fn put_aside(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        id: u64,
        name: Option<&str>,
        stop_price: i64,
    ) -> u32 {
        let expire_ns = match order.time_in_force {
            TimeInForce::Gtd => terms.expire_time_ns,
            TimeInForce::Day => (self.now_ns.div_euclid(DAY_NS) + 1).saturating_mul(DAY_NS),
            TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok => 0,
        };
        let hides = terms.display_qty < order.qty;
        let extra = Extra {
            name: name.map(Box::from),
            order_type: order.order_type,
            time_in_force: order.time_in_force,
            display: if hides { terms.display_qty } else { 0 },
            stop_price,
            distance: terms.trailing_distance,
            expire_ns,
            strategy: terms.strategy,
            releases: if terms.link == Link::Releases {
                terms.linked_id
            } else {
                0
            },
            ..Extra::default()
        };
        let needed = order.order_type.is_stop() || terms.link != Link::None || order.reduce_only;
        let plain = Extra {
            order_type: order.order_type,
            time_in_force: order.time_in_force,
            ..Extra::default()
        };
        if extra == plain && !needed {
            return NIL;
        }
        let at = self.extras.keep(Extra { id, ..extra });
        if let Some(name) = name {
            self.clients.remember(order.account, name.into(), id);
        }
        if expire_ns != 0 {
            self.expiries.push((expire_ns, id), at, &mut self.extras);
            self.next_event_ns = self.next_event_ns.min(expire_ns);
        }
        self.link(at, id, terms);
        at
    }

    /// Joins the order to the one it names.
    fn link(&mut self, at: u32, id: u64, terms: &Terms) {
        match terms.link {
            Link::None | Link::Held => {}
            Link::Oco => {
                let named = self.order(terms.linked_id).map_or(NIL, |named| named.extra);
                let mut group = self.extras.get(named).map_or(NIL, |extra| extra.group);
                if group == NIL {
                    group = self.groups.found(terms.linked_id);
                    self.change_aside(terms.linked_id, |extra| extra.group = group);
                }
                self.groups.join(group, id);
                self.extras.at_mut(at).group = group;
            }
            Link::Releases => {
                self.change_aside(terms.linked_id, |extra| extra.released_by = id);
            }
        }
    }
}
