//! Exact counts of ticks and lots from text, without a division or a float on the way.

use super::step::Step;
use crate::decimal::Decimal;
use crate::instrument::{COUNT_MAX, Instrument};
use crate::market::Level;
use crate::units::{Lots, Side, Ticks};

/// Resting quantities off the lot that are taken for dust however few were seen.
const DUST_FREE: u64 = 16;
/// Beyond those, one in so many may lie off the lot.
const DUST_ONE_IN: u64 = 1000;

/// Reads prices and quantities of one instrument.
#[derive(Clone, Debug)]
pub struct Counter {
    instrument: Instrument,
    tick: Step,
    lot: Step,
    /// Quantities read by [`Counter::resting`].
    seen: u64,
    /// Those of them that lay off the lot.
    dust: u64,
}

impl Counter {
    /// A reader for the steps of `instrument`.
    pub fn new(instrument: &Instrument) -> Self {
        Self {
            tick: Step::new(instrument.tick_size()),
            lot: Step::new(instrument.lot_size()),
            instrument: instrument.clone(),
            seen: 0,
            dust: 0,
        }
    }

    /// How many quantities of [`Counter::resting`] lay off the lot and were rounded down.
    pub const fn dust(&self) -> u64 {
        self.dust
    }

    /// Whose steps it counts.
    pub const fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    /// The ticks in a price above zero.
    ///
    /// # Errors
    ///
    /// The rule and the values, for what is no number, off the tick, not positive or too large.
    #[inline]
    pub fn ticks(&self, text: &[u8]) -> Result<Ticks, String> {
        match self.tick.count(text) {
            Some(count) if count > 0 => Ok(Ticks(count)),
            _ => {
                let price = self.decimal("price", text)?;
                self.instrument.ticks(price).map_err(|e| e.to_string())
            }
        }
    }

    /// The lots in a quantity of zero or more.
    ///
    /// # Errors
    ///
    /// As [`Counter::ticks`], but zero is a quantity.
    #[inline]
    pub fn lots(&self, text: &[u8]) -> Result<Lots, String> {
        if let Some(count) = self.lot.count(text) {
            return Ok(Lots(count));
        }
        let qty = self.decimal("quantity", text)?;
        if qty == Decimal::ZERO {
            return Ok(Lots(0));
        }
        self.instrument.lots(qty).map_err(|e| e.to_string())
    }

    /// The lots in a quantity a venue shows, of zero or more.
    ///
    /// What rests or traded may hold dust finer than today's lot: the remains of orders from before
    /// the venue made the lot coarser. It is rounded down to the lot, but never to nothing, and
    /// counted. More than a little of it means that the lot is wrong, and is refused.
    ///
    /// # Errors
    ///
    /// As [`Counter::lots`], and a quantity off the lot when more than 16 and more than one in a
    /// thousand were.
    #[inline]
    pub fn resting(&mut self, text: &[u8]) -> Result<Lots, String> {
        self.seen += 1;
        match self.lot.count(text) {
            Some(count) => Ok(Lots(count)),
            None => self.round_dust(text),
        }
    }

    /// Reads the levels at the front of `text` that stand in the venue's usual spelling,
    /// `["61837.60","0.014"],["61837.50","2"]`, as [`Counter::ticks`] and [`Counter::resting`]
    /// would, sooner. Answers the bytes they take; what is behind them needs a second look.
    #[inline]
    pub(super) fn levels(&mut self, text: &[u8], side: Side, levels: &mut Vec<Level>) -> usize {
        let [b'[', b'"', rest @ ..] = text else {
            return 0;
        };
        let (mut rest, mut end, before) = (rest, text.len(), levels.len());
        while let Some((price, qty, behind)) = self.level(rest) {
            levels.push(Level { side, price, qty });
            end = behind.len();
            match behind {
                [b',', b'[', b'"', more @ ..] => rest = more,
                _ => break,
            }
        }
        self.seen += (levels.len() - before) as u64;
        text.len() - end
    }

    /// A level at the front of `text`, whose bracket and quote were read, and what is behind it.
    #[inline(always)]
    fn level<'a>(&self, text: &'a [u8]) -> Option<(Ticks, Lots, &'a [u8])> {
        let (price, text) = self.tick.front(text)?;
        let [b'"', b',', b'"', text @ ..] = text else {
            return None;
        };
        let (qty, text) = self.lot.front(text)?;
        let [b'"', b']', text @ ..] = text else {
            return None;
        };
        (price > 0).then_some((Ticks(price), Lots(qty), text))
    }

    #[cold]
    fn round_dust(&mut self, text: &[u8]) -> Result<Lots, String> {
        let refusal = match self.lots(text) {
            Ok(lots) => return Ok(lots),
            Err(refusal) => refusal,
        };
        let qty = self.decimal("quantity", text)?;
        let rounded = qty
            .is_positive()
            .then(|| self.instrument.round_quantity(qty));
        let Some(lots) = rounded.flatten().filter(|lots| lots.0 < COUNT_MAX) else {
            return Err(refusal);
        };
        if self.dust >= DUST_FREE && (self.dust + 1) * DUST_ONE_IN > self.seen {
            let (dust, seen) = (self.dust, self.seen);
            return Err(format!(
                "{refusal}; so were {dust} of {seen}, too many for dust"
            ));
        }
        self.dust += 1;
        Ok(Lots(lots.0.max(1)))
    }

    #[cold]
    fn decimal(&self, name: &str, text: &[u8]) -> Result<Decimal, String> {
        Decimal::parse(text).map_err(|error| {
            let text = String::from_utf8_lossy(&text[..text.len().min(64)]);
            let symbol = self.instrument.symbol();
            format!("{name} {error}: {name}={text:?}, symbol={symbol}")
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::instrument::{ContractKind, InstrumentSpec};
    use crate::money::Rate;

    fn counter(tick: &str, lot: &str) -> Counter {
        let parse = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
        let spec = InstrumentSpec {
            symbol: "BTCUSDT".into(),
            kind: ContractKind::Spot,
            tick_size: parse(tick),
            lot_size: parse(lot),
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        };
        Counter::new(&Instrument::new(spec).unwrap())
    }

    #[test]
    fn text_becomes_whole_steps() {
        for (tick, text, count) in [
            ("0.01", "61837.63000000", 6_183_763),
            ("0.1", "61800.20", 618_002),
            ("0.1", "61800", 618_000),
            ("0.1", "6.18002E+4", 618_002),
            ("0.25", "4810.75", 19_243),
            ("10", "61830", 6183),
            ("1", "7.", 7),
        ] {
            assert_eq!(
                counter(tick, "1").ticks(text.as_bytes()),
                Ok(Ticks(count)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_refusal_names_rule_and_values() {
        let counter = counter("0.1", "0.001");
        for (text, part) in [
            (
                "61800.25",
                "price must be a multiple of the tick: price=61800.25, tick_size=0.1",
            ),
            ("0.00", "price must be above 0"),
            ("-1", "price must be above 0: price=-1"),
            (
                "NaN",
                "price is not a decimal number: price=\"NaN\", symbol=BTCUSDT",
            ),
            ("", "price is not a decimal number"),
            ("1e30", "price is beyond what tick steps can count"),
        ] {
            let error = counter.ticks(text.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{text:?}: {error}");
        }
        assert_eq!(counter.lots(b"0.000"), Ok(Lots(0)));
        assert_eq!(counter.lots(b"-0"), Ok(Lots(0)));
        assert!(
            counter
                .lots(b"-0.001")
                .unwrap_err()
                .starts_with("quantity must be above 0")
        );
        assert!(
            counter
                .lots(b"0.0005")
                .unwrap_err()
                .contains("multiple of the lot")
        );
    }

    #[test]
    fn a_little_dust_is_rounded_down_and_counted_more_is_refused() {
        let mut counter = counter("0.01", "0.00001");
        assert_eq!(counter.resting(b"25.426189"), Ok(Lots(2_542_618)));
        assert_eq!(counter.resting(b"0.000001"), Ok(Lots(1)));
        assert_eq!(counter.resting(b"0.00000000"), Ok(Lots(0)));
        assert!(
            counter
                .resting(b"-0.000001")
                .unwrap_err()
                .contains("above 0")
        );
        assert_eq!(counter.dust(), 2);
        for _ in 2..DUST_FREE {
            counter.resting(b"0.000012").unwrap();
        }
        let error = counter.resting(b"0.000012").unwrap_err();
        assert!(error.contains("multiple of the lot"), "{error}");
        assert!(
            error.ends_with("so were 16 of 19, too many for dust"),
            "{error}"
        );
        for _ in 0..20_000 {
            counter.resting(b"0.00001").unwrap();
        }
        assert_eq!(counter.resting(b"0.000012"), Ok(Lots(1)));
    }

    proptest! {
        #[test]
        fn the_short_way_and_the_decimal_agree(
            whole in 0..10_u64.pow(15), fraction in 0..10_u32.pow(9), decimals in 0..=9_usize,
            tick in prop::sample::select(vec!["0.01", "0.1", "0.05", "1", "5", "100", "0.0001"]),
        ) {
            let digits = format!("{fraction:09}");
            let text = format!("{whole}.{}", &digits[..decimals]);
            let counter = counter(tick, "1");
            let exact = Decimal::parse(text.as_bytes()).unwrap();
            let expected = counter.instrument.ticks(exact).map_err(|error| error.to_string());
            prop_assert_eq!(counter.ticks(text.as_bytes()), expected);
        }
    }
}
