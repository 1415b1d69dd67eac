//! What a session was told, for as long as there is room.

use std::collections::VecDeque;

/// Numbered messages, the last ones kept.
pub(crate) struct Log {
    bytes: VecDeque<u8>,
    /// Length of each message kept.
    lengths: VecDeque<u32>,
    /// Number of the next message.
    next: u64,
    most: usize,
}

impl Log {
    /// Keeps at most so many bytes.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            bytes: VecDeque::new(),
            lengths: VecDeque::new(),
            next: 1,
            most,
        }
    }

    /// Number of the next message.
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// Number of the first message that is kept; the next one where none is.
    pub(crate) fn first(&self) -> u64 {
        self.next - self.lengths.len() as u64
    }

    /// Keeps the next message.
    pub(crate) fn push(&mut self, message: &[u8]) {
        self.next += 1;
        while self.bytes.len() + message.len() > self.most
            && let Some(length) = self.lengths.pop_front()
        {
            self.bytes.drain(..length as usize);
        }
        if message.len() <= self.most {
            self.bytes.extend(message);
            self.lengths
                .push_back(u32::try_from(message.len()).unwrap_or(u32::MAX));
        }
    }

    /// Hands each message from `from` to `to` that is kept to `each`.
    pub(crate) fn replay(&self, from: u64, to: u64, mut each: impl FnMut(&[u8])) {
        let mut at = 0;
        let mut message = Vec::new();
        for (number, length) in (self.first()..).zip(&self.lengths) {
            let length = *length as usize;
            if (from..=to).contains(&number) {
                message.clear();
                message.extend(self.bytes.range(at..at + length));
                each(&message);
            }
            at += length;
        }
    }

    /// Forgets what it kept: the next messages have another form.
    pub(crate) fn forget(&mut self) {
        self.bytes.clear();
        self.lengths.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(log: &Log, from: u64, to: u64) -> Vec<String> {
        let mut texts = Vec::new();
        log.replay(from, to, |bytes| {
            texts.push(String::from_utf8_lossy(bytes).into_owned());
        });
        texts
    }

    #[test]
    fn the_last_messages_are_kept_with_their_numbers() {
        let mut log = Log::new(8);
        assert_eq!((log.first(), log.next()), (1, 1));
        for text in ["one", "two", "three"] {
            log.push(text.as_bytes());
        }
        assert_eq!((log.first(), log.next()), (2, 4));
        assert_eq!(kept(&log, 1, u64::MAX), ["two", "three"]);
        assert_eq!(kept(&log, 3, 3), ["three"]);
        assert_eq!(kept(&log, 4, 9), Vec::<String>::new());
        log.push(b"much too long");
        assert_eq!((log.first(), log.next()), (5, 5));
        log.push(b"six");
        assert_eq!(kept(&log, 0, 9), ["six"]);
        assert_eq!(log.first(), 5);
    }
}
