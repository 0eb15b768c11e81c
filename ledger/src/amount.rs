//! Amounts as text and as integers of a committed unit, 10^-decimals of the asset.
//!
//! A text is `[-]digits[.digits]`, ASCII, without leading zeros, and nothing else: no plus sign,
//! exponent, hexadecimal, grouping or blank. Zeros at its end carry no value, so there may be more
//! of them than the asset has decimals: some exports pad every amount to 18. No error repeats an
//! amount: they are customers' balances, and errors end in logs.

/// An amount and its sign; zero is never negative.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    pub negative: bool,
    /// In committed units.
    pub units: u128,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("expected an amount, found nothing")]
    Empty,
    #[error("expected a decimal amount, found white space in it")]
    WhiteSpace,
    #[error("expected a decimal amount, found a plus sign")]
    PlusSign,
    #[error("expected a decimal amount, found an exponent")]
    Exponent,
    #[error("expected a decimal amount, found a hexadecimal form")]
    Hexadecimal,
    #[error("expected a decimal amount, found something that is not a number")]
    NotANumber,
    #[error("expected a decimal amount, found the character {0:?}")]
    Character(char),
    #[error("expected digits before and, where there is one, after the decimal point")]
    DigitsMissing,
    #[error("expected a decimal amount, found a leading zero")]
    LeadingZero,
    #[error("expected a decimal amount, found a minus sign before zero")]
    NegativeZero,
    #[error("expected an integer of committed units, found a decimal point")]
    NotAnInteger,
    /// Zeros at the end are not counted.
    #[error("too many decimals: expected at most {expected}, found {found}")]
    TooManyDecimals { expected: u8, found: usize },
    #[error("too large: expected an amount that fits in {bits} bits of committed units, found more")]
    TooLarge { bits: u32 },
}

/// Reads a decimal amount of an asset with this many decimals, below 2^`bits` units in magnitude.
pub fn parse(text: &str, decimals: u8, bits: u32) -> Result<Amount, AmountError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    check_characters(digits)?;
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(AmountError::DigitsMissing),
        Some(parts) => parts,
        None => (digits, ""),
    };
    if whole.is_empty() {
        return Err(AmountError::DigitsMissing);
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(AmountError::LeadingZero);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(decimals)
        .checked_sub(fraction.len())
        .ok_or(AmountError::TooManyDecimals { expected: decimals, found: fraction.len() })?;
    let zeros = std::iter::repeat_n(b'0', missing);
    let units = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(zeros)
        .try_fold(0u128, |units, digit| units.checked_mul(10)?.checked_add(u128::from(digit - b'0')))
        .filter(|units| units.checked_shr(bits).unwrap_or(0) == 0)
        .ok_or(AmountError::TooLarge { bits })?;
    if negative && units == 0 {
        return Err(AmountError::NegativeZero);
    }
    Ok(Amount { negative, units })
}

/// Reads an integer of committed units, below 2^`bits` in magnitude.
pub fn parse_integer(text: &str, bits: u32) -> Result<Amount, AmountError> {
    if text.starts_with(['"', '{', '[', 't', 'f', 'n']) {
        return Err(AmountError::NotANumber);
    }
    match parse(text, 0, bits) {
        Err(AmountError::TooManyDecimals { .. }) => Err(AmountError::NotAnInteger),
        Ok(_) if text.contains('.') => Err(AmountError::NotAnInteger),
        other => other,
    }
}

/// Only digits, and at most one point.
fn check_characters(digits: &str) -> Result<(), AmountError> {
    if digits.is_empty() {
        return Err(AmountError::Empty);
    }
    let lower = digits.to_ascii_lowercase();
    if ["nan", "inf", "infinity"].contains(&lower.as_str()) {
        return Err(AmountError::NotANumber);
    }
    let mut points = 0;
    for character in digits.chars() {
        match character {
            '0'..='9' => {}
            '.' if points == 0 => points += 1,
            '+' => return Err(AmountError::PlusSign),
            'e' | 'E' => return Err(AmountError::Exponent),
            'x' | 'X' => return Err(AmountError::Hexadecimal),
            blank if blank.is_whitespace() => return Err(AmountError::WhiteSpace),
            other => return Err(AmountError::Character(other)),
        }
    }
    Ok(())
}

/// The amount of so many units with all its decimals, as [`parse`] reads it.
pub fn format(units: u128, decimals: u8) -> String {
    let places = usize::from(decimals);
    let digits = format!("{units:0width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() { whole.into() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str, decimals: u8) -> Result<u128, AmountError> {
        parse(text, decimals, 64).map(|amount| {
            assert!(!amount.negative, "{text}");
            amount.units
        })
    }

    #[test]
    fn boundaries_of_64_bits() {
        for value in [0u128, 1, (1 << 63) - 1, 1 << 63, u64::MAX.into()] {
            assert_eq!(units(&value.to_string(), 0), Ok(value));
            assert_eq!(units(&format(value, 8), 8), Ok(value));
            assert_eq!(units(&format(value, 36), 36), Ok(value));
        }
        let too_large = Err(AmountError::TooLarge { bits: 64 });
        assert_eq!(units("18446744073709551616", 0), too_large);
        assert_eq!(units("184467440737.09551616", 8), too_large);
        assert_eq!(units("1", 36), too_large);
        // 2^128 + 1 must not read as 1.
        assert_eq!(units("340282366920938463463374607431768211457", 0), too_large);
        assert_eq!(units(&"9".repeat(500), 0), too_large);
    }

    #[test]
    fn reserves_may_have_112_bits() {
        let largest = (1u128 << 112) - 1;
        assert!(parse(&largest.to_string(), 0, 112).is_ok_and(|amount| amount.units == largest));
        let too_large = parse(&(largest + 1).to_string(), 0, 112).err();
        assert_eq!(too_large, Some(AmountError::TooLarge { bits: 112 }));
    }

    #[test]
    fn zeros_at_the_end_carry_no_value() {
        for text in ["1.5", "1.50", "1.500", "1.500000000000000000"] {
            assert_eq!(units(text, 2), Ok(150), "{text}");
        }
        assert_eq!(units("0.0", 0), Ok(0));
        assert_eq!(units("7.000000000000000000", 0), Ok(7));
        assert_eq!(units(&format!("0.{}", "0".repeat(900)), 8), Ok(0));
    }

    #[test]
    fn a_value_below_the_committed_unit_is_refused_however_it_is_padded() {
        for (text, found) in [("1.501", 3), ("1.5010000", 3), ("0.001", 3), ("0.000000000000000001", 18)] {
            assert_eq!(units(text, 2), Err(AmountError::TooManyDecimals { expected: 2, found }), "{text}");
        }
        assert_eq!(units("0.10", 0), Err(AmountError::TooManyDecimals { expected: 0, found: 1 }));
    }

    #[test]
    fn other_forms_are_named() {
        use AmountError::*;
        let cases = [
            ("", Empty),
            ("-", Empty),
            (" 1", WhiteSpace),
            ("1 ", WhiteSpace),
            ("1\u{a0}000", WhiteSpace),
            ("\t", WhiteSpace),
            ("+1", PlusSign),
            ("-+1", PlusSign),
            ("1e3", Exponent),
            ("1E-3", Exponent),
            ("0x1f", Hexadecimal),
            ("NaN", NotANumber),
            ("-inf", NotANumber),
            ("Infinity", NotANumber),
            ("--1", Character('-')),
            ("1_000", Character('_')),
            ("1.2.3", Character('.')),
            ("1,5", Character(',')),
            ("\u{661}", Character('\u{661}')),
            (".5", DigitsMissing),
            ("5.", DigitsMissing),
            (".", DigitsMissing),
            ("007", LeadingZero),
            ("00.5", LeadingZero),
            ("-0", NegativeZero),
            ("-0.00", NegativeZero),
            ("-0.0000", NegativeZero),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text, 2, 64).err(), Some(expected), "{text:?}");
        }
        for text in ["\"12\"", "null", "true", "false", "{}", "[]"] {
            assert_eq!(parse_integer(text, 64).err(), Some(NotANumber), "{text:?}");
        }
        for text in ["12.0", "12.5", "0.000", "-12.0"] {
            assert_eq!(parse_integer(text, 64).err(), Some(NotAnInteger), "{text}");
        }
        assert_eq!(parse_integer("1e3", 64).err(), Some(Exponent));
    }

    #[test]
    fn a_minus_sign_is_kept() {
        assert!(parse("-0.01", 2, 64).is_ok_and(|amount| amount.negative && amount.units == 1));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in 0..1u128 << 112, decimals in 0u8..=36) {
            let amount = parse(&format(value, decimals), decimals, 112).unwrap();
            prop_assert_eq!((amount.negative, amount.units), (false, value));
        }
    }
}
