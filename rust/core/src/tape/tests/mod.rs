//! What is written is read: whole, in part, from the middle, and past damage.

mod damage;
mod laws;
mod playing;

use super::*;
use crate::decimal::Decimal;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::market::MarketEvent;
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};

fn instrument(symbol: &str, tick: &str) -> Instrument {
    Instrument::new(InstrumentSpec {
        symbol: symbol.into(),
        kind: ContractKind::Linear,
        tick_size: Decimal::parse(tick.as_bytes()).unwrap(),
        lot_size: Decimal::parse(b"0.001").unwrap(),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(200_000),
        taker_fee: Rate(-1),
    })
    .unwrap()
}

fn table() -> Table {
    Table {
        origin: "a test".into(),
        instruments: vec![instrument("AB", "0.1"), instrument("CD", "0.5")],
    }
}

/// A tape of depth and trades, one a millisecond, that closes a block every `every` records.
fn plain(records: i64, every: i64) -> TapeWriter {
    let mut writer = TapeWriter::new(table()).unwrap();
    for at in 1..=records {
        let id = at.cast_unsigned();
        let event = MarketEvent::Trade {
            id,
            price: Ticks(1000 + at % 7),
            qty: Lots(at),
            aggressor: Side::Buy,
        };
        writer
            .push(&Taped {
                instrument: u32::from(at % 2 == 0),
                ts_event_ns: at * 1_000_000,
                ts_recv_ns: at * 1_000_000 + 5,
                event: TapeEvent::Market(event),
            })
            .unwrap();
        if at % every == 0 {
            writer.flush();
        }
    }
    writer
}

/// Trade ids in order, and the errors' texts.
fn drain<S: Store>(reader: &mut TapeReader<S>) -> (Vec<u64>, Vec<String>) {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    loop {
        match reader.advance() {
            Ok(false) => return (ids, errors),
            Err(error) => errors.push(error.to_string()),
            Ok(true) => {
                if let TapeEvent::Market(MarketEvent::Trade { id, .. }) = reader.current().event {
                    ids.push(id);
                }
            }
        }
    }
}
