//! Pre-trade cases others wrote down, kept beside the tree and not in it.
//!
//! Found as `../shared/vectors/pretrade.json` beside the project, or under `TRADECORE_SHARED`.
//! Where it is absent this says so and passes: the tree's own cases stand in `risk.rs`. Cases of
//! `risk.self_trade` are the matching engine's and not played here.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::{Money, Rate, UNIT};
use tradecore_core::rate_limit::{Limiter, Priority, SlidingWindow};
use tradecore_core::risk::{
    Ask, Limits, OrderRate, Risk, Scope, SymbolTerms, Tier, Touch, TradingState, luld, worst_side,
};
use tradecore_core::units::Side;

const USD: u32 = 1;
const PERP: u32 = 0;
/// Another symbol, worth one unit a lot, that other exposure and earlier losses come from.
const OTHER: u32 = 1;

fn cases(function: &str) -> Vec<Json> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("TRADECORE_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("vectors/pretrade.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: needs {}", path.display());
        return Vec::new();
    };
    let file: Json = serde_json::from_str(&text).unwrap();
    let all = file["cases"].as_array().unwrap().iter();
    let chosen: Vec<Json> = all.filter(|case| case["fn"] == function).cloned().collect();
    assert!(!chosen.is_empty(), "no case of {function}");
    chosen
}

fn decimal(value: &Json) -> Option<Decimal> {
    value
        .as_str()
        .map(|text| Decimal::parse(text.as_bytes()).unwrap())
}

fn instrument(symbol: &str, kind: ContractKind, tick: &str, lot: &str) -> Arc<Instrument> {
    let step = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    let spec = InstrumentSpec {
        symbol: symbol.into(),
        kind,
        tick_size: step(tick),
        lot_size: step(lot),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Arc::new(Instrument::new(spec).unwrap())
}

/// A venue with one account in the state of a case, and the instrument its order is for.
struct Case {
    risk: Risk,
    perp: Arc<Instrument>,
    now_ns: i64,
}

impl Case {
    fn new(initial_margin: Rate) -> Self {
        let perp = instrument("PERP", ContractKind::Linear, "0.5", "0.0001");
        let other = instrument("OTHER", ContractKind::Linear, "1", "1");
        let mut risk = Risk::new(&[perp.clone(), other]);
        let terms = SymbolTerms {
            base: 0,
            quote: USD,
            initial_margin,
            max_spread_ticks: 100,
        };
        let free = SymbolTerms {
            initial_margin: Rate(0),
            ..terms
        };
        risk.keep_accounts(&[terms, free]).unwrap();
        risk.deposit(1, USD, Money(1_000_000_000 * UNIT)).unwrap();
        Self {
            risk,
            perp,
            now_ns: 0,
        }
    }

    fn trade(&mut self, symbol: u32, lots: i64, ticks: i64) {
        if lots != 0 {
            let side = if lots > 0 { Side::Buy } else { Side::Sell };
            let holding = self.place(symbol, side, lots.abs(), ticks);
            self.risk
                .fill(holding, side, ticks, ticks, lots.abs(), true);
            self.risk.order_closed(holding);
        }
    }

    fn place(
        &mut self,
        symbol: u32,
        side: Side,
        qty: i64,
        ticks: i64,
    ) -> tradecore_core::risk::Holding {
        let ask = Ask {
            account: 1,
            symbol,
            side,
            qty,
            price: Some(ticks),
            ..Ask::default()
        };
        self.risk.admit(&ask, self.now_ns).unwrap()
    }

    fn lots(&self, value: &Json) -> i64 {
        let quantity = decimal(value).unwrap();
        let lots = self.perp.lots(quantity);
        lots.map_or_else(|_| 0, |lots| lots.0)
    }

    fn ticks(&self, value: &Json) -> Option<i64> {
        Some(self.perp.ticks(decimal(value)?).unwrap().0)
    }

    /// Brings the account to the state of a case, by deposits and trades alone.
    fn prepare(&mut self, state: &Json) {
        let whole = |value: &Json| i64::try_from(money(value).0 / UNIT).unwrap();
        let reference = self.ticks(&state["reference_price"]);
        let at = reference.unwrap_or(1);
        self.trade(PERP, self.lots(&state["position"]), at);
        for (name, side) in [("working_buy", Side::Buy), ("working_sell", Side::Sell)] {
            let lots = self.lots(&state[name]);
            if lots > 0 {
                self.place(PERP, side, lots, at);
            }
        }
        self.trade(OTHER, whole(&state["other_gross_notional"]), 1);
        let lost = -whole(&state["day_pnl"]);
        self.trade(OTHER, lost, 2);
        self.trade(OTHER, -lost, 1);
        self.risk.set_mark(OTHER, 1).unwrap();
        if let Some(reference) = reference {
            self.risk.set_mark(PERP, reference).unwrap();
        }
        let surplus = self.risk.balance(1, USD).total - money(&state["equity"]);
        self.risk.withdraw(1, USD, surplus).unwrap();
    }
}

fn money(value: &Json) -> Money {
    Money(decimal(value).unwrap().to_atto().unwrap())
}

fn rate(value: &Json) -> Rate {
    Rate::from_decimal(decimal(value).unwrap()).unwrap()
}

fn limits(case: &Case, given: &Json) -> Limits {
    let pace = &given["order_rate"];
    let (limit, interval_ms) = (
        pace["limit"].as_u64().unwrap(),
        pace["interval_ms"].as_i64().unwrap(),
    );
    Limits {
        max_order_qty: Some(case.lots(&given["max_order_qty"])),
        max_order_value: Some(money(&given["max_order_value"])),
        collar: Some(rate(&given["collar_pct"])),
        max_position_qty: Some(case.lots(&given["max_position_qty_symbol"])),
        max_position_value: Some(money(&given["max_position_value"])),
        max_leverage: Some(rate(&given["max_leverage"])),
        max_daily_loss: Some(money(&given["max_daily_loss"])),
        order_rate: Some(OrderRate {
            burst: u32::try_from(limit).unwrap(),
            period_ns: interval_ms * 1_000_000 / i64::try_from(limit).unwrap(),
        }),
        ..Limits::default()
    }
}

fn side(order: &Json) -> Side {
    match order["side"].as_str().unwrap() {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        other => panic!("{other}"),
    }
}

#[test]
fn every_pretrade_case_is_answered_as_written() {
    for vector in cases("risk.pretrade") {
        let input = &vector["input"];
        let (order, state) = (&input["order"], &input["state"]);
        let mut case = Case::new(rate(&input["limits"]["initial_margin"]));
        case.prepare(state);
        let limits = limits(&case, &input["limits"]);
        case.risk.set_limits(Scope::Global, limits).unwrap();
        let word = state["trading_state"].as_str().unwrap();
        let states = TradingState::ALL.into_iter();
        let trading_state = states.clone().find(|known| known.as_str() == word).unwrap();
        case.risk.set_state(Scope::Global, trading_state).unwrap();
        let ask = Ask {
            account: 1,
            symbol: PERP,
            side: side(order),
            qty: case.lots(&order["qty"]),
            price: case.ticks(&order["price"]),
            touch: Touch {
                bid: case.ticks(&state["bid"]),
                ask: case.ticks(&state["ask"]),
                last: None,
            },
            reduce_only: order["reduce_only"] == true,
            ..Ask::default()
        };
        let answer = case.risk.admit(&ask, 0);
        let reason = answer.err().map(|refusal| refusal.code.as_str());
        assert_eq!(reason, vector["expected"]["reason"].as_str(), "{vector}");
    }
}

#[test]
fn every_worst_side_margin_is_as_written() {
    for vector in cases("risk.worst_side_margin") {
        let input = &vector["input"];
        let number = |name: &str| input[name].as_i64().unwrap();
        let [position, buy, sell] = ["position", "pending_buy", "pending_sell"].map(number);
        let (more_buy, more_sell, margin) = match input["action"].as_str().unwrap() {
            "bid" => (number("size"), 0, number("margin_buy")),
            _ => (0, number("size"), number("margin_sell")),
        };
        let before = worst_side(position, buy, sell);
        let after = worst_side(position, buy + more_buy, sell + more_sell);
        let required = if after > before { after * margin } else { -1 };
        let expected = &vector["expected"]["required_or_minus1"];
        assert_eq!(Some(required), expected.as_i64(), "{vector}");
    }
}

fn arrivals_ns(vector: &Json) -> Vec<i64> {
    let times = vector["input"]["timestamps_ms"].as_array().unwrap().iter();
    times
        .map(|time| time.as_i64().unwrap() * 1_000_000)
        .collect()
}

fn allowed(vector: &Json) -> Vec<bool> {
    let allowed = vector["expected"]["allowed"].as_array().unwrap().iter();
    allowed.map(|allowed| allowed.as_bool().unwrap()).collect()
}

#[test]
fn every_window_throttles_as_written() {
    for vector in cases("risk.throttle_window") {
        let capacity = vector["input"]["limit"].as_u64().unwrap();
        let period_ns = vector["input"]["window_ms"].as_u64().unwrap() * 1_000_000;
        let window = SlidingWindow::new(capacity, period_ns, 0).unwrap();
        let mut limiter = Limiter::SlidingWindow(window);
        let answers = arrivals_ns(&vector).into_iter();
        let answers = answers.map(|at| limiter.acquire(1, at, Priority::Normal) == Ok(0));
        assert_eq!(answers.collect::<Vec<_>>(), allowed(&vector), "{vector}");
    }
}

#[test]
fn every_order_rate_throttles_as_written() {
    for vector in cases("risk.throttle_gcra") {
        let mut case = Case::new(Rate(0));
        let pace = OrderRate {
            burst: u32::try_from(vector["input"]["burst"].as_u64().unwrap()).unwrap(),
            period_ns: vector["input"]["period_ms"].as_i64().unwrap() * 1_000_000,
        };
        let limits = Limits {
            order_rate: Some(pace),
            ..Limits::default()
        };
        case.risk.set_limits(Scope::Account(1), limits).unwrap();
        let ask = Ask {
            account: 1,
            qty: 1,
            price: Some(1),
            ..Ask::default()
        };
        let answers = arrivals_ns(&vector).into_iter();
        let answers = answers.map(|at| case.risk.admit(&ask, at).is_ok());
        assert_eq!(answers.collect::<Vec<_>>(), allowed(&vector), "{vector}");
    }
}

#[test]
fn every_luld_band_is_as_written() {
    let stock = instrument("STOCK", ContractKind::Spot, "0.01", "1");
    // Written as numbers; each is a price in cents.
    let cents = |value: &Json| {
        let price = Decimal::parse(value.to_string().as_bytes()).unwrap();
        stock.ticks(price).unwrap()
    };
    for vector in cases("risk.luld_band") {
        let input = &vector["input"];
        let tier = if input["tier"] == 1 {
            Tier::One
        } else {
            Tier::Two
        };
        let (reference, close) = (cents(&input["reference"]), cents(&input["prev_close"]));
        let band = luld(&stock, tier, reference, close, input["doubled"] == true).unwrap();
        let expected = &vector["expected"];
        assert_eq!(band.lower, cents(&expected["lower"]), "{vector}");
        assert_eq!(band.upper, cents(&expected["upper"]), "{vector}");
    }
}
