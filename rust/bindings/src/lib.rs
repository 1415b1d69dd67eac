//! The core as `tradecore._core`. Nothing here decides: each file wraps one module of the core,
//! turns Python numbers into integers on the way in and integers into Python objects on the way out.

use pyo3::prelude::*;

mod convert;
mod engine_book;
mod errors;
mod instrument;
mod matching;
mod oms;
mod oms_args;
mod oms_event;
mod oms_order;
mod oms_position;
mod records;
mod report;

#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::engine_book::EngineBook;
    #[pymodule_export]
    use crate::errors::{
        BookGapError, DataError, InputError, InstrumentSpecError, PriceError, QuantityError,
        SigningError, TradecoreError, UnknownSymbolError,
    };
    #[pymodule_export]
    use crate::instrument::Instrument;
    #[pymodule_export]
    use crate::matching::MatchingEngine;
    #[pymodule_export]
    use crate::oms::Trader;
    #[pymodule_export]
    use crate::oms_event::{Fill, OrderEvent};
    #[pymodule_export]
    use crate::oms_order::{Order, order_transitions};
    #[pymodule_export]
    use crate::oms_position::Position;
    #[pymodule_export]
    use crate::records::{command_dtype, report_dtype};
    #[pymodule_export]
    use crate::report::ExecutionReport;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("OrderState", crate::oms_order::state_class(module.py())?)
    }
}
