//! What is published is what happened, all of it.

use proptest::prelude::*;
use tradecore_core::market::Level;
use tradecore_core::matching::{Command, Engine, NewOrder, Phase, Report};
use tradecore_core::mirror::{Book, DepthSync, Outcome, checksum};
use tradecore_core::publish::{Conflator, DepthUpdate, Publisher, Touch, Trade, Update};
use tradecore_core::units::{Lots, Side, Ticks};

use crate::queues::Queues;
use crate::world::{Session, instruments, tell};

const SIDES: [Side; 2] = [Side::Buy, Side::Sell];

/// Every level of the engine's book: bids from the best, then asks.
fn levels_of(engine: &Engine, symbol: u32) -> Vec<Level> {
    let levels = SIDES.into_iter().flat_map(|side| {
        engine.depth(symbol, side).map(move |(price, qty)| Level {
            side,
            price: Ticks(price),
            qty: Lots(qty),
        })
    });
    levels.collect()
}

fn levels_in(book: &Book) -> Vec<Level> {
    let levels = SIDES.into_iter().flat_map(|side| {
        let depth = book.depth(side, usize::MAX);
        depth.map(move |(price, qty)| Level { side, price, qty })
    });
    levels.collect()
}

fn touch_of(engine: &Engine, symbol: u32) -> Touch {
    let best = |side| {
        let best = engine.best(symbol, side);
        best.map(|(price, qty)| (Ticks(price), Lots(qty)))
    };
    Touch {
        bid: best(Side::Buy),
        ask: best(Side::Sell),
    }
}

/// A reader of one symbol: by level, by order, and the touch.
struct Reader {
    book: Book,
    sync: DepthSync,
    queues: Queues,
    touch: Touch,
}

impl Reader {
    /// Joins between two batches.
    fn join(publisher: &Publisher, engine: &Engine, symbol: u32) -> Self {
        let snapshot = publisher.snapshot(symbol).unwrap();
        let mut reader = Self {
            book: Book::new(),
            sync: DepthSync::new(),
            queues: Queues::of(engine, symbol),
            touch: touch_of(engine, symbol),
        };
        assert_eq!(snapshot.phase, reader.queues.phase);
        let levels: Vec<Level> = snapshot.levels().collect();
        reader
            .sync
            .snapshot(&mut reader.book, snapshot.last, &levels);
        reader
    }

    fn read(&mut self, update: &Update<'_>) {
        self.read_depth(&update.depth);
        assert_eq!(
            update.events.len() as u64,
            update.depth.last + 1 - update.depth.first
        );
        for event in update.events {
            assert_eq!(event.symbol(), update.depth.symbol);
            self.queues.apply(event);
        }
    }

    fn read_depth(&mut self, depth: &DepthUpdate<'_>) {
        for level in depth.levels {
            let before = self.book.qty_at(level.side, level.price);
            assert_ne!(before, level.qty, "only what changed is told");
        }
        let outcome = self.sync.delta(&mut self.book, depth.ids(), depth.levels);
        assert_eq!(outcome, Outcome::Applied);
        assert_eq!(depth.checksum, checksum::counts(&self.book, 10));
        assert_ne!(depth.touch, Some(self.touch), "only a new touch is told");
        self.touch = depth.touch.unwrap_or(self.touch);
    }

    fn agrees_with(&self, engine: &Engine, symbol: u32) {
        assert_eq!(levels_in(&self.book), levels_of(engine, symbol));
        assert_eq!(self.queues, Queues::of(engine, symbol));
        assert_eq!(self.touch, touch_of(engine, symbol));
    }
}

/// The trades that reports tell of, found by their pairs.
fn trades_in(reports: &[Report], symbol: u32) -> Vec<u64> {
    let mut ids: Vec<u64> = reports
        .iter()
        .filter(|report| report.symbol == symbol)
        .map(Report::trade_id)
        .filter(|id| *id != 0)
        .collect();
    ids.dedup();
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Readers who were there from the start, and one who joins in the middle.
    #[test]
    fn every_reader_has_the_book_of_the_engine(
        seed: u64,
        batches in prop::collection::vec(1_usize..12, 2..60),
    ) {
        let mut session = Session::new(seed);
        session.play(usize::try_from(seed % 50).unwrap());
        let mut publisher = Publisher::new(&session.engine);
        let mut readers: Vec<Reader> = (0..2)
            .map(|symbol| Reader::join(&publisher, &session.engine, symbol))
            .collect();
        let mut late = None;
        for (at, batch) in batches.iter().enumerate() {
            if at == batches.len() / 2 {
                late = Some(Reader::join(&publisher, &session.engine, 0));
            }
            let mut reports: Vec<Report> = Vec::new();
            for _ in 0..*batch {
                let told = session.next();
                tell(&mut session.engine, &told, &mut publisher.tap(&mut reports));
            }
            let mut trades = [vec![], vec![]];
            publisher.publish(|update| {
                let symbol = update.depth.symbol as usize;
                readers[symbol].read(update);
                trades[symbol].extend(update.trades.iter().map(|trade| trade.id));
                if let Some(late) = late.as_mut().filter(|_| symbol == 0) {
                    late.read(update);
                }
            });
            for (symbol, reader) in (0..).zip(&readers) {
                reader.agrees_with(&session.engine, symbol);
                let snapshot = publisher.snapshot(symbol).unwrap();
                prop_assert_eq!(levels_in(snapshot.book()), levels_of(&session.engine, symbol));
                prop_assert_eq!(snapshot.checksum, checksum::counts(&reader.book, 10));
                prop_assert_eq!(&trades[symbol as usize], &trades_in(&reports, symbol));
            }
            if let Some(late) = &late {
                late.agrees_with(&session.engine, 0);
            }
        }
    }

    /// A batch that nobody was told of leaves the books, their numbers and what comes next as one
    /// that was told to nobody in particular.
    #[test]
    fn what_is_skipped_is_as_if_it_had_been_told_to_nobody(
        seed: u64,
        batches in prop::collection::vec((1_usize..12, any::<bool>()), 2..60),
    ) {
        let mut session = Session::new(seed);
        let mut skips = Publisher::new(&session.engine);
        let mut tells = Publisher::new(&session.engine);
        for (batch, is_skipped) in batches {
            for _ in 0..batch {
                let told = session.next();
                let mut reports: Vec<Report> = Vec::new();
                let mut out = skips.tap(&mut reports);
                tell(&mut session.engine, &told, &mut tells.tap(&mut out));
            }
            let (mut heard, mut said) = (Vec::new(), Vec::new());
            tells.publish(|update| heard.push(format!("{update:?}")));
            if is_skipped {
                skips.skip(&session.engine);
            } else {
                skips.publish(|update| said.push(format!("{update:?}")));
                prop_assert_eq!(said, heard);
            }
            prop_assert_eq!(skips.untold(), 0);
            for symbol in 0..2 {
                let [one, other] = [&skips, &tells].map(|all| all.snapshot(symbol).unwrap());
                prop_assert_eq!((one.last, one.phase), (other.last, other.phase));
                prop_assert_eq!(one.checksum, other.checksum);
                prop_assert_eq!(levels_in(one.book()), levels_in(other.book()));
            }
        }
    }

    /// One update of many leads where the many lead.
    #[test]
    fn a_slow_reader_has_the_book_of_the_engine(
        seed: u64,
        waits in prop::collection::vec(1_usize..9, 1..30),
    ) {
        let mut session = Session::new(seed);
        let mut publisher = Publisher::new(&session.engine);
        let mut conflator = Conflator::new();
        let (mut book, mut sync) = (Book::new(), DepthSync::new());
        let mut touch = Touch::default();
        sync.snapshot(&mut book, 0, &[]);
        for wait in waits {
            for _ in 0..wait {
                let told = session.next();
                let mut reports: Vec<Report> = Vec::new();
                tell(&mut session.engine, &told, &mut publisher.tap(&mut reports));
                publisher.publish(|update| {
                    if update.depth.symbol == 0 {
                        conflator.add(&update.depth).unwrap();
                    }
                });
            }
            conflator.flush(|depth| {
                let ranked: Vec<_> = depth
                    .levels
                    .iter()
                    .map(|level| (level.side, -level.price.0 * level.side.sign()))
                    .collect();
                assert!(ranked.is_sorted_by(|a, b| a < b), "each once, in order");
                assert_eq!(sync.delta(&mut book, depth.ids(), depth.levels), Outcome::Applied);
                assert_eq!(depth.checksum, checksum::counts(&book, 10));
                touch = depth.touch.unwrap_or(touch);
            });
            prop_assert_eq!(levels_in(&book), levels_of(&session.engine, 0));
            prop_assert_eq!(touch, touch_of(&session.engine, 0));
        }
    }
}

fn limit(side: Side, order_id: u64, price: i64, qty: i64) -> Command {
    Command::New(NewOrder {
        order_id,
        side,
        price,
        qty,
        ..NewOrder::default()
    })
}

/// The trades of the last batch of some.
fn last_trades(batches: &[&[Command]]) -> Vec<Trade> {
    let mut engine = Engine::new(instruments());
    let mut publisher = Publisher::new(&engine);
    let mut trades = Vec::new();
    for batch in batches {
        for command in *batch {
            let mut reports: Vec<Report> = Vec::new();
            engine.apply(command, &mut publisher.tap(&mut reports));
        }
        publisher.publish(|update| trades = update.trades.to_vec());
    }
    trades
}

#[test]
fn a_trade_names_both_orders_and_who_came() {
    let (sell, buy) = (limit(Side::Sell, 1, 100, 5), limit(Side::Buy, 2, 101, 3));
    let trade = Trade {
        id: 3,
        price: Ticks(100),
        qty: Lots(3),
        buy_order_id: 2,
        sell_order_id: 1,
        aggressor: Some(Side::Buy),
    };
    assert_eq!(last_trades(&[&[sell], &[buy]]), [trade]);
    let phase = |phase| Command::SetPhase { symbol: 0, phase };
    let gather = [phase(Phase::Auction), sell, buy];
    let auctioned = Trade {
        price: Ticks(100),
        aggressor: None,
        ..trade
    };
    assert_eq!(last_trades(&[&gather, &[phase(Phase::Open)]]), [auctioned]);
}

#[test]
fn a_level_that_is_as_before_is_not_told() {
    let mut engine = Engine::new(instruments());
    let mut publisher = Publisher::new(&engine);
    let mut reports: Vec<Report> = Vec::new();
    let cancel = Command::Cancel {
        symbol: 0,
        order_id: 1,
    };
    for command in [limit(Side::Buy, 1, 100, 5), cancel] {
        engine.apply(&command, &mut publisher.tap(&mut reports));
    }
    let mut seen = 0;
    publisher.publish(|update| {
        seen += 1;
        assert_eq!((update.depth.first, update.depth.last), (1, 2));
        assert_eq!((update.events.len(), update.depth.levels.len()), (2, 0));
        assert_eq!(update.depth.touch, None);
    });
    publisher.publish(|update| panic!("nothing happened since: {update:?}"));
    assert_eq!(seen, 1);
}

#[test]
fn a_conflator_notices_what_is_missing() {
    let depth = |prev, symbol| DepthUpdate {
        symbol,
        prev,
        first: prev + 1,
        last: prev + 4,
        levels: &[],
        touch: None,
        checksum: 0,
    };
    let mut conflator = Conflator::new();
    conflator.add(&depth(7, 0)).unwrap();
    conflator.add(&depth(11, 0)).unwrap();
    let error = conflator.add(&depth(16, 0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "depth updates of one symbol follow each other: \
         15 was the last of symbol 0, 16 comes before the next, of symbol 0"
    );
    assert!(conflator.add(&depth(15, 1)).is_err());
    let mut told = None;
    conflator.flush(|depth| told = Some((depth.prev, depth.first, depth.last)));
    assert_eq!(told, Some((7, 8, 15)));
    conflator.flush(|depth| panic!("nothing came since: {depth:?}"));
}
