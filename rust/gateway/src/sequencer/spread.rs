//! What the engine said, to those it concerns.

use tradecore_core::matching::ExecType;
use tradecore_journal::{Told, Venue, VenueLog};

use super::Sequencer;
use super::owners::Owner;
use crate::act::{Fill, Kind, Said, Saying, View, is_live};
use crate::floor::Desk;

/// The order a command is about, as it becomes.
pub(super) struct Own {
    pub(super) session: u32,
    pub(super) view: View,
    pub(super) fills: Vec<Fill>,
    /// It was just placed: refused, it never lived.
    pub(super) is_new: bool,
    /// It was placed before, and this is what was answered then.
    pub(super) is_again: bool,
    /// Orders of others that were taken out with it.
    pub(super) canceled: u64,
}

impl Own {
    /// Of a command about one order.
    pub(super) const fn of(session: u32, view: View, is_new: bool) -> Self {
        Self {
            session,
            view,
            fills: Vec::new(),
            is_new,
            is_again: false,
            canceled: 0,
        }
    }
}

impl Sequencer {
    /// Tells the sessions concerned of every report there is, and follows the orders; what happens
    /// to the order of the command itself goes to `own`, and so into the answer.
    pub(super) fn spread(&mut self, desk: &mut dyn Desk, mut own: Option<&mut Own>) {
        if self.told.is_empty() {
            return;
        }
        let told = std::mem::take(&mut self.told);
        for one in &told {
            let id = one.report.order_id;
            let mut skipped = 0;
            if let Some(own) = own.as_deref_mut() {
                own.canceled += u64::from(one.report.exec_type() == ExecType::Canceled);
                if own.view.order_id == id {
                    own.view.follow(&one.report, one.cost);
                    own.view.sequence = one.position;
                    own.fills.extend(Fill::of(&one.report));
                    skipped = own.session;
                }
            }
            let own = own.as_deref().filter(|own| own.view.order_id == id);
            self.tell(desk, one, skipped, own);
        }
        self.told = told;
        self.told.clear();
        self.gone.clear();
    }

    fn tell(&mut self, desk: &mut dyn Desk, told: &Told, skipped: u32, own: Option<&Own>) {
        let report = &told.report;
        let owner = self.owners.get_mut(report.order_id).map(|owner| {
            if report.exec_type() == ExecType::Replaced {
                owner.price = report.price;
            }
            *owner
        });
        let is_refusal = report.exec_type() == ExecType::Rejected;
        let is_own_new = own.is_some_and(|own| own.is_new);
        let is_end = !is_live(report.status()) && (is_own_new || !is_refusal);
        let session = owner.map_or(0, |owner| owner.session);
        let is_heard = session != 0 && session != skipped;
        let hearers = self.listeners.get(&report.account);
        if !is_end && !is_heard && hearers.is_none() {
            return;
        }
        let view = self.view(desk.venue(), told, owner, own);
        let fill = Fill::of(report);
        let hearers = hearers.into_iter().flatten().copied();
        // One who listens to the account hears of his own orders there too.
        let owner_hears = is_heard.then_some(session);
        let sessions = owner_hears
            .into_iter()
            .chain(hearers.filter(|one| *one != session));
        for session in sessions {
            let view = Box::new(view.clone());
            self.said.push(Saying {
                position: told.position,
                said: Said::Report {
                    session,
                    view,
                    fill,
                },
            });
        }
        if is_end {
            self.owners.remove(report.order_id);
            self.departed.insert(view);
        }
    }

    /// The order of a report, as far as it is known.
    fn view(
        &self,
        venue: &Venue<VenueLog>,
        told: &Told,
        owner: Option<Owner>,
        own: Option<&Own>,
    ) -> View {
        let (engine, id) = (venue.engine(), told.report.order_id);
        let live = engine.order(id);
        let (name, strategy) = if let Some(own) = own {
            (own.view.name.clone(), own.view.strategy.clone())
        } else if let Some(order) = live {
            let name = engine.client_order_id(id).map(Into::into);
            (name, strategy_of(venue, engine.strategy(order)))
        } else {
            let gone = self.gone.iter().rev().find(|gone| gone.order_id == id);
            let name = gone.and_then(|gone| gone.name.clone());
            let number = gone.map_or(0, |gone| gone.strategy);
            (name, strategy_of(venue, number))
        };
        let mut view = View {
            name,
            strategy,
            kind: live.map_or(Kind::Limit, |order| Kind::of(engine.order_type(order))),
            price: live.map_or(0, |order| order.price),
            updated_ns: engine.now_ns(),
            sequence: told.position,
            ..View::default()
        };
        if let Some(owner) = owner {
            view.kind = owner.kind;
            view.time_in_force = Some(owner.time_in_force);
            view.price = owner.price;
            view.stop_price = owner.stop_price;
            view.created_ns = owner.created_ns;
        }
        view.follow(&told.report, told.cost);
        view
    }
}

/// What its account calls the strategy of this number; of a number without a name nothing.
pub(super) fn strategy_of(venue: &Venue<VenueLog>, number: u32) -> Option<Box<str>> {
    venue.strategies().get(number).map(|one| one.name.clone())
}
