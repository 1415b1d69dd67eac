//! Accounts, and every rule an order passes before it meets the book.
//!
//! Limits are set for scopes; the strictest value of all scopes an order belongs to decides, and
//! a refusal names its scope. The order of the rules is fixed, so that the code of a refusal says
//! that all rules before it were kept:
//!
//! | | code | skipped by orders that reduce |
//! |---|---|---|
//! | 1 | `TRADING_HALTED` | |
//! | 2 | `REDUCE_ONLY_STATE` | |
//! | 3 | `REDUCE_ONLY_WOULD_INCREASE` | |
//! | 4 | `QTY_NOT_POSITIVE`, `BAD_PRICE`, `QTY_TOO_LARGE` | |
//! | 5 | `NO_REFERENCE_PRICE`, where a rule needs one | |
//! | 6, 7, 8 | `MAX_ORDER_QTY`, `MAX_ORDER_VALUE`, `PRICE_COLLAR` | |
//! | 9, 10 | `DUPLICATE_ORDER`, `MAX_OPEN_ORDERS` | |
//! | 11, 12 | `MAX_POSITION_QTY`, `MAX_POSITION_VALUE` | yes |
//! | 13 | `MAX_LEVERAGE` | yes |
//! | 14 | `INSUFFICIENT_MARGIN` | yes |
//! | 14 | `INSUFFICIENT_FUNDS` of a spot order | |
//! | 15 | `MAX_DAILY_LOSS` | yes |
//! | 17 | `RATE_LIMIT` | |
//!
//! An order reduces when its side is against the position and it fits into it together with all
//! that works on its side. Exposure is the worse side: the position with all working orders of
//! one side filled, valued at the mark, else the middle of the touch, else the last trade. A
//! margin of it is asked of derivatives only where it grows.
//!
//! An order that waits for a price or for another order counts as open and holds nothing: rules
//! 3, 8 and 11 to 15 are skipped, and checked with all others when its turn comes, which spends
//! no order rate. A refused order leaves nothing behind, not even the name of its account.
//!
//! Nothing is converted between assets: equity, exposure and loss are those of the symbols that
//! settle in one asset. An account's position on a spot market is what it traded here.
//!
//! Most orders are ordinary, and what `ordinary` asks of them is enough for a yes: it never
//! refuses, and where it does not say yes the rules are asked in their order.
//!
//! **Money is conserved.** For every asset, with all open positions of derivatives closed at any
//! one price, Σ balances + fees = Σ deposits − withdrawals; in exact integers:
//!
//! ```text
//! spot              Σ balances + fees                        = Σ deposits − withdrawals
//! linear contracts  Σ balances + fees − Σ cost of positions  = Σ deposits − withdrawals
//! inverse contracts Σ balances + fees + Σ cost of positions  = Σ deposits − withdrawals
//! ```
//!
//! as every fill has two sides of one value.

mod changes;
mod check;
mod digest;
mod exposure;
mod fills;
mod gate;
mod known;
mod ledger;
mod limits;
mod listing;
mod luld;
mod market;
pub mod naive;
mod ordinary;
mod profile;
mod row;
mod rules;
mod scope;
mod settings;
mod snapshot;
mod view;

pub use self::gate::{Ask, Holding, Risk, Working};
pub use self::limits::{Limits, OrderRate};
pub use self::luld::{Band, Tier, luld};
pub use self::market::{SymbolTerms, Touch};
pub use self::ordinary::Ordinary;
pub use self::row::worst_side;
pub use self::scope::{Refusal, Scope, TradingState};
pub use self::snapshot::SnapshotError;
pub use self::view::{Balance, Position};
