//! The fast rules and their slow twin never disagree, and money is neither made nor lost.

use std::collections::HashMap;

use proptest::prelude::*;
use tradecore_core::money::{Money, UNIT};

use crate::pair::Pair;
use crate::steps::{ACCOUNTS, Step, step};
use crate::world::{ASSETS, SYMBOLS};

fn funded() -> Pair {
    let mut pair = Pair::new();
    for account in ACCOUNTS {
        for asset in ASSETS {
            pair.set(&Step::Deposit(account, asset, 3_000 * UNIT));
        }
    }
    pair
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_twins_agree_and_money_is_conserved(
        rich in any::<bool>(),
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut pair = if rich { funded() } else { Pair::new() };
        for step in &steps {
            pair.play(step);
            pair.agree();
            pair.is_conserved();
            pair.spot_is_covered();
        }
    }

    #[test]
    fn hashes_are_equal_where_states_are(steps in prop::collection::vec(step(), 1..200)) {
        let mut pair = funded();
        let mut states: HashMap<u128, Vec<u8>> = HashMap::new();
        for step in &steps {
            pair.play(step);
            let mut bytes = Vec::new();
            pair.fast.write(&mut bytes);
            let known = states.entry(pair.fast.hash()).or_insert_with(|| bytes.clone());
            prop_assert_eq!(&*known, &bytes, "two states of one hash");
        }
        let hashes = states.len();
        let states: std::collections::HashSet<Vec<u8>> = states.into_values().collect();
        prop_assert_eq!(states.len(), hashes, "two hashes of one state");
    }

    #[test]
    fn when_all_is_closed_nothing_is_held(steps in prop::collection::vec(step(), 1..120)) {
        let mut pair = funded();
        for step in &steps {
            pair.play(step);
        }
        for at in 0..pair.live.len() {
            pair.cancel(at);
        }
        for account in ACCOUNTS {
            prop_assert_eq!(pair.fast.open_orders(account), 0);
            for asset in ASSETS {
                prop_assert_eq!(pair.fast.balance(account, asset).held, Money::ZERO);
            }
            for symbol in SYMBOLS {
                let position = pair.fast.position(account, symbol);
                prop_assert_eq!((position.working_buy, position.working_sell), (0, 0));
            }
        }
    }
}
