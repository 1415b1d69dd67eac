//! Text as it goes out: numbers, times and strings into a buffer, nothing allocated.

use tradecore_core::decimal::Decimal;

/// Writes a whole number.
#[inline]
pub(crate) fn whole(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = digit(number % 10);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The digit of a number below ten.
#[inline]
fn digit(number: u64) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or(0)
}

/// Writes `count` steps as a decimal, without idle zeros.
#[inline]
pub(crate) fn steps(out: &mut Vec<u8>, count: i64, step: Decimal) {
    match i128::from(count).checked_mul(step.mantissa()) {
        Some(mantissa) => scaled(out, mantissa, step.scale()),
        // Beyond what the engine counts.
        None => out.push(b'0'),
    }
}

/// Writes `mantissa × 10^-scale`, without idle zeros.
pub(crate) fn scaled(out: &mut Vec<u8>, mut mantissa: i128, mut scale: u32) {
    if mantissa < 0 {
        out.push(b'-');
        mantissa = -mantissa;
    }
    if let Ok(mut small) = u64::try_from(mantissa) {
        while scale > 0 && small % 10 == 0 {
            small /= 10;
            scale -= 1;
        }
        return pointed(out, small, scale);
    }
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if scale == 0 {
        out.extend_from_slice(mantissa.to_string().as_bytes());
        return;
    }
    let unit = 10_i128.pow(scale);
    out.extend_from_slice((mantissa / unit).to_string().as_bytes());
    out.push(b'.');
    let width = scale as usize;
    out.extend_from_slice(format!("{:0width$}", mantissa % unit).as_bytes());
}

#[inline]
fn pointed(out: &mut Vec<u8>, number: u64, scale: u32) {
    if scale == 0 {
        return whole(out, number);
    }
    let Some(unit) = 10_u64.checked_pow(scale) else {
        return tiny(out, number, scale);
    };
    whole(out, number / unit);
    out.push(b'.');
    padded(out, number % unit, scale as usize);
}

/// A number below one whose scale is beyond a register.
#[cold]
fn tiny(out: &mut Vec<u8>, number: u64, scale: u32) {
    let width = scale as usize;
    out.extend_from_slice(b"0.");
    out.extend_from_slice(format!("{number:0width$}").as_bytes());
}

/// Writes exactly `width` digits, at most twenty.
#[inline]
pub(crate) fn padded(out: &mut Vec<u8>, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let start = digits.len() - width.min(20);
    let mut at = digits.len();
    while at > start {
        at -= 1;
        digits[at] = digit(number);
        number /= 10;
    }
    out.extend_from_slice(&digits[start..]);
}

/// Writes a string of JSON with its quotes.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                let hex = b"0123456789abcdef";
                out.push(hex[usize::from(byte >> 4)]);
                out.push(hex[usize::from(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        /// Steps are written as the exact decimal prints.
        #[test]
        fn steps_print_as_decimals(
            count in any::<i64>(),
            mantissa in 1_i128..1_000_000,
            scale in 0_u32..=18,
        ) {
            let step = Decimal::new(mantissa, scale).unwrap();
            let exact = step.times(count).unwrap();
            prop_assert_eq!(text(|out| steps(out, count, step)), exact.to_string());
        }

        /// A string is the same to who reads it.
        #[test]
        fn strings_are_read_by_others(said in any::<String>()) {
            let written = text(|out| string(out, &said));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), said);
        }

        #[test]
        fn whole_numbers_print_as_they_are(number in any::<u64>()) {
            prop_assert_eq!(text(|out| whole(out, number)), number.to_string());
        }
    }

    #[test]
    fn a_scale_beyond_a_register_is_written_too() {
        assert_eq!(
            text(|out| scaled(out, 5, 26)),
            "0.00000000000000000000000005"
        );
        assert_eq!(
            text(|out| scaled(out, -(1 << 70), 20)),
            "-11.80591620717411303424"
        );
    }
}
