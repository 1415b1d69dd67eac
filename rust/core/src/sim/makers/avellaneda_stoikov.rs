//! A maker that prices its inventory, after Avellaneda and Stoikov (2008).
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a strategy decides in floats; what it sends is whole ticks"
)]

use crate::decimal::Decimal;
use crate::instrument::Instrument;
use crate::sim::Subscriptions;

use super::desk::{Desk, finite};
use super::error::MakerError;
use super::inventory::Inventory;
use super::learning::{FillIntensity, NS_PER_S, Volatility};
use super::{BPS, Touch};

/// How often the maker takes in what it learned.
const LEARN_NS: i64 = 1_000_000_000;

/// What an [`AvellanedaStoikov`] maker is told.
#[derive(Clone, Copy, Debug)]
pub struct AvellanedaStoikovSettings {
    /// Gamma, per basis point.
    pub risk_aversion: f64,
    /// How much time is always left, in seconds.
    pub horizon_s: f64,
    /// How fast fills thin out with distance until that is learned, per basis point.
    pub k_per_bp: f64,
    /// Whether it is learned.
    pub calibrate: bool,
    /// After how many seconds a move counts half.
    pub volatility_half_life_s: f64,
    /// What an order asks for.
    pub size: Decimal,
    /// The largest position, either way.
    pub max_position: Decimal,
    /// Kept back on each side, in basis points.
    pub edge_bps: f64,
    /// The narrowest spread, in ticks.
    pub min_spread_ticks: i64,
}

/// Quotes around a reservation price that falls as the position grows.
///
/// Decides as `tradecore.strategy.samples.AvellanedaStoikov` does, to the last digit.
#[derive(Clone, Debug)]
pub struct AvellanedaStoikov {
    settings: AvellanedaStoikovSettings,
    inventory: Inventory,
    volatility: Volatility,
    intensity: FillIntensity,
    k: f64,
    mid: Option<f64>,
    started_ns: i64,
}

impl AvellanedaStoikov {
    /// A maker of these settings.
    ///
    /// # Errors
    ///
    /// [`MakerError`] when a number is out of range, or the size is no lot of the instrument.
    pub fn new(
        settings: &AvellanedaStoikovSettings,
        instrument: &Instrument,
    ) -> Result<Self, MakerError> {
        let told = *settings;
        for (name, value) in [
            ("risk_aversion", told.risk_aversion),
            ("horizon_s", told.horizon_s),
            ("k_per_bp", told.k_per_bp),
            ("volatility_half_life_s", told.volatility_half_life_s),
            ("min_spread_ticks", told.min_spread_ticks as f64),
        ] {
            finite(name, value, "above 0", |n| n > 0.0)?;
        }
        finite("edge_bps", told.edge_bps, "of 0 or more", |n| n >= 0.0)?;
        Ok(Self {
            settings: told,
            inventory: Inventory::new(instrument, told.size, told.max_position)?,
            volatility: Volatility::new(told.volatility_half_life_s),
            intensity: FillIntensity::default(),
            k: told.k_per_bp,
            mid: None,
            started_ns: 0,
        })
    }

    pub(super) const fn subscriptions() -> Subscriptions {
        Subscriptions {
            book_depth: 1,
            trades: true,
            quotes: false,
            corrupt: false,
            asides: false,
        }
    }

    /// The period of its timer.
    pub(super) const fn start(&mut self, now_ns: i64) -> i64 {
        self.started_ns = now_ns;
        LEARN_NS
    }

    pub(super) fn on_trade(&mut self, price: f64) {
        if let Some(mid) = self.mid {
            self.intensity.observe((price / mid - 1.0).abs() / BPS);
        }
    }

    pub(super) fn on_timer(&mut self, now_ns: i64) {
        let elapsed_s = (now_ns - self.started_ns) as f64 / NS_PER_S;
        if let Some(k) = self.intensity.k(elapsed_s)
            && self.settings.calibrate
            && k > 0.0
        {
            self.k = k;
        }
    }

    pub(super) fn on_book(&mut self, touch: Touch, desk: &mut Desk<'_>) {
        let mid = touch.mid();
        self.mid = Some(mid);
        self.volatility.observe(mid.ln() / BPS, desk.now_ns);
        let Some(sigma) = self.volatility.per_sqrt_s() else {
            return;
        };
        let (told, held, tick) = (&self.settings, desk.held(), desk.prices.tick);
        let gamma = told.risk_aversion;
        let risk = gamma * sigma * sigma * told.horizon_s;
        let optimal = risk + 2.0 / gamma * (gamma / self.k).ln_1p();
        let reservation = 0.0 - self.inventory.in_orders(held) * risk;
        let centre = mid * (1.0 + reservation * BPS);
        let spread = optimal + 2.0 * told.edge_bps;
        let narrowest = told.min_spread_ticks as f64 * tick;
        let half = larger(mid * spread * BPS, narrowest) / 2.0;
        let bid = smaller(centre - half, touch.ask - tick);
        let ask = larger(centre + half, touch.bid + tick);
        desk.quote(
            self.inventory.may_buy(held).then_some(bid),
            self.inventory.may_sell(held).then_some(ask),
            self.inventory.lots,
        );
    }
}

/// The first unless the second is larger: no number stays none.
fn larger(first: f64, second: f64) -> f64 {
    if second > first { second } else { first }
}

/// The first unless the second is smaller.
fn smaller(first: f64, second: f64) -> f64 {
    if second < first { second } else { first }
}
