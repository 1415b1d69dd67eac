//! A book order by order, as a reader of the events keeps it.

use std::collections::BTreeMap;

use tradecore_core::matching::{BookEvent, Engine, Phase, Shown};
use tradecore_core::units::Side;

/// Orders by price, oldest first: id and what each shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Queues {
    sides: [BTreeMap<i64, Vec<(u64, i64)>>; 2],
    pub(crate) phase: Phase,
}

impl Queues {
    /// Of one symbol as it is in the engine.
    pub(crate) fn of(engine: &Engine, symbol: u32) -> Self {
        let mut queues = Self {
            phase: engine.symbol_state(symbol).unwrap().phase,
            ..Self::default()
        };
        for side in [Side::Buy, Side::Sell] {
            for order in engine.orders(symbol, side) {
                let level = queues.sides[side as usize].entry(order.price).or_default();
                level.push((order.id, order.qty));
            }
        }
        queues
    }

    /// What the event says happened; stops where it cannot have.
    pub(crate) fn apply(&mut self, event: &BookEvent) {
        match *event {
            BookEvent::Added(order) => {
                assert!(order.qty > 0, "{event:?}");
                let side = &mut self.sides[order.side as usize];
                let level = side.entry(order.price).or_default();
                assert!(
                    level.iter().all(|(id, _)| *id != order.order_id),
                    "{event:?}"
                );
                level.push((order.order_id, order.qty));
            }
            BookEvent::Changed { order, before } => {
                let shown = self.shown(&order);
                assert_eq!(*shown, before, "{event:?}");
                *shown = order.qty;
                self.tidy(&order);
            }
            BookEvent::Removed(order) => {
                let shown = self.shown(&order);
                assert_eq!(*shown, order.qty, "{event:?}");
                *shown = 0;
                self.tidy(&order);
            }
            BookEvent::Filled(order) => {
                let shown = self.shown(&order);
                assert!(0 < order.qty && order.qty <= *shown, "{event:?}");
                *shown -= order.qty;
                self.tidy(&order);
            }
            BookEvent::Phase { phase, .. } => {
                assert_ne!(self.phase, phase);
                self.phase = phase;
            }
        }
    }

    fn shown(&mut self, order: &Shown) -> &mut i64 {
        let side = &mut self.sides[order.side as usize];
        let level = side.get_mut(&order.price).unwrap();
        let found = level.iter_mut().find(|(id, _)| *id == order.order_id);
        &mut found.unwrap().1
    }

    /// Forgets an order that shows nothing, and a level without orders.
    fn tidy(&mut self, order: &Shown) {
        let side = &mut self.sides[order.side as usize];
        let level = side.get_mut(&order.price).unwrap();
        level.retain(|(_, qty)| *qty > 0);
        if level.is_empty() {
            side.remove(&order.price);
        }
    }
}
