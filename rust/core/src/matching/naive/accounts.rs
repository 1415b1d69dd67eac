//! Where the twin asks the twin of risk, and tells it what became of an order.

use crate::book::tags::Place;
use crate::instrument::ContractKind;
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::TAKER;
use crate::order::SelfTradePrevention;
use crate::reject::RejectCode;
use crate::risk::naive::NaiveRisk;
use crate::risk::{Ask, Refusal, SymbolTerms, Touch};
use crate::units::Side;

impl NaiveEngine {
    /// Keeps accounts from now on; `terms` are those of each instrument, in order.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) {
        self.risk = Some(NaiveRisk::new(&self.instruments, terms));
    }

    /// Balances and positions, where accounts are kept.
    pub const fn risk(&self) -> Option<&NaiveRisk> {
        self.risk.as_ref()
    }

    /// The owner group of an account.
    pub(super) fn group(&self, account: u32) -> u32 {
        let risk = self.risk.as_ref();
        risk.map_or(account, |risk| risk.group(account))
    }

    /// Whether the order asks for what nobody can know here.
    pub(super) fn unsupported(&self, order: &Order) -> Option<RejectCode> {
        let spot = self.instruments[order.symbol as usize].kind() == ContractKind::Spot;
        (order.reduce_only && (spot || self.risk.is_none())).then_some(RejectCode::Unsupported)
    }

    /// How much of what an order offers it may trade now.
    pub(super) fn tradable(&self, order: &Order) -> i64 {
        match &self.risk {
            Some(risk) if order.reduce_only => {
                let most = risk.reducible(order.account, order.symbol, order.side);
                order.offered().min(most)
            }
            Some(_) | None => order.offered(),
        }
    }

    /// Asks whether a new order may come in, or come to wait.
    pub(super) fn admit(&mut self, order: &mut Order) -> Result<(), Refusal> {
        if self.risk.is_none() {
            return Ok(());
        }
        let ask = self.ask(order, order.waits());
        let now_ns = self.now_ns;
        if let Some(risk) = &mut self.risk {
            order.number = Some(risk.admit(&ask, now_ns)?);
        }
        Ok(())
    }

    /// Asks whether an order that waited may come in.
    pub(super) fn call_up(&mut self, id: u64) -> Result<(), Refusal> {
        match self.get(id).cloned() {
            Some(order) if self.is_waiting(&order) => self.change(&order, false),
            Some(_) | None => Ok(()),
        }
    }

    /// Asks whether `old` may become `changed`.
    pub(super) fn amend(&mut self, old: &Order, changed: &Order) -> Result<(), Refusal> {
        let waits = self.is_waiting(old);
        if let (Some(risk), Some(number)) = (&mut self.risk, old.number)
            && waits
        {
            let price = if old.price == 0 {
                old.trigger
            } else {
                old.price
            };
            risk.asks_now(number, price, old.open);
        }
        self.change(changed, waits)
    }

    fn is_waiting(&self, order: &Order) -> bool {
        let risk = self.risk.as_ref().zip(order.number);
        risk.is_some_and(|(risk, number)| risk.waits(number))
    }

    fn change(&mut self, changed: &Order, waits: bool) -> Result<(), Refusal> {
        let Some(number) = changed.number else {
            return Ok(());
        };
        let ask = self.ask(changed, waits);
        let now_ns = self.now_ns;
        let risk = self.risk.as_mut();
        risk.map_or(Ok(()), |risk| risk.amend(number, &ask, now_ns))
    }

    fn ask(&self, order: &Order, waits: bool) -> Ask {
        let trigger = if order.place == Place::Held {
            order.trigger
        } else {
            self.first_trigger(order)
        };
        let price = match order.price {
            0 if waits => trigger,
            price => price,
        };
        let best = |side: Side| self.best(order.symbol, side).map(|order| order.price);
        let last = self.symbols[order.symbol as usize].last;
        Ask {
            account: order.account,
            strategy: order.strategy,
            symbol: order.symbol,
            side: order.side,
            qty: order.open,
            price: (price > 0).then_some(price),
            touch: Touch {
                bid: best(Side::Buy),
                ask: best(Side::Sell),
                last: (last > 0).then_some(last),
            },
            walk_cost: (price == 0 && !waits).then(|| self.walk_cost(order)),
            reduce_only: order.reduce_only,
            is_conditional: waits,
        }
    }

    /// What an order pays at the most if it comes in now: its own group's orders take nothing
    /// from it, where it does not stop at them.
    fn walk_cost(&self, order: &Order) -> i128 {
        let mode = match order.self_trade_prevention {
            SelfTradePrevention::Decrement => SelfTradePrevention::CancelOldest,
            mode => mode,
        };
        let trades = self.trial(Order {
            self_trade_prevention: mode,
            reduce_only: false,
            ..order.clone()
        });
        let costs = trades.iter().map(|(price, qty)| i128::from(price * qty));
        costs.sum()
    }

    /// Books one side of a trade.
    pub(super) fn settle(&mut self, order: &Order, price: i64, qty: i64, liquidity: u8) {
        if let (Some(risk), Some(number)) = (&mut self.risk, order.number) {
            risk.fill(number, price, qty, liquidity != TAKER);
        }
    }

    /// Lets an order hold less by `qty` lots.
    pub(super) fn give_back(&mut self, order: &Order, qty: i64) {
        if let (Some(risk), Some(number)) = (&mut self.risk, order.number) {
            risk.release(number, qty);
        }
    }

    /// Ends an order.
    pub(super) fn close(&mut self, order: &Order) {
        self.give_back(order, order.open);
        if let (Some(risk), Some(number)) = (&mut self.risk, order.number) {
            risk.order_closed(number);
        }
    }
}
