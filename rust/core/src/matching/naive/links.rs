//! Orders that end, wait for or release one another.

use crate::book::tags::Place;
use crate::matching::command::{Link, Terms};
use crate::matching::naive::stops::Turn;
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::ExecType;
use crate::reject::RejectCode;

impl NaiveEngine {
    /// Links a new order as its terms ask; they were found good.
    pub(super) fn link(&mut self, id: u64, terms: &Terms) {
        let Some(named) = self.at(terms.linked_id) else {
            return;
        };
        match terms.link {
            Link::None | Link::Held => {}
            Link::Oco => {
                if self.orders[named].group == 0 {
                    self.orders[named].group = terms.linked_id;
                }
                let group = self.orders[named].group;
                if let Some(at) = self.at(id) {
                    self.orders[at].group = group;
                }
            }
            Link::Releases => {
                self.orders[named].released_by = id;
                if let Some(at) = self.at(id) {
                    self.orders[at].releases = terms.linked_id;
                }
            }
        }
    }

    /// An order and all it is linked with in a group.
    pub(super) fn group_of(&self, order: &Order) -> Vec<&Order> {
        let together =
            |other: &&Order| other.id == order.id || order.group != 0 && other.group == order.group;
        self.orders.iter().filter(together).collect()
    }

    /// Takes an order out and reports why.
    pub(super) fn cancel(&mut self, id: u64, code: Option<RejectCode>) {
        self.end(id, ExecType::Canceled, code);
    }

    /// Takes an order out, reports it as told, and lets what follows from it follow.
    pub(super) fn end(&mut self, id: u64, exec_type: ExecType, code: Option<RejectCode>) {
        if let Some(order) = self.remove(id) {
            self.tell_gone(&order, exec_type, order.open, code);
            self.gone(&order);
        }
    }

    /// What follows when `order`, which is on no list any more, is gone.
    pub(super) fn gone(&mut self, order: &Order) {
        self.end_group(order.group, order.id);
        self.release_by(order);
    }

    /// Cancels all of a group but one, then lets what follows from that follow.
    pub(super) fn end_group(&mut self, group: u64, but: u64) {
        if group == 0 {
            return;
        }
        let mut others = Vec::new();
        for order in self.orders.iter_mut().filter(|o| o.group == group) {
            order.group = 0;
            others.push(order.id);
        }
        others.retain(|id| *id != but);
        self.end_linked(others);
    }

    /// What follows for the order it releases when `order` is gone.
    pub(super) fn release_by(&mut self, order: &Order) {
        let Some(named) = self.get(order.releases) else {
            return;
        };
        let mut released: Vec<u64> = self.group_of(named).iter().map(|o| o.id).collect();
        released.sort_unstable();
        for held in self.orders.iter_mut().filter(|o| released.contains(&o.id)) {
            held.released_by = 0;
            if order.filled == 0 {
                held.group = 0;
            } else {
                held.place = Place::Due;
            }
        }
        if order.filled == 0 {
            return self.end_linked(released);
        }
        let released = released.into_iter();
        self.due
            .extend(released.map(|id| (id, Turn::Released(order.filled))));
    }

    /// Cancels orders because one they were linked with is done.
    fn end_linked(&mut self, mut ids: Vec<u64>) {
        ids.sort_unstable();
        // One that is trading at this moment learns of it when everything else has followed.
        if let Some(at) = ids.iter().position(|id| self.is_coming_in(*id)) {
            let id = ids.remove(at);
            for order in self.orders.iter_mut().filter(|order| order.id == id) {
                order.is_outrun = true;
            }
        }
        let ended: Vec<Order> = ids.into_iter().filter_map(|id| self.remove(id)).collect();
        for order in &ended {
            let why = Some(RejectCode::LinkedOrderDone);
            self.tell_gone(order, ExecType::Canceled, order.open, why);
        }
        for order in &ended {
            self.release_by(order);
        }
    }

    fn is_coming_in(&self, id: u64) -> bool {
        let due = self.due.iter().any(|turn| turn.0 == id);
        !due && self.get(id).is_some_and(|order| order.place == Place::Due)
    }
}
