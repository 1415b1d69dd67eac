//! A simulated exchange that fills a trader's orders against recorded market data.
//!
//! | module | what |
//! |---|---|
//! | `simulation` `market` `timeline` | one clock: messages, commands, replies under way, timers |
//! | `glide` | the short way from message to message |
//! | `told` | what a simulation says of its recordings |
//! | `fifo` `by_order` | queues where every order is recorded |
//! | `view` `shown` `participant` | the trader's side: what it sees, and the role it plays |
//! | `exchange` `entry` | the venue's side: orders come, rest, fill |
//! | `recorded` `taker` | the recorded book, and what of it is still there for us |
//! | `sweep` `stops` | an order on its way in, or waiting for a price |
//! | `rules` `gate` `margin` | what the venue demands, and what it refuses |
//! | `agenda` `due` | what happens by the clock: funding, expiries |
//! | `beside` | what a recording says beside its book: funding, terms, breaks |
//! | `resting` `queue` `power` | our orders beside it, and where they stand in its queues |
//! | `ledger` `fees` `funding` | the account, and what it is charged |
//! | `journal` `records` `stats` `thinning` | what is kept for the result |
//! | `latency` `logarithm` | how long messages travel, in whole numbers |
//! | [`makers`] `group` | the sample strategies compiled; one recording for many runs |
//! | [`shadow`] | how far the queue models are from what would have happened |
//! | `mid` `error` | the middle of a book; what a simulation finds wrong with itself |
//!
//! What fills an order of ours:
//!
//! * it crosses the recorded book: it takes what is displayed, less what we took before and the
//!   book still shows, less what recorded trades took since;
//! * a recorded trade at its price, once the queue ahead has traded; the volume that reaches us is
//!   shared by our orders in the order they came;
//! * a recorded trade through its price, at our price, up to the trade's volume;
//! * the recorded other side comes up to its price: it takes what is displayed there.
//!
//! A fill never exceeds the volume it stems from, and several of ours share it. Nobody in the
//! recording reacts to us. Not modelled: hidden orders of others. Unless [`Rules`] say otherwise
//! our orders never trade with each other: an incoming one stops before our own resting price and
//! its rest expires.
//!
//! After a gap, or a break of the recording, the book is unknown until the next snapshot: the venue
//! answers new orders with [`crate::reject::RejectCode::VenueUnavailable`], resting ones fill only
//! by trades through their price, and then stand behind everything displayed.

mod agenda;
mod beside;
mod by_order;
mod due;
mod entry;
mod error;
mod exchange;
mod fees;
mod fifo;
mod funding;
mod gate;
mod glide;
mod group;
mod journal;
mod latency;
mod ledger;
mod logarithm;
pub mod makers;
mod margin;
mod market;
mod mid;
mod participant;
mod power;
mod queue;
mod recorded;
mod records;
mod resting;
mod rules;
pub mod shadow;
mod shown;
mod simulation;
mod stats;
mod stops;
mod sweep;
mod taker;
#[cfg(test)]
mod tests;
mod thinning;
mod timeline;
mod told;
mod view;

pub use error::SimError;
pub use exchange::Exchange;
pub use fees::{FeeError, FeeSchedule, FeeTier, Fees};
pub use funding::{Funding, FundingDue, FundingError, FundingRecord, Mark};
pub use group::{MakerGroup, MakerRun, Shared};
pub use journal::{FillRecord, HORIZONS_NS, Journal};
pub use latency::{DELAY_NS_MAX, Delay, DelayError, Latency};
pub use ledger::{Ledger, Markout, Profit, Role};
pub use market::EQUITY_POINTS_MAX;
pub use mid::Mid;
pub use participant::Participant;
pub use power::Power;
pub use queue::QueueModel;
pub use records::{
    Counts, EQUITY_PERIOD_NS, EquityPoint, OrderRecord, Records, Request, RoundTrip, TRIPS_MAX,
};
pub use rules::{Bounds, Margin, Outage, PostOnly, RequestLimit, Rules, Window};
pub use simulation::{Assumptions, Books, ERRORS_KEPT_MAX, RECORDINGS_MAX, Simulation};
pub use stats::QueueStats;
pub use thinning::Thinning;
pub use timeline::{BACK_NS_MAX, INSTANT_MESSAGES_MAX};
pub use view::{Beside, Print, Quoted, Subscriptions, Wake};
