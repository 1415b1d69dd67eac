//! The slow, obvious twins: the whole history is kept, and every answer counted from it.

use proptest::prelude::*;

use super::{Limiter, Priority, RateLimiter, SlidingWindow, TokenBucket, Tokens, Weighted};

/// Every admission so far: when, and how many tokens.
type History = Vec<(i64, u64)>;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Bucket { refill: u64 },
    Window,
    Weighted,
}

#[derive(Clone, Copy, Debug)]
struct Rule {
    kind: Kind,
    capacity: u64,
    period_ns: u64,
    reserve: u64,
}

impl Rule {
    fn limiter(self) -> Limiter {
        let (capacity, period, reserve) = (self.capacity, self.period_ns, self.reserve);
        match self.kind {
            Kind::Bucket { refill } => {
                Limiter::TokenBucket(TokenBucket::new(capacity, refill, period, reserve).unwrap())
            }
            Kind::Window => {
                Limiter::SlidingWindow(SlidingWindow::new(capacity, period, reserve).unwrap())
            }
            Kind::Weighted => Limiter::Weighted(Weighted::new(capacity, period, reserve).unwrap()),
        }
    }

    const fn floor(self, priority: Priority) -> u64 {
        match priority {
            Priority::Normal => self.reserve,
            Priority::Reserved => 0,
        }
    }

    /// What is left at `now`, in tokens × period.
    fn left(self, history: &History, now: i64) -> i128 {
        let period = i128::from(self.period_ns);
        let full = i128::from(self.capacity) * period;
        let sum = |inside: &dyn Fn(i64) -> bool| -> i128 {
            let tokens = history.iter().filter(|(at, _)| inside(*at));
            full - period * tokens.map(|(_, tokens)| i128::from(*tokens)).sum::<i128>()
        };
        match self.kind {
            Kind::Window => sum(&|at| i128::from(now - at) < period),
            Kind::Weighted => {
                sum(&|at| i128::from(at).div_euclid(period) == i128::from(now).div_euclid(period))
            }
            Kind::Bucket { refill } => {
                let (mut credit, mut last) = (full, i64::MIN);
                for (at, tokens) in history.iter().copied().chain([(now, 0)]) {
                    let gained = (i128::from(at) - i128::from(last)) * i128::from(refill);
                    credit = full.min(credit + gained) - i128::from(tokens) * period;
                    last = at;
                }
                credit
            }
        }
    }

    fn admits(self, history: &History, tokens: u64, now: i64, priority: Priority) -> bool {
        let needed = i128::from(tokens + self.floor(priority)) * i128::from(self.period_ns);
        tokens == 0 || needed <= self.left(history, now)
    }

    /// The most that may be admitted in `span` nanoseconds (both ends counted), times the period.
    fn bound(self, span: i64) -> i128 {
        let (capacity, period) = (i128::from(self.capacity), i128::from(self.period_ns));
        let span = i128::from(span);
        match self.kind {
            Kind::Bucket { refill } => capacity * period + i128::from(refill) * span,
            Kind::Window => (span / period + 1) * capacity * period,
            Kind::Weighted => (span / period + 2) * capacity * period,
        }
    }
}

fn rules() -> impl Strategy<Value = Rule> {
    let kind = prop_oneof![
        (1_u64..20).prop_map(|refill| Kind::Bucket { refill }),
        Just(Kind::Window),
        Just(Kind::Weighted),
    ];
    (kind, 1_u64..12, 1_u64..200).prop_flat_map(|(kind, capacity, period_ns)| {
        (0..capacity).prop_map(move |reserve| Rule {
            kind,
            capacity,
            period_ns,
            reserve,
        })
    })
}

fn priorities() -> impl Strategy<Value = Priority> {
    prop_oneof![Just(Priority::Normal), Just(Priority::Reserved)]
}

/// `(nanoseconds since the last request, negative now and then; tokens; priority)`.
fn requests() -> impl Strategy<Value = Vec<(i64, u64, Priority)>> {
    let step = prop_oneof![4 => 0_i64..60, 1 => 60_i64..400, 1 => -80_i64..0];
    prop::collection::vec((step, 0_u64..13, priorities()), 1..60)
}

proptest! {
    /// Whatever is asked when, even when time runs backwards: the limiter admits exactly when its
    /// twin does; waiting the answer admits, one nanosecond less does not; and no stretch of time
    /// holds more than the rule allows.
    #[test]
    fn limiters_agree_with_their_twins(
        rule in rules(), start in -500_i64..500, requests in requests()
    ) {
        let mut limiter = rule.limiter();
        let mut history = History::new();
        let (mut now, mut latest) = (start, i64::MIN);
        for (step, tokens, priority) in requests {
            now += step;
            let limit = rule.capacity - rule.floor(priority);
            let answer = limiter.acquire(tokens, now, priority);
            if tokens > limit {
                prop_assert!(answer.is_err());
                continue;
            }
            latest = latest.max(now);
            let wait = answer.unwrap();
            prop_assert_eq!(wait == 0, rule.admits(&history, tokens, latest, priority));
            if wait == 0 {
                history.push((latest, tokens));
            } else {
                let later = now + i64::try_from(wait).unwrap();
                prop_assert_ne!(limiter.clone().acquire(tokens, later - 1, priority), Ok(0));
                prop_assert_eq!(limiter.clone().acquire(tokens, later, priority), Ok(0));
            }
            let left = rule.left(&history, latest) / i128::from(rule.period_ns);
            let left = u64::try_from(left).unwrap().saturating_sub(rule.floor(priority));
            prop_assert_eq!(limiter.available(now, priority), left);
        }
        for (from, (begin, _)) in history.iter().enumerate() {
            let mut sum = 0;
            for (end, tokens) in &history[from..] {
                sum += i128::from(*tokens) * i128::from(rule.period_ns);
                prop_assert!(sum <= rule.bound(end - begin), "{begin}..={end}");
            }
        }
    }

    /// A composite admits exactly when each part alone would, waits as long as the slowest, and
    /// leaves every part as it was when one refuses.
    #[test]
    fn composites_take_all_or_nothing(
        rules in prop::collection::vec(rules(), 2..5),
        requests in requests(),
    ) {
        let mut twins: Vec<Limiter> = rules.iter().map(|rule| rule.limiter()).collect();
        let parts: Vec<_> = twins.iter().cloned().map(RateLimiter::single).collect();
        let whole = RateLimiter::composite(&parts.iter().collect::<Vec<_>>()).unwrap();
        let mut now = 0;
        for (step, tokens, priority) in requests {
            now += step;
            let waits: Result<Vec<u64>, _> =
                twins.iter_mut().map(|twin| twin.wait(tokens, now, priority)).collect();
            let answer = whole.acquire(Tokens::Each(tokens), now, priority);
            prop_assert_eq!(answer.is_err(), waits.is_err());
            if let Ok(waits) = waits {
                prop_assert_eq!(answer, Ok(waits.iter().copied().max().unwrap_or(0)));
            }
            for (twin, part) in twins.iter_mut().zip(&parts) {
                if answer == Ok(0) {
                    prop_assert_eq!(twin.acquire(tokens, now, priority), Ok(0));
                }
                let left = twin.available(now, Priority::Reserved);
                prop_assert_eq!(part.available(now, Priority::Reserved), left);
            }
        }
    }

    /// At the ends of the integers nothing panics, and a wait that can be counted still admits.
    #[test]
    fn nothing_overflows_at_the_ends_of_the_integers(
        capacity in edge_u64(), refill in edge_u64(), period in edge_u64(), reserve in edge_u64(),
        requests in prop::collection::vec(
            (edge_u64(), edge_i64(), priorities(), edge_u64()), 1..20
        ),
    ) {
        let limiters = [
            TokenBucket::new(capacity, refill, period, reserve).map(Limiter::TokenBucket),
            SlidingWindow::new(capacity, period, reserve).map(Limiter::SlidingWindow),
            Weighted::new(capacity, period, reserve).map(Limiter::Weighted),
        ];
        for mut limiter in limiters.into_iter().flatten() {
            for (tokens, now, priority, used) in &requests {
                if let Limiter::Weighted(weighted) = &mut limiter {
                    weighted.observe(*used, *now);
                }
                limiter.available(*now, *priority);
                let Ok(wait) = limiter.acquire(*tokens, *now, *priority) else { continue };
                if wait == 0 || wait == u64::MAX {
                    continue;
                }
                if let Some(later) = now.checked_add_unsigned(wait) {
                    let mut copy = limiter.clone();
                    prop_assert_eq!(copy.acquire(*tokens, later, *priority), Ok(0));
                }
            }
        }
    }
}

fn edge_u64() -> impl Strategy<Value = u64> {
    prop_oneof![
        0_u64..4,
        Just(1 << 20),
        Just(1 << 62),
        u64::MAX - 3..=u64::MAX,
        any::<u64>()
    ]
}

fn edge_i64() -> impl Strategy<Value = i64> {
    prop_oneof![
        -3_i64..4,
        i64::MIN..i64::MIN + 4,
        i64::MAX - 3..=i64::MAX,
        any::<i64>()
    ]
}
