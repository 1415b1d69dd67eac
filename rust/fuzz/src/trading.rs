//! Commands, any of them, in any order.

use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{CommandRecord, Engine, Report};
use tradecore_core::units::Side;

use crate::instrument;

/// Bytes that make one command.
const COMMAND_BYTES: usize = 12;
/// Books are audited after this many commands, since an audit walks everything.
const AUDIT_EVERY: usize = 16;

/// One command from a few bytes: near each other's prices and ids, so that they meet.
fn command(bytes: &[u8]) -> CommandRecord {
    let extreme = [i64::MIN, -1, 0, 1, (1 << 62) - 1, 1 << 62, i64::MAX];
    let number = |byte: u8, near: i64| match byte {
        0..=200 => near + i64::from(byte % 16),
        _ => extreme[usize::from(byte) % extreme.len()],
    };
    CommandRecord {
        op: bytes[0] % 4,
        side: bytes[1] % 3,
        order_type: bytes[2] % 3,
        time_in_force: bytes[3] % 4,
        flags: bytes[4] % 3,
        revision: bytes[5] % 4,
        symbol: u32::from(bytes[6] > 250),
        account: u32::from(bytes[7] % 4),
        order_id: u64::from(bytes[8] % 32),
        price: number(bytes[9], 500),
        qty: number(bytes[10], 1),
        timestamp_ns: i64::from(bytes[11]),
        ..CommandRecord::default()
    }
}

/// Every resting order, in the order they would trade.
fn orders(engine: &Engine) -> Vec<(u64, i64)> {
    [Side::Buy, Side::Sell]
        .into_iter()
        .flat_map(|side| engine.orders(0, side))
        .map(|order| (order.id, order.price))
        .collect()
}

/// The engine and its slow twin tell the same story, and every invariant of the book holds.
pub fn matching(data: &[u8]) {
    let mut fast = Engine::new(vec![instrument()]);
    let mut slow = NaiveEngine::new(vec![instrument()]);
    let mut reports: Vec<Report> = Vec::new();
    for (at, bytes) in data.chunks_exact(COMMAND_BYTES).enumerate() {
        let record = command(bytes);
        reports.clear();
        let Ok(command) = record.decode() else {
            // What spells no command is refused, and no order notices.
            let before = orders(&fast);
            fast.process(&[record], &mut reports);
            assert!(!reports.is_empty() && reports.iter().all(|report| report.reject != 0));
            assert_eq!(orders(&fast), before);
            return;
        };
        fast.apply(&command, &mut reports);
        assert_eq!(reports, slow.apply(&command), "{command:?}");
        if at % AUDIT_EVERY == 0 {
            assert_eq!(fast.audit(), Ok(()));
        }
    }
    assert_eq!(fast.audit(), Ok(()));
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let sell = [0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 5, 1];
    let buy = [0, 0, 0, 0, 0, 0, 0, 2, 0, 4, 2, 1];
    let modify = [2, 0, 0, 0, 0, 0, 0, 0, 1, 3, 9, 1];
    let cancel = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1];
    vec![[sell, buy, modify, sell, buy, cancel].concat()]
}
