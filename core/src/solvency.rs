//! What a chain answers to "is this exchange solvent in this asset?" (section 7).

use crate::{Refusal, circuit::SetupKind};

/// Bits of an amount. Liabilities and reserves are below 2^112, so that two share a storage slot
/// and a ratio never overflows.
pub const AMOUNT_BITS: u32 = 112;

/// Refuses a `value` that is not an amount of asset number `asset`: none, or 2^112 or more.
pub fn amount(value: Option<u128>, asset: u16) -> Result<u128, Refusal> {
    value.filter(|value| value >> AMOUNT_BITS == 0).ok_or(Refusal::AmountOutOfRange { asset })
}

/// How an exchange stands in one asset. Only [`Standing::Fresh`] is a yes, and only when a
/// ceremony's circuit proved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Standing {
    /// No epoch was ever finalized, or the asset is not on the list.
    Missing = 0,
    /// The latest epoch is older than asked for.
    Stale = 1,
    /// The latest epoch owes more than it holds, whatever its age.
    Insolvent = 2,
    /// The latest epoch is recent enough and holds at least what it owes.
    Fresh = 3,
}

impl TryFrom<u8> for Standing {
    type Error = u8;

    fn try_from(value: u8) -> Result<Self, u8> {
        match value {
            0 => Ok(Self::Missing),
            1 => Ok(Self::Stale),
            2 => Ok(Self::Insolvent),
            3 => Ok(Self::Fresh),
            other => Err(other),
        }
    }
}

/// The answer, with the figures it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solvency {
    pub standing: Standing,
    /// The epoch of the figures; 0 when missing.
    pub epoch: u64,
    /// The time of the figures, Unix seconds; 0 when missing.
    pub as_of: u64,
    /// What the exchange owes, in committed units.
    pub liability: u128,
    /// What the exchange holds, in committed units.
    pub reserve: u128,
    /// Reserve over liability in basis points, rounded down.
    pub ratio_bps: u64,
    /// The setup of the circuit that proved the figures; none when missing.
    pub setup: Option<SetupKind>,
}

/// One asset of the latest finalized epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    pub epoch: u64,
    pub as_of: u64,
    pub liability: u128,
    pub reserve: u128,
    pub setup: SetupKind,
}

/// Reserve over liability in basis points, floor(10000 reserve / liability). It is `u64::MAX` when
/// it would be larger or when nothing is owed.
pub fn ratio_bps(reserve: u128, liability: u128) -> u64 {
    reserve
        .saturating_mul(10_000)
        .checked_div(liability)
        .map_or(u64::MAX, |ratio| u64::try_from(ratio).unwrap_or(u64::MAX))
}

impl Solvency {
    /// Bytes of an encoded answer.
    pub const ENCODED_LENGTH: usize = 1 + 8 + 8 + 16 + 16 + 8 + 1;

    /// The answer where there are no figures.
    pub const MISSING: Self =
        Self { standing: Standing::Missing, epoch: 0, as_of: 0, liability: 0, reserve: 0, ratio_bps: 0, setup: None };

    /// Judges `latest` when the chain's clock is `clock`, in Unix seconds. `max_age` is the
    /// greatest age of the figures that is fresh, in seconds.
    pub fn judge(latest: Option<Latest>, max_age: u64, clock: u64) -> Self {
        let Some(latest) = latest else {
            return Self::MISSING;
        };
        // An as-of time beyond the clock cannot be posted; if a clock ran backwards the age is
        // unknown, hence stale.
        let age = clock.checked_sub(latest.as_of);
        let standing = if latest.reserve < latest.liability {
            Standing::Insolvent
        } else if age.is_none_or(|age| age > max_age) {
            Standing::Stale
        } else {
            Standing::Fresh
        };
        Self {
            standing,
            epoch: latest.epoch,
            as_of: latest.as_of,
            liability: latest.liability,
            reserve: latest.reserve,
            ratio_bps: ratio_bps(latest.reserve, latest.liability),
            setup: Some(latest.setup),
        }
    }

    /// The return data of the program: the fields in order, big-endian.
    pub fn encode(&self) -> [u8; Self::ENCODED_LENGTH] {
        let mut bytes = [0; Self::ENCODED_LENGTH];
        bytes[0] = self.standing as u8;
        bytes[1..9].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[9..17].copy_from_slice(&self.as_of.to_be_bytes());
        bytes[17..33].copy_from_slice(&self.liability.to_be_bytes());
        bytes[33..49].copy_from_slice(&self.reserve.to_be_bytes());
        bytes[49..57].copy_from_slice(&self.ratio_bps.to_be_bytes());
        bytes[57] = self.setup.map_or(0, |setup| setup as u8);
        bytes
    }

    /// The answer in `bytes`; `None` when they are not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        fn field<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
            let (head, tail) = bytes.split_first_chunk::<N>()?;
            *bytes = tail;
            Some(*head)
        }
        let mut rest = bytes;
        let answer = Self {
            standing: Standing::try_from(field::<1>(&mut rest)?[0]).ok()?,
            epoch: u64::from_be_bytes(field(&mut rest)?),
            as_of: u64::from_be_bytes(field(&mut rest)?),
            liability: u128::from_be_bytes(field(&mut rest)?),
            reserve: u128::from_be_bytes(field(&mut rest)?),
            ratio_bps: u64::from_be_bytes(field(&mut rest)?),
            setup: match field::<1>(&mut rest)?[0] {
                0 => None,
                kind => Some(SetupKind::try_from(kind).ok()?),
            },
        };
        rest.is_empty().then_some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATEST: Latest = Latest { epoch: 4, as_of: 1_000, liability: 300, reserve: 451, setup: SetupKind::Ceremony };

    fn standing(latest: Latest, max_age: u64, clock: u64) -> Standing {
        Solvency::judge(Some(latest), max_age, clock).standing
    }

    #[test]
    fn age_is_inclusive_and_an_unknown_age_is_stale() {
        assert_eq!(standing(LATEST, 60, 1_060), Standing::Fresh);
        assert_eq!(standing(LATEST, 60, 1_061), Standing::Stale);
        assert_eq!(standing(LATEST, u64::MAX, 999), Standing::Stale);
        assert_eq!(standing(LATEST, 0, 1_000), Standing::Fresh);
    }

    #[test]
    fn insolvency_outlives_freshness() {
        let short = Latest { reserve: 299, ..LATEST };
        assert_eq!(standing(short, 60, 1_000), Standing::Insolvent);
        assert_eq!(standing(short, 60, 9_000), Standing::Insolvent);
        assert_eq!(standing(Latest { reserve: 300, ..LATEST }, 60, 1_000), Standing::Fresh);
        assert_eq!(Solvency::judge(None, u64::MAX, 0), Solvency::MISSING);
    }

    #[test]
    fn ratios_round_down_and_saturate() {
        assert_eq!(ratio_bps(451, 300), 15_033);
        assert_eq!(ratio_bps(0, 1), 0);
        assert_eq!(ratio_bps(0, 0), u64::MAX);
        let most = (1 << AMOUNT_BITS) - 1;
        assert_eq!(ratio_bps(most, most), 10_000);
        assert_eq!(ratio_bps(most, 1), u64::MAX);
    }

    #[test]
    fn amounts_end_at_112_bits() {
        assert!(amount(Some((1 << 112) - 1), 1).is_ok());
        assert_eq!(amount(Some(1 << 112), 3), Err(Refusal::AmountOutOfRange { asset: 3 }));
        assert_eq!(amount(None, 3), Err(Refusal::AmountOutOfRange { asset: 3 }));
    }

    #[test]
    fn an_answer_survives_its_encoding_and_nothing_else_does() {
        for answer in [Solvency::MISSING, Solvency::judge(Some(LATEST), 5, 1_001)] {
            let bytes = answer.encode();
            assert_eq!(Solvency::decode(&bytes), Some(answer));
            assert_eq!(Solvency::decode(&bytes[1..]), None);
            assert_eq!(Solvency::decode(&[&bytes[..], &[0]].concat()), None);
        }
    }
}
