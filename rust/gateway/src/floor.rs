//! The engine, shared with whoever else gives it commands.

use std::sync::{Mutex, PoisonError};

use tradecore_core::matching::{Command, NewOrder, Report, Sink, Terms};
use tradecore_journal::durable::JournalError;
use tradecore_journal::{Departed, Name, Placed, Told, Venue, VenueLog};

use crate::problem::Problem;

/// Where the engine is; others may have it between two batches.
pub trait Floor: Send + Sync + 'static {
    /// Runs `work` while nobody else has the engine.
    fn enter(&self, work: &mut dyn FnMut(&mut dyn Desk));
}

/// What orders in a symbol are held to here, beside the engine's rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderTerms {
    /// Fewest lots of an order; 0 for any number.
    pub least: i64,
    /// It was taken out of trading for good.
    pub is_delisted: bool,
}

impl OrderTerms {
    /// Lets an order of so many lots pass; the engine has its own word for none and for fewer.
    ///
    /// # Errors
    ///
    /// A [`Problem`] that names the rule.
    pub(crate) fn admit(self, qty: i64) -> Result<(), Problem> {
        if self.is_delisted {
            let text = "the instrument was taken out of trading for good";
            return Err(Problem::new(409, "DELISTED", text).at("/symbol"));
        }
        if 0 < qty && qty < self.least {
            let text = "the quantity is below the instrument's smallest order";
            return Err(Problem::new(422, "QTY_TOO_SMALL", text).at("/quantity"));
        }
        Ok(())
    }
}

/// The engine, for the time of a batch.
pub trait Desk {
    /// The venue.
    fn venue(&mut self) -> &mut Venue<VenueLog>;

    /// Whether there is room for what new orders and changes cause.
    fn has_room(&mut self) -> bool;

    /// What orders in a symbol are held to.
    fn order_terms(&mut self, symbol: u32) -> OrderTerms;

    /// Takes note of what one command from here caused, and of the orders that are gone by it.
    fn note(&mut self, told: &[Told], departed: &[Departed]);
}

/// What the engine is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order<'a> {
    /// As it is.
    Command(&'a Command),
    /// An order, with the caller's own name where it has one.
    Place(&'a NewOrder, &'a Terms, Option<Name<'a>>),
}

/// Reports of one command with what their orders' fills cost.
#[derive(Debug, Default)]
pub(crate) struct Rows(pub(crate) Vec<(Report, i128)>);

impl Sink for Rows {
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        self.0.push((report, cost()));
    }
}

impl Order<'_> {
    /// Executes it; what came of it goes to `rows` as well.
    ///
    /// # Errors
    ///
    /// [`JournalError`]; then nothing was executed.
    pub(crate) fn execute(
        self,
        venue: &mut Venue<VenueLog>,
        rows: &mut Rows,
    ) -> Result<Placed, JournalError> {
        let order_id = match self {
            Self::Place(order, terms, Some(name)) => return venue.place(order, terms, name, rows),
            Self::Command(command) => venue.apply(command, rows)?,
            Self::Place(order, terms, None) if *terms == Terms::default() => {
                venue.apply(&Command::New(*order), rows)?
            }
            Self::Place(order, terms, None) => {
                venue.apply(&Command::NewWith(*order, *terms), rows)?
            }
        };
        Ok(Placed {
            order_id,
            sequence: venue.sequence(),
            timestamp_ns: venue.engine().now_ns(),
            is_duplicate: false,
        })
    }
}

/// A venue nobody else has.
pub struct Alone(Mutex<Venue<VenueLog>>);

impl Alone {
    /// The venue's floor.
    pub const fn new(venue: Venue<VenueLog>) -> Self {
        Self(Mutex::new(venue))
    }

    /// Looks at the venue, or does something with it.
    pub fn with<T>(&self, work: impl FnOnce(&mut Venue<VenueLog>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Floor for Alone {
    fn enter(&self, work: &mut dyn FnMut(&mut dyn Desk)) {
        self.with(|venue| work(&mut Sitting(venue)));
    }
}

struct Sitting<'a>(&'a mut Venue<VenueLog>);

impl Desk for Sitting<'_> {
    fn venue(&mut self) -> &mut Venue<VenueLog> {
        self.0
    }

    fn has_room(&mut self) -> bool {
        true
    }

    fn order_terms(&mut self, _: u32) -> OrderTerms {
        OrderTerms::default()
    }

    fn note(&mut self, _: &[Told], _: &[Departed]) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_quantity_is_taken_and_one_lot_less_is_not() {
        let terms = OrderTerms {
            least: 5,
            is_delisted: false,
        };
        assert!(terms.admit(5).is_ok() && terms.admit(i64::MAX).is_ok());
        let refused = [1, 4].map(|qty| terms.admit(qty).unwrap_err());
        assert!(refused.iter().all(|one| one.code == "QTY_TOO_SMALL"));
        // What is no quantity at all the engine names.
        assert!(
            [0, -1, i64::MIN]
                .iter()
                .all(|qty| terms.admit(*qty).is_ok())
        );
        assert!(OrderTerms::default().admit(1).is_ok());
    }

    #[test]
    fn a_delisted_symbol_takes_no_order_of_any_quantity() {
        let terms = OrderTerms {
            least: 0,
            is_delisted: true,
        };
        let refused = [0, 1, i64::MAX].map(|qty| terms.admit(qty).unwrap_err());
        assert!(
            refused
                .iter()
                .all(|one| (one.status, one.code) == (409, "DELISTED"))
        );
    }
}
