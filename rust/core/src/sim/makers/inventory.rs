//! How large orders are, how much may be held, and what part of it is.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "what a formula is told of the position is a float"
)]

use crate::decimal::Decimal;
use crate::instrument::Instrument;
use crate::units::Lots;

use super::error::MakerError;

/// A number of lots as a part of a quantity.
#[derive(Clone, Copy, Debug)]
struct Part {
    lot: i128,
    whole: i128,
}

impl Part {
    /// Reduced, so that both numbers stay exact as floats where they can.
    fn new(lot: i128, whole: i128) -> Self {
        let divisor = gcd(lot, whole);
        Self {
            lot: lot / divisor,
            whole: whole / divisor,
        }
    }

    fn of(self, lots: Lots) -> f64 {
        (self.lot * i128::from(lots.0)) as f64 / self.whole as f64
    }
}

/// The size of an order and the limit of a position, both exact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inventory {
    /// What an order asks for, in whole lots.
    pub(super) lots: Lots,
    /// The position, either way, up to which a further order keeps the limit.
    room: Lots,
    of_size: Part,
    of_limit: Part,
}

impl Inventory {
    /// # Errors
    ///
    /// [`MakerError::Quantity`] when a size is below one lot, or one of the two beyond counting.
    pub(super) fn new(
        instrument: &Instrument,
        size: Decimal,
        limit: Decimal,
    ) -> Result<Self, MakerError> {
        let refused = |name, value: Decimal| MakerError::Quantity {
            name,
            value: value.to_string(),
            lot_size: instrument.lot_size().to_string(),
        };
        let counted = |value: Decimal| value.to_atto().filter(|atto| *atto > 0);
        let lots = instrument.round_quantity(size).filter(|lots| lots.0 > 0);
        let (Some(lots), Some(one)) = (lots, counted(size)) else {
            return Err(refused("size", size));
        };
        let (Some(most), Some(lot)) = (counted(limit), counted(instrument.lot_size())) else {
            return Err(refused("max_position", limit));
        };
        let room = i64::try_from((most - one).div_euclid(lot));
        Ok(Self {
            lots,
            room: Lots(room.map_err(|_| refused("max_position", limit))?),
            of_size: Part::new(lot, one),
            of_limit: Part::new(lot, most),
        })
    }

    /// Whether a further order that adds to a position of `held`, taken as long, keeps the limit.
    pub(super) const fn may_buy(&self, held: Lots) -> bool {
        held.0 <= self.room.0
    }

    /// The same for one that adds to a short position.
    pub(super) const fn may_sell(&self, held: Lots) -> bool {
        held.0 >= -self.room.0
    }

    /// `held` in orders.
    pub(super) fn in_orders(&self, held: Lots) -> f64 {
        self.of_size.of(held)
    }

    /// `held` as a part of the limit.
    pub(super) fn in_limits(&self, held: Lots) -> f64 {
        self.of_limit.of(held)
    }
}

fn gcd(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}
