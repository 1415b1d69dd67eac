//! What a symbol's numbers are worth, and what it was last worth.

use super::row::Work;
use crate::instrument::{ContractKind, Instrument};
use crate::money::{Money, Rate, UNIT};
use crate::reject::RejectCode;
use crate::units::Side;

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

/// A symbol whose money is a short whole number for every tick of every lot: what an ordinary
/// order and a fill need of it, in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Plain {
    /// Money of one tick × one lot.
    pub(super) unit: i64,
    /// Fees of the same.
    pub(super) maker_fee: i64,
    pub(super) taker_fee: i64,
    /// What a working spot buy keeps back for the same, fees and all.
    pub(super) hold: i64,
    /// Money of one lot of the base asset; 0 of a derivative.
    pub(super) base_unit: i64,
    /// Initial margin of one tick × one lot.
    pub(super) margin: i64,
    pub(super) settle: u32,
    pub(super) is_spot: bool,
    /// Whether derivatives settle in an asset of the symbol.
    pub(super) is_entangled: bool,
}

impl Plain {
    /// What a working spot order keeps back that holds `money` ticks × lots.
    #[inline(always)]
    pub(super) fn held(&self, side: Side, money: i128, qty: i64) -> i128 {
        let count = [money, qty.into()][side as usize];
        let unit = [self.hold, self.base_unit][side as usize];
        times(count, unit.into()).unwrap_or(i128::MAX / 4)
    }
}

/// A symbol, with all that checks and fills need of it.
#[derive(Clone, Debug)]
pub(super) struct Market {
    /// What holds of it where no number is long and no contract inverse.
    pub(super) plain: Option<Plain>,
    pub(super) kind: ContractKind,
    /// Places of the assets in the list of assets.
    pub(super) settle: u32,
    pub(super) base: u32,
    unit: i128,
    /// Money of one lot of the base asset.
    pub(super) base_unit: i128,
    maker_fee: Charge,
    taker_fee: Charge,
    /// No fill costs more than this, but for rounding.
    hold_fee: Charge,
    /// What rounding may cost a lot.
    slack: i128,
    initial_margin: Charge,
    max_spread_ticks: i64,
    /// In ticks; 0 when there is none.
    pub(super) mark: i64,
    /// The last trade; before the first one the price the first order was valued at.
    pub(super) seen: i64,
}

/// A rate on value, multiplied out where it comes to whole money for every tick of every lot.
#[derive(Clone, Copy, Debug)]
struct Charge {
    rate: Rate,
    /// Money of one tick × one lot; `None` where it would have to be rounded.
    unit: Option<i128>,
}

impl Charge {
    fn new(rate: Rate, instrument: &Instrument) -> Self {
        const RATE_UNIT: i128 = 1_000_000_000;
        let product = instrument.unit_value().checked_mul(rate.0.into());
        let whole = match instrument.kind() {
            ContractKind::Spot | ContractKind::Linear => product,
            ContractKind::Inverse => None,
        };
        let unit = whole
            .filter(|product| product % RATE_UNIT == 0)
            .map(|product| product / RATE_UNIT);
        Self {
            rate,
            unit: if rate.0 == 0 { Some(0) } else { unit },
        }
    }

    /// The charge on `value`, which is that of `ticks_lots`; rounded up.
    #[inline]
    fn of(&self, value: i128, ticks_lots: i128) -> i128 {
        match self.unit {
            // A division of 128 bits would cost more than all else together.
            Some(unit) => times(ticks_lots, unit)
                .unwrap_or(i128::MAX)
                .min(i128::MAX / 4),
            None => Money(value).fee(self.rate).unwrap_or_default().0,
        }
    }
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
        let charge = |rate| Charge::new(rate, instrument);
        let hold_rate = maker_fee.max(taker_fee).max(Rate(0));
        let (maker_fee, taker_fee) = (charge(maker_fee), charge(taker_fee));
        // Each fill is a lot or more, and rounds its fee and what is left of the hold once.
        let rounds = maker_fee.unit.is_none() || taker_fee.unit.is_none();
        let rounds = rounds && hold_rate.0 > 0;
        let mut market = Self {
            plain: None,
            kind,
            settle,
            base,
            unit: instrument.unit_value(),
            base_unit,
            maker_fee,
            taker_fee,
            hold_fee: charge(hold_rate),
            slack: if rounds { 2 } else { 0 },
            initial_margin: charge(terms.initial_margin),
            max_spread_ticks: terms.max_spread_ticks,
            mark: 0,
            seen: 0,
        };
        market.plain = market.short();
        Ok(market)
    }

    /// The symbol in short numbers; `None` where one of them is long or has to be rounded.
    fn short(&self) -> Option<Plain> {
        let short = |number: i128| i64::try_from(number).ok();
        let charge = |charge: &Charge| charge.unit.and_then(short);
        if self.kind == ContractKind::Inverse {
            return None;
        }
        Some(Plain {
            unit: short(self.unit)?,
            maker_fee: charge(&self.maker_fee)?,
            taker_fee: charge(&self.taker_fee)?,
            hold: short(self.unit.checked_add(self.hold_fee.unit?)?)?,
            base_unit: short(self.base_unit)?,
            margin: charge(&self.initial_margin)?,
            settle: self.settle,
            is_spot: self.is_spot(),
            is_entangled: false,
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
                times(i128::from(ticks) * i128::from(lots), self.unit)?
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
        let cost = times(ticks_lots, self.unit)?;
        (cost <= VALUE_MAX).then_some(cost)
    }

    /// What the working buys of a spot row keep back: a function of the row, so nothing leaks.
    #[inline]
    pub(super) fn held_for_buys(&self, work: &Work) -> i128 {
        self.with_fees(work.buys) + self.slack * i128::from(work.on(Side::Buy))
    }

    /// What the working sells of a spot row keep back.
    #[inline]
    pub(super) fn held_for_sells(&self, work: &Work) -> i128 {
        times(work.on(Side::Sell).into(), self.base_unit).unwrap_or(i128::MAX / 4)
    }

    /// What the working orders of a side of a spot row keep back.
    pub(super) fn held_for(&self, side: Side, work: &Work) -> i128 {
        match side {
            Side::Buy => self.held_for_buys(work),
            Side::Sell => self.held_for_sells(work),
        }
    }

    /// Money of a sum of ticks × lots with all fees; far beyond any account where it overflows.
    #[inline]
    pub(super) fn with_fees(&self, ticks_lots: i128) -> i128 {
        let value = times(ticks_lots, self.unit)
            .unwrap_or(i128::MAX)
            .min(i128::MAX / 4);
        value + self.hold_fee.of(value, ticks_lots)
    }

    /// What a fill of `lots` at `ticks` is worth, as [`Self::value`] says, and its fee.
    #[inline(always)]
    pub(super) fn fill(&self, ticks: i64, lots: i64, is_maker: bool) -> (Option<i128>, i128) {
        if let (Some(plain), Some(money)) = (&self.plain, ticks.checked_mul(lots)) {
            let fee = [plain.taker_fee, plain.maker_fee][usize::from(is_maker)];
            let value = i128::from(money) * i128::from(plain.unit);
            if value <= VALUE_MAX {
                return (Some(value), i128::from(money) * i128::from(fee));
            }
        }
        let value = self.value(ticks, lots);
        (
            value,
            self.fee(value.unwrap_or(VALUE_MAX), ticks, lots, is_maker),
        )
    }

    /// The fee of a fill of `lots` at `ticks`, worth `value`.
    fn fee(&self, value: i128, ticks: i64, lots: i64, is_maker: bool) -> i128 {
        let fee = if is_maker {
            &self.maker_fee
        } else {
            &self.taker_fee
        };
        fee.of(value, i128::from(ticks) * i128::from(lots))
    }

    /// Initial margin of `lots` at `ticks`, worth `value`.
    #[inline]
    pub(super) fn margin(&self, value: i128, ticks: i64, lots: i64) -> i128 {
        let ticks_lots = i128::from(ticks) * i128::from(lots);
        self.initial_margin.of(value, ticks_lots)
    }

    /// Whether positions ask for margin.
    #[inline]
    pub(super) const fn is_margined(&self) -> bool {
        self.initial_margin.rate.0 > 0
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

/// A rate of one.
const RATE_UNIT: i128 = 1_000_000_000;

/// Whether an order is not priced further than `collar` beyond `reference`, in the direction that
/// trades.
#[inline(always)]
pub(super) fn within_collar(collar: i64, side: Side, own: i64, reference: i64) -> bool {
    // Both sides of a sell's comparison are negated, so that no branch hangs on the side. A rate is
    // below 2⁶³, so neither product is beyond 128 bits.
    let unit = RATE_UNIT * i128::from(side.sign());
    i128::from(own) * unit <= i128::from(reference) * (unit + i128::from(collar))
}

/// The product, if it can be counted.
#[inline(always)]
pub(super) fn times(left: i128, right: i128) -> Option<i128> {
    // Nearly always both are short, and one multiplication of the machine is enough.
    match (i64::try_from(left), i64::try_from(right)) {
        (Ok(left), Ok(right)) => Some(i128::from(left) * i128::from(right)),
        _ => left.checked_mul(right),
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
