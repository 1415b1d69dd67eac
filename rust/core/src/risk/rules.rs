//! Limits and trading states by scope, and what they come to for an account in a symbol.

use std::collections::BTreeMap;

use super::limits::Limits;
use super::profile::Profile;
use super::scope::{Scope, TradingState};
use crate::book::index::IdIndex;

/// What was set, and the profiles resolved from it.
///
/// A profile is resolved when it is first asked for after a change and kept until the next one;
/// equal profiles are kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) limits: BTreeMap<Scope, Limits>,
    pub(super) states: BTreeMap<Scope, TradingState>,
    /// The number of the first profile: those with smaller ones no longer hold.
    first: u64,
    strategies: bool,
    profiles: Vec<Profile>,
    interned: BTreeMap<Profile, u32>,
    by_strategy: IdIndex,
}

impl Rules {
    pub(super) fn set_limits(&mut self, scope: Scope, limits: Limits) -> Option<Limits> {
        self.change();
        let before = if limits == Limits::default() {
            self.limits.remove(&scope)
        } else {
            self.limits.insert(scope, limits)
        };
        self.notice_strategies();
        before
    }

    pub(super) fn set_state(&mut self, scope: Scope, state: TradingState) -> TradingState {
        self.change();
        let before = if state == TradingState::Active {
            self.states.remove(&scope)
        } else {
            self.states.insert(scope, state)
        };
        self.notice_strategies();
        before.unwrap_or_default()
    }

    /// Forgets every profile: something they rest on changed.
    pub(super) fn change(&mut self) {
        self.first += self.profiles.len() as u64;
        self.profiles.clear();
        self.interned.clear();
        self.by_strategy = IdIndex::default();
    }

    fn notice_strategies(&mut self) {
        let is_strategy = |scope: &Scope| matches!(scope, Scope::Strategy(_));
        self.strategies = self
            .limits
            .keys()
            .chain(self.states.keys())
            .any(is_strategy);
    }

    pub(super) fn is_every_state_active(&self) -> bool {
        self.states.is_empty()
    }

    /// The strictest state that is not active, and the number of its scope.
    pub(super) fn state(&self, scopes: &[Scope]) -> (TradingState, u16) {
        scopes
            .iter()
            .fold((TradingState::Active, 0), |worst, scope| {
                match self.states.get(scope) {
                    Some(state) if *state > worst.0 => (*state, scope.number()),
                    _ => worst,
                }
            })
    }

    /// The profile of an account of `user` in `symbol`, whatever the strategy.
    #[cold]
    pub(super) fn resolve(&mut self, user: u32, account: u32, symbol: u32) -> u64 {
        let mut profile = Profile::FREE;
        for scope in [
            Scope::Global,
            Scope::User(user),
            Scope::Account(account),
            Scope::Symbol(symbol),
        ] {
            profile.tighten(&self.said_of(scope));
        }
        self.first + u64::from(self.intern(profile))
    }

    /// The place of a profile named by [`Self::resolve`], if it still holds.
    #[inline(always)]
    pub(super) fn place(&self, name: u64) -> Option<u32> {
        let at = u32::try_from(name.wrapping_sub(self.first)).ok()?;
        ((at as usize) < self.profiles.len()).then_some(at)
    }

    /// The profile with what is said of `strategy` added.
    #[inline(always)]
    pub(super) fn with_strategy(&mut self, profile: u32, strategy: u32) -> u32 {
        if !self.strategies {
            return profile;
        }
        self.of_strategy(profile, strategy)
    }

    #[inline(never)]
    fn of_strategy(&mut self, profile: u32, strategy: u32) -> u32 {
        let key = u64::from(profile) << 32 | u64::from(strategy);
        if let Some(at) = self.by_strategy.get(key) {
            return at;
        }
        let said = self.said_of(Scope::Strategy(strategy));
        if said == Profile::FREE {
            // Names of strategies come from outside: those nothing is said of cost no memory.
            return profile;
        }
        let mut resolved = self.profiles[profile as usize];
        resolved.tighten(&said);
        let at = self.intern(resolved);
        self.by_strategy.insert(key, at);
        at
    }

    fn said_of(&self, scope: Scope) -> Profile {
        let state = self.states.get(&scope).copied();
        Profile::of(scope, self.limits.get(&scope), state)
    }

    fn intern(&mut self, profile: Profile) -> u32 {
        if let Some(at) = self.interned.get(&profile) {
            return *at;
        }
        // As many profiles as rows at most, and those are counted in `u32`.
        let at = u32::try_from(self.profiles.len()).unwrap_or(u32::MAX);
        self.profiles.push(profile);
        self.interned.insert(profile, at);
        at
    }

    #[inline]
    pub(super) fn profile(&self, at: u32) -> &Profile {
        &self.profiles[at as usize]
    }
}
