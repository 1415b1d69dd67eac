//! Commands, any of them, in any order.

use tradecore_core::matching::naive::NaiveEngine;
use tradecore_core::matching::{CommandRecord, Engine, ExecType, OrderStatus, Report, record};
use tradecore_core::reject::RejectCode;

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
        mode: bytes[5] % 4,
        symbol: u32::from(bytes[6] > 250),
        account: u32::from(bytes[7] % 4),
        order_id: match bytes[8] {
            0..=247 => u64::from(bytes[8] % 32),
            248..=249 => (1 << 63) - 1,
            250..=251 => 1 << 63,
            _ => u64::MAX,
        },
        price: number(bytes[9], 500),
        qty: number(bytes[10], 1),
        timestamp_ns: i64::from(bytes[11]),
        ..CommandRecord::default()
    }
}

/// The refusal of a record that spells no command.
fn refusal(record: &CommandRecord, code: RejectCode, sequence: u64) -> Report {
    Report {
        sequence,
        order_id: record.order_id,
        price: record.price,
        qty: record.qty,
        account: record.account,
        symbol: record.symbol,
        exec_type: ExecType::Rejected as u8,
        status: OrderStatus::Rejected as u8,
        side: record.side & 1,
        reject: code as u16,
        ..Report::default()
    }
}

/// What the slow twin makes of each record, and what spells no command among them.
fn story(records: &[CommandRecord]) -> Vec<Vec<Report>> {
    let mut slow = NaiveEngine::new(vec![instrument()]);
    let (mut told, mut refused) = (0, 0);
    let mut chapters = Vec::new();
    for record in records {
        let mut chapter = match record::decode(record) {
            Ok(command) => slow.apply(&command),
            Err(code) => vec![refusal(record, code, told + 1)],
        };
        // The twin knows commands only, so what spelled none is missing from its count.
        if record::decode(record).is_ok() {
            chapter
                .iter_mut()
                .for_each(|report| report.sequence += refused);
        } else {
            refused += 1;
        }
        told += chapter.len() as u64;
        chapters.push(chapter);
    }
    chapters
}

/// The engine and its slow twin tell the same story, one by one and as a batch, and every
/// invariant of the book holds.
pub fn matching(data: &[u8]) {
    let records: Vec<_> = data.chunks_exact(COMMAND_BYTES).map(command).collect();
    let story = story(&records);
    let mut fast = Engine::new(vec![instrument()]);
    let mut reports: Vec<Report> = Vec::new();
    for (at, (record, expected)) in records.iter().zip(&story).enumerate() {
        reports.clear();
        fast.process(&[record], &mut reports);
        assert_eq!(&reports, expected, "{record:?}");
        if at % AUDIT_EVERY == 0 {
            assert_eq!(fast.audit(), Ok(()));
        }
    }
    assert_eq!(fast.audit(), Ok(()));
    let mut batch = Engine::new(vec![instrument()]);
    reports.clear();
    batch.process(&records, &mut reports);
    assert_eq!(reports, story.concat());
    assert_eq!(batch.state_hash(), fast.state_hash());
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let sell = [0, 1, 0, 0, 0, 0, 0, 1, 0, 3, 5, 1];
    let buy = [0, 0, 0, 0, 0, 0, 0, 2, 0, 4, 2, 1];
    let modify = [2, 0, 0, 0, 0, 0, 0, 0, 1, 3, 9, 1];
    let cancel = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1];
    vec![[sell, buy, modify, sell, buy, cancel].concat()]
}
