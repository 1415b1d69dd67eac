//! Evidence that no honest venue would send: nothing breaks, nothing is lost, the rules hold.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tradecore_core::oms::lifecycle::transitions;
use tradecore_core::oms::message::{OrderKey, VenueReply};
use tradecore_core::oms::{Order, OrderState, Outcome, Trader};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::world::{BTC, at, filled, limit, replaced, trader};

#[derive(Clone, Debug)]
enum Step {
    Submit(Side, i64, i64),
    Cancel(u64),
    Modify(u64, i64, i64),
    CancelAll,
    Quote(Vec<(i64, i64)>, Vec<(i64, i64)>),
    Hear(u64, i64, VenueReply),
}

fn reply() -> impl Strategy<Value = VenueReply> {
    let code = RejectCode::VenueRejected;
    prop_oneof![
        3 => Just(VenueReply::Accepted),
        1 => Just(VenueReply::Rejected(code)),
        6 => (0_u64..20, 1_i64..120, -1_i64..9).prop_map(|(id, price, qty)| filled(id, price, qty)),
        1 => Just(VenueReply::Canceled),
        1 => Just(VenueReply::Expired),
        2 => (0_i64..120, 0_i64..9).prop_map(|(price, qty)| replaced(price, qty)),
        1 => Just(VenueReply::CancelRejected(code)),
        1 => Just(VenueReply::ModifyRejected(code)),
        1 => Just(VenueReply::Triggered),
        1 => Just(VenueReply::Unknown),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    let levels = || prop::collection::vec((90_i64..110, 0_i64..5), 0..3);
    let key = || 0_u64..12;
    prop_oneof![
        2 => (side, 0_i64..120, -1_i64..9).prop_map(|(s, p, q)| Step::Submit(s, p, q)),
        1 => key().prop_map(Step::Cancel),
        1 => (key(), 0_i64..120, 0_i64..9).prop_map(|(k, p, q)| Step::Modify(k, p, q)),
        1 => Just(Step::CancelAll),
        2 => (levels(), levels()).prop_map(|(bids, asks)| Step::Quote(bids, asks)),
        12 => (key(), 0_i64..50, reply()).prop_map(|(k, t, r)| Step::Hear(k, t, r)),
    ]
}

fn take(trader: &mut Trader, step: &Step, now_ns: i64) -> Option<Outcome> {
    let levels = |levels: &[(i64, i64)]| -> Vec<(Ticks, Lots)> {
        levels
            .iter()
            .map(|(price, qty)| (Ticks(*price), Lots(*qty)))
            .collect()
    };
    // Refusals are answers, not failures: what matters is what they leave behind.
    match step {
        Step::Submit(side, price, qty) => {
            let _answer = trader.submit(&limit(*side, *price, *qty), now_ns);
        }
        Step::Cancel(key) => {
            let _answer = trader.cancel(OrderKey(*key), now_ns);
        }
        Step::Modify(key, price, qty) => {
            let _answer = trader.modify(OrderKey(*key), Ticks(*price), Lots(*qty), now_ns);
        }
        Step::CancelAll => {
            trader.cancel_all(None, None, now_ns);
        }
        Step::Quote(bids, asks) => {
            let _answer = trader.quote(BTC, &levels(bids), &levels(asks), 0, now_ns);
        }
        Step::Hear(key, ts_ns, reply) => {
            return Some(trader.apply(&at(OrderKey(*key), *ts_ns, *reply)));
        }
    }
    None
}

fn states(trader: &Trader) -> Vec<(OrderState, Lots)> {
    let known = (1..).map(OrderKey).map_while(|key| trader.order(key));
    known.map(|order| (order.state(), order.filled())).collect()
}

proptest! {
    #[test]
    fn only_listed_transitions_happen_and_nothing_is_lost(
        steps in prop::collection::vec(step(), 1..60)
    ) {
        let legal: BTreeSet<_> = transitions().into_iter().map(|(a, _, b)| (a, b)).collect();
        let mut trader = trader();
        for (now_ns, step) in (0_i64..).zip(&steps) {
            let before = states(&trader);
            let held = trader.position(BTC).unwrap().qty();
            let outcome = take(&mut trader, step, now_ns);
            let after = states(&trader);
            for (a, b) in before.iter().zip(&after) {
                // One message may imply an acceptance before it, so a way of two steps is legal.
                let via = |m: &OrderState| legal.contains(&(a.0, *m)) && legal.contains(&(*m, b.0));
                let two = OrderState::ALL.iter().any(via);
                prop_assert!(a.0 == b.0 || legal.contains(&(a.0, b.0)) || two, "{a:?} to {b:?}");
                let left_final = a.0.is_terminal() && a.0 != b.0;
                prop_assert!(!left_final || (b.0 == OrderState::Filled && b.1 > a.1));
                prop_assert!(a.1 <= b.1);
            }
            if matches!(outcome, Some(Outcome::Stale | Outcome::Illegal | Outcome::UnknownOrder)) {
                prop_assert_eq!(&before, &after);
                prop_assert_eq!(trader.position(BTC).unwrap().qty(), held);
            }
            let live: Vec<_> = (1..).map(OrderKey).map_while(|key| trader.order(key))
                .filter(|order| order.state().is_live()).map(Order::key).collect();
            prop_assert_eq!(trader.live_orders(BTC), live.as_slice());
        }
        let bought: i64 = (1..).map(OrderKey).map_while(|key| trader.order(key))
            .map(|order| order.side().sign() * order.filled().0).sum();
        prop_assert_eq!(trader.position(BTC).unwrap().qty(), Lots(bought));
    }
}
