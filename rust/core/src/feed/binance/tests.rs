use super::*;
use crate::decimal::Decimal;
use crate::instrument::{ContractKind, InstrumentSpec};
use crate::market::Level;
use crate::mirror::{Book, DepthSync, Outcome};
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};

fn instrument(tick: &str, lot: &str) -> Instrument {
    let parse = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    Instrument::new(InstrumentSpec {
        symbol: "BINANCE:BTCUSDT".into(),
        kind: ContractKind::Linear,
        tick_size: parse(tick),
        lot_size: parse(lot),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    })
    .unwrap()
}

fn frames(text: &str) -> BinanceFrames<&[u8]> {
    BinanceFrames::new(text.as_bytes(), &instrument("0.1", "0.001"))
}

/// The only event of one line, and what was skipped.
fn decoded(json: &str) -> (String, Skipped) {
    let text = format!("1700000000000000007 {json}");
    let mut frames = frames(&text);
    let shown = match frames.next_event() {
        Ok(event) => event.map_or_else(String::new, |stamped| format!("{:?}", stamped.event)),
        Err(error) => error.to_string(),
    };
    (shown, frames.skipped())
}

const fn level(side: Side, price: i64, qty: i64) -> Level {
    Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    }
}

#[test]
fn a_delta_is_read_in_any_order_with_any_blanks() {
    let levels = [level(Side::Buy, 618_002, 14), level(Side::Sell, 618_003, 0)];
    let expected = MarketEvent::Depth {
        first_id: 5,
        last_id: 9,
        prev_id: Some(4),
        levels: &levels,
    };
    for json in [
        concat!(
            r#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","#,
            r#""E":1700000000002,"T":1700000000001,"s":"BTCUSDT","U":5,"u":9,"pu":4,"#,
            r#""b":[["61800.20","0.014"]],"a":[["61800.30","0.000"]]}}"#,
        ),
        concat!(
            r#"{ "b" : [ [ "61800.2" , "0.014" ] ] , "a":[["61800.3","0"]],	"pu":4,"#,
            r#""u":9,"U":5,"T":1700000000001,"x":{"y":[{}]},"e":"depthUpdate"} "#,
        ),
        concat!(
            r#"{"data":{"a":[["61800.30","0.000",[]]],"b":[[61800.20,0.014]],"#,
            r#""T":"1700000000001","u":9,"pu":4,"U":5,"e":"depthUpdate"},"#,
            r#""stream":"btcusdt@depth"}"#,
        ),
        concat!(
            r#"{"\u0065":"depth\u0055pdate","note":"\"{[\n","#,
            r#""stream":"btcusdt\u0040depth","T":1700000000001,"U":5,"u":9,"pu":4,"#,
            r#""b":[["61800\u002e20","0.014"]],"a":[["61800.30","0"]]}"#,
        ),
        concat!(
            r#"{"e":"depthUpdate","T":1700000000001000,"U":5,"u":9,"pu":4,"a":[],"#,
            r#""b":[["61800.20","0.014"]]}"#,
        ),
    ] {
        let text = format!("1700000000000000007 {json}\r\n");
        let mut frames = frames(&text);
        let stamped = frames.next_event().unwrap().unwrap();
        assert_eq!(stamped.ts_recv_ns, 1_700_000_000_000_000_007);
        assert_eq!(stamped.ts_event_ns, 1_700_000_000_001_000_000);
        match stamped.event {
            MarketEvent::Depth { levels: [one], .. } => assert_eq!(*one, levels[0]),
            MarketEvent::Depth {
                levels:
                    [
                        Level {
                            side: Side::Sell, ..
                        },
                        ..,
                    ],
                ..
            } => {}
            event => assert_eq!(event, expected, "{json}"),
        }
        assert_eq!(frames.next_event(), Ok(None));
    }
}

#[test]
fn trades_quotes_and_snapshots_are_read() {
    let trade = "Trade { id: 7, price: Ticks(618003), qty: Lots(6), aggressor: Buy }";
    let quote = "Quote { id: 9, bid: Ticks(618002), bid_qty: Lots(2507), ask: Ticks(618003), \
                 ask_qty: Lots(2510) }";
    for (json, event) in [
        (
            concat!(
                r#"{"e":"trade","T":1700000000001,"s":"btcusdt","t":7,"p":"61800.30","#,
                r#""q":"0.006","X":"MARKET","m":false}"#,
            ),
            trade,
        ),
        (
            r#"{"e":"aggTrade","a":7,"f":1,"l":3,"p":"61800.30","q":"0.006","m":false}"#,
            trade,
        ),
        (
            r#"{"u":9,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510"}"#,
            quote,
        ),
        (
            r#"{"e":"bookTicker","u":9,"b":"61800.20","B":"2.507","a":"61800.30","A":"2.510"}"#,
            quote,
        ),
        (
            r#"{"e":"bookTicker","u":9,"b":"0.00","B":"0.000","a":"61800.30","A":"2.510"}"#,
            "Quote { id: 9, bid: Ticks(0), bid_qty: Lots(0), ask: Ticks(618003), \
             ask_qty: Lots(2510) }",
        ),
        (
            r#"{"lastUpdateId":9,"bids":[["61800.20","2.507"]],"asks":[]}"#,
            "Snapshot { last_id: 9, levels: [Level { side: Buy, price: Ticks(618002), \
             qty: Lots(2507) }] }",
        ),
    ] {
        assert_eq!(
            decoded(json),
            (event.to_owned(), Skipped::default()),
            "{json}"
        );
    }
}

#[test]
fn what_says_nothing_about_this_book_is_skipped_and_counted() {
    let unknown = Skipped {
        unknown: 1,
        ..Skipped::default()
    };
    for (json, skipped) in [
        (r#"{"result":null,"id":1}"#, unknown),
        ("[1,2]", unknown),
        ("{}", unknown),
        (
            r#"{"e":"kline","k":{"b":[1]},"b":[1,"x"],"a":"y"}"#,
            unknown,
        ),
        (
            r#"{"stream":"btcusdt@depth5","data":{"lastUpdateId":9,"bids":[],"asks":[]}}"#,
            unknown,
        ),
        (
            concat!(
                r#"{"stream":"btcusdt@rpiDepth@500ms","data":{"e":"depthUpdate","U":1,"#,
                r#""u":2,"b":[],"a":[]}}"#,
            ),
            unknown,
        ),
        (
            r#"{"e":"trade","s":"ETHUSDT","t":7,"p":"1","q":"1","m":false}"#,
            Skipped {
                other_symbol: 1,
                ..Skipped::default()
            },
        ),
        (
            r#"{"e":"trade","t":7,"p":"0","q":"0","X":"NA","m":false}"#,
            Skipped {
                off_book: 1,
                ..Skipped::default()
            },
        ),
    ] {
        assert_eq!(decoded(json), (String::new(), skipped), "{json}");
    }
}

#[test]
fn of_two_trade_streams_the_first_counts() {
    let text = "1 {\"e\":\"trade\",\"t\":7,\"p\":\"1\",\"q\":\"1\",\"m\":false}\n\
                2 {\"e\":\"aggTrade\",\"a\":3,\"p\":\"1\",\"q\":\"1\",\"m\":false}\n";
    let mut frames = frames(text);
    assert!(frames.next_event().unwrap().is_some());
    assert_eq!(frames.next_event(), Ok(None));
    assert_eq!(frames.skipped().told_twice, 1);
}

#[test]
fn a_bad_line_names_rule_value_and_place_and_the_next_is_read() {
    for (line, rule) in [
        (
            "x",
            "a line is the time of receipt in nanoseconds, a space and a JSON frame, column 1",
        ),
        ("12", "a line is the time of receipt"),
        ("99999999999999999999 {}", "a line is the time of receipt"),
        (
            "12 ",
            "a frame is a JSON object: the line ends here, column 4",
        ),
        ("12 \u{1f}\u{8b}", "a frame is a JSON object: found"),
        (
            "12 {\"e\":\"tra",
            "a string ends with a quote: the line ends here, column 13",
        ),
        (
            "12 {} {}",
            "one frame stands on a line: found \"{\", column 7",
        ),
        ("12 {\"e\":\"trade\",\"e\":\"trade\"}", "a key stands once"),
        ("12 {\"b\":[],\"bids\":[]}", "a key stands once"),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"u\":2,\"b\":[[\"61800.25\",\"1\"]],\"a\":[]}",
            "price must be a multiple of the tick: price=61800.25, tick_size=0.1, \
             nearest valid 61800.2 and 61800.3, symbol=BINANCE:BTCUSDT, column 41",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"u\":2,\"b\":[[\"1\",\"-1\"]],\"a\":[]}",
            "quantity must be above 0: quantity=-1",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"u\":2,\"b\":[[\"1\",\"NaN\"]],\"a\":[]}",
            "quantity is not a decimal number: quantity=\"NaN\"",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"u\":2,\"b\":[[\"1\"]],\"a\":[]}",
            "a level is a pair of price and quantity: found \"]\"",
        ),
    ] {
        assert_refused(line, rule);
    }
}

#[test]
fn a_frame_that_cannot_be_true_is_refused() {
    for (line, rule) in [
        (
            "12 {\"e\":\"depthUpdate\",\"U\":3,\"u\":2,\"b\":[],\"a\":[]}",
            "the last update of a delta is not below its first or the one before: U=3, u=2",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"u\":2,\"b\":[]}",
            "a depthUpdate has the key \"a\": it is missing",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":1,\"b\":[],\"a\":[]}",
            "a frame has the key \"u\": it is missing",
        ),
        (
            "12 {\"e\":\"depthUpdate\",\"U\":-1,\"u\":2,\"b\":[],\"a\":[]}",
            "U is a whole number below 2^63: U=\"-1\"",
        ),
        (
            "12 {\"e\":\"trade\",\"t\":1,\"p\":\"1\",\"q\":\"0\",\"m\":true}",
            "q of a trade is above 0",
        ),
        (
            "12 {\"e\":\"trade\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"m\":1}",
            "m is true or false: m=\"1\"",
        ),
        (
            "12 {\"e\":\"trade\",\"T\":\"soon\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"m\":true}",
            "T or E is a time in milliseconds: found \"soon\"",
        ),
    ] {
        assert_refused(line, rule);
    }
}

/// A bad line between two good ones is an error with its place, and the good ones are read.
fn assert_refused(line: &str, rule: &str) {
    let good = "{\"e\":\"trade\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"m\":true}";
    let text = format!("11 {good}\n{line}\n\n13 {good}");
    let mut frames = frames(&text);
    frames.next_event().unwrap().unwrap();
    let error = frames.next_event().unwrap_err();
    assert!(error.reason.starts_with(rule), "{line:?}: {error}");
    assert!(error.reason.contains(", column "), "{error}");
    assert_eq!(
        (error.record, error.offset),
        (2, good.len() as u64 + 4),
        "{line:?}"
    );
    assert_eq!(frames.next_event().unwrap().unwrap().ts_recv_ns, 13);
    assert_eq!(frames.next_event(), Ok(None));
    assert_eq!(frames.lines(), 4);
}

#[test]
fn dust_finer_than_the_lot_is_counted_not_refused() {
    let text = "1 {\"lastUpdateId\":9,\"bids\":[[\"1.0\",\"0.0010009\"]],\"asks\":[]}";
    let mut frames = frames(text);
    let stamped = frames.next_event().unwrap().unwrap();
    let expected = [level(Side::Buy, 10, 1)];
    assert_eq!(
        stamped.event,
        MarketEvent::Snapshot {
            last_id: 9,
            levels: &expected
        }
    );
    assert_eq!(frames.dust(), 1);
}

#[test]
fn the_venues_time_is_the_last_it_named() {
    let text = "5 {\"u\":9,\"b\":\"1\",\"B\":\"1\",\"a\":\"2\",\"A\":\"1\"}\n\
                6 {\"e\":\"trade\",\"T\":2,\"E\":3,\"t\":7,\"p\":\"1\",\"q\":\"1\",\"m\":false}\n\
                7 {\"u\":9,\"b\":\"1\",\"B\":\"1\",\"a\":\"2\",\"A\":\"1\"}\n";
    let mut frames = frames(text);
    let mut times = Vec::new();
    while let Some(stamped) = frames.next_event().unwrap() {
        times.push(stamped.ts_event_ns);
    }
    assert_eq!(times, [5, 2_000_000, 2_000_000]);
}

#[test]
fn steps_are_found_from_the_numbers() {
    let text = "1 {\"lastUpdateId\":9,\"bids\":[[\"100.00\",\"2.50\"]],\
                \"asks\":[[\"101.25\",\"3\"]]}\n\
                broken\n\
                2 {\"e\":\"trade\",\"t\":7,\"p\":\"101\",\"q\":\"0.0125\",\"m\":false}\n";
    let found = infer_instrument(text.as_bytes(), "BTCUSDT", ContractKind::Spot).unwrap();
    assert_eq!(found.tick_size().to_string(), "0.01");
    assert_eq!(found.lot_size().to_string(), "0.0001");
    let nothing = infer_instrument(b"", "BTCUSDT", ContractKind::Spot).unwrap();
    assert_eq!(nothing.tick_size(), Decimal::ONE);
    assert!(infer_instrument(b"", "", ContractKind::Spot).is_err());
}

#[test]
fn no_bytes_are_no_events() {
    for text in ["", "\n", "\r\n \t\n"] {
        assert_eq!(frames(text).next_event(), Ok(None));
    }
}

#[test]
fn a_recorded_start_joins_the_snapshot_to_the_deltas_around_it() {
    let delta = |prev: u64, first: u64, last: u64, qty: u64| {
        format!(
            "1 {{\"e\":\"depthUpdate\",\"U\":{first},\"u\":{last},\"pu\":{prev},\
             \"b\":[[\"10.0\",\"{qty}\"]],\"a\":[]}}\n"
        )
    };
    let text = [
        delta(10, 12, 20, 1),
        delta(20, 23, 30, 2),
        delta(30, 31, 40, 3),
        "1 {\"lastUpdateId\":25,\"bids\":[[\"9.0\",\"4\"]],\"asks\":[[\"11.0\",\"5\"]]}\n".into(),
        delta(40, 44, 50, 6),
    ]
    .concat();
    let (mut frames, mut book, mut sync) = (frames(&text), Book::new(), DepthSync::new());
    let mut outcomes = Vec::new();
    while let Some(stamped) = frames.next_event().unwrap() {
        outcomes.extend(sync.apply(&mut book, &stamped.event));
    }
    let (kept, done) = (Outcome::Buffered, Outcome::Applied);
    assert_eq!(outcomes, [kept, kept, kept, done, done]);
    assert_eq!(book.best_bid(), Some((Ticks(100), Lots(6000))));
    assert_eq!(sync.last_id(), Some(50));
}
