//! What an engine is told to do: an enum inside, a fixed record where arrays cross a boundary.

use crate::order::{OrderType, TimeInForce};
use crate::reject::RejectCode;
use crate::units::Side;

/// One instruction to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Place an order.
    New(NewOrder),
    /// Take an order out.
    Cancel {
        /// Dense index of its instrument.
        symbol: u32,
        /// Its id.
        order_id: u64,
    },
    /// Change an order's price and quantity.
    Modify {
        /// Dense index of its instrument.
        symbol: u32,
        /// Its id.
        order_id: u64,
        /// New limit in ticks; `None` keeps it.
        price: Option<i64>,
        /// New quantity in lots, read as `revision` says; `None` keeps it.
        qty: Option<i64>,
        /// What `qty` counts and whether priority may be kept.
        revision: Revision,
    },
}

/// An order to place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewOrder {
    /// Dense index of its instrument.
    pub symbol: u32,
    /// Whose it is.
    pub account: u32,
    /// The caller's id, or 0 to be given the next one.
    pub order_id: u64,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Refuse rather than take.
    pub post_only: bool,
    /// Limit in ticks; ignored for a market order.
    pub price: i64,
    /// Quantity in lots.
    pub qty: i64,
}

/// How a modify is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// FIX: the quantity is the order's new total, filled part included; a smaller one at the same
    /// price keeps priority.
    #[default]
    Total,
    /// The quantity is what is to be open; a smaller one at the same price keeps priority.
    Open,
    /// The quantity is what is to be open; priority is always lost.
    Reinsert,
}

/// A [`Command`] as 48 bytes: the element of the arrays that cross the boundary to Python.
///
/// Unused fields are zero. For a modify, a price or quantity of zero keeps the old one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct CommandRecord {
    /// 0 new, 1 cancel, 2 modify.
    pub op: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// As [`OrderType`].
    pub order_type: u8,
    /// As [`TimeInForce`].
    pub time_in_force: u8,
    /// Bit 0 post-only.
    pub flags: u8,
    /// For a modify, as [`Revision`] in order of declaration.
    pub revision: u8,
    /// Zero.
    pub reserved: u16,
    /// Dense index of the instrument.
    pub symbol: u32,
    /// Whose order it is.
    pub account: u32,
    /// The caller's id, or 0 to be given the next one.
    pub order_id: u64,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub qty: i64,
    /// When, in nanoseconds since 1970; 0 keeps the engine's time.
    pub timestamp_ns: i64,
}

const POST_ONLY: u8 = 1;

impl AsRef<Self> for CommandRecord {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl CommandRecord {
    /// The command this record spells.
    ///
    /// # Errors
    ///
    /// [`RejectCode::UnknownCommand`] or [`RejectCode::BadCombination`] for a byte that
    /// means nothing.
    #[inline]
    pub fn decode(&self) -> Result<Command, RejectCode> {
        let (symbol, order_id) = (self.symbol, self.order_id);
        match self.op {
            0 => Ok(Command::New(self.decode_new()?)),
            1 => Ok(Command::Cancel { symbol, order_id }),
            2 => Ok(Command::Modify {
                symbol,
                order_id,
                price: Some(self.price).filter(|price| *price != 0),
                qty: Some(self.qty).filter(|qty| *qty != 0),
                revision: match self.revision {
                    0 => Revision::Total,
                    1 => Revision::Open,
                    2 => Revision::Reinsert,
                    _ => return Err(RejectCode::BadCombination),
                },
            }),
            _ => Err(RejectCode::UnknownCommand),
        }
    }

    #[inline]
    fn decode_new(&self) -> Result<NewOrder, RejectCode> {
        Ok(NewOrder {
            symbol: self.symbol,
            account: self.account,
            order_id: self.order_id,
            side: match self.side {
                0 => Side::Buy,
                1 => Side::Sell,
                _ => return Err(RejectCode::BadCombination),
            },
            order_type: match self.order_type {
                0 => OrderType::Limit,
                1 => OrderType::Market,
                _ => return Err(RejectCode::BadCombination),
            },
            time_in_force: match self.time_in_force {
                0 => TimeInForce::Gtc,
                1 => TimeInForce::Ioc,
                2 => TimeInForce::Fok,
                _ => return Err(RejectCode::BadCombination),
            },
            post_only: match self.flags {
                0 => false,
                POST_ONLY => true,
                _ => return Err(RejectCode::BadCombination),
            },
            price: self.price,
            qty: self.qty,
        })
    }
}

impl From<NewOrder> for CommandRecord {
    fn from(order: NewOrder) -> Self {
        Self {
            op: 0,
            side: order.side as u8,
            order_type: order.order_type as u8,
            time_in_force: order.time_in_force as u8,
            flags: if order.post_only { POST_ONLY } else { 0 },
            symbol: order.symbol,
            account: order.account,
            order_id: order.order_id,
            price: order.price,
            qty: order.qty,
            ..Self::default()
        }
    }
}

const _: () = assert!(
    size_of::<CommandRecord>() == 48,
    "Invariant: COMMAND_DTYPE mirrors this"
);
