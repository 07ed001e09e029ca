//! Whole numbers, however they are spelt.

use std::borrow::Cow;
use std::str::FromStr;

/// Most digits of a whole number that is spelt with an exponent. Other spellings have all their
/// digits in the file.
const MOST_DIGITS: usize = 400;

/// Digits of a whole number, after a minus where it is below 0: `5.0`, `5e0` and `50e-1` are `5`,
/// and so are `+5`, `5.` and `.5e1`, which JSON does not have and CSV does. None where the text is
/// no number, or not a whole one.
pub fn whole_digits(text: &str) -> Option<Cow<'_, str>> {
    let (minus, number) = match text.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(number) && number.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return Some(Cow::Borrowed(text.trim_start_matches('+')));
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    if !is_digits(&all) || all.is_empty() {
        return None;
    }
    let significant = all.trim_end_matches('0');
    // Number of zeros behind the significant digits; below 0 some of these are of a fraction.
    let zeros = exponent
        .checked_sub(fraction.len() as i64)?
        .checked_add((all.len() - significant.len()) as i64)?;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some(Cow::Borrowed("0"));
    }
    let zeros = usize::try_from(zeros).ok()?;
    if exponent != 0 && zeros > MOST_DIGITS {
        return None;
    }
    Some(Cow::Owned(
        [minus, significant, &"0".repeat(zeros)].concat(),
    ))
}

/// A whole number that T holds. None where the text is none.
pub fn whole<T: FromStr>(text: &str) -> Option<T> {
    whole_digits(text)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{whole, whole_digits};

    #[test]
    fn spellings() {
        for five in [
            "5",
            "5.0",
            "5e0",
            "50e-1",
            "0.5E+1",
            "0.005e3",
            "05",
            "500.00e-2",
            "+5",
            "5.",
            ".5e1",
            "+.05e2",
        ] {
            assert_eq!(whole_digits(five).as_deref(), Some("5"), "{five}");
        }
        for zero in ["0", "-0", "0.0", "-0e5", "0e99999", "00"] {
            assert_eq!(whole_digits(zero).as_deref(), Some("0"), "{zero}");
        }
        for none in [
            "",
            "-",
            "5.5",
            "5e-1",
            "1e",
            "e1",
            ".",
            ".e1",
            "+",
            "+-5",
            "-+5",
            "++5",
            "NaN",
            "Infinity",
            "0x5",
            "5 ",
            "1e401",
            "1e99999999999999999999",
            "\"5\"",
            "--5",
        ] {
            assert_eq!(whole_digits(none), None, "{none}");
        }
        let long = "-123456789012345678901234567890";
        assert_eq!(whole_digits(long).as_deref(), Some(long));
        assert_eq!(
            whole_digits("1.5e20").as_deref(),
            Some("150000000000000000000")
        );
    }

    #[test]
    fn what_a_type_holds() {
        assert_eq!(whole("4294967295.0"), Some(u32::MAX));
        assert_eq!(whole::<u32>("4294967296"), None);
        assert_eq!(whole::<u32>("-1"), None);
        assert_eq!(whole("-1e0"), Some(-1i64));
    }
}
