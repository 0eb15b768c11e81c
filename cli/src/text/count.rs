//! Numbers of things.

use std::fmt::Display;

/// Writes a number with its noun, singular for one: `1 shard`, `2 shards`.
pub fn count<N: Display + PartialEq + From<u8>>(number: N, one: &str, several: &str) -> String {
    let word = if number == N::from(1) { one } else { several };
    format!("{number} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let told = [0u16, 1, 2].map(|number| count(number, "leaf", "leaves"));
        assert_eq!(told, ["0 leaves", "1 leaf", "2 leaves"]);
    }
}
