//! What a symbol's numbers are worth, and what it was last worth.

use super::row::Row;
use crate::instrument::{ContractKind, Instrument};
use crate::money::{Money, Rate, UNIT};
use crate::reject::RejectCode;

/// Largest money a position and its working orders may be worth, in 10⁻¹⁸: about 2 × 10¹³ units.
///
/// So far below what 128 bits count that sums over an account cannot overflow.
pub(super) const VALUE_MAX: i128 = 1 << 104;

/// How accounts trade a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SymbolTerms {
    /// The asset bought (spot), or the coin an inverse contract settles in.
    pub base: u32,
    /// The asset paid with, and the one a linear contract settles in.
    pub quote: u32,
    /// Margin of a derivative over its value; a spot order is held in full.
    pub initial_margin: Rate,
    /// Widest spread, in ticks, whose middle may serve as a reference price.
    pub max_spread_ticks: i64,
}

/// A symbol, with all that checks and fills need of it.
#[derive(Clone, Debug)]
pub(super) struct Market {
    pub(super) kind: ContractKind,
    /// Places of the assets in the list of assets.
    pub(super) settle: u32,
    pub(super) base: u32,
    unit: i128,
    /// Money of one lot of the base asset.
    pub(super) base_unit: i128,
    maker_fee: Rate,
    taker_fee: Rate,
    /// No fill costs more than this rate, but for rounding.
    hold_rate: Rate,
    /// What rounding may cost a lot.
    slack: i128,
    pub(super) initial_margin: Rate,
    max_spread_ticks: i64,
    /// In ticks; 0 when there is none.
    pub(super) mark: i64,
    /// The last trade; before the first one the price the first order was valued at.
    pub(super) seen: i64,
}

/// Best prices and last trade of a symbol, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// Best bid.
    pub bid: Option<i64>,
    /// Best ask.
    pub ask: Option<i64>,
    /// Last trade.
    pub last: Option<i64>,
}

impl Market {
    /// `settle` and `base` are places in the list of assets.
    pub(super) fn new(
        instrument: &Instrument,
        terms: &SymbolTerms,
        settle: u32,
        base: u32,
    ) -> Result<Self, RejectCode> {
        let kind = instrument.kind();
        if !(0..=1_000_000_000).contains(&terms.initial_margin.0) || terms.max_spread_ticks < 0 {
            return Err(RejectCode::BadSetting);
        }
        let base_unit = match kind {
            ContractKind::Spot if settle == base => return Err(RejectCode::BadSetting),
            ContractKind::Spot => base_unit(instrument).ok_or(RejectCode::BadSetting)?,
            ContractKind::Linear | ContractKind::Inverse => 0,
        };
        let (maker_fee, taker_fee) = (instrument.maker_fee(), instrument.taker_fee());
        let is_whole = |rate: Rate| {
            let nano = i128::from(rate.0) * (instrument.unit_value() % 1_000_000_000);
            nano % 1_000_000_000 == 0
        };
        let hold_rate = maker_fee.max(taker_fee).max(Rate(0));
        // Each fill is a lot or more, and rounds its fee and what is left of the hold once.
        let rounds = hold_rate.0 > 0 && !(is_whole(maker_fee) && is_whole(taker_fee));
        Ok(Self {
            kind,
            settle,
            base,
            unit: instrument.unit_value(),
            base_unit,
            maker_fee,
            taker_fee,
            hold_rate,
            slack: if rounds { 2 } else { 0 },
            initial_margin: terms.initial_margin,
            max_spread_ticks: terms.max_spread_ticks,
            mark: 0,
            seen: 0,
        })
    }

    pub(super) const fn is_spot(&self) -> bool {
        matches!(self.kind, ContractKind::Spot)
    }

    /// What a position gains for each unit of money its symbol gains in value.
    #[inline]
    pub(super) const fn sign(&self) -> i128 {
        match self.kind {
            ContractKind::Spot | ContractKind::Linear => 1,
            ContractKind::Inverse => -1,
        }
    }

    /// Money of `lots` at `ticks`; `None` beyond [`VALUE_MAX`], or at no price.
    #[inline]
    pub(super) fn value(&self, ticks: i64, lots: i64) -> Option<i128> {
        let value = match self.kind {
            ContractKind::Spot | ContractKind::Linear => {
                (i128::from(ticks) * i128::from(lots)).checked_mul(self.unit)?
            }
            ContractKind::Inverse => self
                .unit
                .checked_mul(i128::from(lots))?
                .checked_div(i128::from(ticks))?,
        };
        (value.unsigned_abs() <= VALUE_MAX.unsigned_abs()).then_some(value)
    }

    /// Money of a sum of ticks × lots.
    #[inline]
    pub(super) fn cost(&self, ticks_lots: i128) -> Option<i128> {
        let cost = ticks_lots.checked_mul(self.unit)?;
        (cost <= VALUE_MAX).then_some(cost)
    }

    /// What the working buys of a spot row keep back: a function of the row, so nothing leaks.
    #[inline]
    pub(super) fn held_for_buys(&self, row: &Row) -> i128 {
        let value = row.buys.saturating_mul(self.unit).min(i128::MAX / 4);
        self.with_fees(value, row.working_buy)
    }

    /// What the working sells of a spot row keep back.
    #[inline]
    pub(super) fn held_for_sells(&self, row: &Row) -> i128 {
        i128::from(row.working_sell).saturating_mul(self.base_unit)
    }

    /// What has to be at hand for buys of `lots` that cost `value` at most.
    #[inline]
    pub(super) fn with_fees(&self, value: i128, lots: i64) -> i128 {
        if self.hold_rate.0 == 0 {
            return value;
        }
        let fee = Money(value).fee(self.hold_rate).unwrap_or_default();
        value + fee.0 + self.slack * i128::from(lots)
    }

    /// The fee of a fill worth `value`.
    #[inline]
    pub(super) fn fee(&self, value: i128, is_maker: bool) -> i128 {
        let rate = if is_maker {
            self.maker_fee
        } else {
            self.taker_fee
        };
        if rate.0 == 0 {
            return 0;
        }
        Money(value).fee(rate).unwrap_or_default().0
    }

    /// Mark, else the middle of a spread that is not too wide, else the last trade.
    #[inline]
    pub(super) fn reference(&self, touch: &Touch) -> Option<i64> {
        if self.mark > 0 {
            return Some(self.mark);
        }
        match (touch.bid, touch.ask) {
            (Some(bid), Some(ask))
                if ask >= bid && ask.abs_diff(bid) <= self.max_spread_ticks.unsigned_abs() =>
            {
                // Rounded to a whole tick, towards zero.
                Some(bid.midpoint(ask))
            }
            _ => touch.last,
        }
    }

    /// What a position is worth while no order of the symbol tells more; 0 when nothing is known.
    #[inline]
    pub(super) const fn standing_price(&self) -> i64 {
        if self.mark > 0 { self.mark } else { self.seen }
    }
}

/// Money of one lot of the base asset, if it is a whole number of 10⁻¹⁸.
fn base_unit(instrument: &Instrument) -> Option<i128> {
    let (lot, multiplier) = (instrument.lot_size(), instrument.multiplier());
    let mantissa = lot.mantissa().checked_mul(multiplier.mantissa())?;
    let unit = 10_i128.checked_pow(lot.scale() + multiplier.scale())?;
    let atto = mantissa.checked_mul(UNIT)?;
    (atto % unit == 0).then(|| atto / unit)
}
