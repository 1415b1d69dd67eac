//! Which instruments a recording is about, and in which steps it is written.

use std::collections::BTreeMap;

use super::csv::Heading;
use super::dbn;
use super::rows::{ROW, Row};
use super::{Format, Place, lines};
use crate::decimal::Decimal;

/// Decimals of the prices and the quantities of one symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Of prices.
    pub price: u32,
    /// Of quantities.
    pub qty: u32,
}

impl Steps {
    pub(super) fn price(&mut self, text: &[u8]) {
        self.price = self.price.max(decimals(text));
    }

    pub(super) fn qty(&mut self, text: &[u8]) {
        self.qty = self.qty.max(decimals(text));
    }
}

/// What is no number has no decimals: whoever reads it will say so.
fn decimals(text: &[u8]) -> u32 {
    Decimal::parse(text).map_or(0, Decimal::scale)
}

/// Reads a recording once, before it is converted.
pub struct Survey {
    format: Format,
    heading: Option<Heading>,
    dbn: dbn::Head,
    rest: Vec<u8>,
    found: BTreeMap<String, Steps>,
}

impl Survey {
    /// Of a Tardis, DBN or hftbacktest file; what it finds in others is nothing.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            heading: None,
            dbn: dbn::Head::default(),
            rest: Vec::new(),
            found: BTreeMap::new(),
        }
    }

    /// Takes more of the input.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let taken = self.read(false);
        self.rest.drain(..taken.min(self.rest.len()));
    }

    /// The symbols and their steps; an array without names is about the symbol without a name.
    pub fn finish(mut self) -> BTreeMap<String, Steps> {
        self.read(true);
        self.found
    }

    fn read(&mut self, is_last: bool) -> usize {
        match self.format {
            Format::Binance | Format::Lobster => self.rest.len(),
            Format::Tardis => {
                lines(
                    &self.rest,
                    is_last,
                    &mut Place::default(),
                    |line, _| match &self.heading {
                        None => self.heading = Heading::read(line).ok(),
                        Some(heading) => heading.survey(line, &mut self.found),
                    },
                )
            }
            Format::Hftbacktest => {
                let (rows, rest) = self.rest.as_chunks::<ROW>();
                let steps = self.found.entry(String::new()).or_default();
                for row in rows.iter().map(Row::read).filter(Row::is_local) {
                    steps.price(row.price.to_string().as_bytes());
                    steps.qty(row.qty.to_string().as_bytes());
                }
                self.rest.len() - rest.len()
            }
            Format::Dbn => dbn::survey(&self.rest, &mut self.dbn, &mut self.found),
        }
    }
}
