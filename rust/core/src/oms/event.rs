//! What a trader's own orders went through, in order: the log that strategies and reports read.

use std::sync::Arc;

use crate::oms::lifecycle::{LifeEvent, OrderState, words};
use crate::oms::message::{Fill, OrderKey};
use crate::reject::RejectCode;
use crate::units::{Side, SymbolId};

words! {
    /// The name of an [`OrderEvent`]; its number indexes a strategy's callbacks.
    EventName:
    /// Sent to the venue.
    Submitted = "submitted";
    /// Refused here.
    Denied = "denied";
    /// Taken by the venue.
    Accepted = "accepted";
    /// Refused by the venue.
    Rejected = "rejected";
    /// Traded.
    Filled = "filled";
    /// Has other terms now.
    Modified = "modified";
    /// Keeps its terms: the change was refused, here or by the venue.
    ModifyRejected = "modify_rejected";
    /// Taken out.
    Canceled = "canceled";
    /// Stays: the cancel was refused, here or by the venue.
    CancelRejected = "cancel_rejected";
    /// Its time ran out.
    Expired = "expired";
    /// Its trigger was touched.
    Triggered = "triggered";
    /// An answer about it was lost.
    Unknown = "unknown";
    /// Evidence that contradicts what is known; it was counted and not applied.
    Illegal = "illegal";
}

/// What an [`OrderEvent`] says beyond its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more.
    None,
    /// The trade.
    Fill(Fill),
    /// Why it was refused.
    Refusal(Refusal),
    /// What was said of it that cannot be.
    Illegal(LifeEvent),
}

/// A refusal as a value: its code, and a sentence with the rule, the values and the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// Which rule.
    pub code: RejectCode,
    /// The rule, the values, the place.
    pub text: Arc<str>,
}

impl Refusal {
    /// A refusal in its own words.
    pub fn new(code: RejectCode, text: impl Into<Arc<str>>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}

impl From<RejectCode> for Refusal {
    /// A refusal in the words of its code, for one that came from a venue without more.
    fn from(code: RejectCode) -> Self {
        Self::new(code, code.text())
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEvent {
    /// Which order.
    pub key: OrderKey,
    /// Its symbol; `None` when the order is not known here.
    pub symbol: Option<SymbolId>,
    /// Its side; `None` when the order is not known here.
    pub side: Option<Side>,
    /// The venue's time, or ours for what happened here.
    pub ts_event_ns: i64,
    /// Our time.
    pub ts_recv_ns: i64,
    /// What happened.
    pub name: EventName,
    /// More about it.
    pub detail: Detail,
    /// The order's state after it.
    pub state: OrderState,
    /// Nobody said so: concluded from evidence that implies it (an acceptance before a fill).
    pub synthesized: bool,
    /// A fill beyond all that was ever asked for, or after the order had ended.
    pub unexpected: bool,
}

/// Where events wait for their two readers: the strategy (which may want some only) and a report.
#[derive(Debug)]
pub(crate) struct Log {
    wanted: u16,
    pub(crate) waiting: Vec<OrderEvent>,
    pub(crate) journal: Option<Vec<OrderEvent>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            wanted: u16::MAX,
            waiting: Vec::new(),
            journal: None,
        }
    }

    /// Keeps only events whose bit (by the number of their name) is set for the strategy.
    pub(crate) fn want(&mut self, mask: u16) {
        self.wanted = mask;
    }

    pub(crate) fn push(&mut self, event: OrderEvent) {
        if let Some(journal) = &mut self.journal {
            journal.push(event.clone());
        }
        if self.wanted & (1 << event.name as u16) != 0 {
            self.waiting.push(event);
        }
    }
}
