//! What a generated market looks like: the properties a strategy is tested against.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "statistics of some thousand small numbers"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use super::{Flow, FlowSpec};
use crate::decimal::Decimal;
use crate::instrument::{ContractKind, Instrument, InstrumentSpec};
use crate::market::{EventSource, MarketEvent};
use crate::mirror::{Book, DepthSync, Outcome};
use crate::money::Rate;
use crate::units::{Side, Ticks};

/// The market of the sample tape, for so long.
pub(crate) fn sample(seed: u64, seconds: i64) -> (Arc<Instrument>, FlowSpec) {
    let decimal = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
    let spec = InstrumentSpec {
        symbol: "BTCUSDT".into(),
        kind: ContractKind::Linear,
        tick_size: decimal("0.1"),
        lot_size: decimal("0.001"),
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    let instrument = Arc::new(Instrument::new(spec).unwrap());
    let spec = FlowSpec {
        seed,
        start_ns: 1_700_000_000_000_000_000,
        duration_ns: seconds * 1_000_000_000,
        price: Ticks(600_000),
        volatility_milliticks: 2_000,
    };
    (instrument, spec)
}

fn flow(seed: u64, seconds: i64) -> Flow {
    let (instrument, spec) = sample(seed, seconds);
    Flow::new(instrument, spec)
}

#[derive(Default, Debug)]
struct Seen {
    depths: u64,
    levels: u64,
    quotes: u64,
    spreads: [u64; 8],
    signs: Vec<i64>,
    volume: i64,
    second_moves: Vec<i64>,
    /// Quantity 0, 1, 2, … ticks behind the touch, summed over depth messages.
    profile: [i64; 30],
}

fn watch(mut flow: Flow) -> (Seen, Flow) {
    let mut seen = Seen::default();
    let (mut book, mut sync) = (Book::new(), DepthSync::new());
    let mut second = (0, 0);
    while let Some(stamped) = flow.next_event().unwrap() {
        match stamped.event {
            MarketEvent::Trade { qty, aggressor, .. } => {
                seen.signs.push(aggressor.sign());
                seen.volume += qty.0;
            }
            MarketEvent::Quote { bid, ask, .. } => {
                seen.quotes += 1;
                seen.spreads[usize::try_from(ask.0 - bid.0).unwrap().min(7)] += 1;
                let now = stamped.ts_event_ns / 1_000_000_000;
                if now != second.0 {
                    if second.1 != 0 {
                        seen.second_moves.push(bid.0 + ask.0 - second.1);
                    }
                    second = (now, bid.0 + ask.0);
                }
            }
            MarketEvent::Snapshot { .. } | MarketEvent::Depth { .. } => {
                let outcome = sync.apply(&mut book, &stamped.event);
                assert_eq!(outcome, Some(Outcome::Applied), "depth never has a gap");
                assert!(!book.is_crossed());
                if let MarketEvent::Depth { levels, .. } = stamped.event {
                    seen.depths += 1;
                    seen.levels += levels.len() as u64;
                }
                let best = book.best_bid().unwrap().0;
                for (price, qty) in book.depth(Side::Buy, 30) {
                    if let Some(sum) = seen.profile.get_mut((best.0 - price.0) as usize) {
                        *sum += qty.0;
                    }
                }
            }
        }
    }
    (seen, flow)
}

#[test]
fn the_published_book_is_the_engine_s() {
    let mut flow = flow(5, 30);
    let (mut book, mut sync) = (Book::new(), DepthSync::new());
    while let Some(stamped) = flow.next_event().unwrap() {
        sync.apply(&mut book, &stamped.event);
    }
    for side in [Side::Buy, Side::Sell] {
        let published: Vec<_> = book
            .depth(side, usize::MAX)
            .map(|(p, q)| (p.0, q.0))
            .collect();
        let engine: Vec<_> = flow.engine().depth(0, side).collect();
        assert!(engine.len() > 10);
        assert_eq!(published, engine);
    }
    flow.engine().audit().unwrap();
}

#[test]
fn the_same_seed_gives_the_same_market() {
    let text = |seed| {
        let mut flow = flow(seed, 5);
        let mut text = String::new();
        while let Some(stamped) = flow.next_event().unwrap() {
            writeln!(text, "{stamped:?}").unwrap();
        }
        text
    };
    assert_eq!(text(9), text(9));
    assert_ne!(text(9), text(10));
}

#[test]
fn the_market_has_the_shape_of_a_real_one() {
    let (seen, flow) = watch(flow(1, 300));
    let total: u64 = seen.spreads.iter().sum();
    let one_to_three: u64 = seen.spreads[1..=3].iter().sum();
    let trades = seen.signs.len() as i64;
    let follow: i64 = seen.signs.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let balance: i64 = seen.signs.iter().sum();
    let moves = seen.second_moves.len() as i64;
    let squares: i64 = seen.second_moves.iter().map(|m| m * m).sum();
    let clustering: i64 = seen
        .second_moves
        .windows(2)
        .map(|pair| (pair[0] * pair[0] - squares / moves) * (pair[1] * pair[1] - squares / moves))
        .sum();
    let spread = seen.spreads.map(|n| n * 1000 / total);
    let profile = seen.profile.map(|n| n / (seen.depths as i64 + 1));
    eprintln!(
        "depths {} levels {} quotes {} trades {trades} volume {} sign autocorrelation {:.3} \
         balance {balance} spreads/1000 {spread:?} move² of 2 s-mids {:.1} clustering>0 {} \
         live {} reports {} profile {profile:?}",
        seen.depths,
        seen.levels,
        seen.quotes,
        seen.volume,
        follow as f64 / trades as f64,
        squares as f64 / moves as f64,
        clustering > 0,
        flow.engine().live_orders(),
        flow.engine().sequence(),
    );
    assert!(
        one_to_three * 10 > total * 9,
        "spread is 1 to 3 ticks nine times in ten"
    );
    assert!(
        follow * 5 > trades,
        "a trade's sign is followed by the same sign"
    );
    assert!(balance.abs() * 4 < trades, "but neither side wins");
    assert!(clustering > 0, "large moves follow large moves");
    let reports = flow.engine().sequence();
    assert!(
        seen.signs.len() as u64 * 20 < reports,
        "most orders come and are canceled"
    );
    let peak = (0..30).max_by_key(|at| seen.profile[*at]).unwrap();
    assert!(
        (1..=12).contains(&peak),
        "most rests behind the touch: {peak}"
    );
}
