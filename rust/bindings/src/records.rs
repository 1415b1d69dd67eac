//! Arrays of commands and reports across the boundary, without copying.
#![expect(
    unsafe_code,
    reason = "numpy must be told the layout of an element; nothing else here is"
)]

use numpy::{Element, PyArray1, PyArrayDescr, PyReadonlyArray1, PyReadwriteArray1};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList};
use tradecore_core::matching::{
    CommandRecord, ExecType, Record, Report, Sink, SpecialRecord, TermsRecord,
};

use crate::collected::Listener;
use crate::errors::InputError;

/// A [`CommandRecord`] as numpy sees it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct CommandElement(pub(crate) CommandRecord);

impl Record for CommandElement {
    #[inline]
    fn command(&self) -> &CommandRecord {
        &self.0
    }

    #[inline]
    fn terms(&self) -> Option<&TermsRecord> {
        None
    }
}

/// A [`SpecialRecord`] as numpy sees it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct SpecialElement(pub(crate) SpecialRecord);

impl Record for SpecialElement {
    #[inline]
    fn command(&self) -> &CommandRecord {
        self.0.command()
    }

    #[inline]
    fn terms(&self) -> Option<&TermsRecord> {
        self.0.terms()
    }
}

/// A [`Report`] as numpy sees it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct ReportElement(pub(crate) Report);

/// Reports in the making of an array.
#[derive(Default)]
pub(crate) struct ReportBuffer(pub(crate) Vec<ReportElement>);

impl Sink for ReportBuffer {
    #[inline]
    fn push(&mut self, report: Report, _: impl FnOnce() -> i128) {
        self.0.push(ReportElement(report));
    }
}

impl Listener for ReportBuffer {}

impl ReportBuffer {
    /// Whether there is a report at this position that says so.
    #[inline]
    pub(crate) fn is(&self, at: usize, exec_type: ExecType) -> bool {
        self.0.get(at).is_some_and(|r| r.0.exec_type() == exec_type)
    }

    /// The array of these reports; the memory moves, nothing is copied.
    pub(crate) fn into_array(self, py: Python<'_>) -> Bound<'_, PyArray1<ReportElement>> {
        PyArray1::from_vec(py, self.0)
    }
}

/// Reports written into an array of the caller's; where it is too short, into one of our own.
pub(crate) struct ReportSlice<'a> {
    room: &'a mut [ReportElement],
    written: usize,
    spilled: Vec<ReportElement>,
}

impl Sink for ReportSlice<'_> {
    #[inline]
    fn push(&mut self, report: Report, _: impl FnOnce() -> i128) {
        if let Some(place) = self.room.get_mut(self.written) {
            *place = ReportElement(report);
            self.written += 1;
        } else {
            self.spill(report);
        }
    }
}

impl<'a> ReportSlice<'a> {
    pub(crate) const fn new(room: &'a mut [ReportElement]) -> Self {
        Self {
            room,
            written: 0,
            spilled: Vec::new(),
        }
    }

    #[cold]
    fn spill(&mut self, report: Report) {
        if self.spilled.is_empty() {
            self.spilled.extend_from_slice(self.room);
        }
        self.spilled.push(ReportElement(report));
    }

    /// How many were written to the caller's array, and all of them where that was too short.
    pub(crate) fn finish(self) -> (isize, Option<ReportBuffer>) {
        let spilled = (!self.spilled.is_empty()).then_some(ReportBuffer(self.spilled));
        (isize::try_from(self.written).unwrap_or(isize::MAX), spilled)
    }
}

/// Field, numpy type, offset.
type Field = (&'static str, &'static str, usize);

macro_rules! fields {
    ($record:ty: $($($field:ident).+ as $name:literal $kind:literal),+ $(,)?) => {
        [$(($name, $kind, std::mem::offset_of!($record, $($field).+))),+]
    };
}

static COMMAND: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();
static SPECIAL: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();
static REPORT: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();

fn command_fields() -> [Field; 13] {
    fields! { CommandRecord:
        op as "op" "u1", side as "side" "u1", order_type as "type" "u1",
        time_in_force as "time_in_force" "u1", flags as "flags" "u1", mode as "mode" "u1",
        self_trade_prevention as "self_trade_prevention" "u1",
        symbol as "symbol" "u4", account as "account" "u4", order_id as "order_id" "u8",
        price as "price" "i8", qty as "qty" "i8", timestamp_ns as "timestamp_ns" "i8",
    }
}

/// The fields of a command and those of its terms beside them.
fn special_fields() -> Vec<Field> {
    let terms = fields! { SpecialRecord:
        terms.stop_price as "stop_price" "i8", terms.trailing_distance as "trailing_distance" "i8",
        terms.display_qty as "display_qty" "i8", terms.expire_time_ns as "expire_time_ns" "i8",
        terms.linked_id as "linked_id" "u8", terms.strategy as "strategy" "u4",
        terms.link as "link" "u1",
    };
    let start = std::mem::offset_of!(SpecialRecord, command);
    let command = command_fields().map(|(name, kind, at)| (name, kind, start + at));
    command.into_iter().chain(terms).collect()
}

fn report_fields() -> [Field; 15] {
    fields! { Report:
        sequence as "sequence" "u8", order_id as "order_id" "u8",
        counter_order_id as "counter_order_id" "u8", price as "price" "i8", qty as "qty" "i8",
        leaves as "leaves" "i8", cumulative as "cumulative" "i8", account as "account" "u4",
        symbol as "symbol" "u4", exec_type as "exec_type" "u1", status as "status" "u1",
        side as "side" "u1", liquidity as "liquidity" "u1", reject as "reject" "u2",
        scope as "scope" "u2",
    }
}

/// The numpy type with these fields, made once.
fn descriptor<'py>(
    py: Python<'py>,
    cell: &PyOnceLock<Py<PyArrayDescr>>,
    fields: &[Field],
    itemsize: usize,
) -> PyResult<Bound<'py, PyArrayDescr>> {
    let made = cell.get_or_try_init(py, || -> PyResult<_> {
        let spec = PyDict::new(py);
        spec.set_item("names", PyList::new(py, fields.iter().map(|f| f.0))?)?;
        // Little-endian everywhere the package is built for, and said so in the type.
        spec.set_item(
            "formats",
            PyList::new(py, fields.iter().map(|f| format!("<{}", f.1)))?,
        )?;
        spec.set_item("offsets", PyList::new(py, fields.iter().map(|f| f.2))?)?;
        spec.set_item("itemsize", itemsize)?;
        Ok(PyArrayDescr::new(py, spec)?.unbind())
    })?;
    Ok(made.bind(py).clone())
}

/// The type of an array of commands.
#[pyfunction]
pub(crate) fn command_dtype(py: Python<'_>) -> PyResult<Bound<'_, PyArrayDescr>> {
    descriptor(py, &COMMAND, &command_fields(), size_of::<CommandRecord>())
}

/// The type of an array of commands with the terms few orders have.
#[pyfunction]
pub(crate) fn special_command_dtype(py: Python<'_>) -> PyResult<Bound<'_, PyArrayDescr>> {
    descriptor(py, &SPECIAL, &special_fields(), size_of::<SpecialRecord>())
}

/// The type of an array of reports.
#[pyfunction]
pub(crate) fn report_dtype(py: Python<'_>) -> PyResult<Bound<'_, PyArrayDescr>> {
    descriptor(py, &REPORT, &report_fields(), size_of::<Report>())
}

macro_rules! element {
    ($element:ty, $dtype:ident) => {
        // SAFETY: a `repr(transparent)` wrapper of a `repr(C)` record of integers: every bit
        // pattern is a value, it holds no Python object, and the descriptor is drawn from its own
        // field offsets.
        unsafe impl Element for $element {
            const IS_COPY: bool = true;

            fn get_dtype(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
                $dtype(py).unwrap_or_else(|_| PyArrayDescr::object(py))
            }

            fn clone_ref(&self, _: Python<'_>) -> Self {
                *self
            }
        }
    };
}

element!(CommandElement, command_dtype);
element!(SpecialElement, special_command_dtype);
element!(ReportElement, report_dtype);

/// The commands of an array a caller passed.
pub(crate) enum Commands<'py> {
    Ordinary(PyReadonlyArray1<'py, CommandElement>),
    Special(PyReadonlyArray1<'py, SpecialElement>),
}

/// Borrows the array a caller passed.
pub(crate) fn commands<'py>(array: &Bound<'py, PyAny>) -> PyResult<Commands<'py>> {
    if let Ok(commands) = array.extract() {
        return Ok(Commands::Ordinary(commands));
    }
    array.extract().map(Commands::Special).map_err(|_| {
        InputError::new_err(
            "commands must be a one-dimensional numpy array of COMMAND_DTYPE \
             or SPECIAL_COMMAND_DTYPE",
        )
    })
}

/// The array a caller lends for the reports.
pub(crate) fn reports<'py>(
    array: &Bound<'py, PyAny>,
) -> PyResult<PyReadwriteArray1<'py, ReportElement>> {
    array.extract().map_err(|_| {
        InputError::new_err("out must be a writable one-dimensional numpy array of REPORT_DTYPE")
    })
}

/// The elements of an array that lies in one piece.
pub(crate) fn contiguous<'a, E: Element>(array: &'a PyReadonlyArray1<'_, E>) -> PyResult<&'a [E]> {
    array.as_slice().map_err(|_| {
        InputError::new_err("commands must be contiguous: pass numpy.ascontiguousarray(commands)")
    })
}

/// The elements of a lent array that lies in one piece.
pub(crate) fn contiguous_mut<'a>(
    array: &'a mut PyReadwriteArray1<'_, ReportElement>,
) -> PyResult<&'a mut [ReportElement]> {
    array
        .as_slice_mut()
        .map_err(|_| InputError::new_err("out must be contiguous"))
}
