//! The role of whoever trades in a simulation; a trader of [`crate::oms`] fills it.

use crate::money::Money;
use crate::oms::message::{Command, VenueEvent, VenueReply};
use crate::oms::{Position, Trader};
use crate::units::{Lots, SymbolId};

/// Who trades in a simulation: sends commands, takes evidence.
pub trait Participant {
    /// Moves the commands since the last call to the end of `commands`, in order.
    fn take_commands(&mut self, commands: &mut Vec<Command>);
    /// Takes evidence about one of its orders; whether it has something to tell about it.
    fn receive(&mut self, event: &VenueEvent) -> bool;
    /// What it believes to hold and to have paid in fees; `None` when it does not keep count.
    fn account(&self, symbol: SymbolId) -> Option<(Lots, Money)>;
    /// What it believes to have received as funding, where it keeps count.
    fn funding(&self, symbol: SymbolId) -> Money;
}

impl Participant for Trader {
    fn take_commands(&mut self, commands: &mut Vec<Command>) {
        self.take_commands(commands);
    }

    fn receive(&mut self, event: &VenueEvent) -> bool {
        match event.reply {
            VenueReply::Funded { symbol, amount } => self.book_funding(symbol, amount),
            VenueReply::Liquidated { symbol, side, fill } => {
                self.book_liquidation(symbol, side, event, fill);
            }
            VenueReply::Accepted
            | VenueReply::Rejected(_)
            | VenueReply::Filled(_)
            | VenueReply::Canceled
            | VenueReply::Expired
            | VenueReply::Replaced { .. }
            | VenueReply::CancelRejected(_)
            | VenueReply::ModifyRejected(_)
            | VenueReply::Triggered
            | VenueReply::Unknown => {
                self.apply(event);
            }
        }
        self.has_events()
    }

    fn account(&self, symbol: SymbolId) -> Option<(Lots, Money)> {
        let position = self.position(symbol)?;
        Some((position.qty(), position.fees()))
    }

    fn funding(&self, symbol: SymbolId) -> Money {
        self.position(symbol).map_or(Money::ZERO, Position::funding)
    }
}
