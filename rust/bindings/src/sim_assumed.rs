//! What a simulation assumes, as a caller says it.

use pyo3::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::money::Rate;
use tradecore_core::sim::{Assumptions, Fees, Latency, Rules};

use crate::convert;
use crate::errors::InputError;
use crate::queue_model::queue_model;
use crate::sim_delay::delay;
use crate::sim_rules::SimulationRules;

/// Arguments that the simulations of one run and of many have in common.
pub(crate) struct Assumed<'a, 'py> {
    /// Maker, taker.
    pub(crate) fees: (&'a Bound<'py, PyAny>, &'a Bound<'py, PyAny>),
    /// Feed, entry, response.
    pub(crate) delays_ns: (
        &'a Bound<'py, PyAny>,
        &'a Bound<'py, PyAny>,
        &'a Bound<'py, PyAny>,
    ),
    pub(crate) seed: u64,
    pub(crate) queue: &'a str,
    pub(crate) rules: Option<&'a SimulationRules>,
}

impl Assumed<'_, '_> {
    pub(crate) fn read(&self) -> PyResult<Assumptions> {
        let fees = Fees {
            maker: rate(self.fees.0, "maker_fee")?,
            taker: rate(self.fees.1, "taker_fee")?,
        };
        let queue = queue_model(self.queue)?;
        Ok(Assumptions {
            rules: match self.rules {
                Some(rules) => rules.with(fees, queue)?,
                None => Rules::plain(fees, queue),
            },
            latency: Latency {
                feed: delay(self.delays_ns.0, "feed_latency_ns")?,
                entry: delay(self.delays_ns.1, "entry_latency_ns")?,
                response: delay(self.delays_ns.2, "response_latency_ns")?,
                seed: self.seed,
            },
        })
    }
}

fn rate(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Rate> {
    let exact = convert::decimal(value, name)?;
    let sound = |rate: &Rate| rate.0.unsigned_abs() < 1_000_000_000;
    Rate::from_decimal(exact).filter(sound).ok_or_else(|| {
        InputError::new_err(format!(
            "a fee rate lies between -1 and 1 and is a multiple of {}: {name}={exact}",
            Decimal::NANO
        ))
    })
}
