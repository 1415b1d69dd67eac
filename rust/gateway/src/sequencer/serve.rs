//! One request, executed.

use std::sync::atomic::Ordering;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Change, Command, Filter, OrderStatus, Revision, Terms};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;
use tradecore_journal::{Name, NamingError, Placed};

use super::Sequencer;
use super::owners::Owner;
use super::spread::{Own, strategy_of};
use crate::act::{Act, Amount, Ask, Fill, Kind, Outcome, Placement, Revised, View, Which};
use crate::floor::{Desk, Order};
use crate::problem::Problem;
use crate::wire::order::{lots, ticks};

impl Sequencer {
    pub(super) fn serve(&mut self, desk: &mut dyn Desk, ask: &Ask) {
        let outcome = match &ask.act {
            Act::New(placement) => self.place(desk, ask, placement),
            Act::Cancel(which) => self.cancel(desk, ask, which),
            Act::Modify(which, revised) => self.modify(desk, ask, which, revised),
            Act::CancelAll { symbol, side } => self.cancel_all(desk, ask, *symbol, *side),
            Act::Leave => return self.leave(desk, ask.origin.session),
            Act::Listen(listens) => return self.listen(ask.account, ask.origin.session, *listens),
        };
        match outcome {
            Ok(outcome) => {
                self.ways.statistics.done();
                self.answer(desk, ask, outcome);
            }
            Err(problem) => self.refuse(desk, ask, problem),
        }
    }

    /// Executes a command and tells everybody what came of it.
    fn run_own(
        &mut self,
        desk: &mut dyn Desk,
        order: Order<'_>,
        own: &mut Own,
    ) -> Result<(), Problem> {
        let placed = self.execute(desk, order)?;
        own.view.updated_ns = placed.timestamp_ns;
        let Order::Place(order, terms, _) = order else {
            self.spread(desk, Some(own));
            return Ok(());
        };
        own.view.order_id = placed.order_id;
        own.view.created_ns = placed.timestamp_ns;
        if placed.is_duplicate || placed.sequence == 0 {
            return self.tell_again(&placed, own);
        }
        let owner = Owner {
            session: own.session,
            kind: own.view.kind,
            time_in_force: order.time_in_force,
            price: order.price,
            stop_price: terms.stop_price,
            created_ns: placed.timestamp_ns,
        };
        self.owners.insert(placed.order_id, owner);
        self.spread(desk, Some(own));
        Ok(())
    }

    /// What was answered to a named order when it came before.
    fn tell_again(&self, placed: &Placed, own: &mut Own) -> Result<(), Problem> {
        if placed.sequence == 0 {
            let code = RejectCode::DuplicateClientOrderId;
            let text = "the client order id was used for another order";
            return Err(Problem::new(409, code.as_str(), text).at("/clientOrderId"));
        }
        for (report, cost) in &self.rows.0 {
            if report.order_id == placed.order_id {
                own.view.follow(report, *cost);
                own.fills.extend(Fill::of(report));
            }
        }
        own.view.sequence = placed.sequence;
        own.is_again = true;
        Ok(())
    }

    fn place(
        &mut self,
        desk: &mut dyn Desk,
        ask: &Ask,
        placement: &Placement,
    ) -> Result<Outcome, Problem> {
        let asked = &placement.order;
        desk.order_terms(asked.symbol).admit(asked.qty)?;
        let too_long = |_| Problem::invalid("/clientOrderId", "it is too long");
        let name = placement.name.as_deref().map(Name::new).transpose();
        let name = name.map_err(too_long)?;
        let terms = Terms {
            strategy: number_of(desk, ask.account, placement.strategy.as_deref())?,
            ..placement.terms
        };
        let view = View {
            name: placement.name.clone(),
            strategy: placement.strategy.clone(),
            kind: placement.kind,
            time_in_force: Some(placement.order.time_in_force),
            price: placement.order.price,
            stop_price: placement.terms.stop_price,
            ..View::default()
        };
        let mut own = Own::of(ask.origin.session, view, true);
        let order = Order::Place(&placement.order, &terms, name);
        self.run_own(desk, order, &mut own)?;
        if own.view.status == OrderStatus::Rejected {
            let code = RejectCode::from_number(own.view.reject);
            let code = code.unwrap_or(RejectCode::UnknownCommand);
            let problem = Problem::rejected(code, own.view.order_id);
            return Err(problem.by(own.view.scope));
        }
        Ok(Outcome::Order {
            status: if own.is_again { 200 } else { 201 },
            view: Box::new(own.view),
            fills: own.fills,
            replayed: own.is_again,
        })
    }

    /// The live order of the account, as it is.
    fn find(&mut self, desk: &mut dyn Desk, ask: &Ask, which: &Which) -> Result<View, Problem> {
        let venue = desk.venue();
        let engine = venue.engine();
        let id = match which {
            Which::Id(id) => *id,
            Which::Name(name) => engine
                .order_by_client_id(ask.account, name)
                .ok_or_else(Problem::unknown_order)?,
        };
        let Some(order) = engine
            .order(id)
            .filter(|order| order.account == ask.account)
        else {
            return Err(self.gone(id, ask.account));
        };
        let mut view = View {
            order_id: id,
            name: engine.client_order_id(id).map(Into::into),
            strategy: strategy_of(venue, engine.strategy(order)),
            account: order.account,
            symbol: order.symbol(),
            side: order.side(),
            kind: Kind::of(engine.order_type(order)),
            price: order.price,
            stop_price: engine.stop_price(order).unwrap_or(0),
            filled: order.filled,
            leaves: engine.open(order),
            ..View::default()
        };
        view.qty = view.filled + view.leaves;
        if let Some(owner) = self.owners.get_mut(id) {
            view.kind = owner.kind;
            view.time_in_force = Some(owner.time_in_force);
            view.created_ns = owner.created_ns;
        }
        Ok(view)
    }

    /// Why an order cannot be changed that is not live.
    fn gone(&self, order_id: u64, account: u32) -> Problem {
        match self.departed.get(order_id, account) {
            None => Problem::unknown_order(),
            Some(view) => {
                let text = format!("the order is {} already", view.status.as_str());
                let problem = Problem::with(409, RejectCode::OrderNotLive.as_str(), text);
                Problem {
                    order_id,
                    ..problem
                }
            }
        }
    }

    fn cancel(
        &mut self,
        desk: &mut dyn Desk,
        ask: &Ask,
        which: &Which,
    ) -> Result<Outcome, Problem> {
        // Who cancels twice has what he wants.
        if let Which::Id(id) = which
            && let Some(view) = self.departed.get(*id, ask.account)
            && view.status == OrderStatus::Canceled
        {
            let view = Box::new(view.clone());
            let (status, fills, replayed) = (200, Vec::new(), true);
            return Ok(Outcome::Order {
                status,
                view,
                fills,
                replayed,
            });
        }
        let view = self.find(desk, ask, which)?;
        let (symbol, order_id) = (view.symbol, view.order_id);
        let command = Command::Cancel { symbol, order_id };
        self.change(desk, ask, view, &command)
    }

    fn modify(
        &mut self,
        desk: &mut dyn Desk,
        ask: &Ask,
        which: &Which,
        revised: &Revised,
    ) -> Result<Outcome, Problem> {
        let mut view = self.find(desk, ask, which)?;
        let instruments = desk.venue().engine().instruments();
        let Some(instrument) = instruments.get(view.symbol as usize) else {
            return Err(Problem::unknown_order());
        };
        let change = change(revised, instrument)?;
        if let Some(qty) = change.qty {
            desk.order_terms(view.symbol).admit(qty)?;
        }
        let (symbol, order_id) = (view.symbol, view.order_id);
        let command = Command::Modify {
            symbol,
            order_id,
            change,
        };
        if let Some(stop_price) = change.stop_price {
            view.stop_price = stop_price;
        }
        let outcome = self.change(desk, ask, view, &command)?;
        if let (Some(stop_price), Some(owner)) = (change.stop_price, self.owners.get_mut(order_id))
        {
            owner.stop_price = stop_price;
        }
        Ok(outcome)
    }

    /// Executes a command about a live order.
    fn change(
        &mut self,
        desk: &mut dyn Desk,
        ask: &Ask,
        view: View,
        command: &Command,
    ) -> Result<Outcome, Problem> {
        let id = view.order_id;
        let mut own = Own::of(ask.origin.session, view, false);
        self.run_own(desk, Order::Command(command), &mut own)?;
        if own.view.status == OrderStatus::Rejected {
            let code = RejectCode::from_number(own.view.reject);
            let problem = Problem::rejected(code.unwrap_or(RejectCode::UnknownOrder), id);
            return Err(problem.by(own.view.scope));
        }
        Ok(Outcome::Order {
            status: 200,
            view: Box::new(own.view),
            fills: own.fills,
            replayed: false,
        })
    }

    fn cancel_all(
        &mut self,
        desk: &mut dyn Desk,
        ask: &Ask,
        symbol: Option<u32>,
        side: Option<Side>,
    ) -> Result<Outcome, Problem> {
        let filter = Filter {
            account: Some(ask.account),
            symbol,
            side,
            strategy: None,
        };
        let mut own = Own::of(0, View::default(), false);
        self.run_own(desk, Order::Command(&Command::CancelAll(filter)), &mut own)?;
        Ok(Outcome::Canceled(own.canceled))
    }

    /// Takes out what a session placed that did not come back.
    pub(super) fn leave(&mut self, desk: &mut dyn Desk, session: u32) {
        for order_id in self.owners.of(session) {
            let Some(order) = desk.venue().engine().order(order_id) else {
                continue;
            };
            let command = Command::Cancel {
                symbol: order.symbol(),
                order_id,
            };
            let mut own = Own::of(0, View::default(), false);
            if self
                .run_own(desk, Order::Command(&command), &mut own)
                .is_err()
            {
                // The disk is behind or full: once more when it has caught up.
                self.leaving.push(session);
                return self.ways.is_late.store(true, Ordering::Release);
            }
        }
    }

    fn listen(&mut self, account: u32, session: u32, listens: bool) {
        let sessions = self.listeners.entry(account).or_default();
        sessions.retain(|other| *other != session);
        if listens {
            sessions.push(session);
        } else if sessions.is_empty() {
            self.listeners.remove(&account);
        }
    }
}

/// The number of an account's strategy, which may be named by this; 0 of none.
fn number_of(desk: &mut dyn Desk, account: u32, strategy: Option<&str>) -> Result<u32, Problem> {
    let Some(name) = strategy else { return Ok(0) };
    let name = Name::new(name).map_err(|_| Problem::invalid("/strategyId", "it is too long"))?;
    let named = desk.venue().name_strategy(account, name);
    named.map_err(|error| match error {
        NamingError::TooMany => {
            Problem::with(422, "TOO_MANY_STRATEGIES", error.to_string()).at("/strategyId")
        }
        NamingError::Log(error) => Problem::of_journal(&error),
    })
}

/// The change in ticks and lots.
fn change(revised: &Revised, instrument: &Instrument) -> Result<Change, Problem> {
    let steps =
        |amount: Option<Amount>, count: &dyn Fn(Decimal) -> Result<i64, Problem>| match amount {
            None => Ok(None),
            Some(Amount::Steps(steps)) => Ok(Some(steps)),
            Some(Amount::Exact(exact)) => count(exact).map(Some),
        };
    let price = |exact| ticks(Some(exact), instrument, "/price");
    let stop = |exact| ticks(Some(exact), instrument, "/stopPrice");
    let qty = |exact| lots(Some(exact), instrument, "/quantity");
    Ok(Change {
        price: steps(revised.price, &price)?,
        qty: steps(revised.qty, &qty)?,
        stop_price: steps(revised.stop_price, &stop)?,
        revision: Revision::Total,
    })
}
