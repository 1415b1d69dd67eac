//! From bytes to an engine.

use std::sync::Arc;

use crate::book::queue;
use crate::book::tags::{Place, SYMBOLS_MAX};
use crate::instrument::Instrument;
use crate::matching::Engine;
use crate::matching::command::{Bands, Phase};
use crate::matching::extra::Extra;
use crate::matching::hash::SymbolState;
use crate::matching::links::MEMBERS_MAX;
use crate::matching::place::OWN_ID_END;
use crate::matching::session;
use crate::matching::snapshot::order::Written;
use crate::matching::snapshot::read::Reader;
use crate::matching::snapshot::{MAGIC, SnapshotError, VERSION, fingerprint, rank};
use crate::risk::Risk;
use crate::units::Side;

impl Engine {
    /// The engine whose [`Engine::snapshot`] these bytes are: it answers as that one would have.
    ///
    /// `instruments` are those of that engine, in the same order. Memory follows the length of
    /// the bytes, not what they say.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] for other instruments and for all other bytes.
    pub fn restore(
        mut instruments: Vec<Arc<Instrument>>,
        bytes: &[u8],
    ) -> Result<Self, SnapshotError> {
        instruments.truncate(SYMBOLS_MAX);
        let mut from = Reader::new(bytes);
        let stated = read_head(&mut from, bytes.len())?;
        let mut engine = Self::new(instruments);
        engine.read_instruments(&mut from)?;
        engine.read_counters(&mut from)?;
        engine.read_states(&mut from)?;
        engine.read_risk(&mut from)?;
        let groups = engine.read_orders(&mut from)?;
        let left = bytes.len() - from.at();
        from.hold(
            left == 0,
            "a snapshot ends with its last order",
            left as i128,
        )?;
        engine.read_groups(&groups, &from)?;
        engine.check_links(&from)?;
        engine.finish(&from)?;
        let built = engine.state_hash();
        if built == stated {
            Ok(engine)
        } else {
            Err(SnapshotError::Hash { stated, built })
        }
    }

    fn read_instruments(&self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let count = from.word()?;
        let same = count == self.instruments.len() as u64;
        from.hold(
            same,
            "a snapshot has as many instruments as are given",
            count.into(),
        )?;
        for (symbol, instrument) in (0..).zip(&self.instruments) {
            let at = from.at();
            if from.wide()? != fingerprint(instrument) {
                return Err(SnapshotError::Instrument { symbol, at });
            }
        }
        Ok(())
    }

    fn read_counters(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        for counter in [&mut self.sequence, &mut self.last_id] {
            *counter = from.word()?;
            let fits = *counter < OWN_ID_END;
            from.hold(fits, "a counter is below 2⁶³", (*counter).into())?;
        }
        self.now_ns = from.time()?;
        Ok(())
    }

    fn read_states(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        for market in &mut self.markets {
            market.state = read_state(from)?;
            market.note_state();
            self.pauses += u32::from(market.state.resume_ns != 0);
        }
        Ok(())
    }

    fn read_risk(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let length = from.word()?;
        let at = from.at();
        let risk = Risk::read(from.slice(length)?, &self.instruments);
        self.risk = risk.map_err(|source| SnapshotError::Risk { source, at })?;
        Ok(())
    }

    /// Reads every order and answers who is in a group: its name and the order.
    fn read_orders(&mut self, from: &mut Reader<'_>) -> Result<Vec<(u64, u64)>, SnapshotError> {
        let mut groups = Vec::new();
        let mut last = None;
        for _ in 0..from.word()? {
            let written = Written::read(from, self.markets.len())?;
            let id = written.order.id;
            let rank = Some(rank(&written.order));
            from.hold(last < rank, "orders come in book order", id.into())?;
            last = rank;
            if written.group != 0 {
                groups.push((written.group, id));
            }
            self.house_written(written, from)?;
        }
        groups.sort_unstable();
        Ok(groups)
    }

    /// Puts an order where it was.
    fn house_written(&mut self, written: Written, from: &Reader<'_>) -> Result<(), SnapshotError> {
        let Written {
            mut order, extra, ..
        } = written;
        let is = |holds, rule| from.hold(holds, rule, order.id.into());
        let age = (1..=self.sequence).contains(&order.priority);
        is(age, "an order took its place with a report there was")?;
        is(self.index.get(order.id).is_none(), "an id is of one order")?;
        order.holding = self.risk.row_of_live(order.account, order.symbol()).0;
        if let Some(extra) = extra {
            if let Some(name) = extra.name.clone() {
                let free = self.clients.find(order.account, &name).is_none();
                is(free, "a name is of one order of its account")?;
                self.clients.remember(order.account, name, order.id);
            }
            let expire_ns = extra.expire_ns;
            order.extra = self.extras.keep(extra);
            if expire_ns != 0 {
                let key = (expire_ns, order.id);
                self.expiries.push(key, order.extra, &mut self.extras);
            }
        }
        let slot = self.arena.claim();
        let slot =
            slot.ok_or_else(|| from.broken("orders are counted in 32 bits", order.id.into()))?;
        *self.arena.get_mut(slot) = order;
        self.index.insert(order.id, slot);
        let market = &mut self.markets[order.symbol() as usize];
        match order.tags.place() {
            Place::Book => {
                let fits = queue::append(&mut market.ladder, &mut self.arena, slot);
                is(fits, "a level shows less than 2⁶³ lots")?;
                let hides = self.extras.get(order.extra).is_some_and(|e| e.display != 0);
                market.icebergs += u32::from(hides);
            }
            Place::Pending => self.await_trigger(slot),
            Place::Held | Place::Due => {}
        }
        Ok(())
    }

    /// Brings groups together again, given who is in which.
    fn read_groups(
        &mut self,
        members: &[(u64, u64)],
        from: &Reader<'_>,
    ) -> Result<(), SnapshotError> {
        for group in members.chunk_by(|a, b| a.0 == b.0) {
            let name = group[0].0;
            let is = |holds, rule| from.hold(holds, rule, name.into());
            let size = group.len();
            is(
                (2..=MEMBERS_MAX).contains(&size),
                "a group has 2 to 16 orders",
            )?;
            let named = group.binary_search(&(name, name)).is_ok();
            is(named, "a group bears the id of one of its orders")?;
            let first = self.order(name).map(|o| (o.account, o.symbol()));
            let at = self.groups.found(name);
            for (_, id) in group {
                let Some(order) = self.order(*id) else {
                    continue;
                };
                let (owner, extra) = ((order.account, order.symbol()), order.extra);
                is(Some(owner) == first, "a group is of one account and symbol")?;
                self.extras.at_mut(extra).group = at;
                if *id != name {
                    self.groups.join(at, *id);
                }
            }
        }
        Ok(())
    }

    /// Checks that who releases an order and who is released by one name each other.
    fn check_links(&self, from: &Reader<'_>) -> Result<(), SnapshotError> {
        for order in self.live() {
            let Some(extra) = self.extras.get(order.extra) else {
                continue;
            };
            let is = |holds, rule| from.hold(holds, rule, order.id.into());
            if extra.releases != 0 {
                let held = self.order(extra.releases).filter(|held| {
                    (held.account, held.symbol()) == (order.account, order.symbol())
                        && held.tags.place() == Place::Held
                });
                let back = held.and_then(|held| self.extras.get(held.extra));
                let mutual = back.is_some_and(|held| held.released_by == order.id);
                is(mutual, "who releases an order is named by it")?;
            }
            if extra.released_by != 0 {
                let by = self.order(extra.released_by);
                let back = by.and_then(|by| self.extras.get(by.extra));
                let mutual = back.is_some_and(|by| by.releases == order.id);
                is(mutual, "who is released by an order is named by it")?;
            }
        }
        Ok(())
    }

    /// Notes what follows from all that was read.
    fn finish(&mut self, from: &Reader<'_>) -> Result<(), SnapshotError> {
        for slot in self.arena.slots() {
            let order = self.arena.get_mut(slot);
            let extra = self.extras.get(order.extra);
            let care = order.tags.reduce_only()
                || order.tags.place() != Place::Book
                || extra.is_some_and(Extra::needs_care);
            order.tags = order.tags.care(care);
            self.count(slot);
        }
        for market in &self.markets {
            let touch = [Side::Buy, Side::Sell].map(|side| market.ladder.best(side));
            if let ([Some(bid), Some(ask)], Phase::Open) = (touch, market.state.phase) {
                from.hold(bid < ask, "an open book is not crossed", bid.into())?;
            }
        }
        self.plan();
        Ok(())
    }
}

/// What comes before everything; answers the hash it says.
fn read_head(from: &mut Reader<'_>, length: usize) -> Result<u128, SnapshotError> {
    let magic = from.array()?;
    if magic != MAGIC {
        return Err(SnapshotError::Magic(magic));
    }
    let version = from.word32()?;
    if version != VERSION {
        return Err(SnapshotError::Version(version));
    }
    let (stated, found) = (from.word()?, length as u64);
    if stated != found {
        return Err(SnapshotError::Length { stated, found });
    }
    from.wide()
}

fn read_state(from: &mut Reader<'_>) -> Result<SymbolState, SnapshotError> {
    let phase = from.choice(&Phase::ALL, "a symbol is in a state there is")?;
    let dynamic_bps = from.word32()?;
    let state = SymbolState {
        phase,
        last: from.count("a price is not negative and below 2⁶²")?,
        reference: from.count("a price is not negative and below 2⁶²")?,
        bands: Bands {
            low: from.number()?,
            high: from.number()?,
            dynamic_bps,
            halt_ns: from.number()?,
        },
        resume_ns: from.time()?,
    };
    let bands = &state.bands;
    from.hold(
        session::are_sensible(bands),
        "bands are what may be set",
        bands.low.into(),
    )?;
    let pauses = state.resume_ns == 0 || phase == Phase::Auction;
    from.hold(
        pauses,
        "a paused symbol is in auction",
        state.resume_ns.into(),
    )?;
    Ok(state)
}
