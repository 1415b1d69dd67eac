//! An instrument as the body of a record, and back.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::{Money, Rate};
use tradecore_core::risk::SymbolTerms;

use super::take::{Body, hold};
use super::{NOTE_BYTES_MAX, RecordError};

const KINDS: [ContractKind; 3] = [
    ContractKind::Spot,
    ContractKind::Linear,
    ContractKind::Inverse,
];

/// An instrument, how accounts trade it, and what its owner wrote beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What is traded.
    pub instrument: Arc<Instrument>,
    /// As [`tradecore_core::matching::Engine::list`] takes them.
    pub terms: SymbolTerms,
    /// Bytes the engine does not know the meaning of.
    pub about: Box<[u8]>,
}

/// Appends an instrument, its terms, and what was written beside it, to the end.
pub(crate) fn put_listing(listing: &Listing, out: &mut Vec<u8>) {
    let Listing {
        instrument,
        terms,
        about,
    } = listing;
    let symbol = instrument.symbol().as_bytes();
    // A symbol has at most 64 bytes.
    out.push(u8::try_from(symbol.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(symbol);
    out.push(instrument.kind() as u8);
    let steps = [
        instrument.tick_size(),
        instrument.lot_size(),
        instrument.multiplier(),
    ];
    for step in steps {
        out.extend_from_slice(&step.mantissa().to_le_bytes());
        out.extend_from_slice(&step.scale().to_le_bytes());
    }
    out.extend_from_slice(&instrument.min_notional().0.to_le_bytes());
    for rate in [instrument.maker_fee(), instrument.taker_fee()] {
        out.extend_from_slice(&rate.0.to_le_bytes());
    }
    super::put::symbol_terms(std::slice::from_ref(terms), out);
    out.extend_from_slice(about);
}

/// What [`put_listing`] appended.
pub(crate) fn take_listing(body: &[u8]) -> Result<Listing, RecordError> {
    let body = &mut Body(body);
    let length = usize::from(body.byte()?);
    let text = body.bytes(length)?;
    let rule = "the name of an instrument is a short text: bytes";
    let symbol = std::str::from_utf8(text).map_err(|_| RecordError::Rule {
        rule,
        value: length as u64,
    })?;
    let symbol = symbol.to_owned();
    let kind = body.choice(&KINDS, "a kind of contract is known")?;
    let spec = InstrumentSpec {
        symbol,
        kind,
        tick_size: step(body)?,
        lot_size: step(body)?,
        multiplier: step(body)?,
        min_notional: Money(body.wide()?).to_decimal(),
        maker_fee: Rate(body.number()?),
        taker_fee: Rate(body.number()?),
    };
    let made = Instrument::new(spec).map_err(|_| RecordError::Rule {
        rule: "an instrument is one an engine was given: bytes of its name",
        value: length as u64,
    })?;
    let terms = SymbolTerms {
        base: body.word32()?,
        quote: body.word32()?,
        initial_margin: Rate(body.number()?),
        max_spread_ticks: body.number()?,
    };
    let about = std::mem::take(&mut body.0);
    let fits = about.len() <= NOTE_BYTES_MAX;
    hold(
        fits,
        "what is beside an instrument fits",
        about.len() as u64,
    )?;
    Ok(Listing {
        instrument: Arc::new(made),
        terms,
        about: about.into(),
    })
}

fn step(body: &mut Body<'_>) -> Result<Decimal, RecordError> {
    let (mantissa, scale) = (body.wide()?, body.word32()?);
    Decimal::new(mantissa, scale).map_err(|_| RecordError::Rule {
        rule: "a step has at most so many decimals",
        value: scale.into(),
    })
}
