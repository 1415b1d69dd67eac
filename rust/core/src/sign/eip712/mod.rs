//! Typed structured data hashed by a declared schema (EIP-712).
//!
//! A message type is declared once, as the very text the standard hashes:
//! `"Mail(Person from,string contents)Person(string name,address wallet)"`. The type hash, the
//! order of fields and their widths all come from that text, so they cannot disagree.

mod schema;

use schema::Kind;

use super::SignError;
use super::secp256k1::{Address, Word, keccak};

pub use schema::Schema;

/// A value in the place of a field.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `address`.
    Address(Address),
    /// `bool`.
    Bool(bool),
    /// `string`, hashed as UTF-8.
    Text(&'a str),
    /// `uint8` to `uint256`, most significant byte first.
    Uint(Word),
    /// `int8` to `int256`.
    Int(i128),
    /// A struct's values in the order of its fields.
    Struct(Vec<Value<'a>>),
    /// The elements of `type[]`.
    List(Vec<Value<'a>>),
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        let mut word = [0; 32];
        word[24..].copy_from_slice(&number.to_be_bytes());
        Self::Uint(word)
    }
}

impl Schema {
    /// The hash of one message of the primary type.
    ///
    /// # Errors
    ///
    /// [`SignError::Value`] naming the first field whose value is missing, of another type or too
    /// wide.
    pub fn struct_hash(&self, values: &[Value<'_>]) -> Result<Word, SignError> {
        self.hash_struct(0, values)
    }

    fn hash_struct(&self, at: usize, values: &[Value<'_>]) -> Result<Word, SignError> {
        let declared = &self.structs[at];
        if values.len() != declared.fields.len() {
            return Err(SignError::Value {
                field: declared.name.clone(),
                kind: format!("{} fields, not {}", declared.fields.len(), values.len()),
            });
        }
        let mut encoded = Vec::with_capacity(32 * (values.len() + 1));
        encoded.extend_from_slice(&declared.type_hash);
        for (field, value) in declared.fields.iter().zip(values) {
            encoded.extend_from_slice(&self.encode(&field.name, &field.kind, value)?);
        }
        Ok(keccak(&[&encoded]))
    }

    fn encode(&self, field: &str, kind: &Kind, value: &Value<'_>) -> Result<Word, SignError> {
        let mut word = [0; 32];
        match (kind, value) {
            (Kind::Address, Value::Address(address)) => word[12..].copy_from_slice(&address.0),
            (Kind::Bool, Value::Bool(truth)) => word[31] = u8::from(*truth),
            (Kind::Text, Value::Text(text)) => word = keccak(&[text.as_bytes()]),
            (Kind::Uint(bits), Value::Uint(number)) if fits_uint(number, *bits) => word = *number,
            (Kind::Int(bits), Value::Int(number)) if fits_int(*number, *bits) => {
                let sign = if *number < 0 { 0xff } else { 0 };
                word[..16].fill(sign);
                word[16..].copy_from_slice(&number.to_be_bytes());
            }
            (Kind::Struct(at), Value::Struct(values)) => word = self.hash_struct(*at, values)?,
            (Kind::List(inner), Value::List(values)) => {
                let mut words = Vec::with_capacity(32 * values.len());
                for element in values {
                    words.extend_from_slice(&self.encode(field, inner, element)?);
                }
                word = keccak(&[&words]);
            }
            _ => {
                return Err(SignError::Value {
                    field: field.to_owned(),
                    kind: kind.to_string(),
                });
            }
        }
        Ok(word)
    }
}

/// What is signed: `keccak256(0x19 0x01 ‖ domain separator ‖ struct hash)`.
pub fn digest(domain_separator: &Word, struct_hash: &Word) -> Word {
    keccak(&[&[0x19, 0x01], domain_separator, struct_hash])
}

fn fits_uint(word: &Word, bits: u32) -> bool {
    let zeros = 32 - (bits / 8) as usize;
    word[..zeros].iter().all(|byte| *byte == 0)
}

const fn fits_int(number: i128, bits: u32) -> bool {
    bits >= 128 || (number >> (bits - 1) == 0) || (number >> (bits - 1) == -1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::Secret;
    use crate::sign::encoding::{decode_hex, hex_word};
    use crate::sign::secp256k1::Secp256k1Key;

    const DOMAIN: &str =
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    const MAIL: &str =
        "Mail(Person from,Person to,string contents)Person(string name,address wallet)";

    fn person(name: &'static str, wallet: &str) -> Value<'static> {
        let wallet = Address::parse("wallet", wallet).unwrap();
        Value::Struct(vec![Value::Text(name), Value::Address(wallet)])
    }

    /// The example of the standard itself: "Ether Mail", signed by keccak256("cow").
    #[test]
    fn agrees_with_the_example_of_the_standard() {
        let contract = "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC";
        let domain = [
            Value::Text("Ether Mail"),
            Value::Text("1"),
            Value::from(1),
            Value::Address(Address::parse("contract", contract).unwrap()),
        ];
        let domain = Schema::parse(DOMAIN).unwrap().struct_hash(&domain).unwrap();
        let schema = Schema::parse(MAIL).unwrap();
        let mail = [
            person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"),
            person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"),
            Value::Text("Hello, Bob!"),
        ];
        let hash = schema.struct_hash(&mail).unwrap();
        let digest = digest(&domain, &hash);
        let cow = Secp256k1Key::new(&Secret::copy(&keccak(&[b"cow"]))).unwrap();
        let signature = cow.sign(&digest).unwrap();

        assert_eq!(schema.name(), "Mail");
        for (word, expected) in [
            (
                schema.type_hash(),
                "a0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2",
            ),
            (
                domain,
                "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f",
            ),
            (
                hash,
                "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e",
            ),
            (
                digest,
                "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2",
            ),
            (
                signature.r,
                "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d",
            ),
            (
                signature.s,
                "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562",
            ),
        ] {
            assert_eq!(word, decode_hex(expected.as_bytes()).unwrap(), "{expected}");
        }
        assert_eq!(signature.v, 28);
        assert_eq!(
            cow.address().to_string(),
            "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"
        );
    }

    #[test]
    fn refuses_values_that_do_not_fit_and_names_the_field() {
        let schema = Schema::parse("T(uint8 a,int16 b,bool[] c)").unwrap();
        let good = || [Value::from(255), Value::Int(-32_768), Value::List(vec![])];
        assert!(schema.struct_hash(&good()).is_ok());
        for (at, bad, said) in [
            (0, Value::from(256), "field=a, type=uint8"),
            (0, Value::Int(1), "field=a, type=uint8"),
            (1, Value::Int(-32_769), "field=b, type=int16"),
            (1, Value::Int(32_768), "field=b, type=int16"),
            (
                2,
                Value::List(vec![Value::Text("no")]),
                "field=c, type=bool",
            ),
            (2, Value::Bool(true), "field=c, type=bool[]"),
        ] {
            let mut values = good();
            values[at] = bad;
            let refused = schema.struct_hash(&values).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        let refused = schema.struct_hash(&good()[..2]).unwrap_err().to_string();
        assert!(refused.contains("3 fields, not 2"), "{refused}");
    }

    #[test]
    fn negative_numbers_fill_the_word_with_their_sign() {
        let schema = Schema::parse("T(int64 a)").unwrap();
        let word = schema.encode("a", &Kind::Int(64), &Value::Int(-2)).unwrap();
        assert_eq!(hex_word(&word), format!("0x{}fe", "f".repeat(62)));
    }
}
