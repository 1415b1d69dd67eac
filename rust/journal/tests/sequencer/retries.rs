//! A client that lost an answer asks again, and nothing is ever done twice.

use std::collections::HashMap;

use proptest::prelude::*;
use tradecore_core::matching::{Command, NewOrder, Report, Terms};
use tradecore_journal::disk::{Faults, SimulatedDisk};
use tradecore_journal::durable::{DurableLog, JournalOptions, inspect};
use tradecore_journal::{CommandLog as _, Entry, Name, Placed, Sequencer};

use crate::dice::Dice;
use crate::durable::{SMALL, below, open, patiently, power};
use crate::generator::Told;
use crate::world::session;

type Small = Sequencer<DurableLog<SimulatedDisk>>;

/// What a client does: orders have a name of their own, so that they can be asked for again.
enum Act {
    Order(NewOrder, Terms, String),
    Other(Command),
}

fn acts(seed: u64, count: usize) -> Vec<Act> {
    let told = session(seed, count, false).into_iter().enumerate();
    told.map(|(at, told)| match told {
        Told::Plain(Command::New(order)) => Act::Order(order, Terms::default(), format!("c{at}")),
        Told::Plain(Command::NewWith(order, terms)) | Told::Named(order, terms, _) => {
            Act::Order(order, terms, format!("c{at}"))
        }
        Told::Plain(command) => Act::Other(command),
    })
    .collect()
}

/// What a client knows.
#[derive(Default)]
struct Client {
    /// The first act of which it has no answer.
    next: usize,
    answers: HashMap<usize, (Placed, Option<Vec<Report>>)>,
}

impl Client {
    /// Remembers an answer, or compares it with the one it had.
    fn hear(&mut self, at: usize, placed: Placed, said: Option<Vec<Report>>) {
        let fresh = Placed {
            is_duplicate: false,
            ..placed
        };
        let known = self.answers.entry(at).or_insert((fresh, None));
        assert_eq!(known.0, fresh, "act {at} is answered as before");
        if let (Some(before), Some(now)) = (&known.1, &said) {
            assert_eq!(before, now, "act {at} is told the same");
        }
        known.1 = known.1.take().or(said);
        self.next = self.next.max(at + 1);
    }

    /// Acts until the disk gives up, from a little before the first act without an answer.
    fn live(&mut self, sequencer: &mut Small, acts: &[Act], dice: &mut Dice) {
        let back = usize::try_from(dice.below(6)).unwrap();
        let mut unheard = Vec::new();
        for (at, act) in acts.iter().enumerate().skip(self.next.saturating_sub(back)) {
            let mut said = Vec::new();
            let is_told = dice.below(3) == 0;
            if is_told {
                if sequencer.log().wait(sequencer.log().position()).is_err() {
                    return;
                }
                sequencer.release(&mut Vec::<Report>::new());
            }
            let done = patiently(sequencer, |sequencer| match act {
                Act::Order(order, terms, name) => {
                    let name = Name::new(name).unwrap();
                    sequencer.place(order, terms, name, &mut said).map(Some)
                }
                Act::Other(command) => sequencer.apply(command, &mut said).map(|_| None),
            });
            let Ok(placed) = done else { return };
            unheard.extend(placed.map(|placed| (at, placed)));
            if !is_told {
                continue;
            }
            if sequencer.log().wait(sequencer.log().position()).is_err() {
                return;
            }
            sequencer.release(&mut said);
            for (at, placed) in unheard.drain(..) {
                self.hear(at, placed, None);
            }
            self.next = self.next.max(at + 1);
            if let Some(placed) = placed {
                self.hear(at, placed, Some(own(said, placed)));
            }
        }
    }
}

/// What was said about an order when it came, as far as it is told again.
fn own(mut said: Vec<Report>, placed: Placed) -> Vec<Report> {
    said.retain(|report| report.order_id == placed.order_id);
    if said.len() > 16 {
        said.drain(15..said.len() - 1);
    }
    said
}

/// Crashes several times in one session of a client that retries; answers how many acts it heard
/// of.
pub(crate) fn crash(seed: u64, count: usize, lives: u64) -> usize {
    let mut dice = Dice::new(seed);
    let acts = acts(seed, count);
    let keeps_all = dice.below(2) == 0;
    let options = JournalOptions {
        snapshot_bytes: if keeps_all { u64::MAX } else { 6000 },
        ..SMALL
    };
    let disk = SimulatedDisk::default();
    let mut client = Client::default();
    for _ in 0..lives {
        disk.fail(Faults {
            power_bytes: Some(power(&mut dice)),
            ..Faults::default()
        });
        if let Ok((mut sequencer, _)) = open(&disk, options)
            && sequencer.keep_answers(5_000).is_ok()
        {
            client.live(&mut sequencer, &acts, &mut dice);
        }
        disk.lose_power(&mut below(&mut dice));
    }
    let (mut sequencer, _) = open(&disk, options).unwrap();
    assert!(sequencer.verify().unwrap());
    if sequencer.keep_answers(5_000).is_ok() {
        again(&mut sequencer, &acts, &mut client);
    }
    if keeps_all {
        let mut names = HashMap::new();
        let mut count = |sequence, entry: &Entry<'_>| {
            if let Entry::Named(order, _, name) = entry {
                let key = (order.account, name.as_str().to_owned());
                assert_eq!(names.insert(key, sequence), None, "placed once");
            }
        };
        sequencer.log_mut().close().unwrap();
        inspect(&disk, SMALL.shard, &mut count).unwrap();
    }
    client.answers.len()
}

/// Every order the client heard of is asked for again: all of them are there.
fn again(sequencer: &mut Small, acts: &[Act], client: &mut Client) {
    sequencer.log().wait(sequencer.log().position()).unwrap();
    let known: Vec<_> = client.answers.keys().copied().collect();
    for at in known {
        let Act::Order(order, terms, name) = &acts[at] else {
            continue;
        };
        let mut said = Vec::new();
        let name = Name::new(name).unwrap();
        let placed = sequencer.place(order, terms, name, &mut said).unwrap();
        assert!(placed.is_duplicate, "act {at} was answered and is there");
        client.hear(at, placed, Some(own(said, placed)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However often the power fails, an order that comes again is placed once and told the same.
    #[test]
    fn retries_place_nothing_twice(seed: u64, count in 1_usize..600) {
        crash(seed, count, 4);
    }
}
