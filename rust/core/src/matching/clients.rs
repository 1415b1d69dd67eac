//! The callers' own names of live orders, unique within an account.

use std::collections::BTreeMap;

/// From (account, client order id) to the engine's order id, live orders only.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    live: BTreeMap<u32, BTreeMap<Box<str>, u64>>,
}

impl Clients {
    pub(super) fn find(&self, account: u32, name: &str) -> Option<u64> {
        self.live.get(&account)?.get(name).copied()
    }

    pub(super) fn remember(&mut self, account: u32, name: Box<str>, order_id: u64) {
        self.live.entry(account).or_default().insert(name, order_id);
    }

    pub(super) fn forget(&mut self, account: u32, name: &str) {
        if let Some(names) = self.live.get_mut(&account) {
            names.remove(name);
            if names.is_empty() {
                self.live.remove(&account);
            }
        }
    }
}
