//! The market data of a venue leads to its books.

use tradecore_core::matching::{Command, NewOrder, Report};
use tradecore_core::mirror::Book;
use tradecore_core::units::Side;
use tradecore_journal::{MarketUpdate, MemoryLog, Name, Venue};

use crate::generator::Told;
use crate::world::{instruments, session};

fn tell(venue: &mut Venue<MemoryLog>, told: &Told, out: &mut Vec<Report>) {
    match told {
        Told::Plain(command) => venue.apply(command, out),
        Told::Named(order, terms, name) => venue
            .place(order, terms, Name::new(name).unwrap(), out)
            .map(|placed| placed.order_id),
    }
    .unwrap();
}

fn levels(book: &Book) -> [Vec<(i64, i64)>; 2] {
    [Side::Buy, Side::Sell].map(|side| {
        let depth = book.depth(side, usize::MAX);
        depth.map(|(price, qty)| (price.0, qty.0)).collect()
    })
}

/// Lays an update over a book, as a reader of a depth stream does.
fn follow(book: &mut Book, last: &mut u64, update: &MarketUpdate) {
    assert_eq!(update.prev, *last, "updates chain");
    assert_eq!(update.first, update.prev + 1);
    book.apply_delta(&update.levels);
    *last = update.last;
    assert_eq!(update.touch.bid, book.best_bid());
    assert_eq!(update.touch.ask, book.best_ask());
}

/// From the first update or from a snapshot in between, a reader has the book of the engine.
#[test]
fn a_reader_of_updates_has_the_books() {
    for seed in 0..20 {
        let mut venue = Venue::new(instruments());
        let (mut all, mut last) = (Book::new(), 0);
        all.apply_snapshot(&[]);
        let mut late: Option<(Book, u64)> = None;
        for (at, told) in session(seed, 300, false).iter().enumerate() {
            tell(&mut venue, told, &mut Vec::new());
            if at == 150 {
                let snapshot = venue.depth_snapshot(0).unwrap();
                let mut book = Book::new();
                book.apply_snapshot(&snapshot.levels);
                late = Some((book, snapshot.last));
            }
            if at % 7 != 0 {
                continue;
            }
            for update in venue.take_market_data() {
                if update.symbol == 0 {
                    follow(&mut all, &mut last, &update);
                    if let Some((book, from)) = &mut late
                        && update.last > *from
                    {
                        assert!(update.prev <= *from, "nothing is missing");
                        book.apply_delta(&update.levels);
                        *from = update.last;
                    }
                }
            }
            let now = venue.depth_snapshot(0).unwrap();
            let mut book = Book::new();
            book.apply_snapshot(&now.levels);
            assert_eq!((levels(&all), last), (levels(&book), now.last));
            if let Some((late, _)) = &late {
                assert_eq!(levels(late), levels(&book));
            }
        }
        assert!(venue.verify().unwrap());
    }
}

/// Both trades of two commands come in one update, in their order.
#[test]
fn commands_between_two_calls_are_one_update() {
    let mut venue = Venue::new(instruments());
    let order = |side, qty| {
        Command::New(NewOrder {
            side,
            price: 100,
            qty,
            ..NewOrder::default()
        })
    };
    let out = &mut Vec::new();
    for command in [
        order(Side::Sell, 3),
        order(Side::Buy, 1),
        order(Side::Buy, 1),
    ] {
        venue.apply(&command, out).unwrap();
    }

    let updates = venue.take_market_data();

    let [update] = updates.as_slice() else {
        panic!("one symbol: {updates:?}");
    };
    assert_eq!((update.prev, update.first, update.last), (0, 1, 3));
    let trades: Vec<_> = update
        .trades
        .iter()
        .map(|t| (t.buy_order_id, t.qty.0))
        .collect();
    assert_eq!(trades, [(2, 1), (3, 1)]);
    assert_eq!(update.levels.len(), 1);
    assert_eq!(venue.take_market_data(), []);
}

/// What nobody takes is dropped, and whoever comes later sees that it is missing.
#[test]
fn market_data_nobody_takes_is_dropped_and_missed() {
    let mut venue = Venue::with_limits(instruments(), MemoryLog::default(), 10);
    let out = &mut Vec::new();
    for price in 1..=25 {
        let order = NewOrder {
            price,
            qty: 1,
            ..NewOrder::default()
        };
        venue.apply(&Command::New(order), out).unwrap();
    }

    let updates = venue.take_market_data();

    assert_eq!(
        (updates[0].prev, updates[0].last),
        (22, 25),
        "twice eleven were dropped"
    );
    assert_eq!(venue.depth_snapshot(0).unwrap().levels.len(), 25);
}
