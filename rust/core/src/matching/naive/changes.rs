//! Cancels and changes.

use crate::book::tags::Place;
use crate::matching::command::{Change, Filter, Phase, Revision};
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::Report;
use crate::reject::RejectCode;

impl NaiveEngine {
    pub(super) fn cancel_by_id(&mut self, symbol: u32, id: u64) {
        match self.get(id) {
            Some(order) if order.symbol == symbol => self.cancel(id, None),
            _ => self.refuse_unknown(symbol, id, 0, 0),
        }
    }

    pub(super) fn cancel_all(&mut self, filter: &Filter) {
        let matches = |order: &&Order| {
            filter
                .account
                .is_none_or(|account| order.account == account)
                && filter.symbol.is_none_or(|symbol| order.symbol == symbol)
                && filter.side.is_none_or(|side| order.side == side)
                && filter.strategy.is_none_or(|one| order.strategy == one)
        };
        let mut ids: Vec<u64> = self.orders.iter().filter(matches).map(|o| o.id).collect();
        ids.sort_unstable();
        for id in ids {
            self.cancel(id, Some(RejectCode::MassCancel));
        }
    }

    pub(super) fn modify(&mut self, symbol: u32, id: u64, change: &Change) {
        let Some(old) = self.get(id).filter(|order| order.symbol == symbol).cloned() else {
            let (price, qty) = (change.price.unwrap_or(0), change.qty.unwrap_or(0));
            return self.refuse_unknown(symbol, id, price, qty);
        };
        let open = match (change.qty, change.revision) {
            (None, _) => old.open,
            (Some(total), Revision::Total) => total.saturating_sub(old.filled),
            (Some(open), Revision::Open | Revision::Reinsert) => open,
        };
        let mut changed = Order {
            price: change.price.unwrap_or(old.price),
            open,
            trigger: change.stop_price.unwrap_or(old.trigger),
            ..old.clone()
        };
        // What is still open is told, since the order stands as it was.
        let asked = Report {
            order_id: id,
            price: change.price.unwrap_or(old.price),
            qty: change.qty.unwrap_or(old.total()),
            leaves: old.open,
            cumulative: old.filled,
            account: old.account,
            symbol,
            side: old.side as u8,
            ..Report::default()
        };
        if let Some(code) = self.objection_to_change(&old, &mut changed, change) {
            return self.refuse(asked, code);
        }
        if let Err(refusal) = self.amend(&old, &changed) {
            // It was judged at the price it would have come to.
            let price = changed.price;
            return self.refuse_by(Report { price, ..asked }, refusal);
        }
        let keeps_place = change.revision != Revision::Reinsert
            && (changed.price, changed.trigger) == (old.price, old.trigger)
            && open <= old.open;
        changed.shown = if changed.place == Place::Book {
            changed.shown.min(open)
        } else {
            open
        };
        self.tell_replaced(&changed, None);
        if let Some(at) = self.at(id) {
            self.orders[at] = changed;
        }
        if !keeps_place {
            self.come_again(id);
        }
    }

    /// Lets a changed order take its place anew.
    fn come_again(&mut self, id: u64) {
        self.move_to_back(id);
        let sequence = self.sequence;
        let Some(order) = self.orders.last_mut() else {
            return;
        };
        order.priority = sequence;
        match order.place {
            Place::Held => {}
            Place::Pending | Place::Due => self.arrive(id),
            Place::Book => {
                order.place = Place::Due;
                if self.symbols[order.symbol as usize].phase == Phase::Open {
                    self.take(id);
                } else {
                    self.rest(id);
                }
            }
        }
    }

    fn refuse_unknown(&mut self, symbol: u32, order_id: u64, price: i64, qty: i64) {
        let asked = Report {
            order_id,
            price,
            qty,
            symbol,
            ..Report::default()
        };
        self.refuse(asked, RejectCode::UnknownOrder);
    }
}
