//! What the operator and the clock do to a symbol.

use crate::instrument::COUNT_MAX;
use crate::matching::command::{Bands, Phase};
use crate::matching::naive::NaiveEngine;
use crate::matching::report::{ExecType, Report};
use crate::reject::RejectCode;

impl NaiveEngine {
    pub(super) fn set_phase(&mut self, symbol: u32, phase: Phase) {
        let Some(state) = self.symbols.get_mut(symbol as usize) else {
            return self.refuse_setting(symbol, 0, RejectCode::UnknownSymbol);
        };
        state.phase = phase;
        state.resume_ns = 0;
        if matches!(phase, Phase::Open | Phase::Closed) {
            self.uncross(symbol);
        }
    }

    pub(super) fn set_bands(&mut self, symbol: u32, bands: Bands) {
        let is_bound = |price: i64| (0..COUNT_MAX).contains(&price);
        let good = is_bound(bands.low)
            && is_bound(bands.high)
            && (bands.high == 0 || bands.low <= bands.high)
            && bands.dynamic_bps < 10_000
            && bands.halt_ns >= 0;
        match self.symbols.get_mut(symbol as usize) {
            None => self.refuse_setting(symbol, 0, RejectCode::UnknownSymbol),
            Some(_) if !good => self.refuse_setting(symbol, 0, RejectCode::BadSetting),
            Some(state) => state.bands = bands,
        }
    }

    pub(super) fn set_reference(&mut self, symbol: u32, price: i64) {
        let good = (1..COUNT_MAX).contains(&price);
        match self.symbols.get_mut(symbol as usize) {
            None => self.refuse_setting(symbol, price, RejectCode::UnknownSymbol),
            Some(_) if !good => self.refuse_setting(symbol, price, RejectCode::BadSetting),
            Some(state) => state.reference = price,
        }
    }

    fn refuse_setting(&mut self, symbol: u32, price: i64, code: RejectCode) {
        let asked = Report {
            price,
            symbol,
            ..Report::default()
        };
        self.refuse(asked, code);
    }

    /// Lets everything due happen in order of its time; it does not run backwards.
    pub(super) fn advance_time(&mut self, now_ns: i64) {
        if now_ns <= self.now_ns {
            return;
        }
        while let Some((due_ns, what)) = self.next_due(now_ns) {
            self.now_ns = due_ns;
            match what {
                Due::Expires(id) => self.end(id, ExecType::Expired, None),
                Due::Resumes(symbol) => self.set_phase(symbol, Phase::Open),
            }
            self.take_turns();
        }
        self.now_ns = now_ns;
    }

    /// What is to happen first, and when, if that is no later than `now_ns`.
    fn next_due(&self, now_ns: i64) -> Option<(i64, Due)> {
        let expiring = self.orders.iter().filter(|order| order.expire_ns > 0);
        let expiring = expiring.map(|order| (order.expire_ns, Due::Expires(order.id)));
        let paused = (0..).zip(&self.symbols).filter(|(_, s)| s.resume_ns > 0);
        let paused = paused.map(|(symbol, state)| (state.resume_ns, Due::Resumes(symbol)));
        expiring.chain(paused).min().filter(|due| due.0 <= now_ns)
    }
}

/// What happens when its time has come, in the order of what happens at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// An order, by its id.
    Expires(u64),
    /// A symbol that paused.
    Resumes(u32),
}
