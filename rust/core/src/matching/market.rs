//! One symbol: its book, its state, and the orders that wait for a price.

use crate::book::ladder::Ladder;
use crate::matching::command::{Bands, Phase};
use crate::matching::extra::{Extra, Extras};
use crate::matching::hash::SymbolState;
use crate::matching::heap::{Heap, TRAIL, TRIGGER};
use crate::units::Side;

/// Everything the engine knows of one symbol.
#[derive(Clone, Debug, Default)]
pub(super) struct Market {
    pub(super) ladder: Ladder,
    pub(super) state: SymbolState,
    /// Whether orders match as they come and no band bounds them: nothing to look up first.
    pub(super) is_plain: bool,
    /// Resting orders that do not show all they have.
    pub(super) icebergs: u32,
    pub(super) triggers: Triggers,
}

impl Market {
    pub(super) fn new() -> Self {
        Self {
            is_plain: true,
            ..Self::default()
        }
    }

    /// To be called when phase or bands changed.
    pub(super) fn note_state(&mut self) {
        self.is_plain = self.state.phase == Phase::Open && self.state.bands == Bands::default();
    }

    /// Lowest and highest price at which a trade may happen now.
    pub(super) fn dynamic_band(&self) -> (i64, i64) {
        let (reference, bps) = (self.state.reference, self.state.bands.dynamic_bps);
        if bps == 0 || reference == 0 {
            return (i64::MIN, i64::MAX);
        }
        let width = i128::from(reference) * i128::from(bps) / 10_000;
        // Narrower than the reference itself, which is an `i64`.
        let width = i64::try_from(width).unwrap_or(i64::MAX);
        (reference - width, reference.saturating_add(width))
    }

    /// Whether a limit lies outside the static band.
    pub(super) const fn is_outside(&self, price: i64) -> bool {
        let bands = &self.state.bands;
        price < bands.low || (bands.high != 0 && price > bands.high)
    }
}

/// The orders of one symbol that wait for their trigger.
#[derive(Clone, Debug, Default)]
pub(super) struct Triggers {
    /// By side: buys from the lowest trigger up, sells from the highest down, then by age.
    stops: [Heap<TRIGGER>; 2],
    /// Of those that trail, by the price beyond which they move.
    trails: [Heap<TRAIL>; 2],
}

impl Triggers {
    /// Whether nothing waits.
    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.stops[0].is_empty() && self.stops[1].is_empty()
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.stops[0].len() + self.stops[1].len()
    }

    /// Lets an order wait.
    pub(super) fn add(&mut self, side: Side, priority: u64, extra: u32, extras: &mut Extras) {
        let Extra {
            stop_price,
            distance,
            ..
        } = *extras.at(extra);
        let key = (stop_price * side.sign(), priority);
        self.stops[side as usize].push(key, extra, extras);
        if distance != 0 {
            // Sells move when the market is above trigger + distance, buys below the difference.
            let beyond = stop_price.saturating_sub(distance * side.sign());
            self.trails[side as usize].push((-beyond * side.sign(), priority), extra, extras);
        }
    }

    /// Lets an order wait no more.
    pub(super) fn remove(&mut self, side: Side, extra: u32, extras: &mut Extras) {
        self.stops[side as usize].remove(extra, extras);
        self.trails[side as usize].remove(extra, extras);
    }

    /// The first order of `side` whose trigger the `last` trade reached.
    pub(super) fn reached(&self, side: Side, last: i64) -> Option<u32> {
        let ((trigger, _), extra) = self.stops[side as usize].first()?;
        (trigger <= last * side.sign()).then_some(extra)
    }

    /// The first order of `side` whose trigger has to follow the `last` trade.
    pub(super) fn behind(&self, side: Side, last: i64) -> Option<u32> {
        let ((beyond, _), extra) = self.trails[side as usize].first()?;
        (beyond < -last * side.sign()).then_some(extra)
    }
}
