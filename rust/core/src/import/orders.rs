//! Message files of LOBSTER, as facts about orders.

use super::{Hints, Place, Reader, Sink, lines};
use crate::flow::OrderSource;
use crate::sim::shadow::LobsterOrders;
use crate::tape::{TapeEvent, Taped};

pub(super) struct Orders {
    hints: Hints,
    /// Made of the first line.
    market: Option<LobsterOrders<Vec<u8>>>,
}

impl Orders {
    pub(super) const fn new(hints: Hints) -> Self {
        Self {
            hints,
            market: None,
        }
    }

    fn line(&mut self, line: &[u8], sink: &mut Sink) -> Result<bool, String> {
        let market = match &mut self.market {
            Some(market) => {
                let buffer = market.refill();
                buffer.clear();
                buffer.extend_from_slice(line);
                market
            }
            none => {
                let first = match &self.hints.first_book {
                    Some(row) => LobsterOrders::new(line.to_vec(), row)?,
                    None => LobsterOrders::of_nothing(line.to_vec())?,
                };
                none.insert(first)
            }
        };
        let mut said = false;
        while let Some((ts_ns, event)) = market.next_order().map_err(|error| error.reason)? {
            said = true;
            let ts_ns = ts_ns.saturating_add(self.hints.midnight_ns);
            sink.push(&Taped {
                instrument: 0,
                ts_event_ns: ts_ns,
                ts_recv_ns: ts_ns,
                event: TapeEvent::Order(event),
            })?;
        }
        Ok(said)
    }
}

impl Reader for Orders {
    fn read(&mut self, bytes: &[u8], is_last: bool, at: &mut Place, sink: &mut Sink) -> usize {
        lines(bytes, is_last, at, |line, place| {
            if line.trim_ascii().is_empty() {
                return;
            }
            sink.tally.inputs += 1;
            match self.line(line, sink) {
                Ok(true) => {}
                Ok(false) => sink.tally.skipped += 1,
                Err(reason) => sink.fault(place, reason),
            }
        })
    }
}
