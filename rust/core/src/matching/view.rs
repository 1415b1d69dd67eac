//! Looking into an engine without changing it.

use crate::book::arena::Order;
use crate::book::audit;
use crate::matching::Engine;
use crate::matching::extra::Extra;
use crate::units::Side;

impl Engine {
    /// Price and open quantity of the best level of `side`.
    pub fn best(&self, symbol: u32, side: Side) -> Option<(i64, i64)> {
        self.depth(symbol, side).next()
    }

    /// Price and open quantity of every level of `side`, best first.
    pub fn depth(&self, symbol: u32, side: Side) -> impl Iterator<Item = (i64, i64)> + '_ {
        let ladder = self.books.get(symbol as usize);
        ladder.into_iter().flat_map(move |ladder| {
            ladder
                .prices(side)
                .filter_map(move |price| Some((price, ladder.get(side, price)?.qty)))
        })
    }

    /// Every resting order of `side`, best price first, oldest first within a price.
    pub fn orders(&self, symbol: u32, side: Side) -> impl Iterator<Item = &Order> {
        let ladder = self.books.get(symbol as usize);
        ladder
            .into_iter()
            .flat_map(move |ladder| audit::orders(ladder, &self.arena, side))
    }

    /// The live order with this id.
    pub fn order(&self, order_id: u64) -> Option<&Order> {
        self.index.get(order_id).map(|slot| self.arena.get(slot))
    }

    /// The caller's own name of a live order.
    pub fn client_order_id(&self, order_id: u64) -> Option<&str> {
        self.extras
            .get(self.order(order_id)?.extra)?
            .client_order_id
            .as_deref()
    }

    /// The live order of `account` that bears the name.
    pub fn order_by_client_id(&self, account: u32, name: &str) -> Option<u64> {
        self.clients.find(account, name)
    }

    /// 128 bits that are equal for equal states, on every platform.
    ///
    /// Covers every live order with its place in the queue, its name and what its fills cost, and
    /// the counters of reports and ids.
    pub fn state_hash(&self) -> u128 {
        let mut state = mix([self.sequence, self.last_id, 0, 0, 0, 0]);
        for symbol in 0..u32::try_from(self.books.len()).unwrap_or(u32::MAX) {
            for side in [Side::Buy, Side::Sell] {
                let mut before = 0;
                for order in self.orders(symbol, side) {
                    state = state.wrapping_add(order_term(order, before));
                    if let Some(extra) = self.extras.get(order.extra) {
                        state = state.wrapping_add(extra_term(order.id, extra));
                    }
                    before = order.id;
                }
            }
        }
        state
    }

    /// Checks every invariant the slow way.
    ///
    /// # Errors
    ///
    /// The first rule that does not hold, with the values and the place.
    pub fn audit(&self) -> Result<(), String> {
        let mut live = 0;
        for (symbol, ladder) in (0..).zip(&self.books) {
            audit::check(ladder, &self.arena)
                .map_err(|error| format!("{error}, symbol {symbol}"))?;
            for order in [Side::Buy, Side::Sell]
                .into_iter()
                .flat_map(|s| self.orders(symbol, s))
            {
                live += 1;
                if self
                    .order(order.id)
                    .is_none_or(|found| found.id != order.id)
                {
                    return Err(format!(
                        "Invariant: a resting order is indexed: id={}",
                        order.id
                    ));
                }
            }
        }
        if live != self.live_orders() {
            let known = self.live_orders();
            return Err(format!(
                "Invariant: every live order rests: {live} rest of {known}"
            ));
        }
        Ok(())
    }
}

/// An order and what stands before it; the sum over a book fixes its every queue.
fn order_term(order: &Order, before: u64) -> u128 {
    // An account has two bits more than stand free beside symbol and tags; those of a traded
    // quantity stand empty.
    let account = u64::from(order.account);
    let tags = u64::from(order.symbol) << 2 | u64::from(order.post_only) << 1 | order.side as u64;
    mix([
        order.id,
        before,
        order.price.cast_unsigned(),
        order.qty.cast_unsigned(),
        order.filled.cast_unsigned() | account >> 30 << 62,
        account << 34 | tags,
    ])
}

/// What the engine keeps aside of an order: the cost its price does not tell, and its name.
fn extra_term(id: u64, extra: &Extra) -> u128 {
    let name = extra.client_order_id.as_deref();
    let [high, low] = halves(extra.beyond.cast_unsigned());
    let named = name.map_or(0, |name| 1 + name.len() as u64);
    let mut term = mix([id, named, high, low, 0, 0]);
    for chunk in name.unwrap_or_default().as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let [high, low] = halves(term);
        term = mix([id, u64::from_le_bytes(word), high, low, 0, 0]);
    }
    term
}

#[expect(clippy::cast_possible_truncation, reason = "the other half is beside")]
const fn halves(wide: u128) -> [u64; 2] {
    [(wide >> 64) as u64, wide as u64]
}

/// Six words to 128 well-spread bits: folded 64 × 64 → 128 multiplications with odd constants
/// (the fractional parts of square roots of primes), as in the wyhash family.
fn mix(words: [u64; 6]) -> u128 {
    const KEYS: [u64; 4] = [
        0x6A09_E667_F3BC_C909,
        0xBB67_AE85_84CA_A73B,
        0x3C6E_F372_FE94_F82B,
        0xA54F_F53A_5F1D_36F1,
    ];
    let [mut low, mut high] = [KEYS[0], KEYS[1]];
    for pair in words.chunks_exact(2) {
        let product = u128::from(pair[0] ^ low) * u128::from(pair[1] ^ KEYS[2]);
        low = fold(product);
        high =
            fold(u128::from(pair[1] ^ high) * u128::from(pair[0] ^ KEYS[3])) ^ low.rotate_left(23);
    }
    u128::from(high) << 64
        | u128::from(fold(u128::from(low ^ KEYS[1]) * u128::from(high ^ KEYS[0])))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "folding both halves is the point"
)]
const fn fold(product: u128) -> u64 {
    product as u64 ^ (product >> 64) as u64
}
