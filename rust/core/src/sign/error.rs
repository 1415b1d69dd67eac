//! Why something cannot be signed; no variant can carry a key.

use crate::decimal::Decimal;

/// A key, a message or a signature that cannot be used.
///
/// Variants about keys hold lengths and fixed words only, so no text made from them can show one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Nothing was given where a key belongs.
    #[error("{algorithm} key must not be empty")]
    EmptyKey {
        /// The algorithm asked for.
        algorithm: &'static str,
    },
    /// The key is not in a form this algorithm takes.
    #[error("{algorithm} key must be {rule}: got {length} bytes that are not")]
    MalformedKey {
        /// The algorithm asked for.
        algorithm: &'static str,
        /// The forms accepted.
        rule: &'static str,
        /// How many bytes were given.
        length: usize,
    },
    /// A well-formed key of something else.
    #[error("{algorithm} key must be of that algorithm: the PEM holds {found}")]
    WrongKey {
        /// The algorithm asked for.
        algorithm: &'static str,
        /// What the document holds.
        found: &'static str,
    },
    /// A signature that cannot be read.
    #[error("{algorithm} signature must be {rule}: got {length} bytes")]
    MalformedSignature {
        /// The algorithm asked for.
        algorithm: &'static str,
        /// The form expected.
        rule: &'static str,
        /// How many bytes were given.
        length: usize,
    },
    /// No point of the curve belongs to this digest and signature.
    #[error("signature recovers no key: r, s or v is outside the curve's rule")]
    Unrecoverable,
    /// A public value is not hexadecimal digits of the right length.
    #[error("{name} must be 0x and {rule} hex digits: {name}={}", shortened(.value))]
    MalformedHex {
        /// The argument.
        name: &'static str,
        /// How many digits.
        rule: &'static str,
        /// What was given; shown shortened, in case a key was put in the wrong place.
        value: String,
    },
    /// A number that must be above zero is not.
    #[error("{name} must be above zero: {name}={value}")]
    NotPositive {
        /// The argument.
        name: &'static str,
        /// What was given.
        value: Decimal,
    },
    /// A number has more decimals than the signed integer keeps.
    #[error("{name} must have at most {decimals} decimals, or digits are lost: {name}={value}")]
    LosesDigits {
        /// The argument.
        name: &'static str,
        /// What was given.
        value: Decimal,
        /// Decimals the message keeps.
        decimals: u32,
    },
    /// A number does not fit the signed integer.
    #[error("{name} must fit {bits} bits once scaled by 10^{decimals}: {name}={value}")]
    TooLarge {
        /// The argument.
        name: &'static str,
        /// What was given.
        value: Decimal,
        /// Decimals the message keeps.
        decimals: u32,
        /// Width of the field.
        bits: u32,
    },
    /// More decimals than any asset has.
    #[error("{name} must be at most 18: {name}={value}")]
    TooManyDecimals {
        /// The argument.
        name: &'static str,
        /// What was given.
        value: u32,
    },
    /// An expiration that has passed before any order was made.
    #[error("expiration_ns must be above zero: expiration_ns={0}")]
    Expiration(i64),
    /// A schema text that is not a canonical EIP-712 type.
    #[error("schema must be a canonical EIP-712 type, {rule}: {text:?}")]
    Schema {
        /// What is wrong.
        rule: &'static str,
        /// The part it is wrong in.
        text: String,
    },
    /// A value does not fit the field its schema declares.
    #[error("value must fit its declared type: field={field}, type={kind}")]
    Value {
        /// The field's name.
        field: String,
        /// The declared type.
        kind: String,
    },
}

/// A text that is too long to be an accident of typing, by its start and length.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 10;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}… of {} characters", &text[..end], text.chars().count()),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A private key given as an address would otherwise stand in a log.
    #[test]
    fn a_long_text_in_the_wrong_place_is_not_shown_whole() {
        let said = |value: &str| {
            let value = value.to_owned();
            let (name, rule) = ("builder", "40");
            SignError::MalformedHex { name, rule, value }.to_string()
        };
        assert_eq!(
            said("0x12"),
            "builder must be 0x and 40 hex digits: builder=\"0x12\""
        );
        assert_eq!(
            said(&format!("0x{}", "ab".repeat(32))),
            "builder must be 0x and 40 hex digits: builder=\"0xabababab\"… of 66 characters"
        );
    }
}
