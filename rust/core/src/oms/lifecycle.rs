//! The life of an order as one table: which event is legal in which state, and where it leads.
//!
//! Nothing else in the tree knows a transition. The diagram in the documentation is drawn from
//! [`transitions`]; a cell that is not listed there is illegal or changes nothing.
//!
//! Rules that the table rests on:
//!
//! * **Evidence merges.** The same message twice, or late, is [`Step::Stale`]: legal, no effect.
//! * **A fill is never lost.** It is legal in every state of an order that was sent. After a
//!   cancel, an expiry or a rejection it books its quantity and the state stays, unless it
//!   completes the order: what traded whole is [`OrderState::Filled`], whatever else was said.
//!   That is the only way out of a final state.
//! * **Acceptance is implied** by a fill, a replacement or a trigger; the order then counts as
//!   accepted before the event itself is applied.
//! * **A doubt ends by evidence only.** Our own requests leave [`OrderState::Unknown`] as it is.

macro_rules! words {
    (
        $(#[doc = $head:literal])+ $type:ident:
        $($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+
    ) => {
        $(#[doc = $head])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $type { $($(#[doc = $doc])+ $name,)+ }

        impl $type {
            /// Every one, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in reports, files and Python.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where an order stands, as far as its trader knows.
    OrderState:
    /// Made, not yet checked.
    Initialized = "INITIALIZED";
    /// Refused here; the venue never saw it.
    Denied = "DENIED";
    /// Sent; no answer yet.
    PendingNew = "PENDING_NEW";
    /// Rests at the venue, nothing traded.
    Accepted = "ACCEPTED";
    /// Rests at the venue, a part traded.
    PartiallyFilled = "PARTIALLY_FILLED";
    /// Traded whole.
    Filled = "FILLED";
    /// A cancel is under way; it may still trade.
    PendingCancel = "PENDING_CANCEL";
    /// A change is under way, or its answer was lost; it may still trade, on old terms or new.
    PendingReplace = "PENDING_REPLACE";
    /// Taken out; what had not traded is gone.
    Canceled = "CANCELED";
    /// Refused by the venue.
    Rejected = "REJECTED";
    /// Its time ran out.
    Expired = "EXPIRED";
    /// A stop that was triggered and now works.
    Triggered = "TRIGGERED";
    /// An answer was lost: it may rest, or not.
    Unknown = "UNKNOWN";
}

impl OrderState {
    /// Whether nothing but a late fill can change it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Denied | Self::Filled | Self::Canceled | Self::Rejected | Self::Expired
        )
    }

    /// Whether it may still trade at the venue: sent, and not final.
    pub const fn is_live(self) -> bool {
        !self.is_terminal() && !matches!(self, Self::Initialized)
    }
}

words! {
    /// What can happen to an order: four things we do, eleven the venue or the line to it does.
    LifeEvent:
    /// We send it.
    Submit = "submit";
    /// We refuse it.
    Deny = "deny";
    /// We ask for its cancel.
    RequestCancel = "request_cancel";
    /// We ask for other terms.
    RequestReplace = "request_replace";
    /// The venue took it.
    Accept = "accept";
    /// The venue refused it.
    Reject = "reject";
    /// A part of it traded.
    PartFill = "part_fill";
    /// The rest of it traded.
    LastFill = "last_fill";
    /// The venue took it out.
    Cancel = "cancel";
    /// The venue refused to take it out.
    CancelReject = "cancel_reject";
    /// The venue gave it other terms.
    Replace = "replace";
    /// The venue refused other terms.
    ReplaceReject = "replace_reject";
    /// Its time ran out.
    Expire = "expire";
    /// Its trigger was touched.
    Trigger = "trigger";
    /// An answer about it was lost.
    Lose = "lose";
}

impl LifeEvent {
    /// Whether only an accepted order can see it.
    pub const fn implies_acceptance(self) -> bool {
        matches!(
            self,
            Self::PartFill | Self::LastFill | Self::Replace | Self::Trigger
        )
    }

    /// Whether it shows that an order in doubt is there; that a change was refused does not.
    pub const fn ends_doubt(self) -> bool {
        !matches!(self, Self::ReplaceReject)
    }
}

/// What an event does in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Leads to this state (perhaps the same: the event counts, the state stays).
    To(OrderState),
    /// Leads to whatever the order's facts say, see [`Facts::state`].
    Settle,
    /// Legal, and without effect: it was known, or it is late.
    Stale,
    /// Contradicts what is known: counted and reported, not applied.
    Illegal,
}

/// What is known of a sent order that has not ended; [`Step::Settle`] reads its state from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "six independent facts")]
pub struct Facts {
    /// All of its quantity traded, that of a change under way included.
    pub complete: bool,
    /// An answer was lost, and nothing showed yet that it is there.
    pub doubted: bool,
    /// A cancel is under way.
    pub cancel_pending: bool,
    /// A change is under way.
    pub replace_pending: bool,
    /// The venue has it.
    pub accepted: bool,
    /// A part traded.
    pub traded: bool,
    /// Its trigger was touched.
    pub triggered: bool,
}

impl Facts {
    /// The state these facts amount to: the first that holds, in the order of the fields.
    pub const fn state(self) -> OrderState {
        if self.complete {
            OrderState::Filled
        } else if self.doubted {
            OrderState::Unknown
        } else if self.cancel_pending {
            OrderState::PendingCancel
        } else if self.replace_pending {
            OrderState::PendingReplace
        } else if !self.accepted {
            OrderState::PendingNew
        } else if self.traded {
            OrderState::PartiallyFilled
        } else if self.triggered {
            OrderState::Triggered
        } else {
            OrderState::Accepted
        }
    }
}

const STATES: usize = OrderState::ALL.len();
const EVENTS: usize = LifeEvent::ALL.len();

/// Rows are states, columns events, both in the order of their enums.
#[rustfmt::skip]
const TABLE: [[Step; EVENTS]; STATES] = {
    use OrderState as S;
    const NO: Step = Step::Illegal;
    const OL: Step = Step::Stale;
    const SE: Step = Step::Settle;
    const CA: Step = Step::To(S::Canceled);
    const DE: Step = Step::To(S::Denied);
    const EX: Step = Step::To(S::Expired);
    const FI: Step = Step::To(S::Filled);
    const PC: Step = Step::To(S::PendingCancel);
    const PN: Step = Step::To(S::PendingNew);
    const PR: Step = Step::To(S::PendingReplace);
    const RE: Step = Step::To(S::Rejected);
    const UN: Step = Step::To(S::Unknown);
    [
        // submit, deny, request cancel, request replace; accept, reject, part fill, last fill;
        // cancel, cancel reject, replace, replace reject; expire, trigger, lose
        /* INITIALIZED      */ [PN, DE, NO, NO,  NO, NO, NO, NO,  NO, NO, NO, NO,  NO, NO, NO],
        /* DENIED           */ [NO, NO, NO, NO,  NO, NO, NO, NO,  NO, NO, NO, NO,  NO, NO, NO],
        /* PENDING_NEW      */ [NO, NO, PC, PR,  SE, RE, SE, FI,  CA, OL, SE, OL,  EX, SE, UN],
        /* ACCEPTED         */ [NO, NO, PC, PR,  OL, RE, SE, FI,  CA, OL, SE, OL,  EX, SE, UN],
        /* PARTIALLY_FILLED */ [NO, NO, PC, PR,  OL, NO, SE, FI,  CA, OL, SE, OL,  EX, OL, UN],
        /* FILLED           */ [NO, NO, NO, NO,  OL, NO, FI, FI,  OL, OL, OL, OL,  OL, OL, OL],
        /* PENDING_CANCEL   */ [NO, NO, OL, NO,  SE, RE, SE, FI,  CA, SE, SE, SE,  EX, SE, UN],
        /* PENDING_REPLACE  */ [NO, NO, PC, NO,  SE, RE, SE, FI,  CA, OL, SE, SE,  EX, SE, UN],
        /* CANCELED         */ [NO, NO, NO, NO,  OL, NO, CA, FI,  OL, OL, OL, OL,  NO, OL, OL],
        /* REJECTED         */ [NO, NO, NO, NO,  OL, OL, RE, FI,  NO, OL, OL, OL,  NO, OL, OL],
        /* EXPIRED          */ [NO, NO, NO, NO,  OL, NO, EX, FI,  NO, OL, OL, OL,  OL, OL, OL],
        /* TRIGGERED        */ [NO, NO, PC, PR,  OL, RE, SE, FI,  CA, OL, SE, OL,  EX, OL, UN],
        /* UNKNOWN          */ [NO, NO, UN, NO,  SE, RE, SE, FI,  CA, OL, SE, SE,  EX, SE, OL],
    ]
};

/// What `event` does to an order in `state`.
#[inline]
pub const fn step(state: OrderState, event: LifeEvent) -> Step {
    TABLE[state as usize][event as usize]
}

/// Every legal transition as `(from, event, to)`, in table order: the source of the diagram.
///
/// A cell that settles by facts is listed once for each state it can lead to.
pub fn transitions() -> Vec<(OrderState, LifeEvent, OrderState)> {
    let mut listed = Vec::new();
    for &from in OrderState::ALL {
        for &event in LifeEvent::ALL {
            match step(from, event) {
                Step::To(to) => listed.push((from, event, to)),
                Step::Settle => {
                    let settled = settled(from, event);
                    listed.extend(settled.into_iter().map(|to| (from, event, to)));
                }
                Step::Stale | Step::Illegal => {}
            }
        }
    }
    listed
}

/// The states that [`Step::Settle`] can lead to from `from` by `event`.
fn settled(from: OrderState, event: LifeEvent) -> Vec<OrderState> {
    let mut reached = Vec::new();
    for bits in 0..128_u8 {
        let bit = |n: u8| bits & (1 << n) != 0;
        let before = Facts {
            complete: false,
            doubted: from == OrderState::Unknown,
            cancel_pending: bit(0),
            replace_pending: bit(1),
            accepted: bit(2),
            traded: bit(3),
            triggered: bit(4),
        };
        let sound = before.accepted || !(before.traded || before.triggered);
        if before.state() == from && sound {
            let to = after(before, event, bit(5), bit(6)).state();
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
    }
    reached.sort_unstable();
    reached
}

/// The facts after `event`; `completes` where a change of the total leaves nothing open, `answers`
/// where new terms are those of the change under way.
fn after(mut facts: Facts, event: LifeEvent, completes: bool, answers: bool) -> Facts {
    facts.doubted &= !event.ends_doubt();
    facts.accepted |= event.implies_acceptance() || event == LifeEvent::Accept;
    match event {
        LifeEvent::PartFill => facts.traded = true,
        LifeEvent::Trigger => facts.triggered = true,
        LifeEvent::CancelReject => facts.cancel_pending = false,
        LifeEvent::Replace | LifeEvent::ReplaceReject => {
            facts.replace_pending &= event == LifeEvent::Replace && !answers;
            facts.complete = completes && facts.traded;
        }
        LifeEvent::Submit
        | LifeEvent::Deny
        | LifeEvent::RequestCancel
        | LifeEvent::RequestReplace
        | LifeEvent::Accept
        | LifeEvent::Reject
        | LifeEvent::LastFill
        | LifeEvent::Cancel
        | LifeEvent::Expire
        | LifeEvent::Lose => {}
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fill_leaves_a_final_state() {
        for (from, event, to) in transitions() {
            if from.is_terminal() && from != to {
                assert_eq!((event, to), (LifeEvent::LastFill, OrderState::Filled));
            }
        }
    }

    #[test]
    fn a_fill_is_legal_in_every_state_of_an_order_that_was_sent() {
        for &state in OrderState::ALL {
            let sent = !matches!(state, OrderState::Initialized | OrderState::Denied);
            for event in [LifeEvent::PartFill, LifeEvent::LastFill] {
                assert_eq!(
                    step(state, event) != Step::Illegal,
                    sent,
                    "{state:?} {event:?}"
                );
            }
        }
    }

    #[test]
    fn our_own_requests_do_not_leave_a_doubt() {
        for event in [
            LifeEvent::RequestCancel,
            LifeEvent::RequestReplace,
            LifeEvent::Lose,
        ] {
            assert!(!matches!(
                step(OrderState::Unknown, event),
                Step::To(to) if to != OrderState::Unknown
            ));
        }
    }

    #[test]
    fn every_state_but_the_first_is_reached() {
        let reached = transitions();
        for &state in &OrderState::ALL[1..] {
            assert!(reached.iter().any(|(_, _, to)| *to == state), "{state:?}");
        }
    }

    #[test]
    fn a_refused_cancel_leads_back_to_where_the_order_stood() {
        let back: Vec<&str> = transitions()
            .into_iter()
            .filter(|(from, event, _)| {
                *from == OrderState::PendingCancel && *event == LifeEvent::CancelReject
            })
            .map(|(_, _, to)| to.as_str())
            .collect();
        assert_eq!(
            back,
            [
                "PENDING_NEW",
                "ACCEPTED",
                "PARTIALLY_FILLED",
                "PENDING_REPLACE",
                "TRIGGERED"
            ]
        );
    }
}
