//! Groups of orders of which one cancels the others.

use crate::book::arena::NIL;

/// Most orders in a group.
pub(super) const MEMBERS_MAX: usize = 16;

/// A group: the ids of its orders, in ascending order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    /// The order that was named first: the group's name while it lasts.
    name: u64,
    members: [u64; MEMBERS_MAX],
    count: usize,
}

impl Group {
    /// The ids of its orders, in ascending order.
    pub(super) fn members(&self) -> &[u64] {
        &self.members[..self.count]
    }
}

/// A slab of groups, addressed by [`super::extra::Extra::group`].
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    items: Vec<Group>,
    vacant: Vec<u32>,
}

impl Groups {
    /// A group of one: the order that was named.
    pub(super) fn found(&mut self, id: u64) -> u32 {
        let mut group = Group {
            name: id,
            count: 1,
            ..Group::default()
        };
        group.members[0] = id;
        if let Some(at) = self.vacant.pop() {
            self.items[at as usize] = group;
            return at;
        }
        self.items.push(group);
        // As many groups as orders at most, and those are counted in `u32`.
        u32::try_from(self.items.len() - 1).unwrap_or(NIL)
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.items.len() == self.vacant.len()
    }

    /// Whether another order may join.
    pub(super) fn has_room(&self, group: u32) -> bool {
        self.get(group).members().len() < MEMBERS_MAX
    }

    /// Lets an order join; the group must have room.
    pub(super) fn join(&mut self, group: u32, id: u64) {
        let group = &mut self.items[group as usize];
        let at = group.members().partition_point(|member| *member < id);
        group.members.copy_within(at..group.count, at + 1);
        group.members[at] = id;
        group.count += 1;
    }

    /// Lets an order go, which must be in the group.
    pub(super) fn leave(&mut self, group: u32, id: u64) {
        let group = &mut self.items[group as usize];
        let at = group.members().partition_point(|member| *member < id);
        group.members.copy_within(at + 1..group.count, at);
        group.count -= 1;
    }

    /// Ends the group.
    pub(super) fn dissolve(&mut self, group: u32) {
        self.vacant.push(group);
    }

    /// The group at this address, which must not be [`NIL`].
    pub(super) fn get(&self, group: u32) -> &Group {
        &self.items[group as usize]
    }

    /// Its name, 0 for no group.
    pub(super) fn name(&self, group: u32) -> u64 {
        self.items.get(group as usize).map_or(0, |group| group.name)
    }
}
