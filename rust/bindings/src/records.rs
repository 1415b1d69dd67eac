//! Arrays of commands and reports across the boundary, without copying.
#![expect(
    unsafe_code,
    reason = "numpy must be told the layout of an element; nothing else here is"
)]

use numpy::{Element, PyArray1, PyArrayDescr, PyReadonlyArray1, PyReadwriteArray1};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList};
use tradecore_core::matching::{CommandRecord, Report, Sink};

use crate::errors::InputError;

/// A [`CommandRecord`] as numpy sees it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct CommandElement(pub(crate) CommandRecord);

impl AsRef<CommandRecord> for CommandElement {
    fn as_ref(&self) -> &CommandRecord {
        &self.0
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

impl ReportBuffer {
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
    ($record:ty: $($field:ident as $name:literal $kind:literal),+ $(,)?) => {
        [$(($name, $kind, std::mem::offset_of!($record, $field))),+]
    };
}

static COMMAND: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();
static REPORT: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();

fn command_fields() -> [Field; 12] {
    fields! { CommandRecord:
        op as "op" "u1", side as "side" "u1", order_type as "type" "u1",
        time_in_force as "time_in_force" "u1", flags as "flags" "u1", revision as "revision" "u1",
        symbol as "symbol" "u4", account as "account" "u4", order_id as "order_id" "u8",
        price as "price" "i8", qty as "qty" "i8", timestamp_ns as "timestamp_ns" "i8",
    }
}

fn report_fields() -> [Field; 14] {
    fields! { Report:
        sequence as "sequence" "u8", order_id as "order_id" "u8",
        counter_order_id as "counter_order_id" "u8", price as "price" "i8", qty as "qty" "i8",
        leaves as "leaves" "i8", cumulative as "cumulative" "i8", account as "account" "u4",
        symbol as "symbol" "u4", exec_type as "exec_type" "u1", status as "status" "u1",
        side as "side" "u1", liquidity as "liquidity" "u1", reject as "reject" "u2",
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

/// The type of an array of reports.
#[pyfunction]
pub(crate) fn report_dtype(py: Python<'_>) -> PyResult<Bound<'_, PyArrayDescr>> {
    descriptor(py, &REPORT, &report_fields(), size_of::<Report>())
}

// SAFETY: a `repr(transparent)` wrapper of a `repr(C)` record of integers: every bit pattern is a
// value, it holds no Python object, and the descriptor below is drawn from its own field offsets.
unsafe impl Element for CommandElement {
    const IS_COPY: bool = true;

    fn get_dtype(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
        command_dtype(py).unwrap_or_else(|_| PyArrayDescr::object(py))
    }

    fn clone_ref(&self, _: Python<'_>) -> Self {
        *self
    }
}

// SAFETY: as above.
unsafe impl Element for ReportElement {
    const IS_COPY: bool = true;

    fn get_dtype(py: Python<'_>) -> Bound<'_, PyArrayDescr> {
        report_dtype(py).unwrap_or_else(|_| PyArrayDescr::object(py))
    }

    fn clone_ref(&self, _: Python<'_>) -> Self {
        *self
    }
}

/// The commands of an array a caller passed.
pub(crate) fn commands<'py>(
    array: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray1<'py, CommandElement>> {
    array.extract().map_err(|_| {
        InputError::new_err("commands must be a one-dimensional numpy array of COMMAND_DTYPE")
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
pub(crate) fn contiguous<'a>(
    array: &'a PyReadonlyArray1<'_, CommandElement>,
) -> PyResult<&'a [CommandElement]> {
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
