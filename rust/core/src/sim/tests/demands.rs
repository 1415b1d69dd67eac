//! What a venue demands and refuses: funding, margin, limits, outages.

use super::world::*;
use crate::flow::Chance;
use crate::instrument::ContractKind;
use crate::mirror::Book;
use crate::money::{Money, Rate, UNIT};
use crate::oms::message::{NewOrder, OrderKey, OrderType};
use crate::oms::{OrderState, RunId, Trader as Oms};
use crate::rate_limit::{Limiter, Weighted};
use crate::sim::*;
use crate::units::{Lots, Side, SymbolId};

const SECOND: i64 = 1_000_000_000;

fn plain() -> Rules {
    Rules::plain(FEES, QueueModel::RiskAverse)
}

fn market(key: u64, side: Side, qty: i64) -> NewOrder {
    NewOrder {
        order_type: OrderType::Market,
        ..limit(key, side, 0, qty)
    }
}

#[test]
fn holders_pay_each_other_when_funding_is_due() {
    let mut floor = Floor::under(Rules {
        funding: Funding::every(SECOND, Rate(1_000_000)).unwrap(),
        ..plain()
    });
    assert_eq!(floor.wait_until(SECOND), "", "nothing is held");
    floor.place(market(1, BUY, 2));
    assert_eq!(floor.wait_until(2 * SECOND - 1), "");
    // 2 × 0.01 at 100 × 0.5 is worth 1.
    assert_eq!(floor.wait_until(2 * SECOND), "funded -0.001");
    floor.place(market(2, SELL, 4));
    assert_eq!(floor.wait_until(4 * SECOND), "funded 0.001 · funded 0.001");
    let ledger = floor.venue.ledger();
    assert_eq!(ledger.funding().to_string(), "0.001");
    assert_eq!(ledger.check(floor.venue.journal()), Ok(()));
    let profit = ledger.profit(Mid(200));
    assert_eq!(
        profit.spread + profit.inventory - profit.fees + profit.funding,
        profit.total
    );
}

#[test]
fn a_recorded_payment_has_its_own_mark() {
    let due = FundingDue {
        ts_ns: 50,
        rate: Rate(-1_000_000),
        mark: Mid(400),
    };
    let mut floor = Floor::under(Rules {
        funding: Funding::at(&[due]).unwrap(),
        ..plain()
    });
    floor.place(market(1, BUY, 1));
    assert_eq!(floor.wait_until(60), "funded 0.001");
}

fn collateral() -> Rules {
    Rules {
        margin: Some(Margin {
            balance: Money(UNIT),
            initial: Rate(100_000_000),
            maintenance: Rate(50_000_000),
            liquidation_fee: Rate(10_000_000),
        }),
        ..plain()
    }
}

/// Twenty lots at 50 are worth ten, a tenth of which is all there is.
#[test]
fn orders_beyond_the_collateral_are_refused() {
    let mut floor = Floor::under(collateral());
    let refused = "INSUFFICIENT_MARGIN";
    assert_eq!(
        floor.place(limit(1, BUY, 90, 21)),
        format!("1 rejected {refused}")
    );
    assert_eq!(floor.place(limit(2, BUY, 90, 20)), "2 accepted");
    assert_eq!(
        floor.place(limit(3, BUY, 90, 1)),
        format!("3 rejected {refused}")
    );
    assert_eq!(
        floor.place(limit(4, SELL, 110, 20)),
        "4 accepted",
        "the other side"
    );
    assert_eq!(floor.send(modify(2, 90, 21)), format!("2 stays {refused}"));
    assert_eq!(floor.send(modify(2, 90, 5)), "2 replaced 5@90");
}

#[test]
fn a_position_that_cannot_be_kept_is_liquidated_at_the_mark() {
    let mut floor = Floor::under(collateral());
    floor.place(market(1, BUY, 10));
    floor.place(limit(2, SELL, 120, 1));
    assert_eq!(floor.say(&Said::Book(vec![(85, 10)], vec![(87, 10)])), "");
    let told = floor.say(&Said::Book(vec![(83, 10)], vec![(85, 10)]));
    assert_eq!(told, "2 canceled · liquidated sell 10@84");
    let ledger = floor.venue.ledger();
    assert_eq!(ledger.position(), Lots(0));
    assert_eq!(ledger.check(floor.venue.journal()), Ok(()));
    // 5 bps of 5.05 and a hundredth of 4.2.
    assert_eq!(ledger.fees_paid().to_string(), "0.044525");
    assert!(floor.venue.is_idle());
}

#[test]
fn commands_are_refused_or_lost_during_an_outage() {
    let window = |from_ns, until_ns, outage| Window {
        from_ns,
        until_ns,
        outage,
    };
    let mut floor = Floor::under(Rules {
        windows: [
            window(100, 200, Outage::Refuses),
            window(300, 400, Outage::Loses { timeout_ns: 50 }),
        ]
        .into(),
        ..plain()
    });
    assert_eq!(floor.place(limit(1, BUY, 97, 1)), "1 accepted");
    floor.wait_until(150);
    assert_eq!(floor.send(cancel(1)), "1 keeps VENUE_UNAVAILABLE");
    floor.wait_until(310);
    assert_eq!(floor.send(cancel(1)), "");
    assert_eq!(floor.place(limit(2, BUY, 97, 1)), "");
    assert_eq!(floor.wait_until(362), "1 ? · 2 ?");
    let known = "1 canceled · 2 rejected VENUE_UNAVAILABLE";
    assert_eq!(floor.wait_until(400), known);
}

#[test]
fn after_an_outage_the_venue_is_asked_what_became_of_an_order() {
    let window = |from_ns, until_ns, outage| Window {
        from_ns,
        until_ns,
        outage,
    };
    let mut floor = Floor::under(Rules {
        windows: [
            window(300, 400, Outage::Loses { timeout_ns: 150 }),
            window(450, 500, Outage::Refuses),
        ]
        .into(),
        ..plain()
    });
    for key in 1..=3 {
        floor.place(limit(key, BUY, 97, 1));
    }
    floor.wait_until(310);
    assert_eq!(floor.send(modify(1, 96, 1)), "");
    assert_eq!(floor.send(modify(2, 96, 1)), "");
    assert_eq!(floor.send(cancel(3)), "");
    assert_eq!(floor.wait_until(470), "1 ? · 2 ? · 3 ?");
    // A change is never sent twice; a cancel is, since twice does no harm.
    let known = "1 stays VENUE_UNAVAILABLE · 1 accepted · \
                 2 stays VENUE_UNAVAILABLE · 2 accepted · 3 canceled";
    assert_eq!(floor.wait_until(500), known);
    assert_eq!(floor.send(modify(1, 96, 1)), "1 replaced 1@96");
}

#[test]
fn requests_beyond_the_limit_are_refused() {
    let limiter = Limiter::Weighted(Weighted::new(2, 10_000, 0).unwrap());
    let mut floor = Floor::under(Rules {
        limits: vec![RequestLimit {
            limiter,
            new: 1,
            modify: 1,
            cancel: 0,
        }],
        ..plain()
    });
    assert_eq!(floor.place(limit(1, BUY, 97, 1)), "1 accepted");
    assert_eq!(floor.send(modify(1, 96, 1)), "1 replaced 1@96");
    assert_eq!(
        floor.place(limit(2, BUY, 97, 1)),
        "2 rejected VENUE_RATE_LIMIT"
    );
    assert_eq!(floor.send(cancel(1)), "1 canceled");
    floor.wait_until(10_000);
    assert_eq!(floor.place(limit(3, BUY, 97, 1)), "3 accepted");
}

#[test]
fn orders_out_of_bounds_are_refused() {
    let bounds = Bounds {
        qty_min: Some(Lots(2)),
        qty_max: Some(Lots(9)),
        orders_max: Some(1),
        band_bps: Some(500),
    };
    let mut floor = Floor::under(Rules { bounds, ..plain() });
    assert_eq!(floor.place(limit(1, BUY, 97, 1)), "1 rejected MIN_NOTIONAL");
    assert_eq!(
        floor.place(limit(1, BUY, 97, 10)),
        "1 rejected MAX_ORDER_QTY"
    );
    assert_eq!(floor.place(limit(1, BUY, 94, 2)), "1 rejected PRICE_BAND");
    assert_eq!(floor.place(limit(1, BUY, 95, 2)), "1 accepted");
    assert_eq!(floor.send(modify(1, 94, 2)), "1 stays PRICE_BAND");
    assert_eq!(
        floor.place(limit(2, BUY, 97, 2)),
        "2 rejected MAX_OPEN_ORDERS"
    );
}

/// The same seed refuses the same orders; cancels are never refused by chance.
#[test]
fn a_venue_refuses_by_chance_as_its_seed_says() {
    let told = |seed| {
        let mut floor = Floor::under(Rules {
            refuses: Chance::of(1, 4),
            seed,
            ..plain()
        });
        let each: Vec<bool> = (1..=200)
            .map(|key| {
                floor
                    .place(limit(key, BUY, 97, 1))
                    .ends_with("VENUE_REJECTED")
            })
            .collect();
        each
    };
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
    let refused = told(1).iter().filter(|refused| **refused).count();
    assert!((30..70).contains(&refused), "a quarter of 200: {refused}");
}

/// A trader is told of funding and of a liquidation, and counts the same to the last digit.
#[test]
fn a_trader_is_told_of_what_it_did_not_ask_for() {
    let script = Script::new([
        (SECOND, Said::Book(vec![(99, 10)], vec![(101, 10)])),
        (2 * SECOND, Said::Trade(BUY, 101, 1)),
        (4 * SECOND, Said::Book(vec![(83, 10)], vec![(85, 10)])),
        (5 * SECOND, Said::Trade(BUY, 85, 1)),
    ]);
    let rules = Rules {
        funding: Funding::every(3 * SECOND, Rate(1_000_000)).unwrap(),
        ..collateral()
    };
    let instrument = instrument(ContractKind::Linear);
    let assumptions = Assumptions {
        rules,
        latency: latency(0, 7, 5),
    };
    let mut trader = Oms::new(vec![instrument.clone()], RunId::new("t").unwrap());
    let mut simulation = Simulation::new(script, instrument, SymbolId(0), assumptions);
    let mut book = Book::new();
    simulation.prepare();
    simulation.set_timer(SECOND + 1, 0);
    while simulation.advance(&mut trader, &mut book, u64::MAX) != Wake::Timer(1) {}
    let new = market(1, BUY, 10);
    let request = crate::oms::OrderRequest {
        symbol: SymbolId(0),
        side: new.side,
        order_type: new.order_type,
        price: new.price,
        qty: new.qty,
        time_in_force: new.time_in_force,
        post_only: false,
        reduce_only: false,
    };
    trader.submit(&request, simulation.now_ns()).unwrap();
    while simulation.advance(&mut trader, &mut book, u64::MAX) != Wake::End {}

    let forced = trader.order(OrderKey(2)).unwrap();
    assert_eq!(forced.tag().map(AsRef::as_ref), Some("liquidation"));
    assert_eq!(
        (forced.state(), forced.filled()),
        (OrderState::Filled, Lots(10))
    );
    let position = trader.position(SymbolId(0)).unwrap();
    assert_eq!(position.qty(), Lots(0));
    assert_eq!(position.funding().to_string(), "-0.005");
    let profit = simulation.close(&trader).unwrap();
    assert_eq!(profit.total, position.cash_flow());
}
