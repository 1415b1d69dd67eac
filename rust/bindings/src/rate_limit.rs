//! `tradecore._core.RateLimiter`.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use tradecore_core::rate_limit as core;
use tradecore_core::rate_limit::composite::PARTS_MAX;
use tradecore_core::rate_limit::{Limiter, Priority, RateLimitError, Tokens};

use crate::errors::{InputError, IntoPy};
use crate::whole;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct RateLimiter(core::RateLimiter);

#[pymethods]
impl RateLimiter {
    #[staticmethod]
    #[pyo3(signature = (*, capacity, period_ns, refill = None, reserve = None))]
    fn token_bucket(
        capacity: &Bound<'_, PyAny>,
        period_ns: &Bound<'_, PyAny>,
        refill: Option<&Bound<'_, PyAny>>,
        reserve: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (capacity, period, reserve) = budget(capacity, period_ns, reserve)?;
        let refill = refill.map_or(Ok(capacity), |value| count(value, "refill"))?;
        let bucket = core::TokenBucket::new(capacity, refill, period, reserve);
        single(bucket.map(Limiter::TokenBucket))
    }

    #[staticmethod]
    #[pyo3(signature = (*, capacity, period_ns, reserve = None))]
    fn sliding_window(
        capacity: &Bound<'_, PyAny>,
        period_ns: &Bound<'_, PyAny>,
        reserve: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (capacity, period, reserve) = budget(capacity, period_ns, reserve)?;
        let window = core::SlidingWindow::new(capacity, period, reserve);
        single(window.map(Limiter::SlidingWindow))
    }

    #[staticmethod]
    #[pyo3(signature = (*, capacity, period_ns, reserve = None))]
    fn weighted(
        capacity: &Bound<'_, PyAny>,
        period_ns: &Bound<'_, PyAny>,
        reserve: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (capacity, period, reserve) = budget(capacity, period_ns, reserve)?;
        let weighted = core::Weighted::new(capacity, period, reserve);
        single(weighted.map(Limiter::Weighted))
    }

    #[staticmethod]
    #[pyo3(signature = (limiters, /))]
    fn composite(limiters: &Bound<'_, PyAny>) -> PyResult<Self> {
        let parts: Vec<_> = limiters
            .try_iter()
            .map_err(|_| not_limiters(limiters))?
            .map(|part| {
                part?
                    .cast_into::<Self>()
                    .map_err(|_| not_limiters(limiters))
            })
            .collect::<PyResult<_>>()?;
        let limiters: Vec<_> = parts.iter().map(|part| &part.get().0).collect();
        core::RateLimiter::composite(&limiters)
            .map(Self)
            .map_err(IntoPy::into_py)
    }

    #[pyo3(signature = (tokens = None, *, now_ns, use_reserve = false))]
    fn acquire(
        &self,
        tokens: Option<&Bound<'_, PyAny>>,
        now_ns: &Bound<'_, PyAny>,
        use_reserve: bool,
    ) -> PyResult<u64> {
        let now = whole::time_ns::<InputError>(now_ns, "now_ns")?;
        let mut room = [0; PARTS_MAX];
        let tokens = match tokens {
            None => Tokens::Each(1),
            Some(value) => amounts(value, &mut room)?,
        };
        self.0
            .acquire(tokens, now, priority(use_reserve))
            .map_err(IntoPy::into_py)
    }

    #[pyo3(signature = (*, now_ns, use_reserve = false))]
    fn available(&self, now_ns: &Bound<'_, PyAny>, use_reserve: bool) -> PyResult<u64> {
        let now = whole::time_ns::<InputError>(now_ns, "now_ns")?;
        Ok(self.0.available(now, priority(use_reserve)))
    }

    #[pyo3(signature = (used, *, now_ns))]
    fn observe(&self, used: &Bound<'_, PyAny>, now_ns: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = whole::time_ns::<InputError>(now_ns, "now_ns")?;
        self.0
            .observe(count(used, "used")?, now)
            .map_err(IntoPy::into_py)
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }
}

impl RateLimiter {
    /// As `acquire` with one number for each part, and without the reserve.
    pub(crate) fn take(&self, tokens: &[u64], now_ns: i64) -> PyResult<u64> {
        let taken = self
            .0
            .acquire(Tokens::Per(tokens), now_ns, Priority::Normal);
        taken.map_err(IntoPy::into_py)
    }
}

fn single(limiter: Result<Limiter, RateLimitError>) -> PyResult<RateLimiter> {
    limiter
        .map(|limiter| RateLimiter(core::RateLimiter::single(limiter)))
        .map_err(IntoPy::into_py)
}

fn not_limiters(given: &Bound<'_, PyAny>) -> PyErr {
    InputError::new_err(format!(
        "composite needs a list of RateLimiter: got {given}"
    ))
}

fn count(value: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    whole::unsigned::<InputError>(value, name)
}

/// `(capacity, period_ns, reserve)`.
fn budget(
    capacity: &Bound<'_, PyAny>,
    period_ns: &Bound<'_, PyAny>,
    reserve: Option<&Bound<'_, PyAny>>,
) -> PyResult<(u64, u64, u64)> {
    let reserve = reserve.map_or(Ok(0), |value| count(value, "reserve"))?;
    Ok((
        count(capacity, "capacity")?,
        count(period_ns, "period_ns")?,
        reserve,
    ))
}

/// One number for every part, or a list or tuple with one for each.
#[inline]
fn amounts<'a>(value: &Bound<'_, PyAny>, room: &'a mut [u64; PARTS_MAX]) -> PyResult<Tokens<'a>> {
    let given = if let Ok(tuple) = value.cast::<PyTuple>() {
        fill(room, tuple.len(), |at| tuple.get_item(at))?
    } else if let Ok(list) = value.cast::<PyList>() {
        fill(room, list.len(), |at| list.get_item(at))?
    } else {
        return count(value, "tokens").map(Tokens::Each);
    };
    Ok(Tokens::Per(given))
}

fn fill<'a, 'py>(
    room: &'a mut [u64; PARTS_MAX],
    given: usize,
    item: impl Fn(usize) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<&'a [u64]> {
    if given > PARTS_MAX {
        let text = format!("tokens must be at most {PARTS_MAX} numbers: got {given}");
        return Err(InputError::new_err(text));
    }
    for (at, slot) in room[..given].iter_mut().enumerate() {
        *slot = count(&item(at)?, "tokens")?;
    }
    Ok(&room[..given])
}

const fn priority(use_reserve: bool) -> Priority {
    if use_reserve {
        Priority::Reserved
    } else {
        Priority::Normal
    }
}
