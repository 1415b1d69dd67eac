//! Resting orders of one instrument in price-time order.
//!
//! Three flat structures and no pointer: an [`arena`] of 64-byte orders linked by index, a
//! [`ladder`] of 16-byte price levels with an occupancy [`bitmap`], and an [`index`] from order id
//! to arena slot. Adding, canceling and filling at the touch cost a handful of cache lines each,
//! whatever the size of the book, and allocate nothing once the structures have grown.

pub mod arena;
pub mod audit;
pub mod bitmap;
mod id_table;
pub mod index;
pub mod ladder;
pub mod queue;
pub mod tags;
