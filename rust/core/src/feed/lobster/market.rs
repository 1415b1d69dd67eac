//! The book that LOBSTER messages describe, with what is known of each order.

use std::collections::HashMap;

use super::{Action, Message};
use crate::feed::step::digits;
use crate::market::Level;
use crate::mirror::Book;
use crate::units::{Lots, Side, Ticks};

/// What LOBSTER writes as the price of a level that does not exist.
const NO_LEVEL: &[u8] = b"9999999999";

/// Where messages and book did not fit, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oddities {
    /// Messages about orders placed before the recording; they are taken from their price level.
    pub older_orders: u64,
    /// Messages that take more than rests at their price: the level lay below the window that was
    /// known at the start. What rests is taken.
    pub unknown_levels: u64,
    /// Messages whose side, price or size is not that of the order they name; the message counts.
    pub contradictions: u64,
}

/// A book kept order by order.
pub struct Market {
    book: Book,
    /// The prices that were inside the recording's window at every row so far.
    ///
    /// LOBSTER tells only of its best so many levels. An order placed or taken away beyond the
    /// deepest is told of by no message, and shows when its level comes up into the window.
    seen: Window,
    orders: HashMap<u64, Level>,
    oddities: Oddities,
}

impl Default for Market {
    fn default() -> Self {
        Self::new()
    }
}

impl Market {
    /// An empty market.
    pub fn new() -> Self {
        let mut book = Book::new();
        book.apply_snapshot(&[]);
        Self {
            book,
            seen: Window::default(),
            orders: HashMap::new(),
            oddities: Oddities::default(),
        }
    }

    /// The market before `first`, whose book after it is `row` of an order book file.
    ///
    /// # Errors
    ///
    /// The rule that `row` breaks.
    pub fn before(row: &[u8], first: &Message) -> Result<Self, String> {
        let mut market = Self::new();
        let rows = rows(row)?;
        market.seen.narrow(&rows);
        market.book.apply_snapshot(&levels(&rows));
        let undone = match first.action {
            Action::Add => -first.qty.0,
            Action::Reduce | Action::Delete | Action::Execute => first.qty.0,
            Action::ExecuteHidden | Action::Cross | Action::Halt => 0,
        };
        market.add(first.side, first.price, undone);
        market.oddities = Oddities::default();
        Ok(market)
    }

    /// The book by price.
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// Orders known to rest.
    pub fn orders(&self) -> usize {
        self.orders.len()
    }

    /// Where messages and book did not fit so far.
    pub const fn oddities(&self) -> Oddities {
        self.oddities
    }

    /// Takes a message.
    pub fn apply(&mut self, message: &Message) {
        match message.action {
            Action::Add => {
                let order = Level {
                    side: message.side,
                    price: message.price,
                    qty: message.qty,
                };
                if self.orders.insert(message.order_id, order).is_some() {
                    self.oddities.contradictions += 1;
                }
                self.add(message.side, message.price, message.qty.0);
            }
            Action::Reduce | Action::Delete | Action::Execute => {
                self.take_from_order(message);
                self.add(message.side, message.price, -message.qty.0);
            }
            Action::ExecuteHidden | Action::Cross | Action::Halt => {}
        }
    }

    fn take_from_order(&mut self, message: &Message) {
        let Some(order) = self.orders.get_mut(&message.order_id) else {
            self.oddities.older_orders += 1;
            return;
        };
        let left = order.qty.0 - message.qty.0;
        let fits = (order.side, order.price) == (message.side, message.price)
            && left >= 0
            && (message.action != Action::Delete || left == 0);
        self.oddities.contradictions += u64::from(!fits);
        if left > 0 && message.action != Action::Delete {
            order.qty = Lots(left);
        } else {
            self.orders.remove(&message.order_id);
        }
    }

    fn add(&mut self, side: Side, price: Ticks, qty: i64) {
        let resting = self.book.qty_at(side, price).0;
        let left = resting.saturating_add(qty);
        if left < 0 {
            self.oddities.unknown_levels += 1;
        }
        self.book.set(side, price, Lots(left.max(0)));
    }

    /// The levels, from 1, at which the book is not `row` of an order book file: the one after the
    /// last message applied.
    ///
    /// `true` beside a level says that its price was below the window at some row before, so that
    /// what happened there could not be known. Rows are to be compared in order.
    ///
    /// # Errors
    ///
    /// The rule that `row` breaks.
    pub fn differing_levels(&mut self, row: &[u8]) -> Result<Vec<(usize, bool)>, String> {
        let rows = rows(row)?;
        let mut asks = self.book.depth(Side::Sell, usize::MAX);
        let mut bids = self.book.depth(Side::Buy, usize::MAX);
        let mut differing = Vec::new();
        for (at, [ask, bid]) in rows.iter().enumerate() {
            let (our_ask, our_bid) = (asks.next(), bids.next());
            if (our_ask, our_bid) != (*ask, *bid) {
                let unknown = (our_ask == *ask || self.seen.is_below(Side::Sell, ask.or(our_ask)))
                    && (our_bid == *bid || self.seen.is_below(Side::Buy, bid.or(our_bid)));
                differing.push((at + 1, unknown));
            }
        }
        self.seen.narrow(&rows);
        Ok(differing)
    }
}

/// The worst price of each side of which everything is known; `None` where all of it is.
#[derive(Default)]
struct Window {
    bid: Option<Ticks>,
    ask: Option<Ticks>,
}

impl Window {
    /// Takes in a row. One that is not full hides nothing.
    fn narrow(&mut self, rows: &[[Shown; 2]]) {
        let Some([ask, bid]) = rows.last() else {
            return;
        };
        if let Some((price, _)) = ask {
            self.ask = Some(self.ask.map_or(*price, |seen| seen.min(*price)));
        }
        if let Some((price, _)) = bid {
            self.bid = Some(self.bid.map_or(*price, |seen| seen.max(*price)));
        }
    }

    fn is_below(&self, side: Side, level: Shown) -> bool {
        match (level, side) {
            (None, _) => false,
            (Some((price, _)), Side::Buy) => self.bid.is_some_and(|seen| price < seen),
            (Some((price, _)), Side::Sell) => self.ask.is_some_and(|seen| price > seen),
        }
    }
}

type Shown = Option<(Ticks, Lots)>;

fn levels(rows: &[[Shown; 2]]) -> Vec<Level> {
    let level = |side| move |(price, qty)| Level { side, price, qty };
    rows.iter()
        .flat_map(|[ask, bid]| [ask.map(level(Side::Sell)), bid.map(level(Side::Buy))])
        .flatten()
        .collect()
}

/// `ask price, ask size, bid price, bid size` level by level.
fn rows(row: &[u8]) -> Result<Vec<[Shown; 2]>, String> {
    let fields: Vec<&[u8]> = row
        .trim_ascii()
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .collect();
    if !fields.len().is_multiple_of(4) {
        let count = fields.len();
        return Err(format!(
            "a book row has four fields a level: fields={count}"
        ));
    }
    fields
        .chunks_exact(4)
        .map(|level| Ok([shown(level[0], level[1])?, shown(level[2], level[3])?]))
        .collect()
}

fn shown(price: &[u8], size: &[u8]) -> Result<Shown, String> {
    if price.strip_prefix(b"-").unwrap_or(price) == NO_LEVEL {
        return Ok(None);
    }
    let whole = |text| digits(text).map(u64::cast_signed);
    match (whole(price), whole(size)) {
        (Some(price), Some(qty)) if price > 0 && qty > 0 => Ok(Some((Ticks(price), Lots(qty)))),
        _ => Err(format!(
            "price and size of a book row are whole numbers above 0: price={:?}, size={:?}",
            String::from_utf8_lossy(price),
            String::from_utf8_lossy(size)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Messages;
    use super::*;

    /// A market of three levels a side, before its first message.
    fn market(first: &str) -> Market {
        let row = b"110,5,100,7,120,1,90,2,9999999999,0,-9999999999,0";
        Market::before(row, &message(first)).unwrap()
    }

    fn message(line: &str) -> Message {
        Messages::new(line).next_message().unwrap().unwrap()
    }

    fn shown(market: &Market) -> String {
        let side = |side| {
            let levels = market
                .book()
                .depth(side, 9)
                .map(|(p, q)| format!("{}:{}", p.0, q.0));
            levels.collect::<Vec<_>>().join(" ")
        };
        format!("{} | {}", side(Side::Buy), side(Side::Sell))
    }

    #[test]
    fn the_first_message_is_undone_to_start() {
        for (first, before) in [
            ("1,1,5,7,100,1", "90:2 | 110:5 120:1"),
            ("1,1,5,3,110,-1", "100:7 90:2 | 110:2 120:1"),
            ("1,3,5,3,105,-1", "100:7 90:2 | 105:3 110:5 120:1"),
            ("1,4,5,3,110,-1", "100:7 90:2 | 110:8 120:1"),
            ("1,5,0,3,110,-1", "100:7 90:2 | 110:5 120:1"),
        ] {
            let mut market = market(first);
            assert_eq!(shown(&market), before, "{first}");
            market.apply(&message(first));
            assert_eq!(shown(&market), "100:7 90:2 | 110:5 120:1", "{first}");
        }
    }

    #[test]
    fn orders_come_shrink_trade_and_go() {
        let mut market = market("1,7,0,0,0,1");
        for (line, after) in [
            ("1,1,1,10,101,1", "101:10 100:7 90:2 | 110:5 120:1"),
            ("2,2,1,4,101,1", "101:6 100:7 90:2 | 110:5 120:1"),
            ("3,4,1,1,101,1", "101:5 100:7 90:2 | 110:5 120:1"),
            ("4,5,0,9,101,1", "101:5 100:7 90:2 | 110:5 120:1"),
            ("5,3,1,5,101,1", "100:7 90:2 | 110:5 120:1"),
        ] {
            market.apply(&message(line));
            assert_eq!(shown(&market), after, "{line}");
        }
        assert_eq!(
            (market.orders(), market.oddities()),
            (0, Oddities::default())
        );
    }

    #[test]
    fn what_does_not_fit_is_counted_and_never_goes_below_zero() {
        let mut market = market("1,7,0,0,0,1");
        market.apply(&message("1,3,9,7,100,1"));
        assert_eq!(market.oddities().older_orders, 1);
        market.apply(&message("1,3,10,7,50,1"));
        assert_eq!(market.oddities().unknown_levels, 1);
        market.apply(&message("1,1,11,4,91,1"));
        market.apply(&message("1,3,11,3,91,1"));
        assert_eq!(market.oddities().contradictions, 1);
        assert_eq!(shown(&market), "91:1 90:2 | 110:5 120:1");
    }

    #[test]
    fn differing_levels_are_named() {
        let mut market = market("1,7,0,0,0,1");
        let mut differing = |row: &str| market.differing_levels(row.as_bytes()).unwrap();
        let whole = "110,5,100,7,120,1,90,2,9999999999,0,-9999999999,0";
        assert_eq!(differing(whole), []);
        assert_eq!(
            differing("110,5,100,7,120,1,90,3,9999999999,0,80,1"),
            [(2, false), (3, false)]
        );
        assert_eq!(
            differing("110,4,100,7,120,1,90,2,130,1,80,1"),
            [(1, false), (3, false)]
        );
        let error = market.differing_levels(b"110,5,100").unwrap_err();
        assert_eq!(error, "a book row has four fields a level: fields=3");
        let error = market.differing_levels(b"110,5,100,-7").unwrap_err();
        assert!(error.contains("size=\"-7\""), "{error}");
    }

    #[test]
    fn a_price_once_below_the_window_is_told_apart() {
        let row = b"110,5,100,7,120,1,90,2";
        let mut market = Market::before(row, &message("1,7,0,0,0,1")).unwrap();
        market.apply(&message("1,3,1,7,100,1"));
        // 80 comes up from below 90, the deepest bid so far; 95 was inside and told by nobody.
        let mut differing = |row: &str| market.differing_levels(row.as_bytes()).unwrap();
        assert_eq!(differing("110,5,90,2,120,1,80,3"), [(2, true)]);
        assert_eq!(differing("110,5,95,1,120,1,90,2"), [(1, false), (2, false)]);
        assert_eq!(differing("110,5,90,2,120,1,-9999999999,0"), []);
        assert_eq!(differing("110,5,90,2,130,1,-9999999999,0"), [(2, true)]);
        assert_eq!(differing("110,5,90,2,115,1,80,3"), [(2, false)]);
    }
}
