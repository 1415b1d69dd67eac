//! The table of refusals, so that a number in a file or an array can be put into words.

use pyo3::prelude::*;
use tradecore_core::reject::RejectCode;

#[pyfunction]
pub(crate) fn reject_codes() -> Vec<(u16, &'static str, &'static str)> {
    RejectCode::ALL
        .iter()
        .map(|code| (*code as u16, code.as_str(), code.text()))
        .collect()
}
