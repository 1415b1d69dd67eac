//! Writes a flow of records while watching which orders live, so that cancels mean something.

use std::collections::HashMap;

use tradecore_core::flow::Rng;
use tradecore_core::instrument::InstrumentError;
use tradecore_core::matching::{CommandRecord, Engine, Report};

use crate::runner;

/// A flow in the making and the market it meets.
pub(crate) struct Author {
    pub(crate) rng: Rng,
    engine: Engine,
    out: Vec<Report>,
    records: Vec<CommandRecord>,
    live: Vec<u64>,
    places: HashMap<u64, usize>,
    last_id: u64,
}

impl Author {
    /// An empty flow.
    pub(crate) fn new(seed: u64) -> Result<Self, InstrumentError> {
        Ok(Self {
            rng: Rng::new(seed),
            engine: runner::engine()?,
            out: Vec::new(),
            records: Vec::new(),
            live: Vec::new(),
            places: HashMap::new(),
            last_id: 0,
        })
    }

    /// An id not given before.
    pub(crate) const fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A number from 0 to just below 1.
    pub(crate) const fn unit(&mut self) -> f64 {
        (self.rng.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A quantity from 1 to `most`, each as likely.
    pub(crate) fn qty(&mut self, most: u32) -> i64 {
        1 + i64::from(self.rng.below(most))
    }

    /// 0 for buy or 1 for sell.
    pub(crate) fn side(&mut self) -> u8 {
        u8::from(self.rng.next() >> 63 == 1)
    }

    /// A live order's id, each as likely.
    pub(crate) fn someone(&mut self) -> Option<u64> {
        let at = self
            .rng
            .below(u32::try_from(self.live.len()).unwrap_or(u32::MAX));
        self.live.get(at as usize).copied()
    }

    /// Side, price and open quantity of an order, where it lives.
    pub(crate) fn terms_of(&self, order_id: u64) -> Option<(u8, i64, i64)> {
        let order = self.engine.order(order_id)?;
        Some((order.side() as u8, order.price, order.qty))
    }

    /// How many orders live.
    pub(crate) const fn live(&self) -> usize {
        self.live.len()
    }

    /// How many records were written.
    pub(crate) const fn len(&self) -> usize {
        self.records.len()
    }

    /// Adds `record` to the flow.
    pub(crate) fn write(&mut self, record: CommandRecord) {
        self.records.push(record);
        self.out.clear();
        self.engine.process(&[record], &mut self.out);
        for at in 0..self.out.len() {
            self.settle(self.out[at].order_id);
        }
    }

    /// The flow.
    pub(crate) fn finish(self) -> Vec<CommandRecord> {
        self.records
    }

    /// Notes whether an order lives.
    fn settle(&mut self, order_id: u64) {
        if self.engine.order(order_id).is_some() {
            let end = self.live.len();
            if *self.places.entry(order_id).or_insert(end) == end {
                self.live.push(order_id);
            }
        } else if let Some(at) = self.places.remove(&order_id) {
            self.live.swap_remove(at);
            if let Some(moved) = self.live.get(at) {
                self.places.insert(*moved, at);
            }
        }
    }
}
