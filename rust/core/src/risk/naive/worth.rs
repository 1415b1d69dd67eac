//! What orders and fills come to: positions, money, holds, margins, prices.

use super::{Fill, NANO, NaivePosition, NaiveRisk, Order, up};
use crate::instrument::ContractKind;
use crate::money::Rate;
use crate::risk::Ask;
use crate::units::Side;

impl NaiveRisk {
    pub(super) fn kind(&self, symbol: u32) -> ContractKind {
        self.instruments[symbol as usize].kind()
    }

    pub(super) fn settle(&self, symbol: u32) -> u32 {
        let terms = &self.terms[symbol as usize];
        match self.kind(symbol) {
            ContractKind::Spot | ContractKind::Linear => terms.quote,
            ContractKind::Inverse => terms.base,
        }
    }

    pub(super) fn value(&self, symbol: u32, price: i64, qty: i64) -> i128 {
        let unit = self.instruments[symbol as usize].unit_value();
        match self.kind(symbol) {
            ContractKind::Inverse => unit * i128::from(qty) / i128::from(price),
            ContractKind::Spot | ContractKind::Linear => unit * i128::from(qty) * i128::from(price),
        }
    }

    pub(super) fn base_amount(&self, symbol: u32, qty: i64) -> i128 {
        let instrument = &self.instruments[symbol as usize];
        let lot = instrument.lot_size();
        i128::from(qty) * lot.mantissa() * 10_i128.pow(18 - lot.scale())
    }

    /// Plays every fill of an account in a symbol.
    pub fn position(&self, account: u32, symbol: u32) -> NaivePosition {
        let mut at = NaivePosition::default();
        let of = |fill: &&Fill| fill.account == account && fill.symbol == symbol;
        let inverse = self.kind(symbol) == ContractKind::Inverse;
        for fill in self.fills.iter().filter(of) {
            let value = self.value(symbol, fill.price, fill.qty);
            let instrument = &self.instruments[symbol as usize];
            let rate = if fill.is_maker {
                instrument.maker_fee()
            } else {
                instrument.taker_fee()
            };
            at.fees += up(value * i128::from(rate.0));
            let step = fill.side.sign();
            at.paid += i128::from(step) * value;
            let close = if at.qty * step < 0 {
                fill.qty.min(at.qty.abs())
            } else {
                0
            };
            let proceeds = value * i128::from(close) / i128::from(fill.qty);
            let cost = if close == 0 {
                0
            } else {
                at.cost * i128::from(close) / i128::from(at.qty.abs())
            };
            let gain = -i128::from(step) * proceeds - cost;
            at.realised += if inverse { -gain } else { gain };
            at.cost += i128::from(step) * (value - proceeds) - cost;
            at.qty += step * fill.qty;
        }
        at
    }

    pub(super) fn working(&self, account: u32, symbol: u32, side: Side) -> Vec<&Order> {
        let of = |order: &&Order| {
            let same = order.account == account && order.symbol == symbol;
            same && order.side == side && !order.waits
        };
        self.orders.iter().filter(of).collect()
    }

    /// Lots of an account's working orders of a side.
    pub fn working_lots(&self, account: u32, symbol: u32, side: Side) -> i64 {
        self.working(account, symbol, side)
            .iter()
            .map(|order| order.qty)
            .sum()
    }

    pub(super) fn worst(&self, account: u32, symbol: u32) -> i64 {
        let position = self.position(account, symbol).qty;
        let long = position + self.working_lots(account, symbol, Side::Buy);
        let short = self.working_lots(account, symbol, Side::Sell) - position;
        long.max(short)
    }

    pub(super) fn hold_rate(&self, symbol: u32) -> i128 {
        let instrument = &self.instruments[symbol as usize];
        i128::from(
            instrument
                .taker_fee()
                .0
                .max(instrument.maker_fee().0)
                .max(0),
        )
    }

    /// Two units of 10⁻¹⁸ a lot, where a fee may have to be rounded.
    pub(super) fn slack(&self, symbol: u32) -> i128 {
        let instrument = &self.instruments[symbol as usize];
        let rates = [instrument.taker_fee(), instrument.maker_fee()];
        let rounds = |rate: Rate| instrument.unit_value() * i128::from(rate.0) % NANO != 0;
        if self.hold_rate(symbol) > 0 && rates.into_iter().any(rounds) {
            2
        } else {
            0
        }
    }

    /// What is kept back of an asset for working spot orders.
    pub fn held(&self, account: u32, asset: u32) -> i128 {
        let mut held = 0;
        for (symbol, terms) in (0..).zip(&self.terms) {
            if self.kind(symbol) != ContractKind::Spot {
                continue;
            }
            if terms.quote == asset {
                let buys = self.working(account, symbol, Side::Buy);
                let values = buys
                    .iter()
                    .map(|order| self.value(symbol, order.held_price, order.qty));
                let value: i128 = values.sum();
                let lots: i64 = buys.iter().map(|order| order.qty).sum();
                held += value
                    + up(value * self.hold_rate(symbol))
                    + self.slack(symbol) * i128::from(lots);
            }
            if terms.base == asset {
                held += self.base_amount(symbol, self.working_lots(account, symbol, Side::Sell));
            }
        }
        held
    }

    /// All money of an asset.
    pub fn total(&self, account: u32, asset: u32) -> i128 {
        let mut total = self.deposits.get(&(account, asset)).copied().unwrap_or(0);
        for (symbol, terms) in (0..).zip(&self.terms) {
            let at = self.position(account, symbol);
            let spot = self.kind(symbol) == ContractKind::Spot;
            if self.settle(symbol) == asset {
                total += if spot { -at.paid } else { at.realised };
                total -= at.fees;
            }
            if spot && terms.base == asset {
                total += self.base_amount(symbol, at.qty);
            }
        }
        total
    }

    pub(super) fn standing(&self, symbol: u32) -> i64 {
        let seen = self.seen.get(&symbol);
        self.marks.get(&symbol).or(seen).copied().unwrap_or(1)
    }

    pub(super) fn gain(&self, account: u32, symbol: u32, price: i64) -> i128 {
        let at = self.position(account, symbol);
        let gain = self.value(symbol, price, at.qty) - at.cost;
        if self.kind(symbol) == ContractKind::Inverse {
            -gain
        } else {
            gain
        }
    }

    pub(super) fn symbols_of(&self, asset: u32) -> Vec<u32> {
        let all = (0..).take(self.terms.len());
        all.filter(|symbol| self.settle(*symbol) == asset).collect()
    }

    pub(super) fn derivatives_of(&self, asset: u32) -> Vec<u32> {
        let mut symbols = self.symbols_of(asset);
        symbols.retain(|symbol| self.kind(*symbol) != ContractKind::Spot);
        symbols
    }

    pub(super) fn margin(&self, symbol: u32, price: i64, lots: i64) -> i128 {
        let rate = self.terms[symbol as usize].initial_margin;
        up(self.value(symbol, price, lots) * i128::from(rate.0))
    }

    /// What is neither held nor margined nor lost.
    pub fn free(&self, account: u32, asset: u32) -> i128 {
        let symbols = self.derivatives_of(asset);
        let open: i128 = symbols
            .iter()
            .map(|symbol| self.gain(account, *symbol, self.standing(*symbol)))
            .sum();
        let margin: i128 = symbols
            .iter()
            .map(|symbol| {
                self.margin(
                    *symbol,
                    self.standing(*symbol),
                    self.worst(account, *symbol),
                )
            })
            .sum();
        self.total(account, asset) - self.held(account, asset) + open.min(0) - margin
    }

    pub(super) fn profit(&self, account: u32, asset: u32) -> i128 {
        let of = |symbol: u32| {
            let at = self.position(account, symbol);
            at.realised - at.fees + self.gain(account, symbol, self.standing(symbol))
        };
        self.symbols_of(asset).into_iter().map(of).sum()
    }

    pub(super) fn reference(&self, ask: &Ask) -> Option<i64> {
        let widest = self.terms[ask.symbol as usize].max_spread_ticks;
        let middle = match (ask.touch.bid, ask.touch.ask) {
            (Some(bid), Some(offer)) if offer >= bid && offer - bid <= widest => {
                Some(bid.midpoint(offer))
            }
            _ => None,
        };
        let mark = self.marks.get(&ask.symbol).copied();
        mark.or(middle).or(ask.touch.last)
    }

    pub(super) fn worth(&self, ask: &Ask) -> i64 {
        let seen = self.seen.get(&ask.symbol).copied();
        self.reference(ask).or(seen).or(own_price(ask)).unwrap_or(1)
    }
}

/// The limit of an order, or what it would meet first.
pub(super) fn own_price(ask: &Ask) -> Option<i64> {
    let opposite = match ask.side {
        Side::Buy => ask.touch.ask,
        Side::Sell => ask.touch.bid,
    };
    ask.price.or(opposite).or(ask.touch.last)
}
