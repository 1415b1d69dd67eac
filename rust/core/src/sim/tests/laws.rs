//! What holds for any market and any trader.

use proptest::prelude::*;

use super::world::*;
use crate::instrument::ContractKind;
use crate::mirror::Book;
use crate::money::Money;
use crate::oms::message::{Command, Liquidity, NewOrder, TimeInForce, VenueReply};
use crate::sim::*;
use crate::units::Side;

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(BUY), Just(SELL)]
}

/// Books around 100 with bids below 100 ≤ asks, trades near them, a gap now and then.
fn said() -> impl Strategy<Value = Said> {
    let bids = || prop::collection::btree_map(90..100_i64, 1..20_i64, 1..4);
    let asks = || prop::collection::btree_map(100..110_i64, 1..20_i64, 1..4);
    prop_oneof![
        1 => (bids(), asks()).prop_map(|(bids, asks)| {
            Said::Book(bids.into_iter().collect(), asks.into_iter().collect())
        }),
        6 => (90..100_i64, 0..20_i64).prop_map(|(p, q)| Said::Levels(vec![(BUY, p, q)])),
        6 => (100..110_i64, 0..20_i64).prop_map(|(p, q)| Said::Levels(vec![(SELL, p, q)])),
        4 => (side(), 92..108_i64, 1..30_i64).prop_map(|(s, p, q)| Said::Trade(s, p, q)),
        2 => (95..100_i64, 1..9_i64, 100..105_i64, 1..9_i64)
            .prop_map(|(b, x, a, y)| Said::Quote((b, x), (a, y))),
        1 => Just(Said::Gap),
    ]
}

#[derive(Clone, Debug)]
enum Wish {
    New(Side, i64, i64, u8),
    Cancel(u64),
    Modify(u64, i64, i64),
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        4 => (side(), 92..108_i64, 1..25_i64, 0..5_u8)
            .prop_map(|(s, p, q, flags)| Wish::New(s, p, q, flags)),
        1 => (1..20_u64).prop_map(Wish::Cancel),
        1 => (1..20_u64, 92..108_i64, 1..25_i64).prop_map(|(k, p, q)| Wish::Modify(k, p, q)),
    ]
}

fn command(wish: &Wish, key: u64) -> Command {
    match *wish {
        Wish::Cancel(key) => cancel(key),
        Wish::Modify(key, price, qty) => modify(key, price, qty),
        Wish::New(side, price, qty, flags) => Command::New(NewOrder {
            time_in_force: match flags {
                1 => TimeInForce::Ioc,
                2 => TimeInForce::Fok,
                _ => TimeInForce::Gtc,
            },
            post_only: flags == 3,
            reduce_only: flags == 4,
            ..limit(key, side, price, qty)
        }),
    }
}

fn models() -> impl Strategy<Value = QueueModel> {
    (0..4_u32)
        .prop_map(|n| Power::new(n).map_or(QueueModel::RiskAverse, QueueModel::PowerProbability))
}

fn steps() -> impl Strategy<Value = Vec<(Said, Option<Wish>)>> {
    prop::collection::vec((said(), prop::option::of(wish())), 1..80)
}

/// The money a list of fills moved, added up by hand in 10⁻¹⁸.
fn by_hand(fills: &[FillRecord]) -> (i128, i128, i64) {
    let unit = 5_000_000_000_000_000; // 0.5 × 0.01
    let (mut cash, mut fees, mut position) = (0, 0, 0);
    for fill in fills {
        let value = i128::from(fill.price.0) * i128::from(fill.qty.0) * unit;
        cash -= i128::from(fill.side.sign()) * value;
        let rate = if fill.liquidity == Liquidity::Maker {
            1
        } else {
            5
        };
        fees += value * rate / 10_000;
        position += fill.side.sign() * fill.qty.0;
    }
    (cash, fees, position)
}

proptest! {
    /// Cash, fees and position are the sum over the fills, and the parts of the profit are its
    /// whole.
    #[test]
    fn money_is_conserved_to_the_last_digit(steps in steps(), model in models()) {
        let mut floor = Floor::new(model);
        for (key, (said, wish)) in (1..).zip(&steps) {
            floor.say(said);
            if let Some(wish) = wish {
                floor.send(command(wish, key));
            }
        }
        let ledger = floor.venue.ledger();
        let fills = floor.venue.journal().fills();
        prop_assert_eq!(ledger.check(fills), Ok(()));
        let (cash, fees, position) = by_hand(fills);
        prop_assert_eq!((ledger.cash(), ledger.fees_paid()), (Money(cash), Money(fees)));
        prop_assert_eq!(ledger.position().0, position);

        let mid = Mid(201);
        let profit = ledger.profit(mid);
        prop_assert_eq!(
            profit.spread + profit.inventory - profit.fees + profit.funding,
            profit.total
        );
        let mut moved = Money::ZERO;
        for fill in fills.iter().filter(|fill| fill.mid.is_known()) {
            moved += ledger.drift(fill.side, fill.qty, fill.mid, mid).unwrap();
        }
        if fills.iter().all(|fill| fill.mid.is_known()) {
            prop_assert_eq!(profit.inventory, moved, "inventory is the sum of each fill's drift");
        }
    }

    /// A maker fills only when a trade on its side reaches its price, or the book crosses it; a
    /// taker only against what the book displays; nothing outside the limit.
    #[test]
    fn no_fill_without_a_trade_or_a_crossing(steps in steps(), model in models()) {
        let mut floor = Floor::new(model);
        for (key, (said, wish)) in (1..).zip(&steps) {
            let before = floor.venue.journal().fills().len();
            floor.say(said);
            let fills = &floor.venue.journal().fills()[before..];
            if let Said::Trade(aggressor, price, volume) = *said {
                let filled: i64 = fills.iter().map(|fill| fill.qty.0).sum();
                prop_assert!(filled <= volume);
                for fill in fills {
                    prop_assert_eq!(fill.side, aggressor.opposite());
                    prop_assert!(fill.side.sign() * (fill.price.0 - price) >= 0);
                }
            }
            prop_assert!(fills.iter().all(|fill| fill.liquidity == Liquidity::Maker));
            if let Some(wish) = wish {
                let before = floor.venue.journal().fills().len();
                floor.send(command(wish, key));
                let fills = &floor.venue.journal().fills()[before..];
                prop_assert!(fills.iter().all(|fill| fill.liquidity == Liquidity::Taker));
                if let Wish::New(side, price, ..) = wish {
                    prop_assert!(fills.iter().all(|f| side.sign() * (price - f.price.0) >= 0));
                }
            }
        }
    }

    /// An order is accepted or refused once, ends at most once, and never fills more than its
    /// total.
    #[test]
    fn every_order_has_one_life(steps in steps(), entry in 0..30_i64, response in 0..30_i64) {
        let script = Script::new((1..).zip(&steps).map(|(at, (said, _))| (10 * at, said.clone())));
        let latency = Latency { feed_ns: 7, entry_ns: entry, response_ns: response };
        let mut simulation = simulation(script, latency);
        let (mut trader, mut book) = (Trader::default(), Book::new());
        let everything = Subscriptions { book_depth: 5, trades: true, quotes: true, corrupt: true };
        simulation.subscribe(everything);
        let mut wishes = (1..).zip(steps.iter().filter_map(|(_, wish)| wish.as_ref()));
        let mut sent = 0;
        loop {
            let before = simulation.now_ns();
            let wake = simulation.advance(&mut trader, &mut book, u64::MAX);
            prop_assert!(simulation.now_ns() >= before);
            if wake == Wake::End {
                break;
            }
            if wake != Wake::Orders && let Some((key, wish)) = wishes.next() {
                trader.outbox.push(command(wish, key));
                sent += 1;
            }
        }
        let answers = trader.inbox.iter().filter(|event| {
            matches!(
                event.reply,
                VenueReply::Accepted
                    | VenueReply::Rejected(_)
                    | VenueReply::Replaced { .. }
                    | VenueReply::ModifyRejected(_)
                    | VenueReply::Canceled
                    | VenueReply::CancelRejected(_)
            )
        });
        prop_assert_eq!(answers.count(), sent, "one answer to each command");
        let mut lives = std::collections::BTreeMap::new();
        for event in &trader.inbox {
            prop_assert_eq!(event.ts_recv_ns, event.ts_event_ns + response);
            let (accepted, ended) = lives.entry(event.key).or_insert((false, false));
            match event.reply {
                VenueReply::Accepted => {
                    prop_assert!(!*accepted);
                    *accepted = true;
                }
                VenueReply::Canceled | VenueReply::Expired => {
                    prop_assert!(*accepted && !*ended);
                    *ended = true;
                }
                VenueReply::Filled(_) | VenueReply::Replaced { .. } => {
                    prop_assert!(*accepted && !*ended);
                }
                _ => {}
            }
        }
        prop_assert!(simulation.close(&trader).is_ok());
    }
}

/// A coin-settled account: bought 100 contracts at 50, sold at 100, so 100/50 − 100/100 = 1 coin a
/// lot unit is earned.
#[test]
fn an_inverse_contract_is_counted_in_coins() {
    let instrument = instrument(ContractKind::Inverse);
    let mut ledger = Ledger::new(instrument, FEES);
    let lots = crate::units::Lots(10_000);
    let (cheap, dear) = (crate::units::Ticks(100), crate::units::Ticks(200));
    ledger.fill(BUY, cheap, lots, Liquidity::Maker, Mid(200));
    assert_eq!(ledger.cash().to_string(), "2");
    ledger.fill(SELL, dear, lots, Liquidity::Taker, Mid(400));
    let profit = ledger.profit(Mid(400));
    assert_eq!(ledger.cash().to_string(), "1");
    assert_eq!(profit.spread, Money::ZERO);
    assert_eq!(profit.fees.to_string(), "0.0007");
    assert_eq!(profit.total.to_string(), "0.9993");
}
