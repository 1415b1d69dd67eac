//! Numbers as people and venues write them.

use tradecore_core::decimal::Decimal;

/// A text is refused, or means a number that prints as a text meaning the same number.
pub fn decimal(data: &[u8]) {
    let Ok(value) = Decimal::parse(data) else {
        return;
    };
    let printed = value.to_string();
    assert_eq!(Decimal::parse(printed.as_bytes()), Ok(value), "{printed}");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        "0",
        "-12.50",
        ".5",
        "1e-8",
        "+2.5E+3",
        "0.000000000000000001",
        "170141183460469231731",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
