//! Shadow orders: how far a queue model is from what would have happened.
//!
//! A shadow is an order of one lot that nobody sees and that takes nothing from anybody, put at the
//! back of a price of a market in which every order is known. The truth about it is arithmetic:
//! who came before it, and what became of them. Beside it each [`QueueModel`] guesses from what the
//! venue makes public: depth, trades and quotes, the same as in a backtest without latency.
//!
//! | module | what |
//! |---|---|
//! | `truth` | the queue as it was |
//! | `guess` | the queue as a model has it |
//! | `plan` | where and when shadows are put |
//! | `lobster` | a recording of orders (LOBSTER) as a market of facts |

mod guess;
mod lobster;
mod plan;
#[cfg(test)]
mod tests;
mod truth;

use std::collections::VecDeque;

use crate::flow::{Chance, OrderEvent, OrderSource, Public, Rng};
use crate::market::MarketEvent;
use crate::units::{Lots, Side, Ticks};

use guess::Guess;
pub use lobster::LobsterOrders;
pub use plan::{Plan, PlanError};
use truth::Truth;

use super::mid::Mid;
use super::queue::QueueModel;
use super::recorded::Recorded;

/// What became of a shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When it was put.
    pub placed_ns: i64,
    /// Which side.
    pub side: Side,
    /// Its price.
    pub price: Ticks,
    /// What truly stood ahead.
    pub ahead: Lots,
    /// When it would have traded; `None` when not in its life.
    pub truth_ns: Option<i64>,
    /// The same by each model.
    pub guess_ns: Vec<Option<i64>>,
}

/// What became of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Study {
    /// Shadows whose life was over before the market was.
    pub outcomes: Vec<Outcome>,
    /// The middle from each time on.
    pub mids: Vec<(i64, Mid)>,
    /// Not put, because the price the public saw would have traded at once.
    pub crossed: u64,
    /// Records that could not be read.
    pub unreadable: u64,
}

/// Lets shadows live in a market.
pub fn follow<O: OrderSource>(source: &mut O, plan: &Plan, models: &[QueueModel]) -> Study {
    let mut run = Run::new(plan, models);
    loop {
        match source.next_order() {
            Ok(Some((ts_ns, event))) => run.take(ts_ns, &event),
            Ok(None) => break,
            Err(_) => run.study.unreadable += 1,
        }
    }
    run.finish(source.end_ns())
}

struct Run<'a> {
    plan: &'a Plan,
    rng: Rng,
    truth: Truth,
    guesses: Vec<Guess>,
    public: Public,
    recorded: Recorded,
    /// When the next shadow is put; `None` before the market opens.
    next_ns: Option<i64>,
    /// Number of the first shadow in `open`.
    first: usize,
    open: VecDeque<Outcome>,
    study: Study,
    filled: Vec<usize>,
    now_ns: i64,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, models: &[QueueModel]) -> Self {
        Self {
            plan,
            // The market may have the same seed; its draws are others.
            rng: Rng::new(!plan.seed),
            truth: Truth::new(),
            guesses: models.iter().map(|model| Guess::new(*model)).collect(),
            public: Public::default(),
            recorded: Recorded::new(),
            next_ns: None,
            first: 0,
            open: VecDeque::new(),
            study: Study::default(),
            filled: Vec::new(),
            now_ns: 0,
        }
    }

    fn take(&mut self, ts_ns: i64, event: &OrderEvent) {
        self.advance(ts_ns);
        self.truth.take(event, &mut self.filled);
        for key in self.filled.drain(..) {
            if let Some(outcome) = self.open.get_mut(key - self.first) {
                outcome.truth_ns = Some(ts_ns);
            }
        }
        self.public.take(ts_ns, event);
        self.hear();
        match event {
            OrderEvent::Open => self.next_ns = Some(ts_ns.saturating_add(self.plan.every_ns)),
            OrderEvent::Done => self.note_mid(ts_ns),
            OrderEvent::Book(_) | OrderEvent::Trade { .. } | OrderEvent::Hidden { .. } => {}
        }
    }

    /// Lets time pass: shadows are put and taken out when it is their time.
    fn advance(&mut self, ts_ns: i64) {
        while let Some(next_ns) = self.next_ns.filter(|next_ns| *next_ns < ts_ns) {
            self.public.advance(next_ns);
            self.hear();
            self.retire(next_ns);
            self.place(next_ns);
            self.next_ns = Some(next_ns.saturating_add(self.plan.every_ns));
        }
        self.retire(ts_ns);
        self.now_ns = ts_ns;
    }

    fn place(&mut self, ts_ns: i64) {
        let side = if self.rng.happens(Chance::of(1, 2)) {
            Side::Buy
        } else {
            Side::Sell
        };
        let behind = i64::from(self.rng.below(self.plan.behind.saturating_add(1)));
        let Some((best, _)) = self.recorded.book.best(side) else {
            return;
        };
        let price = Ticks(best.0 - side.sign() * behind);
        if price.0 <= 0 {
            return;
        }
        if self.truth.crosses(side, price) {
            self.study.crossed += 1;
            return;
        }
        let key = self.first + self.open.len();
        for guess in &mut self.guesses {
            guess.join(key, side, price, &self.recorded);
        }
        self.open.push_back(Outcome {
            placed_ns: ts_ns,
            side,
            price,
            ahead: self.truth.join(key, side, price),
            truth_ns: None,
            guess_ns: vec![None; self.guesses.len()],
        });
    }

    /// Takes out shadows whose life was over before `ts_ns`.
    fn retire(&mut self, ts_ns: i64) {
        let life_ns = self.plan.life_ns;
        let is_over = |outcome: &Outcome| outcome.placed_ns.saturating_add(life_ns) < ts_ns;
        while self.open.front().is_some_and(is_over) {
            let key = self.first;
            self.truth.leave(key);
            for guess in &mut self.guesses {
                guess.leave(key);
            }
            self.study.outcomes.extend(self.open.pop_front());
            self.first += 1;
        }
    }

    /// Hears what was made public.
    fn hear(&mut self) {
        while let Some((ts_ns, event)) = self.public.next_message() {
            hear_one(
                &event,
                &mut self.recorded,
                &mut self.guesses,
                |at, filled| {
                    for key in filled.drain(..) {
                        if let Some(outcome) = self.open.get_mut(key - self.first) {
                            outcome.guess_ns[at] = Some(ts_ns);
                        }
                    }
                },
            );
        }
    }

    fn note_mid(&mut self, ts_ns: i64) {
        let mid = self.truth.mid();
        if self.study.mids.last().is_none_or(|(_, last)| *last != mid) {
            self.study.mids.push((ts_ns, mid));
        }
    }

    fn finish(mut self, end_ns: i64) -> Study {
        self.advance(end_ns.max(self.now_ns));
        self.study
    }
}

/// Tells every model of a message, before and after the recorded book has it.
fn hear_one(
    event: &MarketEvent<'_>,
    recorded: &mut Recorded,
    guesses: &mut [Guess],
    mut note: impl FnMut(usize, &mut Vec<usize>),
) {
    let mut filled = Vec::new();
    for (at, guess) in guesses.iter_mut().enumerate() {
        guess.hear(event, recorded, &mut filled);
        note(at, &mut filled);
    }
    let (head, levels) = event.split();
    let change = recorded.apply(&head, levels);
    for (at, guess) in guesses.iter_mut().enumerate() {
        guess.see(change, recorded, &mut filled);
        note(at, &mut filled);
    }
}
