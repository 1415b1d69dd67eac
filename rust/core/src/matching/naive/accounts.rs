//! What accounts would say of an order. The twin keeps none: everybody trades for himself.

use crate::matching::naive::Order;
use crate::reject::RejectCode;

/// Positions, limits and owner groups: of nobody.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accounts;

impl Accounts {
    /// Whether the order asks for what only accounts can know.
    pub(super) fn unsupported(self, order: &Order) -> Option<RejectCode> {
        order.reduce_only.then_some(RejectCode::Unsupported)
    }

    /// The owner group of an account.
    pub(super) const fn group(self, account: u32) -> u32 {
        account
    }
}
