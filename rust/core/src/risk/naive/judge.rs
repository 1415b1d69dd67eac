//! The rules before an order, one after the other as they are written down.

use super::worth::own_price;
use super::{NANO, NaiveRisk, slower, up};
use crate::instrument::ContractKind;
use crate::reject::RejectCode;
use crate::risk::{Ask, Refusal, TradingState};
use crate::units::Side;

fn refuse<T>(code: RejectCode, scope: u16) -> Result<T, Refusal> {
    Err(Refusal { code, scope })
}

impl NaiveRisk {
    pub(super) fn judge(&self, ask: &Ask, now_ns: i64) -> Result<(), Refusal> {
        self.judge_with(ask, now_ns, true, self.worst(ask.account, ask.symbol))?;
        self.judge_pace(ask, now_ns)
    }

    /// `worst_before` is the worse side with the order as it stood, if it did.
    pub(super) fn judge_with(
        &self,
        ask: &Ask,
        now_ns: i64,
        is_new: bool,
        worst_before: i64,
    ) -> Result<(), Refusal> {
        let position = self.position(ask.account, ask.symbol).qty;
        let same_side = self.working_lots(ask.account, ask.symbol, ask.side);
        let reduces = position * ask.side.sign() < 0 && ask.qty + same_side <= position.abs();
        self.judge_state(ask, reduces)?;
        if ask.reduce_only && !reduces && !ask.is_conditional {
            return refuse(RejectCode::ReduceOnly, 0);
        }
        self.judge_order(ask)?;
        if is_new {
            self.judge_repetition(ask, now_ns)?;
        }
        if ask.is_conditional {
            return Ok(());
        }
        if !reduces {
            self.judge_position(ask, position, same_side)?;
            self.judge_leverage(ask)?;
            self.judge_margin(ask, worst_before)?;
        }
        self.judge_funds(ask)?;
        if !reduces && let Some((loss, scope)) = self.limit(ask, |l| l.max_daily_loss, |a, b| a < b)
        {
            let asset = self.settle(ask.symbol);
            let start = self.day_starts.get(&(ask.account, asset)).copied();
            let worth = self.gain(ask.account, ask.symbol, self.worth(ask));
            let standing = self.gain(ask.account, ask.symbol, self.standing(ask.symbol));
            let profit = self.profit(ask.account, asset) - standing + worth;
            if profit - start.unwrap_or(0) <= -loss.0 {
                return refuse(RejectCode::MaxDailyLoss, scope);
            }
        }
        Ok(())
    }

    pub(super) fn judge_pace(&self, ask: &Ask, now_ns: i64) -> Result<(), Refusal> {
        if let Some((pace, scope)) = self.limit(ask, |l| l.order_rate, slower)
            && let Some(due) = self.arrivals.get(&ask.account)
            && due - now_ns > pace.period_ns * i64::from(pace.burst - 1)
        {
            return refuse(RejectCode::RateLimit, scope);
        }
        Ok(())
    }

    fn judge_state(&self, ask: &Ask, reduces: bool) -> Result<(), Refusal> {
        let states = self.scopes(ask).map(|scope| {
            let state = self.states.get(&scope).copied().unwrap_or_default();
            (state, scope.number())
        });
        let of = |wanted| states.into_iter().find(|(state, _)| *state == wanted);
        if let Some((_, scope)) = of(TradingState::Halted) {
            return refuse(RejectCode::TradingHalted, scope);
        }
        match of(TradingState::Reducing) {
            Some((_, scope)) if !reduces => refuse(RejectCode::ReduceOnlyState, scope),
            _ => Ok(()),
        }
    }

    fn at_once(&self, ask: &Ask, own: i64) -> i128 {
        let unit = self.instruments[ask.symbol as usize].unit_value();
        let inverse = self.kind(ask.symbol) == ContractKind::Inverse;
        match (ask.price, ask.walk_cost) {
            (Some(_), _) => 0,
            (None, Some(walk)) if !inverse => walk * unit,
            (None, _) => self.value(ask.symbol, own, ask.qty),
        }
    }

    fn judge_order(&self, ask: &Ask) -> Result<(), Refusal> {
        let collar = self.limit(ask, |l| l.collar, |a, b| a < b);
        let position_value = self.limit(ask, |l| l.max_position_value, |a, b| a < b);
        let leverage = self.limit(ask, |l| l.max_leverage, |a, b| a < b);
        let asked = collar.is_some() || position_value.is_some() || leverage.is_some();
        let (Some(own), false) = (own_price(ask), asked && self.reference(ask).is_none()) else {
            return refuse(RejectCode::NoReferencePrice, 0);
        };
        if let Some((most, scope)) = self.limit(ask, |l| l.max_order_qty, |a, b| a < b)
            && ask.qty > most
        {
            return refuse(RejectCode::MaxOrderQty, scope);
        }
        let value = self
            .value(ask.symbol, own, ask.qty)
            .max(self.at_once(ask, own));
        if let Some((most, scope)) = self.limit(ask, |l| l.max_order_value, |a, b| a < b)
            && value > most.0
        {
            return refuse(RejectCode::MaxOrderValue, scope);
        }
        if let (Some((width, scope)), Some(reference), false) =
            (collar, self.reference(ask), ask.is_conditional)
        {
            // How far beyond the reference in the direction that trades, as a part of it.
            let beyond = i128::from(ask.side.sign()) * i128::from(own - reference) * NANO;
            if beyond > i128::from(width.0) * i128::from(reference) {
                return refuse(RejectCode::PriceCollar, scope);
            }
        }
        Ok(())
    }

    fn judge_repetition(&self, ask: &Ask, now_ns: i64) -> Result<(), Refusal> {
        if let Some((window_ns, scope)) = self.limit(ask, |l| l.duplicate_window_ns, |a, b| a > b)
            && let Some((side, qty, price, at_ns)) = self.last.get(&(ask.account, ask.symbol))
            && (*side, *qty, *price) == (ask.side, ask.qty, ask.price.unwrap_or(0))
            && now_ns - at_ns < window_ns
        {
            return refuse(RejectCode::DuplicateOrder, scope);
        }
        let mine = self
            .orders
            .iter()
            .filter(|order| order.account == ask.account);
        let open = mine.filter(|order| order.is_open).count();
        if let Some((most, scope)) = self.limit(ask, |l| l.max_open_orders, |a, b| a < b)
            && open >= most as usize
        {
            return refuse(RejectCode::MaxOpenOrders, scope);
        }
        Ok(())
    }

    fn judge_position(&self, ask: &Ask, position: i64, same_side: i64) -> Result<(), Refusal> {
        let lots = (position + ask.side.sign() * (same_side + ask.qty)).abs();
        if let Some((most, scope)) = self.limit(ask, |l| l.max_position_qty, |a, b| a < b)
            && lots > most
        {
            return refuse(RejectCode::MaxPositionQty, scope);
        }
        if let Some((most, scope)) = self.limit(ask, |l| l.max_position_value, |a, b| a < b)
            && self.value(ask.symbol, self.worth(ask), lots) > most.0
        {
            return refuse(RejectCode::MaxPositionValue, scope);
        }
        Ok(())
    }

    /// Price and worse side of a symbol of the account, with the order added to its own.
    fn with_order(&self, ask: &Ask, symbol: u32) -> (i64, i64) {
        if symbol != ask.symbol {
            return (self.standing(symbol), self.worst(ask.account, symbol));
        }
        let position = self.position(ask.account, symbol).qty;
        let mut buys = self.working_lots(ask.account, symbol, Side::Buy);
        let mut sells = self.working_lots(ask.account, symbol, Side::Sell);
        match ask.side {
            Side::Buy => buys += ask.qty,
            Side::Sell => sells += ask.qty,
        }
        (self.worth(ask), (position + buys).max(sells - position))
    }

    fn judge_leverage(&self, ask: &Ask) -> Result<(), Refusal> {
        let Some((most, scope)) = self.limit(ask, |l| l.max_leverage, |a, b| a < b) else {
            return Ok(());
        };
        let asset = self.settle(ask.symbol);
        let mut equity = self.total(ask.account, asset);
        let mut gross = 0;
        for symbol in self.symbols_of(asset) {
            let (price, lots) = self.with_order(ask, symbol);
            gross += self.value(symbol, price, lots);
            equity += if self.kind(symbol) == ContractKind::Spot {
                self.value(symbol, price, self.position(ask.account, symbol).qty)
            } else {
                self.gain(ask.account, symbol, price)
            };
        }
        if gross * NANO > equity.max(0) * i128::from(most.0) {
            return refuse(RejectCode::MaxLeverage, scope);
        }
        Ok(())
    }

    fn judge_margin(&self, ask: &Ask, worst_before: i64) -> Result<(), Refusal> {
        let (_, worst) = self.with_order(ask, ask.symbol);
        let spot = self.kind(ask.symbol) == ContractKind::Spot;
        let rate = self.terms[ask.symbol as usize].initial_margin;
        if spot || rate.0 == 0 || worst <= worst_before {
            return Ok(());
        }
        let asset = self.settle(ask.symbol);
        let mut free = self.total(ask.account, asset) - self.held(ask.account, asset);
        for symbol in self.derivatives_of(asset) {
            let (price, lots) = self.with_order(ask, symbol);
            free += self.gain(ask.account, symbol, price) - self.margin(symbol, price, lots);
        }
        if free < 0 {
            return refuse(RejectCode::InsufficientMargin, 0);
        }
        Ok(())
    }

    fn judge_funds(&self, ask: &Ask) -> Result<(), Refusal> {
        if self.kind(ask.symbol) != ContractKind::Spot {
            return Ok(());
        }
        let terms = &self.terms[ask.symbol as usize];
        let (asset, needed) = match ask.side {
            Side::Sell => (terms.base, self.base_amount(ask.symbol, ask.qty)),
            Side::Buy => {
                // The hold of all working buys together rounds its fee once.
                let buys = self.working(ask.account, ask.symbol, Side::Buy);
                let resting =
                    |order: &&super::Order| self.value(ask.symbol, order.held_price, order.qty);
                let before: i128 = buys.iter().map(resting).sum();
                let more = self.value(ask.symbol, ask.price.unwrap_or(0), ask.qty);
                let rate = self.hold_rate(ask.symbol);
                let once = self.at_once(ask, own_price(ask).unwrap_or(0));
                let fees = up((before + more) * rate) - up(before * rate) + up(once * rate);
                let slack = self.slack(ask.symbol) * i128::from(ask.qty);
                (terms.quote, more + once + fees + slack)
            }
        };
        if needed > self.free(ask.account, asset) {
            return refuse(RejectCode::InsufficientFunds, 0);
        }
        Ok(())
    }
}
