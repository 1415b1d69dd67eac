//! The simulated traders as one party to a market: what they send when, and what they remember.

use crate::matching::report::{ExecType, TAKER};
use crate::matching::{Command, NewOrder, PostOnly, Report};
use crate::order::{OrderType, TimeInForce};

use super::fair::Fair;
use super::rng::Rng;
use super::traders::{Action, Touch, Traders};

/// The traders think once in this time.
pub(super) const STEP_NS: i64 = 1_000_000;
/// The book is built up this long before anybody looks.
pub(super) const WARM_UP_STEPS: i64 = 20_000;

/// Makers, takers, and the value they believe in.
#[derive(Clone, Debug)]
pub(super) struct Party {
    symbol: u32,
    account: u32,
    rng: Rng,
    fair: Fair,
    pub(super) traders: Traders,
    /// Of the present step.
    actions: Vec<Action>,
    /// How many of them were sent.
    sent: usize,
}

impl Party {
    pub(super) fn new(seed: u64, fair: Fair, symbol: u32, account: u32) -> Self {
        Self {
            symbol,
            account,
            rng: Rng::new(seed),
            fair,
            traders: Traders::default(),
            actions: Vec::new(),
            sent: 0,
        }
    }

    /// Whose orders these are.
    pub(super) const fn account(&self) -> u32 {
        self.account
    }

    /// Thinks about what to do in the step that begins.
    pub(super) fn think(&mut self, touch: Touch) {
        self.fair.step(&mut self.rng);
        self.actions.clear();
        self.sent = 0;
        self.traders
            .act(&mut self.rng, &self.fair, touch, &mut self.actions);
    }

    /// The next thing to do in the step that began at `step_ns`, and when.
    pub(super) fn next(&mut self, step_ns: i64) -> Option<(i64, Action)> {
        let action = *self.actions.get(self.sent)?;
        let count = i64::try_from(self.actions.len()).unwrap_or(1).max(1);
        let slot_ns = STEP_NS / count;
        let within = self.rng.below(u32::try_from(slot_ns).unwrap_or(0));
        let at = i64::try_from(self.sent).unwrap_or(0);
        self.sent += 1;
        Some((step_ns + at * slot_ns + i64::from(within), action))
    }

    /// The command of an action.
    pub(super) fn command(&self, action: Action) -> Command {
        let order = NewOrder {
            symbol: self.symbol,
            account: self.account,
            ..NewOrder::default()
        };
        match action {
            Action::Make { side, price, qty } => Command::New(NewOrder {
                side,
                price,
                qty,
                post_only: PostOnly::Reject,
                ..order
            }),
            Action::Take { side, qty } => Command::New(NewOrder {
                side,
                qty,
                order_type: OrderType::Market,
                time_in_force: TimeInForce::Ioc,
                ..order
            }),
            Action::Cancel { order_id } => Command::Cancel {
                symbol: self.symbol,
                order_id,
            },
        }
    }

    /// Remembers what a report says that `action` caused.
    pub(super) fn hear(&mut self, report: &Report, action: Action) {
        match report.exec_type() {
            ExecType::New if matches!(action, Action::Make { .. }) => {
                self.traders
                    .rests(report.order_id, report.side(), report.price);
            }
            ExecType::Trade if report.liquidity == TAKER => self.fair.excite(),
            ExecType::Trade if report.leaves == 0 => self.traders.gone(report.order_id),
            ExecType::Canceled if matches!(action, Action::Cancel { .. }) => {
                self.traders.gone(report.order_id);
            }
            ExecType::New
            | ExecType::Trade
            | ExecType::Canceled
            | ExecType::Replaced
            | ExecType::Rejected
            | ExecType::Expired
            | ExecType::Triggered => {}
        }
    }

    /// Somebody took what a maker had to offer.
    pub(super) fn notice_a_loss(&mut self) {
        self.fair.excite();
    }
}
