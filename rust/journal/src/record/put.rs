//! From a command to the body of its record.

use tradecore_core::matching::{Bands, Change, Command, Control, Filter, NewOrder, Terms};
use tradecore_core::risk::{Limits, Scope, SymbolTerms};

pub(super) const NEW: u8 = 1;
pub(super) const NEW_WITH: u8 = 2;
pub(super) const NAMED: u8 = 3;
pub(super) const CANCEL: u8 = 4;
pub(super) const MODIFY: u8 = 5;
pub(super) const CANCEL_ALL: u8 = 6;
pub(super) const SET_PHASE: u8 = 7;
pub(super) const SET_BANDS: u8 = 8;
pub(super) const SET_REFERENCE: u8 = 9;
pub(super) const ADVANCE_TIME: u8 = 10;
pub(super) const SEAT: u8 = 11;
pub(super) const DEPOSIT: u8 = 12;
pub(super) const WITHDRAW: u8 = 13;
pub(super) const SET_LIMITS: u8 = 14;
pub(super) const SET_STATE: u8 = 15;
pub(super) const SET_MARK: u8 = 16;
pub(super) const START_DAY: u8 = 17;
pub(super) const KEEP_ACCOUNTS: u8 = 18;
pub(super) const KEEP_ANSWERS: u8 = 19;
pub(super) const NOTE: u8 = 20;
pub(super) const LIST: u8 = 21;
pub(super) const STRATEGY: u8 = 22;

/// Bytes of the terms of one symbol.
pub(super) const TERMS: usize = 24;

/// The kind of record a command gives.
pub(super) const fn kind(command: &Command) -> u8 {
    match command {
        Command::New(_) => NEW,
        Command::NewWith(..) => NEW_WITH,
        Command::Cancel { .. } => CANCEL,
        Command::Modify { .. } => MODIFY,
        Command::CancelAll(_) => CANCEL_ALL,
        Command::SetPhase { .. } => SET_PHASE,
        Command::SetBands { .. } => SET_BANDS,
        Command::SetReference { .. } => SET_REFERENCE,
        Command::AdvanceTime { .. } => ADVANCE_TIME,
        Command::Control(control) => match control {
            Control::Seat { .. } => SEAT,
            Control::Deposit { .. } => DEPOSIT,
            Control::Withdraw { .. } => WITHDRAW,
            Control::SetLimits { .. } => SET_LIMITS,
            Control::SetState { .. } => SET_STATE,
            Control::SetMark { .. } => SET_MARK,
            Control::StartDay => START_DAY,
        },
    }
}

/// The body of a command.
pub(super) fn command(command: &Command, out: &mut Vec<u8>) {
    match *command {
        Command::New(ref order) => new(order, out),
        Command::NewWith(ref order, ref terms) => {
            new(order, out);
            self::terms(terms, out);
        }
        Command::Cancel { symbol, order_id } => {
            put(out, symbol.to_le_bytes());
            put(out, order_id.to_le_bytes());
        }
        Command::Modify {
            symbol,
            order_id,
            ref change,
        } => {
            put(out, symbol.to_le_bytes());
            put(out, order_id.to_le_bytes());
            self::change(change, out);
        }
        Command::CancelAll(ref filter) => self::filter(filter, out),
        Command::SetPhase { symbol, phase } => {
            put(out, symbol.to_le_bytes());
            put(out, [phase as u8]);
        }
        Command::SetBands { symbol, ref bands } => {
            put(out, symbol.to_le_bytes());
            self::bands(bands, out);
        }
        Command::SetReference { symbol, price } => {
            put(out, symbol.to_le_bytes());
            put(out, price.to_le_bytes());
        }
        Command::AdvanceTime { now_ns } => put(out, now_ns.to_le_bytes()),
        Command::Control(ref control) => self::control(control, out),
    }
}

/// The body of an order with a name: what is left behind the terms is the name.
pub(super) fn named(order: &NewOrder, terms: &Terms, name: &str, out: &mut Vec<u8>) {
    new(order, out);
    self::terms(terms, out);
    out.extend_from_slice(name.as_bytes());
}

/// The body of a list of terms.
pub(super) fn symbol_terms(list: &[SymbolTerms], out: &mut Vec<u8>) {
    for terms in list {
        put(out, terms.base.to_le_bytes());
        put(out, terms.quote.to_le_bytes());
        put(out, terms.initial_margin.0.to_le_bytes());
        put(out, terms.max_spread_ticks.to_le_bytes());
    }
}

fn new(order: &NewOrder, out: &mut Vec<u8>) {
    put(out, order.symbol.to_le_bytes());
    put(out, order.account.to_le_bytes());
    put(out, order.order_id.to_le_bytes());
    put(out, order.price.to_le_bytes());
    put(out, order.qty.to_le_bytes());
    put(
        out,
        [
            order.side as u8 | u8::from(order.reduce_only) << 1,
            order.order_type as u8,
            order.time_in_force as u8,
            order.post_only as u8,
            order.self_trade_prevention as u8,
        ],
    );
}

fn terms(terms: &Terms, out: &mut Vec<u8>) {
    let numbers = [
        terms.stop_price,
        terms.trailing_distance,
        terms.display_qty,
        terms.expire_time_ns,
    ];
    for number in numbers {
        put(out, number.to_le_bytes());
    }
    put(out, terms.linked_id.to_le_bytes());
    put(out, terms.strategy.to_le_bytes());
    put(out, [terms.link as u8]);
}

fn change(change: &Change, out: &mut Vec<u8>) {
    put(out, [change.revision as u8]);
    let numbers = [change.price, change.qty, change.stop_price];
    mask(&numbers.map(|number| number.is_some()), out);
    for number in numbers.into_iter().flatten() {
        put(out, number.to_le_bytes());
    }
}

fn filter(filter: &Filter, out: &mut Vec<u8>) {
    let side = filter.side.map(|side| side as u32);
    let numbers = [filter.account, filter.symbol, side, filter.strategy];
    mask(&numbers.map(|number| number.is_some()), out);
    for number in numbers.into_iter().flatten() {
        put(out, number.to_le_bytes());
    }
}

fn bands(bands: &Bands, out: &mut Vec<u8>) {
    put(out, bands.low.to_le_bytes());
    put(out, bands.high.to_le_bytes());
    put(out, bands.dynamic_bps.to_le_bytes());
    put(out, bands.halt_ns.to_le_bytes());
}

fn control(control: &Control, out: &mut Vec<u8>) {
    match *control {
        Control::Seat {
            account,
            user,
            group,
        } => {
            for number in [account, user, group] {
                put(out, number.to_le_bytes());
            }
        }
        Control::Deposit {
            account,
            asset,
            amount,
        }
        | Control::Withdraw {
            account,
            asset,
            amount,
        } => {
            put(out, account.to_le_bytes());
            put(out, asset.to_le_bytes());
            put(out, amount.0.to_le_bytes());
        }
        Control::SetLimits { scope, ref limits } => {
            self::scope(scope, out);
            self::limits(limits, out);
        }
        Control::SetState { scope, state } => {
            self::scope(scope, out);
            put(out, [state as u8]);
        }
        Control::SetMark { symbol, price } => {
            put(out, symbol.to_le_bytes());
            put(out, price.to_le_bytes());
        }
        Control::StartDay => {}
    }
}

fn scope(scope: Scope, out: &mut Vec<u8>) {
    put(out, scope.number().to_le_bytes());
    put(out, scope.id().to_le_bytes());
}

/// The amounts, the counts, the number of orders, the rate: of each kind those that are set.
fn limits(limits: &Limits, out: &mut Vec<u8>) {
    let amounts = [
        limits.max_order_value,
        limits.max_position_value,
        limits.max_daily_loss,
    ];
    let counts = [
        limits.max_order_qty,
        limits.collar.map(|rate| rate.0),
        limits.duplicate_window_ns,
        limits.max_position_qty,
        limits.max_leverage.map(|rate| rate.0),
    ];
    mask(&amounts.map(|amount| amount.is_some()), out);
    mask(&counts.map(|count| count.is_some()), out);
    mask(
        &[
            limits.max_open_orders.is_some(),
            limits.order_rate.is_some(),
        ],
        out,
    );
    for amount in amounts.into_iter().flatten() {
        put(out, amount.0.to_le_bytes());
    }
    for count in counts.into_iter().flatten() {
        put(out, count.to_le_bytes());
    }
    if let Some(count) = limits.max_open_orders {
        put(out, count.to_le_bytes());
    }
    if let Some(rate) = limits.order_rate {
        put(out, rate.period_ns.to_le_bytes());
        put(out, rate.burst.to_le_bytes());
    }
}

/// One byte that says which of some numbers follow.
fn mask(given: &[bool], out: &mut Vec<u8>) {
    let bits = given.iter().rev();
    put(out, [bits.fold(0, |mask, bit| mask << 1 | u8::from(*bit))]);
}

#[inline]
fn put<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    out.extend_from_slice(&bytes);
}
