//! Tables of plain text.

/// Lines of `rows`, whose cells stand under each other with two spaces between them: the first
/// `words` columns are words, which start together, the others numbers, which end together.
pub fn lines<const N: usize>(rows: &[[String; N]], words: usize) -> Vec<String> {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).enumerate();
        let cells = cells.map(|(column, (cell, width))| {
            if column < words {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn words_start_and_numbers_end_together() {
        let rows = [
            ["name", "use", "ms"],
            ["é", "no: it is slow", "7.25"],
            ["", "", "10"],
        ]
        .map(|row| row.map(String::from));
        assert_eq!(
            lines(&rows, 2),
            [
                "name  use               ms",
                "é     no: it is slow  7.25",
                "                        10",
            ]
        );
        assert_eq!(lines(&rows, 3)[0], "name  use             ms");
        assert_eq!(lines(&rows, 3)[2], "                      10");
        assert_eq!(lines::<2>(&[], 1), [""; 0]);
    }
}
