//! What the inventory maker learns of the market, one event at a time.
//!
//! The same sums in the same order as `tradecore.pricing`, so both learn the same numbers.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "estimates are floats"
)]

/// Distances from the middle, in basis points, at which trades are counted.
const DEPTHS_BPS: [f64; 9] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
/// A rate from fewer trades than this is noise.
const TRADES_MIN: u64 = 20;

pub(super) const NS_PER_S: f64 = 1e9;

/// Volatility of a price seen at irregular times; the weight of a move halves every half-life.
#[derive(Clone, Debug)]
pub(super) struct Volatility {
    decay_per_s: f64,
    squares: f64,
    seconds: f64,
    last: Option<(i64, f64)>,
}

impl Volatility {
    pub(super) fn new(half_life_s: f64) -> Self {
        Self {
            decay_per_s: 2_f64.ln() / half_life_s,
            squares: 0.0,
            seconds: 0.0,
            last: None,
        }
    }

    /// Takes in a price; one that is not newer than the last is ignored.
    pub(super) fn observe(&mut self, price: f64, now_ns: i64) {
        let Some((last_ns, last_price)) = self.last else {
            self.last = Some((now_ns, price));
            return;
        };
        let elapsed_s = (now_ns - last_ns) as f64 / NS_PER_S;
        if elapsed_s <= 0.0 {
            return;
        }
        let keep = (-self.decay_per_s * elapsed_s).exp();
        let change = price - last_price;
        self.squares = self.squares * keep + change * change;
        self.seconds = self.seconds * keep + elapsed_s;
        self.last = Some((now_ns, price));
    }

    /// Price units per square root of a second; `None` before two prices.
    pub(super) fn per_sqrt_s(&self) -> Option<f64> {
        (self.seconds != 0.0).then(|| (self.squares / self.seconds).sqrt())
    }
}

/// Counts how deep trades reach, and how fast that thins out.
#[derive(Clone, Debug, Default)]
pub(super) struct FillIntensity {
    reached: [u64; DEPTHS_BPS.len()],
}

impl FillIntensity {
    /// Takes in a trade at `distance` from the middle before it.
    pub(super) fn observe(&mut self, distance: f64) {
        let within = DEPTHS_BPS.partition_point(|depth| *depth <= distance);
        for count in &mut self.reached[..within] {
            *count += 1;
        }
    }

    /// `k` of the intensity `A·exp(-k·distance)` over `elapsed_s`; `None` while too little is
    /// known.
    #[expect(clippy::float_cmp, reason = "equal counts have equal rates")]
    pub(super) fn k(&self, elapsed_s: f64) -> Option<f64> {
        let mut depths = [0.0; DEPTHS_BPS.len()];
        let mut logs = [0.0; DEPTHS_BPS.len()];
        let (mut known, mut differ) = (0, false);
        let mut first = None;
        for (depth, count) in DEPTHS_BPS.iter().zip(self.reached) {
            if count >= TRADES_MIN {
                let rate = count as f64 / elapsed_s;
                differ |= *first.get_or_insert(rate) != rate;
                (depths[known], logs[known]) = (*depth, rate.ln());
                known += 1;
            }
        }
        differ.then(|| -slope(&depths[..known], &logs[..known]))
    }
}

/// The slope of the line of least squares.
fn slope(xs: &[f64], ys: &[f64]) -> f64 {
    let mean = ordered_sum(xs.iter().copied()) / xs.len() as f64;
    let products = xs.iter().zip(ys).map(|(x, y)| (x - mean) * y);
    let squares = xs.iter().map(|x| (x - mean) * (x - mean));
    ordered_sum(products) / ordered_sum(squares)
}

/// A sum from the first to the last: `Iterator::sum` starts at a zero of either sign.
fn ordered_sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}
