//! What a header and a block's front are read from.

use crate::decimal::Decimal;
use crate::instrument::{ContractKind, InstrumentSpec};
use crate::money::Rate;

/// Fixed-width fields, taken from the front.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// An instrument.
    pub(super) fn spec(&mut self) -> Option<InstrumentSpec> {
        Some(InstrumentSpec {
            symbol: self.text()?.to_owned(),
            kind: match self.take(1)?[0] {
                0 => ContractKind::Spot,
                1 => ContractKind::Linear,
                2 => ContractKind::Inverse,
                _ => return None,
            },
            tick_size: self.decimal()?,
            lot_size: self.decimal()?,
            multiplier: self.decimal()?,
            min_notional: self.decimal()?,
            maker_fee: Rate(self.u64()?.cast_signed()),
            taker_fee: Rate(self.u64()?.cast_signed()),
        })
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.take(1)?[0]);
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(super) fn decimal(&mut self) -> Option<Decimal> {
        Decimal::parse(self.text()?.as_bytes()).ok()
    }
}
