//! The words of the queue models.

use pyo3::PyResult;
use tradecore_core::sim::{Power, QueueModel};

use crate::errors::InputError;

const QUEUE_MODELS: [(&str, Option<u32>); 5] = [
    ("risk-averse", None),
    ("power", Some(1)),
    ("power-2", Some(2)),
    ("power-3", Some(3)),
    ("log", None),
];

pub(crate) fn queue_model(word: &str) -> PyResult<QueueModel> {
    let Some((_, power)) = QUEUE_MODELS.iter().find(|(known, _)| *known == word) else {
        let known = QUEUE_MODELS.map(|(known, _)| known).join(", ");
        let text = format!("queue must be one of {known}: queue={word:?}");
        return Err(InputError::new_err(text));
    };
    Ok(match power.and_then(Power::new) {
        Some(power) => QueueModel::PowerProbability(power),
        None if word == "log" => QueueModel::LogProbability,
        None => QueueModel::RiskAverse,
    })
}
