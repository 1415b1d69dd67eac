//! Looking into an engine without changing it.

use crate::book::arena::Order;
use crate::book::audit;
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::command::Phase;
use crate::matching::hash::{self, SymbolState};
use crate::order::OrderType;
use crate::units::Side;

impl Engine {
    /// Price and shown quantity of the best level of `side`.
    pub fn best(&self, symbol: u32, side: Side) -> Option<(i64, i64)> {
        self.depth(symbol, side).next()
    }

    /// Price and shown quantity of every level of `side`, best first.
    pub fn depth(&self, symbol: u32, side: Side) -> impl Iterator<Item = (i64, i64)> + '_ {
        let market = self.markets.get(symbol as usize);
        market.into_iter().flat_map(move |market| {
            market
                .ladder
                .prices(side)
                .filter_map(move |price| Some((price, market.ladder.get(side, price)?.qty)))
        })
    }

    /// Every order of `side` in the book, best price first, oldest first within a price.
    pub fn orders(&self, symbol: u32, side: Side) -> impl Iterator<Item = &Order> {
        let market = self.markets.get(symbol as usize);
        market
            .into_iter()
            .flat_map(move |market| audit::orders(&market.ladder, &self.arena, side))
    }

    /// Every order of a symbol that waits for its trigger or for another order, by id.
    pub fn waiting(&self, symbol: u32) -> Vec<&Order> {
        let mut orders: Vec<&Order> = self
            .live()
            .filter(|order| order.symbol() == symbol && order.tags.place() != Place::Book)
            .collect();
        orders.sort_unstable_by_key(|order| order.id);
        orders
    }

    /// How many orders of a symbol wait for their trigger.
    pub fn pending(&self, symbol: u32) -> usize {
        self.markets
            .get(symbol as usize)
            .map_or(0, |market| market.triggers.len())
    }

    /// Every live order, in no particular order.
    pub fn live(&self) -> impl Iterator<Item = &Order> {
        self.arena
            .slots()
            .map(|slot| (slot, self.arena.get(slot)))
            // A vacant slot still looks like the order that was there.
            .filter(|(slot, order)| self.index.get(order.id) == Some(*slot))
            .map(|(_, order)| order)
    }

    /// The live order with this id.
    pub fn order(&self, order_id: u64) -> Option<&Order> {
        self.index.get(order_id).map(|slot| self.arena.get(slot))
    }

    /// What is open of an order, shown or not, in lots.
    pub fn open(&self, order: &Order) -> i64 {
        order.qty
            + self
                .extras
                .get(order.extra)
                .map_or(0, |extra| extra.reserve)
    }

    /// The trigger of an order that waits for one, in ticks.
    pub fn stop_price(&self, order: &Order) -> Option<i64> {
        let extra = self.extras.get(order.extra)?;
        extra.order_type.is_stop().then_some(extra.stop_price)
    }

    /// What an order is: of one in the book always a limit order.
    pub fn order_type(&self, order: &Order) -> OrderType {
        self.extras
            .get(order.extra)
            .map_or(OrderType::Limit, |extra| extra.order_type)
    }

    /// The strategy of a live order, as [`crate::matching::Terms::strategy`]; 0 for none.
    pub fn strategy(&self, order: &Order) -> u32 {
        self.extras
            .get(order.extra)
            .map_or(0, |extra| extra.strategy)
    }

    /// The caller's own name of a live order.
    pub fn client_order_id(&self, order_id: u64) -> Option<&str> {
        self.extras
            .get(self.order(order_id)?.extra)?
            .name
            .as_deref()
    }

    /// The live order of `account` that bears the name.
    pub fn order_by_client_id(&self, account: u32, name: &str) -> Option<u64> {
        self.clients.find(account, name)
    }

    /// Phase, last trade, reference and bands of a symbol.
    pub fn symbol_state(&self, symbol: u32) -> Option<&SymbolState> {
        self.markets.get(symbol as usize).map(|m| &m.state)
    }

    /// 128 bits that are equal for equal states, on every platform.
    ///
    /// Covers every live order with its place in the queue and what is kept aside of it, the state
    /// of every symbol, and the counters. The part of the orders is kept up to date with every
    /// change, so asking costs a few operations a symbol.
    pub fn state_hash(&self) -> u128 {
        let counters = hash::counters(self.sequence, self.last_id, self.now_ns);
        let symbols = (0..)
            .zip(&self.markets)
            .map(|(number, market)| hash::symbol(number, &market.state));
        let orders = self.hash.wrapping_add(self.risk.hash());
        symbols.fold(orders.wrapping_add(counters), u128::wrapping_add)
    }

    /// Checks every invariant the slow way.
    ///
    /// # Errors
    ///
    /// The first rule that does not hold, with the values and the place.
    pub fn audit(&self) -> Result<(), String> {
        let mut hash = 0_u128;
        for (symbol, market) in (0..).zip(&self.markets) {
            audit::check(&market.ladder, &self.arena)
                .map_err(|error| format!("{error}, symbol {symbol}"))?;
            let touch = [Side::Buy, Side::Sell].map(|side| market.ladder.best(side));
            let crossed = matches!(touch, [Some(bid), Some(ask)] if bid >= ask);
            // Elsewhere an order that another released may rest across.
            if crossed && market.state.phase == Phase::Open {
                return Err(format!("Invariant: bid < ask: {touch:?}, symbol {symbol}"));
            }
            for order in [Side::Buy, Side::Sell]
                .into_iter()
                .flat_map(|side| self.orders(symbol, side))
            {
                self.audit_order(order)?;
            }
            for order in self.waiting(symbol) {
                self.audit_order(order)?;
            }
        }
        let mut live = 0;
        for order in self.live() {
            live += 1;
            let slot = self.index.get(order.id);
            hash = hash.wrapping_add(slot.map_or(0, |slot| self.term(slot)));
        }
        if live != self.live_orders() || !self.due.is_empty() {
            let known = self.live_orders();
            return Err(format!(
                "Invariant: every live order is found: {live} of {known}"
            ));
        }
        if hash != self.hash {
            return Err("Invariant: the hash is the sum of its terms".into());
        }
        Ok(())
    }

    fn audit_order(&self, order: &Order) -> Result<(), String> {
        let found = self
            .order(order.id)
            .is_some_and(|found| found.id == order.id);
        let extra = self.extras.get(order.extra);
        let aside = extra.is_none_or(|extra| extra.id == order.id && extra.reserve >= 0);
        let waits = order.tags.place() != Place::Book;
        let care = extra.is_some_and(super::extra::Extra::needs_care) || waits;
        if !found || !aside || (care && !order.tags.needs_care()) || order.qty <= 0 {
            return Err(format!("Invariant: a live order is in order: {order:?}"));
        }
        Ok(())
    }
}
