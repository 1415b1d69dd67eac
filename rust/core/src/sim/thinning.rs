//! A series of a run that is thinned out as it becomes long: its memory does not grow with the run.

/// Which points of a series are kept: each at first, and every second of them from the moment on
/// at which there are too many, so that what is kept is spread over the whole run.
#[derive(Clone, Copy, Debug)]
pub struct Thinning {
    /// Every so many points one is kept.
    stride: u64,
    /// Points so far.
    points: u64,
}

impl Default for Thinning {
    fn default() -> Self {
        Self {
            stride: 1,
            points: 0,
        }
    }
}

impl Thinning {
    /// A point is there; whether it is one of those to be kept.
    #[inline]
    pub const fn takes(&mut self) -> bool {
        self.points += 1;
        self.points.is_multiple_of(self.stride)
    }

    /// Keeps a point it takes. Once there are `most`, every second of all is given up.
    #[inline]
    pub fn keep<T>(&mut self, kept: &mut Vec<T>, most: usize, point: T) {
        kept.push(point);
        if kept.len() >= most {
            let mut at = 0;
            kept.retain(|_| {
                at += 1;
                at % 2 == 0
            });
            self.stride *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_evenly_spread() {
        let (mut thinning, mut kept) = (Thinning::default(), Vec::new());
        for point in 1..=1_000_u64 {
            if thinning.takes() {
                thinning.keep(&mut kept, 16, point);
            }
            assert!(kept.len() < 16);
        }
        let even: Vec<u64> = (1..=15).map(|at| at * 64).collect();
        assert_eq!(kept, even);
    }
}
