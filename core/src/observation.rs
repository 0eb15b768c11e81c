//! Observations: what a chain sees for itself in an exchange's wallets (section 10).

use core::fmt;

use crate::assets::DECIMALS_MAX;

/// Seconds from the first look at an epoch's reserves to the last, at most.
pub const WINDOW: u64 = 600;
/// Seconds between an epoch's as-of time and each look at its reserves, at most, before or after.
pub const DISTANCE_MAX: u64 = 3_600;
/// The most decimals of a token that can be declared.
pub const TOKEN_DECIMALS_MAX: u8 = DECIMALS_MAX;

/// Why a token cannot be declared for an asset, on Solana.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    AssetUnlisted,
    NotMint,
    DecimalsTooMany,
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AssetUnlisted => f.write_str("asset is not on the list"),
            Self::NotMint => f.write_str("no mint of a token program"),
            Self::DecimalsTooMany => write!(f, "more than {TOKEN_DECIMALS_MAX} decimals"),
        }
    }
}

/// Converts a token's `amount` from units of 10^-`token_decimals` to units of 10^-`asset_decimals`,
/// rounded down. None when the result has more than 128 bits. Decimals are at most 36.
pub fn to_units(amount: u128, token_decimals: u8, asset_decimals: u8) -> Option<u128> {
    let power = |exponent: u8| 10u128.pow(exponent.into());
    if asset_decimals >= token_decimals {
        amount.checked_mul(power(asset_decimals - token_decimals))
    } else {
        Some(amount / power(token_decimals - asset_decimals))
    }
}

/// What a chain saw of one asset in a closed observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the holdings sum to, in committed units.
    pub amount: u128,
    /// When the first look was, Unix seconds.
    pub first_look: u64,
    /// When the last look was, Unix seconds.
    pub last_look: u64,
}

impl Seen {
    /// Seconds from the first look to the last. What moved between wallets in them may be counted
    /// twice.
    pub const fn span(&self) -> u64 {
        self.last_look.saturating_sub(self.first_look)
    }

    /// Whether it says anything of an epoch of the time `as_of`: what is paid in or out long before
    /// or after is held at one time and owed at the other.
    pub const fn is_near(&self, as_of: u64) -> bool {
        self.first_look >= as_of.saturating_sub(DISTANCE_MAX) && self.last_look <= as_of.saturating_add(DISTANCE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_down_and_never_wrap() {
        assert_eq!(to_units(1_999, 3, 0), Some(1));
        assert_eq!(to_units(999, 3, 0), Some(0));
        assert_eq!(to_units(7, 6, 6), Some(7));
        assert_eq!(to_units(7, 6, 8), Some(700));
        assert_eq!(to_units(u128::MAX, 36, 0), Some(u128::MAX / 10u128.pow(36)));
        assert_eq!(to_units(u128::MAX, 0, 1), None);
        assert_eq!(to_units(u128::MAX, 18, 18), Some(u128::MAX));
        assert_eq!(to_units(0, 0, 36), Some(0));
    }

    #[test]
    fn looks_count_within_an_hour_of_the_epoch() {
        let seen = |first_look, last_look| Seen { amount: 7, first_look, last_look };
        assert!(seen(6_400, 6_400).is_near(10_000) && seen(13_600, 13_600).is_near(10_000));
        assert!(seen(9_900, 10_100).is_near(10_000));
        assert!(!seen(6_399, 6_500).is_near(10_000));
        assert!(!seen(13_500, 13_601).is_near(10_000));
        assert!(seen(0, 5).is_near(0) && seen(u64::MAX, u64::MAX).is_near(u64::MAX));
        assert_eq!((seen(9_900, 10_100).span(), seen(7, 7).span()), (200, 0));
    }
}
