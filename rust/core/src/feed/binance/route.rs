//! Whose frame it is.

use std::collections::BTreeMap;

use super::super::json::{Json, Parsed};
use super::super::number::Counter;
use super::frame::Owner;
use super::line::Line;
use crate::market::Level;

/// Longest name of a symbol that is looked for.
const NAME_BYTES_MAX: usize = 64;

/// Places by the venue's names, whichever case they are written in.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<Box<[u8]>, usize>);

impl Names {
    /// Adds a name; `false` if it is there already, or too long.
    pub(super) fn add(&mut self, name: &[u8], place: usize) -> bool {
        let upper = name.to_ascii_uppercase().into_boxed_slice();
        name.len() <= NAME_BYTES_MAX && self.0.insert(upper, place).is_none()
    }

    /// The place of a name.
    #[inline]
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        let mut upper = [0; NAME_BYTES_MAX];
        let upper = upper.get_mut(..name.len())?;
        upper.copy_from_slice(name);
        upper.make_ascii_uppercase();
        self.0.get(&*upper).copied()
    }
}

/// Finds the owner of a frame while it is read, so that it is read once.
pub(super) struct Router<'a> {
    names: &'a Names,
    lines: &'a mut [Line],
    /// Whose frame it is, once its name was heard and is one of ours.
    pub(super) place: Option<usize>,
    /// Levels came before the name, and were passed over.
    pub(super) missed_levels: bool,
}

impl<'a> Router<'a> {
    #[inline]
    pub(super) const fn new(names: &'a Names, lines: &'a mut [Line]) -> Self {
        Self {
            names,
            lines,
            place: None,
            missed_levels: false,
        }
    }
}

impl Owner for Router<'_> {
    #[inline]
    fn named(&mut self, name: &[u8]) -> bool {
        self.place = self.names.find(name);
        if let Some(place) = self.place {
            self.lines[place].decoder.levels.clear();
        }
        self.place.is_some()
    }

    #[inline]
    fn levels(&mut self) -> Option<(&mut Counter, &mut Vec<Level>)> {
        self.missed_levels |= self.place.is_none();
        self.lines[self.place?].decoder.levels()
    }
}

/// The name of the symbol of a frame: its first `s`, bare or in the envelope of a combined stream,
/// or else what stands before the `@` of the stream. `None` where the frame is of no symbol.
#[inline]
pub(super) fn name<'a>(json: &mut Json<'a>) -> Parsed<Option<&'a [u8]>> {
    let mut stream = None;
    if json.peek() == Some(b'[') {
        json.skip()?;
        return Ok(None);
    }
    let symbol = member(json, &mut stream, true)?;
    Ok(symbol.or_else(|| before_at(stream?)))
}

#[inline]
fn member<'a>(
    json: &mut Json<'a>,
    stream: &mut Option<&'a [u8]>,
    outer: bool,
) -> Parsed<Option<&'a [u8]>> {
    json.expect(b'{', "a frame is a JSON object")?;
    let mut first = true;
    while let Some(key) = json.key(first)? {
        first = false;
        match (key, json.peek()) {
            (b"data", Some(b'{')) if outer => {
                if let Some(symbol) = member(json, stream, false)? {
                    return Ok(Some(symbol));
                }
            }
            (_, Some(b'{' | b'[')) => json.skip()?,
            ([b's'], _) => return json.scalar().map(Some),
            (b"stream", _) => *stream = Some(json.scalar()?),
            _ => drop(json.scalar()?),
        }
    }
    Ok(None)
}

pub(super) fn before_at(stream: &[u8]) -> Option<&[u8]> {
    let at = stream.iter().position(|byte| *byte == b'@')?;
    Some(&stream[..at])
}
