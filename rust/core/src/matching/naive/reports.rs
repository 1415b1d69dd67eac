//! What the twin answers.

use crate::book::tags::Place;
use crate::matching::naive::{NaiveEngine, Order};
use crate::matching::report::{ExecType, OrderStatus, Report};
use crate::reject::RejectCode;
use crate::risk::Refusal;

impl NaiveEngine {
    /// Reports something about `order` as it stands now.
    pub(super) fn tell(&mut self, order: &Order, exec_type: ExecType, status: OrderStatus) {
        self.write(Report {
            order_id: order.id,
            price: order.price,
            qty: order.total(),
            leaves: order.open,
            cumulative: order.filled,
            account: order.account,
            symbol: order.symbol,
            exec_type: exec_type as u8,
            status: status as u8,
            side: order.side as u8,
            ..Report::default()
        });
    }

    /// Reports a change of `order`.
    pub(super) fn tell_replaced(&mut self, order: &Order, code: Option<RejectCode>) {
        let status = match order.place {
            Place::Pending | Place::Held => OrderStatus::PendingTrigger,
            Place::Book | Place::Due if order.filled == 0 => OrderStatus::Replaced,
            Place::Book | Place::Due => OrderStatus::PartiallyFilled,
        };
        self.tell(order, ExecType::Replaced, status);
        self.blame(code);
    }

    /// Reports that `qty`, all that was left of `order`, is taken out.
    pub(super) fn tell_gone(
        &mut self,
        order: &Order,
        exec_type: ExecType,
        qty: i64,
        code: Option<RejectCode>,
    ) {
        let status = if exec_type == ExecType::Expired {
            OrderStatus::Expired
        } else {
            OrderStatus::Canceled
        };
        self.tell(order, exec_type, status);
        if let Some(report) = self.reports.last_mut() {
            (report.qty, report.leaves) = (qty, 0);
        }
        self.blame(code);
    }

    /// Reports a trade of `order`, whose quantities are those after it.
    pub(super) fn tell_trade(
        &mut self,
        order: &Order,
        counter: u64,
        price: i64,
        qty: i64,
        liquidity: u8,
    ) {
        let status = if order.open == 0 {
            OrderStatus::Filled
        } else {
            OrderStatus::PartiallyFilled
        };
        self.tell(order, ExecType::Trade, status);
        if let Some(report) = self.reports.last_mut() {
            report.counter_order_id = counter;
            report.price = price;
            report.qty = qty;
            report.liquidity = liquidity;
        }
    }

    /// Refuses what `report` describes.
    pub(super) fn refuse(&mut self, report: Report, code: RejectCode) {
        self.write(Report {
            exec_type: ExecType::Rejected as u8,
            status: OrderStatus::Rejected as u8,
            reject: code as u16,
            ..report
        });
    }

    /// Refuses what `report` describes because of an account.
    pub(super) fn refuse_by(&mut self, report: Report, refusal: Refusal) {
        let scope = refusal.scope;
        self.refuse(Report { scope, ..report }, refusal.code);
    }

    fn write(&mut self, report: Report) {
        self.sequence += 1;
        self.reports.push(Report {
            sequence: self.sequence,
            ..report
        });
    }

    fn blame(&mut self, code: Option<RejectCode>) {
        if let (Some(report), Some(code)) = (self.reports.last_mut(), code) {
            report.reject = code as u16;
        }
    }
}
