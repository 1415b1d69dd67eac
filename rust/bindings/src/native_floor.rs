//! The engine of a `VenueEngine`, as native order entry has it between calls of Python.

use std::sync::{Arc, Mutex, PoisonError};

use tradecore_core::matching::Sink as _;
use tradecore_gateway::{Desk, Floor, OrderTerms};
use tradecore_journal::{Departed, Told, Venue, VenueLog};

use crate::collected::{Listener as _, Origin};
use crate::engine_state::{HEARD_MAX, State};
use crate::machine::Machine;

/// The state Python's calls share with the server's thread, which never has the interpreter.
pub(crate) struct SharedFloor {
    pub(crate) state: Arc<Mutex<State>>,
    /// Reports are kept for `take_reports`.
    pub(crate) keeps_reports: bool,
    /// Commands that books elsewhere may be behind; 0 for any number.
    pub(crate) behind_max: u64,
}

impl Floor for SharedFloor {
    fn enter(&self, work: &mut dyn FnMut(&mut dyn Desk)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut Seat {
            state: &mut state,
            keeps_reports: self.keeps_reports,
            behind_max: self.behind_max,
        });
    }
}

struct Seat<'a> {
    state: &'a mut State,
    keeps_reports: bool,
    behind_max: u64,
}

impl Desk for Seat<'_> {
    fn venue(&mut self) -> &mut Venue<VenueLog> {
        match &mut self.state.engine {
            Machine::Venue(kept) => &mut kept.venue,
            Machine::Plain(_) => {
                unreachable!("Invariant: order entry stands before a venue's engine")
            }
        }
    }

    fn has_room(&mut self) -> bool {
        let is_full = self.keeps_reports && self.state.overheard.len() >= HEARD_MAX;
        if is_full || self.state.is_awaited {
            return false;
        }
        let followed = self.state.followed;
        self.behind_max == 0 || self.venue().sequence() < followed.saturating_add(self.behind_max)
    }

    fn order_terms(&mut self, symbol: u32) -> OrderTerms {
        let terms = self.state.order_terms.get(symbol as usize).copied();
        terms.unwrap_or_default()
    }

    fn note(&mut self, told: &[Told], departed: &[Departed]) {
        if !self.keeps_reports {
            return;
        }
        let timestamp_ns = self.state.engine.now_ns();
        let collected = &mut self.state.collected;
        collected.clear();
        for one in told {
            collected.push(one.report, || one.cost);
            collected.mark(Origin {
                sequence: one.position,
                timestamp_ns,
                is_duplicate: false,
            });
        }
        for one in departed {
            collected.gone(one.told());
        }
        self.state.overhear(None);
    }
}
