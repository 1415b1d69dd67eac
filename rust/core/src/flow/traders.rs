//! The simulated traders: who sends which order when.
//!
//! Makers place limit orders around the fair value, most a few ticks away, and cancel most of them
//! again; takers come in bursts, follow each other, lean towards the fair value, and now and then
//! sweep several levels. Sizes are heavy-tailed.

use crate::units::Side;

use super::fair::{Fair, ONE};
use super::rng::{Chance, Rng};

/// What a trader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Rests a post-only order.
    Make { side: Side, price: i64, qty: i64 },
    /// Takes up to `qty` at once.
    Take { side: Side, qty: i64 },
    /// Takes an order out.
    Cancel { order_id: u64 },
}

/// The touch as the traders see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub(super) bid: Option<i64>,
    pub(super) ask: Option<i64>,
}

/// A live order of a maker.
#[derive(Clone, Copy, Debug)]
struct Quote {
    order_id: u64,
    side: Side,
    price: i64,
}

/// Makers and takers.
#[derive(Clone, Debug, Default)]
pub(super) struct Traders {
    quotes: Vec<Quote>,
    /// Self-excitation of buyers and sellers, as a chance a millisecond × 2³².
    excited: [u64; 2],
}

/// New limit orders a second and side when calm.
const MAKE: Chance = Chance::of(20, 1000);
/// Market orders a second and side when calm and nobody follows.
const TAKE: Chance = Chance::of(20, 100_000);
/// Each market order makes this much more of the same side likely, relaxing over two seconds.
const FOLLOW: u64 = Chance::of(24, 100_000).0;
const RELAX: u32 = 11;
/// Each live order is canceled this often a millisecond: after 11 s on average.
const CANCEL: u64 = Chance::of(8, 100_000).0;
/// One taker in this many sweeps.
const SWEEPS: u32 = 250;
/// Quotes further out than this are cleaned up first, in ticks.
const FAR: i64 = 120;

impl Traders {
    /// The order rests now.
    pub(super) fn rests(&mut self, order_id: u64, side: Side, price: i64) {
        self.quotes.push(Quote {
            order_id,
            side,
            price,
        });
    }

    /// The order is gone.
    pub(super) fn gone(&mut self, order_id: u64) {
        if let Some(at) = self.quotes.iter().position(|q| q.order_id == order_id) {
            self.quotes.swap_remove(at);
        }
    }

    /// Forgets orders that are not there any more; answers how many.
    pub(super) fn keep(&mut self, is_there: impl Fn(u64) -> bool) -> usize {
        let before = self.quotes.len();
        self.quotes.retain(|quote| is_there(quote.order_id));
        before - self.quotes.len()
    }

    /// The orders they remember.
    #[cfg(test)]
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.quotes.iter().map(|quote| quote.order_id)
    }

    /// What happens in one millisecond, appended to `actions`.
    pub(super) fn act(
        &mut self,
        rng: &mut Rng,
        fair: &Fair,
        touch: Touch,
        actions: &mut Vec<Action>,
    ) {
        for side in [Side::Buy, Side::Sell] {
            make(rng, fair, touch, side, actions);
            self.take(rng, fair, touch, side, actions);
        }
        self.cancel(rng, fair, actions);
    }

    fn take(
        &mut self,
        rng: &mut Rng,
        fair: &Fair,
        touch: Touch,
        side: Side,
        actions: &mut Vec<Action>,
    ) {
        let at = side as usize;
        self.excited[at] -= self.excited[at] >> RELAX;
        let heat = fair.heat().cast_unsigned();
        let calm = TAKE.0 * heat / ONE.cast_unsigned() * lean(fair, touch, side) / LEAN_NONE;
        if !rng.happens(Chance(calm + self.excited[at])) {
            return;
        }
        self.excited[at] += FOLLOW;
        let sweep = if rng.below(SWEEPS) == 0 { 40 } else { 1 };
        let qty = size(rng, 3) * sweep;
        actions.push(Action::Take { side, qty });
    }

    fn cancel(&mut self, rng: &mut Rng, fair: &Fair, actions: &mut Vec<Action>) {
        let count = u32::try_from(self.quotes.len()).unwrap_or(u32::MAX);
        // A wrong-sided quote is pulled within some 20 ms, a far one within seconds.
        for _ in 0..4 {
            let Some(quote) = self.quotes.get(rng.below(count) as usize) else {
                return;
            };
            let ahead = match quote.side {
                Side::Buy => fair.value() - quote.price * ONE,
                Side::Sell => quote.price * ONE - fair.value(),
            };
            let chance = if ahead < 0 {
                Chance::of(1, 3)
            } else if ahead > FAR * ONE {
                Chance::of(1, 8)
            } else {
                Chance(CANCEL * u64::from(count) / 4)
            };
            if rng.happens(chance) {
                let order_id = quote.order_id;
                actions.push(Action::Cancel { order_id });
                return;
            }
        }
    }
}

/// A maker's limit order, at or behind the best price that leaves something against the fair value.
fn make(rng: &mut Rng, fair: &Fair, touch: Touch, side: Side, actions: &mut Vec<Action>) {
    let wide = match (touch.bid, touch.ask) {
        (Some(bid), Some(ask)) => (ask - bid - 1).clamp(0, 4),
        _ => 4,
    };
    // Makers hurry to fill a wide spread.
    let chance = Chance(MAKE.0 * (1 + 6 * wide).cast_unsigned());
    if !rng.happens(chance) {
        return;
    }
    let distance = if wide > 0 && rng.below(3) > 0 {
        0
    } else {
        distance(rng)
    };
    let price = match side {
        Side::Buy => (fair.value() - ONE / 4).div_euclid(ONE) - distance,
        Side::Sell => -(-fair.value() - ONE / 4).div_euclid(ONE) + distance,
    };
    let qty = size(rng, 8);
    actions.push(Action::Make { side, price, qty });
}

/// [`lean`] of a taker who sees the fair value in the middle.
const LEAN_NONE: u64 = 64;

/// How keen a taker is: 0 to 4 times as usual as the fair value lies away from or beyond the touch.
fn lean(fair: &Fair, touch: Touch, side: Side) -> u64 {
    let (Some(bid), Some(ask)) = (touch.bid, touch.ask) else {
        return 0;
    };
    let from_middle = 2 * fair.value() - (bid + ask) * ONE;
    let towards = match side {
        Side::Buy => from_middle,
        Side::Sell => -from_middle,
    };
    // 64 at the middle, 16 more for each quarter tick towards.
    (64 + towards * 32 / ONE).clamp(8, 256).cast_unsigned()
}

/// Ticks behind the best possible price: most one to ten, some far out.
fn distance(rng: &mut Rng) -> i64 {
    let near = rng.below(8) + rng.below(8);
    let far = if rng.below(6) == 0 {
        1 + rng.below(9)
    } else {
        1
    };
    i64::from(near * far)
}

/// Lots, heavy-tailed: beyond `least` every doubling is half as likely, up to 2⁹ times.
fn size(rng: &mut Rng, least: u32) -> i64 {
    let octave = least << rng.heads(9);
    i64::from(octave + rng.below(octave))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_double_half_as_often() {
        let mut rng = Rng::new(3);
        let sizes: Vec<i64> = (0..64_000).map(|_| size(&mut rng, 4)).collect();
        let above = |least| sizes.iter().filter(|s| **s >= least).count();
        assert_eq!(above(4), 64_000);
        for (least, expected) in [(8, 32_000), (16, 16_000), (64, 4_000)] {
            assert!(
                above(least).abs_diff(expected) < 600,
                "{least}: {}",
                above(least)
            );
        }
    }

    #[test]
    fn takers_lean_towards_the_fair_value() {
        let fair = Fair::new(100, 2_000);
        let touch = |bid, ask| Touch {
            bid: Some(bid),
            ask: Some(ask),
        };
        assert_eq!(lean(&fair, touch(99, 101), Side::Buy), LEAN_NONE);
        assert!(lean(&fair, touch(97, 98), Side::Buy) > 2 * LEAN_NONE);
        assert!(lean(&fair, touch(97, 98), Side::Sell) < LEAN_NONE / 2);
    }
}
