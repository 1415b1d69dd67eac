//! Where matching asks risk: before an order comes in, and whenever what it holds changes.

use crate::book::arena::{NIL, Order, Slot};
use crate::matching::Engine;
use crate::matching::command::{Control, NewOrder};
use crate::matching::market::Market;
use crate::matching::record::Record;
use crate::matching::report::{Report, Sink};
use crate::matching::taker::Taker;
use crate::reject::RejectCode;
use crate::risk::{Ask, Holding, Ordinary, Refusal, Risk, SymbolTerms, Touch, Working};
use crate::units::Side;

impl Engine {
    /// Accounts, balances, positions, limits and trading states.
    pub const fn risk(&self) -> &Risk {
        &self.risk
    }

    /// Keeps accounts from now on; `terms` are those of each instrument, in order.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] as [`Risk::keep_accounts`] says, and once an order is live.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> Result<(), RejectCode> {
        if self.live_orders() > 0 {
            return Err(RejectCode::BadSetting);
        }
        self.risk.keep_accounts(terms)
    }

    /// What an operator sets; only a refusal is reported.
    #[cold]
    pub(super) fn control<S: Sink>(&mut self, control: &Control, out: &mut S) {
        let risk = &mut self.risk;
        let (account, symbol, done) = match *control {
            Control::Seat {
                account,
                user,
                group,
            } => (account, 0, risk.seat(account, user, group)),
            Control::Deposit {
                account,
                asset,
                amount,
            } => (account, 0, risk.deposit(account, asset, amount)),
            Control::Withdraw {
                account,
                asset,
                amount,
            } => (account, 0, risk.withdraw(account, asset, amount)),
            Control::SetLimits { scope, ref limits } => (0, 0, risk.set_limits(scope, *limits)),
            Control::SetState { scope, state } => (0, 0, risk.set_state(scope, state)),
            Control::SetMark { symbol, price } => (0, symbol, risk.set_mark(symbol, price)),
            Control::StartDay => {
                risk.start_day();
                return;
            }
        };
        if let Err(code) = done {
            let report = Report {
                account,
                symbol,
                ..Report::default()
            };
            self.refuse(report, code, out);
        }
    }

    /// Asks whether an order may come in, and lets it hold what it may cost.
    pub(super) fn admit(&mut self, taker: &mut Taker, strategy: u32) -> Result<(), Refusal> {
        let ask = self.ask(taker, strategy);
        taker.holding = self.risk.admit(&ask, self.now_ns)?.0;
        taker.held = Some(taker.price);
        Ok(())
    }

    /// The same for an order that just came; answers the row of what it holds.
    #[inline(never)]
    pub(super) fn admit_new(&mut self, order: &NewOrder, id: u64) -> Result<u32, Refusal> {
        let ordinary = Ordinary {
            account: order.account,
            symbol: order.symbol,
            side: order.side,
            price: order.price,
            qty: order.qty,
        };
        let market = &self.markets[order.symbol as usize];
        let mut walk_cost = 0;
        if order.price == 0 && self.risk.asks_for_walks(order.symbol) {
            walk_cost = self.walk_cost(&Taker::new(order, id, NIL));
        }
        let admitted = self
            .risk
            .admit_ordinary(&ordinary, || walk_cost, || touch(market));
        if let Some(holding) = admitted {
            return Ok(holding.0);
        }
        self.admit_other(order, id)
    }

    #[cold]
    #[inline(never)]
    fn admit_other(&mut self, order: &NewOrder, id: u64) -> Result<u32, Refusal> {
        let mut taker = Taker::new(order, id, NIL);
        self.admit(&mut taker, 0)?;
        Ok(taker.holding)
    }

    /// Asks whether an order may come to wait, valued at its limit or its trigger.
    pub(super) fn admit_waiting(
        &mut self,
        taker: &mut Taker,
        strategy: u32,
        trigger: i64,
    ) -> Result<(), Refusal> {
        let ask = conditional(self.ask(taker, strategy), trigger);
        taker.holding = self.risk.admit(&ask, self.now_ns)?.0;
        Ok(())
    }

    /// Asks whether an order that waited may come in, and lets it hold what it may cost.
    pub(super) fn call_up(&mut self, taker: &mut Taker) -> Result<(), Refusal> {
        if taker.held.is_some() || !self.risk.is_guarding() {
            return Ok(());
        }
        self.amend_held(taker, Working { price: 0, qty: 0 })
    }

    /// Lets what is left of an order hold its own price instead of what it held.
    pub(super) fn hold_at_price(&mut self, taker: &mut Taker) -> Result<(), Refusal> {
        let old = Working {
            price: taker.held.unwrap_or(0),
            qty: taker.qty,
        };
        self.amend_held(taker, old)
    }

    fn amend_held(&mut self, taker: &mut Taker, old: Working) -> Result<(), Refusal> {
        let strategy = self.extras.get(taker.extra).map_or(0, |e| e.strategy);
        let ask = self.ask(taker, strategy);
        self.risk
            .amend(Holding(taker.holding), old, &ask, self.now_ns)?;
        taker.held = Some(taker.price);
        Ok(())
    }

    /// Asks whether a live order may be changed to `price` and `open`, and moves what it holds.
    pub(super) fn amend(
        &mut self,
        slot: Slot,
        price: i64,
        open: i64,
        trigger: i64,
    ) -> Result<(), Refusal> {
        let mut taker = self.take_in(slot);
        let waits = taker.held.is_none();
        let mut old = Working {
            price: taker.price,
            qty: taker.qty,
        };
        (taker.price, taker.qty) = (price, open);
        let extra = self.extras.get(taker.extra);
        let mut ask = self.ask(&taker, extra.map_or(0, |extra| extra.strategy));
        if waits {
            let before = extra.map_or(0, |extra| extra.stop_price);
            old.price = if old.price == 0 { before } else { old.price };
            ask = conditional(ask, trigger);
        }
        self.risk
            .amend(Holding(taker.holding), old, &ask, self.now_ns)
    }

    fn ask(&self, taker: &Taker, strategy: u32) -> Ask {
        let market = &self.markets[taker.symbol() as usize];
        let walks = taker.price == 0 && self.risk.asks_for_walks(taker.symbol());
        Ask {
            account: taker.account,
            strategy,
            symbol: taker.symbol(),
            side: taker.side(),
            qty: taker.qty,
            price: Some(taker.price).filter(|price| *price != 0),
            touch: touch(market),
            walk_cost: walks.then(|| self.walk_cost(taker)),
            reduce_only: taker.tags.reduce_only(),
            is_conditional: false,
        }
    }

    /// Asks for the rows of accounts that records behind place `at` will need, while the orders
    /// themselves are few and near.
    #[inline(always)]
    pub(super) fn look_for_accounts<R: Record>(&self, records: &[R], at: usize) {
        if let Some(record) = records.get(at + 18) {
            let command = record.command();
            self.risk.prefetch(command.account, 0);
            self.arena
                .prefetch(self.index.get(command.order_id).unwrap_or(NIL));
        }
        if let Some(record) = records.get(at + 12) {
            let command = record.command();
            self.risk.prefetch(command.account, 1);
            let slot = self.index.get(command.order_id).unwrap_or(NIL);
            if let Some(order) = self.arena.peek(slot) {
                self.risk.prefetch_holding(Holding(order.holding), 0);
            }
        }
        if self.risk.asks_for_money()
            && let Some(record) = records.get(at + 6)
        {
            let command = record.command();
            self.risk.prefetch(command.account, 2);
            let slot = self.index.get(command.order_id).unwrap_or(NIL);
            if let Some(order) = self.arena.peek(slot) {
                self.risk.prefetch_holding(Holding(order.holding), 1);
            }
        }
    }

    /// Books a trade of an order in the book.
    #[inline]
    pub(super) fn settle_maker(&mut self, order: &Order, price: i64, qty: i64) {
        if self.risk.is_guarding() {
            let holding = Holding(order.holding);
            let side = order.side();
            self.risk.fill(holding, side, order.price, price, qty, true);
        }
    }

    /// Books a trade of an order on its way in.
    #[inline]
    pub(super) fn settle_taker(&mut self, taker: &Taker, price: i64, qty: i64) {
        if self.risk.is_guarding() {
            let holding = Holding(taker.holding);
            let held = taker.held.unwrap_or(0);
            self.risk
                .fill(holding, taker.side(), held, price, qty, false);
        }
    }

    /// Gives back what `qty` of an order in the book holds.
    pub(super) fn give_back(&mut self, order: &Order, qty: i64) {
        self.risk
            .release(Holding(order.holding), order.side(), order.price, qty);
    }

    /// Gives back what an order on its way in holds for `qty`.
    pub(super) fn give_back_rest(&mut self, taker: &Taker, qty: i64) {
        if let Some(held) = taker.held {
            self.risk
                .release(Holding(taker.holding), taker.side(), held, qty);
        }
    }

    /// Counts an order as no longer open.
    #[inline]
    pub(super) fn close(&mut self, holding: u32) {
        if holding != NIL {
            self.risk.order_closed(Holding(holding));
        }
    }

    /// How much of `qty` an order may trade now, if it may only reduce a position.
    pub(super) fn reducible(&self, holding: u32, side: Side, reduce_only: bool, qty: i64) -> i64 {
        if reduce_only {
            qty.min(self.risk.reducible(Holding(holding), side))
        } else {
            qty
        }
    }

    /// The owner group of an account.
    #[inline]
    pub(super) fn owner(&self, account: u32) -> u32 {
        self.risk.group(account)
    }
}

/// What an order that comes to a market meets.
#[inline(always)]
fn touch(market: &Market) -> Touch {
    Touch {
        bid: market.ladder.best(Side::Buy),
        ask: market.ladder.best(Side::Sell),
        last: Some(market.state.last).filter(|last| *last != 0),
    }
}

/// The question of an order that waits: it holds nothing yet.
fn conditional(ask: Ask, trigger: i64) -> Ask {
    Ask {
        price: ask.price.or(Some(trigger).filter(|price| *price > 0)),
        walk_cost: None,
        is_conditional: true,
        ..ask
    }
}
