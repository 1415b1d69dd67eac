//! From the body of a record to its command; never beyond its end, and to its last byte.

use std::borrow::Cow;

use tradecore_core::matching::{
    Bands, Change, Command, Control, Filter, Link, NewOrder, Phase, PostOnly, Revision, Terms,
};
use tradecore_core::money::{Money, Rate};
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};
use tradecore_core::risk::{Limits, OrderRate, Scope, SymbolTerms, TradingState};
use tradecore_core::units::Side;

use super::{Entry, NOTE_BYTES_MAX, Name, RecordError, put};
use crate::answers::ANSWERS_MAX;

const SIDES: [Side; 2] = [Side::Buy, Side::Sell];
const POST_ONLY: [PostOnly; 3] = [PostOnly::No, PostOnly::Reject, PostOnly::Reprice];
const LINKS: [Link; 4] = [Link::None, Link::Oco, Link::Held, Link::Releases];
const REVISIONS: [Revision; 3] = [Revision::Total, Revision::Open, Revision::Reinsert];

type Taken<T> = Result<T, RecordError>;

/// What a body of this kind says.
pub(super) fn entry(kind: u8, body: &[u8]) -> Taken<Entry<'_>> {
    let mut body = Body(body);
    let entry = match kind {
        put::NAMED => {
            let (order, terms) = (new(&mut body)?, terms(&mut body)?);
            let rule = "a client order id is a short text: bytes";
            Entry::Named(order, terms, name(&mut body, rule)?)
        }
        put::STRATEGY => {
            let account = body.word32()?;
            let rule = "the name of a strategy is a short text: bytes";
            Entry::Strategy(account, name(&mut body, rule)?)
        }
        put::KEEP_ACCOUNTS => {
            let mut list = Vec::with_capacity(body.0.len() / put::TERMS);
            while !body.0.is_empty() {
                list.push(SymbolTerms {
                    base: body.word32()?,
                    quote: body.word32()?,
                    initial_margin: Rate(body.number()?),
                    max_spread_ticks: body.number()?,
                });
            }
            Entry::KeepAccounts(Cow::Owned(list))
        }
        put::KEEP_ANSWERS => {
            let most = body.word32()?;
            let fits = most <= ANSWERS_MAX;
            hold(fits, "so many answers are kept", most.into())?;
            Entry::KeepAnswers(most)
        }
        put::NOTE => {
            let note = std::mem::take(&mut body.0);
            let fits = note.len() <= NOTE_BYTES_MAX;
            hold(fits, "a note has as many bytes as fit", note.len() as u64)?;
            Entry::Note(note)
        }
        _ => Entry::Command(command(kind, &mut body)?),
    };
    hold(
        body.0.is_empty(),
        "a body ends with its record: bytes left",
        body.0.len() as u64,
    )?;
    Ok(entry)
}

/// What is left, as a name.
fn name<'a>(body: &mut Body<'a>, rule: &'static str) -> Taken<Name<'a>> {
    let bytes = std::mem::take(&mut body.0);
    let text = std::str::from_utf8(bytes).ok();
    let name = text.and_then(|text| Name::new(text).ok());
    name.ok_or_else(|| broken(rule, bytes.len() as u64))
}

fn command(kind: u8, body: &mut Body<'_>) -> Taken<Command> {
    Ok(match kind {
        put::NEW => Command::New(new(body)?),
        put::NEW_WITH => Command::NewWith(new(body)?, terms(body)?),
        put::CANCEL => Command::Cancel {
            symbol: body.word32()?,
            order_id: body.word()?,
        },
        put::MODIFY => Command::Modify {
            symbol: body.word32()?,
            order_id: body.word()?,
            change: change(body)?,
        },
        put::CANCEL_ALL => Command::CancelAll(filter(body)?),
        put::SET_PHASE => Command::SetPhase {
            symbol: body.word32()?,
            phase: body.choice(&Phase::ALL, "a phase is known")?,
        },
        put::SET_BANDS => Command::SetBands {
            symbol: body.word32()?,
            bands: Bands {
                low: body.number()?,
                high: body.number()?,
                dynamic_bps: body.word32()?,
                halt_ns: body.number()?,
            },
        },
        put::SET_REFERENCE => Command::SetReference {
            symbol: body.word32()?,
            price: body.number()?,
        },
        put::ADVANCE_TIME => Command::AdvanceTime {
            now_ns: body.number()?,
        },
        _ => Command::Control(control(kind, body)?),
    })
}

fn control(kind: u8, body: &mut Body<'_>) -> Taken<Control> {
    Ok(match kind {
        put::SEAT => Control::Seat {
            account: body.word32()?,
            user: body.word32()?,
            group: body.word32()?,
        },
        put::DEPOSIT => Control::Deposit {
            account: body.word32()?,
            asset: body.word32()?,
            amount: Money(body.wide()?),
        },
        put::WITHDRAW => Control::Withdraw {
            account: body.word32()?,
            asset: body.word32()?,
            amount: Money(body.wide()?),
        },
        put::SET_LIMITS => Control::SetLimits {
            scope: scope(body)?,
            limits: limits(body)?,
        },
        put::SET_STATE => Control::SetState {
            scope: scope(body)?,
            state: body.choice(&TradingState::ALL, "a trading state is known")?,
        },
        put::SET_MARK => Control::SetMark {
            symbol: body.word32()?,
            price: body.number()?,
        },
        put::START_DAY => Control::StartDay,
        _ => return Err(RecordError::Kind(kind)),
    })
}

fn new(body: &mut Body<'_>) -> Taken<NewOrder> {
    let order = NewOrder {
        symbol: body.word32()?,
        account: body.word32()?,
        order_id: body.word()?,
        price: body.number()?,
        qty: body.number()?,
        ..NewOrder::default()
    };
    let flags = body.byte()?;
    hold(
        flags < 4,
        "an order has a side and may reduce",
        flags.into(),
    )?;
    Ok(NewOrder {
        side: SIDES[usize::from(flags & 1)],
        reduce_only: flags & 2 != 0,
        order_type: body.choice(&OrderType::ALL, "a type of orders is known")?,
        time_in_force: body.choice(&TimeInForce::ALL, "a time in force is known")?,
        post_only: body.choice(&POST_ONLY, "a kind of post-only is known")?,
        self_trade_prevention: body.choice(
            &SelfTradePrevention::ALL,
            "a self-trade prevention is known",
        )?,
        ..order
    })
}

fn terms(body: &mut Body<'_>) -> Taken<Terms> {
    Ok(Terms {
        stop_price: body.number()?,
        trailing_distance: body.number()?,
        display_qty: body.number()?,
        expire_time_ns: body.number()?,
        linked_id: body.word()?,
        strategy: body.word32()?,
        link: body.choice(&LINKS, "a kind of links is known")?,
    })
}

fn change(body: &mut Body<'_>) -> Taken<Change> {
    let revision = body.choice(&REVISIONS, "a kind of revisions is known")?;
    let [price, qty, stop_price] = body.mask()?;
    Ok(Change {
        price: price.then(|| body.number()).transpose()?,
        qty: qty.then(|| body.number()).transpose()?,
        stop_price: stop_price.then(|| body.number()).transpose()?,
        revision,
    })
}

fn filter(body: &mut Body<'_>) -> Taken<Filter> {
    let [account, symbol, side, strategy] = body.mask()?;
    Ok(Filter {
        account: account.then(|| body.word32()).transpose()?,
        symbol: symbol.then(|| body.word32()).transpose()?,
        side: match side.then(|| body.word32()).transpose()? {
            None => None,
            Some(0) => Some(Side::Buy),
            Some(1) => Some(Side::Sell),
            Some(side) => return Err(broken("a side is known", side.into())),
        },
        strategy: strategy.then(|| body.word32()).transpose()?,
    })
}

fn scope(body: &mut Body<'_>) -> Taken<Scope> {
    let number = u16::from_le_bytes(body.array()?);
    let scope = Scope::from_number(number, body.word32()?);
    scope.ok_or_else(|| broken("a scope is known", number.into()))
}

fn limits(body: &mut Body<'_>) -> Taken<Limits> {
    let [order_value, position_value, daily_loss] = body.mask()?;
    let [order_qty, collar, window, position_qty, leverage] = body.mask()?;
    let [open_orders, rate] = body.mask()?;
    let mut amount = |is: bool| is.then(|| body.wide().map(Money)).transpose();
    let max_order_value = amount(order_value)?;
    let max_position_value = amount(position_value)?;
    let max_daily_loss = amount(daily_loss)?;
    let mut count = |is: bool| is.then(|| body.number()).transpose();
    Ok(Limits {
        max_order_value,
        max_position_value,
        max_daily_loss,
        max_order_qty: count(order_qty)?,
        collar: count(collar)?.map(Rate),
        duplicate_window_ns: count(window)?,
        max_position_qty: count(position_qty)?,
        max_leverage: count(leverage)?.map(Rate),
        max_open_orders: open_orders.then(|| body.word32()).transpose()?,
        order_rate: if rate {
            Some(OrderRate {
                period_ns: body.number()?,
                burst: body.word32()?,
            })
        } else {
            None
        },
    })
}

const fn broken(rule: &'static str, value: u64) -> RecordError {
    RecordError::Rule { rule, value }
}

pub(super) fn hold(holds: bool, rule: &'static str, value: u64) -> Taken<()> {
    if holds {
        Ok(())
    } else {
        Err(broken(rule, value))
    }
}

/// What is left of a body.
pub(super) struct Body<'a>(pub(super) &'a [u8]);

impl<'a> Body<'a> {
    fn array<const N: usize>(&mut self) -> Taken<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk().ok_or(RecordError::Short {
            needed: N,
            left: self.0.len(),
        })?;
        self.0 = rest;
        Ok(*array)
    }

    pub(super) fn byte(&mut self) -> Taken<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn word32(&mut self) -> Taken<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn word(&mut self) -> Taken<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Taken<&'a [u8]> {
        let left = self.0.len();
        let short = RecordError::Short {
            needed: count,
            left,
        };
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn number(&mut self) -> Taken<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn wide(&mut self) -> Taken<i128> {
        self.array().map(i128::from_le_bytes)
    }

    /// One of `all`, by its number.
    pub(super) fn choice<T: Copy>(&mut self, all: &[T], rule: &'static str) -> Taken<T> {
        let number = self.byte()?;
        let choice = all.get(usize::from(number)).copied();
        choice.ok_or_else(|| broken(rule, number.into()))
    }

    /// Which of `N` numbers follow.
    fn mask<const N: usize>(&mut self) -> Taken<[bool; N]> {
        let mask = self.byte()?;
        hold(
            u32::from(mask) >> N == 0,
            "what follows is known",
            mask.into(),
        )?;
        Ok(std::array::from_fn(|at| mask >> at & 1 == 1))
    }
}
