//! Why a maker cannot be made.

/// Settings that no maker takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MakerError {
    /// A number that is not finite, or not where it must be.
    #[error("{name} is a finite number {rule}: {name}={value}")]
    Number {
        /// Which setting.
        name: &'static str,
        /// Where it must be.
        rule: &'static str,
        /// What was given.
        value: String,
    },
    /// An order size that is no whole lot, or is beyond counting.
    #[error("{name} is at least one lot, and can be counted: {name}={value}, lot_size={lot_size}")]
    Quantity {
        /// Which setting.
        name: &'static str,
        /// What was given.
        value: String,
        /// The lot.
        lot_size: String,
    },
}
