//! The parts of a frame that matter, found in whatever order they stand.

use super::super::json::{Json, Parsed, Wrong};
use super::super::number::Counter;
use crate::market::Level;
use crate::units::Side;

/// The scalars of a frame as they are written; levels go into the decoder's buffer.
#[derive(Default)]
pub(super) struct Frame<'a> {
    pub(super) stream: Option<&'a [u8]>,
    pub(super) kind: Option<&'a [u8]>,
    pub(super) symbol: Option<&'a [u8]>,
    pub(super) event_time: Option<&'a [u8]>,
    pub(super) trade_time: Option<&'a [u8]>,
    pub(super) first: Option<&'a [u8]>,
    pub(super) last: Option<&'a [u8]>,
    pub(super) prev: Option<&'a [u8]>,
    pub(super) snapshot: Option<&'a [u8]>,
    pub(super) bid: Option<&'a [u8]>,
    pub(super) bid_qty: Option<&'a [u8]>,
    pub(super) ask: Option<&'a [u8]>,
    pub(super) ask_qty: Option<&'a [u8]>,
    pub(super) trade: Option<&'a [u8]>,
    pub(super) price: Option<&'a [u8]>,
    pub(super) qty: Option<&'a [u8]>,
    pub(super) buyer_is_maker: Option<&'a [u8]>,
    pub(super) execution: Option<&'a [u8]>,
    pub(super) has_bids: bool,
    pub(super) has_asks: bool,
    /// The first thing wrong with the levels; it matters only if the levels do.
    pub(super) wrong: Option<Wrong>,
}

/// Whose frame it is, and who reads its levels.
pub(super) trait Owner {
    /// Hears the name of the symbol; answers whether the rest is worth reading.
    fn named(&mut self, name: &[u8]) -> bool;

    /// What reads levels, and where they go; `None` while it is not known whose they are.
    fn levels(&mut self) -> Option<(&mut Counter, &mut Vec<Level>)>;
}

impl<'a> Frame<'a> {
    /// Reads the value `json` stands at into an empty frame; `owner` gets every level of both
    /// sides. Answers whether all of it was read: of a frame of nobody's no more than its name is.
    #[inline]
    pub(super) fn read(&mut self, json: &mut Json<'a>, owner: &mut impl Owner) -> Parsed<bool> {
        match json.peek() {
            Some(b'{') => self.object(json, owner, true),
            Some(b'[') => json.skip().map(|()| true),
            _ => json.wrong("a frame is a JSON object"),
        }
    }

    fn object(&mut self, json: &mut Json<'a>, owner: &mut impl Owner, outer: bool) -> Parsed<bool> {
        json.expect(b'{', "a frame is a JSON object")?;
        let mut first = true;
        while let Some(key) = json.key(first)? {
            first = false;
            match (json.peek(), key) {
                (Some(b'{'), [b'd', b'a', b't', b'a']) if outer => {
                    if !self.object(json, owner, false)? {
                        return Ok(false);
                    }
                }
                (Some(b'['), [b'b'] | [b'b', b'i', b'd', b's']) => {
                    once(json, &mut self.has_bids)?;
                    self.side(json, owner, Side::Buy)?;
                }
                (Some(b'['), [b'a'] | [b'a', b's', b'k', b's']) => {
                    once(json, &mut self.has_asks)?;
                    self.side(json, owner, Side::Sell)?;
                }
                (Some(b'{' | b'['), _) => json.skip()?,
                _ => {
                    let value = json.scalar()?;
                    let slot = match key {
                        [letter] => self.letter(*letter),
                        _ => self.word(key),
                    };
                    if let Some(slot) = slot
                        && slot.replace(value).is_some()
                    {
                        return json.wrong("a key stands once");
                    }
                    if matches!(key, [b's']) && !owner.named(value) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Where the value of a key of one letter goes.
    #[inline]
    const fn letter(&mut self, key: u8) -> Option<&mut Option<&'a [u8]>> {
        Some(match key {
            b'e' => &mut self.kind,
            b'E' => &mut self.event_time,
            b'T' => &mut self.trade_time,
            b's' => &mut self.symbol,
            b'U' => &mut self.first,
            b'u' => &mut self.last,
            b'b' => &mut self.bid,
            b'B' => &mut self.bid_qty,
            b'a' => &mut self.ask,
            b'A' => &mut self.ask_qty,
            b't' => &mut self.trade,
            b'p' => &mut self.price,
            b'q' => &mut self.qty,
            b'm' => &mut self.buyer_is_maker,
            b'X' => &mut self.execution,
            _ => return None,
        })
    }

    /// Where the value of a longer key goes.
    #[inline]
    fn word(&mut self, key: &[u8]) -> Option<&mut Option<&'a [u8]>> {
        Some(match key {
            b"pu" => &mut self.prev,
            b"stream" => &mut self.stream,
            b"lastUpdateId" => &mut self.snapshot,
            _ => return None,
        })
    }

    /// `[["price","qty"], …]`; where that does not hold the array is passed over, the fault kept.
    #[inline]
    fn side(&mut self, json: &mut Json<'a>, owner: &mut impl Owner, side: Side) -> Parsed<()> {
        let start = json.at();
        let Some((counter, levels)) = owner.levels() else {
            return json.skip();
        };
        if let Err(wrong) = read_side(json, counter, side, levels) {
            json.move_to(start);
            json.skip()?;
            self.wrong.get_or_insert(wrong);
        }
        Ok(())
    }
}

fn once(json: &Json<'_>, seen: &mut bool) -> Parsed<()> {
    if std::mem::replace(seen, true) {
        return json.wrong("a key stands once");
    }
    Ok(())
}

#[inline]
fn read_side(
    json: &mut Json<'_>,
    counter: &mut Counter,
    side: Side,
    levels: &mut Vec<Level>,
) -> Parsed<()> {
    const PAIR: &str = "a level is a pair of price and quantity";
    json.expect(b'[', PAIR)?;
    let mut first = true;
    while json.item(first)? {
        first = false;
        let taken = counter.levels(json.rest(), side, levels);
        if taken > 0 {
            json.move_to(json.at() + taken);
            continue;
        }
        json.expect(b'[', PAIR)?;
        json.peek();
        let at = json.at();
        let price = json.scalar()?;
        let price = counter
            .ticks(price)
            .map_err(|reason| Wrong::new(at, reason))?;
        json.expect(b',', PAIR)?;
        json.peek();
        let at = json.at();
        let qty = json.scalar()?;
        let qty = counter
            .resting(qty)
            .map_err(|reason| Wrong::new(at, reason))?;
        // Older answers carry a third, empty item.
        while json.item(false)? {
            json.skip()?;
        }
        levels.push(Level { side, price, qty });
    }
    Ok(())
}
