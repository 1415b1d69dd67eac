//! What a venue demands of its traders, besides the terms of an order.

use std::sync::Arc;

use crate::flow::Chance;
use crate::money::{Money, Rate};
use crate::order::SelfTradePrevention;
use crate::rate_limit::Limiter;
use crate::units::Lots;

use super::fees::{FeeSchedule, Fees};
use super::funding::Funding;
use super::queue::QueueModel;

/// What a post-only order does where it would take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PostOnly {
    /// It is refused.
    #[default]
    Refused,
    /// It is moved a tick behind the best opposite price.
    Repriced,
}

/// Collateral of a derivatives account, and when it no longer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// What the account starts with, in the settlement currency.
    pub balance: Money,
    /// Equity needed for an order, of the largest position it could lead to.
    pub initial: Rate,
    /// Equity needed to keep a position.
    pub maintenance: Rate,
    /// Fee of a liquidation, of what it trades.
    pub liquidation_fee: Rate,
}

/// How many requests a venue takes in how much time.
#[derive(Clone, Debug)]
pub struct RequestLimit {
    /// The limit.
    pub limiter: Limiter,
    /// What a new order takes of it.
    pub new: u64,
    /// What a change takes of it.
    pub modify: u64,
    /// What a cancel takes of it.
    pub cancel: u64,
}

/// What becomes of commands during an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// They are refused.
    Refuses,
    /// They never arrive: after the timeout nobody knows, after the outage it is told.
    Loses {
        /// How long the trader waits for an answer.
        timeout_ns: i64,
    },
}

/// When a venue is out: from the first time, before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Venue time of its start.
    pub from_ns: i64,
    /// Venue time at which it is over.
    pub until_ns: i64,
    /// What becomes of commands meanwhile.
    pub outage: Outage,
}

/// Bounds of a single order and of all; none where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Least quantity of an order.
    pub qty_min: Option<Lots>,
    /// Largest quantity of an order.
    pub qty_max: Option<Lots>,
    /// Most orders that may be alive.
    pub orders_max: Option<usize>,
    /// How far a limit may be from the middle, in hundredths of a percent.
    pub band_bps: Option<u32>,
}

/// What a venue demands; see the fields.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What trading costs.
    pub fees: FeeSchedule,
    /// Where our orders stand in a queue.
    pub queue: QueueModel,
    /// What holding costs.
    pub funding: Funding,
    /// What must be there to trade; none for an account that may owe anything.
    pub margin: Option<Margin>,
    /// How many requests are taken; all must admit one.
    pub limits: Vec<RequestLimit>,
    /// When the venue is out, in order of time and apart.
    pub windows: Arc<[Window]>,
    /// How often a new order or a change is refused without a reason of ours.
    pub refuses: Chance,
    /// Where draws of refusals start from.
    pub seed: u64,
    /// Bounds of orders.
    pub bounds: Bounds,
    /// What happens when an order would meet one of ours.
    pub self_trade: SelfTradePrevention,
    /// What a post-only order does where it would take.
    pub post_only: PostOnly,
    /// When a `DAY` order expires: nanoseconds after 00:00 UTC.
    pub day_end_ns: i64,
}

impl Rules {
    /// A venue that demands its fees, and nothing else.
    pub fn plain(fees: Fees, queue: QueueModel) -> Self {
        Self {
            fees: fees.into(),
            queue,
            funding: Funding::Recorded,
            margin: None,
            limits: Vec::new(),
            windows: Arc::default(),
            refuses: Chance(0),
            seed: 0,
            bounds: Bounds::default(),
            self_trade: SelfTradePrevention::CancelNewest,
            post_only: PostOnly::Refused,
            day_end_ns: 0,
        }
    }
}
