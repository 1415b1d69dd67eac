//! What other processes send while we run: a venue's frames, and bodies of book messages.

use tradecore_core::feed::binance::{LiveFeed, Received};
use tradecore_core::market::Level;
use tradecore_core::mirror::Book;
use tradecore_core::units::{Lots, Side, Ticks};
use tradecore_core::websocket::{FrameReader, Next};
use tradecore_core::wire::{BookUpdate, Follower, Head};

use crate::feeds::binance_seeds;
use crate::instrument;

fn levels(book: &Book) -> Vec<(Ticks, Lots)> {
    let sides = [Side::Buy, Side::Sell];
    let both = sides.map(|side| book.depth(side, usize::MAX));
    both.into_iter().flatten().collect()
}

/// Frames, one a line, a `!` before those that answer a depth request: whatever they hold, only
/// what was applied changes the book, and who follows by its updates has it.
pub fn live(data: &[u8]) {
    let instrument = instrument();
    let (chained, data) = match data {
        [b'~', rest @ ..] => (false, rest),
        _ => (true, data),
    };
    let mut feed = LiveFeed::new([&*instrument], chained).expect("Invariant: one name is no two");
    let (mut book, mut copy, mut follower) = (Book::new(), Book::new(), Follower::new());
    // A frame with a newline behind it is looked at twice, which must make no difference.
    let mut again = LiveFeed::new([&*instrument], chained).expect("Invariant: one name is no two");
    let mut twin = Book::new();
    for line in data.split(|byte| *byte == b'\n') {
        let before = levels(&book);
        let received = match line {
            [b'!', body @ ..] => feed.snapshot(0, body, 7, &mut book),
            frame => feed.receive(frame, 7, |_| &mut book),
        };
        let ended = [line, b"\n"].concat();
        let same = match line {
            [b'!', ..] => again.snapshot(0, &ended[1..], 7, &mut twin),
            _ => again.receive(&ended, 7, |_| &mut twin),
        };
        assert_eq!((received, feed.place()), (same, again.place()));
        assert_eq!(levels(&book), levels(&twin));
        if !matches!(received, Received::Book | Received::Gap) {
            assert_eq!(levels(&book), before);
        }
        let faulty = matches!(received, Received::Malformed | Received::Gap);
        assert_eq!(feed.error().is_some(), faulty);
        if line.len() % 3 != 0
            && let Some(update) = feed.take_update(0, &book)
        {
            let read = BookUpdate::decode(&update.encode());
            assert_eq!(read.as_ref(), Ok(&update));
            follower.apply(&mut copy, &update);
            assert_eq!(levels(&copy), levels(&book));
            assert_eq!(copy.is_stale(), book.is_stale());
        }
    }
}

/// Bodies of book messages, each after its length in a byte: refused with a place in them, or read,
/// and then written and read again the same. Whatever is applied, a book holds it.
pub fn wire(data: &[u8]) {
    let (mut book, mut follower) = (Book::new(), Follower::new());
    let mut rest = data;
    while let Some((length, after)) = rest.split_first() {
        let (body, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        match BookUpdate::decode(body) {
            Ok(update) => {
                assert_eq!(BookUpdate::decode(&update.encode()).as_ref(), Ok(&update));
                follower.apply(&mut book, &update);
                assert_eq!(follower.last_id().is_none(), book.is_stale());
            }
            Err(error) => assert!(error.offset <= body.len() && !error.reason.is_empty()),
        }
    }
}

/// Bytes of a connection after the size of the pieces they come in: cut into messages and all else
/// the same as in one piece, and nothing is longer than what came.
pub fn websocket(data: &[u8]) {
    const BYTES_MAX: usize = 300;
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let read = |piece: usize| {
        let mut reader = FrameReader::new(BYTES_MAX);
        let (mut messages, mut others) = (Vec::new(), Vec::new());
        for piece in bytes.chunks(piece) {
            reader.push(piece);
            loop {
                match reader.advance() {
                    Next::Message(message) => messages.push(message.to_vec()),
                    Next::Other(other) => others.extend_from_slice(other),
                    Next::Nothing => break,
                }
            }
        }
        (messages, others, reader.take_rest())
    };
    let (messages, others, rest) = read(bytes.len().max(1));
    assert!(messages.iter().all(|message| message.len() <= BYTES_MAX));
    let told = messages.iter().map(Vec::len).sum::<usize>() + others.len() + rest.len();
    assert!(told <= bytes.len());
    assert!(bytes.ends_with(&rest));
    assert_eq!(read(usize::from(*size).max(1)), (messages, others, rest));
}

pub(crate) fn live_seeds() -> Vec<Vec<u8>> {
    let lines = [
        r#"!{"lastUpdateId":6,"T":4,"bids":[["100.0","1"]],"asks":[["100.4","1"]]}"#,
        r#"{"e":"depthUpdate","T":4,"s":"BTCUSDT","U":7,"u":9,"pu":6,"b":[["100.1","2"]],"a":[]}"#,
        r#"{"stream":"btcusdt@depth","data":{"e":"depthUpdate","U":11,"u":12,"pu":9,"b":[],"a":[["100.4","0"]]}}"#,
        r#"{"e":"depthUpdate","T":5,"s":"BTCUSDT","U":15,"u":16,"pu":14,"b":[["100.1","2"]],"a":[]}"#,
        r#"!{"lastUpdateId":15,"bids":[["100.0","1"]],"asks":[["100.4","1"]]}"#,
        r#"{"e":"aggTrade","E":6,"s":"BTCUSDT","a":1,"p":"100.1","q":"0.5","f":1,"l":1,"T":5,"m":true}"#,
        r#"{"result":null,"id":1}"#,
    ];
    let spot = [
        r#"~!{"lastUpdateId":6,"bids":[["100.0","1"]],"asks":[["100.4","1"]]}"#,
        r#"{"e":"depthUpdate","E":4,"s":"BTCUSDT","U":7,"u":9,"b":[["100.1","2"]],"a":[]}"#,
    ];
    let mut seeds = vec![lines.join("\n").into_bytes(), spot.join("\n").into_bytes()];
    for line in binance_seeds() {
        let frame = line.iter().position(|byte| *byte == b' ');
        seeds.push(line[frame.map_or(0, |at| at + 1)..].to_vec());
    }
    seeds
}

pub(crate) fn websocket_seeds() -> Vec<Vec<u8>> {
    let frames: [&[u8]; 6] = [
        b"\x81\x05hello",
        b"\x89\x02ok",
        b"\x82\x7e\x00\x03two",
        b"\x01\x02pa",
        b"\x80\x02rt",
        b"\x88\x02\x03\xe8",
    ];
    let all = frames.concat();
    [1, 5, 200]
        .map(|size: u8| [&[size], &*all].concat())
        .to_vec()
}

pub(crate) fn wire_seeds() -> Vec<Vec<u8>> {
    let level = |side, price, qty| Level {
        side,
        price: Ticks(price),
        qty: Lots(qty),
    };
    let levels = [level(Side::Buy, 1001, 2000), level(Side::Sell, 1002, 0)];
    let head = Head {
        last_id: 6,
        is_snapshot: true,
        ts_event_ns: 5,
        ts_recv_ns: 6,
        ..Head::default()
    };
    let next = Head {
        first_id: 7,
        last_id: 9,
        is_snapshot: false,
        ..head
    };
    let stale = Head {
        is_stale: true,
        ..next
    };
    let bodies = [head, next, stale, head].map(|head| head.encode(&levels));
    let long = |body: &Vec<u8>| u8::try_from(body.len()).unwrap_or(u8::MAX);
    let joined = bodies.iter().flat_map(|body| {
        let mut one = vec![long(body)];
        one.extend_from_slice(body);
        one
    });
    vec![joined.collect()]
}
