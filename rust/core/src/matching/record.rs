//! Commands as fixed records, where arrays cross a boundary.

use crate::matching::command::{
    Change, Command, Filter, Link, NewOrder, Phase, PostOnly, Revision, Terms,
};
use crate::order::{OrderType, SelfTradePrevention, TimeInForce};
use crate::reject::RejectCode;
use crate::units::Side;

/// A record that spells a command.
pub trait Record {
    /// The part every record has.
    fn command(&self) -> &CommandRecord;
    /// The terms few orders have.
    fn terms(&self) -> Option<&TermsRecord>;
}

/// A [`Command`] as 48 bytes, for orders without [`Terms`].
///
/// Unused fields are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct CommandRecord {
    /// 0 new, 1 cancel, 2 modify, 3 cancel all, 4 set phase, 5 advance time, 6 set reference.
    pub op: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// As [`OrderType`].
    pub order_type: u8,
    /// As [`TimeInForce`].
    pub time_in_force: u8,
    /// Of a new order: 1 post-only, 2 post-only and re-priced, 4 reduce-only.
    /// Of cancel all: 1 of `account` only, 2 of `symbol` only, 4 of `side` only.
    pub flags: u8,
    /// Of a modify as [`Revision`] in order of declaration; of set phase as [`Phase`].
    pub mode: u8,
    /// Of a new order as [`SelfTradePrevention`].
    pub self_trade_prevention: u8,
    /// Zero.
    pub reserved: u8,
    /// Dense index of the instrument.
    pub symbol: u32,
    /// Whose order it is.
    pub account: u32,
    /// The caller's id, or 0 to be given the next one.
    pub order_id: u64,
    /// In ticks; 0 in a modify keeps it.
    pub price: i64,
    /// In lots; 0 in a modify keeps it.
    pub qty: i64,
    /// When, in nanoseconds since 1970; 0 keeps the engine's time.
    pub timestamp_ns: i64,
}

/// [`Terms`] as numbers: any bytes are a value of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct TermsRecord {
    /// As [`Terms::stop_price`]; in a modify the new trigger, 0 keeps it.
    pub stop_price: i64,
    /// As [`Terms::trailing_distance`].
    pub trailing_distance: i64,
    /// As [`Terms::display_qty`].
    pub display_qty: i64,
    /// As [`Terms::expire_time_ns`].
    pub expire_time_ns: i64,
    /// As [`Terms::linked_id`].
    pub linked_id: u64,
    /// As [`Terms::strategy`].
    pub strategy: u32,
    /// As [`Link`].
    pub link: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

/// A [`Command`] as 96 bytes, terms included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SpecialRecord {
    /// What every command has.
    pub command: CommandRecord,
    /// What few orders have.
    pub terms: TermsRecord,
}

impl Record for CommandRecord {
    #[inline]
    fn command(&self) -> &CommandRecord {
        self
    }

    #[inline]
    fn terms(&self) -> Option<&TermsRecord> {
        None
    }
}

impl Record for SpecialRecord {
    #[inline]
    fn command(&self) -> &CommandRecord {
        &self.command
    }

    #[inline]
    fn terms(&self) -> Option<&TermsRecord> {
        Some(&self.terms)
    }
}

impl<R: Record> Record for &R {
    #[inline]
    fn command(&self) -> &CommandRecord {
        (*self).command()
    }

    #[inline]
    fn terms(&self) -> Option<&TermsRecord> {
        (*self).terms()
    }
}

/// [`CommandRecord::op`] of a new order.
pub const OP_NEW: u8 = 0;
/// [`CommandRecord::op`] of a cancel.
pub const OP_CANCEL: u8 = 1;
/// [`CommandRecord::op`] of a modify.
pub const OP_MODIFY: u8 = 2;
const OP_CANCEL_ALL: u8 = 3;
const OP_SET_PHASE: u8 = 4;
const OP_ADVANCE_TIME: u8 = 5;
const OP_SET_REFERENCE: u8 = 6;

/// The command a record spells; its terms count for a new order and, the trigger, for a modify.
///
/// # Errors
///
/// [`RejectCode::UnknownCommand`] or [`RejectCode::BadCombination`] for a byte that means nothing.
pub fn decode<R: Record>(record: &R) -> Result<Command, RejectCode> {
    let command = record.command();
    let (symbol, order_id) = (command.symbol, command.order_id);
    let flag = |bit: u8| command.flags & bit != 0;
    match command.op {
        OP_NEW => {
            let order = command.new_order()?;
            Ok(match record.terms() {
                Some(terms) => Command::NewWith(order, terms.decode()?),
                None => Command::New(order),
            })
        }
        OP_CANCEL => Ok(Command::Cancel { symbol, order_id }),
        OP_MODIFY => Ok(Command::Modify {
            symbol,
            order_id,
            change: command.change(record.terms())?,
        }),
        OP_CANCEL_ALL if command.flags < 8 => Ok(Command::CancelAll(Filter {
            account: flag(1).then_some(command.account),
            symbol: flag(2).then_some(symbol),
            side: if flag(4) {
                Some(side(command.side)?)
            } else {
                None
            },
            strategy: None,
        })),
        OP_SET_PHASE => {
            let phase = Phase::ALL.get(command.mode as usize);
            let phase = *phase.ok_or(RejectCode::BadCombination)?;
            Ok(Command::SetPhase { symbol, phase })
        }
        OP_ADVANCE_TIME => Ok(Command::AdvanceTime {
            now_ns: command.timestamp_ns,
        }),
        OP_SET_REFERENCE => Ok(Command::SetReference {
            symbol,
            price: command.price,
        }),
        OP_CANCEL_ALL => Err(RejectCode::BadCombination),
        _ => Err(RejectCode::UnknownCommand),
    }
}

#[inline]
const fn side(number: u8) -> Result<Side, RejectCode> {
    match number {
        0 => Ok(Side::Buy),
        1 => Ok(Side::Sell),
        _ => Err(RejectCode::BadCombination),
    }
}

impl CommandRecord {
    /// The order this spells, if it is a new one without anything rare about it.
    #[inline(always)]
    pub(super) fn plain_order(&self) -> Option<NewOrder> {
        // The eight bytes are one word, and one comparison tells that no rare bit is in it.
        const RARE: u64 = u64::from_le_bytes([!0, !1, !1, !3, !1, 0, !0, 0]);
        let word = u64::from_le_bytes([
            self.op,
            self.side,
            self.order_type,
            self.time_in_force,
            self.flags,
            self.mode,
            self.self_trade_prevention,
            self.reserved,
        ]);
        if word & RARE != 0 || self.time_in_force == 3 {
            return None;
        }
        Some(NewOrder {
            symbol: self.symbol,
            account: self.account,
            order_id: self.order_id,
            side: if self.side == 0 {
                Side::Buy
            } else {
                Side::Sell
            },
            order_type: if self.order_type == 0 {
                OrderType::Limit
            } else {
                OrderType::Market
            },
            time_in_force: match self.time_in_force {
                0 => TimeInForce::Gtc,
                1 => TimeInForce::Ioc,
                _ => TimeInForce::Fok,
            },
            post_only: if self.flags == 0 {
                PostOnly::No
            } else {
                PostOnly::Reject
            },
            reduce_only: false,
            self_trade_prevention: SelfTradePrevention::None,
            price: self.price,
            qty: self.qty,
        })
    }

    /// The order a new one spells.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadCombination`] for a byte that means nothing.
    #[inline(always)]
    pub fn new_order(&self) -> Result<NewOrder, RejectCode> {
        let order_type = OrderType::ALL.get(self.order_type as usize);
        let life = TimeInForce::ALL.get(self.time_in_force as usize);
        let mode = SelfTradePrevention::ALL.get(self.self_trade_prevention as usize);
        let (Some(order_type), Some(life), Some(mode)) = (order_type, life, mode) else {
            return Err(RejectCode::BadCombination);
        };
        Ok(NewOrder {
            symbol: self.symbol,
            account: self.account,
            order_id: self.order_id,
            side: side(self.side)?,
            order_type: *order_type,
            time_in_force: *life,
            post_only: match self.flags & 3 {
                0 => PostOnly::No,
                1 => PostOnly::Reject,
                2 => PostOnly::Reprice,
                _ => return Err(RejectCode::BadCombination),
            },
            reduce_only: match self.flags >> 2 {
                0 => false,
                1 => true,
                _ => return Err(RejectCode::BadCombination),
            },
            self_trade_prevention: *mode,
            price: self.price,
            qty: self.qty,
        })
    }

    /// What a modify spells.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadCombination`] for a byte that means nothing.
    #[inline]
    pub fn change(&self, terms: Option<&TermsRecord>) -> Result<Change, RejectCode> {
        let given = |value: i64| Some(value).filter(|value| *value != 0);
        Ok(Change {
            price: given(self.price),
            qty: given(self.qty),
            stop_price: terms.and_then(|terms| given(terms.stop_price)),
            revision: match self.mode {
                0 => Revision::Total,
                1 => Revision::Open,
                2 => Revision::Reinsert,
                _ => return Err(RejectCode::BadCombination),
            },
        })
    }
}

impl TermsRecord {
    /// The terms these numbers spell.
    ///
    /// # Errors
    ///
    /// [`RejectCode::BadCombination`] for a byte that means nothing.
    pub const fn decode(&self) -> Result<Terms, RejectCode> {
        Ok(Terms {
            stop_price: self.stop_price,
            trailing_distance: self.trailing_distance,
            display_qty: self.display_qty,
            expire_time_ns: self.expire_time_ns,
            linked_id: self.linked_id,
            strategy: self.strategy,
            link: match self.link {
                0 => Link::None,
                1 => Link::Oco,
                2 => Link::Held,
                3 => Link::Releases,
                _ => return Err(RejectCode::BadCombination),
            },
        })
    }
}

impl From<NewOrder> for CommandRecord {
    fn from(order: NewOrder) -> Self {
        Self {
            op: OP_NEW,
            side: order.side as u8,
            order_type: order.order_type as u8,
            time_in_force: order.time_in_force as u8,
            flags: order.post_only as u8 | u8::from(order.reduce_only) << 2,
            self_trade_prevention: order.self_trade_prevention as u8,
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
    size_of::<CommandRecord>() == 48 && size_of::<SpecialRecord>() == 96,
    "Invariant: COMMAND_DTYPE and SPECIAL_COMMAND_DTYPE mirror these"
);
