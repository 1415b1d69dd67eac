//! Tapes, damaged or of something else, and recordings of others on their way to one.

use tradecore_core::flow::{FlowSpec, OrderFlow, OrderSource};
use tradecore_core::import::{Format, Hints, Import, Survey};
use tradecore_core::market::{Level, MarketEvent};
use tradecore_core::tape::{
    Break, Funding, Table, TapeEvent, TapePlayer, TapeReader, TapeWriter, Taped,
};
use tradecore_core::units::{Lots, Side, Ticks};

use crate::instrument;

/// A tape: damage is noticed, and what is read can be written and read again.
pub fn tape(data: &[u8]) {
    let Ok(mut reader) = TapeReader::new(data) else {
        return;
    };
    let mut writer =
        TapeWriter::new(reader.table().clone()).expect("Invariant: a table that was read is one");
    let mut records: u64 = 0;
    loop {
        match reader.advance() {
            Ok(false) => break,
            Ok(true) => records += u64::from(writer.push(&reader.current()).is_ok()),
            Err(error) => assert!(error.record > 0 && !error.reason.is_empty()),
        }
    }
    let copy = writer.finish();
    let mut again = TapeReader::new(copy.as_slice()).expect("Invariant: what is written is a tape");
    let mut found = 0;
    while again
        .advance()
        .expect("Invariant: what is written can be read")
    {
        found += 1;
    }
    assert_eq!(found, records);
    reader.seek(1_000);
    let _ = reader.advance();
    let _ = reader.terms_at(0, 1_000);
    if let Ok(reader) = TapeReader::new(data)
        && let Some(mut player) = TapePlayer::new(reader, 0)
    {
        let _ = player.next_order();
    }
}

/// A recording of others: its tape can be read, whatever it was made of and in whatever pieces.
pub fn import(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let formats = [
        Format::Binance,
        Format::Lobster,
        Format::Dbn,
        Format::Tardis,
        Format::Hftbacktest,
    ];
    let format = formats[usize::from(*first) % formats.len()];
    let table = Table {
        origin: "fuzz".into(),
        instruments: vec![(*instrument()).clone()],
    };
    let mut import = Import::new(format, table, Hints::default())
        .expect("Invariant: a table of one instrument is one");
    let mut survey = Survey::new(format);
    for piece in rest.chunks(usize::from(*first) + 1) {
        import.feed(piece);
        survey.feed(piece);
    }
    import.close();
    let tally = import.tally().clone();
    assert!(tally.unreadable >= tally.faults.len() as u64);
    let records = import.writer().contents().records;
    let tape = import.into_writer().finish();
    let mut reader = TapeReader::new(tape.as_slice()).expect("Invariant: an import gives a tape");
    let mut found = 0;
    while reader
        .advance()
        .expect("Invariant: what is written can be read")
    {
        found += 1;
    }
    assert_eq!(found, records);
    survey.finish();
}

pub(crate) fn tape_seeds() -> Vec<Vec<u8>> {
    let level = |side, price, qty| Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    };
    let levels = [level(Side::Buy, 1001, 2000), level(Side::Sell, 1002, 0)];
    let one = instrument();
    let events = [
        TapeEvent::Market(MarketEvent::Snapshot {
            last_id: 6,
            levels: &levels,
        }),
        TapeEvent::Market(MarketEvent::Depth {
            first_id: 7,
            last_id: 9,
            prev_id: Some(6),
            levels: &levels,
        }),
        TapeEvent::Market(MarketEvent::Trade {
            id: 1,
            price: Ticks(1001),
            qty: Lots(500),
            aggressor: Side::Sell,
        }),
        TapeEvent::Market(MarketEvent::Quote {
            id: 9,
            bid: Ticks(1001),
            bid_qty: Lots(2000),
            ask: Ticks(1003),
            ask_qty: Lots(1),
        }),
        TapeEvent::Funding(Funding::default()),
        TapeEvent::Terms(&one),
        TapeEvent::Break(Break::Gap),
    ];
    let mut writer = TapeWriter::of(&one);
    for (at, event) in (1_i64..).zip(events.iter().cycle().take(40)) {
        push(&mut writer, at * 1000, *event);
        if at % 9 == 0 {
            writer.flush();
        }
    }
    let mut orders = TapeWriter::of(&one);
    let spec = FlowSpec {
        seed: 1,
        start_ns: 0,
        duration_ns: 100_000_000,
        price: Ticks(1000),
        volatility_milliticks: 1000,
    };
    let mut flow = OrderFlow::new(one.clone(), spec);
    while let Ok(Some((ts_ns, event))) = flow.next_order() {
        push(&mut orders, ts_ns, TapeEvent::Order(event));
    }
    vec![writer.finish(), orders.finish()]
}

fn push(writer: &mut TapeWriter, ts_ns: i64, event: TapeEvent<'_>) {
    let taped = Taped {
        instrument: 0,
        ts_event_ns: ts_ns,
        ts_recv_ns: ts_ns + 7,
        event,
    };
    writer
        .push(&taped)
        .expect("Invariant: written here, and sound");
}

pub(crate) fn import_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for frames in crate::feeds::binance_seeds() {
        seeds.push([&[5_u8], frames.as_slice()].concat());
    }
    for rows in crate::feeds::lobster_seeds() {
        seeds.push([&[6_u8], rows.as_slice()].concat());
    }
    let mut dbn = b"\x07DBN\x01\x04\0\0\0abcd".to_vec();
    for action in *b"ATFCMR" {
        let mut record = [0_u8; 56];
        record[..2].copy_from_slice(&[14, 0xa0]);
        record[8] = 1;
        record[16] = 9;
        record[24..32].copy_from_slice(&100_000_000_i64.to_le_bytes());
        record[32] = 2;
        record[36..40].copy_from_slice(&[128, 0, action, b'B']);
        record[40] = 2;
        dbn.extend(record);
    }
    seeds.push(dbn);
    seeds.push(
        b"\x08symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n\
        BTCUSDT,1,2,true,bid,1.5,2\nBTCUSDT,2,3,false,ask,1.6,0\n"
            .to_vec(),
    );
    seeds.push([&[9_u8][..], &[1, 0, 0, 0x60, 0, 0, 0, 0], &[1; 56]].concat());
    seeds
}
