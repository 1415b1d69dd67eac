//! An honest venue, as simple as can be: it does what it is told and says what it did.

use std::collections::BTreeMap;

use tradecore_core::money::Money;
use tradecore_core::oms::message::{Command, Fill, Liquidity, OrderKey, VenueEvent, VenueReply};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, Ticks};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Resting {
    pub(crate) side: Side,
    pub(crate) price: Ticks,
    pub(crate) total: Lots,
    pub(crate) filled: Lots,
    pub(crate) live: bool,
}

#[derive(Default)]
pub(crate) struct Venue {
    pub(crate) orders: BTreeMap<OrderKey, Resting>,
    pub(crate) said: Vec<VenueEvent>,
    now_ns: i64,
    execs: u64,
}

impl Venue {
    pub(crate) fn receive(&mut self, command: &Command) {
        match *command {
            Command::New(new) | Command::NewWith(new, _) => {
                let resting = Resting {
                    side: new.side,
                    price: new.price,
                    total: new.qty,
                    filled: Lots(0),
                    live: true,
                };
                self.orders.insert(new.key, resting);
                self.say(new.key, VenueReply::Accepted);
            }
            Command::Modify {
                key, price, qty, ..
            } => {
                let order = self.orders.get_mut(&key).unwrap();
                let reply = if !order.live {
                    VenueReply::ModifyRejected(RejectCode::UnknownOrder)
                } else if qty <= order.filled {
                    VenueReply::ModifyRejected(RejectCode::TotalBelowFilled)
                } else {
                    (order.price, order.total) = (price, qty);
                    let stop = Ticks(0);
                    VenueReply::Replaced { price, qty, stop }
                };
                self.say(key, reply);
            }
            Command::Cancel { key, .. } => {
                let order = self.orders.get_mut(&key).unwrap();
                let reply = if order.live {
                    order.live = false;
                    VenueReply::Canceled
                } else {
                    VenueReply::CancelRejected(RejectCode::UnknownOrder)
                };
                self.say(key, reply);
            }
        }
    }

    /// Trades up to `qty` of the `n`th live order.
    pub(crate) fn trade(&mut self, n: usize, qty: i64) {
        let live: Vec<OrderKey> = self
            .orders
            .iter()
            .filter(|(_, o)| o.live)
            .map(|(key, _)| *key)
            .collect();
        if live.is_empty() {
            return;
        }
        let key = live[n % live.len()];
        let order = self.orders.get_mut(&key).unwrap();
        let qty = Lots(qty.min(order.total.0 - order.filled.0));
        order.filled.0 += qty.0;
        order.live = order.filled < order.total;
        self.execs += 1;
        let fill = Fill {
            exec_id: self.execs,
            price: order.price,
            qty,
            liquidity: Liquidity::Maker,
            fee: Money(3),
        };
        self.say(key, VenueReply::Filled(fill));
    }

    /// Price and open quantity of the live orders of one side, sorted.
    pub(crate) fn shown(&self, side: Side) -> Vec<(Ticks, Lots)> {
        let live = self
            .orders
            .values()
            .filter(|order| order.live && order.side == side);
        let mut shown: Vec<_> = live
            .map(|o| (o.price, Lots(o.total.0 - o.filled.0)))
            .collect();
        shown.sort_unstable();
        shown
    }

    fn say(&mut self, key: OrderKey, reply: VenueReply) {
        self.now_ns += 1;
        self.said.push(VenueEvent {
            key,
            ts_event_ns: self.now_ns,
            ts_recv_ns: self.now_ns,
            reply,
        });
    }
}
