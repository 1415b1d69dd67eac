//! What a command of a journal says, as names and values.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Change, Command, Control, Filter, NewOrder, PostOnly, Revision};
use tradecore_core::matching::{Link, Terms};
use tradecore_core::money::{Money, Rate};
use tradecore_core::order::SelfTradePrevention;
use tradecore_core::risk::{Limits, Scope};
use tradecore_core::units::{Lots, Ticks};
use tradecore_journal::Entry;

use crate::convert;
use crate::engine_state::State;
use crate::risk_account::money;

/// A value of a command.
pub(crate) enum Fact {
    Flag(bool),
    Number(i64),
    Id(u64),
    Word(&'static str),
    Text(String),
    Bytes(Vec<u8>),
    Listed(Arc<Instrument>),
    Symbol(u32),
    Asset(u32),
    /// Of a symbol, in ticks.
    Price(u32, i64),
    /// Of a symbol, in lots.
    Quantity(u32, i64),
    Money(Money),
    Rate(Rate),
}

/// The kind of a command, and what it says; what it leaves out is not there.
pub(crate) struct Facts {
    pub(crate) kind: &'static str,
    facts: Vec<(&'static str, Fact)>,
}

impl Facts {
    /// Of a record.
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        let mut facts = Vec::new();
        let kind = match entry {
            Entry::Command(command) => of_command(command, &mut facts),
            Entry::Named(order, terms, name) => {
                facts.push(("client_order_id", Fact::Text(name.as_str().to_owned())));
                of_order(order, &mut facts);
                of_terms(order.symbol, terms, &mut facts);
                "new"
            }
            Entry::KeepAccounts(_) => "keep_accounts",
            Entry::KeepAnswers(most) => {
                facts.push(("answers_kept", Fact::Id((*most).into())));
                "keep_answers"
            }
            Entry::List(listing) => {
                let listed = Arc::clone(&listing.instrument);
                facts.push(("instrument", Fact::Listed(listed)));
                facts.push(("about", Fact::Bytes(listing.about.to_vec())));
                "list"
            }
            Entry::Strategy(account, name) => {
                facts.push(("account", Fact::Id((*account).into())));
                facts.push(("name", Fact::Text(name.as_str().to_owned())));
                "name_strategy"
            }
            Entry::Note(note) => {
                facts.push(("payload", Fact::Bytes(note.to_vec())));
                "note"
            }
        };
        Self { kind, facts }
    }

    /// As Python has it.
    pub(crate) fn dict<'py>(self, py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, fact) in self.facts {
            if let Some(value) = value(py, fact, state)? {
                dict.set_item(name, value)?;
            }
        }
        Ok(dict)
    }
}

/// A value as Python has it; `None` where a symbol or an asset has no name here.
fn value<'py>(py: Python<'py>, fact: Fact, state: &State) -> PyResult<Option<Bound<'py, PyAny>>> {
    let exact = |symbol, exact: &dyn Fn(&Instrument) -> PyResult<Bound<'py, PyAny>>| {
        let instrument = state.instrument(symbol);
        instrument.map(|instrument| exact(instrument)).transpose()
    };
    match fact {
        Fact::Flag(flag) => Ok(Some(flag.into_pyobject(py)?.to_owned().into_any())),
        Fact::Number(number) => Ok(Some(number.into_pyobject(py)?.into_any())),
        Fact::Id(id) => Ok(Some(id.into_pyobject(py)?.into_any())),
        Fact::Word(word) => Ok(Some(word.into_pyobject(py)?.into_any())),
        Fact::Text(text) => Ok(Some(text.into_pyobject(py)?.into_any())),
        Fact::Bytes(bytes) => Ok(Some(PyBytes::new(py, &bytes).into_any())),
        Fact::Listed(instrument) => {
            let listed = crate::instrument::Instrument(instrument);
            Ok(Some(Bound::new(py, listed)?.into_any()))
        }
        Fact::Symbol(symbol) => exact(symbol, &|instrument| {
            Ok(instrument.symbol().into_pyobject(py)?.into_any())
        }),
        Fact::Asset(asset) => {
            let name = state.assets.get(asset as usize);
            name.map(|name| Ok(name.into_pyobject(py)?.into_any()))
                .transpose()
        }
        Fact::Price(symbol, ticks) => exact(symbol, &|instrument| {
            convert::to_python(py, instrument.price(Ticks(ticks)))
        }),
        Fact::Quantity(symbol, lots) => exact(symbol, &|instrument| {
            convert::to_python(py, instrument.quantity(Lots(lots)))
        }),
        Fact::Money(amount) => money(py, amount).map(Some),
        Fact::Rate(rate) => money(py, Money(i128::from(rate.0) * 1_000_000_000)).map(Some),
    }
}

type List = Vec<(&'static str, Fact)>;

fn of_command(command: &Command, facts: &mut List) -> &'static str {
    match *command {
        Command::New(ref order) => {
            of_order(order, facts);
            "new"
        }
        Command::NewWith(ref order, ref terms) => {
            of_order(order, facts);
            of_terms(order.symbol, terms, facts);
            "new"
        }
        Command::Cancel { symbol, order_id } => {
            facts.extend([
                ("symbol", Fact::Symbol(symbol)),
                ("order_id", Fact::Id(order_id)),
            ]);
            "cancel"
        }
        Command::Modify {
            symbol,
            order_id,
            ref change,
        } => {
            facts.extend([
                ("symbol", Fact::Symbol(symbol)),
                ("order_id", Fact::Id(order_id)),
            ]);
            of_change(symbol, change, facts);
            "modify"
        }
        Command::CancelAll(ref filter) => {
            of_filter(filter, facts);
            "cancel_all"
        }
        Command::SetPhase { symbol, phase } => {
            facts.push(("symbol", Fact::Symbol(symbol)));
            facts.push(("phase", Fact::Word(phase.as_str())));
            "set_phase"
        }
        Command::SetBands { symbol, ref bands } => {
            facts.push(("symbol", Fact::Symbol(symbol)));
            for (name, ticks) in [("low", bands.low), ("high", bands.high)] {
                some(ticks != 0, name, Fact::Price(symbol, ticks), facts);
            }
            facts.push(("dynamic_bps", Fact::Number(bands.dynamic_bps.into())));
            facts.push(("halt_ns", Fact::Number(bands.halt_ns)));
            "set_bands"
        }
        Command::SetReference { symbol, price } => {
            of_price(symbol, price, facts);
            "set_reference"
        }
        Command::AdvanceTime { now_ns } => {
            facts.push(("timestamp_ns", Fact::Number(now_ns)));
            "advance_time"
        }
        Command::Control(ref control) => of_control(control, facts),
    }
}

fn of_control(control: &Control, facts: &mut List) -> &'static str {
    match *control {
        Control::Seat {
            account,
            user,
            group,
        } => {
            for (name, id) in [("account", account), ("user", user), ("group", group)] {
                facts.push((name, Fact::Id(id.into())));
            }
            "set_owner"
        }
        Control::Deposit {
            account,
            asset,
            amount,
        } => {
            of_money(account, asset, amount, facts);
            "deposit"
        }
        Control::Withdraw {
            account,
            asset,
            amount,
        } => {
            of_money(account, asset, amount, facts);
            "withdraw"
        }
        Control::SetLimits { scope, ref limits } => {
            of_scope(scope, facts);
            of_limits(limits, facts);
            "set_limits"
        }
        Control::SetState { scope, state } => {
            of_scope(scope, facts);
            facts.push(("trading", Fact::Word(state.as_str())));
            "set_trading_state"
        }
        Control::SetMark { symbol, price } => {
            of_price(symbol, price, facts);
            "set_mark"
        }
        Control::StartDay => "start_day",
    }
}

fn some(is_there: bool, name: &'static str, fact: Fact, facts: &mut List) {
    if is_there {
        facts.push((name, fact));
    }
}

fn of_price(symbol: u32, price: i64, facts: &mut List) {
    facts.push(("symbol", Fact::Symbol(symbol)));
    facts.push(("price", Fact::Price(symbol, price)));
}

fn of_money(account: u32, asset: u32, amount: Money, facts: &mut List) {
    facts.push(("account", Fact::Id(account.into())));
    facts.push(("asset", Fact::Asset(asset)));
    facts.push(("amount", Fact::Money(amount)));
}

fn of_order(order: &NewOrder, facts: &mut List) {
    let symbol = order.symbol;
    facts.push(("symbol", Fact::Symbol(symbol)));
    facts.push(("account", Fact::Id(order.account.into())));
    some(
        order.order_id != 0,
        "order_id",
        Fact::Id(order.order_id),
        facts,
    );
    facts.push(("side", Fact::Word(order.side.as_str())));
    facts.push(("type", Fact::Word(order.order_type.as_str())));
    facts.push(("time_in_force", Fact::Word(order.time_in_force.as_str())));
    facts.push(("quantity", Fact::Quantity(symbol, order.qty)));
    some(
        order.price != 0,
        "price",
        Fact::Price(symbol, order.price),
        facts,
    );
    let is_posted = order.post_only != PostOnly::No;
    facts.push(("post_only", Fact::Flag(is_posted)));
    let moves = order.post_only == PostOnly::Reprice;
    some(moves, "reprice", Fact::Flag(true), facts);
    facts.push(("reduce_only", Fact::Flag(order.reduce_only)));
    let mode = order.self_trade_prevention;
    let is_kept = mode != SelfTradePrevention::None;
    some(
        is_kept,
        "self_trade_prevention",
        Fact::Word(mode.as_str()),
        facts,
    );
}

fn of_terms(symbol: u32, terms: &Terms, facts: &mut List) {
    let prices = [
        ("stop_price", terms.stop_price),
        ("trailing_distance", terms.trailing_distance),
    ];
    for (name, ticks) in prices {
        some(ticks != 0, name, Fact::Price(symbol, ticks), facts);
    }
    let shown = terms.display_qty;
    some(
        shown != 0,
        "display_quantity",
        Fact::Quantity(symbol, shown),
        facts,
    );
    let expires = terms.expire_time_ns;
    some(expires != 0, "expire_time_ns", Fact::Number(expires), facts);
    let strategy = terms.strategy;
    some(strategy != 0, "strategy", Fact::Id(strategy.into()), facts);
    match terms.link {
        Link::None => {}
        Link::Oco => facts.push(("oco", Fact::Id(terms.linked_id))),
        Link::Held => facts.push(("held", Fact::Flag(true))),
        Link::Releases => facts.push(("releases", Fact::Id(terms.linked_id))),
    }
}

fn of_change(symbol: u32, change: &Change, facts: &mut List) {
    let prices = [("price", change.price), ("stop_price", change.stop_price)];
    for (name, ticks) in prices {
        if let Some(ticks) = ticks {
            facts.push((name, Fact::Price(symbol, ticks)));
        }
    }
    if let Some(lots) = change.qty {
        let name = match change.revision {
            Revision::Total => "quantity",
            Revision::Open | Revision::Reinsert => "open_quantity",
        };
        facts.push((name, Fact::Quantity(symbol, lots)));
    }
    let keeps = change.revision != Revision::Reinsert;
    facts.push(("keep_priority", Fact::Flag(keeps)));
}

fn of_filter(filter: &Filter, facts: &mut List) {
    if let Some(account) = filter.account {
        facts.push(("account", Fact::Id(account.into())));
    }
    if let Some(symbol) = filter.symbol {
        facts.push(("symbol", Fact::Symbol(symbol)));
    }
    if let Some(side) = filter.side {
        facts.push(("side", Fact::Word(side.as_str())));
    }
    if let Some(strategy) = filter.strategy {
        facts.push(("strategy", Fact::Id(strategy.into())));
    }
}

fn of_scope(scope: Scope, facts: &mut List) {
    match scope {
        Scope::Global => {}
        Scope::User(id) => facts.push(("user", Fact::Id(id.into()))),
        Scope::Account(id) => facts.push(("account", Fact::Id(id.into()))),
        Scope::Strategy(id) => facts.push(("strategy", Fact::Id(id.into()))),
        Scope::Symbol(id) => facts.push(("symbol", Fact::Symbol(id))),
    }
}

/// Quantities in lots: a limit may be of no one symbol.
fn of_limits(limits: &Limits, facts: &mut List) {
    let amounts = [
        ("max_order_value", limits.max_order_value),
        ("max_position_value", limits.max_position_value),
        ("max_daily_loss", limits.max_daily_loss),
    ];
    let counts = [
        ("max_order_lots", limits.max_order_qty),
        ("max_position_lots", limits.max_position_qty),
        ("duplicate_window_ns", limits.duplicate_window_ns),
        ("max_open_orders", limits.max_open_orders.map(i64::from)),
        (
            "order_rate_period_ns",
            limits.order_rate.map(|rate| rate.period_ns),
        ),
        (
            "order_rate_burst",
            limits.order_rate.map(|rate| rate.burst.into()),
        ),
    ];
    let rates = [
        ("collar", limits.collar),
        ("max_leverage", limits.max_leverage),
    ];
    for (name, amount) in amounts {
        facts.extend(amount.map(|amount| (name, Fact::Money(amount))));
    }
    for (name, count) in counts {
        facts.extend(count.map(|count| (name, Fact::Number(count))));
    }
    for (name, rate) in rates {
        facts.extend(rate.map(|rate| (name, Fact::Rate(rate))));
    }
}
