//! What holds for any market and any trader.

use proptest::prelude::*;

use super::world::*;
use crate::instrument::ContractKind;
use crate::mirror::Book;
use crate::money::{Money, Rate, UNIT};
use crate::oms::message::{
    Command, Liquidity, NewOrder, OrderKey, OrderType, Terms, TimeInForce, VenueReply,
};
use crate::oms::{Offers, OrderRequest, RunId, Trader as Oms};
use crate::order::SelfTradePrevention;
use crate::sim::*;
use crate::units::{Lots, Side, SymbolId, Ticks};

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
        let rate = if fill.liquidity() == Liquidity::Maker {
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
        prop_assert_eq!(ledger.check(floor.venue.journal()), Ok(()));
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
            prop_assert!(fills.iter().all(|fill| fill.liquidity() == Liquidity::Maker));
            if let Some(wish) = wish {
                let before = floor.venue.journal().fills().len();
                floor.send(command(wish, key));
                let fills = &floor.venue.journal().fills()[before..];
                prop_assert!(fills.iter().all(|fill| fill.liquidity() == Liquidity::Taker));
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
        let delays = latency(7, entry, response);
        let mut simulation = simulation(script, delays);
        let (mut trader, mut book) = (Trader::default(), Book::new());
        simulation.subscribe(EVERYTHING);
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

/// Every kind of order that a trader can send.
fn any_order() -> impl Strategy<Value = (OrderRequest, Terms)> {
    let words = (0..6_usize, 0..5_usize, any::<bool>(), any::<bool>());
    let figures = (92..108_i64, 1..25_i64, 92..108_i64, 1..9_i64, 1..25_i64);
    (side(), words, figures).prop_map(|(side, words, figures)| {
        let (kind, life, post_only, reduce_only) = words;
        let (price, qty, stop, distance, display) = figures;
        let order_type = OrderType::ALL[kind];
        let time_in_force = TimeInForce::ALL[life];
        let limited = order_type.has_limit();
        let trails = order_type == OrderType::TrailingStop;
        let rests = limited && time_in_force.rests();
        let price = if limited { price } else { 0 };
        let request = OrderRequest {
            symbol: SymbolId(0),
            side,
            order_type,
            price: Ticks(price),
            qty: Lots(qty),
            time_in_force,
            post_only: post_only && rests,
            reduce_only,
        };
        let stops = order_type.is_stop() && !trails;
        let terms = Terms {
            stop_price: Ticks(if stops { stop } else { 0 }),
            trailing_distance: Ticks(if trails { distance } else { 0 }),
            display_qty: Lots(if rests && display < qty { display } else { 0 }),
            expire_ns: if time_in_force == TimeInForce::Gtd {
                500
            } else {
                0
            },
        };
        (request, terms)
    })
}

#[derive(Clone, Debug)]
enum Deed {
    New(OrderRequest, Terms),
    Modify(u64, i64, i64),
    Cancel(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => any_order().prop_map(|(request, terms)| Deed::New(request, terms)),
        1 => (1..20_u64, 92..108_i64, 1..25_i64).prop_map(|(k, p, q)| Deed::Modify(k, p, q)),
        1 => (1..20_u64).prop_map(Deed::Cancel),
    ]
}

fn demands() -> impl Strategy<Value = Rules> {
    let rest = (
        1..=100_i64,
        any::<bool>(),
        0..200_i64,
        any::<bool>(),
        any::<u64>(),
    );
    (models(), 0..5_usize, rest).prop_map(|(queue, meet, rest)| {
        let (balance, reprices, outage, often, seed) = rest;
        let margin = Margin {
            balance: Money(i128::from(balance) * UNIT / 10),
            initial: Rate(100_000_000),
            maintenance: Rate(50_000_000),
            liquidation_fee: Rate(10_000_000),
        };
        let payments: Vec<FundingDue> = (1..20)
            .map(|at| FundingDue {
                ts_ns: 37 * at,
                rate: Rate(1_234_567 * (at % 3 - 1)),
                mark: Mid(if often { 201 } else { 0 }),
            })
            .collect();
        let window = Window {
            from_ns: outage,
            until_ns: outage + 60,
            outage: if often {
                Outage::Refuses
            } else {
                Outage::Loses { timeout_ns: 11 }
            },
        };
        let tiers = [0, 1].map(|at| FeeTier {
            from: Money(at * UNIT),
            fees: Fees {
                maker: Rate(-10_001),
                taker: Rate(500_003),
            },
        });
        Rules {
            fees: FeeSchedule::tiered(&tiers, 30, Money(0)).unwrap(),
            funding: Funding::at(&payments).unwrap(),
            margin: (balance < 60).then_some(margin),
            windows: [window].into(),
            refuses: crate::flow::Chance::of(1, 50),
            seed,
            self_trade: SelfTradePrevention::ALL[meet],
            post_only: if reprices {
                PostOnly::Repriced
            } else {
                PostOnly::Refused
            },
            ..Rules::plain(FEES, queue)
        }
    })
}

proptest! {
    /// Whatever is demanded, refused, lost, triggered, funded or liquidated: the venue's account is
    /// the sum over its fills and payments, the trader's is the same, the parts of the profit are
    /// its whole, and no order fills more than its total.
    #[test]
    fn the_account_adds_up_under_any_rules(
        steps in prop::collection::vec((said(), prop::option::of(deed())), 1..80),
        rules in demands(),
        seed in any::<u64>(),
        kind in prop_oneof![Just(ContractKind::Linear), Just(ContractKind::Inverse)],
    ) {
        let script = Script::new((1..).zip(&steps).map(|(at, (said, _))| (10 * at, said.clone())));
        let latency = Latency {
            feed: Delay::quantiles(&[0, 3, 9]).unwrap(),
            entry: Delay::log_normal(5, 40).unwrap(),
            response: Delay::recorded(&[(0, 2), (400, 30)]).unwrap(),
            seed,
        };
        let instrument = instrument(kind);
        let run = RunId::new("law").unwrap();
        let mut trader = Oms::new(vec![instrument.clone()], run).with_offers(Offers::everything());
        let assumptions = Assumptions { rules, latency };
        let mut simulation = Simulation::new(script, instrument, SymbolId(0), assumptions);
        let mut book = Book::new();
        simulation.subscribe(EVERYTHING);
        let mut deeds = steps.iter().filter_map(|(_, deed)| deed.as_ref());
        loop {
            let before = simulation.now_ns();
            let wake = simulation.advance(&mut trader, &mut book, u64::MAX);
            trader.take_events(&mut Vec::new());
            prop_assert!(simulation.now_ns() >= before);
            if wake == Wake::End {
                break;
            }
            let now_ns = simulation.now_ns();
            match deeds.next() {
                Some(Deed::New(request, terms)) => {
                    let _denied = trader.submit_with(request, *terms, now_ns);
                }
                Some(Deed::Modify(key, price, qty)) => {
                    let _refused = trader.modify(OrderKey(*key), Ticks(*price), Lots(*qty), now_ns);
                }
                Some(Deed::Cancel(key)) => {
                    let _refused = trader.cancel(OrderKey(*key), now_ns);
                }
                None => {}
            }
        }
        let profit = simulation.close(&trader);
        prop_assert!(profit.is_ok(), "{profit:?}");
        let profit = profit.unwrap();
        prop_assert_eq!(
            profit.spread + profit.inventory - profit.fees + profit.funding,
            profit.total
        );
        let counters = trader.counters();
        prop_assert_eq!((counters.illegal, counters.overfills), (0, 0), "{:?}", counters);
        let ledger = simulation.exchange().ledger();
        let fees: Money = simulation.exchange().journal().fills().iter().map(|f| f.fee).sum();
        let funded = simulation.exchange().journal().fundings().iter().map(|f| f.amount).sum();
        prop_assert_eq!((ledger.fees_paid(), ledger.funding()), (fees, funded));
    }
}
