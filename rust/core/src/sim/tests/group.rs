//! Makers in a group end as each does alone, whatever the market, the venue and the latency.

use std::sync::Arc;

use proptest::prelude::*;

use super::world::*;
use crate::decimal::Decimal;
use crate::flow::{ByOrder, Chance, FlowSpec, OrderFlow};
use crate::instrument::{ContractKind, Instrument};
use crate::market::{Aside, Break, EventSource, Funding as FundingTold, SourceError, Stamped};
use crate::mirror::Book;
use crate::money::{Money, Rate, UNIT};
use crate::oms::RunId;
use crate::sim::makers::*;
use crate::sim::*;
use crate::units::{Lots, Ticks};

const MS: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MS;
const DAY: i64 = 86_400 * SECOND;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text.as_bytes()).unwrap()
}

/// Makers that send much, little and nothing.
fn makers(instrument: &Instrument) -> Vec<Maker> {
    let two_sided = |half_spread_bps, skew_bps, max_position| {
        let settings = TwoSidedSettings {
            half_spread_bps,
            skew_bps,
            size: decimal("0.05"),
            max_position: decimal(max_position),
        };
        Maker::TwoSided(TwoSided::new(&settings, instrument).unwrap())
    };
    let by_risk = |calibrate| {
        let settings = AvellanedaStoikovSettings {
            risk_aversion: 0.2,
            horizon_s: 2.0,
            k_per_bp: 5.0,
            calibrate,
            volatility_half_life_s: 1.0,
            size: decimal("0.05"),
            max_position: decimal("0.2"),
            edge_bps: 0.0,
            min_spread_ticks: 1,
        };
        Maker::AvellanedaStoikov(AvellanedaStoikov::new(&settings, instrument).unwrap())
    };
    vec![
        two_sided(1.0, 0.0, "1"),
        two_sided(20.0, 10.0, "0.1"),
        by_risk(true),
        two_sided(90_000.0, 0.0, "1"),
        by_risk(false),
    ]
}

/// All that is left of a run, to the last digit.
fn ended<S: EventSource>(
    profit: &Profit,
    simulation: &Simulation<S>,
    quoter: &Quoter,
) -> (String, [String; 4]) {
    let exchange = simulation.exchange();
    let told = format!(
        "{profit:?} {:?} {:?} {:?} {:?} now={} idle={}",
        simulation.counts(),
        exchange.stats(),
        quoter.trader().denials(),
        exchange.mid(),
        simulation.now_ns(),
        simulation.is_idle(),
    );
    let records = simulation.records();
    let kept = [
        format!(
            "{:?} {:?}",
            exchange.journal().fills(),
            exchange.journal().fundings()
        ),
        format!("{:?}", records.equity),
        format!("{:?}", records.orders),
        format!("{:?} {:?}", records.round_trips, simulation.errors()),
    ];
    (told, kept)
}

/// Plays the makers one by one and together, and compares what is left of them.
fn compare<S: EventSource>(source: impl Fn() -> S, assumptions: &Assumptions) -> usize {
    let instrument = instrument(ContractKind::Linear);
    let run = RunId::new("group").unwrap();
    let every = makers(&instrument);
    let makers = every.iter().cloned();
    let mut group = MakerGroup::new(source(), &instrument, &run, makers, assumptions);
    while !group.advance() {}
    let mut fills = 0;
    for (together, maker) in group.runs_mut().iter_mut().zip(every) {
        let mut quoter = Quoter::new(maker, &instrument, run.clone());
        let (symbol, own) = (quoter.symbol(), Arc::clone(&instrument));
        let mut alone = Simulation::new(source(), own, symbol, assumptions.clone());
        let mut book = Book::new();
        quoter.start(&mut alone);
        assert!(quoter.play(&mut alone, &mut book));
        fills += alone.exchange().journal().fills().len();
        let profit = alone.close(&quoter).unwrap();
        let single = ended(&profit, &alone, &quoter);
        let profit = together.close().unwrap();
        assert_eq!(
            single,
            ended(&profit, together.simulation(), together.quoter())
        );
    }
    fills
}

/// A market around 1000 with everything that can happen to a recording.
fn said() -> impl Strategy<Value = Said> {
    let bids = || prop::collection::btree_map(990..1000_i64, 1..20_i64, 1..5);
    let asks = || prop::collection::btree_map(1000..1010_i64, 1..20_i64, 1..5);
    let told = |next_ns| {
        Said::Aside(Aside::Funding(FundingTold {
            rate: Rate(100_000),
            mark_nano: 500_000_000_000,
            next_ns,
        }))
    };
    prop_oneof![
        2 => (bids(), asks()).prop_map(|(bids, asks)| {
            Said::Book(bids.into_iter().collect(), asks.into_iter().collect())
        }),
        8 => (990..1000_i64, 0..20_i64, 985..999_i64, 0..9_i64)
            .prop_map(|(p, q, r, s)| Said::Levels(vec![(BUY, p, q), (BUY, r, s)])),
        8 => (1000..1010_i64, 0..20_i64).prop_map(|(p, q)| Said::Levels(vec![(SELL, p, q)])),
        8 => (any::<bool>(), 985..1015_i64, 1..30_i64)
            .prop_map(|(buys, p, q)| Said::Trade(if buys { BUY } else { SELL }, p, q)),
        3 => (995..1000_i64, 1..9_i64, 1000..1005_i64, 1..9_i64)
            .prop_map(|(b, x, a, y)| Said::Quote((b, x), (a, y))),
        1 => Just(Said::Gap),
        1 => Just(Said::Corrupt),
        1 => (0..9_i64).prop_map(move |after| told(after * SECOND)),
        1 => prop::sample::select(vec![Break::Gap, Break::Connected, Break::Damaged])
            .prop_map(|why| Said::Aside(Aside::Break(why))),
    ]
}

fn delays() -> impl Strategy<Value = Delay> {
    prop_oneof![
        (0..400_i64).prop_map(|ms| Delay::constant(ms * MS).unwrap()),
        (1..99_i64).prop_map(|ms| Delay::log_normal(ms * MS, 3 * ms * MS).unwrap()),
        (1..99_i64).prop_map(|ms| Delay::quantiles(&[0, ms * MS, 5 * ms * MS]).unwrap()),
    ]
}

fn fundings() -> impl Strategy<Value = Funding> {
    let due = |ts_ns| FundingDue {
        ts_ns,
        rate: Rate(200_000),
        mark: Mid(0),
    };
    prop_oneof![
        Just(Funding::Recorded),
        Just(Funding::every(SECOND, Rate(300_000)).unwrap()),
        Just(Funding::at(&[due(SECOND), due(3 * SECOND)]).unwrap()),
    ]
}

/// One rate for all, or better ones from a volume that is traded within the run or was before.
fn fees() -> impl Strategy<Value = FeeSchedule> {
    let better = Fees {
        maker: Rate(-50_000),
        taker: Rate(200_000),
    };
    let tier = |from, fees| FeeTier {
        from: Money(from),
        fees,
    };
    let tiers = [tier(0, FEES), tier(UNIT, better)];
    prop_oneof![
        Just(FeeSchedule::from(FEES)),
        (1..3_usize, 0..2 * UNIT).prop_map(move |(days, before)| FeeSchedule::tiered(
            &tiers,
            days,
            Money(before)
        )
        .unwrap()),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let queues = prop::sample::select(vec![
        QueueModel::RiskAverse,
        QueueModel::LogProbability,
        QueueModel::PowerProbability(Power::new(2).unwrap()),
    ]);
    let outages = prop::option::of((0..5_i64, any::<bool>()));
    let margin = prop::option::of(1..2_000_i128);
    let drawn = (any::<u64>(), prop::sample::select(vec![0, u64::MAX / 9]));
    (
        queues,
        fees(),
        fundings(),
        outages,
        margin,
        drawn,
        any::<bool>(),
    )
        .prop_map(
            |(queue, fees, funding, outage, margin, (seed, refuses), repriced)| {
                let window = outage.map(|(from, loses)| Window {
                    from_ns: from * SECOND,
                    until_ns: (from + 1) * SECOND,
                    outage: if loses {
                        Outage::Loses {
                            timeout_ns: 200 * MS,
                        }
                    } else {
                        Outage::Refuses
                    },
                });
                let post_only = if repriced {
                    PostOnly::Repriced
                } else {
                    PostOnly::Refused
                };
                Rules {
                    fees,
                    funding,
                    windows: window.into_iter().collect(),
                    margin: margin.map(|balance| Margin {
                        balance: Money(balance * UNIT / 10),
                        initial: Rate(100_000_000),
                        maintenance: Rate(50_000_000),
                        liquidation_fee: Rate(10_000_000),
                    }),
                    seed,
                    refuses: Chance(refuses),
                    post_only,
                    bounds: Bounds {
                        qty_max: Some(Lots(100)),
                        ..Bounds::default()
                    },
                    ..Rules::plain(FEES, queue)
                }
            },
        )
}

fn assumptions() -> impl Strategy<Value = Assumptions> {
    (rules(), delays(), delays(), delays(), any::<u64>()).prop_map(
        |(rules, feed, entry, response, seed)| Assumptions {
            rules,
            latency: Latency {
                feed,
                entry,
                response,
                seed,
            },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_maker_of_a_group_ends_as_it_does_alone(
        assumptions in assumptions(),
        said in prop::collection::vec((0..60_i64, said()), 0..250),
        // The second is where a day of fees ends.
        start_ns in prop::sample::select(vec![SECOND / 2, DAY - 2 * SECOND]),
    ) {
        let mut at_ns = start_ns;
        let script: Vec<(i64, Said)> = said
            .into_iter()
            .map(|(later, said)| {
                at_ns += later * MS;
                (at_ns, said)
            })
            .collect();
        compare(|| Script::new(script.clone()), &assumptions);
    }
}

/// A source that says nothing of single orders.
struct ByPrice<S>(S);

impl<S: EventSource> EventSource for ByPrice<S> {
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError> {
        self.0.next_event()
    }
}

/// So it is where every order is known, and where all is by price; and makers do trade here.
#[test]
fn a_group_trades_on_a_generated_market_as_each_alone() {
    let rules = Rules::plain(FEES, QueueModel::LogProbability);
    let latency = latency(5 * MS, 9 * MS, 7 * MS);
    let assumptions = Assumptions { rules, latency };
    let flow = || {
        let spec = FlowSpec {
            seed: 3,
            start_ns: SECOND,
            duration_ns: 6 * SECOND,
            price: Ticks(1000),
            volatility_milliticks: 3000,
        };
        ByOrder::new(OrderFlow::new(instrument(ContractKind::Linear), spec), MS)
    };
    assert!(compare(flow, &assumptions) > 20);
    assert!(compare(|| ByPrice(flow()), &assumptions) > 20);
}
