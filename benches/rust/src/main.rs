//! Measures the matching engine without Python, beside an obvious engine, in one run.
//!
//! Prints one JSON object, or with `--table` what a person reads. `--stream FILE` adds a recorded
//! flow; `--only PART` runs one of `throughput`, `operations`, `accounts`, `latency`, `memory`,
//! `curves`, `journal`, `entry`, `restart`. `--open FOLDER` is how the last calls itself,
//! `--aim ADDRESS` sends the load of `entry` to a server that runs.

mod accounts;
mod author;
mod clock;
mod curves;
mod entry;
mod figure;
mod journal;
mod latency;
mod operations;
mod records;
mod restart;
mod rival;
mod runner;
mod scenarios;
mod stream;
mod throughput;
mod watched;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use figure::Figures;

const PARTS: [&str; 9] = [
    "throughput",
    "operations",
    "accounts",
    "latency",
    "memory",
    "curves",
    "journal",
    "entry",
    "restart",
];

/// What the command line asks for.
#[derive(Default)]
struct Wish {
    table: bool,
    stream: Option<PathBuf>,
    only: Option<String>,
    open: Option<PathBuf>,
    aim: Option<String>,
}

fn main() -> ExitCode {
    match wish(std::env::args().skip(1)).and_then(|wish| run(&wish)) {
        Ok(printed) => {
            println!("{printed}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn wish(mut words: impl Iterator<Item = String>) -> Result<Wish, Box<dyn Error>> {
    let mut wish = Wish::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--table" => wish.table = true,
            "--stream" => wish.stream = Some(words.next().ok_or("--stream needs a file")?.into()),
            "--open" => wish.open = Some(words.next().ok_or("--open needs a folder")?.into()),
            "--aim" => wish.aim = Some(words.next().ok_or("--aim needs an address")?),
            "--only" => wish.only = Some(words.next().ok_or("--only needs a part")?),
            _ => return Err(format!("there is no option {word:?}").into()),
        }
    }
    match &wish.only {
        Some(part) if !PARTS.contains(&part.as_str()) => {
            Err(format!("--only needs one of {PARTS:?}: {part:?}").into())
        }
        _ => Ok(wish),
    }
}

fn run(wish: &Wish) -> Result<String, Box<dyn Error>> {
    if let Some(folder) = &wish.open {
        return restart::open(folder);
    }
    if let Some(address) = &wish.aim {
        return entry::aim(address);
    }
    let mut figures = Figures::default();
    for part in PARTS {
        if wish.only.as_deref().is_some_and(|only| only != part) {
            continue;
        }
        match part {
            "throughput" => throughput::measure(&mut figures, wish.stream.as_deref())?,
            "operations" => operations::measure(&mut figures)?,
            "accounts" => accounts::measure(&mut figures, wish.stream.as_deref())?,
            "latency" => latency::measure(&mut figures)?,
            "memory" => latency::memory(&mut figures)?,
            "journal" => journal::measure(&mut figures)?,
            "entry" => entry::measure(&mut figures)?,
            "restart" => restart::measure(&mut figures)?,
            _ => curves::measure(&mut figures)?,
        }
    }
    if wish.table {
        Ok(figures.to_string())
    } else {
        Ok(figures.json().to_string())
    }
}
