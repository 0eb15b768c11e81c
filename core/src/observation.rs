//! Observations: what a chain sees for itself in an exchange's wallets (section 10).

use core::fmt;

use crate::{assets::DECIMALS_MAX, solvency::Latest};

/// Seconds from the first look at an epoch's reserves to the last, at most.
pub const WINDOW: u64 = 600;
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

/// The figures of `latest` when only what the chain observed counts as held. `amount` was first
/// looked at when the chain's clock was `began`; the figures are as old as the older of the two.
pub fn witnessed(latest: Latest, amount: u128, began: u64) -> Latest {
    Latest { as_of: latest.as_of.min(began), reserve: amount, ..latest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::SetupKind;

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
    fn witnessed_figures_are_as_old_as_the_older() {
        let latest = Latest { epoch: 4, as_of: 1_000, liability: 300, reserve: 451, setup: SetupKind::Ceremony };
        assert_eq!(witnessed(latest, 7, 1_010), Latest { reserve: 7, ..latest });
        assert_eq!(witnessed(latest, 7, 990), Latest { reserve: 7, as_of: 990, ..latest });
    }
}
