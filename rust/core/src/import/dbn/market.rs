//! The orders of one instrument, as market by order tells of them.

use std::collections::BTreeMap;

use super::record::Mbo;
use crate::flow::OrderEvent;
use crate::instrument::COUNT_MAX;
use crate::matching::{BookEvent, Shown};
use crate::units::{Lots, Side, Ticks};

#[derive(Clone, Copy, Debug)]
struct Resting {
    side: Side,
    price: i64,
    qty: i64,
    /// Filled, and not yet taken out by what follows.
    filled: i64,
}

/// The orders of one instrument.
#[derive(Default)]
pub(super) struct Market {
    orders: BTreeMap<u64, Resting>,
    pub(super) is_open: bool,
    /// Whether something was told since the last end of a command.
    pub(super) is_told: bool,
}

impl Market {
    pub(super) fn shows(&self, order: u64) -> bool {
        self.orders.contains_key(&order)
    }

    pub(super) fn take(
        &mut self,
        mbo: &Mbo,
        price: i64,
        out: &mut Vec<OrderEvent>,
    ) -> Result<(), String> {
        let (id, qty) = (mbo.order, mbo.size);
        let before = out.len();
        match mbo.action {
            b'A' => {
                let side = needed(mbo)?;
                self.leave(id, out);
                self.add(id, side, price, qty, out);
            }
            b'M' => self.modify(id, needed(mbo)?, price, qty, out),
            b'C' => self.cancel(id, qty, out)?,
            b'F' => self.fill(id, qty, out)?,
            b'T' => {
                if let Some(aggressor) = mbo.side()
                    && qty > 0
                {
                    out.push(OrderEvent::Trade {
                        price: Ticks(price),
                        qty: Lots(qty),
                        aggressor,
                    });
                }
            }
            b'R' => {
                let all: Vec<u64> = self.orders.keys().copied().collect();
                for id in all {
                    self.leave(id, out);
                }
            }
            b'N' => {}
            other => {
                let action = char::from(other);
                return Err(format!(
                    "an action is one of A, C, M, R, T, F, N: found {action:?}"
                ));
            }
        }
        self.is_told |= out.len() > before;
        Ok(())
    }

    fn add(&mut self, id: u64, side: Side, price: i64, qty: i64, out: &mut Vec<OrderEvent>) {
        let order = Resting {
            side,
            price,
            qty,
            filled: 0,
        };
        self.orders.insert(id, order);
        out.push(OrderEvent::Book(BookEvent::Added(order.shown(id, qty))));
    }

    /// Takes an order out, if it is there.
    fn leave(&mut self, id: u64, out: &mut Vec<OrderEvent>) {
        if let Some(order) = self.orders.remove(&id)
            && order.qty > 0
        {
            out.push(OrderEvent::Book(BookEvent::Removed(
                order.shown(id, order.qty),
            )));
        }
    }

    /// An order has another price or quantity: a smaller quantity alone keeps its place.
    fn modify(&mut self, id: u64, side: Side, price: i64, qty: i64, out: &mut Vec<OrderEvent>) {
        match self.orders.get_mut(&id) {
            Some(order) if (order.side, order.price) == (side, price) && qty <= order.qty => {
                order.filled = 0;
                let before = std::mem::replace(&mut order.qty, qty);
                if before > qty {
                    let order = order.shown(id, qty);
                    out.push(OrderEvent::Book(BookEvent::Changed { order, before }));
                }
            }
            _ => {
                self.leave(id, out);
                self.add(id, side, price, qty, out);
            }
        }
    }

    fn cancel(&mut self, id: u64, qty: i64, out: &mut Vec<OrderEvent>) -> Result<(), String> {
        let order = self.orders.get_mut(&id).ok_or_else(|| unknown(id))?;
        let done = qty.min(order.filled);
        order.filled -= done;
        let before = order.qty;
        order.qty = before - (qty - done).min(before);
        if order.qty == 0 && order.filled == 0 {
            self.leave_at(id, before, out);
        } else if order.qty < before {
            let order = order.shown(id, order.qty);
            out.push(OrderEvent::Book(BookEvent::Changed { order, before }));
        }
        Ok(())
    }

    fn leave_at(&mut self, id: u64, qty: i64, out: &mut Vec<OrderEvent>) {
        if let Some(order) = self.orders.remove(&id)
            && qty > 0
        {
            out.push(OrderEvent::Book(BookEvent::Removed(order.shown(id, qty))));
        }
    }

    fn fill(&mut self, id: u64, qty: i64, out: &mut Vec<OrderEvent>) -> Result<(), String> {
        let order = self.orders.get_mut(&id).ok_or_else(|| unknown(id))?;
        let qty = qty.min(order.qty);
        order.qty -= qty;
        order.filled += qty;
        if qty > 0 {
            out.push(OrderEvent::Book(BookEvent::Filled(order.shown(id, qty))));
        }
        Ok(())
    }
}

impl Resting {
    const fn shown(&self, order_id: u64, qty: i64) -> Shown {
        Shown {
            order_id,
            price: self.price,
            qty,
            symbol: 0,
            side: self.side,
        }
    }
}

fn needed(mbo: &Mbo) -> Result<Side, String> {
    if mbo.size >= COUNT_MAX {
        return Err(format!("a size can be counted: {}", mbo.size));
    }
    let side = char::from(mbo.side);
    mbo.side()
        .ok_or_else(|| format!("an order has side B or A: found {side:?}"))
}

fn unknown(id: u64) -> String {
    format!("an order was added before it changes: order={id}")
}
