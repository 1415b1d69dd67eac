//! The words of a script: one line to one command, reports back to words.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::str::FromStr;

use tradecore_core::matching::{
    Bands, Change, Command, ExecType, Filter, Link, NewOrder, Phase, PostOnly, Report, Revision,
    Terms,
};
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};
use tradecore_core::units::Side;

const SYMBOL: u32 = 0;

/// The names of a script and the ids they stand for, in order of appearance from 1.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<String, u64>);

/// The words of a line, asked for by what they mean.
struct Line<'a>(&'a [&'a str]);

impl<'a> Line<'a> {
    fn has(&self, word: &str) -> bool {
        self.0.contains(&word)
    }

    /// The word after `word`.
    fn after(&self, word: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|known| *known == word)?;
        Some(self.0[at + 1])
    }

    fn number<T: FromStr<Err: Debug>>(&self, word: &str) -> Option<T> {
        self.after(word).map(|text| text.parse().unwrap())
    }

    fn side(&self) -> Side {
        if self.has("sell") {
            Side::Sell
        } else {
            Side::Buy
        }
    }

    fn order_type(&self) -> OrderType {
        match (self.has("@"), self.has("stop")) {
            _ if self.has("market") => OrderType::Market,
            _ if self.has("market_to_limit") => OrderType::MarketToLimit,
            _ if self.has("trail") => OrderType::TrailingStop,
            (true, true) => OrderType::StopLimit,
            (false, true) => OrderType::Stop,
            (_, false) => OrderType::Limit,
        }
    }

    fn time_in_force(&self) -> TimeInForce {
        let lives = [
            ("ioc", TimeInForce::Ioc),
            ("fok", TimeInForce::Fok),
            ("gtd", TimeInForce::Gtd),
            ("day", TimeInForce::Day),
        ];
        let said = lives.into_iter().find(|(word, _)| self.has(word));
        said.map_or(TimeInForce::Gtc, |(_, life)| life)
    }

    fn post_only(&self) -> PostOnly {
        match (self.has("post"), self.has("reprice")) {
            (_, true) => PostOnly::Reprice,
            (true, false) => PostOnly::Reject,
            (false, false) => PostOnly::No,
        }
    }

    fn self_trade_prevention(&self) -> SelfTradePrevention {
        let modes = SelfTradePrevention::ALL.into_iter();
        let said = modes.rev().find(|mode| self.has(mode.as_str()));
        said.unwrap_or_default()
    }
}

impl Names {
    fn id(&mut self, name: &str) -> u64 {
        let next = self.0.len() as u64 + 1;
        *self.0.entry(name.to_owned()).or_insert(next)
    }

    /// The name of an order.
    pub(crate) fn name(&self, id: u64) -> &str {
        let found = self.0.iter().find(|(_, known)| **known == id);
        found.map_or("?", |(name, _)| name)
    }

    /// The command a line spells.
    pub(crate) fn command(&mut self, words: &[&str]) -> Command {
        let line = Line(words);
        match words[0] {
            "new" => self.new_order(&line),
            "cancel" if words[1] == "all" => Command::CancelAll(Filter {
                account: line.number("by"),
                symbol: Some(SYMBOL),
                side: (line.has("buy") || line.has("sell")).then(|| line.side()),
                strategy: None,
            }),
            "cancel" => Command::Cancel {
                symbol: SYMBOL,
                order_id: self.id(words[1]),
            },
            "modify" | "reinsert" => Command::Modify {
                symbol: SYMBOL,
                order_id: self.id(words[1]),
                change: Change {
                    price: line.number("@"),
                    qty: words[2].parse().ok(),
                    stop_price: line.number("stop"),
                    revision: if words[0] == "modify" {
                        Revision::Total
                    } else {
                        Revision::Reinsert
                    },
                },
            },
            "state" => Command::SetPhase {
                symbol: SYMBOL,
                phase: *Phase::ALL
                    .iter()
                    .find(|phase| phase.as_str() == words[1])
                    .expect("open, auction, halted or closed"),
            },
            "bands" => Command::SetBands {
                symbol: SYMBOL,
                bands: Bands {
                    low: line.number("low").unwrap_or(0),
                    high: line.number("high").unwrap_or(0),
                    dynamic_bps: line.number("bps").unwrap_or(0),
                    halt_ns: line.number("halt").unwrap_or(0),
                },
            },
            "reference" => Command::SetReference {
                symbol: SYMBOL,
                price: words[1].parse().unwrap(),
            },
            "time" => Command::AdvanceTime {
                now_ns: words[1].parse().unwrap(),
            },
            word => panic!("no such command: {word}"),
        }
    }

    fn new_order(&mut self, line: &Line<'_>) -> Command {
        let order = NewOrder {
            order_id: self.id(line.0[1]),
            account: line.number("by").unwrap_or(0),
            side: line.side(),
            qty: line.0[3].parse().unwrap(),
            price: line.number("@").unwrap_or(0),
            order_type: line.order_type(),
            time_in_force: line.time_in_force(),
            post_only: line.post_only(),
            self_trade_prevention: line.self_trade_prevention(),
            ..NewOrder::default()
        };
        let (kind, named) = match (line.after("oco"), line.after("releases")) {
            (Some(name), _) => (Link::Oco, self.id(name)),
            (None, Some(name)) => (Link::Releases, self.id(name)),
            (None, None) if line.has("held") => (Link::Held, 0),
            (None, None) => (Link::None, 0),
        };
        let terms = Terms {
            stop_price: line.number("stop").unwrap_or(0),
            trailing_distance: line.number("trail").unwrap_or(0),
            display_qty: line.number("show").unwrap_or(0),
            expire_time_ns: line.number("gtd").unwrap_or(0),
            linked_id: named,
            link: kind,
            ..Terms::default()
        };
        Command::NewWith(order, terms)
    }

    /// Reports in the words of a script; of a trade one line.
    pub(crate) fn told(&self, reports: &[Report]) -> String {
        let told = reports.iter().filter_map(|report| {
            let (name, code) = (self.name(report.order_id), report.reject_code());
            let code = code.map_or(String::new(), |code| format!(" {}", code.as_str()));
            let (qty, price) = (report.qty, report.price);
            Some(
                match (report.exec_type(), report.liquidity, report.side()) {
                    (ExecType::New, ..) => format!("accepted {name}"),
                    (ExecType::Trade, 1, _) | (ExecType::Trade, 3, Side::Sell) => return None,
                    (ExecType::Trade, ..) => {
                        let other = self.name(report.counter_order_id);
                        format!("trade {name} {other} {qty} @ {price}")
                    }
                    (ExecType::Canceled, ..) => format!("canceled {name} {qty}{code}"),
                    (ExecType::Replaced, ..) => format!("replaced {name} {qty} @ {price}{code}"),
                    (ExecType::Rejected, ..) => format!("rejected {name}{code}"),
                    (ExecType::Expired, ..) => format!("expired {name} {qty}"),
                    (ExecType::Triggered, ..) => format!("triggered {name}"),
                },
            )
        });
        told.collect::<Vec<_>>().join(" · ")
    }

    /// `(price, shown, id)` in the order they would trade, as a line.
    pub(crate) fn side(&self, word: &str, orders: &[(i64, i64, u64)]) -> String {
        let mut text = word.to_owned();
        for level in orders.chunk_by(|a, b| a.0 == b.0) {
            let total: i64 = level.iter().map(|order| order.1).sum();
            let queue: Vec<String> = level
                .iter()
                .map(|order| format!("{}:{}", self.name(order.2), order.1))
                .collect();
            write!(text, " {}:{total}({})", level[0].0, queue.join(" ")).unwrap();
        }
        if orders.is_empty() { text + " -" } else { text }
    }

    /// The orders that wait, in the order they came, as a line.
    pub(crate) fn waiting(&self, ids: &[u64]) -> String {
        let names: Vec<&str> = ids.iter().map(|id| self.name(*id)).collect();
        if names.is_empty() {
            return "-".to_owned();
        }
        names.join(" ")
    }
}
