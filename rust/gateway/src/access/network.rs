//! Networks a key may be used from.

use std::net::IpAddr;

/// An address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: u128,
    mask: u128,
    is_v4: bool,
}

impl Network {
    /// Reads `10.0.0.0/8`, `::1/128`, or a single address.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let (address, is_v4) = bits(address.parse().ok()?);
        let most = if is_v4 { 32 } else { 128 };
        let length = length.unwrap_or(most);
        if length > most {
            return None;
        }
        let host = most - length;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Self {
            address: address & mask,
            mask,
            is_v4,
        })
    }

    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let (address, is_v4) = bits(address);
        is_v4 == self.is_v4 && address & self.mask == self.address
    }
}

/// The bits of an address; one of the old kind in the clothes of the new is an old one.
fn bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(old) => (u32::from(old).into(), true),
        IpAddr::V6(new) => (new.into(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_the_networks_that_hold_it() {
        for (network, address, holds) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1/32", "::ffff:127.0.0.1", true),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "::1", true),
            ("fe80::/10", "fe80::1", true),
            ("fe80::/10", "::1", false),
        ] {
            let network = Network::read(network).unwrap();
            assert_eq!(
                network.holds(address.parse().unwrap()),
                holds,
                "{network:?} {address}"
            );
        }
        for text in ["", "10.0.0.0/33", "x", "10.0.0.0/-1", "::/129", "10.0.0/8"] {
            assert_eq!(Network::read(text), None, "{text}");
        }
    }
}
