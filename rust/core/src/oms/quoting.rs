//! The trader's side of the quote reconciler: targets in, plans carried out.

use crate::oms::event::Refusal;
use crate::oms::message::{OrderKey, OrderType, TimeInForce};
use crate::oms::order::Order;
use crate::oms::quote::{Action, Live, QUOTE_LEVELS_MAX, QuoteSide, Target};
use crate::oms::request::OrderRequest;
use crate::oms::trader::Trader;
use crate::reject::RejectCode;
use crate::units::{Lots, Side, SymbolId, Ticks};

impl Trader {
    /// Brings the symbol's live quotes to `bids` and `asks` (price, open quantity), see
    /// [`crate::oms::quote`]; how many commands were queued.
    ///
    /// Quotes are post-only limit orders. A quantity of zero is no target; targets at one price
    /// are added up; an empty side is withdrawn at once. A target that fails a check is denied (an
    /// order in state `DENIED` tells), the others are served.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when the symbol is unknown, a side has more than [`QUOTE_LEVELS_MAX`] targets,
    /// or the best bid is not below the best ask. Nothing is changed then; for a known symbol a
    /// `DENIED` order tells the same.
    pub fn quote(
        &mut self,
        symbol: SymbolId,
        bids: &[(Ticks, Lots)],
        asks: &[(Ticks, Lots)],
        min_life_ns: i64,
        now_ns: i64,
    ) -> Result<usize, Refusal> {
        if let Err(refusal) = self.check_targets(symbol, bids, asks) {
            let bid = bids.first().map(|target| (Side::Buy, target));
            let ask = asks.first().map(|target| (Side::Sell, target));
            if let Some((side, (price, qty))) = bid.or(ask) {
                let request = quote_request(symbol, side, *price, *qty);
                self.deny(&request, refusal.clone(), now_ns);
            }
            return Err(refusal);
        }
        self.ledgers[symbol.0 as usize].min_life_ns = min_life_ns;
        if self.shows(symbol, Side::Buy, bids) && self.shows(symbol, Side::Sell, asks) {
            return Ok(0);
        }
        for (side, wanted) in [(Side::Buy, bids), (Side::Sell, asks)] {
            self.set_targets(symbol, side, wanted, now_ns);
        }
        Ok(self.reconcile(symbol, now_ns))
    }

    /// Whether the targets of a side are those of the call before and each has its live quote, so
    /// that nothing is to be planned.
    fn shows(&self, symbol: SymbolId, side: Side, wanted: &[(Ticks, Lots)]) -> bool {
        let QuoteSide { targets, live } = &self.ledgers[symbol.0 as usize].quotes[side as usize];
        let is_shown = |(target, (price, qty)): (&Target, &(Ticks, Lots))| {
            let is_same = target.served && (target.price, target.qty) == (*price, *qty);
            let order = target
                .key
                .filter(|_| is_same)
                .and_then(|key| self.orders.get(key));
            order.is_some_and(|order| {
                let (at, total) = order.terms();
                let open = total.0.saturating_sub(order.filled().0);
                order.state().is_live()
                    && !order.is_cancel_pending()
                    && (at, open) == (*price, qty.0)
            })
        };
        let count = wanted.len();
        targets.len() == count && live.len() == count && targets.iter().zip(wanted).all(is_shown)
    }

    /// Serves targets that waited for room or an answer.
    pub(super) fn serve_owed(&mut self, symbol: SymbolId, now_ns: i64) {
        let ledger = &self.ledgers[symbol.0 as usize];
        if ledger.quotes.iter().any(QuoteSide::is_owing) {
            self.reconcile(symbol, now_ns);
        }
    }

    fn check_targets(
        &self,
        symbol: SymbolId,
        bids: &[(Ticks, Lots)],
        asks: &[(Ticks, Lots)],
    ) -> Result<(), Refusal> {
        let Some(instrument) = self.instruments.get(symbol.0 as usize) else {
            let text = format!("symbol must be registered: symbol number {}", symbol.0);
            return Err(Refusal::new(RejectCode::UnknownSymbol, text));
        };
        let most = bids.len().max(asks.len());
        if most > QUOTE_LEVELS_MAX {
            let text = format!(
                "a quote has at most {QUOTE_LEVELS_MAX} levels a side: levels={most}, symbol={}",
                instrument.symbol()
            );
            return Err(Refusal::new(RejectCode::BadCombination, text));
        }
        let shown = |(price, qty): &&(Ticks, Lots)| price.0 > 0 && qty.0 > 0;
        let best_bid = bids.iter().filter(shown).map(|(price, _)| *price).max();
        let best_ask = asks.iter().filter(shown).map(|(price, _)| *price).min();
        if let (Some(bid), Some(ask)) = (best_bid, best_ask)
            && bid >= ask
        {
            let text = format!(
                "the best bid must be below the best ask: bid={}, ask={}, symbol={}",
                instrument.price(bid),
                instrument.price(ask),
                instrument.symbol()
            );
            return Err(Refusal::new(RejectCode::SelfCross, text));
        }
        Ok(())
    }

    fn set_targets(&mut self, symbol: SymbolId, side: Side, wanted: &[(Ticks, Lots)], now_ns: i64) {
        let at = symbol.0 as usize;
        self.ledgers[at].quotes[side as usize].targets.clear();
        for &(price, qty) in wanted.iter().filter(|(_, qty)| qty.0 != 0) {
            let request = quote_request(symbol, side, price, qty);
            if let Err(refusal) = self.check_new(&request) {
                self.deny(&request, refusal, now_ns);
                continue;
            }
            let targets = &mut self.ledgers[at].quotes[side as usize].targets;
            match targets.iter_mut().find(|target| target.price == price) {
                Some(target) => target.qty.0 = target.qty.0.saturating_add(qty.0),
                None => targets.push(Target::new(price, qty)),
            }
        }
    }

    /// Plans and carries out both sides; how many commands that took.
    fn reconcile(&mut self, symbol: SymbolId, now_ns: i64) -> usize {
        let mut sent = 0;
        for side in [Side::Buy, Side::Sell] {
            let wall = self.wall(symbol, side);
            self.look_at_quotes(symbol, side, now_ns);
            let quotes = &mut self.ledgers[symbol.0 as usize].quotes[side as usize];
            if quotes.targets.is_empty() && self.lives.is_empty() {
                continue;
            }
            let mut actions = std::mem::take(&mut self.actions);
            quotes.plan(side, &self.lives, wall, self.can_amend, &mut actions);
            sent += actions.len();
            for action in actions.drain(..) {
                self.carry_out(symbol, side, action, now_ns);
            }
            self.actions = actions;
        }
        sent
    }

    fn carry_out(&mut self, symbol: SymbolId, side: Side, action: Action, now_ns: i64) {
        // A refusal here has told itself by its event; the target stays served until the next call.
        match action {
            Action::Cancel(key) => {
                let _told = self.cancel(key, now_ns);
            }
            Action::Amend { key, price, open } => {
                let filled = self.orders.get(key).map_or(Lots(0), Order::filled);
                let total = Lots(filled.0.saturating_add(open.0));
                let _told = self.modify(key, price, total, now_ns);
            }
            Action::New { target } => {
                let at = symbol.0 as usize;
                let Target { price, qty, .. } =
                    self.ledgers[at].quotes[side as usize].targets[target];
                let request = quote_request(symbol, side, price, qty);
                let key = self
                    .place(self.orders.next_key(), &request, true, now_ns)
                    .ok();
                self.ledgers[at].quotes[side as usize].targets[target].key = key;
            }
        }
    }

    /// The own price of the other side that a quote of `side` must not reach.
    fn wall(&self, symbol: SymbolId, side: Side) -> Option<Ticks> {
        let live = &self.ledgers[symbol.0 as usize].live;
        let opposite = live
            .iter()
            .filter_map(|key| self.orders.get(*key))
            .filter(|order| order.side() != side)
            .map(Order::boldest_price);
        match side {
            Side::Buy => opposite.min(),
            Side::Sell => opposite.max(),
        }
    }

    /// Fills the scratch list with the live quotes of one side, at the terms they will have.
    fn look_at_quotes(&mut self, symbol: SymbolId, side: Side, now_ns: i64) {
        let ledger = &self.ledgers[symbol.0 as usize];
        let (orders, min_life_ns) = (&self.orders, ledger.min_life_ns);
        let seen = |key: &OrderKey| {
            let order = orders.get(*key)?;
            let (price, total) = order.terms();
            let age_ns = now_ns.saturating_sub(order.terms_since_ns()).max(0);
            Some(Live {
                key: *key,
                price,
                open: Lots(total.0.saturating_sub(order.filled().0)),
                waiting: !order.is_settled(),
                leaving: order.is_cancel_pending(),
                young: age_ns < min_life_ns,
            })
        };
        self.lives.clear();
        self.lives
            .extend(ledger.quotes[side as usize].live.iter().filter_map(seen));
    }
}

fn quote_request(symbol: SymbolId, side: Side, price: Ticks, qty: Lots) -> OrderRequest {
    OrderRequest {
        symbol,
        side,
        order_type: OrderType::Limit,
        price,
        qty,
        time_in_force: TimeInForce::Gtc,
        post_only: true,
        reduce_only: false,
    }
}
