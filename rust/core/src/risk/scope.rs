//! Whom a rule is for, and what a refusal says.

use crate::reject::RejectCode;

/// Whom a limit or a trading state is for; of equal limits the first in this order is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everybody.
    Global,
    /// Each of a user's accounts.
    User(u32),
    /// One account.
    Account(u32),
    /// The orders of one strategy.
    Strategy(u32),
    /// The orders and the position in one symbol.
    Symbol(u32),
}

impl Scope {
    /// The number in reports; 0 stands for no scope at all.
    pub const fn number(self) -> u16 {
        match self {
            Self::Global => 1,
            Self::User(_) => 2,
            Self::Account(_) => 3,
            Self::Strategy(_) => 4,
            Self::Symbol(_) => 5,
        }
    }

    /// The word of it in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::User(_) => "user",
            Self::Account(_) => "account",
            Self::Strategy(_) => "strategy",
            Self::Symbol(_) => "symbol",
        }
    }

    /// Which user, account, strategy or symbol; 0 for everybody.
    pub const fn id(self) -> u32 {
        match self {
            Self::Global => 0,
            Self::User(id) | Self::Account(id) | Self::Strategy(id) | Self::Symbol(id) => id,
        }
    }

    /// The scope with this number and id.
    pub const fn from_number(number: u16, id: u32) -> Option<Self> {
        match number {
            1 if id == 0 => Some(Self::Global),
            2 => Some(Self::User(id)),
            3 => Some(Self::Account(id)),
            4 => Some(Self::Strategy(id)),
            5 => Some(Self::Symbol(id)),
            _ => None,
        }
    }
}

/// What may be placed; the most restrictive state of all scopes an order belongs to holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TradingState {
    /// Every order.
    #[default]
    Active = 0,
    /// Orders that reduce a position.
    Reducing = 1,
    /// Nothing: only cancels pass.
    Halted = 2,
}

impl TradingState {
    /// Every value in order of its number.
    pub const ALL: [Self; 3] = [Self::Active, Self::Reducing, Self::Halted];

    /// The word in calls, files and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Reducing => "reducing",
            Self::Halted => "halted",
        }
    }
}

/// Why an order may not be placed, and whose limit says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The rule.
    pub code: RejectCode,
    /// [`Scope::number`] of the limit that decided, 0 where no limit is to blame.
    pub scope: u16,
}

impl Refusal {
    /// A refusal no limit is to blame for.
    pub(super) const fn of(code: RejectCode) -> Self {
        Self { code, scope: 0 }
    }
}
