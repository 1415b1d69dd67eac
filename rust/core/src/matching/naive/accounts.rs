//! What accounts would say of an order. The twin keeps none: everybody trades for himself, and
//! nobody has a position to reduce. What limits and balances do has a twin of its own.

use crate::matching::naive::Order;
use crate::reject::RejectCode;

/// Whether the order asks for what only accounts can know.
pub(super) fn unsupported(order: &Order) -> Option<RejectCode> {
    order.reduce_only.then_some(RejectCode::Unsupported)
}

/// The owner group of an account.
pub(super) const fn group(account: u32) -> u32 {
    account
}
