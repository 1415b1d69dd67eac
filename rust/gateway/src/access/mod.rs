//! Who may send what, and how much of it.

mod keys;
mod network;
mod nonces;
mod proof;
mod rates;

pub(crate) use keys::{Key, KeyTable, scope};
pub use keys::{KeyError, KeyRow};
pub(crate) use nonces::Nonces;
pub(crate) use proof::{Denied, Proof, Signed};
pub use rates::Rate;
pub(crate) use rates::{Rates, Wait};
