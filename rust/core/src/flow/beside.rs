//! The simulated traders on somebody else's engine, beside other participants.

use crate::matching::{Command, Engine, Report};
use crate::units::Side;

use super::fair::Fair;
use super::party::{Party, STEP_NS, WARM_UP_STEPS};
use super::traders::{Action, Touch};

/// Makers and takers in one symbol of an engine that others trade on too.
///
/// They say what they would send; whoever owns the engine sends it and tells them what came of it.
/// What others do to their orders in between they see in the engine.
#[derive(Clone, Debug)]
pub struct FlowTraders {
    party: Party,
    symbol: u32,
    /// When the present step began.
    step_ns: i64,
    /// When it ends; at once before the market opens.
    end_ns: i64,
    /// Steps of the time before the market opens that are left.
    warm_up: i64,
    /// What was sent last.
    action: Option<Action>,
    /// [`Engine::sequence`] as of what was heard last.
    sequence: u64,
}

impl FlowTraders {
    /// Traders who come at `start_ns`, when they build up a book at once, and believe in `price`.
    ///
    /// `volatility_milliticks` as in [`super::FlowSpec`].
    pub fn new(
        seed: u64,
        (price, volatility_milliticks): (i64, i64),
        (symbol, account): (u32, u32),
        start_ns: i64,
    ) -> Self {
        let fair = Fair::new(price, volatility_milliticks);
        Self {
            party: Party::new(seed, fair, symbol, account),
            symbol,
            step_ns: start_ns,
            end_ns: start_ns,
            warm_up: WARM_UP_STEPS,
            action: None,
            sequence: 0,
        }
    }

    /// Whose orders these are.
    pub const fn account(&self) -> u32 {
        self.party.account()
    }

    /// Up to when they have thought.
    pub const fn now_ns(&self) -> i64 {
        self.end_ns
    }

    /// The next command before `until_ns` and when it is to be executed; `None` when there is none.
    ///
    /// Its reports are told by [`Self::hear`] before this is called again.
    pub fn next(&mut self, engine: &Engine, until_ns: i64) -> Option<(i64, Command)> {
        loop {
            if let Some((ts_ns, action)) = self.party.next(self.step_ns) {
                self.action = Some(action);
                return Some((ts_ns.min(self.end_ns), self.party.command(action)));
            }
            if self.warm_up > 0 {
                self.warm_up -= 1;
            } else {
                let end_ns = self.end_ns.checked_add(STEP_NS)?;
                if end_ns > until_ns {
                    return None;
                }
                (self.step_ns, self.end_ns) = (self.end_ns, end_ns);
            }
            self.look(engine);
            let best = |side| engine.best(self.symbol, side).map(|(price, _)| price);
            self.party.think(Touch {
                bid: best(Side::Buy),
                ask: best(Side::Sell),
            });
        }
    }

    /// Tells what the last command caused.
    pub fn hear(&mut self, engine: &Engine, reports: &[Report]) {
        let Some(action) = self.action.take() else {
            return;
        };
        for report in reports {
            self.party.hear(report, action);
        }
        if let Action::Cancel { order_id } = action {
            // Refused or not: it is not there any more.
            self.party.traders.gone(order_id);
        }
        // More than these: others did something since.
        if engine.sequence().wrapping_sub(self.sequence) == reports.len() as u64 {
            self.sequence = engine.sequence();
        }
    }

    /// Forgets orders that others took or an operator canceled.
    fn look(&mut self, engine: &Engine) {
        if engine.sequence() == self.sequence {
            return;
        }
        self.sequence = engine.sequence();
        let account = self.account();
        let is_there = |id| {
            engine
                .order(id)
                .is_some_and(|order| order.account == account)
        };
        for _ in 0..self.party.traders.keep(is_there) {
            self.party.notice_a_loss();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::Decimal;
    use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
    use crate::matching::{Filter, NewOrder};
    use crate::money::Rate;
    use crate::order::OrderType;
    use crate::order::TimeInForce;
    use std::sync::Arc;

    const START_NS: i64 = 1_700_000_000_000_000_000;
    const SECOND_NS: i64 = 1_000_000_000;

    fn instrument(symbol: &str) -> Arc<Instrument> {
        let spec = InstrumentSpec {
            symbol: symbol.into(),
            kind: ContractKind::Linear,
            tick_size: Decimal::ONE,
            lot_size: Decimal::ONE,
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        };
        Arc::new(Instrument::new(spec).unwrap())
    }

    fn engine() -> Engine {
        Engine::new(vec![instrument("OTHER"), instrument("OURS")])
    }

    fn run(traders: &mut FlowTraders, engine: &mut Engine, until_ns: i64) -> u64 {
        let mut sent = 0;
        while let Some((ts_ns, command)) = traders.next(engine, until_ns) {
            assert!((START_NS..=until_ns).contains(&ts_ns));
            let mut reports = Vec::new();
            engine.advance_time(ts_ns, &mut reports);
            engine.apply(&command, &mut reports);
            traders.hear(engine, &reports);
            sent += 1;
        }
        sent
    }

    fn remembered(traders: &FlowTraders) -> Vec<u64> {
        let mut ids: Vec<u64> = traders.party.traders.ids().collect();
        ids.sort_unstable();
        ids
    }

    fn live(engine: &Engine) -> Vec<u64> {
        let theirs = engine.live().filter(|order| order.account == 7);
        let mut ids: Vec<u64> = theirs.map(|order| order.id).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn they_make_a_market_in_their_symbol() {
        let (mut engine, mut traders) = (
            engine(),
            FlowTraders::new(3, (60_000, 2_000), (1, 7), START_NS),
        );
        assert!(run(&mut traders, &mut engine, START_NS + SECOND_NS) > 1000);
        let touch = [Side::Buy, Side::Sell].map(|side| engine.best(1, side).unwrap().0);
        assert!(touch[1] - touch[0] < 6, "{touch:?}");
        assert_eq!(engine.best(0, Side::Buy), None);
        assert_eq!(remembered(&traders), live(&engine));
        engine.audit().unwrap();
    }

    #[test]
    fn how_far_they_are_led_at_a_time_makes_no_difference() {
        let lead = |steps: i64| {
            let (mut engine, mut traders) = (
                engine(),
                FlowTraders::new(3, (60_000, 2_000), (1, 7), START_NS),
            );
            for step in 1..=steps {
                run(
                    &mut traders,
                    &mut engine,
                    START_NS + SECOND_NS * step / steps,
                );
            }
            engine.advance_time(START_NS + SECOND_NS, &mut Vec::new());
            engine.state_hash()
        };
        assert_eq!(lead(1), lead(10));
        assert_eq!(lead(1), lead(1000));
    }

    #[test]
    fn they_remember_what_others_left_them() {
        let (mut engine, mut traders) = (
            engine(),
            FlowTraders::new(3, (60_000, 2_000), (1, 7), START_NS),
        );
        for second in 1..20 {
            run(&mut traders, &mut engine, START_NS + SECOND_NS * second);
            let sweep = NewOrder {
                symbol: 1,
                account: 9,
                side: if second % 2 == 0 {
                    Side::Buy
                } else {
                    Side::Sell
                },
                order_type: OrderType::Market,
                time_in_force: TimeInForce::Ioc,
                qty: 5_000,
                ..NewOrder::default()
            };
            let mut reports = Vec::new();
            engine.apply(&Command::New(sweep), &mut reports);
            assert!(reports.len() > 2, "it trades");
            if second == 10 {
                engine.apply(&Command::CancelAll(Filter::default()), &mut reports);
            }
            traders.look(&engine);
            assert_eq!(remembered(&traders), live(&engine), "second {second}");
        }
        engine.audit().unwrap();
    }
}
