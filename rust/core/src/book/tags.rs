//! What is true of an order, packed beside the number of its instrument.

use crate::matching::command::PostOnly;
use crate::order::SelfTradePrevention;
use crate::units::Side;

/// Most instruments an engine can hold: what is left of 32 bits.
pub const SYMBOLS_MAX: usize = 1 << 22;

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Place {
    /// In the queue of its level.
    Book = 0,
    /// Waiting for its trigger.
    Pending = 1,
    /// Waiting until another order releases it.
    Held = 2,
    /// Triggered or released, its turn yet to come.
    Due = 3,
}

/// Side, flags, place and instrument of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Tags(u32);

const REDUCE_ONLY: u32 = 1 << 3;
const PLACE: u32 = 0b11 << 7;
const CARE: u32 = 1 << 9;

impl Tags {
    /// Of an order in the book of `symbol` about which nothing more is to be said.
    #[inline]
    pub const fn new(symbol: u32, side: Side) -> Self {
        Self(symbol << 10 | side as u32)
    }

    /// The same, with what may be said of an order when it comes.
    #[inline]
    pub const fn with(
        self,
        post_only: PostOnly,
        reduce_only: bool,
        prevention: SelfTradePrevention,
    ) -> Self {
        let flags = (post_only as u32) << 1 | (reduce_only as u32) << 3 | (prevention as u32) << 4;
        Self(self.0 | flags)
    }

    /// The same of an order that takes or does not take.
    #[inline]
    #[must_use]
    pub const fn post_only_as(self, post_only: PostOnly) -> Self {
        Self(self.0 | (post_only as u32) << 1)
    }

    /// Which side it is on.
    #[inline]
    pub const fn side(self) -> Side {
        if self.0 & 1 == 0 {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    /// Dense index of its instrument.
    #[inline]
    pub const fn symbol(self) -> u32 {
        self.0 >> 10
    }

    /// Whether it may take.
    #[inline]
    pub const fn post_only(self) -> PostOnly {
        match self.0 >> 1 & 3 {
            0 => PostOnly::No,
            1 => PostOnly::Reject,
            _ => PostOnly::Reprice,
        }
    }

    /// Whether it may only reduce a position.
    #[inline]
    pub const fn reduce_only(self) -> bool {
        self.0 & REDUCE_ONLY != 0
    }

    /// What it does when it meets its own owner group.
    #[inline]
    pub const fn self_trade_prevention(self) -> SelfTradePrevention {
        match self.0 >> 4 & 7 {
            0 => SelfTradePrevention::None,
            1 => SelfTradePrevention::CancelNewest,
            2 => SelfTradePrevention::CancelOldest,
            3 => SelfTradePrevention::CancelBoth,
            _ => SelfTradePrevention::Decrement,
        }
    }

    /// Where it is.
    #[inline]
    pub const fn place(self) -> Place {
        match self.0 >> 7 & 3 {
            0 => Place::Book,
            1 => Place::Pending,
            2 => Place::Held,
            _ => Place::Due,
        }
    }

    /// The same elsewhere.
    #[inline]
    #[must_use]
    pub const fn at(self, place: Place) -> Self {
        Self(self.0 & !PLACE | (place as u32) << 7)
    }

    /// Whether a trade of it concerns more than itself, so that matching must take care.
    #[inline]
    pub const fn needs_care(self) -> bool {
        self.0 & CARE != 0
    }

    /// The same, with or without need of care.
    #[inline]
    #[must_use]
    pub const fn care(self, needed: bool) -> Self {
        Self(self.0 & !CARE | (needed as u32) << 9)
    }

    /// All that belongs to the state of an engine.
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0 & !CARE
    }

    /// The tags with these [`Self::bits`]; `None` where a part means nothing.
    pub const fn from_bits(bits: u32) -> Option<Self> {
        let tags = Self(bits);
        let parts = Self::new(tags.symbol(), tags.side()).with(
            tags.post_only(),
            tags.reduce_only(),
            tags.self_trade_prevention(),
        );
        if parts.at(tags.place()).0 == bits {
            Some(tags)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_that_mean_nothing_are_no_tags() {
        let plain = Tags::new(3, Side::Sell).bits();
        for bits in [plain | CARE, plain | 3 << 1, plain | 5 << 4, plain | 7 << 4] {
            assert_eq!(Tags::from_bits(bits), None, "{bits:b}");
        }
    }

    #[test]
    fn every_part_is_told_from_the_others() {
        let last = u32::try_from(SYMBOLS_MAX - 1).expect("fits");
        for symbol in [0, 1, last] {
            for side in [Side::Buy, Side::Sell] {
                for post_only in [PostOnly::No, PostOnly::Reject, PostOnly::Reprice] {
                    for mode in SelfTradePrevention::ALL {
                        for place in [Place::Book, Place::Pending, Place::Held, Place::Due] {
                            let plain = Tags::new(symbol, side).with(post_only, true, mode);
                            let tags = plain.care(true).at(place);
                            assert_eq!((tags.symbol(), tags.side()), (symbol, side));
                            assert_eq!((tags.post_only(), tags.place()), (post_only, place));
                            assert_eq!(tags.self_trade_prevention(), mode);
                            assert!(tags.reduce_only() && tags.needs_care());
                            assert_eq!(tags.care(false).at(Place::Book), plain);
                            assert_eq!(tags.bits(), tags.care(false).bits());
                            assert_eq!(Tags::from_bits(tags.bits()), Some(tags.care(false)));
                        }
                    }
                }
            }
        }
    }
}
