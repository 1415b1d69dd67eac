//! The state of the twin as 128 bits.

use crate::book::tags::{Place, Tags};
use crate::matching::hash::{self, Aside};
use crate::matching::naive::{NaiveEngine, Order};

impl NaiveEngine {
    /// 128 bits that are equal to those of a fast engine in the same state.
    pub fn state_hash(&self) -> u128 {
        let orders = self.orders.iter().map(order_terms);
        let symbols = (0..).zip(&self.symbols);
        let symbols = symbols.map(|(number, state)| hash::symbol(number, state));
        let counters = hash::counters(self.sequence, self.last_id, self.now_ns);
        orders.chain(symbols).fold(counters, u128::wrapping_add)
    }
}

/// All that is to be said of an order.
fn order_terms(order: &Order) -> u128 {
    let (prevention, flags) = (order.self_trade_prevention, order.reduce_only);
    let tags = Tags::new(order.symbol, order.side)
        .with(order.post_only, flags, prevention)
        .at(order.place)
        .bits();
    let identity = hash::identity(order.id, order.priority, order.price, order.account, tags);
    let said = hash::order(identity, order.shown, order.filled);
    said.wrapping_add(hash::aside(&aside(order)))
}

fn aside(order: &Order) -> Aside<'_> {
    let facts = Aside {
        id: order.id,
        beyond: order.cost - i128::from(order.price) * i128::from(order.filled),
        reserve: order.open - order.shown,
        display: order.display,
        expire_ns: order.expire_ns,
        strategy: order.strategy,
        group: order.group,
        releases: order.releases,
        released_by: order.released_by,
        name: order.name.as_deref(),
        ..Aside::default()
    };
    if order.place == Place::Book {
        return facts;
    }
    Aside {
        order_type: order.order_type,
        time_in_force: order.time_in_force,
        stop_price: order.trigger,
        distance: order.distance,
        ..facts
    }
}
