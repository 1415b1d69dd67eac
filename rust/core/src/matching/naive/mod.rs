//! The engine again, slow and obvious: one list of orders, searched from the front.
//!
//! Written from the rules in `docs/reference/matching.md`, sharing nothing with the fast path but
//! the words of commands and reports and what the state's hash is made of. It exists to disagree.

mod accounts;
mod auction;
mod changes;
mod control;
mod entry;
mod facts;
mod links;
mod objections;
mod order;
mod reports;
mod states;
mod stops;
mod trading;

use std::sync::Arc;

use crate::book::tags::Place;
use crate::instrument::Instrument;
use crate::matching::command::{Command, NewOrder, Phase, Terms};
use crate::matching::hash::SymbolState;
use crate::matching::report::Report;
use crate::risk::naive::NaiveRisk;
use crate::units::Side;

pub use self::order::Order;
use self::stops::Turn;

/// The slow twin of [`crate::matching::Engine`].
#[derive(Clone, Debug, Default)]
pub struct NaiveEngine {
    instruments: Vec<Arc<Instrument>>,
    /// Every live order. Of two orders in the book at one price the one that stands first here
    /// trades first; changing an order's place means moving it to the end.
    orders: Vec<Order>,
    symbols: Vec<SymbolState>,
    /// Orders triggered or released whose turn is yet to come.
    due: Vec<(u64, Turn)>,
    reports: Vec<Report>,
    sequence: u64,
    last_id: u64,
    now_ns: i64,
    /// The twin of risk, while accounts are kept.
    risk: Option<NaiveRisk>,
}

impl NaiveEngine {
    /// A twin with empty books.
    pub fn new(instruments: Vec<Arc<Instrument>>) -> Self {
        Self {
            symbols: vec![SymbolState::default(); instruments.len()],
            instruments,
            ..Self::default()
        }
    }

    /// Executes one command and answers its reports.
    pub fn apply(&mut self, command: &Command) -> Vec<Report> {
        match *command {
            Command::New(ref order) => self.place(order, &Terms::default(), None),
            Command::NewWith(ref order, ref terms) => self.place(order, terms, None),
            Command::Cancel { symbol, order_id } => self.cancel_by_id(symbol, order_id),
            Command::Modify {
                symbol,
                order_id,
                ref change,
            } => self.modify(symbol, order_id, change),
            Command::CancelAll(ref filter) => self.cancel_all(filter),
            Command::SetPhase { symbol, phase } => self.set_phase(symbol, phase),
            Command::SetBands { symbol, bands } => self.set_bands(symbol, bands),
            Command::SetReference { symbol, price } => self.set_reference(symbol, price),
            Command::AdvanceTime { now_ns } => self.advance_time(now_ns),
            Command::Control(ref control) => self.control(control),
        }
        self.take_turns();
        std::mem::take(&mut self.reports)
    }

    /// Places `order` under the caller's own name, which no live order of the account may bear.
    pub fn apply_named(&mut self, order: &NewOrder, terms: &Terms, name: &str) -> Vec<Report> {
        self.place(order, terms, Some(name));
        self.take_turns();
        std::mem::take(&mut self.reports)
    }

    /// The orders in one side of a book in the order they would trade.
    pub fn book(&self, symbol: u32, side: Side) -> Vec<&Order> {
        let mut orders: Vec<&Order> = self
            .orders
            .iter()
            .filter(|o| o.place == Place::Book && (o.symbol, o.side) == (symbol, side))
            .collect();
        // Stable, so that the list's order stays within a price.
        orders.sort_by_key(|order| -order.price * side.sign());
        orders
    }

    /// The orders that wait for a trigger or for their release, in ascending order of id.
    pub fn waiting(&self) -> Vec<&Order> {
        let mut orders: Vec<&Order> = self
            .orders
            .iter()
            .filter(|order| order.place != Place::Book)
            .collect();
        orders.sort_by_key(|order| order.id);
        orders
    }

    /// The state of a symbol.
    pub fn phase(&self, symbol: u32) -> Option<Phase> {
        Some(self.symbols.get(symbol as usize)?.phase)
    }

    fn state(&mut self, symbol: u32) -> &mut SymbolState {
        // An order is only taken in for a symbol that exists.
        &mut self.symbols[symbol as usize]
    }

    fn at(&self, id: u64) -> Option<usize> {
        self.orders.iter().position(|order| order.id == id)
    }

    fn get(&self, id: u64) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// Takes an order off every list; what it held is free again.
    fn remove(&mut self, id: u64) -> Option<Order> {
        let order = self.orders.remove(self.at(id)?);
        self.close(&order);
        self.due.retain(|(due, _)| *due != id);
        for other in &mut self.orders {
            if other.releases == id {
                other.releases = 0;
            }
        }
        Some(order)
    }

    /// Puts an order behind all others.
    fn move_to_back(&mut self, id: u64) {
        if let Some(at) = self.at(id) {
            let order = self.orders.remove(at);
            self.orders.push(order);
        }
    }
}
