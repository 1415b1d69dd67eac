//! Recordings: cut, damaged, or of something else.

use tradecore_core::feed::binance::BinanceFrames;
use tradecore_core::feed::lobster::{Market, Messages};
use tradecore_core::market::{EventSource, MarketEvent};

use crate::instrument;

/// Reads to the end and answers the number of events.
///
/// A source ends: it cannot give more records, good or bad, than it has bytes. What it shows has
/// quantities of zero or more, since no book holds less.
pub(crate) fn drain(source: &mut impl EventSource, bytes: usize) -> usize {
    let mut events = 0;
    for _ in 0..=bytes + 1 {
        match source.next_event() {
            Ok(None) => return events,
            Ok(Some(stamped)) => {
                events += 1;
                if let MarketEvent::Snapshot { levels, .. } | MarketEvent::Depth { levels, .. } =
                    stamped.event
                {
                    assert!(levels.iter().all(|level| level.qty.0 >= 0));
                }
            }
            Err(error) => assert!(error.record > 0 && !error.reason.is_empty()),
        }
    }
    panic!("Invariant: a source ends: {bytes} bytes gave more records than that");
}

/// Recorded Binance frames: any line is an event, is skipped, or is an error that names it.
pub fn binance(data: &[u8]) {
    let mut source = BinanceFrames::new(data, &instrument());
    drain(&mut source, data.len());
}

/// Rows of LOBSTER: any row is a message the market takes, or an error that names it.
pub fn lobster(data: &[u8]) {
    let mut source = Messages::new(data);
    let mut market = Market::new();
    for _ in 0..=data.len() + 1 {
        match source.next_message() {
            Ok(None) => return,
            Ok(Some(message)) => market.apply(&message),
            Err(error) => assert!(error.record > 0 && !error.reason.is_empty()),
        }
    }
    panic!(
        "Invariant: a source ends: {} bytes gave more rows than that",
        data.len()
    );
}

pub(crate) fn binance_seeds() -> Vec<Vec<u8>> {
    let lines = [
        r#"1 {"e":"depthUpdate","E":5,"T":4,"s":"BTCUSDT","U":7,"u":9,"pu":6,"b":[["100.1","2"]],"a":[["100.2","0.000"]]}"#,
        r#"2 {"stream":"x","data":{"e":"bookTicker","u":9,"s":"BTCUSDT","b":"100.1","B":"2","a":"100.3","A":"1.5","T":4,"E":5}}"#,
        r#"3 {"e":"aggTrade","E":6,"s":"BTCUSDT","a":1,"p":"100.1","q":"0.5","f":1,"l":1,"T":5,"m":true}"#,
        r#"4 {"e":"trade","E":6,"s":"BTCUSDT","t":1,"p":"100.1","q":"0.5","T":5,"m":false}"#,
        r#"5 {"lastUpdateId":10,"bids":[["100.0","1"]],"asks":[["100.4","1"]]}"#,
    ];
    let mut seeds: Vec<Vec<u8>> = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
    seeds.push(lines.join("\n").into_bytes());
    seeds
}

pub(crate) fn lobster_seeds() -> Vec<Vec<u8>> {
    let rows = "34200.004241176,1,16113575,18,5853300,1\n34200.025552,4,16113575,9,5853300,1\n\
                34200.2,2,16113575,1,5853300,1\n34200.3,3,16113575,8,5853300,1\n\
                34200.4,5,0,1,5853400,-1\n34201,7,0,0,-1,-1\n";
    vec![rows.as_bytes().to_vec()]
}
