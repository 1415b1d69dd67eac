//! Our orders beside the recorded book, by price.

use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

use super::fifo::Turn;
use super::queue::{Queue, QueueModel};
use super::recorded::{Change, Recorded};
use super::taker::{Taken, reaches, walk};

#[derive(Clone, Debug)]
struct OwnLevel {
    price: Ticks,
    queue: Queue,
}

/// Our resting orders of both sides, best price first.
#[derive(Clone, Debug)]
pub(super) struct Resting {
    model: QueueModel,
    bids: Vec<OwnLevel>,
    asks: Vec<OwnLevel>,
    hits: Vec<(Ticks, Lots)>,
    /// Whether the recording tells of every order: nothing is left to the model.
    pub(super) is_exact: bool,
    /// How many recorded orders have joined, where they are known.
    pub(super) joined: u64,
}

impl Resting {
    pub(super) fn new(model: QueueModel) -> Self {
        Self {
            model,
            bids: Vec::new(),
            asks: Vec::new(),
            hits: Vec::new(),
            is_exact: false,
            joined: 0,
        }
    }

    fn levels(&self, side: Side) -> &[OwnLevel] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn levels_mut(&mut self, side: Side) -> &mut Vec<OwnLevel> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    /// Our best price on one side.
    pub(super) fn best(&self, side: Side) -> Option<Ticks> {
        self.levels(side).first().map(|level| level.price)
    }

    /// What the recording shows ahead of one of ours, as far as is known; `None` when it does not
    /// rest.
    pub(super) fn ahead(&self, key: u64) -> Option<Lots> {
        let mut levels = self.bids.iter().chain(&self.asks);
        levels.find_map(|level| level.queue.ahead(key))
    }

    /// Our first order at our best price of one side, and all that is left of it.
    pub(super) fn first(&self, side: Side) -> Option<(Ticks, u64, Lots)> {
        let level = self.levels(side).first()?;
        let (key, leaves) = level.queue.first()?;
        Some((level.price, key, leaves))
    }

    /// What of ours rests on one side at `limit` or better.
    pub(super) fn within(&self, side: Side, limit: Option<Ticks>) -> Lots {
        let levels = self.levels(side).iter();
        let meets = |level: &&OwnLevel| {
            limit.is_none_or(|limit| reaches(side.opposite(), limit, level.price))
        };
        let each = levels.take_while(meets).map(|level| level.queue.leaves().0);
        Lots(each.fold(0, i64::saturating_add))
    }

    /// Puts an order behind what is displayed at its price and behind ours, showing `display` of it
    /// at a time, zero for all.
    pub(super) fn join(
        &mut self,
        side: Side,
        price: Ticks,
        displayed: Lots,
        key: u64,
        (leaves, display): (Lots, Lots),
    ) {
        let joined = self.joined;
        let levels = self.levels_mut(side);
        let at = levels.partition_point(|level| {
            level.price != price && reaches(side.opposite(), price, level.price)
        });
        if levels.get(at).is_none_or(|level| level.price != price) {
            let queue = Queue::at(displayed);
            levels.insert(at, OwnLevel { price, queue });
        }
        levels[at].queue.join(key, leaves, display, joined);
    }

    /// Takes an order out.
    pub(super) fn remove(&mut self, side: Side, price: Ticks, key: u64) {
        let levels = self.levels_mut(side);
        if let Some(level) = levels.iter_mut().find(|level| level.price == price) {
            level.queue.remove(key);
        }
        levels.retain(|level| !level.queue.is_empty());
    }

    /// Makes an order smaller where it stands.
    pub(super) fn reduce(&mut self, side: Side, price: Ticks, key: u64, leaves: Lots) {
        let levels = self.levels_mut(side);
        if let Some(level) = levels.iter_mut().find(|level| level.price == price) {
            level.queue.reduce(key, leaves);
        }
    }

    /// A recorded trade: fills what it would have reached, better prices whole before its own price
    /// in the queue's turn; never more than its volume.
    pub(super) fn trade(
        &mut self,
        price: Ticks,
        volume: Lots,
        aggressor: Side,
        fills: &mut Vec<(u64, Lots)>,
    ) {
        if self.is_exact {
            return;
        }
        let side = aggressor.opposite();
        let mut left = volume;
        for level in self.levels_mut(side) {
            if left.0 == 0 || !reaches(aggressor, price, level.price) {
                break;
            }
            if level.price == price {
                level.queue.trade(left, fills);
                break;
            }
            left = level.queue.through(left, fills);
        }
        if !fills.is_empty() {
            self.levels_mut(side)
                .retain(|level| !level.queue.is_empty());
        }
    }

    /// A recorded order changed, and every one is known: moves ours up, and fills those that would
    /// have traded before it; best price first, never more than it traded.
    pub(super) fn follow(&mut self, turn: &Turn, fills: &mut Vec<(u64, Lots)>) {
        let order = turn.order();
        let mut left = if turn.is_trade() { order.qty } else { Lots(0) };
        let joined = self.joined;
        let levels = self.levels_mut(order.side);
        for OwnLevel { price, queue } in levels.iter_mut() {
            queue.follow((turn, joined), order.side, *price, &mut left, fills);
        }
        levels.retain(|level| !level.queue.is_empty());
    }

    /// The recorded other side has come up to our prices: fills with what it displays there.
    pub(super) fn cross(
        &mut self,
        side: Side,
        book: &Book,
        taken: &mut Taken,
        fills: &mut Vec<(u64, Lots)>,
    ) {
        let mut hits = std::mem::take(&mut self.hits);
        for level in self.levels_mut(side) {
            hits.clear();
            let wanted = level.queue.leaves();
            let there = book.depth(side.opposite(), usize::MAX);
            let left = walk(there, taken, side, Some(level.price), wanted, &mut hits);
            if left == wanted {
                break;
            }
            for (price, qty) in &hits {
                taken.take(side.opposite(), *price, *qty);
            }
            level.queue.through(Lots(wanted.0 - left.0), fills);
        }
        self.hits = hits;
        self.levels_mut(side)
            .retain(|level| !level.queue.is_empty());
    }

    /// What the recorded book now shows at our prices.
    pub(super) fn display(&mut self, change: Change, recorded: &Recorded) {
        let (model, is_exact) = (self.model, self.is_exact);
        for (side, levels) in [(Side::Buy, &mut self.bids), (Side::Sell, &mut self.asks)] {
            for OwnLevel { price, queue } in levels {
                match change {
                    Change::None | Change::Lost => {}
                    Change::Levels => {
                        for qty in recorded.told_at(side, *price) {
                            if is_exact {
                                queue.show(qty);
                            } else {
                                queue.display(qty, model);
                            }
                        }
                    }
                    Change::Replaced { after_loss } => {
                        let displayed = recorded.book.qty_at(side, *price);
                        if after_loss {
                            queue.recover(displayed);
                        } else {
                            queue.display(displayed, model);
                        }
                    }
                }
            }
        }
    }

    /// The recorded book was lost.
    pub(super) fn lose(&mut self) {
        for level in self.bids.iter_mut().chain(&mut self.asks) {
            level.queue.lose();
        }
    }
}
