//! What a venue said ends in one state, however it is repeated and reordered on its way.

use proptest::prelude::*;
use tradecore_core::oms::message::{Command, OrderKey, VenueEvent, VenueReply};
use tradecore_core::oms::{OrderState, Trader};
use tradecore_core::units::{Lots, Side, Ticks};

use crate::venue::Venue;
use crate::world::{BTC, limit, trader};

/// An order with what is asked of it before any answer comes.
#[derive(Clone, Debug)]
struct Asked {
    side: Side,
    price: i64,
    qty: i64,
    modify: Option<(i64, i64)>,
    cancel: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    let modify = prop::option::of((95_i64..105, 1_i64..12));
    (side, 95_i64..105, 1_i64..10, modify, any::<bool>()).prop_map(
        |(side, price, qty, modify, cancel)| Asked {
            side,
            price,
            qty,
            modify,
            cancel,
        },
    )
}

fn ask(trader: &mut Trader, orders: &[Asked]) -> Vec<Command> {
    for order in orders {
        let key = trader
            .submit(&limit(order.side, order.price, order.qty), 0)
            .unwrap();
        if let Some((price, qty)) = order.modify {
            trader.modify(key, Ticks(price), Lots(qty), 0).unwrap();
        }
        if order.cancel {
            trader.cancel(key, 0).unwrap();
        }
    }
    let mut commands = Vec::new();
    trader.take_commands(&mut commands);
    commands
}

/// A doubt about the order that `event` is about.
fn doubt(event: &VenueEvent) -> VenueEvent {
    VenueEvent {
        reply: VenueReply::Unknown,
        ..*event
    }
}

/// All that is promised to be the same.
fn ending(trader: &Trader, orders: usize) -> impl PartialEq + std::fmt::Debug + use<> {
    let of_order = |key| {
        let order = trader.order(OrderKey(key)).unwrap();
        let fills = (order.filled(), order.fill_value(), order.fees());
        (order.state(), order.price(), order.qty(), fills)
    };
    let all: Vec<_> = (1..=orders as u64).map(of_order).collect();
    let held = trader.position(BTC).unwrap();
    (
        all,
        held.qty(),
        held.cash_flow(),
        trader.live_orders(BTC).to_vec(),
    )
}

proptest! {
    #[test]
    fn any_order_of_evidence_ends_in_the_same_state(
        orders in prop::collection::vec(asked(), 1..4),
        trades in prop::collection::vec((0_usize..4, 1_i64..8, any::<bool>()), 0..12),
        keys in prop::collection::vec(any::<u32>(), 64),
    ) {
        let mut ordered = trader();
        let commands = ask(&mut ordered, &orders);
        let mut venue = Venue::default();
        let mut commands = commands.iter();
        for (n, qty, first) in trades {
            if first && let Some(command) = commands.next() {
                venue.receive(command);
            }
            venue.trade(n, qty);
        }
        commands.for_each(|command| venue.receive(command));
        for event in &venue.said {
            prop_assert_ne!(ordered.apply(event), tradecore_core::oms::Outcome::Illegal);
        }
        // Every message once or twice, shuffled.
        let mut shuffled = Vec::new();
        for (at, event) in venue.said.iter().enumerate() {
            shuffled.push((keys[at % 64], *event));
            if keys[(at + 7) % 64] % 2 == 0 {
                shuffled.push((keys[(at + 31) % 64], *event));
            }
        }
        shuffled.sort_by_key(|(key, _)| *key);
        let mut other = trader();
        ask(&mut other, &orders);
        for (_, event) in &shuffled {
            prop_assert_ne!(other.apply(event), tradecore_core::oms::Outcome::Illegal);
        }
        prop_assert_eq!(ending(&ordered, orders.len()), ending(&other, orders.len()));
        // Doubts on the way change nothing of it, and no fill counts as late for them.
        let mut doubting = trader();
        ask(&mut doubting, &orders);
        for (at, event) in venue.said.iter().enumerate() {
            if keys[(at + 13) % 64] % 2 == 0 {
                doubting.apply(&doubt(event));
            }
            prop_assert_ne!(doubting.apply(event), tradecore_core::oms::Outcome::Illegal);
        }
        prop_assert_eq!(doubting.counters().late_fills, 0);
        for (key, resting) in &venue.orders {
            let order = doubting.order(*key).unwrap();
            prop_assert_eq!(order.filled(), resting.filled);
            prop_assert_eq!(order.state().is_live(), resting.live);
        }
        // And it is the venue's own state.
        for (key, resting) in &venue.orders {
            let order = other.order(*key).unwrap();
            prop_assert_eq!(order.filled(), resting.filled);
            prop_assert_eq!(order.state().is_live(), resting.live);
            if resting.live {
                prop_assert_eq!((order.price(), order.qty()), (resting.price, resting.total));
                prop_assert!(!matches!(
                    order.state(),
                    OrderState::PendingCancel | OrderState::PendingReplace
                ));
            }
        }
    }
}
