//! The order in which people number files.

use std::cmp::Ordering;

/// Compares names with the numbers in them as numbers: img2 comes before img10.
pub fn natural(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (a_digits, a_rest) = split_digits(a);
        let (b_digits, b_rest) = split_digits(b);
        if !a_digits.is_empty() && !b_digits.is_empty() {
            // Without leading zeros the longer number is the larger one.
            let (a_value, b_value) = (
                a_digits.trim_start_matches('0'),
                b_digits.trim_start_matches('0'),
            );
            let order = a_value.len().cmp(&b_value.len()).then(a_value.cmp(b_value));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (a_rest, b_rest);
            continue;
        }
        let (mut a_chars, mut b_chars) = (a.chars(), b.chars());
        let (a_char, b_char) = (a_chars.next(), b_chars.next());
        if a_char != b_char || a_char.is_none() {
            return a_char.cmp(&b_char);
        }
        (a, b) = (a_chars.as_str(), b_chars.as_str());
    }
}

fn split_digits(name: &str) -> (&str, &str) {
    name.split_at(
        name.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(name.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = [
            "img10.png",
            "img2.png",
            "img1b.png",
            "img1.png",
            "a.png",
            "img02.png",
            "img.png",
            "2.png",
        ];
        names.sort_by(|a, b| natural(a, b).then_with(|| a.cmp(b)));
        assert_eq!(
            names,
            [
                "2.png",
                "a.png",
                "img.png",
                "img1.png",
                "img1b.png",
                "img02.png",
                "img2.png",
                "img10.png"
            ]
        );
    }
}
