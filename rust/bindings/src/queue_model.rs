//! The words of the queue models.

use pyo3::PyResult;
use tradecore_core::decimal::Decimal;
use tradecore_core::money::UNIT;
use tradecore_core::sim::{Power, QueueModel};

use crate::errors::InputError;

const QUEUE_MODELS: [(&str, Option<u32>); 5] = [
    ("risk-averse", None),
    ("power", Some(1)),
    ("power-2", Some(2)),
    ("power-3", Some(3)),
    ("log", None),
];

/// A power such as `1.5` in hundredths.
fn power(text: &str) -> Option<Power> {
    let exact = Decimal::parse(text.as_bytes()).ok()?;
    let hundredths = exact.to_atto()?;
    let step = UNIT / 100;
    if hundredths % step != 0 {
        return None;
    }
    u32::try_from(hundredths / step)
        .ok()
        .and_then(Power::hundredths)
}

pub(crate) fn queue_model(word: &str) -> PyResult<QueueModel> {
    if let Some(text) = word.strip_prefix("power:") {
        return power(text)
            .map(QueueModel::PowerProbability)
            .ok_or_else(|| {
                InputError::new_err(format!(
                    "a power is 0.01 to 10 in hundredths: queue={word:?}"
                ))
            });
    }
    let Some((_, power)) = QUEUE_MODELS.iter().find(|(known, _)| *known == word) else {
        let known = QUEUE_MODELS.map(|(known, _)| known).join(", ");
        let text = format!("queue must be one of {known}, power:N: queue={word:?}");
        return Err(InputError::new_err(text));
    };
    Ok(match power.and_then(Power::new) {
        Some(power) => QueueModel::PowerProbability(power),
        None if word == "log" => QueueModel::LogProbability,
        None => QueueModel::RiskAverse,
    })
}
