//! What must hold between any two commands, checked the slow way.

use crate::book::arena::{Arena, NIL, Order, Slot};
use crate::book::ladder::Ladder;
use crate::units::Side;

/// The orders of `side`, best price first and oldest first within a price.
pub fn orders<'a>(
    ladder: &'a Ladder,
    arena: &'a Arena,
    side: Side,
) -> impl Iterator<Item = &'a Order> {
    ladder.prices(side).flat_map(move |price| {
        let head = ladder.get(side, price).map_or(NIL, |level| level.head);
        queue(arena, head).map(|slot| arena.get(slot))
    })
}

/// The slots of a queue from `head` on.
pub fn queue(arena: &Arena, head: Slot) -> impl Iterator<Item = Slot> + '_ {
    std::iter::successors(Some(head).filter(|slot| *slot != NIL), |slot| {
        Some(arena.get(*slot).next).filter(|next| *next != NIL)
    })
}

/// Checks every invariant of the queues of a book.
///
/// # Errors
///
/// The first rule that does not hold, with the values and the place.
pub fn check(ladder: &Ladder, arena: &Arena) -> Result<(), String> {
    for side in [Side::Buy, Side::Sell] {
        for price in ladder.prices(side) {
            check_level(ladder, arena, side, price)?;
        }
    }
    Ok(())
}

fn check_level(ladder: &Ladder, arena: &Arena, side: Side, price: i64) -> Result<(), String> {
    let place = format!("{side} level {price}");
    let level = ladder
        .get(side, price)
        .ok_or(format!("Invariant: listed levels exist: {place}"))?;
    let mut sum: i128 = 0;
    let mut before = NIL;
    let mut priority = 0;
    for slot in queue(arena, level.head) {
        let order = arena.get(slot);
        let follows = order.priority > priority;
        priority = order.priority;
        if !follows
            || order.side() != side
            || order.price != price
            || order.prev != before
            || order.qty <= 0
        {
            return Err(format!(
                "Invariant: an order agrees with its level: {order:?}, {place}"
            ));
        }
        sum += i128::from(order.qty);
        before = slot;
    }
    if before != level.tail || before == NIL || sum != i128::from(level.qty) {
        return Err(format!(
            "Invariant: a level is the sum of its queue: \
             sum={sum}, tail={before}, {level:?}, {place}"
        ));
    }
    Ok(())
}
