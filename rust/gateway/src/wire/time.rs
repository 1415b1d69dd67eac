//! Moments as RFC 3339 in UTC, and back.

use super::write::padded;

const SECOND: i64 = 1_000_000_000;
const DAY_S: i64 = 86_400;

/// Writes nanoseconds since 1970 as `2026-01-01T00:00:00.000000000Z`.
pub(crate) fn write(out: &mut Vec<u8>, ns: i64) {
    let (seconds, nanos) = (ns.div_euclid(SECOND), ns.rem_euclid(SECOND));
    let (day, second) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
    let (year, month, day) = civil(day);
    let mut part = |number: i64, width, end| {
        padded(out, number.unsigned_abs(), width);
        out.push(end);
    };
    part(year, 4, b'-');
    part(month, 2, b'-');
    part(day, 2, b'T');
    part(second / 3_600, 2, b':');
    part(second / 60 % 60, 2, b':');
    part(second % 60, 2, b'.');
    part(nanos, 9, b'Z');
}

/// Writes seconds since 1970 as the `Date` of HTTP, with line and all.
pub(crate) fn write_http(out: &mut Vec<u8>, seconds: i64) {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (date, second) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
    let (year, month, day) = civil(date);
    let named = |list: &[&'static str], at: i64| {
        let at = usize::try_from(at).unwrap_or(0);
        list.get(at).copied().unwrap_or("")
    };
    let text = format!(
        "date: {}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT\r\n",
        named(&DAYS, date.rem_euclid(7)),
        named(&MONTHS, month - 1),
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    out.extend_from_slice(text.as_bytes());
}

/// Nanoseconds since 1970 of a moment in RFC 3339; `None` for anything else.
pub(crate) fn read(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        let fold = |sum: Option<i64>, byte: &u8| {
            let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
            Some(sum? * 10 + digit)
        };
        digits.iter().fold(Some(0), fold)
    };
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    if !(is(4, b'-') && is(7, b'-') && is(13, b':') && is(16, b':')) {
        return None;
    }
    if !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || day < 1 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = days(year, month, day);
    if civil(date) != (year, month, day) {
        return None;
    }
    let (nanos, end) = fraction(bytes, number)?;
    let offset_s = match bytes.get(end..)? {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(end + 1, end + 3)?, number(end + 4, end + 6)?);
            let ahead = (hours * 60 + minutes) * 60;
            (hours < 24 && minutes < 60).then_some(if *sign == b'+' { ahead } else { -ahead })?
        }
        _ => return None,
    };
    let seconds = date * DAY_S + hour * 3_600 + minute * 60 + second - offset_s;
    seconds.checked_mul(SECOND)?.checked_add(nanos)
}

/// Nanoseconds behind the point, where there is one, and where what follows begins.
fn fraction(bytes: &[u8], number: impl Fn(usize, usize) -> Option<i64>) -> Option<(i64, usize)> {
    if bytes.get(19) != Some(&b'.') {
        return Some((0, 19));
    }
    let digits = bytes[20..].iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let power = 10_i64.pow(u32::try_from(9 - count).ok()?);
    Some((number(20, 20 + count)? * power, 20 + count))
}

/// Year, month and day of a day since 1970, by the Gregorian calendar.
fn civil(day: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that a leap day is the last of one; 400 of them are an era.
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(ns: i64) -> String {
        let mut out = Vec::new();
        write(&mut out, ns);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        for (ns, text) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_767_225_600_000_000_001, "2026-01-01T00:00:00.000000001Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000000000Z"),
        ] {
            assert_eq!(written(ns), text);
            assert_eq!(read(text), Some(ns));
        }
        assert_eq!(read("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(read("1970-01-01t00:00:00.5-00:30"), Some(1_800_500_000_000));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026",
            "2026-01-01",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234567890Z",
            "2026-01-01T00:00:00+25:00",
            "9999-01-01T00:00:00Z",
            "2026-01-0xT00:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_of_http_names_its_day() {
        let mut out = Vec::new();
        write_http(&mut out, 784_111_777);
        assert_eq!(out, b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    }
}
