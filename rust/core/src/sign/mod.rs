//! Request signatures; secrets are zeroised and never printed.
//!
//! | module | what |
//! |---|---|
//! | [`secret`] | bytes that are wiped when dropped and print as `***` |
//! | [`encoding`] | hex and base64 into buffers on the stack |
//! | [`hmac`] | HMAC-SHA256 and HMAC-SHA512 with a prepared key: Binance, Deribit |
//! | [`ed25519`] | Ed25519 from PKCS#8 PEM or a seed: Binance |
//! | [`secp256k1`] | recoverable ECDSA as Ethereum writes it, and addresses |
//! | [`eip712`] | typed structured data hashed by a declared schema |
//! | [`grvt`] | GRVT's orders, transfers and logins as typed data |
//!
//! Every signature is deterministic: no random source is needed, and a retry signs the same.

pub mod ed25519;
pub mod eip712;
pub mod encoding;
mod error;
pub mod grvt;
pub mod hmac;
pub mod request;
pub mod secp256k1;
pub mod secret;

pub use encoding::Encoding;
pub use error::SignError;
pub use secret::Secret;
