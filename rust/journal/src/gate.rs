//! What waits until the log will not lose its cause.

use std::collections::VecDeque;

use tradecore_core::matching::{BookEvent, Gone, Report, Sink};

use crate::tape::Departed;

/// One thing an engine said.
#[derive(Clone, Debug)]
enum Output {
    /// A report and what its order's fills cost.
    Report(Report, i128),
    Book(BookEvent),
    Gone(Departed),
}

/// Outputs of commands that are not durable yet, each with the position of its command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    held: VecDeque<(u64, Output)>,
}

impl Gate {
    /// Whether nothing waits.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// A sink that keeps what the command at `position` causes.
    pub(crate) const fn hold(&mut self, position: u64) -> Hold<'_> {
        Hold {
            gate: self,
            position,
        }
    }

    /// Lets out what commands up to `durable` caused, in order.
    pub(crate) fn release<S: Sink>(&mut self, durable: u64, out: &mut S) {
        while self
            .held
            .front()
            .is_some_and(|(position, _)| *position <= durable)
            && let Some((_, output)) = self.held.pop_front()
        {
            match output {
                Output::Report(report, cost) => out.push(report, || cost),
                Output::Book(event) => out.book(|| event),
                Output::Gone(departed) => out.gone(departed.told()),
            }
        }
    }
}

/// See [`Gate::hold`].
pub(crate) struct Hold<'a> {
    gate: &'a mut Gate,
    position: u64,
}

impl Hold<'_> {
    fn keep(&mut self, output: Output) {
        self.gate.held.push_back((self.position, output));
    }
}

impl Sink for Hold<'_> {
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        self.keep(Output::Report(report, cost()));
    }

    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        self.keep(Output::Book(event()));
    }

    fn gone(&mut self, gone: Gone<'_>) {
        self.keep(Output::Gone(Departed::of(gone)));
    }
}
