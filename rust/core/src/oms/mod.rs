//! A trader's own orders: what was asked, what the venue says became of it, the position left.
//!
//! | module | what |
//! |---|---|
//! | [`message`] [`offers`] | commands to a venue, evidence from it; what orders it takes |
//! | [`lifecycle`] | the one table of states and transitions |
//! | [`order`] [`table`] | an order, and all of them in bounded memory |
//! | [`evidence`] | how what a venue says is merged |
//! | [`position`] [`ratio`] | holdings and profit, exact |
//! | [`quote`] [`quoting`] | bringing live quotes to targets with the fewest actions |
//! | [`pre_trade`] [`plain`] | rules before an order leaves, and an order as text |
//! | [`event`] [`client_id`] | the log, and names that find an order again |
//! | [`trader`] [`actions`] | all of it together, and what a strategy can do |

pub mod actions;
pub mod change;
mod checks;
pub mod client_id;
pub mod event;
pub mod evidence;
pub mod lifecycle;
pub mod message;
pub mod offers;
pub mod order;
pub mod plain;
pub mod position;
pub mod pre_trade;
pub mod quote;
pub mod quoting;
pub mod ratio;
pub mod request;
pub mod table;
pub mod trader;

pub use actions::Denied;
pub use change::WorkingTerms;
pub use client_id::RunId;
pub use event::{Detail, EventName, OrderEvent, Refusal};
pub use lifecycle::OrderState;
pub use offers::Offers;
pub use order::{Order, Outcome};
pub use position::Position;
pub use request::OrderRequest;
pub use trader::{Counters, Trader};
