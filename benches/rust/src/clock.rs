//! Stopwatches: medians of rounds, and one call at a time with the clock's own cost taken off.

use std::time::Instant;

/// Nanoseconds `work` takes.
pub(crate) fn time_ns(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_nanos() as f64
}

/// The middle of `values`; zero where there are none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// What reading the clock twice costs, in nanoseconds: the median of many.
pub(crate) fn overhead_ns() -> u64 {
    let mut spans: Vec<u64> = (0..100_000).map(|_| span_ns(|| ())).collect();
    spans.sort_unstable();
    spans[spans.len() / 2]
}

/// Nanoseconds one call takes, the clock's cost included.
pub(crate) fn span_ns(work: impl FnOnce()) -> u64 {
    let started = Instant::now();
    work();
    started.elapsed().as_nanos() as u64
}

/// The values below which half, 99 % and 99.9 % of `spans` lie, each less `overhead`.
pub(crate) fn percentiles(mut spans: Vec<u64>, overhead: u64) -> [u64; 3] {
    spans.sort_unstable();
    [500, 990, 999].map(|share| {
        let at = spans.len() * share / 1000;
        spans
            .get(at)
            .map_or(0, |span| span.saturating_sub(overhead))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        assert!((median(vec![3.0, 9.0, 1.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn percentiles_are_read_off_the_sorted_spans_less_the_clocks_own() {
        let spans = (0..1000).rev().map(|span| span + 5).collect();
        assert_eq!(percentiles(spans, 5), [500, 990, 999]);
    }
}
