//! What happened in a run, so that the generator cannot quietly stop making it happen.

use std::collections::{BTreeMap, BTreeSet};

use tradecore_core::book::tags::Place;
use tradecore_core::matching::command::{Command, Phase};
use tradecore_core::matching::naive::Order;
use tradecore_core::matching::{ExecType, OrderStatus, Report};
use tradecore_core::order::SelfTradePrevention;
use tradecore_core::reject::RejectCode;
use tradecore_core::units::Side;

use crate::generator::Told;
use crate::pair::{Pair, SYMBOLS};

/// The refusals and reasons an engine can give.
const CODES: [RejectCode; 43] = [
    RejectCode::UnknownSymbol,
    RejectCode::QtyNotPositive,
    RejectCode::QtyTooLarge,
    RejectCode::BadPrice,
    RejectCode::BadCombination,
    RejectCode::MinNotional,
    RejectCode::Unsupported,
    RejectCode::BadExpireTime,
    RejectCode::BadStopPrice,
    RejectCode::BadDisplayQty,
    RejectCode::BadLink,
    RejectCode::BadSetting,
    RejectCode::TradingHalted,
    RejectCode::NoReferencePrice,
    RejectCode::DuplicateOrderId,
    RejectCode::DuplicateClientOrderId,
    RejectCode::UnknownOrder,
    RejectCode::PostOnlyWouldCross,
    RejectCode::FillOrKill,
    RejectCode::NoLiquidity,
    RejectCode::TotalBelowFilled,
    RejectCode::EngineFull,
    RejectCode::SelfTrade,
    RejectCode::LinkedOrderDone,
    RejectCode::NotInAuction,
    RejectCode::PriceBand,
    RejectCode::VolatilityHalt,
    RejectCode::MassCancel,
    RejectCode::ReduceOnlyState,
    RejectCode::ReduceOnly,
    RejectCode::MaxOrderQty,
    RejectCode::MaxOrderValue,
    RejectCode::PriceCollar,
    RejectCode::DuplicateOrder,
    RejectCode::MaxOpenOrders,
    RejectCode::MaxPositionQty,
    RejectCode::MaxPositionValue,
    RejectCode::MaxLeverage,
    RejectCode::InsufficientMargin,
    RejectCode::InsufficientFunds,
    RejectCode::MaxDailyLoss,
    RejectCode::RateLimit,
    RejectCode::UnknownAccount,
];

/// Those that an account's money or a limit gives when an order's turn comes.
const LIMITS: [RejectCode; 5] = [
    RejectCode::PriceCollar,
    RejectCode::MaxPositionQty,
    RejectCode::MaxLeverage,
    RejectCode::InsufficientMargin,
    RejectCode::InsufficientFunds,
];

/// How often each thing happened.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<String, u64>);

/// What has to be known from before a command.
pub(crate) struct Before {
    phases: [Option<Phase>; 2],
    /// Orders in the book, by id.
    resting: BTreeSet<u64>,
    /// Held orders, by id.
    held: BTreeSet<u64>,
    sequence: u64,
}

impl Before {
    /// The state of a pair now.
    pub(crate) fn new(pair: &Pair) -> Self {
        let waiting = pair.slow.waiting().into_iter();
        let held = waiting.filter(|order| order.place == Place::Held);
        Self {
            phases: SYMBOLS.map(|symbol| pair.slow.phase(symbol)),
            resting: resting(pair).map(|order| order.id).collect(),
            held: held.map(|order| order.id).collect(),
            sequence: pair.fast.sequence(),
        }
    }
}

fn resting(pair: &Pair) -> impl Iterator<Item = &Order> {
    let sides = SYMBOLS.map(|symbol| [Side::Buy, Side::Sell].map(|side| (symbol, side)));
    sides
        .into_iter()
        .flatten()
        .flat_map(|(symbol, side)| pair.slow.book(symbol, side))
}

impl Seen {
    fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Notes what a command did.
    pub(crate) fn note(&mut self, told: &Told, before: &Before, pair: &Pair) {
        for report in &pair.reports {
            self.note_report(report, before);
        }
        self.note_prevention(told, &pair.reports);
        let triggered = pair.reports.iter().filter(|report| {
            report.exec_type() == ExecType::Triggered && report.status() == OrderStatus::New
        });
        let stops = triggered.filter(|report| !before.held.contains(&report.order_id));
        if stops.count() >= 3 {
            self.count("three stops in one command");
        }
        for (symbol, was) in SYMBOLS.into_iter().zip(before.phases) {
            let is = pair.slow.phase(symbol);
            match told {
                Told::Plain(Command::SetPhase { symbol: at, .. }) if *at == symbol => {
                    self.count(format!("led from {was:?} to {is:?}"));
                }
                _ if was != is => self.count(format!("went from {was:?} to {is:?}")),
                _ => {}
            }
        }
        let refilled = resting(pair).filter(|order| {
            let told = |report: &&Report| report.order_id == order.id;
            let mut own = pair.reports.iter().filter(told);
            order.display > 0
                && order.priority > before.sequence
                && before.resting.contains(&order.id)
                && own.all(|report| report.exec_type() == ExecType::Trade)
        });
        for _ in refilled {
            self.count("refill");
        }
    }

    fn note_report(&mut self, report: &Report, before: &Before) {
        self.count(report.exec_type().as_str());
        self.count(report.status().as_str());
        if let Some(code) = report.reject_code() {
            self.count(code.as_str());
            let gone = report.exec_type() == ExecType::Canceled;
            if gone && code == RejectCode::ReduceOnly && before.resting.contains(&report.order_id) {
                self.count("reduce-only order cut");
            }
            if gone && LIMITS.contains(&code) {
                self.count("limit that ends an order at its turn");
            }
        }
        if report.scope != 0 {
            self.count(format!("refusal by scope {}", report.scope));
        }
        match report.exec_type() {
            ExecType::Trade if report.liquidity == 3 => self.count("auction trade"),
            ExecType::Triggered if before.held.contains(&report.order_id) => self.count("release"),
            _ => {}
        }
    }

    fn note_prevention(&mut self, told: &Told, reports: &[Report]) {
        let (Told::Plain(Command::New(order) | Command::NewWith(order, _))
        | Told::Named(order, _, _)) = told
        else {
            return;
        };
        if reports
            .iter()
            .any(|report| report.reject_code() == Some(RejectCode::SelfTrade))
        {
            self.count(order.self_trade_prevention.as_str());
        }
    }

    /// Everything that should have happened and did not.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut wanted: Vec<String> = ["refill", "release", "auction trade"]
            .map(str::to_owned)
            .into();
        wanted.push("three stops in one command".to_owned());
        wanted.push("reduce-only order cut".to_owned());
        wanted.push("limit that ends an order at its turn".to_owned());
        wanted.extend((1..=5).map(|scope| format!("refusal by scope {scope}")));
        wanted.extend(ExecType::ALL.map(|word| word.as_str().to_owned()));
        wanted.extend(OrderStatus::ALL.map(|word| word.as_str().to_owned()));
        wanted.extend(CODES.map(|code| code.as_str().to_owned()));
        let modes = &SelfTradePrevention::ALL[1..];
        wanted.extend(modes.iter().map(|mode| mode.as_str().to_owned()));
        for (from, to) in Phase::ALL
            .iter()
            .flat_map(|from| Phase::ALL.map(|to| (*from, to)))
        {
            wanted.push(format!("led from {:?} to {:?}", Some(from), Some(to)));
        }
        for (from, to) in [(Phase::Open, Phase::Auction), (Phase::Auction, Phase::Open)] {
            wanted.push(format!("went from {:?} to {:?}", Some(from), Some(to)));
        }
        // Once could be an accident of the seed.
        wanted.retain(|what| self.0.get(what).is_none_or(|count| *count < 10));
        wanted
    }
}
