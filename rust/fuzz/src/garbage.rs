//! Feeds changed bytes to the decoders on any compiler: `garbage [SECONDS] [TARGET] [SEED]`.
//!
//! Without coverage to guide it, it finds less than libFuzzer does, and it needs nothing.
//! `garbage seeds FOLDER` writes the good inputs for libFuzzer to start from.

use std::path::Path;
use std::time::{Duration, Instant};

use tradecore_fuzz::{TARGETS, Target};

/// Xorshift: good enough to break bytes with, and the same on each machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap_or(0)
    }

    /// Changes `input` the ways files and lines are damaged: flipped, cut, doubled, spliced.
    fn damage(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.roll(6) {
            let at = self.roll(input.len());
            match self.roll(7) {
                0 if !input.is_empty() => input[at] ^= 1 << self.roll(8),
                1 if !input.is_empty() => input[at] = self.byte(),
                2 => input.truncate(at),
                3 => input.insert(at.min(input.len()), self.byte()),
                4 if !input.is_empty() => drop(input.remove(at)),
                5 => input.extend_from_slice(&other[self.roll(other.len())..]),
                _ => input.extend_from_within(at..),
            }
        }
        input.truncate(1 << 14);
    }
}

/// Runs `target` until `budget` is spent and answers how many inputs it took.
fn torment(target: &Target, budget: Duration, seed: u64) -> u64 {
    let mut dice = Dice(seed);
    let mut inputs = (target.seeds)();
    let started = Instant::now();
    let mut runs = 0;
    for input in &inputs {
        (target.run)(input);
    }
    while started.elapsed() < budget {
        let (one, two) = (dice.roll(inputs.len()), dice.roll(inputs.len()));
        let mut input = inputs[one].clone();
        dice.damage(&mut input, &inputs[two]);
        // A panic below ends the program; the seed and the count say how to come here again.
        (target.run)(&input);
        runs += 1;
        // Wander: some damaged inputs become what is damaged next.
        if runs % 64 == 0 && inputs.len() < 512 {
            inputs.push(input);
        }
    }
    runs
}

/// Writes each target's good inputs to a folder of its name.
fn write_seeds(folder: &Path) -> std::io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (at, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed{at}")), seed)?;
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq("seeds").is_some() {
        return write_seeds(Path::new(&arguments.next().unwrap_or_else(|| ".".into())));
    }
    let seconds = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let only = arguments.next();
    let seed = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_260_101);
    for target in TARGETS {
        if only.as_ref().is_none_or(|name| name == target.name) {
            println!("{:<9} seed {seed}", target.name);
            let runs = torment(target, Duration::from_secs(seconds), seed);
            println!("{:<9} {runs} inputs, no rule broken", target.name);
        }
    }
    Ok(())
}
