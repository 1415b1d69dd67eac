//! The queue of one level: orders linked by slot, oldest first.

use crate::book::arena::{Arena, NIL, Order, Slot};
use crate::book::ladder::Ladder;

/// Takes an order, given as it is in the arena, out of its queue and level; its slot stays its own.
#[inline(always)]
pub fn unlink(ladder: &mut Ladder, arena: &mut Arena, order: &Order) {
    let level = ladder.occupied_mut(order.side(), order.price);
    level.qty -= order.qty;
    if order.prev == NIL {
        level.head = order.next;
    }
    if order.next == NIL {
        level.tail = order.prev;
    }
    if level.head == NIL {
        ladder.vacate(order.side(), order.price);
        return;
    }
    if order.prev != NIL {
        arena.get_mut(order.prev).next = order.next;
    }
    if order.next != NIL {
        arena.get_mut(order.next).prev = order.prev;
    }
}

/// Puts the order at `slot` behind all others of its side and price.
///
/// Answers `false`, having changed nothing, when the level could not count its quantity.
#[inline(always)]
pub fn append(ladder: &mut Ladder, arena: &mut Arena, slot: Slot) -> bool {
    let order = arena.get_mut(slot);
    let level = ladder.occupy(order.side(), order.price);
    // An empty level can always count one order, so a refusal never leaves one behind.
    let Some(qty) = level.qty.checked_add(order.qty) else {
        return false;
    };
    level.qty = qty;
    order.next = NIL;
    order.prev = level.tail;
    let last = std::mem::replace(&mut level.tail, slot);
    if last == NIL {
        level.head = slot;
    } else {
        arena.get_mut(last).next = slot;
    }
    true
}
