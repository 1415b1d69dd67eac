//! What a simulation says of its recordings, each by its place.

use crate::market::{EventSource, SourceError};
use crate::units::SymbolId;

use super::error::SimError;
use super::exchange::Exchange;
use super::ledger::Profit;
use super::market::{Market, sum};
use super::participant::Participant;
use super::records::{Counts, Records};
use super::simulation::Simulation;
use super::view::{Beside, Print, Quoted};

impl<S: EventSource> Simulation<S> {
    /// How many recordings are played.
    pub const fn len(&self) -> usize {
        self.markets.len()
    }

    /// Whether the recordings were taken out; else there is at least one.
    pub const fn is_empty(&self) -> bool {
        self.markets.is_empty()
    }

    /// Whose book, trade or quote [`Simulation::advance`] came back for last.
    pub const fn woken(&self) -> usize {
        self.woken
    }

    /// The trader's number of the recording at `place`.
    pub fn symbol_at(&self, place: usize) -> SymbolId {
        self.markets[place].exchange.symbol
    }

    /// The venue of the first recording: account, fills, queue statistics.
    pub fn exchange(&self) -> &Exchange {
        self.exchange_at(0)
    }

    /// The venue of the recording at `place`.
    pub fn exchange_at(&self, place: usize) -> &Exchange {
        &self.markets[place].exchange
    }

    /// What was counted and recorded of the first recording.
    pub fn records(&self) -> &Records {
        self.records_at(0)
    }

    /// What was counted and recorded of the recording at `place`.
    pub fn records_at(&self, place: usize) -> &Records {
        &self.markets[place].records
    }

    /// The last trade received of the recording that woke last.
    pub fn last_trade(&self) -> Option<&Print> {
        self.markets.get(self.woken)?.view.last_trade.as_ref()
    }

    /// The last quote received of the recording that woke last.
    pub fn last_quote(&self) -> Option<&Quoted> {
        self.markets.get(self.woken)?.view.last_quote.as_ref()
    }

    /// What was last said beside the book of the recording that woke last.
    pub fn last_aside(&self) -> Option<&Beside> {
        self.markets.get(self.woken)?.view.last_aside.as_ref()
    }

    /// The first [`ERRORS_KEPT_MAX`] records of the first recording that could not be decoded.
    pub fn errors(&self) -> &[SourceError] {
        self.errors_at(0)
    }

    /// The same of the recording at `place`.
    pub fn errors_at(&self, place: usize) -> &[SourceError] {
        &self.markets[place].errors
    }

    /// The first recording, read one message ahead.
    pub fn source(&self) -> &S {
        self.source_at(0)
    }

    /// The recording at `place`, read one message ahead.
    pub fn source_at(&self, place: usize) -> &S {
        self.markets[place].reader.source()
    }

    /// The first recording, to be told more of it.
    pub fn source_mut(&mut self) -> &mut S {
        self.markets[0].reader.source_mut()
    }

    /// Messages that left their venue and did not reach us yet.
    pub fn under_way(&self) -> usize {
        let each = self.markets.iter();
        each.map(|market| market.flights.messages.len()).sum()
    }

    /// What was counted, of all recordings.
    pub fn counts(&self) -> Counts {
        let each = self.markets.iter().map(Market::counts);
        each.reduce(sum).unwrap_or_default()
    }

    /// What was counted of the recording at `place`.
    pub fn counts_at(&self, place: usize) -> Counts {
        self.markets[place].counts()
    }

    /// Whether neither an order of ours nor a message about one is left anywhere.
    pub fn is_idle(&self) -> bool {
        self.markets.iter().all(Market::is_idle)
    }

    /// Closes the account of the first recording; see [`Simulation::close_at`].
    ///
    /// # Errors
    ///
    /// As [`Simulation::close_at`].
    pub fn close<P: Participant>(&mut self, participant: &P) -> Result<Profit, SimError> {
        self.close_at(0, participant)
    }

    /// Adds the last point of the equity curve of the recording at `place`, and answers the profit
    /// there with its parts.
    ///
    /// # Errors
    ///
    /// [`SimError::NotConserved`] when cash, position or fees differ from the sum over all fills,
    /// or from what the participant believes, by a single 10⁻¹⁸.
    pub fn close_at<P: Participant>(
        &mut self,
        place: usize,
        participant: &P,
    ) -> Result<Profit, SimError> {
        self.markets[place].close(self.now_ns, participant)
    }
}
