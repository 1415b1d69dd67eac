//! Our reports as the benchmark's: a sink that writes the other format at once.

use tradecore_core::matching::ExecType;
use tradecore_core::matching::report::{Report, Sink, TAKER};

use crate::abi::{self, ReportMessage};

/// Where reports of the benchmark's form go.
pub(crate) trait Publish {
    /// Carries one report away; waits while there is no room.
    fn publish(&mut self, report: &ReportMessage);
}

/// The sink of one message: knows its sequence, and what to call a refusal of it.
pub(crate) struct Outlet<'a, P> {
    pub(crate) publisher: &'a mut P,
    pub(crate) sequence: u64,
    /// `None` where the benchmark has no word for a refusal: that of a new order.
    pub(crate) refusal: Option<u8>,
}

impl<P: Publish> Sink for Outlet<'_, P> {
    #[inline(always)]
    fn push(&mut self, report: Report, _: impl FnOnce() -> i128) {
        let kind = match report.exec_type() {
            ExecType::New => abi::ORDER_ACK,
            ExecType::Trade => return self.trade(&report),
            ExecType::Canceled | ExecType::Expired => abi::CANCEL_ACK,
            ExecType::Replaced => abi::MODIFY_ACK,
            ExecType::Rejected => return self.refuse(&report),
            // No message of the benchmark is a stop.
            ExecType::Triggered => return,
        };
        let qty = match kind {
            abi::MODIFY_ACK => report.leaves,
            _ => report.qty,
        };
        self.publisher.publish(&ReportMessage {
            kind,
            side: report.side,
            sequence: self.sequence,
            order_id: report.order_id,
            price: report.price,
            qty: lots(qty),
            ..ReportMessage::default()
        });
    }
}

impl<P: Publish> Outlet<'_, P> {
    /// A trade is one report there and two here: the taker's, which comes second, stands for both.
    #[inline(always)]
    fn trade(&mut self, report: &Report) {
        if report.liquidity == TAKER {
            self.publisher.publish(&ReportMessage {
                kind: abi::TRADE,
                sequence: self.sequence,
                price: report.price,
                qty: lots(report.qty),
                maker_order_id: report.counter_order_id,
                taker_order_id: report.order_id,
                ..ReportMessage::default()
            });
        }
    }

    #[cold]
    fn refuse(&mut self, report: &Report) {
        if let Some(kind) = self.refusal {
            self.publisher.publish(&ReportMessage {
                kind,
                sequence: self.sequence,
                order_id: report.order_id,
                ..ReportMessage::default()
            });
        }
    }
}

/// No order is larger than its message could say: 32 bits.
#[inline(always)]
fn lots(qty: i64) -> u32 {
    u32::try_from(qty).unwrap_or(u32::MAX)
}
