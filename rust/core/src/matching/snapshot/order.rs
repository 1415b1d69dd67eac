//! One order from bytes, and what must be true of it alone.

use crate::book::arena::{NIL, Order};
use crate::book::tags::{Place, Tags};
use crate::instrument::COUNT_MAX;
use crate::matching::admit::SLICES_MAX;
use crate::matching::extra::Extra;
use crate::matching::snapshot::SnapshotError;
use crate::matching::snapshot::read::Reader;
use crate::order::{OrderType, TimeInForce};

/// An order and what was kept aside of it.
pub(super) struct Written {
    pub(super) order: Order,
    /// Its `group` is not told yet.
    pub(super) extra: Option<Extra>,
    /// The name of its group; 0 for none.
    pub(super) group: u64,
}

impl Written {
    /// Reads an order of one of so many symbols.
    pub(super) fn read(from: &mut Reader<'_>, symbols: usize) -> Result<Self, SnapshotError> {
        let bits = from.word32()?;
        let tags = Tags::from_bits(bits);
        let tags =
            tags.ok_or_else(|| from.broken("the tags of an order mean something", bits.into()))?;
        from.hold(
            (tags.symbol() as usize) < symbols,
            "an order is of a symbol there is",
            tags.symbol().into(),
        )?;
        let order = Order {
            tags,
            account: from.word32()?,
            id: from.word()?,
            priority: from.word()?,
            price: from.count("a price is not negative and below 2⁶²")?,
            qty: from.within(1..COUNT_MAX, "a quantity is positive and below 2⁶²")?,
            filled: from.count("what traded is not negative and below 2⁶²")?,
            next: NIL,
            prev: NIL,
            extra: NIL,
            holding: NIL,
        };
        let mut written = Self {
            order,
            extra: None,
            group: 0,
        };
        let aside = from.byte()?;
        from.hold(
            aside < 3,
            "an order has nothing, terms or a name aside",
            aside.into(),
        )?;
        if aside != 0 {
            written.read_aside(from, aside == 2)?;
        } else if order.tags.place() != Place::Book || order.tags.reduce_only() {
            written.extra = Some(Extra {
                id: order.id,
                ..Extra::default()
            });
        }
        written.check(from)?;
        Ok(written)
    }

    fn read_aside(&mut self, from: &mut Reader<'_>, named: bool) -> Result<(), SnapshotError> {
        let mut extra = Extra {
            id: self.order.id,
            order_type: from.choice(&OrderType::ALL, "an order is of a type there is")?,
            time_in_force: from.choice(&TimeInForce::ALL, "a life is one there is")?,
            beyond: from.wide()?.cast_signed(),
            reserve: from.count("a reserve is not negative and below 2⁶²")?,
            display: from.count("a display quantity is not negative and below 2⁶²")?,
            stop_price: from.within(-COUNT_MAX..i64::MAX, "a trigger is above −2⁶²")?,
            distance: from.count("a distance is not negative and below 2⁶²")?,
            expire_ns: from.time()?,
            strategy: from.word32()?,
            ..Extra::default()
        };
        self.group = from.word()?;
        extra.releases = from.word()?;
        extra.released_by = from.word()?;
        let beyond = extra.beyond;
        let fits = beyond.unsigned_abs() < 1 << 125;
        from.hold(
            fits,
            "what fills cost beyond the limit is below 2¹²⁵",
            beyond,
        )?;
        if named {
            let length = from.word()?;
            let name = std::str::from_utf8(from.slice(length)?);
            let name = name.map_err(|_| from.broken("a name is UTF-8", length.into()))?;
            extra.name = Some(name.into());
        }
        self.extra = Some(extra);
        Ok(())
    }

    /// What must be true of an order whatever others there are.
    fn check(&self, from: &Reader<'_>) -> Result<(), SnapshotError> {
        let (order, none) = (&self.order, Extra::default());
        let extra = self.extra.as_ref().unwrap_or(&none);
        let Extra {
            reserve, display, ..
        } = *extra;
        let is = |holds: bool, rule| from.hold(holds, rule, order.id.into());
        is(order.id != 0, "an order has an id")?;
        let open = order.qty.checked_add(reserve);
        let total = open.and_then(|open| open.checked_add(order.filled));
        is(
            total.is_some_and(|total| total < COUNT_MAX),
            "a total is below 2⁶²",
        )?;
        let slices = display.saturating_mul(SLICES_MAX);
        let hides = if display == 0 {
            reserve == 0
        } else {
            open <= Some(slices)
        };
        is(hides, "an order is shown in at most 1,000 slices")?;
        let rests = extra.order_type == OrderType::Limit
            && extra.time_in_force == TimeInForce::Gtc
            && (extra.stop_price, extra.distance, extra.released_by) == (0, 0, 0);
        let trails = extra.order_type == OrderType::TrailingStop;
        match order.tags.place() {
            Place::Book => is(rests, "an order in the book is a plain limit order")?,
            Place::Pending => {
                is(
                    extra.order_type.is_stop(),
                    "what waits for a trigger is a stop",
                )?;
                is(extra.released_by == 0, "what is released has been held")?;
            }
            Place::Held => is(extra.releases == 0, "a held order releases none")?,
            Place::Due => is(false, "between commands nobody is due")?,
        }
        is(
            trails == (extra.distance != 0),
            "a trailing stop has a distance",
        )?;
        let waits = order.tags.place() != Place::Book;
        is(!waits || reserve == 0, "what waits is not shown in slices")?;
        let limited = extra.order_type.has_limit();
        is(order.price > 0 || !limited, "a limit is positive")
    }
}
