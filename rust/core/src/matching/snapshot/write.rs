//! From an engine to bytes.

use crate::book::arena::Order;
use crate::book::tags::Place;
use crate::matching::Engine;
use crate::matching::hash::{Aside, SymbolState};
use crate::matching::snapshot::{MAGIC, VERSION, fingerprint, rank};
use crate::units::Side;

impl Engine {
    /// Everything, with 0 for the length of all.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put(out, MAGIC);
        put(out, VERSION.to_le_bytes());
        put(out, 0_u64.to_le_bytes());
        put(out, self.state_hash().to_le_bytes());
        count(out, self.instruments.len());
        for instrument in &self.instruments {
            put(out, fingerprint(instrument).to_le_bytes());
        }
        put(out, self.sequence.to_le_bytes());
        put(out, self.last_id.to_le_bytes());
        put(out, self.now_ns.to_le_bytes());
        for market in &self.markets {
            write_state(out, &market.state);
        }
        let start = out.len();
        count(out, 0);
        self.risk.write(out);
        let length = (out.len() - start - size_of::<u64>()) as u64;
        out[start..start + size_of::<u64>()].copy_from_slice(&length.to_le_bytes());
        self.write_orders(out);
    }

    fn write_orders(&self, out: &mut Vec<u8>) {
        count(out, self.live_orders() as usize);
        for symbol in (0..).take(self.markets.len()) {
            for side in [Side::Buy, Side::Sell] {
                for order in self.orders(symbol, side) {
                    self.write_order(out, order);
                }
            }
        }
        let waits = |order: &&Order| order.tags.place() != Place::Book;
        let mut waiting: Vec<&Order> = self.live().filter(waits).collect();
        waiting.sort_unstable_by_key(|order| rank(order));
        for order in waiting {
            self.write_order(out, order);
        }
    }

    fn write_order(&self, out: &mut Vec<u8>, order: &Order) {
        put(out, order.tags.bits().to_le_bytes());
        put(out, order.account.to_le_bytes());
        put(out, order.id.to_le_bytes());
        put(out, order.priority.to_le_bytes());
        for number in [order.price, order.qty, order.filled] {
            put(out, number.to_le_bytes());
        }
        let aside = self.extras.get(order.extra);
        let aside = aside.map(|extra| extra.facts(&self.groups));
        match aside.filter(|facts| !facts.is_nothing()) {
            None => put(out, [0]),
            Some(facts) => write_aside(out, &facts),
        }
    }
}

fn write_state(out: &mut Vec<u8>, state: &SymbolState) {
    put(out, [state.phase as u8]);
    put(out, state.bands.dynamic_bps.to_le_bytes());
    let numbers = [
        state.last,
        state.reference,
        state.bands.low,
        state.bands.high,
        state.bands.halt_ns,
        state.resume_ns,
    ];
    for number in numbers {
        put(out, number.to_le_bytes());
    }
}

fn write_aside(out: &mut Vec<u8>, facts: &Aside<'_>) {
    // 1 says that there is something, 2 that there is a name behind it.
    put(out, [if facts.name.is_some() { 2 } else { 1 }]);
    put(out, [facts.order_type as u8, facts.time_in_force as u8]);
    put(out, facts.beyond.to_le_bytes());
    let numbers = [
        facts.reserve,
        facts.display,
        facts.stop_price,
        facts.distance,
        facts.expire_ns,
    ];
    for number in numbers {
        put(out, number.to_le_bytes());
    }
    put(out, facts.strategy.to_le_bytes());
    for id in [facts.group, facts.releases, facts.released_by] {
        put(out, id.to_le_bytes());
    }
    if let Some(name) = facts.name {
        count(out, name.len());
        out.extend_from_slice(name.as_bytes());
    }
}

fn put<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    out.extend_from_slice(&bytes);
}

fn count(out: &mut Vec<u8>, count: usize) {
    put(out, (count as u64).to_le_bytes());
}
