//! What is asked of the sequencer, and what it answers.

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{ExecType, NewOrder, OrderStatus, Report, Terms};
use tradecore_core::order::{OrderType, TimeInForce};
use tradecore_core::units::Side;

use crate::problem::Problem;

/// What kind of order it is, in the words of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Limit,
    Market,
    Stop,
    StopLimit,
    Iceberg,
    TrailingStop,
    MarketToLimit,
}

impl Kind {
    /// In order of their number in a frame.
    pub(crate) const ALL: [Self; 7] = [
        Self::Limit,
        Self::Market,
        Self::Stop,
        Self::StopLimit,
        Self::Iceberg,
        Self::TrailingStop,
        Self::MarketToLimit,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Iceberg => "iceberg",
            other => other.order_type().as_str(),
        }
    }

    pub(crate) const fn order_type(self) -> OrderType {
        match self {
            Self::Limit | Self::Iceberg => OrderType::Limit,
            Self::Market => OrderType::Market,
            Self::Stop => OrderType::Stop,
            Self::StopLimit => OrderType::StopLimit,
            Self::TrailingStop => OrderType::TrailingStop,
            Self::MarketToLimit => OrderType::MarketToLimit,
        }
    }

    /// Of an order nobody here saw come.
    pub(crate) const fn of(order_type: OrderType) -> Self {
        match order_type {
            OrderType::Limit => Self::Limit,
            OrderType::Market => Self::Market,
            OrderType::Stop => Self::Stop,
            OrderType::StopLimit => Self::StopLimit,
            OrderType::TrailingStop => Self::TrailingStop,
            OrderType::MarketToLimit => Self::MarketToLimit,
        }
    }
}

/// A price or quantity: as a person wrote it, or counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Exact(Decimal),
    Steps(i64),
}

/// Which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Id(u64),
    /// The one of the account that bears the name.
    Name(Box<str>),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    New(Box<Placement>),
    Cancel(Which),
    Modify(Which, Revised),
    CancelAll {
        symbol: Option<u32>,
        side: Option<Side>,
    },
    /// Take out what a session placed that did not come back.
    Leave,
    /// Tell a session of everything that happens to its account, or no longer.
    Listen(bool),
}

impl Act {
    /// Whether it is held up when nothing new may come in.
    pub(crate) const fn is_new(&self) -> bool {
        matches!(self, Self::New(_) | Self::Modify(..))
    }
}

/// An order to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) order: NewOrder,
    pub(crate) terms: Terms,
    pub(crate) kind: Kind,
    pub(crate) name: Option<Box<str>>,
    /// The account's name for the strategy it is of.
    pub(crate) strategy: Option<Box<str>>,
}

/// What is to be different of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revised {
    pub(crate) price: Option<Amount>,
    pub(crate) qty: Option<Amount>,
    pub(crate) stop_price: Option<Amount>,
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The connection, where it is no session that asks.
    pub(crate) slot: u32,
    pub(crate) generation: u32,
    /// The session; 0 for none.
    pub(crate) session: u32,
    /// The caller's number of the request.
    pub(crate) tag: u64,
    pub(crate) received_ns: i64,
}

/// One request on its way to the sequencer.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) origin: Origin,
    pub(crate) account: u32,
    pub(crate) act: Act,
}

impl Ask {
    /// Take out what a session placed.
    pub(crate) fn leave(session: u32) -> Self {
        let origin = Origin {
            session,
            ..Origin::default()
        };
        Self {
            origin,
            account: 0,
            act: Act::Leave,
        }
    }
}

/// An order as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) order_id: u64,
    pub(crate) name: Option<Box<str>>,
    pub(crate) strategy: Option<Box<str>>,
    pub(crate) account: u32,
    pub(crate) symbol: u32,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    pub(crate) time_in_force: Option<TimeInForce>,
    pub(crate) status: OrderStatus,
    pub(crate) exec_type: ExecType,
    /// As [`tradecore_core::reject::RejectCode`]; 0 for none.
    pub(crate) reject: u16,
    /// Whose limit refused it, as [`tradecore_core::risk::Scope::number`]; 0 for nobody's.
    pub(crate) scope: u16,
    /// Its limit in ticks; 0 for none.
    pub(crate) price: i64,
    pub(crate) stop_price: i64,
    /// In lots, as the rest.
    pub(crate) qty: i64,
    pub(crate) filled: i64,
    pub(crate) leaves: i64,
    /// Σ price × quantity of its fills.
    pub(crate) cost: i128,
    /// 0 where nobody here saw it come.
    pub(crate) created_ns: i64,
    pub(crate) updated_ns: i64,
    /// Sequence of the command that changed it last.
    pub(crate) sequence: u64,
}

impl View {
    /// Takes over what a report says.
    pub(crate) fn follow(&mut self, report: &Report, cost: i128) {
        self.order_id = report.order_id;
        self.account = report.account;
        self.symbol = report.symbol;
        self.side = report.side();
        self.status = report.status();
        self.exec_type = report.exec_type();
        self.reject = report.reject;
        self.scope = report.scope;
        self.filled = report.cumulative;
        self.leaves = report.leaves;
        self.cost = cost;
        match self.exec_type {
            ExecType::Trade => self.qty = report.cumulative + report.leaves,
            ExecType::Canceled | ExecType::Expired => {
                self.qty = report.cumulative + report.qty;
                self.price = report.price;
            }
            ExecType::New | ExecType::Replaced | ExecType::Rejected | ExecType::Triggered => {
                self.qty = report.qty;
                self.price = report.price;
            }
        }
    }
}

/// Whether an order of this status still lives.
pub(crate) const fn is_live(status: OrderStatus) -> bool {
    match status {
        OrderStatus::New
        | OrderStatus::PartiallyFilled
        | OrderStatus::Replaced
        | OrderStatus::PendingTrigger => true,
        OrderStatus::Filled
        | OrderStatus::Canceled
        | OrderStatus::Rejected
        | OrderStatus::Expired => false,
    }
}

/// One trade of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fill {
    pub(crate) trade_id: u64,
    pub(crate) price: i64,
    pub(crate) qty: i64,
    /// As [`Report::liquidity`].
    pub(crate) liquidity: u8,
}

impl Fill {
    /// The trade a report tells of, if it does.
    pub(crate) fn of(report: &Report) -> Option<Self> {
        let is_trade = report.exec_type() == ExecType::Trade;
        is_trade.then(|| Self {
            trade_id: report.trade_id(),
            price: report.price,
            qty: report.qty,
            liquidity: report.liquidity,
        })
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The order as it is now.
    Order {
        status: u16,
        view: Box<View>,
        fills: Vec<Fill>,
        /// The same request had this answer before.
        replayed: bool,
    },
    /// So many orders were taken out.
    Canceled(u64),
    Refused(Box<Problem>),
}

/// What the sequencer has to say, and when it may be said.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    /// The record that must be durable first.
    pub(crate) position: u64,
    pub(crate) said: Said,
}

#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// To who asked.
    Answer(Origin, Outcome),
    /// To a session: something happened to an order.
    Report {
        session: u32,
        view: Box<View>,
        fill: Option<Fill>,
    },
}

/// The symbols of a venue by any spelling, and how they count.
#[derive(Debug)]
pub(crate) struct Symbols {
    pub(crate) list: Vec<std::sync::Arc<Instrument>>,
    by_name: std::collections::HashMap<String, u32>,
}

impl Symbols {
    pub(crate) fn new(list: Vec<std::sync::Arc<Instrument>>) -> Self {
        let mut by_name = std::collections::HashMap::new();
        for (at, instrument) in (0_u32..).zip(&list) {
            by_name.entry(plain(instrument.symbol())).or_insert(at);
        }
        // An exact name is never another's spelling.
        for (at, instrument) in (0_u32..).zip(&list) {
            by_name.insert(instrument.symbol().to_owned(), at);
        }
        Self { list, by_name }
    }

    pub(crate) fn find(&self, spelled: &str) -> Option<u32> {
        let found = self.by_name.get(spelled).copied();
        found.or_else(|| self.by_name.get(&plain(spelled)).copied())
    }

    pub(crate) fn get(&self, symbol: u32) -> Option<&Instrument> {
        self.list.get(symbol as usize).map(AsRef::as_ref)
    }
}

/// A symbol without the marks that clients put into it.
fn plain(symbol: &str) -> String {
    let kept = symbol.chars().filter(|c| !matches!(c, '/' | '-' | '_'));
    kept.map(|c| c.to_ascii_uppercase()).collect()
}
