//! A caller's own float as a count of steps.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "a caller's own float, turned into a count here"
)]

/// The steps in `number`: the nearest count within 10⁻⁹ relative, else the one above (`up`) or
/// below; `None` for what a float cannot count exactly, or is none.
///
/// `step` is the size of one.
pub fn float_steps(number: f64, step: f64, up: bool) -> Option<i64> {
    let (count, nearest) = (number / step, (number / step).round());
    let close = (nearest * step - number).abs() <= 1e-9 * number.abs();
    let count = match (close, up) {
        (true, _) => nearest,
        (false, true) => count.ceil(),
        (false, false) => count.floor(),
    };
    (count.abs() < 9e15).then_some(count as i64)
}

#[cfg(test)]
mod tests {
    use super::float_steps;

    #[test]
    fn a_float_counts_as_the_step_it_means() {
        assert_eq!(float_steps(60_000.1, 0.1, false), Some(600_001));
        assert_eq!(float_steps(60_000.1, 0.1, true), Some(600_001));
        assert_eq!(float_steps(60_000.149, 0.1, false), Some(600_001));
        assert_eq!(float_steps(60_000.149, 0.1, true), Some(600_002));
        assert_eq!(float_steps(-0.15, 0.1, false), Some(-2));
    }

    #[test]
    fn what_cannot_be_counted_is_none() {
        for number in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(float_steps(number, 0.1, true), None);
        }
    }
}
