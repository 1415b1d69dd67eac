//! Whether an account's collateral covers its orders, and what happens when it no longer covers its
//! position.

use crate::oms::message::VenueReply;
use crate::reject::RejectCode;
use crate::units::{Lots, Side, Ticks};

use super::exchange::{Exchange, Live};
use super::ledger::Role;
use super::mid::Mid;

impl Exchange {
    /// Refuses an order whose largest resulting position the account could not carry.
    ///
    /// `instead` is what an order of which this is a change had open. What can only make the
    /// position smaller passes.
    pub(super) fn check_margin(&self, live: &Live, instead: Lots) -> Result<(), RejectCode> {
        let Some(margin) = self.rules.margin else {
            return Ok(());
        };
        let held = self.ledger.position().0;
        let beside = self.orders.values().filter(|order| order.side == live.side);
        let open: i64 = beside
            .map(|order| order.leaves().0)
            .fold(live.leaves().0 - instead.0, i64::saturating_add);
        let reached = held.saturating_add(live.side.sign().saturating_mul(open));
        if live.reduce_only || reached.unsigned_abs() <= held.unsigned_abs() {
            return Ok(());
        }
        let mid = match self.mid() {
            mid if mid.is_known() => mid,
            _ => Mid(live.price.0.saturating_mul(2)),
        };
        let equity = margin.balance.checked_add(self.ledger.gain(mid));
        let needed = self.ledger.exposure(Lots(reached), mid);
        let needed = needed.and_then(|value| value.fee(margin.initial));
        match (equity, needed) {
            (Some(equity), Some(needed)) if equity >= needed => Ok(()),
            _ => Err(RejectCode::InsufficientMargin),
        }
    }

    /// Liquidates a position that the account can no longer carry at the middle.
    pub(super) fn watch(&mut self, now_ns: i64) {
        let (position, mid) = (self.ledger.position(), self.mid());
        let Some(margin) = self.rules.margin.filter(|_| position.0 != 0) else {
            return;
        };
        if !mid.is_known() {
            return;
        }
        let equity = margin.balance.checked_add(self.ledger.gain(mid));
        let exposure = self.ledger.exposure(position, mid);
        let needed = exposure.and_then(|value| value.fee(margin.maintenance));
        if let (Some(equity), Some(needed)) = (equity, needed)
            && equity < needed
        {
            self.liquidate(now_ns, position, mid);
        }
    }

    /// Takes every order out and closes the position at the mark, half a tick against the account.
    fn liquidate(&mut self, now_ns: i64, position: Lots, mid: Mid) {
        let keys: Vec<u64> = self.orders.keys().copied().collect();
        for key in keys {
            self.take_out(key);
            self.reply(now_ns, key, VenueReply::Canceled);
        }
        let (side, price) = if position.0 > 0 {
            (Side::Sell, mid.0 / 2)
        } else {
            (Side::Buy, mid.0 - mid.0 / 2)
        };
        let terms = (Ticks(price.max(1)), Lots(position.0.abs()));
        let role = Role::Liquidated;
        let Some(fee) = self.ledger.fill(now_ns, side, terms, role, mid) else {
            return;
        };
        let fill = self.record(now_ns, (0, side), terms, (fee, role), mid);
        let symbol = self.symbol;
        let reply = VenueReply::Liquidated { symbol, side, fill };
        self.reply(now_ns, 0, reply);
    }
}
