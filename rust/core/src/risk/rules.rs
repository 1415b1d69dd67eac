//! Limits and trading states by scope, and what they come to for an account in a symbol.

use std::collections::BTreeMap;

use super::limits::Limits;
use super::profile::{Allowance, Profile};
use super::scope::{Scope, TradingState};
use crate::book::index::IdIndex;

/// Names of profiles begin anew from here: the other half is more than there can be at once.
const NAMES_MAX: u32 = u32::MAX / 2;

/// What was set, and the profiles resolved from it.
///
/// A profile is resolved when it is first asked for after a change and kept until the next one;
/// equal profiles are kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) limits: BTreeMap<Scope, Limits>,
    pub(super) states: BTreeMap<Scope, TradingState>,
    /// The name of the first profile: those with smaller ones no longer hold.
    first: u32,
    strategies: bool,
    /// Whether anything is said of one user or account.
    personal: bool,
    /// Where nothing is: the names of the profiles all share, by symbol.
    common: Vec<Option<u32>>,
    profiles: Vec<Profile>,
    /// What each of them says of ordinary orders.
    allowances: Vec<Allowance>,
    interned: BTreeMap<Profile, u32>,
    by_strategy: IdIndex,
}

impl Rules {
    /// After [`Self::change`].
    pub(super) fn set_limits(&mut self, scope: Scope, limits: Limits) -> Option<Limits> {
        let before = if limits == Limits::default() {
            self.limits.remove(&scope)
        } else {
            self.limits.insert(scope, limits)
        };
        self.notice_scopes();
        before
    }

    /// After [`Self::change`].
    pub(super) fn set_state(&mut self, scope: Scope, state: TradingState) -> TradingState {
        let before = if state == TradingState::Active {
            self.states.remove(&scope)
        } else {
            self.states.insert(scope, state)
        };
        self.notice_scopes();
        before.unwrap_or_default()
    }

    /// Forgets every profile: something they rest on changed.
    ///
    /// Answers whether the names begin anew, so that all given before must be forgotten too.
    #[must_use]
    pub(super) fn change(&mut self) -> bool {
        let names = u32::try_from(self.profiles.len()).unwrap_or(NAMES_MAX);
        self.first = self.first.saturating_add(names);
        let is_worn = self.first >= NAMES_MAX;
        if is_worn {
            self.first = 0;
        }
        self.profiles.clear();
        self.allowances.clear();
        self.common.clear();
        self.interned.clear();
        self.by_strategy = IdIndex::default();
        is_worn
    }

    fn notice_scopes(&mut self) {
        let said =
            |what: fn(&Scope) -> bool| self.limits.keys().chain(self.states.keys()).any(what);
        let strategies = said(|scope| matches!(scope, Scope::Strategy(_)));
        let personal = said(|scope| matches!(scope, Scope::User(_) | Scope::Account(_)));
        (self.strategies, self.personal) = (strategies, personal);
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

    /// The profile of an account in `symbol`, whatever the strategy; `user` says whose it is.
    #[inline]
    pub(super) fn resolve(&mut self, user: impl FnOnce() -> u32, account: u32, symbol: u32) -> u32 {
        if self.personal {
            return self.resolve_scopes(&[
                Scope::Global,
                Scope::User(user()),
                Scope::Account(account),
                Scope::Symbol(symbol),
            ]);
        }
        let at = symbol as usize;
        if let Some(Some(name)) = self.common.get(at) {
            return *name;
        }
        let name = self.resolve_scopes(&[Scope::Global, Scope::Symbol(symbol)]);
        if self.common.len() <= at {
            self.common.resize(at + 1, None);
        }
        self.common[at] = Some(name);
        name
    }

    #[cold]
    fn resolve_scopes(&mut self, scopes: &[Scope]) -> u32 {
        let mut profile = Profile::FREE;
        for scope in scopes {
            profile.tighten(&self.said_of(*scope));
        }
        self.first.saturating_add(self.intern(profile))
    }

    /// The place of a profile named by [`Self::resolve`], if it still holds.
    #[inline(always)]
    pub(super) fn place(&self, name: u32) -> Option<u32> {
        let at = name.wrapping_sub(self.first);
        ((at as usize) < self.profiles.len()).then_some(at)
    }

    /// What the profile of this name says of ordinary orders, if it still holds.
    #[inline(always)]
    pub(super) fn allowance(&self, name: u32) -> Option<&Allowance> {
        self.allowances.get(name.wrapping_sub(self.first) as usize)
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
        let allowance = if self.strategies {
            Allowance::NONE
        } else {
            Allowance::of(&profile)
        };
        self.profiles.push(profile);
        self.allowances.push(allowance);
        self.interned.insert(profile, at);
        at
    }

    #[inline]
    pub(super) fn profile(&self, at: u32) -> &Profile {
        &self.profiles[at as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_until_the_next_change_and_is_not_given_again_before_all_are_forgotten() {
        let mut rules = Rules {
            first: NAMES_MAX - 1,
            ..Rules::default()
        };
        let old = rules.resolve(|| 1, 1, 0);
        assert!(rules.place(old).is_some() && rules.allowance(old).is_some());
        assert!(rules.change(), "names are used up");
        assert!(rules.place(old).is_none() && rules.allowance(old).is_none());
        let new = rules.resolve(|| 1, 1, 0);
        assert!(!rules.change());
        assert!(rules.place(new).is_none());
    }
}
