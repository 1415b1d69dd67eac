//! Where orders meet: the common case, level by level.

use crate::book::arena::{NIL, Order, Slot};
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::hash::{self, Identity};
use crate::matching::report::{ExecType, MAKER, Report, Sink};
use crate::matching::taker::{self, Taker};
use crate::risk::Holding;

impl Engine {
    /// Trades `taker` against the other side until it is filled or nothing in reach is left.
    #[inline(always)]
    pub(super) fn cross<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        let against = taker.side().opposite();
        while taker.qty > 0 {
            let best = self.markets[taker.symbol() as usize].ladder.best(against);
            let Some(price) = best.filter(|best| taker.reaches(*best)) else {
                break;
            };
            if !self.sweep(taker, price, out) && !self.meet(taker, price, out) {
                break;
            }
        }
    }

    /// Trades `taker` against one level, oldest order first.
    ///
    /// Answers `false` when it came to an order that needs care, which is now the oldest.
    #[inline(always)]
    fn sweep<S: Sink>(&mut self, taker: &mut Taker, price: i64, out: &mut S) -> bool {
        let (symbol, against) = (taker.symbol(), taker.side().opposite());
        let market = &mut self.markets[symbol as usize];
        let mut slot = market.ladder.occupied_mut(against, price).head;
        let mut swept = 0;
        let mut plain = true;
        while slot != NIL && taker.qty > 0 {
            self.look_behind(slot);
            let maker = self.arena.get_mut(slot);
            if maker.tags.needs_care() {
                plain = false;
                break;
            }
            let identity = identity(maker);
            let before = hash::order(identity, maker.qty, maker.filled);
            self.hash = self.hash.wrapping_sub(before);
            let qty = maker.qty.min(taker.qty);
            maker.qty -= qty;
            maker.filled += qty;
            taker.qty -= qty;
            taker.filled += qty;
            taker.cost += i128::from(price) * i128::from(qty);
            swept += qty;
            if self.risk.is_guarding() {
                let (row, side, held) = (Holding(maker.holding), maker.side(), maker.price);
                self.risk.fill(row, side, held, price, qty, true);
                let (row, side, held) = (taker.holding, taker.side(), taker.held);
                self.risk
                    .fill(Holding(row), side, held.unwrap_or(0), price, qty, false);
            }
            let extras = &self.extras;
            self.sequence += 2;
            out.push(maker_report(maker, taker, qty, self.sequence - 1), || {
                let beyond = extras.get(maker.extra).map_or(0, |extra| extra.beyond);
                i128::from(price) * i128::from(maker.filled) + beyond
            });
            let cost = taker.cost;
            out.push(taker.trade(maker.id, price, qty, self.sequence), || cost);
            out.book(|| BookEvent::filled(maker, qty));
            if maker.qty > 0 {
                let after = hash::order(identity, maker.qty, maker.filled);
                self.hash = self.hash.wrapping_add(after);
                break;
            }
            let (id, extra, next) = (maker.id, maker.extra, maker.next);
            let (account, holding) = (maker.account, maker.holding);
            self.index.remove(id);
            self.arena.remove(slot);
            self.close(holding);
            if extra != NIL {
                self.forget(extra, account, out);
            }
            slot = next;
        }
        let market = &mut self.markets[symbol as usize];
        if swept > 0 {
            market.state.last = price;
            market.state.reference = price;
            taker.last = price;
        }
        if slot == NIL {
            market.ladder.vacate(against, price);
        } else {
            let level = market.ladder.occupied_mut(against, price);
            level.head = slot;
            level.qty -= swept;
            self.arena.get_mut(slot).prev = NIL;
        }
        plain
    }

    /// Asks for the memory the next two orders of a queue will need when their turn comes: where
    /// they live, where their ids are found, and what they hold.
    #[inline(always)]
    fn look_behind(&self, slot: Slot) {
        let next = self.arena.get(slot).next;
        if let Some(next) = self.arena.peek(next) {
            self.arena.prefetch(next.next);
            self.index.prefetch(next.id);
            if self.risk.is_guarding() {
                self.risk.prefetch_holding(Holding(next.holding), 0);
            }
        }
    }
}

/// What of a live order's hash does not change while it keeps its place.
#[inline]
pub(super) fn identity(order: &Order) -> Identity {
    hash::identity(
        order.id,
        order.priority,
        order.price,
        order.account,
        order.tags.bits(),
    )
}

#[inline]
fn maker_report(maker: &Order, taker: &Taker, qty: i64, sequence: u64) -> Report {
    Report {
        sequence,
        counter_order_id: taker.id,
        exec_type: ExecType::Trade as u8,
        status: taker::traded(maker.qty),
        liquidity: MAKER,
        ..taker::described(maker, qty, maker.qty)
    }
}
