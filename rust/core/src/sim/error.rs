//! What a simulation finds wrong with itself.

/// Why a finished simulation cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimError {
    /// The parts of the account do not add up.
    #[error(
        "{what} of the venue's account must equal the sum over its fills: {left} against {right}"
    )]
    NotConserved {
        /// Which part.
        what: &'static str,
        /// The running figure.
        left: String,
        /// The figure rebuilt from the fills.
        right: String,
    },
}
