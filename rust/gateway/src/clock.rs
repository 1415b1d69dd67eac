//! The one place where the time is read.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970, as the machine has it.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge: everything behind it is told the time"
)]
pub(crate) fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |passed| {
        i64::try_from(passed.as_nanos()).unwrap_or(i64::MAX)
    })
}
