//! Sessions of generated commands: short ones that shrink, long ones, very long ones.

use proptest::prelude::*;

use crate::dice::Dice;
use crate::generator::{Generator, Mood, Told};
use crate::pair::Pair;

/// Commands of one session of the long runs.
const SESSION: u64 = 2_000;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn twins_agree(seed in any::<u64>(), commands in 1_usize..120) {
        let mut dice = Dice::new(seed);
        let mut generator = Generator::new(Mood::MIXED);
        let told: Vec<Told> = (0..commands).map(|_| generator.next(&mut dice)).collect();
        if let Err((at, _)) = run(&told, 1) {
            let told = shortest(told[..=at].to_vec());
            let (_, error) = run(&told, 1).unwrap_err();
            panic!("{error}\nall that is needed:\n{}", script(&told));
        }
    }
}

/// Tells a pair everything; answers after which command they differed, and how.
fn run(told: &[Told], audit_every: usize) -> Result<(), (usize, String)> {
    let mut pair = Pair::new();
    for (at, command) in told.iter().enumerate() {
        pair.tell(command).map_err(|error| (at, error))?;
        if at % audit_every == 0 {
            pair.fast.audit().map_err(|error| (at, error))?;
        }
    }
    Ok(())
}

/// Leaves out what can be left out while the engines still differ.
fn shortest(mut told: Vec<Told>) -> Vec<Told> {
    let mut size = told.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at + size <= told.len() {
            let mut fewer = told.clone();
            fewer.drain(at..at + size);
            match run(&fewer, 1) {
                Ok(()) => at += size,
                Err((last, _)) => {
                    fewer.truncate(last + 1);
                    told = fewer;
                }
            }
        }
        size /= 2;
    }
    told
}

fn script(told: &[Told]) -> String {
    let lines: Vec<String> = told.iter().map(|told| format!("{told:?}")).collect();
    lines.join("\n")
}

/// The commands of one session.
fn session(seed: u64) -> Vec<Told> {
    let mut dice = Dice::new(seed);
    let mut generator = Generator::new(Mood::new(&mut dice));
    (0..SESSION).map(|_| generator.next(&mut dice)).collect()
}

#[test]
fn twins_agree_for_a_million_commands() {
    for seed in 0..1_000_000 / SESSION {
        let told = session(seed);
        if let Err((at, _)) = run(&told, 50) {
            let told = shortest(told[..=at].to_vec());
            let (_, error) = run(&told, 1).unwrap_err();
            panic!(
                "session {seed}: {error}\nall that is needed:\n{}",
                script(&told)
            );
        }
    }
}
