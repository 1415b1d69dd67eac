//! Sessions of generated commands: short ones that shrink, long ones, very long ones.

use proptest::prelude::*;

use tradecore_core::matching::Engine;

use crate::controls::funding;
use crate::coverage::{Before, Seen};
use crate::dice::Dice;
use crate::generator::{Generator, Mood, Told};
use crate::ledger::{Ledger, Queues, is_crossed, is_fair, queues};
use crate::pair::{Pair, instruments, tell};

/// Commands of one session of the long runs.
const SESSION: u64 = 2_000;
/// Those of them that are told to a market of its own which keeps accounts.
const WITH_ACCOUNTS: u64 = 250;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn twins_agree(seed in any::<u64>(), commands in 1_usize..120, accounts in any::<bool>()) {
        let mut dice = Dice::new(seed);
        let mood = if accounts { Mood::MIXED.with_accounts() } else { Mood::MIXED };
        let told = tell_all(mood, accounts, commands as u64, &mut dice);
        if let Err((at, _)) = run(&told, accounts, 1) {
            let told = shortest(told[..=at].to_vec(), accounts);
            let (_, error) = run(&told, accounts, 1).unwrap_err();
            panic!("{error}\nall that is needed:\n{}", script(&told));
        }
    }
}

/// Tells a pair everything; answers after which command they differed, and how.
fn run(told: &[Told], accounts: bool, audit_every: usize) -> Result<(), (usize, String)> {
    let mut pair = Pair::new(accounts);
    for (at, command) in told.iter().enumerate() {
        pair.tell(command).map_err(|error| (at, error))?;
        if at % audit_every == 0 {
            pair.fast.audit().map_err(|error| (at, error))?;
        }
    }
    Ok(())
}

/// Leaves out what can be left out while the engines still differ.
fn shortest(mut told: Vec<Told>, accounts: bool) -> Vec<Told> {
    let mut size = told.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at + size <= told.len() {
            let mut fewer = told.clone();
            fewer.drain(at..at + size);
            match run(&fewer, accounts, 1) {
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

fn tell_all(mood: Mood, accounts: bool, commands: u64, dice: &mut Dice) -> Vec<Told> {
    let mut told = if accounts { funding(dice) } else { vec![] };
    let mut generator = Generator::new(mood);
    told.extend((0..commands).map(|_| generator.next(dice)));
    told
}

/// The commands of one session, or those of its part with accounts.
fn session(seed: u64, accounts: bool) -> Vec<Told> {
    let mut dice = Dice::new(seed);
    let mood = Mood::new(&mut dice);
    if accounts {
        tell_all(mood.with_accounts(), true, WITH_ACCOUNTS, &mut dice)
    } else {
        tell_all(mood, false, SESSION - WITH_ACCOUNTS, &mut dice)
    }
}

/// Runs a session and notes what happened; answers what went wrong with the least that shows it.
fn play(number: u64, accounts: bool, seen: &mut Seen) -> Result<(), String> {
    let told = session(number, accounts);
    let mut pair = Pair::new(accounts);
    for (at, command) in told.iter().enumerate() {
        let before = Before::new(&pair);
        let mut same = pair.tell(command);
        if at % 50 == 0 {
            same = same.and_then(|()| pair.fast.audit());
        }
        if same.is_err() {
            let told = shortest(told[..=at].to_vec(), accounts);
            let error = run(&told, accounts, 1)
                .err()
                .map_or(String::new(), |error| error.1);
            let script = script(&told);
            return Err(format!(
                "session {number}: {error}\nall that is needed:\n{script}"
            ));
        }
        seen.note(command, &before, &pair);
    }
    Ok(())
}

#[test]
fn twins_agree_for_a_million_commands_in_which_everything_happens() {
    let mut seen = Seen::default();
    for seed in 0..1_000_000 / SESSION {
        for accounts in [false, true] {
            play(seed, accounts, &mut seen).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    assert_eq!(seen.missing(), Vec::<String>::new(), "{seen:#?}");
}

/// `SOAK_COMMANDS` commands (a million without it) from session `SOAK_SEED` on; `make twins`.
#[test]
#[ignore = "as long as one likes"]
fn twins_agree_for_as_long_as_one_likes() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let commands: u64 = number("SOAK_COMMANDS").unwrap_or(1_000_000);
    let first: u64 = number("SOAK_SEED").unwrap_or(1_000_000);
    let sessions = commands / SESSION;
    let hundredth = (sessions / 100).max(1);
    for session in 0..sessions {
        for accounts in [false, true] {
            let told = self::session(first + session, accounts);
            if let Err((at, _)) = run(&told, accounts, 500) {
                let told = shortest(told[..=at].to_vec(), accounts);
                let (_, error) = run(&told, accounts, 1).unwrap_err();
                panic!("session {}: {error}\n{}", first + session, script(&told));
            }
        }
        if (session + 1) % hundredth == 0 {
            println!("{} commands, no difference", (session + 1) * SESSION);
        }
    }
}

#[test]
fn reports_alone_tell_what_is_live_and_nobody_loses_his_place() {
    for seed in 0..100 {
        let mut engine = Engine::new(instruments());
        let mut ledger = Ledger::default();
        let mut before = Queues::new();
        for (at, told) in session(seed, false).iter().enumerate() {
            let mut reports = Vec::new();
            tell(&mut engine, told, &mut reports);
            let after = queues(&engine);
            let right = ledger
                .read(&reports)
                .and_then(|()| ledger.compare(&engine))
                .and_then(|()| is_fair(&before, &after, &reports));
            assert_eq!(right, Ok(()), "session {seed}, command {at}, {told:?}");
            assert!(
                !is_crossed(&engine),
                "session {seed}, command {at}, {told:?}"
            );
            before = after;
        }
    }
}
