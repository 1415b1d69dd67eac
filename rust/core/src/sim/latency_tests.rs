//! Delays: what is refused, what is drawn, and that nothing overtakes.

use proptest::prelude::*;

use super::*;

fn line(delay: Delay, seed: u64) -> Line {
    let latency = Latency {
        feed: delay,
        entry: Delay::ZERO,
        response: Delay::ZERO,
        seed,
    };
    latency.lines().feed
}

/// Draws far apart in time, sorted.
fn draws(delay: Delay, count: i64) -> Vec<i64> {
    let mut line = line(delay, 7);
    let apart = 10 * DELAY_NS_MAX;
    let mut drawn: Vec<i64> = (0..count)
        .map(|at| line.arrival(at * apart) - at * apart)
        .collect();
    drawn.sort_unstable();
    drawn
}

#[test]
fn impossible_delays_are_refused() {
    let text = |delay: Result<Delay, DelayError>| delay.unwrap_err().to_string();
    assert_eq!(
        text(Delay::constant(-1)),
        "a latency lies between 0 and 60000000000 ns: latency_ns=-1"
    );
    assert!(text(Delay::quantiles(&[5])).starts_with("a distribution needs at least 2"));
    assert!(text(Delay::quantiles(&[5, 4])).starts_with("quantiles of a latency rise"));
    assert!(text(Delay::log_normal(0, 9)).starts_with("quantiles of a latency rise"));
    assert!(text(Delay::log_normal(9, 8)).contains("9 ns, then 8 ns"));
    assert!(text(Delay::recorded(&[])).starts_with("a record of latencies needs"));
    assert!(text(Delay::recorded(&[(1, 2), (1, 3)])).starts_with("times of measured"));
    assert!(text(Delay::recorded(&[(1, i64::MAX)])).starts_with("a latency lies"));
}

#[test]
fn a_log_normal_draw_has_the_stated_quantiles() {
    let drawn = draws(Delay::log_normal(2_000_000, 10_000_000).unwrap(), 20_000);
    let at = |percent: usize| drawn[drawn.len() * percent / 100];
    let near = |got: i64, want: i64| (got - want).abs() < want / 20;
    assert!(near(at(50), 2_000_000), "median {}", at(50));
    assert!(near(at(99), 10_000_000), "p99 {}", at(99));
    // The lower tail mirrors the upper: 2² ÷ 10 = 0.4 ms.
    assert!(near(at(1), 400_000), "p1 {}", at(1));
}

#[test]
fn quantiles_are_drawn_evenly_between_their_steps() {
    let drawn = draws(Delay::quantiles(&[0, 100, 1000]).unwrap(), 10_000);
    let half = drawn.partition_point(|ns| *ns < 100);
    assert!((4_800..5_200).contains(&half), "{half} below the median");
    assert!(drawn[0] < 5 && drawn[9_999] <= 1000 && drawn[9_999] > 990);
}

#[test]
fn a_record_is_read_in_straight_lines() {
    let mut line = line(
        Delay::recorded(&[(100, 10), (200, 30), (300, 0)]).unwrap(),
        1,
    );
    let took: Vec<i64> = [50, 100, 150, 200, 275, 300, 900]
        .into_iter()
        .map(|at| line.draw(at))
        .collect();
    assert_eq!(took, [10, 10, 20, 30, 8, 0, 0]);
}

fn delay() -> impl Strategy<Value = Delay> {
    prop_oneof![
        (0..100_i64).prop_map(|ns| Delay::constant(ns).unwrap()),
        (1..50_i64, 0..500_i64).prop_map(|(m, more)| Delay::log_normal(m, m + more).unwrap()),
        (0..50_i64, 0..500_i64).prop_map(|(m, more)| Delay::quantiles(&[m, m, m + more]).unwrap()),
        (0..50_i64, 0..500_i64)
            .prop_map(|(a, b)| Delay::recorded(&[(0, a), (300, b), (900, a)]).unwrap()),
    ]
}

proptest! {
    /// Whatever the delay: arrivals and departures never fall, an arrival is not before its
    /// sending, a departure not after its receipt, one time has one departure, and the same seed
    /// gives the same times.
    #[test]
    fn nothing_overtakes(
        delay in delay(), steps in prop::collection::vec(0..40_i64, 1..60), seed in any::<u64>(),
    ) {
        let (mut line_a, mut line_b) = (line(delay.clone(), seed), line(delay.clone(), seed));
        let mut back = line(delay, seed);
        let (mut now, mut before, mut before_back) = (0, i64::MIN, i64::MIN);
        for step in steps {
            now += step;
            let arrival = line_a.arrival(now);
            prop_assert_eq!(arrival, line_b.arrival(now));
            prop_assert!(arrival >= now && arrival >= before);
            before = arrival;
            let departure = back.departure(now);
            prop_assert!(departure <= now && departure >= before_back);
            prop_assert_eq!(departure, back.departure(now));
            before_back = departure;
        }
    }
}
