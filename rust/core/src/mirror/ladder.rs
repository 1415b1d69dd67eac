//! One side of a book: quantities by price, best first.
//!
//! A venue book has thousands of levels, and nearly every change lies close to the touch. So the
//! ticks around the touch are slots of an array in pages of 64, found by arithmetic; three layers
//! of bit sets say which are taken, so the best one is three instructions away. Levels far worse
//! than the touch live in an ordered map.

use std::collections::{BTreeMap, btree_map};
use std::iter::Rev;

/// Ticks in a page: the bits of one word.
const PAGE: usize = 64;
/// Pages in the window: the bits of 64 words.
const PAGES: usize = 64 * 64;
/// Ticks in the window.
const SPAN: u64 = (PAGE * PAGES) as u64;
/// How far into the window a new touch is placed: most changes come at or behind it.
const HEADROOM: i64 = (SPAN / 4 * 3).cast_signed();
/// The window that ends with the greatest key.
const BASE_MAX: i64 = i64::MAX - SPAN.cast_signed() + 1;
/// Clears the place within a page.
const PAGE_START: i64 = !(PAGE as u64 - 1).cast_signed();
/// No page here yet.
const NONE: u16 = u16::MAX;

/// Quantities of 64 neighbouring ticks.
struct Page {
    taken: u64,
    qty: [i64; PAGE],
}

/// Quantities by key, where a greater key is a better price.
pub(super) struct Ladder {
    /// Key of the window's first slot.
    base: i64,
    /// Which of `words` are not zero.
    top: u64,
    /// Which pages have a level.
    words: [u64; 64],
    /// Where the pages of the window are kept.
    directory: Box<[u16; PAGES]>,
    pages: Vec<Page>,
    /// Levels worse than the window. None is ever better: the window moves to the best level.
    far: BTreeMap<i64, i64>,
    len: usize,
}

impl Ladder {
    pub(super) fn new() -> Self {
        Self {
            base: 0,
            top: 0,
            words: [0; 64],
            directory: Box::new([NONE; PAGES]),
            pages: Vec::new(),
            far: BTreeMap::new(),
            len: 0,
        }
    }

    /// How many keys have a quantity.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn clear(&mut self) {
        self.top = 0;
        self.words = [0; 64];
        self.directory.fill(NONE);
        self.pages.clear();
        self.far.clear();
        self.len = 0;
    }

    /// Sets what rests at `key`; zero removes it.
    #[inline(always)]
    pub(super) fn set(&mut self, key: i64, qty: i64) {
        assert!(qty >= 0, "Invariant: no negative quantity rests in a book");
        if let Some((page, bit)) = self.slot(key)
            && let Some(held) = self.pages.get_mut(usize::from(self.directory[page]))
        {
            let (before, is_there) = (held.taken, usize::from(qty != 0));
            let after = before & !(1 << bit) | (is_there as u64) << bit;
            // Most changes, and without a branch on whether a level comes, goes or stays.
            if before != 0 && after != 0 {
                let was_there = before >> bit & 1 != 0;
                (held.qty[bit], held.taken) = (qty, after);
                self.len = self.len + is_there - usize::from(was_there);
                return;
            }
        }
        self.set_elsewhere(key, qty);
    }

    /// Sets what rests at a key where the page comes or goes with it, or beyond the window.
    #[cold]
    #[inline(never)]
    fn set_elsewhere(&mut self, key: i64, qty: i64) {
        match self.slot(key) {
            Some((page, bit)) if self.top != 0 => self.set_near(page, bit, qty),
            _ => self.set_beyond(key, qty),
        }
    }

    /// What rests at `key`.
    #[inline]
    pub(super) fn get(&self, key: i64) -> i64 {
        match self.slot(key) {
            Some((page, bit)) => match self.directory[page] {
                NONE => 0,
                at => self.pages[usize::from(at)].qty[bit],
            },
            None => self.far.get(&key).copied().unwrap_or(0),
        }
    }

    /// The greatest key and what rests there.
    #[inline]
    pub(super) fn best(&self) -> Option<(i64, i64)> {
        let page = self.best_page()?;
        let held = &self.pages[usize::from(self.directory[page])];
        let bit = highest(held.taken);
        Some((self.key(page, bit), held.qty[bit]))
    }

    /// Every key with its quantity, greatest key first.
    pub(super) fn iter(&self) -> Iter<'_> {
        let page = self.best_page();
        Iter {
            ladder: self,
            page: page.unwrap_or(0),
            taken: page.map_or(0, |page| self.taken(page)),
            far: self.far.iter().rev(),
        }
    }

    #[inline]
    fn slot(&self, key: i64) -> Option<(usize, usize)> {
        // Two's complement: a key below the base is at least SPAN away, however far it lies.
        let offset = key.cast_unsigned().wrapping_sub(self.base.cast_unsigned());
        if offset >= SPAN {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "below SPAN")]
        let offset = offset as usize;
        Some((offset / PAGE, offset % PAGE))
    }

    #[expect(clippy::cast_possible_wrap, reason = "below SPAN")]
    fn key(&self, page: usize, bit: usize) -> i64 {
        self.base + (page * PAGE + bit) as i64
    }

    #[inline]
    fn best_page(&self) -> Option<usize> {
        if self.top == 0 {
            return None;
        }
        let word = highest(self.top);
        Some(word * 64 + highest(self.words[word]))
    }

    fn taken(&self, page: usize) -> u64 {
        match self.directory[page] {
            NONE => 0,
            at => self.pages[usize::from(at)].taken,
        }
    }

    #[inline]
    fn set_near(&mut self, page: usize, bit: usize, qty: i64) {
        if self.directory[page] == NONE {
            if qty == 0 {
                return;
            }
            self.add_page(page);
        }
        let held = &mut self.pages[usize::from(self.directory[page])];
        let mask = 1 << bit;
        let was = held.taken & mask != 0;
        held.qty[bit] = qty;
        match (was, qty != 0) {
            (false, true) => {
                held.taken |= mask;
                self.words[page / 64] |= 1 << (page % 64);
                self.top |= 1 << (page / 64);
                self.len += 1;
            }
            (true, false) => {
                held.taken &= !mask;
                let emptied = held.taken == 0;
                self.len -= 1;
                if emptied {
                    self.page_emptied(page);
                }
            }
            (true, true) | (false, false) => {}
        }
    }

    fn add_page(&mut self, page: usize) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most PAGES, below u16::MAX"
        )]
        let at = self.pages.len() as u16;
        self.directory[page] = at;
        self.pages.push(Page {
            taken: 0,
            qty: [0; PAGE],
        });
    }

    fn page_emptied(&mut self, page: usize) {
        self.words[page / 64] &= !(1 << (page % 64));
        if self.words[page / 64] == 0 {
            self.top &= !(1 << (page / 64));
        }
        // The touch has fallen to the worse end of the window, and the rest of the book is beyond.
        if !self.far.is_empty() && self.best_page().is_none_or(|best| best < PAGES / 4) {
            let far = self.far.last_key_value().map(|(key, _)| *key);
            if let Some(best) = self.best().map(|(key, _)| key).or(far) {
                self.move_window(best);
            }
        }
    }

    /// A key outside the window, or the first of all.
    #[cold]
    fn set_beyond(&mut self, key: i64, qty: i64) {
        if self.top != 0 && key < self.base {
            let before = if qty == 0 {
                self.far.remove(&key)
            } else {
                self.far.insert(key, qty)
            };
            self.len = self.len + usize::from(qty != 0) - usize::from(before.is_some());
        } else if qty != 0 {
            self.move_window(key);
            if let Some((page, bit)) = self.slot(key) {
                self.set_near(page, bit, qty);
            }
        }
    }

    /// Puts the window around `best`, which is at least as good as every level held.
    fn move_window(&mut self, best: i64) {
        let near: Vec<(i64, i64)> = self.iter().collect();
        self.clear();
        self.base = (best.saturating_sub(HEADROOM) & PAGE_START).min(BASE_MAX);
        for (key, qty) in near {
            if let Some((page, bit)) = self.slot(key) {
                self.set_near(page, bit, qty);
            } else {
                self.far.insert(key, qty);
                self.len += 1;
            }
        }
    }
}

#[inline]
const fn highest(word: u64) -> usize {
    63 - word.leading_zeros() as usize
}

/// See [`Ladder::iter`].
pub(super) struct Iter<'a> {
    ladder: &'a Ladder,
    page: usize,
    taken: u64,
    far: Rev<btree_map::Iter<'a, i64, i64>>,
}

impl Iterator for Iter<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<Self::Item> {
        if self.taken == 0 {
            match self.next_page() {
                Some(page) => {
                    self.page = page;
                    self.taken = self.ladder.taken(page);
                }
                None => return self.far.next().map(|(key, qty)| (*key, *qty)),
            }
        }
        let bit = highest(self.taken);
        self.taken &= !(1 << bit);
        let held = &self.ladder.pages[usize::from(self.ladder.directory[self.page])];
        Some((self.ladder.key(self.page, bit), held.qty[bit]))
    }
}

impl Iter<'_> {
    /// The best page below the current one.
    fn next_page(&self) -> Option<usize> {
        let word = self.page / 64;
        let below = |bit: usize| (1_u64 << bit) - 1;
        let here = self.ladder.words[word] & below(self.page % 64);
        if here != 0 {
            return Some(word * 64 + highest(here));
        }
        let top = self.ladder.top & below(word);
        (top != 0).then(|| {
            let word = highest(top);
            word * 64 + highest(self.ladder.words[word])
        })
    }
}
