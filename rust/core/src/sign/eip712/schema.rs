//! The declared text of a message type, parsed.

use std::fmt;

use crate::sign::SignError;
use crate::sign::secp256k1::{Word, keccak};

/// A parsed message type: the primary struct first, those it names after it.
#[derive(Debug)]
pub struct Schema {
    pub(super) structs: Vec<Struct>,
}

#[derive(Debug)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) type_hash: Word,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Bool,
    Text,
    Uint(u32),
    Int(u32),
    Struct(usize),
    List(Box<Kind>),
}

impl Schema {
    /// Parses the text that `encodeType` gives.
    ///
    /// # Errors
    ///
    /// [`SignError::Schema`] when it is not canonical: a type without a definition, a definition
    /// nobody uses or out of order, a type this module does not know.
    pub fn parse(text: &str) -> Result<Self, SignError> {
        let definitions = split_definitions(text)?;
        let names: Vec<&str> = definitions.iter().map(|(name, ..)| *name).collect();
        if !names[1..].is_sorted_by(|a, b| a < b) || names[1..].contains(&names[0]) {
            return Err(refuse(
                "each struct once, those after the first by name",
                text,
            ));
        }
        let mut bodies = Vec::with_capacity(definitions.len());
        for (_, body, _) in &definitions {
            bodies.push(parse_fields(body, &names)?);
        }
        let mut structs = Vec::with_capacity(definitions.len());
        for at in 0..definitions.len() {
            let used = reachable(at, &bodies);
            if at == 0 && !used.iter().all(|reached| *reached) {
                return Err(refuse("with no struct the first does not use", text));
            }
            structs.push(hash_of_type(at, &used, &definitions));
        }
        let made = names.iter().zip(bodies).zip(structs);
        Ok(Self {
            structs: made
                .map(|((name, fields), type_hash)| Struct {
                    name: (*name).to_owned(),
                    fields,
                    type_hash,
                })
                .collect(),
        })
    }

    /// The name of the primary struct.
    pub fn name(&self) -> &str {
        &self.structs[0].name
    }

    /// Keccak-256 of the declared text.
    pub fn type_hash(&self) -> Word {
        self.structs[0].type_hash
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("address"),
            Self::Bool => f.write_str("bool"),
            Self::Text => f.write_str("string"),
            Self::Uint(bits) => write!(f, "uint{bits}"),
            Self::Int(bits) => write!(f, "int{bits}"),
            Self::Struct(_) => f.write_str("struct"),
            Self::List(inner) => write!(f, "{inner}[]"),
        }
    }
}

/// `(name, fields, whole definition)` of one struct.
type Definition<'a> = (&'a str, &'a str, &'a str);

fn split_definitions(text: &str) -> Result<Vec<Definition<'_>>, SignError> {
    let mut definitions = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let shape = || refuse("Name(type field,…) and nothing else", rest);
        let (open, close) = rest.find('(').zip(rest.find(')')).ok_or_else(shape)?;
        if open >= close || !is_identifier(&rest[..open]) {
            return Err(shape());
        }
        let whole = &rest[..=close];
        definitions.push((&rest[..open], &rest[open + 1..close], whole));
        rest = &rest[close + 1..];
    }
    if definitions.is_empty() {
        return Err(refuse("not empty", text));
    }
    Ok(definitions)
}

fn parse_fields(body: &str, names: &[&str]) -> Result<Vec<Field>, SignError> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let field = |part: &str| {
        let (kind, name) = part
            .split_once(' ')
            .filter(|(_, name)| is_identifier(name))
            .ok_or_else(|| refuse("fields written as `type name`", part))?;
        Ok(Field {
            name: name.to_owned(),
            kind: parse_kind(kind, names)?,
        })
    };
    body.split(',').map(field).collect()
}

fn parse_kind(text: &str, names: &[&str]) -> Result<Kind, SignError> {
    if let Some(inner) = text.strip_suffix("[]") {
        return Ok(Kind::List(Box::new(parse_kind(inner, names)?)));
    }
    if let Some(at) = names.iter().position(|name| *name == text) {
        return Ok(Kind::Struct(at));
    }
    let width = |digits: &str| {
        let bits: u32 = digits.parse().ok()?;
        let canonical =
            bits.to_string() == digits && bits.is_multiple_of(8) && (8..=256).contains(&bits);
        canonical.then_some(bits)
    };
    let kind = match text {
        "address" => Some(Kind::Address),
        "bool" => Some(Kind::Bool),
        "string" => Some(Kind::Text),
        _ => match text.strip_prefix("uint") {
            Some(digits) => width(digits).map(Kind::Uint),
            None => text.strip_prefix("int").and_then(width).map(Kind::Int),
        },
    };
    kind.ok_or_else(|| refuse("of types that are defined", text))
}

/// Which structs `from` uses, itself included, at any depth.
fn reachable(from: usize, bodies: &[Vec<Field>]) -> Vec<bool> {
    let mut reached = vec![false; bodies.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut reached[at], true) {
            continue;
        }
        open.extend(bodies[at].iter().filter_map(|field| {
            let mut kind = &field.kind;
            while let Kind::List(inner) = kind {
                kind = inner;
            }
            match kind {
                Kind::Struct(next) => Some(*next),
                _ => None,
            }
        }));
    }
    reached
}

/// The hash of a struct's own definition followed by those it uses, by name.
fn hash_of_type(at: usize, used: &[bool], definitions: &[Definition<'_>]) -> Word {
    let mut others: Vec<&Definition<'_>> = (0..definitions.len())
        .filter(|other| used[*other] && *other != at)
        .map(|other| &definitions[other])
        .collect();
    others.sort_by_key(|(name, ..)| *name);
    let parts = std::iter::once(&definitions[at]).chain(others);
    let texts: Vec<&[u8]> = parts.map(|(.., whole)| whole.as_bytes()).collect();
    keccak(&texts)
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn refuse(rule: &'static str, text: &str) -> SignError {
    SignError::Schema {
        rule,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_schemas_that_are_not_canonical() {
        for (text, said) in [
            ("", "not empty"),
            ("Mail", "nothing else"),
            ("Mail(string a", "nothing else"),
            ("(string a)", "nothing else"),
            ("Mail(string a) ", "nothing else"),
            ("Mail(string)", "`type name`"),
            ("Mail(string a, string b)", "`type name`"),
            ("Mail(uint a)", "that are defined"),
            ("Mail(uint7 a)", "that are defined"),
            ("Mail(uint264 a)", "that are defined"),
            ("Mail(uint08 a)", "that are defined"),
            ("Mail(Person a)", "that are defined"),
            ("Mail(string a)Person(string b)", "does not use"),
            ("A(C c,B b)C(bool c)B(bool b)", "by name"),
            ("A(B b)B(bool b)B(bool b)", "by name"),
        ] {
            let refused = Schema::parse(text).unwrap_err().to_string();
            assert!(refused.contains(said), "{text:?}: {refused}");
        }
    }

    /// A nested struct's own hash covers what it uses, and nothing of what uses it.
    #[test]
    fn a_nested_type_hashes_like_a_primary_one() {
        let whole = Schema::parse("A(B b)B(C[] c)C(bool d)").unwrap();
        let inner = Schema::parse("B(C[] c)C(bool d)").unwrap();
        assert_eq!(whole.structs[1].type_hash, inner.type_hash());
    }
}
