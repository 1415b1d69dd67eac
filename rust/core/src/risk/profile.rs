//! The limits of all scopes of an order, resolved to one set of plain numbers.

use super::limits::{Limits, OrderRate};
use super::market::VALUE_MAX;
use super::scope::{Refusal, Scope, TradingState};
use crate::instrument::COUNT_MAX;
use crate::reject::RejectCode;

/// A value, and the number of the scope it came from (0 where nobody set one).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bound<T> {
    pub(super) value: T,
    scope: u16,
}

impl<T: Copy + PartialOrd> Bound<T> {
    const fn free(value: T) -> Self {
        Self { value, scope: 0 }
    }

    fn tighten(&mut self, other: Self, is_tighter: impl Fn(&T, &T) -> bool) {
        let wins = is_tighter(&other.value, &self.value)
            || (other.value == self.value && other.scope < self.scope);
        if other.is_set() && (!self.is_set() || wins) {
            *self = other;
        }
    }

    pub(super) const fn is_set(&self) -> bool {
        self.scope != 0
    }

    /// The refusal this bound is to blame for.
    pub(super) const fn refuse(&self, code: RejectCode) -> Refusal {
        Refusal {
            code,
            scope: self.scope,
        }
    }
}

/// What holds for the orders of one account, symbol and strategy.
///
/// A bound nobody set has the largest value there is, so that a check is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Profile {
    pub(super) state: Bound<TradingState>,
    pub(super) order_qty: Bound<i64>,
    pub(super) order_value: Bound<i128>,
    pub(super) collar: Bound<i64>,
    pub(super) duplicate_ns: Bound<i64>,
    pub(super) open_orders: Bound<u32>,
    pub(super) position_qty: Bound<i64>,
    pub(super) position_value: Bound<i128>,
    pub(super) leverage: Bound<i64>,
    pub(super) daily_loss: Bound<i128>,
    pub(super) rate: Bound<OrderRate>,
}

impl Profile {
    /// No limit at all.
    pub(super) const FREE: Self = Self {
        state: Bound::free(TradingState::Active),
        order_qty: Bound::free(i64::MAX),
        order_value: Bound::free(i128::MAX),
        collar: Bound::free(i64::MAX),
        duplicate_ns: Bound::free(0),
        open_orders: Bound::free(u32::MAX),
        position_qty: Bound::free(i64::MAX),
        position_value: Bound::free(i128::MAX),
        leverage: Bound::free(i64::MAX),
        daily_loss: Bound::free(i128::MAX),
        rate: Bound::free(OrderRate {
            period_ns: 0,
            burst: u32::MAX,
        }),
    };

    /// What one scope says.
    pub(super) fn of(scope: Scope, limits: Option<&Limits>, state: Option<TradingState>) -> Self {
        let number = scope.number();
        let limits = limits.copied().unwrap_or_default();
        let free = Self::FREE;
        Self {
            state: bound(state, number, free.state),
            order_qty: bound(limits.max_order_qty, number, free.order_qty),
            order_value: bound(
                limits.max_order_value.map(|m| m.0),
                number,
                free.order_value,
            ),
            collar: bound(limits.collar.map(|rate| rate.0), number, free.collar),
            duplicate_ns: bound(limits.duplicate_window_ns, number, free.duplicate_ns),
            open_orders: bound(limits.max_open_orders, number, free.open_orders),
            position_qty: bound(limits.max_position_qty, number, free.position_qty),
            position_value: bound(
                limits.max_position_value.map(|m| m.0),
                number,
                free.position_value,
            ),
            leverage: bound(
                limits.max_leverage.map(|rate| rate.0),
                number,
                free.leverage,
            ),
            daily_loss: bound(limits.max_daily_loss.map(|m| m.0), number, free.daily_loss),
            rate: bound(limits.order_rate, number, free.rate),
        }
    }

    /// Takes over what `other` says more strictly.
    pub(super) fn tighten(&mut self, other: &Self) {
        self.state.tighten(other.state, |a, b| a > b);
        self.order_qty.tighten(other.order_qty, |a, b| a < b);
        self.order_value.tighten(other.order_value, |a, b| a < b);
        self.collar.tighten(other.collar, |a, b| a < b);
        self.duplicate_ns.tighten(other.duplicate_ns, |a, b| a > b);
        self.open_orders.tighten(other.open_orders, |a, b| a < b);
        self.position_qty.tighten(other.position_qty, |a, b| a < b);
        self.position_value
            .tighten(other.position_value, |a, b| a < b);
        self.leverage.tighten(other.leverage, |a, b| a < b);
        self.daily_loss.tighten(other.daily_loss, |a, b| a < b);
        self.rate.tighten(other.rate, |a, b| {
            (a.period_ns, b.burst) > (b.period_ns, a.burst)
        });
    }

    /// Whether a rule in it needs a price to compare with.
    pub(super) const fn needs_reference(&self) -> bool {
        self.collar.is_set() || self.position_value.is_set() || self.leverage.is_set()
    }
}

/// What a profile says of ordinary orders: limit orders of no strategy that come in at once.
///
/// One cache line of plain numbers, in place of eleven bounds. Where a profile asks for more than
/// they say, no order is ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub(super) struct Allowance {
    /// Most money of an order.
    pub(super) order_value: i128,
    /// Most lots of an order: 0 where none is ordinary.
    pub(super) order_qty: i64,
    pub(super) position_qty: i64,
    /// How far beyond the reference; below 0 where no rule says.
    pub(super) collar: i64,
    pub(super) open_orders: u32,
}

impl Allowance {
    /// For no order at all.
    pub(super) const NONE: Self = Self {
        order_value: 0,
        order_qty: 0,
        position_qty: 0,
        collar: -1,
        open_orders: 0,
    };

    /// The part of a profile that is said in plain numbers, if that is all of it.
    pub(super) fn of(profile: &Profile) -> Self {
        let asks_for_more = profile.duplicate_ns.is_set()
            || profile.position_value.is_set()
            || profile.leverage.is_set()
            || profile.daily_loss.is_set()
            || profile.rate.is_set();
        if asks_for_more || profile.state.value != TradingState::Active {
            return Self::NONE;
        }
        Self {
            order_value: profile.order_value.value.min(VALUE_MAX),
            order_qty: profile.order_qty.value.min(COUNT_MAX - 1),
            position_qty: profile.position_qty.value,
            collar: if profile.collar.is_set() {
                profile.collar.value
            } else {
                -1
            },
            open_orders: profile.open_orders.value,
        }
    }
}

fn bound<T: Copy + PartialOrd>(value: Option<T>, scope: u16, free: Bound<T>) -> Bound<T> {
    value.map_or(free, |value| Bound { value, scope })
}
