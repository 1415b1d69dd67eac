//! What the venue did for us: every fill with the middle prices that followed.

use crate::money::Money;
use crate::oms::message::Liquidity;
use crate::units::{Lots, Side, Ticks};

use super::funding::FundingRecord;
use super::ledger::Role;
use super::mid::Mid;

/// How long after a fill the middle is looked at again: 1, 5 and 30 seconds.
pub const HORIZONS_NS: [i64; 3] = [1_000_000_000, 5_000_000_000, 30_000_000_000];

/// A fill as the venue booked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillRecord {
    /// Venue time.
    pub ts_ns: i64,
    /// Whose fill.
    pub key: u64,
    /// Which way.
    pub side: Side,
    /// At what price.
    pub price: Ticks,
    /// How much.
    pub qty: Lots,
    /// Fee in the settlement currency.
    pub fee: Money,
    /// Maker or taker, or forced by a liquidation.
    pub role: Role,
    /// The middle when it happened.
    pub mid: Mid,
    /// The middle [`HORIZONS_NS`] later; unknown where the recording ended before.
    pub later: [Mid; 3],
}

impl FillRecord {
    /// Maker or taker.
    pub const fn liquidity(&self) -> Liquidity {
        match self.role {
            Role::Trader(liquidity) => liquidity,
            Role::Liquidated => Liquidity::Taker,
        }
    }
}

/// Fills and funding in venue time.
#[derive(Clone, Debug)]
pub struct Journal {
    fills: Vec<FillRecord>,
    fundings: Vec<FundingRecord>,
    /// Per horizon the first fill whose later middle is not known yet.
    open: [usize; 3],
    /// When the next of these horizons is over.
    due_ns: i64,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            fills: Vec::new(),
            fundings: Vec::new(),
            open: [0; 3],
            due_ns: i64::MAX,
        }
    }
}

impl Journal {
    /// Every fill so far.
    pub fn fills(&self) -> &[FillRecord] {
        &self.fills
    }

    /// Every funding payment so far.
    pub fn fundings(&self) -> &[FundingRecord] {
        &self.fundings
    }

    /// Adds a payment.
    pub(super) fn pay(&mut self, paid: FundingRecord) {
        self.fundings.push(paid);
    }

    /// Adds a fill.
    pub(super) fn push(&mut self, fill: FillRecord) {
        self.due_ns = self.due_ns.min(fill.ts_ns.saturating_add(HORIZONS_NS[0]));
        self.fills.push(fill);
    }

    /// Settles what the middle was at horizons before `now_ns`; `mid` has held until then.
    #[inline]
    pub(super) fn advance(&mut self, now_ns: i64, mid: impl FnOnce() -> Mid) {
        if self.is_due(now_ns) {
            self.settle(now_ns, mid());
        }
    }

    /// Whether a horizon is over by then.
    #[inline]
    pub(super) const fn is_due(&self, now_ns: i64) -> bool {
        now_ns > self.due_ns
    }

    fn settle(&mut self, now_ns: i64, mid: Mid) {
        self.due_ns = i64::MAX;
        for (at, horizon) in HORIZONS_NS.iter().enumerate() {
            while let Some(fill) = self.fills.get_mut(self.open[at]) {
                let over_ns = fill.ts_ns.saturating_add(*horizon);
                if over_ns >= now_ns {
                    self.due_ns = self.due_ns.min(over_ns);
                    break;
                }
                fill.later[at] = mid;
                self.open[at] += 1;
            }
        }
    }
}
