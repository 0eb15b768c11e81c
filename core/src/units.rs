//! Amounts in JSON: strings of decimal digits, in committed units. A JSON number loses digits in
//! most readers. For `#[serde(with = "..")]`.

use alloc::{format, string::String};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn serialize<S: Serializer>(amount: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

/// Refuses anything but digits: no sign, point, exponent or space.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let amount = if digits { text.parse().ok() } else { None };
    amount.ok_or_else(|| D::Error::custom(format!("expected an amount in digits below 2^128, found {text:?}")))
}

#[cfg(all(test, feature = "ark"))]
mod tests {
    use crate::inclusion::Balance;
    use alloc::format;

    #[test]
    fn an_amount_is_a_string_of_digits_and_nothing_else() {
        let balance = Balance { symbol: "BTC".into(), decimals: 8, units: u128::MAX };
        let text = serde_json::to_string(&balance).unwrap();
        assert!(text.contains("\"units\":\"340282366920938463463374607431768211455\""), "{text}");
        assert_eq!(serde_json::from_str::<Balance>(&text).unwrap(), balance);
        let above = "\"340282366920938463463374607431768211456\"";
        for units in ["1", "\"\"", "\"-1\"", "\"+1\"", "\"1.0\"", "\"1e3\"", "\" 1\"", above] {
            let text = format!("{{\"symbol\":\"BTC\",\"decimals\":8,\"units\":{units}}}");
            assert!(serde_json::from_str::<Balance>(&text).is_err(), "{units}");
        }
    }
}
