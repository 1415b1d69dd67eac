//! A bid and an ask around the middle, leaning on the position.
#![expect(
    clippy::float_arithmetic,
    reason = "a strategy decides in floats; what it sends is whole ticks"
)]

use crate::decimal::Decimal;
use crate::instrument::Instrument;
use crate::sim::Subscriptions;

use super::desk::{Desk, finite};
use super::error::MakerError;
use super::inventory::Inventory;
use super::{BPS, Touch};

/// What a [`TwoSided`] maker is told.
#[derive(Clone, Copy, Debug)]
pub struct TwoSidedSettings {
    /// From the middle to each quote, in basis points of it.
    pub half_spread_bps: f64,
    /// How far both quotes have moved when the largest position is held, likewise.
    pub skew_bps: f64,
    /// What an order asks for.
    pub size: Decimal,
    /// The largest position, either way.
    pub max_position: Decimal,
}

/// Quotes both sides of the middle at a fixed distance, lower when long and higher when short.
///
/// Decides as `tradecore.strategy.samples.TwoSidedQuoter` does, to the last digit.
#[derive(Clone, Debug)]
pub struct TwoSided {
    half_spread_bps: f64,
    skew_bps: f64,
    inventory: Inventory,
}

impl TwoSided {
    /// A maker of these settings.
    ///
    /// # Errors
    ///
    /// [`MakerError`] when a number is out of range, or the size is no lot of the instrument.
    pub fn new(settings: &TwoSidedSettings, instrument: &Instrument) -> Result<Self, MakerError> {
        let TwoSidedSettings {
            half_spread_bps,
            skew_bps,
            size,
            max_position,
        } = *settings;
        finite("half_spread_bps", half_spread_bps, "above 0", |n| n > 0.0)?;
        finite("skew_bps", skew_bps, "of 0 or more", |n| n >= 0.0)?;
        Ok(Self {
            half_spread_bps,
            skew_bps,
            inventory: Inventory::new(instrument, size, max_position)?,
        })
    }

    pub(super) const fn subscriptions() -> Subscriptions {
        Subscriptions {
            book_depth: 1,
            trades: false,
            quotes: false,
            corrupt: false,
            asides: false,
        }
    }

    pub(super) fn on_book(&self, touch: Touch, desk: &mut Desk<'_>) {
        let held = desk.held();
        let mid = touch.mid();
        let skew = self.skew_bps * self.inventory.in_limits(held);
        let centre = mid * (1.0 - skew * BPS);
        let half = mid * self.half_spread_bps * BPS;
        desk.quote(
            self.inventory.may_buy(held).then_some(centre - half),
            self.inventory.may_sell(held).then_some(centre + half),
            self.inventory.lots,
        );
    }
}
