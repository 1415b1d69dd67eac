//! The middle of a book.

/// A middle price: best bid plus best ask, in ticks, so that half a tick stays whole.
///
/// Zero when a side of the book was empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Mid(pub i64);

impl Mid {
    /// Whether both sides were there.
    pub const fn is_known(self) -> bool {
        self.0 > 0
    }
}
