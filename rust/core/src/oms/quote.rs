//! The quote reconciler: brings the live quotes of a side to their targets by the fewest actions.
//!
//! It moves only orders that it made itself. In this order, each target takes:
//!
//! 1. the live quote at its price: nothing to do when the open quantity is right, an amend when it
//!    is not (a smaller one keeps its place in the queue where the venue grants that);
//! 2. else any live quote that no other target took, amended to its price;
//! 3. else a new order.
//!
//! What is left without a target is canceled. Where the venue cannot amend, an amend is a cancel,
//! and the new order follows when the cancel is confirmed.
//!
//! **Never double.** A side has at most as many live orders as targets, orders on their way in,
//! out or to other terms included, and those of which nobody knows. A target that finds no room,
//! or whose order waits for an answer, stays *owed* and is served when evidence makes room, without
//! a further call.
//! A target that was served and then traded, or was refused, is not served again: that is for the
//! strategy to say, with its next call.
//!
//! **Never across oneself.** A price that would meet an own order of the other side (its old or
//! its new price) stays owed until that order is away.
//!
//! **`min_life`** holds back a move of an order younger than that, and never a withdrawal.

use crate::oms::message::OrderKey;
use crate::units::{Lots, Side, Ticks};

/// Most targets of one side of one symbol.
pub const QUOTE_LEVELS_MAX: usize = 64;

/// A price and open quantity that the strategy wants to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) price: Ticks,
    pub(crate) qty: Lots,
    /// The order that shows it, or was told to.
    pub(crate) key: Option<OrderKey>,
    /// All that is to be done for it was done.
    pub(crate) served: bool,
}

/// A live quote as the reconciler sees it, at the terms it will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) key: OrderKey,
    pub(crate) price: Ticks,
    pub(crate) open: Lots,
    /// An answer is outstanding: it can be canceled, not moved.
    pub(crate) waiting: bool,
    /// A cancel is under way.
    pub(crate) leaving: bool,
    /// Younger than `min_life`.
    pub(crate) young: bool,
}

/// One thing to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Cancel(OrderKey),
    Amend {
        key: OrderKey,
        price: Ticks,
        open: Lots,
    },
    /// The order for `targets[target]`.
    New {
        target: usize,
    },
}

/// One side's targets and live quotes.
#[derive(Debug, Default)]
pub(crate) struct QuoteSide {
    pub(crate) targets: Vec<Target>,
    pub(crate) live: Vec<OrderKey>,
}

impl QuoteSide {
    /// Whether some target still waits for room or an answer.
    pub(crate) fn is_owing(&self) -> bool {
        self.targets.iter().any(|target| !target.served)
    }

    /// Plans what brings `lives` (the side's live quotes) to the targets, and marks targets served.
    ///
    /// `wall` is the own price of the other side that none may reach; `can_amend` whether the venue
    /// has an amend.
    pub(crate) fn plan(
        &mut self,
        side: Side,
        lives: &[Live],
        wall: Option<Ticks>,
        can_amend: bool,
        actions: &mut Vec<Action>,
    ) {
        assert!(
            lives.len() <= QUOTE_LEVELS_MAX,
            "Invariant: a side never has more quotes than targets it once had"
        );
        let walled = |price| wall.is_some_and(|wall| meets(side, price, wall));
        let mut taken = Pool::new(lives);
        for target in self.targets.iter().filter(|target| target.served) {
            taken.take(|live| Some(live.key) == target.key);
        }
        // An order that shows a target served before has its own room; every other live one, a
        // leaving one too, uses that of a target still owed.
        let crowd = lives.len() - taken.kept();
        let owed = self.targets.iter().filter(|target| !target.served).count();
        let mut free = owed.saturating_sub(crowd);
        for same_price in [true, false] {
            let open = |target: &&mut Target| !target.served && target.key.is_none();
            for target in self.targets.iter_mut().filter(open) {
                let fits = |live: &Live| !same_price || live.price == target.price;
                if let Some(live) = taken.take(fits) {
                    target.key = Some(live.key);
                    let blocked = live.price != target.price && walled(target.price);
                    target.serve(live, blocked, can_amend, actions);
                }
            }
        }
        actions.extend(taken.rest().map(|live| Action::Cancel(live.key)));
        for (at, target) in self.targets.iter_mut().enumerate() {
            if target.served {
                continue;
            }
            if free > 0 && target.key.is_none() && !walled(target.price) {
                free -= 1;
                target.served = true;
                actions.push(Action::New { target: at });
            }
            // An order that waits is only reserved: the next plan may pair it otherwise.
            target.key = None;
        }
    }
}

impl Target {
    pub(crate) fn new(price: Ticks, qty: Lots) -> Self {
        Self {
            price,
            qty,
            key: None,
            served: false,
        }
    }

    /// Does what can be done now to show this target by `live`.
    fn serve(&mut self, live: Live, blocked: bool, can_amend: bool, actions: &mut Vec<Action>) {
        if live.price == self.price && live.open == self.qty {
            self.served = true;
        } else if live.waiting || live.young || blocked {
            // Owed until an answer, age or room comes.
        } else if can_amend {
            self.served = true;
            actions.push(Action::Amend {
                key: live.key,
                price: self.price,
                open: self.qty,
            });
        } else {
            actions.push(Action::Cancel(live.key));
        }
    }
}

/// Which lives are spoken for: leaving, or taken by a target. One bit each.
struct Pool<'a> {
    lives: &'a [Live],
    leaving: u64,
    taken: u64,
}

impl<'a> Pool<'a> {
    fn new(lives: &'a [Live]) -> Self {
        let bit = |(at, live): (usize, &Live)| u64::from(live.leaving) << at;
        let leaving = lives.iter().enumerate().map(bit).sum();
        Self {
            lives,
            leaving,
            taken: 0,
        }
    }

    /// Takes the first that is free and wanted.
    fn take(&mut self, wanted: impl Fn(&Live) -> bool) -> Option<Live> {
        let at = (0..self.lives.len()).find(|at| self.is_free(*at) && wanted(&self.lives[*at]))?;
        self.taken |= 1 << at;
        Some(self.lives[at])
    }

    fn is_free(&self, at: usize) -> bool {
        (self.leaving | self.taken) & (1 << at) == 0
    }

    fn kept(&self) -> usize {
        self.taken.count_ones() as usize
    }

    fn rest(&self) -> impl Iterator<Item = &'a Live> {
        let lives = self.lives;
        (0..lives.len())
            .filter(|at| self.is_free(*at))
            .map(move |at| &lives[at])
    }
}

/// Whether an order of `side` at `price` would trade with one of the other side at `wall`.
fn meets(side: Side, price: Ticks, wall: Ticks) -> bool {
    match side {
        Side::Buy => price >= wall,
        Side::Sell => price <= wall,
    }
}
