//! Whole numbers in CSV, however they are spelt.

/// The whole number that a field is: pandas and spreadsheets write 768.0 and 1e3 too.
pub fn whole(text: &str) -> Option<i64> {
    /// Numbers up to this are exact as floats.
    const MOST: f64 = (1u64 << 53) as f64;
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_whole_number_is_whole_however_it_is_spelt() {
        for text in [
            "768", " 768 ", "768.0", "7.68e2", "768.", "+768", "76800e-2",
        ] {
            assert_eq!(whole(text), Some(768), "{text:?}");
        }
        assert_eq!(whole("-1.0"), Some(-1));
        assert_eq!(whole("9007199254740993"), Some((1 << 53) + 1));
        for text in ["", "768.5", "1e400", "inf", "nan", "0x10", "7 68", "1e300"] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }
}
