//! Where the bytes of a tape lie: in memory, or wherever an edge keeps them.

/// Bytes that can be read from any place.
pub trait Store {
    /// How many there are.
    fn size(&self) -> u64;

    /// The bytes from `offset` on, `length` of them or as many as there are. A store that does not
    /// hold them in memory puts them into `buffer`.
    ///
    /// # Errors
    ///
    /// Why they cannot be read.
    fn read<'a>(
        &'a self,
        offset: u64,
        length: usize,
        buffer: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], String>;
}

impl<B: AsRef<[u8]>> Store for B {
    fn size(&self) -> u64 {
        self.as_ref().len() as u64
    }

    fn read<'a>(
        &'a self,
        offset: u64,
        length: usize,
        _: &'a mut Vec<u8>,
    ) -> Result<&'a [u8], String> {
        let bytes = self.as_ref();
        let start = usize::try_from(offset).map_or(bytes.len(), |at| at.min(bytes.len()));
        let end = start.saturating_add(length).min(bytes.len());
        Ok(&bytes[start..end])
    }
}
