//! What an operator sets about accounts and limits.

use crate::instrument::COUNT_MAX;
use crate::matching::command::Control;
use crate::matching::naive::NaiveEngine;
use crate::matching::report::Report;
use crate::money::Money;
use crate::reject::RejectCode;
use crate::risk::Scope;
use crate::risk::naive::NaiveRisk;

impl NaiveEngine {
    /// Does what the operator says; without accounts there is nobody to tell.
    pub(super) fn control(&mut self, control: &Control) {
        let symbols = self.symbols.len();
        let Some(risk) = &mut self.risk else { return };
        let Err(code) = set(risk, symbols, control) else {
            return;
        };
        let (account, symbol) = match *control {
            Control::Seat { account, .. }
            | Control::Deposit { account, .. }
            | Control::Withdraw { account, .. } => (account, 0),
            Control::SetMark { symbol, .. } => (0, symbol),
            Control::SetLimits { .. } | Control::SetState { .. } | Control::StartDay => (0, 0),
        };
        let asked = Report {
            account,
            symbol,
            ..Report::default()
        };
        self.refuse(asked, code);
    }
}

fn set(risk: &mut NaiveRisk, symbols: usize, control: &Control) -> Result<(), RejectCode> {
    let exists = |symbol: u32| refuse((symbol as usize) >= symbols, RejectCode::UnknownSymbol);
    let fits = |scope: Scope| match scope {
        Scope::Symbol(symbol) => exists(symbol),
        Scope::Global | Scope::User(_) | Scope::Account(_) | Scope::Strategy(_) => Ok(()),
    };
    match *control {
        Control::Seat {
            account,
            user,
            group,
        } => risk.seat(account, user, group),
        Control::Deposit {
            account,
            asset,
            amount,
        } => {
            is_sum(risk, asset, amount)?;
            risk.deposit(account, asset, amount);
        }
        Control::Withdraw {
            account,
            asset,
            amount,
        } => {
            is_sum(risk, asset, amount)?;
            refuse(!risk.knows(account, asset), RejectCode::UnknownAccount)?;
            let free = risk.withdraw(account, asset, amount);
            refuse(!free, RejectCode::InsufficientFunds)?;
        }
        Control::SetLimits { scope, limits } => {
            limits.check()?;
            fits(scope)?;
            risk.set_limits(scope, limits);
        }
        Control::SetState { scope, state } => {
            fits(scope)?;
            risk.set_state(scope, state);
        }
        Control::SetMark { symbol, price } => {
            exists(symbol)?;
            refuse(!(1..COUNT_MAX).contains(&price), RejectCode::BadPrice)?;
            risk.set_mark(symbol, price);
        }
        Control::StartDay => risk.start_day(),
    }
    Ok(())
}

/// Whether there can be so much of the asset.
fn is_sum(risk: &NaiveRisk, asset: u32, amount: Money) -> Result<(), RejectCode> {
    let bad = amount <= Money::ZERO || !risk.is_traded(asset);
    refuse(bad, RejectCode::BadSetting)
}

fn refuse(is_wrong: bool, code: RejectCode) -> Result<(), RejectCode> {
    if is_wrong { Err(code) } else { Ok(()) }
}
