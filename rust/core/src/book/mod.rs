//! Resting orders of one instrument in price-time order.
