//! What kinds of orders a venue takes.

use crate::oms::message::{OrderType, TimeInForce};

/// Types, lives and extras that a venue takes; a trader refuses all others itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offers {
    types: u8,
    lives: u8,
    /// Orders that show a part of themselves.
    pub icebergs: bool,
    /// Market orders with a worst price.
    pub protection: bool,
}

impl Default for Offers {
    /// Limit and market orders; `GTC`, `IOC` and `FOK`.
    fn default() -> Self {
        Self::of(
            &[OrderType::Limit, OrderType::Market],
            &[TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok],
        )
    }
}

impl Offers {
    /// These types and lives, no extras.
    pub fn of(types: &[OrderType], lives: &[TimeInForce]) -> Self {
        Self {
            types: types.iter().fold(0, |all, one| all | 1 << *one as u8),
            lives: lives.iter().fold(0, |all, one| all | 1 << *one as u8),
            icebergs: false,
            protection: false,
        }
    }

    /// Everything an order can be.
    pub fn everything() -> Self {
        Self {
            icebergs: true,
            protection: true,
            ..Self::of(&OrderType::ALL, &TimeInForce::ALL)
        }
    }

    /// Whether orders of this type are taken.
    pub const fn takes(self, order_type: OrderType) -> bool {
        self.types >> order_type as u8 & 1 == 1
    }

    /// Whether orders of this life are taken.
    pub const fn keeps(self, life: TimeInForce) -> bool {
        self.lives >> life as u8 & 1 == 1
    }
}
