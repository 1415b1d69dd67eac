//! What an operator and the clock do: states, bands, reference prices, time.

use crate::instrument::COUNT_MAX;
use crate::matching::Engine;
use crate::matching::book_event::BookEvent;
use crate::matching::command::{Bands, Phase};
use crate::matching::place::Entry;
use crate::matching::report::{ExecType, Report, Sink};
use crate::matching::taker::Taker;
use crate::reject::RejectCode;

/// Hundredths of a percent in a whole.
const BPS_END: u32 = 10_000;

/// Whether bands are what an operator may set.
pub(super) fn are_sensible(bands: &Bands) -> bool {
    let prices = 0..COUNT_MAX;
    let ordered = bands.high == 0 || bands.low <= bands.high;
    prices.contains(&bands.low)
        && prices.contains(&bands.high)
        && ordered
        && bands.dynamic_bps < BPS_END
        && bands.halt_ns >= 0
}

impl Engine {
    /// Leads a symbol into another state; what is crossed is uncrossed where that is due.
    pub(super) fn set_phase<S: Sink>(&mut self, symbol: u32, phase: Phase, out: &mut S) {
        if self.markets.len() <= symbol as usize {
            return self.refuse_setting(symbol, RejectCode::UnknownSymbol, out);
        }
        if matches!(phase, Phase::Open | Phase::Closed) {
            self.uncross(symbol, out);
        }
        let market = &mut self.markets[symbol as usize];
        if market.state.resume_ns != 0 {
            market.state.resume_ns = 0;
            self.pauses -= 1;
        }
        self.enter_phase(symbol, phase, out);
        self.settle(symbol, out);
    }

    fn enter_phase<S: Sink>(&mut self, symbol: u32, phase: Phase, out: &mut S) {
        let market = &mut self.markets[symbol as usize];
        if market.state.phase != phase {
            market.state.phase = phase;
            market.note_state();
            out.book(|| BookEvent::Phase { symbol, phase });
        }
    }

    /// Bounds the prices of a symbol.
    pub(super) fn set_bands<S: Sink>(&mut self, symbol: u32, bands: Bands, out: &mut S) {
        let Some(market) = self.markets.get_mut(symbol as usize) else {
            return self.refuse_setting(symbol, RejectCode::UnknownSymbol, out);
        };
        if !are_sensible(&bands) {
            return self.refuse_setting(symbol, RejectCode::BadSetting, out);
        }
        market.state.bands = bands;
        market.note_state();
    }

    /// Sets the reference price of a symbol until its next trade.
    pub(super) fn set_reference<S: Sink>(&mut self, symbol: u32, price: i64, out: &mut S) {
        let Some(market) = self.markets.get_mut(symbol as usize) else {
            let report = Report {
                price,
                symbol,
                ..Report::default()
            };
            return self.refuse(report, RejectCode::UnknownSymbol, out);
        };
        if price <= 0 || price >= COUNT_MAX {
            let report = Report {
                price,
                symbol,
                ..Report::default()
            };
            return self.refuse(report, RejectCode::BadSetting, out);
        }
        market.state.reference = price;
    }

    #[cold]
    fn refuse_setting<S: Sink>(&mut self, symbol: u32, code: RejectCode, out: &mut S) {
        let report = Report {
            symbol,
            ..Report::default()
        };
        self.refuse(report, code, out);
    }

    /// What happens to an order whose next trade lies outside the dynamic band.
    pub(super) fn stop_at_band<S: Sink>(&mut self, taker: &mut Taker, entry: Entry, out: &mut S) {
        let symbol = taker.symbol();
        let state = &mut self.markets[symbol as usize].state;
        if state.bands.halt_ns == 0 {
            taker.cut = Some(RejectCode::PriceBand);
            return;
        }
        state.resume_ns = self.now_ns.saturating_add(state.bands.halt_ns);
        self.next_event_ns = self.next_event_ns.min(state.resume_ns);
        self.pauses += 1;
        self.enter_phase(symbol, Phase::Auction, out);
        if !entry.rests() {
            taker.cut = Some(RejectCode::VolatilityHalt);
        }
    }

    /// Tells the engine the time, in nanoseconds since 1970; it never runs backwards.
    ///
    /// What is due by then happens, in order of its time.
    pub fn advance_time<S: Sink>(&mut self, now_ns: i64, out: &mut S) {
        if now_ns <= self.now_ns {
            return;
        }
        while self.next_event_ns <= now_ns {
            self.now_ns = self.now_ns.max(self.next_event_ns);
            self.happen(out);
            self.plan();
        }
        self.now_ns = now_ns;
    }

    /// Everything that is due at the present time.
    #[cold]
    fn happen<S: Sink>(&mut self, out: &mut S) {
        while let Some(((at, id), _)) = self.expiries.first()
            && at <= self.now_ns
            && let Some(slot) = self.index.get(id)
        {
            let symbol = self.arena.get(slot).symbol();
            self.take_out(slot, ExecType::Expired, None, out);
            self.settle(symbol, out);
        }
        if self.pauses == 0 {
            return;
        }
        for symbol in 0..u32::try_from(self.markets.len()).unwrap_or(u32::MAX) {
            let resume_ns = self.markets[symbol as usize].state.resume_ns;
            if resume_ns != 0 && resume_ns <= self.now_ns {
                self.set_phase(symbol, Phase::Open, out);
            }
        }
    }

    /// Notes when the next thing is due.
    pub(super) fn plan(&mut self) {
        let expiry = self.expiries.first().map(|((at, _), _)| at);
        let resume = if self.pauses == 0 {
            None
        } else {
            let paused = self.markets.iter().map(|market| market.state.resume_ns);
            paused.filter(|at| *at != 0).min()
        };
        self.next_event_ns = [expiry, resume]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(i64::MAX);
    }
}
