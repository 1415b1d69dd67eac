//! What few orders have, as Python says it: trigger, distance, shown quantity, expiry.

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::oms::message::{OrderType, Terms, TimeInForce};
use tradecore_core::oms::{Offers, Refusal};
use tradecore_core::units::{Lots, Ticks};

use crate::errors::InputError;
use crate::oms_args as args;

/// The arguments that most orders leave out.
#[derive(Clone, Copy)]
pub(crate) struct Rare<'a, 'py> {
    pub(crate) stop_price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) trailing_distance: Option<&'a Bound<'py, PyAny>>,
    pub(crate) display_quantity: Option<&'a Bound<'py, PyAny>>,
    pub(crate) expire_time_ns: Option<i64>,
}

impl Rare<'_, '_> {
    pub(crate) const fn is_none(&self) -> bool {
        self.stop_price.is_none()
            && self.trailing_distance.is_none()
            && self.display_quantity.is_none()
            && self.expire_time_ns.is_none()
    }

    /// What of it a venue cannot do, as `name=value`.
    pub(crate) fn unsupported(&self, offers: Offers) -> Option<String> {
        let stops = offers.takes(OrderType::Stop) || offers.takes(OrderType::StopLimit);
        let trails = offers.takes(OrderType::TrailingStop);
        let ends = offers.keeps(TimeInForce::Gtd);
        let asked = [
            self.stop_price
                .filter(|_| !stops && !trails)
                .map(|value| format!("stop_price={value}")),
            self.trailing_distance
                .filter(|_| !trails)
                .map(|value| format!("trailing_distance={value}")),
            self.display_quantity
                .filter(|_| !offers.icebergs)
                .map(|value| format!("display_quantity={value}")),
            self.expire_time_ns
                .filter(|_| !ends)
                .map(|value| format!("expire_time_ns={value}")),
        ];
        let named: Vec<String> = asked.into_iter().flatten().collect();
        (!named.is_empty()).then(|| named.join(", "))
    }

    /// The terms in the instrument's steps.
    pub(crate) fn terms(&self, instrument: &Instrument) -> PyResult<Result<Terms, Refusal>> {
        let price = |value: Option<&Bound<'_, PyAny>>| match value {
            Some(value) => args::price(value, instrument),
            None => Ok(Ok(Ticks(0))),
        };
        let (stop, distance) = (price(self.stop_price)?, price(self.trailing_distance)?);
        let display = match self.display_quantity {
            Some(value) => args::quantity(value, instrument)?,
            None => Ok(Lots(0)),
        };
        let expire_ns = self.expire_time_ns.unwrap_or(0);
        Ok(match (stop, distance, display) {
            (Ok(stop_price), Ok(trailing_distance), Ok(display_qty)) => Ok(Terms {
                stop_price,
                trailing_distance,
                display_qty,
                expire_ns,
            }),
            (Err(refusal), _, _) | (_, Err(refusal), _) | (_, _, Err(refusal)) => Err(refusal),
        })
    }
}

/// What a venue takes, in words; `iceberg` and `protection` are extras beside the types.
pub(crate) fn offers(types: &[String], lives: &[String]) -> PyResult<Offers> {
    let mut known = Vec::new();
    for word in types.iter().filter(|word| !is_extra(word)) {
        let found = OrderType::ALL.into_iter().find(|one| one.as_str() == word);
        known.push(found.ok_or_else(|| unknown("order_types", word))?);
    }
    let mut kept = Vec::new();
    for word in lives {
        let found = TimeInForce::ALL
            .into_iter()
            .find(|one| one.as_str() == word);
        kept.push(found.ok_or_else(|| unknown("times_in_force", word))?);
    }
    let has = |extra: &str| types.iter().any(|word| word == extra);
    let mut offers = Offers::of(&known, &kept);
    offers.icebergs = has("iceberg");
    offers.protection = has("protection");
    Ok(offers)
}

fn is_extra(word: &str) -> bool {
    word == "iceberg" || word == "protection"
}

fn unknown(name: &str, word: &str) -> PyErr {
    InputError::new_err(format!("no such word: {name}={word:?}"))
}
