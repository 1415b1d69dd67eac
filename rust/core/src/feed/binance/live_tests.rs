//! The live feed: routing, sequences, hostile frames, and what it tells others.

use proptest::prelude::*;

use super::*;
use crate::decimal::Decimal;
use crate::instrument::{ContractKind, InstrumentSpec};
use crate::mirror::Book;
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};
use crate::wire::{BookUpdate, Follower};

fn instrument(symbol: &str) -> Instrument {
    let parse = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    Instrument::new(InstrumentSpec {
        symbol: symbol.into(),
        kind: ContractKind::Linear,
        tick_size: parse("0.1"),
        lot_size: parse("0.001"),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    })
    .unwrap()
}

/// A feed of two symbols with its books.
pub(super) struct Feed {
    pub(super) live: LiveFeed,
    pub(super) books: [Book; 2],
}

impl Feed {
    fn new(chained: bool) -> Self {
        let instruments = [instrument("BINANCE:BTCUSDT"), instrument("ETHUSDT")];
        Self {
            live: LiveFeed::new(&instruments, chained).unwrap(),
            books: [Book::new(), Book::new()],
        }
    }

    /// A chained feed whose first book stands at update 100.
    pub(super) fn joined() -> Self {
        let mut feed = Self::new(true);
        let body = r#"{"lastUpdateId":100,"E":7,"T":6,"bids":[["1.0","1"]],"asks":[["2.0","1"]]}"#;
        assert_eq!(feed.snapshot(body), Received::Book);
        feed
    }

    pub(super) fn receive(&mut self, frame: &str) -> Received {
        self.live
            .receive(frame.as_bytes(), 9, |place| &mut self.books[place])
    }

    fn snapshot(&mut self, body: &str) -> Received {
        self.live
            .snapshot(0, body.as_bytes(), 9, &mut self.books[0])
    }

    fn bid(&self, place: usize) -> Option<(i64, i64)> {
        self.books[place].best_bid().map(|(p, q)| (p.0, q.0))
    }
}

fn delta(symbol: &str, first: u64, last: u64, prev: u64, price: &str) -> String {
    format!(
        r#"{{"e":"depthUpdate","E":8,"T":7,"s":"{symbol}","U":{first},"u":{last},"pu":{prev},"b":[["{price}","2"]],"a":[]}}"#
    )
}

#[test]
fn frames_find_their_book() {
    let mut feed = Feed::joined();
    let bare = delta("btcusdt", 101, 102, 100, "1.1");
    assert_eq!(feed.receive(&bare), Received::Book);
    assert_eq!(
        (feed.bid(0), feed.live.place()),
        (Some((11, 2000)), Some(0))
    );
    assert_eq!(feed.live.ts_event_ns(), 7_000_000);
    let wrapped = delta("ETHUSDT", 1, 2, 0, "1.1");
    let wrapped = format!(r#"{{"stream":"ethusdt@depth@100ms","data":{wrapped}}}"#);
    assert_eq!(feed.receive(&wrapped), Received::Buffered);
    assert_eq!(feed.live.place(), Some(1));
    // By the stream alone, the symbol last, with escapes, in several lines.
    let nameless = concat!(
        r#"{"data":{"e":"depthUpdate","U":103,"u":104,"pu":102,"b":[["1.2","3"]],"a":[]},"#,
        r#""stream":"btcusdt@depth"}"#,
    );
    assert_eq!(feed.receive(nameless), Received::Book);
    let last =
        r#"{"a":[],"b":[["1.3","3"]],"e":"depthUpdate","U":105,"u":106,"pu":104,"s":"BTCUSDT"}"#;
    assert_eq!(feed.receive(last), Received::Book);
    let escaped = "{\n\"e\":\"depthUpdate\",\n\"\\u0073\":\"BTC\\u0055SDT\",\"U\":107,\"u\":108,\
                   \"pu\":106,\"b\":[[\"1.4\",\"3\"]],\"a\":[]\n}\n";
    assert_eq!(feed.receive(escaped), Received::Book);
    assert_eq!(feed.bid(0), Some((14, 3000)));
}

#[test]
fn what_is_not_for_us_is_left_alone() {
    let mut feed = Feed::joined();
    for frame in [
        r#"{"result":null,"id":1}"#,
        r#"{"stream":"abc","data":{"e":"ORDER_TRADE_UPDATE","o":{"s":"BTCUSDT"}}}"#,
        r#"{"stream":"btcusdt@kline_1m","data":{"e":"kline","s":"BTCUSDT","k":{"o":"1"}}}"#,
        r#"{"e":"markPriceUpdate","s":"BTCUSDT","p":"1.05","T":5}"#,
        r#"[{"e":"markPriceUpdate","s":"BTCUSDT"}]"#,
        r#"{"stream":"btcusdt@depth5","data":{"lastUpdateId":7,"bids":[],"asks":[]}}"#,
        r#"{"stream":"btcusdt@depth","data":{"lastUpdateId":7,"bids":[],"asks":[]}}"#,
        r#"{"lastUpdateId":200,"bids":[],"asks":[]}"#,
        r#"{"e":"depthUpdate","s":"XRPUSDT","U":1,"u":2,"pu":0,"b":[["x","y"]],"a":[]}"#,
        r#"{"e":"trade","s":"BTCUSDT","t":1,"p":"0","q":"1","X":"NA","m":true}"#,
        "{}",
    ] {
        assert_eq!(feed.receive(frame), Received::NotOurs, "{frame}");
        assert_eq!(feed.live.error(), None);
    }
    assert_eq!(feed.bid(0), Some((10, 1000)));
    assert_eq!(feed.live.tally().received[0], 11);
}

#[test]
fn trades_and_quotes_are_kept() {
    let mut feed = Feed::new(true);
    let trade =
        r#"{"e":"aggTrade","E":8,"T":7,"s":"ETHUSDT","a":5,"p":"1.5","q":"0.002","m":true}"#;
    assert_eq!(feed.receive(trade), Received::Trade);
    let print = Print {
        id: 5,
        price: Ticks(15),
        qty: Lots(2),
        aggressor: Side::Sell,
        ts_event_ns: 7_000_000,
    };
    assert_eq!(feed.live.last_trade(), Some(&print));
    let twice = r#"{"e":"trade","T":7,"s":"ETHUSDT","t":5,"p":"1.5","q":"0.002","m":true}"#;
    assert_eq!(feed.receive(twice), Received::NotOurs);
    assert_eq!(feed.live.skipped().told_twice, 1);
    feed.live.clear(1, &mut feed.books[1]);
    assert_eq!(feed.receive(twice), Received::Trade);
    let quote = r#"{"u":9,"s":"BTCUSDT","b":"1.1","B":"1","a":"1.2","A":"0"}"#;
    assert_eq!(feed.receive(quote), Received::Quote);
    let touch = feed.live.last_quote().unwrap();
    assert_eq!(touch.bid, (Ticks(11), Lots(1000)));
    assert_eq!((touch.ask, touch.ts_event_ns), ((Ticks(0), Lots(0)), 9));
}

#[test]
fn a_gap_needs_a_snapshot() {
    let mut feed = Feed::joined();
    assert_eq!(
        feed.receive(&delta("BTCUSDT", 90, 99, 80, "1.1")),
        Received::Ignored
    );
    assert_eq!(
        feed.receive(&delta("BTCUSDT", 95, 102, 94, "1.2")),
        Received::Book
    );
    assert_eq!(
        feed.receive(&delta("BTCUSDT", 105, 106, 104, "1.3")),
        Received::Gap
    );
    let error = feed.live.error().unwrap();
    assert!(
        error.ends_with("expected=102, got=104, symbol=BINANCE:BTCUSDT"),
        "{error}"
    );
    assert!(feed.books[0].is_stale());
    assert_eq!(
        feed.receive(&delta("BTCUSDT", 107, 108, 106, "1.4")),
        Received::Buffered
    );
    let old = r#"{"lastUpdateId":101,"bids":[["1.0","1"]],"asks":[]}"#;
    assert_eq!(feed.snapshot(old), Received::Gap);
    let body = "{\n  \"lastUpdateId\": 105,\n  \"bids\": [[\"1.0\", \"1\"]],\n  \"asks\": []\n}\n";
    assert_eq!(feed.snapshot(body), Received::Book);
    assert_eq!(
        (feed.bid(0), feed.books[0].is_stale()),
        (Some((14, 2000)), false)
    );
    assert_eq!(feed.snapshot(body), Received::Ignored);
}

#[test]
fn hostile_frames_touch_no_book() {
    let mut feed = Feed::joined();
    let deep = format!(r#"{{"s":"BTCUSDT","x":{}}}"#, "[".repeat(5000));
    let long = format!(
        r#"{{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[{}["1.0","x"]],"a":[]}}"#,
        r#"["1.0","2"],"#.repeat(90_000)
    );
    for frame in [
        "",
        "\n",
        "{",
        "nonsense",
        r#"{"s":"BTCUSDT""#,
        deep.as_str(),
        long.as_str(),
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"b":[],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[],"b":[],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","u":102,"u":103,"U":101,"pu":100,"b":[],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":1e99,"pu":100,"b":[],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":9,"u":99999999999999999999,"pu":1,"b":[],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[["NaN","1"]],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[["1.0","-1"]],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[["1.0","1e40"]],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":[["1.05","1"]],"a":[]}"#,
        r#"{"e":"depthUpdate","s":"BTCUSDT","U":101,"u":102,"pu":100,"b":{"1.0":"1"},"a":[]}"#,
        r#"{"e":"trade","s":"BTCUSDT","t":1,"p":"1.0","q":"1","m":"maybe"}"#,
        "{\"s\":\"BTCUSDT\"}\n{}",
    ] {
        assert_eq!(feed.receive(frame), Received::Malformed, "{frame:.80}");
        assert!(feed.live.error().unwrap().contains(", column "));
        assert_eq!(
            (feed.bid(0), feed.books[0].is_stale()),
            (Some((10, 1000)), false)
        );
    }
    for body in [
        "",
        "{}",
        r#"{"code":-1121,"msg":"Invalid symbol."}"#,
        r#"{"lastUpdateId":"x"}"#,
    ] {
        assert_eq!(feed.snapshot(body), Received::Malformed, "{body}");
    }
    assert_eq!(
        feed.receive(&delta("BTCUSDT", 101, 102, 100, "1.1")),
        Received::Book
    );
    let mut spot = Feed::new(false);
    assert_eq!(
        spot.receive(&delta("BTCUSDT", 101, 102, 100, "1.1")),
        Received::Malformed
    );
}

#[test]
fn two_instruments_of_one_name_are_refused() {
    let instruments = [instrument("BINANCE:BTCUSDT"), instrument("btcusdt")];
    let error = LiveFeed::new(&instruments, true).unwrap_err();
    assert!(error.to_string().ends_with("symbol=btcusdt"), "{error}");
}

#[test]
fn an_update_tells_what_changed_and_continues_the_one_before() {
    let mut feed = Feed::joined();
    let take = |feed: &mut Feed| feed.live.take_update(0, &feed.books[0]);
    let first = take(&mut feed).unwrap();
    assert!(first.head.is_snapshot && !first.head.is_stale);
    assert_eq!((first.head.last_id, first.levels.len()), (100, 2));
    assert_eq!(take(&mut feed), None);
    feed.receive(&delta("BTCUSDT", 103, 104, 100, "1.1"));
    feed.receive(&delta("BTCUSDT", 107, 108, 104, "1.1"));
    let whole = feed.live.whole(0, &feed.books[0]);
    assert_eq!((whole.head.last_id, whole.levels.len()), (108, 3));
    let second = take(&mut feed).unwrap();
    assert_eq!((second.head.first_id, second.head.last_id), (101, 108));
    assert_eq!(second.levels.len(), 1);
    feed.receive(&delta("BTCUSDT", 120, 121, 119, "1.2"));
    let stale = take(&mut feed).unwrap();
    assert!(stale.head.is_stale && !stale.head.is_snapshot && stale.levels.is_empty());
    feed.live.clear(0, &mut feed.books[0]);
    let cleared = take(&mut feed).unwrap();
    assert!(cleared.head.is_stale && cleared.head.is_snapshot && cleared.levels.is_empty());
}

/// What may happen to a feed, and to those who follow it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Delta(u64, i64, u8),
    Lost,
    Snapshot,
    Clear,
    Take,
    Beside,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..4_u64, 1..9_i64, 0..4_u8).prop_map(|(ids, p, q)| Step::Delta(ids, p, q)),
        1 => Just(Step::Lost),
        2 => Just(Step::Snapshot),
        1 => Just(Step::Clear),
        4 => Just(Step::Take),
        2 => Just(Step::Beside),
    ]
}

proptest! {
    /// Whatever happens, who takes every update has the feed's book.
    #[test]
    fn a_follower_has_the_same_book(steps in prop::collection::vec(step(), 1..80)) {
        let mut feed = Feed::new(true);
        let (mut book, mut follower) = (Book::new(), Follower::new());
        let (mut venue, mut last) = (Book::new(), 100_u64);
        for step in steps {
            let update = match step {
                Step::Delta(ids, price, qty) => {
                    let prev = last;
                    last += ids;
                    venue.set(Side::Buy, Ticks(price), Lots(i64::from(qty) * 1000));
                    let frame = format!(
                        r#"{{"e":"depthUpdate","s":"BTCUSDT","U":{last},"u":{last},"pu":{prev},"b":[["0.{price}","{qty}"]],"a":[]}}"#
                    );
                    feed.receive(&frame);
                    None
                }
                Step::Lost => {
                    last += 1;
                    None
                }
                Step::Snapshot => {
                    let levels: Vec<String> = venue
                        .depth(Side::Buy, 99)
                        .map(|(p, q)| format!(r#"["0.{}","{}"]"#, p.0, q.0 / 1000))
                        .collect();
                    let levels = levels.join(",");
                    let body = format!(r#"{{"lastUpdateId":{last},"bids":[{levels}],"asks":[]}}"#);
                    feed.snapshot(&body);
                    None
                }
                Step::Clear => {
                    feed.live.clear(0, &mut feed.books[0]);
                    None
                }
                Step::Take => feed.live.take_update(0, &feed.books[0]),
                Step::Beside => Some(feed.live.whole(0, &feed.books[0])),
            };
            if let Some(update) = update {
                let copy = BookUpdate::decode(&update.encode()).unwrap();
                prop_assert_eq!(&copy, &update);
                follower.apply(&mut book, &copy);
            }
        }
        if let Some(update) = feed.live.take_update(0, &feed.books[0]) {
            follower.apply(&mut book, &update);
        }
        let levels = |book: &Book| book.depth(Side::Buy, 99).collect::<Vec<_>>();
        prop_assert_eq!(levels(&book), levels(&feed.books[0]));
        prop_assert_eq!(book.is_stale(), feed.books[0].is_stale());
        if !feed.books[0].is_stale() {
            prop_assert_eq!(levels(&book), levels(&venue));
        }
    }
}
