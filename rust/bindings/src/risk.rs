//! `tradecore._core.Risk`: accounts, limits and trading states of an engine.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use tradecore_core::matching::{Command, Control};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::{Scope, TradingState};

use crate::arguments::{Name, Whole, Word};
use crate::convert;
use crate::engine_state::State;
use crate::errors::InputError;
use crate::lock::lock;
use crate::risk_account::{AccountBalance, AccountPosition, money};
use crate::risk_terms::{Limits, SymbolTerms, amount};

/// A live view of an engine's accounts.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Risk(pub(crate) Arc<Mutex<State>>);

#[pymethods]
impl Risk {
    fn keep_accounts(&self, terms: HashMap<String, Py<SymbolTerms>>) -> PyResult<()> {
        let mut state = self.lock();
        let mut assets: Vec<String> = Vec::new();
        let mut numbered = Vec::new();
        for instrument in state.engine.instruments() {
            let symbol = instrument.symbol();
            let Some(terms) = terms.get(symbol).map(Py::get) else {
                let text = format!("terms must be given for every symbol: symbol={symbol:?}");
                return Err(InputError::new_err(text));
            };
            let base = number(&mut assets, &terms.base);
            let quote = number(&mut assets, &terms.quote);
            numbered.push(terms.numbered(base, quote));
        }
        if numbered.len() < terms.len() {
            let text = "terms must name symbols of the engine only";
            return Err(InputError::new_err(text));
        }
        state.engine.keep_accounts(&numbered)?;
        state.assets = assets;
        Ok(())
    }

    fn deposit(
        &self,
        account: Whole<u32>,
        asset: Word<'_>,
        amount: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let mut state = self.lock();
        let (asset, sum) = (asset_of(&state, asset.0)?, positive(amount)?);
        let control = Control::Deposit {
            account: account.0,
            asset,
            amount: sum,
        };
        done(&mut state, control, "deposit")
    }

    fn withdraw(
        &self,
        account: Whole<u32>,
        asset: Word<'_>,
        amount: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let mut state = self.lock();
        let (asset, sum) = (asset_of(&state, asset.0)?, positive(amount)?);
        let control = Control::Withdraw {
            account: account.0,
            asset,
            amount: sum,
        };
        Ok(refusal(&mut state, control).is_none())
    }

    #[pyo3(signature = (account, *, user = None, group = None))]
    fn set_owner(
        &self,
        account: Whole<u32>,
        user: Option<Whole<u32>>,
        group: Option<Whole<u32>>,
    ) -> PyResult<()> {
        let seat = Control::Seat {
            account: account.0,
            user: user.unwrap_or(account).0,
            group: group.unwrap_or(account).0,
        };
        done(&mut self.lock(), seat, "owner")
    }

    #[pyo3(signature = (limits, *, user = None, account = None, strategy = None, symbol = None))]
    fn set_limits(
        &self,
        limits: &Limits,
        user: Option<Whole<u32>>,
        account: Option<Whole<u32>>,
        strategy: Option<Whole<u32>>,
        symbol: Option<Name<'_>>,
    ) -> PyResult<()> {
        let mut state = self.lock();
        let scope = scope(&mut state, user, account, strategy, symbol)?;
        let limits = limits.0;
        done(&mut state, Control::SetLimits { scope, limits }, "limits")
    }

    #[pyo3(signature = (trading, *, user = None, account = None, strategy = None, symbol = None))]
    fn set_trading_state(
        &self,
        trading: Word<'_>,
        user: Option<Whole<u32>>,
        account: Option<Whole<u32>>,
        strategy: Option<Whole<u32>>,
        symbol: Option<Name<'_>>,
    ) -> PyResult<()> {
        let mut state = self.lock();
        let scope = scope(&mut state, user, account, strategy, symbol)?;
        let trading = trading_state(trading.0)?;
        let control = Control::SetState {
            scope,
            state: trading,
        };
        done(&mut state, control, "trading state")
    }

    fn set_mark(&self, symbol: Name<'_>, price: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let price = convert::ticks(price, &state.engine.instruments()[symbol as usize])?.0;
        done(&mut state, Control::SetMark { symbol, price }, "mark")
    }

    fn start_day(&self) -> PyResult<()> {
        done(&mut self.lock(), Control::StartDay, "day")
    }

    fn balance(&self, account: Whole<u32>, asset: Word<'_>) -> PyResult<AccountBalance> {
        let state = self.lock();
        let asset = asset_of(&state, asset.0)?;
        let risk = state.engine.risk();
        Ok(AccountBalance {
            balance: risk.balance(account.0, asset),
            free: risk.free(account.0, asset),
        })
    }

    fn position(&self, account: Whole<u32>, symbol: Name<'_>) -> PyResult<AccountPosition> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        Ok(AccountPosition {
            position: state.engine.risk().position(account.0, symbol),
            instrument: Arc::clone(&state.engine.instruments()[symbol as usize]),
        })
    }

    fn open_orders(&self, account: Whole<u32>) -> u32 {
        self.lock().engine.risk().open_orders(account.0)
    }

    fn fees<'py>(&self, py: Python<'py>, asset: Word<'_>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.lock();
        let asset = asset_of(&state, asset.0)?;
        money(py, state.engine.risk().fees(asset))
    }
}

impl Risk {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

/// The trading state a caller named.
pub(crate) fn trading_state(word: &str) -> PyResult<TradingState> {
    let found = TradingState::ALL
        .into_iter()
        .find(|state| state.as_str() == word);
    found.ok_or_else(|| {
        InputError::new_err(format!(
            "a trading state is 'active', 'reducing' or 'halted': trading={word:?}"
        ))
    })
}

/// The number of an asset, which is new or was named before.
pub(crate) fn number(assets: &mut Vec<String>, name: &str) -> u32 {
    let known = assets.iter().position(|asset| asset == name);
    let at = known.unwrap_or_else(|| {
        assets.push(name.to_owned());
        assets.len() - 1
    });
    // Two for each symbol, and those are counted in 22 bits.
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn asset_of(state: &State, name: &str) -> PyResult<u32> {
    let at = state.assets.iter().position(|asset| asset == name);
    at.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| {
        let known = state.assets.join(", ");
        InputError::new_err(format!(
            "asset must be one the kept accounts trade: asset={name:?}, known {known}"
        ))
    })
}

fn positive(value: &Bound<'_, PyAny>) -> PyResult<tradecore_core::money::Money> {
    let sum = amount(value, "amount")?;
    if sum.0 <= 0 {
        let text = format!("amount must be above 0: amount={sum}");
        return Err(InputError::new_err(text));
    }
    Ok(sum)
}

/// The one scope a caller named; everybody where none was.
fn scope(
    state: &mut State,
    user: Option<Whole<u32>>,
    account: Option<Whole<u32>>,
    strategy: Option<Whole<u32>>,
    symbol: Option<Name<'_>>,
) -> PyResult<Scope> {
    match (user, account, strategy, symbol) {
        (None, None, None, None) => Ok(Scope::Global),
        (Some(id), None, None, None) => Ok(Scope::User(id.0)),
        (None, Some(id), None, None) => Ok(Scope::Account(id.0)),
        (None, None, Some(id), None) => Ok(Scope::Strategy(id.0)),
        (None, None, None, Some(name)) => state.symbol(&name.0).map(Scope::Symbol),
        _ => Err(InputError::new_err(
            "a scope is one of user, account, strategy and symbol, or none of them",
        )),
    }
}

/// What the engine has against a setting.
fn refusal(state: &mut State, control: Control) -> Option<RejectCode> {
    state.collected.clear();
    let State {
        engine, collected, ..
    } = state;
    engine.apply(&Command::Control(control), collected);
    collected.reports.first()?.reject_code()
}

fn done(state: &mut State, control: Control, what: &str) -> PyResult<()> {
    match refusal(state, control) {
        None => Ok(()),
        Some(code) => Err(InputError::new_err(format!("{what}: {}", code.text()))),
    }
}
