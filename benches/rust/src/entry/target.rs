//! Whom a load is sent to.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use super::load::Load;
use super::place::{self, Core};
use super::speech::Speech;
use crate::clock;

/// A server, and the keys of a buyer and of a seller: their names and secrets.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) keys: [(String, String); 2],
}

/// Sends orders to a server that runs already, and answers what came of them as JSON.
///
/// `ENTRY_KEYS` is `name:secret,name:secret` of a buyer and a seller, `ENTRY_RUN` what is spoken
/// (`http`, `json`, `binary`), how many a second, by how many connections, for how many seconds:
/// `json:20000:16:5`.
///
/// # Errors
///
/// What is missing, and what sockets say.
pub(crate) fn aim(address: &str) -> Result<String, Box<dyn Error>> {
    let keys = std::env::var("ENTRY_KEYS")?;
    let keys = keys.split_once(',').ok_or("ENTRY_KEYS are two")?;
    let key = |text: &str| -> Result<(String, String), Box<dyn Error>> {
        let (name, secret) = text.split_once(':').ok_or("a key is name:secret")?;
        Ok((name.to_owned(), secret.to_owned()))
    };
    let target = Target {
        address: address.parse()?,
        keys: [key(keys.0)?, key(keys.1)?],
    };
    let run = std::env::var("ENTRY_RUN")?;
    let parts: Vec<&str> = run.split(':').collect();
    let [speech, rate, connections, seconds] = parts[..] else {
        return Err(format!("a run is SPEECH:RATE:CONNECTIONS:SECONDS: {run:?}").into());
    };
    let speech = match speech {
        "http" => Speech::Http,
        "json" => Speech::Json,
        "binary" => Speech::Binary,
        _ => return Err(format!("nobody speaks {speech:?}").into()),
    };
    place::pin(Core::Load);
    let load = Load::new(&target, speech, connections.parse()?)?;
    let answered = load.run(rate.parse()?, Duration::from_secs(seconds.parse()?))?;
    let count = answered.spans.len();
    let mean = answered.spans.iter().sum::<u64>() as f64 / (count as f64).max(1.0);
    let percentiles = clock::percentiles(answered.spans, 0);
    let late = clock::percentiles(answered.late, 0);
    Ok(format!(
        concat!(
            r#"{{"answered": {}, "busy": {}, "seconds": {:.3}, "mean_us": {:.1}, "#,
            r#""p50_us": {:.1}, "p99_us": {:.1}, "p999_us": {:.1}, "late_p99_us": {:.1}}}"#
        ),
        count,
        answered.busy,
        answered.seconds,
        mean / 1e3,
        percentiles[0] as f64 / 1e3,
        percentiles[1] as f64 / 1e3,
        percentiles[2] as f64 / 1e3,
        late[1] as f64 / 1e3,
    ))
}
