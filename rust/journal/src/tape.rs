//! What an engine says, for somebody who hears of every command, whoever gave it.

use tradecore_core::matching::{BookEvent, Gone, Report, Sink};

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

/// What is kept of an order that is gone, for whoever still speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Which order.
    pub order_id: u64,
    /// The caller's own name for it.
    pub name: Option<Box<str>>,
    /// The number of its strategy; 0 for none.
    pub strategy: u32,
}

impl Departed {
    pub(crate) fn of(gone: Gone<'_>) -> Self {
        Self {
            order_id: gone.order_id,
            name: gone.name.map(Into::into),
            strategy: gone.strategy,
        }
    }

    /// As the engine said it.
    pub fn told(&self) -> Gone<'_> {
        Gone {
            order_id: self.order_id,
            name: self.name.as_deref(),
            strategy: self.strategy,
        }
    }
}

/// Reports that were not taken yet, and who is called when there are some.
pub(crate) struct Tape {
    told: Vec<Told>,
    /// Orders with a name or a strategy that are gone.
    departed: Vec<Departed>,
    call: Box<dyn Fn() + Send>,
}

impl Tape {
    pub(crate) fn new(call: Box<dyn Fn() + Send>) -> Self {
        let (told, departed) = (Vec::new(), Vec::new());
        Self {
            told,
            departed,
            call,
        }
    }

    /// Moves what is there to the end of two lists; the memory stays.
    pub(crate) fn move_to(&mut self, told: &mut Vec<Told>, departed: &mut Vec<Departed>) {
        told.append(&mut self.told);
        departed.append(&mut self.departed);
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

    fn gone(&mut self, gone: Gone<'_>) {
        if let Some(tape) = self.tape.as_deref_mut() {
            tape.departed.push(Departed::of(gone));
        }
        self.inner.gone(gone);
    }
}
