//! What a file of Tardis holds, by the names of its columns.

use std::collections::BTreeMap;

use crate::import::shown;
use crate::import::survey::Steps;

/// Levels of a snapshot file that are looked for.
const LEVELS_MAX: usize = 100;

#[derive(Clone, Debug)]
pub(super) enum Body {
    Delta {
        is_snapshot: usize,
        side: usize,
        price: usize,
        amount: usize,
    },
    /// Price and amount of each level, by side.
    Snapshot([Vec<(usize, usize)>; 2]),
    Trade {
        id: Option<usize>,
        side: usize,
        price: usize,
        amount: usize,
    },
    /// Price and amount of bid and ask.
    Quote([(usize, usize); 2]),
    Ticker {
        rate: usize,
        mark: usize,
        next: usize,
    },
}

/// Where the columns of a file are.
#[derive(Clone, Debug)]
pub(in crate::import) struct Heading {
    pub(super) symbol: usize,
    pub(super) event: usize,
    pub(super) recv: usize,
    pub(super) body: Body,
    pub(super) width: usize,
}

impl Heading {
    pub(in crate::import) fn read(line: &[u8]) -> Result<Self, String> {
        let names: Vec<&[u8]> = fields(line).collect();
        let find = |name: &str| names.iter().position(|one| *one == name.as_bytes());
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                format!("a file names its columns: no {name:?} in {:?}", shown(line))
            })
        };
        let levels = |side: &str| -> Vec<(usize, usize)> {
            let level = |at: usize| {
                let price = find(&format!("{side}[{at}].price"))?;
                Some((price, find(&format!("{side}[{at}].amount"))?))
            };
            (0..LEVELS_MAX).map_while(level).collect()
        };
        let body = if let Some(is_snapshot) = find("is_snapshot") {
            Body::Delta {
                is_snapshot,
                side: need("side")?,
                price: need("price")?,
                amount: need("amount")?,
            }
        } else if find("bids[0].price").is_some() {
            Body::Snapshot([levels("bids"), levels("asks")])
        } else if find("bid_price").is_some() {
            Body::Quote([
                (need("bid_price")?, need("bid_amount")?),
                (need("ask_price")?, need("ask_amount")?),
            ])
        } else if let Some(rate) = find("funding_rate") {
            Body::Ticker {
                rate,
                mark: need("mark_price")?,
                next: need("funding_timestamp")?,
            }
        } else {
            Body::Trade {
                id: find("id"),
                side: need("side")?,
                price: need("price")?,
                amount: need("amount")?,
            }
        };
        Ok(Self {
            symbol: need("symbol")?,
            event: need("timestamp")?,
            recv: need("local_timestamp")?,
            body,
            width: names.len(),
        })
    }

    /// Notes the decimals of a row.
    pub(in crate::import) fn survey(&self, line: &[u8], found: &mut BTreeMap<String, Steps>) {
        let row: Vec<&[u8]> = fields(line).collect();
        let Some(symbol) = row
            .get(self.symbol)
            .and_then(|text| std::str::from_utf8(text).ok())
        else {
            return;
        };
        if row.len() != self.width || symbol.is_empty() {
            return;
        }
        if !found.contains_key(symbol) {
            found.insert(symbol.to_owned(), Steps::default());
        }
        let Some(steps) = found.get_mut(symbol) else {
            return;
        };
        let mut see = |price: usize, amount: usize| {
            steps.price(row[price]);
            steps.qty(row[amount]);
        };
        match &self.body {
            Body::Delta { price, amount, .. } | Body::Trade { price, amount, .. } => {
                see(*price, *amount);
            }
            Body::Snapshot(sides) => {
                sides
                    .iter()
                    .flatten()
                    .for_each(|(price, amount)| see(*price, *amount));
            }
            Body::Quote(sides) => sides
                .iter()
                .for_each(|(price, amount)| see(*price, *amount)),
            Body::Ticker { .. } => {}
        }
    }
}

pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.trim_ascii()
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
}
