//! `tradecore._core.SimulationRules`: what a simulated venue demands besides its fees.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::flow::Chance;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::money::{Money, Rate};
use tradecore_core::order::SelfTradePrevention;
use tradecore_core::rate_limit::{Limiter, SlidingWindow, TokenBucket, Weighted};
use tradecore_core::sim as core;
use tradecore_core::sim::{FeeSchedule, FeeTier, Fees, Funding, FundingDue, Mid};
use tradecore_core::units::Lots;

use crate::convert;
use crate::errors::InputError;
use crate::instrument::Instrument;

/// Rules, but for the fees of everybody and the queue model.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct SimulationRules {
    tiers: Vec<FeeTier>,
    window_days: usize,
    volume_before: Money,
    rest: core::Rules,
}

type Any<'a, 'py> = &'a Bound<'py, PyAny>;
/// Kind, capacity, period, refill, and what a new order, a change and a cancel take.
type Limit = (String, u64, u64, u64, (u64, u64, u64));
type Three<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);
type Payment<'py> = (i64, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);
type Rates<'a, 'py> = (
    Option<Any<'a, 'py>>,
    Option<Any<'a, 'py>>,
    Option<Any<'a, 'py>>,
);

#[pymethods]
impl SimulationRules {
    #[new]
    #[pyo3(signature = (instrument, /, *, fee_tiers = Vec::new(), fee_window_days = 30,
                        volume_before = None, funding_interval_ns = None, funding_rate = None,
                        funding = None, balance = None, initial_margin = None,
                        maintenance_margin = None, liquidation_fee = None,
                        request_limits = Vec::new(), outages = Vec::new(), refused_in = 0,
                        seed = 0, quantity_min = None, quantity_max = None, orders_max = None,
                        band_bps = None, self_trade_prevention = "cancel_newest",
                        reprice_post_only = false, day_end_ns = 0))]
    #[expect(
        clippy::needless_pass_by_value,
        clippy::too_many_arguments,
        reason = "keyword-only, each rule has its own, and owns what it converted"
    )]
    fn new(
        instrument: &Instrument,
        fee_tiers: Vec<Three<'_>>,
        fee_window_days: usize,
        volume_before: Option<&Bound<'_, PyAny>>,
        funding_interval_ns: Option<i64>,
        funding_rate: Option<&Bound<'_, PyAny>>,
        funding: Option<Vec<Payment<'_>>>,
        balance: Option<&Bound<'_, PyAny>>,
        initial_margin: Option<&Bound<'_, PyAny>>,
        maintenance_margin: Option<&Bound<'_, PyAny>>,
        liquidation_fee: Option<&Bound<'_, PyAny>>,
        request_limits: Vec<Limit>,
        outages: Vec<(i64, i64, Option<i64>)>,
        refused_in: u64,
        seed: u64,
        quantity_min: Option<&Bound<'_, PyAny>>,
        quantity_max: Option<&Bound<'_, PyAny>>,
        orders_max: Option<usize>,
        band_bps: Option<u32>,
        self_trade_prevention: &str,
        reprice_post_only: bool,
        day_end_ns: i64,
    ) -> PyResult<Self> {
        let none = Fees {
            maker: Rate(0),
            taker: Rate(0),
        };
        let mut rest = core::Rules::plain(none, core::QueueModel::default());
        rest.funding = funding_of(funding, funding_interval_ns, funding_rate, &instrument.0)?;
        if balance.is_some() {
            let rates = (initial_margin, maintenance_margin, liquidation_fee);
            rest.margin = Some(margin_of(balance, rates)?);
        }
        rest.limits = request_limits
            .into_iter()
            .map(request_limit)
            .collect::<PyResult<_>>()?;
        rest.windows = windows(outages)?;
        rest.refuses = if refused_in == 0 {
            Chance(0)
        } else {
            Chance::of(1, refused_in)
        };
        rest.seed = seed;
        let lots = |value: Option<Any<'_, '_>>, name| {
            let given = value.map(|value| convert::named_lots(value, name, &instrument.0));
            given.map(|lots| lots.map(Lots)).transpose()
        };
        rest.bounds = core::Bounds {
            qty_min: lots(quantity_min, "quantity_min")?,
            qty_max: lots(quantity_max, "quantity_max")?,
            orders_max,
            band_bps,
        };
        rest.self_trade = self_trade(self_trade_prevention)?;
        rest.post_only = if reprice_post_only {
            core::PostOnly::Repriced
        } else {
            core::PostOnly::Refused
        };
        rest.day_end_ns = day_end_ns;
        Ok(Self {
            tiers: fee_tiers.iter().map(tier).collect::<PyResult<_>>()?,
            window_days: fee_window_days,
            volume_before: amount(volume_before, "volume_before")?,
            rest,
        })
    }
}

impl SimulationRules {
    /// These rules with the fees of everybody and a queue model.
    pub(crate) fn with(&self, fees: Fees, queue: core::QueueModel) -> PyResult<core::Rules> {
        let mut tiers = vec![FeeTier {
            from: Money::ZERO,
            fees,
        }];
        tiers.extend_from_slice(&self.tiers);
        let schedule = FeeSchedule::tiered(&tiers, self.window_days, self.volume_before);
        Ok(core::Rules {
            fees: schedule.map_err(said)?,
            queue,
            ..self.rest.clone()
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it on")]
fn said(error: impl ToString) -> PyErr {
    InputError::new_err(error.to_string())
}

/// An amount; zero where none is given.
fn amount(value: Option<Any<'_, '_>>, name: &str) -> PyResult<Money> {
    let Some(value) = value else {
        return Ok(Money::ZERO);
    };
    let exact = convert::decimal(value, name)?;
    let fits = |atto: &i128| atto.unsigned_abs() <= i128::MAX.unsigned_abs() / 8;
    exact.to_atto().filter(fits).map(Money).ok_or_else(|| {
        InputError::new_err(format!("an amount must fit 18 decimals: {name}={exact}"))
    })
}

/// The same number as a rate.
pub(crate) fn as_rate(amount: Money, name: &str) -> PyResult<Rate> {
    const NANO: i128 = 1_000_000_000;
    let rate = i64::try_from(amount.0 / NANO).unwrap_or(i64::MAX);
    if amount.0 % NANO == 0 && rate.unsigned_abs() < 1_000_000_000 {
        return Ok(Rate(rate));
    }
    Err(InputError::new_err(format!(
        "a rate lies between -1 and 1 and is a multiple of 1e-9: {name}={amount}"
    )))
}

/// Funding as recorded, at an interval, or none.
fn funding_of(
    payments: Option<Vec<Payment<'_>>>,
    interval_ns: Option<i64>,
    rate: Option<Any<'_, '_>>,
    instrument: &CoreInstrument,
) -> PyResult<Funding> {
    match (payments, interval_ns) {
        (Some(_), Some(_)) => Err(InputError::new_err(
            "funding is as recorded or at an interval, not both",
        )),
        (Some(payments), None) => recorded(payments, instrument),
        (None, Some(interval_ns)) => {
            let rate = as_rate(amount(rate, "funding_rate")?, "funding_rate")?;
            Funding::every(interval_ns, rate).map_err(said)
        }
        (None, None) => Ok(Funding::Recorded),
    }
}

/// The rates are the initial one, that of maintenance and the liquidation fee.
fn margin_of(
    balance: Option<Any<'_, '_>>,
    (initial, maintenance, fee): Rates<'_, '_>,
) -> PyResult<core::Margin> {
    let rate = |value, name| as_rate(amount(value, name)?, name);
    Ok(core::Margin {
        balance: amount(balance, "balance")?,
        initial: rate(initial, "initial_margin")?,
        maintenance: rate(maintenance, "maintenance_margin")?,
        liquidation_fee: rate(fee, "liquidation_fee")?,
    })
}

fn tier((from, maker, taker): &Three<'_>) -> PyResult<FeeTier> {
    let figure = |value| amount(Some(value), "fee_tiers");
    Ok(FeeTier {
        from: figure(from)?,
        fees: Fees {
            maker: as_rate(figure(maker)?, "fee_tiers")?,
            taker: as_rate(figure(taker)?, "fee_tiers")?,
        },
    })
}

fn recorded(payments: Vec<Payment<'_>>, instrument: &CoreInstrument) -> PyResult<Funding> {
    let due = payments.into_iter().map(|(ts_ns, rate, mark)| {
        let rate = as_rate(amount(Some(&rate), "funding")?, "funding")?;
        let mark = match mark {
            None => Mid::default(),
            Some(mark) => half_ticks(&mark, instrument)?,
        };
        Ok(FundingDue { ts_ns, rate, mark })
    });
    Funding::at(&due.collect::<PyResult<Vec<_>>>()?).map_err(said)
}

/// A mark in half ticks, rounded down.
fn half_ticks(mark: &Bound<'_, PyAny>, instrument: &CoreInstrument) -> PyResult<Mid> {
    let exact = convert::decimal(mark, "mark")?;
    let twice = exact.to_atto().and_then(|atto| {
        let tick = instrument.tick_size().to_atto()?;
        i64::try_from(atto.checked_mul(2)?.checked_div(tick)?).ok()
    });
    match twice {
        Some(twice) if twice > 0 && twice < i64::MAX / 2 => Ok(Mid(twice)),
        _ => Err(InputError::new_err(format!(
            "a mark is above 0 and counts in ticks: mark={exact}"
        ))),
    }
}

fn request_limit(
    (kind, capacity, period_ns, refill, (new, modify, cancel)): Limit,
) -> PyResult<core::RequestLimit> {
    let limiter = match kind.as_str() {
        "token_bucket" => {
            TokenBucket::new(capacity, refill, period_ns, 0).map(Limiter::TokenBucket)
        }
        "sliding_window" => SlidingWindow::new(capacity, period_ns, 0).map(Limiter::SlidingWindow),
        "weighted" => Weighted::new(capacity, period_ns, 0).map(Limiter::Weighted),
        _ => {
            return Err(InputError::new_err(format!(
                "a request limit is token_bucket, sliding_window or weighted: kind={kind:?}"
            )));
        }
    };
    Ok(core::RequestLimit {
        limiter: limiter.map_err(said)?,
        new,
        modify,
        cancel,
    })
}

fn windows(outages: Vec<(i64, i64, Option<i64>)>) -> PyResult<Arc<[core::Window]>> {
    let mut after = i64::MIN;
    for (from_ns, until_ns, timeout_ns) in &outages {
        if *from_ns < after || until_ns <= from_ns || timeout_ns.is_some_and(|ns| ns < 0) {
            return Err(InputError::new_err(format!(
                "outages end after they begin, in order and apart: from_ns={from_ns}, \
                 until_ns={until_ns}, timeout_ns={timeout_ns:?}"
            )));
        }
        after = *until_ns;
    }
    let window = |(from_ns, until_ns, timeout_ns): (i64, i64, Option<i64>)| core::Window {
        from_ns,
        until_ns,
        outage: timeout_ns.map_or(core::Outage::Refuses, |timeout_ns| core::Outage::Loses {
            timeout_ns,
        }),
    };
    Ok(outages.into_iter().map(window).collect())
}

fn self_trade(word: &str) -> PyResult<SelfTradePrevention> {
    let known = SelfTradePrevention::ALL;
    let found = known.into_iter().find(|one| one.as_str() == word);
    found.ok_or_else(|| {
        let words = known.map(SelfTradePrevention::as_str).join(", ");
        InputError::new_err(format!(
            "self_trade_prevention must be one of {words}: self_trade_prevention={word:?}"
        ))
    })
}
