//! Where orders meet.

use crate::book::arena::{NIL, Order, Slot};
use crate::matching::Engine;
use crate::matching::command::NewOrder;
use crate::matching::report::{ExecType, MAKER, OrderStatus, Report, Sink, TAKER};
use crate::order::OrderType;
use crate::units::Side;

/// An order on its way into the book.
#[derive(Clone, Debug)]
pub(super) struct Taker {
    pub(super) id: u64,
    pub(super) account: u32,
    pub(super) symbol: u32,
    pub(super) side: Side,
    /// Its limit; the worst representable price for a market order.
    pub(super) price: i64,
    /// Still open.
    pub(super) qty: i64,
    pub(super) filled: i64,
    /// Σ price × quantity of its fills.
    pub(super) cost: i128,
    pub(super) post_only: bool,
    /// Where it already lives, if it was changed; [`NIL`] if it is new.
    pub(super) slot: Slot,
    pub(super) name: Option<Box<str>>,
}

impl Taker {
    #[inline]
    pub(super) fn new(order: &NewOrder, id: u64, name: Option<&str>) -> Self {
        let price = match (order.order_type, order.side) {
            (OrderType::Limit | OrderType::StopLimit, _) => order.price,
            (_, Side::Buy) => i64::MAX,
            (_, Side::Sell) => i64::MIN,
        };
        Self {
            id,
            account: order.account,
            symbol: order.symbol,
            side: order.side,
            price,
            qty: order.qty,
            filled: 0,
            cost: 0,
            post_only: order.post_only,
            slot: NIL,
            name: name.map(Box::from),
        }
    }

    /// A report about it, of `qty`, with nothing left open.
    pub(super) fn described(&self, qty: i64) -> Report {
        let market = self.price == i64::MAX || self.price == i64::MIN;
        Report {
            order_id: self.id,
            price: if market { 0 } else { self.price },
            qty,
            cumulative: self.filled,
            account: self.account,
            symbol: self.symbol,
            side: self.side as u8,
            ..Report::default()
        }
    }
}

/// Whether an order of `side` with this `limit` trades at `price`.
#[inline]
pub(super) const fn reaches(side: Side, limit: i64, price: i64) -> bool {
    match side {
        Side::Buy => price <= limit,
        Side::Sell => price >= limit,
    }
}

impl Engine {
    /// Trades `taker` against the other side until it is filled or nothing in reach is left.
    #[inline(always)]
    pub(super) fn cross<S: Sink>(&mut self, taker: &mut Taker, out: &mut S) {
        let against = taker.side.opposite();
        while taker.qty > 0 {
            let best = self.books[taker.symbol as usize].best(against);
            let Some(price) = best.filter(|best| reaches(taker.side, taker.price, *best)) else {
                break;
            };
            self.sweep(taker, price, out);
        }
        if taker.qty == 0 {
            self.forget_taker(taker);
        }
    }

    /// Trades `taker` against one level, oldest order first.
    #[inline(always)]
    fn sweep<S: Sink>(&mut self, taker: &mut Taker, price: i64, out: &mut S) {
        let against = taker.side.opposite();
        let Self {
            books,
            arena,
            index,
            extras,
            clients,
            sequence,
            ..
        } = self;
        let ladder = &mut books[taker.symbol as usize];
        let level = ladder.occupied_mut(against, price);
        let mut slot = level.head;
        let mut swept = 0;
        while slot != NIL && taker.qty > 0 {
            let maker = arena.get_mut(slot);
            let qty = maker.qty.min(taker.qty);
            maker.qty -= qty;
            maker.filled += qty;
            taker.qty -= qty;
            taker.filled += qty;
            taker.cost += i128::from(price) * i128::from(qty);
            swept += qty;
            *sequence += 2;
            out.push(maker_report(maker, taker, qty, *sequence - 1), || {
                let beyond = extras.get(maker.extra).map_or(0, |extra| extra.beyond);
                i128::from(price) * i128::from(maker.filled) + beyond
            });
            out.push(taker_report(maker, taker, qty, *sequence), || taker.cost);
            if maker.qty > 0 {
                break;
            }
            let (id, account, extra, next) = (maker.id, maker.account, maker.extra, maker.next);
            index.remove(id);
            arena.remove(slot);
            if extra != NIL
                && let Some(name) = extras.take(extra).client_order_id
            {
                clients.forget(account, &name);
            }
            slot = next;
        }
        if slot == NIL {
            ladder.vacate(against, price);
        } else {
            level.head = slot;
            level.qty -= swept;
            arena.get_mut(slot).prev = NIL;
        }
    }

    /// Whether the other side could fill `taker` whole: a scan that changes nothing.
    pub(super) fn fills_whole(&self, taker: &Taker) -> bool {
        let ladder = &self.books[taker.symbol as usize];
        let against = taker.side.opposite();
        let mut wanted = taker.qty;
        for price in ladder.prices(against) {
            if !reaches(taker.side, taker.price, price) {
                return false;
            }
            wanted -= ladder
                .get(against, price)
                .map_or(0, |level| level.qty.min(wanted));
            if wanted == 0 {
                return true;
            }
        }
        false
    }
}

const fn status(open: i64) -> u8 {
    if open == 0 {
        OrderStatus::Filled as u8
    } else {
        OrderStatus::PartiallyFilled as u8
    }
}

#[inline]
fn maker_report(maker: &Order, taker: &Taker, qty: i64, sequence: u64) -> Report {
    Report {
        sequence,
        order_id: maker.id,
        counter_order_id: taker.id,
        price: maker.price,
        qty,
        leaves: maker.qty,
        cumulative: maker.filled,
        account: maker.account,
        symbol: maker.symbol,
        exec_type: ExecType::Trade as u8,
        status: status(maker.qty),
        side: maker.side as u8,
        liquidity: MAKER,
        ..Report::default()
    }
}

#[inline]
fn taker_report(maker: &Order, taker: &Taker, qty: i64, sequence: u64) -> Report {
    Report {
        sequence,
        order_id: taker.id,
        counter_order_id: maker.id,
        price: maker.price,
        qty,
        leaves: taker.qty,
        cumulative: taker.filled,
        account: taker.account,
        symbol: taker.symbol,
        exec_type: ExecType::Trade as u8,
        status: status(taker.qty),
        side: taker.side as u8,
        liquidity: TAKER,
        ..Report::default()
    }
}
