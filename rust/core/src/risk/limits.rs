//! What an order and an account may be: one set of limits for one scope.

use crate::money::{Money, Rate};
use crate::reject::RejectCode;

/// At most `burst` orders at once, then one every `period_ns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderRate {
    /// Nanoseconds an order takes to be earned back.
    pub period_ns: i64,
    /// Orders that may come at once.
    pub burst: u32,
}

/// The limits of one scope; `None` leaves a value to the other scopes.
///
/// The smallest value over all scopes an order belongs to decides (of windows the longest, of
/// rates the one with the longest period). All values are for one account: a user's limit holds
/// for each of the user's accounts, not for their sum. Money is counted in the asset the symbol
/// in question settles in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Largest order, in lots.
    pub max_order_qty: Option<i64>,
    /// Largest value of an order, at its own price.
    pub max_order_value: Option<Money>,
    /// How far beyond the reference price an order may be priced in the direction that trades.
    pub collar: Option<Rate>,
    /// The same side, quantity and price again within this time is refused.
    pub duplicate_window_ns: Option<i64>,
    /// Open orders of the account.
    pub max_open_orders: Option<u32>,
    /// Largest position in a symbol with all working orders of a side filled, in lots.
    pub max_position_qty: Option<i64>,
    /// Largest value of the same, at the reference price.
    pub max_position_value: Option<Money>,
    /// Exposure over equity; ten times is `Rate(10_000_000_000)`.
    pub max_leverage: Option<Rate>,
    /// Loss since the start of the day at which increases end.
    pub max_daily_loss: Option<Money>,
    /// Orders and amendments of the account.
    pub order_rate: Option<OrderRate>,
}

impl Limits {
    /// The values as numbers, -1 for none: what is written and summed of them.
    pub(super) fn numbers(&self) -> [i128; 11] {
        let count = |count: Option<i64>| count.map_or(-1, i128::from);
        let money = |money: Option<Money>| money.map_or(-1, |money| money.0);
        let rate = |rate: Option<Rate>| rate.map_or(-1, |rate| rate.0.into());
        [
            count(self.max_order_qty),
            money(self.max_order_value),
            rate(self.collar),
            count(self.duplicate_window_ns),
            self.max_open_orders.map_or(-1, i128::from),
            count(self.max_position_qty),
            money(self.max_position_value),
            rate(self.max_leverage),
            money(self.max_daily_loss),
            self.order_rate.map_or(-1, |rate| rate.period_ns.into()),
            self.order_rate.map_or(-1, |rate| rate.burst.into()),
        ]
    }

    /// The limits with these numbers; `None` when one is out of range.
    pub(super) fn from_numbers(numbers: [i128; 11]) -> Option<Self> {
        let [
            order_qty,
            order_value,
            collar,
            window,
            open,
            lots,
            value,
            leverage,
            daily,
            period,
            burst,
        ] = numbers;
        let count = |number: i128| match number {
            -1 => Some(None),
            _ => i64::try_from(number).ok().map(Some),
        };
        let money = |number: i128| (number != -1).then_some(Money(number));
        let rate = |number: i128| count(number).map(|count| count.map(Rate));
        let small = |number: i128| match number {
            -1 => Some(None),
            _ => u32::try_from(number).ok().map(Some),
        };
        let order_rate = match (count(period)?, small(burst)?) {
            (None, None) => None,
            (Some(period_ns), Some(burst)) => Some(OrderRate { period_ns, burst }),
            _ => return None,
        };
        Some(Self {
            max_order_qty: count(order_qty)?,
            max_order_value: money(order_value),
            collar: rate(collar)?,
            duplicate_window_ns: count(window)?,
            max_open_orders: small(open)?,
            max_position_qty: count(lots)?,
            max_position_value: money(value),
            max_leverage: rate(leverage)?,
            max_daily_loss: money(daily),
            order_rate,
        })
    }

    /// Whether every value makes sense.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadSetting`] when a limit is negative, or a rate has no burst or period.
    pub fn check(&self) -> Result<(), RejectCode> {
        let counts = [
            self.max_order_qty,
            self.duplicate_window_ns,
            self.max_position_qty,
            self.collar.map(|rate| rate.0),
            self.max_leverage.map(|rate| rate.0),
        ];
        let amounts = [
            self.max_order_value,
            self.max_position_value,
            self.max_daily_loss,
        ];
        let negative = counts.iter().flatten().any(|count| *count < 0)
            || amounts.iter().flatten().any(|amount| amount.0 < 0);
        let idle = self
            .order_rate
            .is_some_and(|rate| rate.burst == 0 || rate.period_ns <= 0);
        if negative || idle {
            return Err(RejectCode::BadSetting);
        }
        Ok(())
    }
}
