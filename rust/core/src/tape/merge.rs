//! Several tapes into one, in order of receipt.

use super::event::Taped;
use super::reader::TapeReader;
use super::store::Store;
use super::writer::TapeWriter;
use crate::instrument::Instrument;
use crate::market::SourceError;

/// Plays tapes side by side into a writer whose table has all their instruments.
pub struct Merge<S> {
    readers: Vec<TapeReader<S>>,
    /// Places of each tape's instruments in the writer's table.
    places: Vec<Vec<u32>>,
    /// Receipt of what each stands at; `None` where it is to go on, or is over.
    heads: Vec<Option<i64>>,
    is_over: Vec<bool>,
}

impl<S: Store> Merge<S> {
    /// Of these tapes into `writer`.
    ///
    /// # Errors
    ///
    /// The instrument that is not in the writer's table, or counts in other steps there.
    pub fn new(readers: Vec<TapeReader<S>>, writer: &TapeWriter) -> Result<Self, String> {
        let mut places = Vec::new();
        for reader in &readers {
            let mut own = Vec::new();
            for one in reader.instruments() {
                let same = |other: &Instrument| {
                    (other.symbol(), other.tick_size(), other.lot_size())
                        == (one.symbol(), one.tick_size(), one.lot_size())
                };
                let place = writer.instruments().iter().position(same);
                let place = place.and_then(|at| u32::try_from(at).ok());
                own.push(place.ok_or_else(|| {
                    format!(
                        "tapes that become one count alike: {} × {} of {} is not in the table",
                        one.tick_size(),
                        one.lot_size(),
                        one.symbol()
                    )
                })?);
            }
            places.push(own);
        }
        Ok(Self {
            heads: vec![None; readers.len()],
            is_over: vec![false; readers.len()],
            places,
            readers,
        })
    }

    /// Writes the next record; `false` when all are over. Of several received at once the one of
    /// the first tape comes first.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for what could not be read; the next call goes on after it.
    pub fn step(&mut self, writer: &mut TapeWriter) -> Result<bool, SourceError> {
        for at in 0..self.readers.len() {
            if self.heads[at].is_none() && !self.is_over[at] {
                if self.readers[at].advance()? {
                    self.heads[at] = Some(self.readers[at].current().ts_recv_ns);
                } else {
                    self.is_over[at] = true;
                }
            }
        }
        let heads = self.heads.iter().enumerate();
        let next = heads
            .filter_map(|(at, head)| head.map(|recv| (recv, at)))
            .min();
        let Some((_, at)) = next else {
            return Ok(false);
        };
        self.heads[at] = None;
        let taped = self.readers[at].current();
        let taped = Taped {
            instrument: self.places[at][taped.instrument as usize],
            ..taped
        };
        writer.push(&taped).map_err(|error| SourceError {
            reason: error.to_string(),
            record: 0,
            offset: self.readers[at].offset(),
        })?;
        Ok(true)
    }
}
