//! What a recording of others becomes on a tape.

use super::*;
use crate::decimal::Decimal;
use crate::flow::OrderEvent;
use crate::instrument::{ContractKind, InstrumentSpec};
use crate::market::MarketEvent;
use crate::matching::BookEvent;
use crate::money::Rate;
use crate::tape::{TapeEvent, TapeReader};

fn instrument(symbol: &str, tick: &str, lot: &str) -> Instrument {
    let parse = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    Instrument::new(InstrumentSpec {
        symbol: symbol.into(),
        kind: ContractKind::Spot,
        tick_size: parse(tick),
        lot_size: parse(lot),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    })
    .unwrap()
}

/// Feeds the input in pieces of every size; answers the tape's records as text, and the tally.
fn converted(
    format: Format,
    one: &Instrument,
    hints: &Hints,
    input: &[u8],
) -> (Vec<String>, Tally) {
    let mut results = Vec::new();
    for piece in [1, 7, 64, input.len().max(1)] {
        let table = Table {
            origin: "test".into(),
            instruments: vec![one.clone()],
        };
        let mut import = Import::new(format, table, hints.clone()).unwrap();
        for bytes in input.chunks(piece) {
            import.feed(bytes);
        }
        import.close();
        let tally = import.tally().clone();
        let tape = import.into_writer().finish();
        let mut reader = TapeReader::new(tape.as_slice()).unwrap();
        let mut told = Vec::new();
        while reader.advance().unwrap() {
            let taped = reader.current();
            told.push(format!(
                "{} {} {}",
                taped.ts_event_ns,
                taped.ts_recv_ns,
                text(&taped.event)
            ));
        }
        results.push((told, tally));
    }
    results.dedup();
    assert_eq!(results.len(), 1, "pieces make no difference");
    results.remove(0)
}

fn text(event: &TapeEvent<'_>) -> String {
    let levels = |levels: &[crate::market::Level]| -> String {
        let one = |level: &crate::market::Level| {
            format!("{}{}x{}", level.side.as_str(), level.price.0, level.qty.0)
        };
        levels.iter().map(one).collect::<Vec<_>>().join(",")
    };
    match event {
        TapeEvent::Market(MarketEvent::Snapshot {
            last_id,
            levels: all,
        }) => format!("book {last_id} {}", levels(all)),
        TapeEvent::Market(MarketEvent::Depth {
            first_id,
            last_id,
            levels: all,
            ..
        }) => format!("depth {first_id}-{last_id} {}", levels(all)),
        TapeEvent::Market(MarketEvent::Trade {
            id,
            price,
            qty,
            aggressor,
        }) => format!("trade {id} {} {}x{}", aggressor.as_str(), price.0, qty.0),
        TapeEvent::Market(MarketEvent::Quote {
            bid,
            bid_qty,
            ask,
            ask_qty,
            ..
        }) => format!("quote {}x{} {}x{}", bid.0, bid_qty.0, ask.0, ask_qty.0),
        TapeEvent::Funding(one) => {
            format!("funding {} {} {}", one.rate.0, one.mark_nano, one.next_ns)
        }
        TapeEvent::Order(event) => order(event),
        TapeEvent::Terms(_) | TapeEvent::Break(_) => format!("{event:?}"),
    }
}

fn order(event: &OrderEvent) -> String {
    match event {
        OrderEvent::Trade {
            price,
            qty,
            aggressor,
        } => format!("trade {} {}x{}", aggressor.as_str(), price.0, qty.0),
        OrderEvent::Book(BookEvent::Added(one)) => {
            let side = one.side.as_str();
            format!("add {} {side} {}x{}", one.order_id, one.price, one.qty)
        }
        OrderEvent::Book(BookEvent::Removed(one)) => {
            format!("remove {} {}x{}", one.order_id, one.price, one.qty)
        }
        OrderEvent::Book(BookEvent::Filled(one)) => {
            format!("fill {} {}x{}", one.order_id, one.price, one.qty)
        }
        OrderEvent::Book(BookEvent::Changed { order, before }) => {
            let (id, price, qty) = (order.order_id, order.price, order.qty);
            format!("change {id} {price}x{qty} was {before}")
        }
        OrderEvent::Book(BookEvent::Phase { .. })
        | OrderEvent::Hidden { .. }
        | OrderEvent::Done
        | OrderEvent::Open => format!("{event:?}"),
    }
}

#[test]
fn rows_of_a_book_with_the_same_times_are_one_message() {
    let input = b"exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n\
        x,AB,10,12,true,bid,1.5,2\nx,AB,10,12,true,ask,2,1\nx,AB,20,21,false,ask,2,0\n\
        x,AB,20,21,false,ask,2.5,0.5\nx,AB,broken\nx,CD,20,21,false,ask,2.5,0.5\n\
        x,AB,30,31,true,bid,1,1\n";
    let (told, tally) = converted(
        Format::Tardis,
        &instrument("AB", "0.5", "0.5"),
        &Hints::default(),
        input,
    );
    assert_eq!(
        told,
        [
            "10000 12000 book 1 buy3x4,sell4x2",
            "20000 21000 depth 2-2 sell4x0,sell5x1",
            "30000 31000 Break(Connected)",
            "30000 31000 book 3 buy2x2",
        ]
    );
    assert_eq!((tally.inputs, tally.unreadable, tally.skipped), (8, 1, 1));
    let fault = &tally.faults[0];
    assert_eq!((fault.record, fault.offset), (6, 176));
    assert_eq!(
        fault.reason,
        "a row has as many fields as the heading, 8: found 3"
    );
}

#[test]
fn trades_quotes_and_tickers_are_known_by_their_columns() {
    let ab = || instrument("AB", "0.1", "1");
    let trades = b"exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n\
        x,AB,10,11,7,buy,1.1,3\nx,AB,10,11,,sell,1,2\nx,AB,10,11,9,unknown,1,2\n";
    let (told, tally) = converted(Format::Tardis, &ab(), &Hints::default(), trades);
    assert_eq!(
        told,
        [
            "10000 11000 trade 7 buy 11x3",
            "10000 11000 trade 8 sell 10x2"
        ]
    );
    assert_eq!(tally.skipped, 1);
    let quotes = b"symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n\
        AB,10,11,4,1.2,1.1,3\nAB,12,13,4,1.2,,\n";
    let (told, tally) = converted(Format::Tardis, &ab(), &Hints::default(), quotes);
    assert_eq!(told, ["10000 11000 quote 11x3 12x4"]);
    assert_eq!(tally.skipped, 1);
    let ticker = b"symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,mark_price\n\
        AB,10,11,20,0.0001,1.23456\n";
    let (told, _) = converted(Format::Tardis, &ab(), &Hints::default(), ticker);
    assert_eq!(told, ["10000 11000 funding 100000 1234560000 20000"]);
    let (told, tally) = converted(
        Format::Tardis,
        &ab(),
        &Hints::default(),
        b"what\nis\nthis\n",
    );
    assert_eq!((told.len(), tally.unreadable, tally.inputs), (0, 1, 1));
}

#[test]
fn orders_of_lobster_are_facts_about_orders() {
    let input = b"34200.5,1,11,10,1000,1\n34200.6,4,11,4,1000,1\nx\n34200.7,3,11,6,1000,1\n";
    let hints = Hints {
        midnight_ns: 1_000_000,
        ..Hints::default()
    };
    let (told, tally) = converted(
        Format::Lobster,
        &instrument("A", "0.0001", "1"),
        &hints,
        input,
    );
    assert_eq!(
        told,
        [
            "34200501000000 34200501000000 Done",
            "34200501000000 34200501000000 Open",
            "34200501000000 34200501000000 add 11 buy 1000x10",
            "34200501000000 34200501000000 Done",
            "34200601000000 34200601000000 trade sell 1000x4",
            "34200601000000 34200601000000 fill 11 1000x4",
            "34200601000000 34200601000000 Done",
            "34200701000000 34200701000000 remove 11 1000x6",
            "34200701000000 34200701000000 Done",
        ]
    );
    assert_eq!(
        (
            tally.unreadable,
            tally.faults[0].record,
            tally.faults[0].offset
        ),
        (1, 3, 45)
    );
}

fn mbo(order: u64, price: i64, count: u32, action: u8, side: u8, flags: u8) -> Vec<u8> {
    let mut record = vec![14, MBO_KIND, 0, 0];
    record.extend_from_slice(&7_u32.to_le_bytes());
    record.extend_from_slice(&100_u64.to_le_bytes());
    record.extend_from_slice(&order.to_le_bytes());
    record.extend_from_slice(&price.to_le_bytes());
    record.extend_from_slice(&count.to_le_bytes());
    record.extend_from_slice(&[flags, 0, action, side]);
    record.extend_from_slice(&105_u64.to_le_bytes());
    record.extend_from_slice(&[0; 8]);
    record
}

const MBO_KIND: u8 = 0xa0;

#[test]
fn a_fill_is_taken_out_of_its_order_once() {
    let quarter = 250_000_000;
    let mut input = b"DBN\x01\x04\0\0\0abcd".to_vec();
    for record in [
        mbo(1, 4 * quarter, 10, b'A', b'B', 32),
        mbo(2, 4 * quarter, 5, b'A', b'B', 32 | 128),
        mbo(0, 4 * quarter, 12, b'T', b'A', 0),
        mbo(1, 4 * quarter, 10, b'F', b'B', 0),
        mbo(2, 4 * quarter, 2, b'F', b'B', 0),
        mbo(8, 4 * quarter, 2, b'F', b'N', 0),
        mbo(1, 4 * quarter, 10, b'C', b'B', 0),
        mbo(2, 4 * quarter, 3, b'M', b'B', 128),
        mbo(2, 8 * quarter, 3, b'M', b'B', 128),
        mbo(9, 8 * quarter, 3, b'C', b'B', 128),
        mbo(2, 8 * quarter, 1, b'C', b'B', 128),
    ] {
        input.extend(record);
    }
    input.extend([14, MBO_KIND]);
    let one = instrument("7", "0.25", "1");
    let (told, tally) = converted(Format::Dbn, &one, &Hints::default(), &input);
    let told: Vec<&str> = told
        .iter()
        .map(|line| line.strip_prefix("100 105 ").unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "add 1 buy 4x10",
            "add 2 buy 4x5",
            "Done",
            "Open",
            "trade sell 4x12",
            "fill 1 4x10",
            "fill 2 4x2",
            "Done",
            "remove 2 4x3",
            "add 2 buy 8x3",
            "Done",
            "change 2 8x2 was 3",
            "Done",
        ]
    );
    assert_eq!((tally.unreadable, tally.skipped), (2, 1));
    assert_eq!(
        tally.faults[0].reason,
        "an order was added before it changes: order=9"
    );
    assert_eq!(tally.faults[0].offset, 12 + 9 * 56);
    assert_eq!(
        tally.faults[1].reason,
        "a record is complete: the last has 2 bytes"
    );
}

#[test]
fn rows_of_an_array_are_told_once() {
    let row = |ev: u64, event: u64, recv: u64, price: f64, qty: f64| {
        let words = [ev, event, recv, price.to_bits(), qty.to_bits(), 0, 0, 0];
        words.map(u64::to_le_bytes).concat()
    };
    let (both, buy, sell) = ((1 << 31) | (1 << 30), 1 << 29, 1 << 28);
    let input = [
        row(3 | both | buy, 5, 6, 0.0, 0.0),
        row(4 | both | buy, 5, 6, 1.5, 2.0),
        row(1 | both | sell, 7, 8, 2.0, 1.0),
        row(1 | both | buy, 7, 8, 1.5, 0.0),
        row((1 << 31) | 2 | buy, 9, 10, 2.0, 1.0),
        row(2 | both | sell, 9, 10, 1.5, 1.0),
        row(2 | both | sell, 9, 10, f64::NAN, 1.0),
    ]
    .concat();
    let one = instrument("A", "0.5", "1");
    let (told, tally) = converted(Format::Hftbacktest, &one, &Hints::default(), &input);
    assert_eq!(
        told,
        [
            "5 6 book 1 buy3x2",
            "7 8 depth 2-2 sell4x1,buy3x0",
            "9 10 trade 1 sell 3x1"
        ]
    );
    assert_eq!((tally.inputs, tally.skipped, tally.unreadable), (7, 1, 1));
    assert_eq!(tally.faults[0].offset, 6 * 64);
}

#[test]
fn a_survey_finds_the_symbols_and_their_decimals() {
    let input = b"symbol,timestamp,local_timestamp,side,price,amount\nA,1,1,buy,1.50,3\n\
        B,1,1,buy,100,0.001\nA,1,1,sell,1.25,3";
    let mut survey = Survey::new(Format::Tardis);
    for byte in input {
        survey.feed(&[*byte]);
    }
    let found = survey.finish();
    assert_eq!(found["A"], Steps { price: 2, qty: 0 });
    assert_eq!(found["B"], Steps { price: 0, qty: 3 });
}
