//! What an engine says, for somebody who hears of every command, whoever gave it.

use tradecore_core::matching::{BookEvent, Report, Sink};

/// One report, and what is forgotten once its order is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Sequence of the command it came of.
    pub position: u64,
    /// What happened.
    pub report: Report,
    /// Σ price × quantity of its order's fills so far, in ticks × lots.
    pub cost: i128,
}

/// Reports that were not taken yet, and who is called when there are some.
pub(crate) struct Tape {
    told: Vec<Told>,
    /// The callers' own names of orders that are gone.
    names: Vec<(u64, Box<str>)>,
    call: Box<dyn Fn() + Send>,
}

impl Tape {
    pub(crate) fn new(call: Box<dyn Fn() + Send>) -> Self {
        let (told, names) = (Vec::new(), Vec::new());
        Self { told, names, call }
    }

    /// Moves what is there to the end of two lists; the memory stays.
    pub(crate) fn move_to(&mut self, told: &mut Vec<Told>, names: &mut Vec<(u64, Box<str>)>) {
        told.append(&mut self.told);
        names.append(&mut self.names);
    }
}

/// A sink that passes everything on and writes it down, where somebody listens.
pub(crate) struct Recorder<'a, S> {
    pub(crate) tape: Option<&'a mut Tape>,
    pub(crate) position: u64,
    pub(crate) inner: &'a mut S,
}

impl<S: Sink> Sink for Recorder<'_, S> {
    #[inline]
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        let Some(tape) = self.tape.as_deref_mut() else {
            return self.inner.push(report, cost);
        };
        let (position, cost) = (self.position, cost());
        if tape.told.is_empty() {
            (tape.call)();
        }
        tape.told.push(Told {
            position,
            report,
            cost,
        });
        self.inner.push(report, || cost);
    }

    #[inline]
    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        self.inner.book(event);
    }

    fn gone(&mut self, order_id: u64, name: &str) {
        if let Some(tape) = self.tape.as_deref_mut() {
            tape.names.push((order_id, name.into()));
        }
        self.inner.gone(order_id, name);
    }
}
