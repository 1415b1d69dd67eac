//! The one place where a core error becomes a Python exception.

use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use tradecore_core::instrument::{InstrumentError, UnitError};
use tradecore_core::market::SourceError;
use tradecore_core::rate_limit::RateLimitError;
use tradecore_core::sign::SignError;
use tradecore_journal::TooLarge;
use tradecore_journal::durable::JournalError as CoreJournalError;

create_exception!(
    tradecore._core,
    TradecoreError,
    PyException,
    "Base of everything tradecore raises."
);
create_exception!(
    tradecore._core,
    InputError,
    TradecoreError,
    "A call that makes no sense; nothing was changed."
);
create_exception!(
    tradecore._core,
    PriceError,
    InputError,
    "A price off the tick, not positive, or beyond counting."
);
create_exception!(
    tradecore._core,
    QuantityError,
    InputError,
    "A quantity off the lot, not positive, or beyond counting."
);
create_exception!(
    tradecore._core,
    UnknownSymbolError,
    InputError,
    "A symbol nobody registered."
);
create_exception!(
    tradecore._core,
    InstrumentSpecError,
    InputError,
    "An instrument that cannot exist."
);
create_exception!(
    tradecore._core,
    SigningError,
    TradecoreError,
    "A key or message that cannot be signed with; never shows the key."
);
create_exception!(
    tradecore._core,
    DataError,
    TradecoreError,
    "A recording that cannot be read, with the place."
);
create_exception!(
    tradecore._core,
    BookGapError,
    DataError,
    "Updates between the book and a delta never arrived."
);

create_exception!(
    tradecore._core,
    JournalError,
    TradecoreError,
    "A journal that is not opened, read or written, with the place."
);
create_exception!(
    tradecore._core,
    BusyError,
    JournalError,
    "Too much waits for the disk, or it is full; nothing was changed, ask again."
);

create_exception!(
    tradecore._core,
    StorageReserveError,
    BusyError,
    "The disk is full: nothing but what takes risk away is taken; nothing was changed."
);

create_exception!(
    tradecore._core,
    SimulationError,
    TradecoreError,
    "A simulated account that does not add up: the result cannot be believed."
);

/// A core error that has a Python class.
pub(crate) trait IntoPy {
    /// The exception to raise.
    fn into_py(self) -> PyErr;
}

impl IntoPy for UnitError {
    fn into_py(self) -> PyErr {
        let text = self.to_string();
        match self {
            Self::OffTick { .. }
            | Self::NotPositive { name: "price", .. }
            | Self::TooLarge { name: "price", .. } => PriceError::new_err(text),
            Self::OffLot { .. } | Self::NotPositive { .. } | Self::TooLarge { .. } => {
                QuantityError::new_err(text)
            }
        }
    }
}

impl IntoPy for InstrumentError {
    fn into_py(self) -> PyErr {
        InstrumentSpecError::new_err(self.to_string())
    }
}

impl IntoPy for SourceError {
    fn into_py(self) -> PyErr {
        DataError::new_err(self.to_string())
    }
}

impl IntoPy for RateLimitError {
    fn into_py(self) -> PyErr {
        InputError::new_err(self.to_string())
    }
}

impl IntoPy for SignError {
    fn into_py(self) -> PyErr {
        SigningError::new_err(self.to_string())
    }
}

impl IntoPy for TooLarge {
    fn into_py(self) -> PyErr {
        InputError::new_err(self.to_string())
    }
}

impl IntoPy for CoreJournalError {
    fn into_py(self) -> PyErr {
        let text = self.to_string();
        match self {
            Self::Busy { .. } | Self::Full(_) => BusyError::new_err(text),
            Self::Reserve { .. } => StorageReserveError::new_err(text),
            Self::Options(_) => InputError::new_err(text),
            _ => JournalError::new_err(text),
        }
    }
}
