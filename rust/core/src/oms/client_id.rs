//! Client order ids: `tc-<run>-<n>`, where `n` is the [`OrderKey`], so that either gives the other.

use crate::oms::message::OrderKey;

/// Names a run in the client order ids of its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunId(String);

/// A run id that cannot be part of a client order id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run id is 1 to 12 lower case letters or digits: run_id={0:?}")]
pub struct RunIdError(String);

impl RunId {
    /// Takes `text` as the run's name. With the longest one, an id is 36 characters, which every
    /// venue takes.
    ///
    /// # Errors
    ///
    /// [`RunIdError`] when it is empty, longer than 12 characters, or has others than `a-z 0-9`.
    pub fn new(text: &str) -> Result<Self, RunIdError> {
        let fits = matches!(text.len(), 1..=12)
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(RunIdError(text.to_owned()))
        }
    }

    /// The run's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The client order id of `key`.
    pub fn client_order_id(&self, key: OrderKey) -> String {
        format!("tc-{}-{}", self.0, key.0)
    }

    /// The key in a client order id of this run; `None` for any other text, so that an order of
    /// another run or of a person is never taken for ours.
    pub fn key(&self, client_order_id: &str) -> Option<OrderKey> {
        let digits = client_order_id
            .strip_prefix("tc-")?
            .strip_prefix(self.0.as_str())?
            .strip_prefix('-')?;
        let canonical = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| canonical).map(OrderKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_text_give_each_other() {
        let run = RunId::new("7f3a").unwrap();
        assert_eq!(run.client_order_id(OrderKey(42)), "tc-7f3a-42");
        assert_eq!(run.key("tc-7f3a-42"), Some(OrderKey(42)));
        let longest = RunId::new("abcdefghij12").unwrap();
        assert_eq!(longest.client_order_id(OrderKey(u64::MAX)).len(), 36);
    }

    #[test]
    fn the_ids_of_others_are_not_ours() {
        let run = RunId::new("a1").unwrap();
        for text in [
            "tc-a-42",
            "tc-a1-",
            "tc-a1-042",
            "tc-a1-4x",
            "tc-a1-+4",
            "web_1",
            "tc-a1-99999999999999999999",
        ] {
            assert_eq!(run.key(text), None, "{text}");
        }
    }

    #[test]
    fn a_run_id_that_a_venue_might_refuse_is_refused() {
        for text in ["", "A", "a-b", "thirteenchars", "ü"] {
            assert!(
                RunId::new(text)
                    .unwrap_err()
                    .to_string()
                    .starts_with("a run id is 1 to 12")
            );
        }
    }
}
