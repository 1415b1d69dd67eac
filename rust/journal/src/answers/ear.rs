//! Sinks that listen for what answers are made of.

use tradecore_core::matching::{BookEvent, Gone, Report, Sink};

use super::Answers;
use super::answer::{ROWS_MAX, Row};

/// Passes everything on, and notes which named orders go.
pub(crate) struct Ear<'a, S> {
    pub(crate) out: &'a mut S,
    pub(crate) answers: &'a mut Answers,
}

impl<S: Sink> Sink for Ear<'_, S> {
    #[inline]
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        self.out.push(report, cost);
    }

    #[inline]
    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        self.out.book(event);
    }

    fn gone(&mut self, gone: Gone<'_>) {
        if gone.name.is_some() {
            self.answers.end(gone.order_id);
        }
        self.out.gone(gone);
    }
}

/// What is said about one order: the first report of a command names it.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) rows: Vec<Row>,
}

impl Heard {
    fn note(&mut self, row: Row) {
        let is_other = |first: &Row| first.report.order_id != row.report.order_id;
        if self.rows.first().is_some_and(is_other) {
            return;
        }
        if self.rows.len() == ROWS_MAX {
            self.rows.pop();
        }
        self.rows.push(row);
    }
}

/// An [`Ear`] that also notes what is said about an order that comes.
pub(crate) struct Hearing<'a, S> {
    pub(crate) ear: Ear<'a, S>,
    pub(crate) heard: &'a mut Heard,
}

impl<S: Sink> Sink for Hearing<'_, S> {
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        let cost = cost();
        self.heard.note(Row { report, cost });
        self.ear.push(report, || cost);
    }

    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        self.ear.book(event);
    }

    fn gone(&mut self, gone: Gone<'_>) {
        self.ear.gone(gone);
    }
}
