//! Whether a command gets into the venue at all: outages, limits of requests, refusals by chance.

use std::sync::Arc;

use crate::flow::{Chance, Rng};
use crate::oms::message::{Command, VenueReply};
use crate::rate_limit::Priority;
use crate::reject::RejectCode;

use super::records::Request;
use super::rules::{Outage, RequestLimit, Rules, Window};

/// What becomes of a command at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// It is let in.
    Open,
    /// It is refused.
    Refused(RejectCode),
    /// It is lost: in doubt from the first time; from the second the venue answers who asks.
    Lost { doubted_ns: i64, known_ns: i64 },
}

/// The gate of one venue.
#[derive(Debug)]
pub(super) struct Gate {
    limits: Vec<RequestLimit>,
    windows: Arc<[Window]>,
    /// The first window that is not over.
    near: usize,
    refuses: Chance,
    rng: Rng,
}

impl Gate {
    /// The gate of `rules`; none where everything is let in.
    pub(super) fn of(rules: &Rules) -> Option<Self> {
        let is_open =
            rules.limits.is_empty() && rules.windows.is_empty() && rules.refuses == Chance(0);
        (!is_open).then(|| Self {
            limits: rules.limits.clone(),
            windows: Arc::clone(&rules.windows),
            near: 0,
            refuses: rules.refuses,
            rng: Rng::new(rules.seed),
        })
    }

    /// What becomes of a request at `now_ns`, which never falls.
    pub(super) fn pass(&mut self, now_ns: i64, request: Request) -> Passage {
        while self
            .windows
            .get(self.near)
            .is_some_and(|window| window.until_ns <= now_ns)
        {
            self.near += 1;
        }
        match self.windows.get(self.near) {
            Some(window) if window.from_ns <= now_ns => {
                return match window.outage {
                    Outage::Refuses => Passage::Refused(RejectCode::VenueUnavailable),
                    Outage::Loses { timeout_ns } => {
                        let doubted_ns = now_ns.saturating_add(timeout_ns);
                        Passage::Lost {
                            doubted_ns,
                            known_ns: self.answers_from(doubted_ns),
                        }
                    }
                };
            }
            Some(_) | None => {}
        }
        if !self.admits(now_ns, request) {
            return Passage::Refused(RejectCode::VenueRateLimit);
        }
        if request != Request::Cancel && self.rng.happens(self.refuses) {
            return Passage::Refused(RejectCode::VenueRejected);
        }
        Passage::Open
    }

    /// When the venue is not out any more, at `now_ns` or later.
    fn answers_from(&self, now_ns: i64) -> i64 {
        let ahead = self.windows[self.near..].iter();
        ahead.fold(now_ns, |at_ns, window| {
            let is_out = (window.from_ns..window.until_ns).contains(&at_ns);
            if is_out { window.until_ns } else { at_ns }
        })
    }

    /// Whether every limit admits the request; only then any of them is charged.
    fn admits(&mut self, now_ns: i64, request: Request) -> bool {
        let taken = |limit: &RequestLimit| match request {
            Request::New => limit.new,
            Request::Modify => limit.modify,
            Request::Cancel => limit.cancel,
        };
        let admitted = self.limits.iter_mut().all(|limit| {
            let tokens = taken(limit);
            tokens == 0 || limit.limiter.wait(tokens, now_ns, Priority::Normal) == Ok(0)
        });
        if admitted {
            for limit in &mut self.limits {
                let tokens = taken(limit);
                if tokens > 0 {
                    // Admitted just now, so it is taken.
                    let _waits = limit.limiter.acquire(tokens, now_ns, Priority::Normal);
                }
            }
        }
        admitted
    }
}

/// What kind of request a command is.
pub(super) const fn request(command: &Command) -> Request {
    match command {
        Command::New(_) | Command::NewWith(..) => Request::New,
        Command::Modify { .. } => Request::Modify,
        Command::Cancel { .. } => Request::Cancel,
    }
}

/// The refusal of a request.
pub(super) const fn refusal(request: Request, code: RejectCode) -> VenueReply {
    match request {
        Request::New => VenueReply::Rejected(code),
        Request::Modify => VenueReply::ModifyRejected(code),
        Request::Cancel => VenueReply::CancelRejected(code),
    }
}
