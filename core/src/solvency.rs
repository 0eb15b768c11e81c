//! What a chain answers to "is this exchange solvent in this asset?" (section 7), by what the
//! exchange states or by what the chain saw in its wallets.

use crate::{Refusal, cadence::Cadence, circuit::SetupKind, digest::Digest, observation::Seen};

/// Bits of an amount. Liabilities and reserves are below 2^112, so that two share a storage slot
/// and a ratio never overflows.
pub const AMOUNT_BITS: u32 = 112;

/// Refuses a `value` that is not an amount of asset number `asset`: none, or 2^112 or more.
pub fn amount(value: Option<u128>, asset: u16) -> Result<u128, Refusal> {
    value.filter(|value| value >> AMOUNT_BITS == 0).ok_or(Refusal::AmountOutOfRange { asset })
}

/// How an exchange stands in one asset. Only [`Standing::Fresh`] is a yes; where several apply, the
/// gravest is told, and they are listed in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Standing {
    /// No epoch was ever finalized, or it has no such asset, or no observation of it counts.
    Missing = 0,
    /// The latest epoch owes more than it holds, whatever its age.
    Insolvent = 1,
    /// The circuit that proved the latest epoch is retired.
    Retired = 2,
    /// A development setup proved the latest epoch. It is INSECURE: anyone can forge its proofs.
    Development = 3,
    /// The cadence that the exchange promised and the grace have passed without a new epoch.
    Overdue = 4,
    /// The figures are older than asked for.
    Stale = 5,
    /// The figures are recent enough and what is held covers what is owed.
    Fresh = 6,
}

impl Standing {
    /// All standings, the gravest first.
    pub const ALL: [Self; 7] =
        [Self::Missing, Self::Insolvent, Self::Retired, Self::Development, Self::Overdue, Self::Stale, Self::Fresh];

    /// The name that the program's IDL and the contracts' interface give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "Missing",
            Self::Insolvent => "Insolvent",
            Self::Retired => "Retired",
            Self::Development => "Development",
            Self::Overdue => "Overdue",
            Self::Stale => "Stale",
            Self::Fresh => "Fresh",
        }
    }
}

impl TryFrom<u8> for Standing {
    type Error = u8;

    fn try_from(value: u8) -> Result<Self, u8> {
        Self::ALL.get(usize::from(value)).copied().ok_or(value)
    }
}

/// The answer by what the exchange states, with the figures it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solvency {
    pub standing: Standing,
    /// The epoch of the figures; 0 when missing.
    pub epoch: u64,
    /// The epoch's as-of time, Unix seconds; 0 when missing.
    pub as_of: u64,
    /// What the exchange owes, in committed units.
    pub liability: u128,
    /// What the exchange holds, in committed units.
    pub reserve: u128,
    /// Reserve over liability in basis points, rounded down.
    pub ratio_bps: u64,
    /// The setup of the circuit that proved the figures; none when missing.
    pub setup: Option<SetupKind>,
    /// The id of the circuit that proved the figures; zero when missing.
    pub circuit: Digest,
}

/// The answer when only what the chain saw in the exchange's wallets counts as held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessedSolvency {
    /// The figures, with the amount that was seen as the reserve.
    pub figures: Solvency,
    /// When the first look was, Unix seconds; 0 when missing.
    pub first_look: u64,
    /// Seconds from the first look to the last; 0 when missing.
    pub span: u64,
}

/// One asset of the latest finalized epoch, and what is known of the epoch now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    pub epoch: u64,
    pub as_of: u64,
    pub liability: u128,
    pub reserve: u128,
    /// The id of the circuit that proved it.
    pub circuit: Digest,
    pub setup: SetupKind,
    /// Whether that circuit is retired by now.
    pub retired: bool,
    /// The cadence now in force.
    pub cadence: Cadence,
}

/// Reserve over liability in basis points, floor(10000 reserve / liability). It is `u64::MAX` when
/// it would be larger or when nothing is owed.
pub fn ratio_bps(reserve: u128, liability: u128) -> u64 {
    reserve
        .saturating_mul(10_000)
        .checked_div(liability)
        .map_or(u64::MAX, |ratio| u64::try_from(ratio).unwrap_or(u64::MAX))
}

impl Latest {
    /// How the exchange stands when the figures are of the time `time` and the chain's clock is
    /// `clock`, both in Unix seconds.
    fn standing(&self, time: u64, max_age: u64, clock: u64) -> Standing {
        if self.reserve < self.liability {
            Standing::Insolvent
        } else if self.retired {
            Standing::Retired
        } else if self.setup == SetupKind::Development {
            Standing::Development
        } else if self.cadence.is_overdue(self.as_of, clock) {
            Standing::Overdue
        } else if clock.checked_sub(time).is_none_or(|age| age > max_age) {
            Standing::Stale
        } else {
            Standing::Fresh
        }
    }

    /// The answer when the figures are of the time `time`.
    fn answer(&self, time: u64, max_age: u64, clock: u64) -> Solvency {
        Solvency {
            standing: self.standing(time, max_age, clock),
            epoch: self.epoch,
            as_of: self.as_of,
            liability: self.liability,
            reserve: self.reserve,
            ratio_bps: ratio_bps(self.reserve, self.liability),
            setup: Some(self.setup),
            circuit: self.circuit,
        }
    }
}

impl Solvency {
    /// Bytes of an encoded answer.
    pub const ENCODED_LENGTH: usize = 1 + 8 + 8 + 16 + 16 + 8 + 1 + 32;

    /// The answer where there are no figures.
    pub const MISSING: Self = Self {
        standing: Standing::Missing,
        epoch: 0,
        as_of: 0,
        liability: 0,
        reserve: 0,
        ratio_bps: 0,
        setup: None,
        circuit: [0; 32],
    };

    /// Judges `latest` when the chain's clock is `clock`, in Unix seconds. `max_age` is the
    /// greatest age of the figures that is fresh, in seconds.
    pub fn judge(latest: Option<Latest>, max_age: u64, clock: u64) -> Self {
        latest.map_or(Self::MISSING, |latest| latest.answer(latest.as_of, max_age, clock))
    }

    /// The return data of the program: the fields in order, little-endian, as Borsh has them.
    pub fn encode(&self) -> [u8; Self::ENCODED_LENGTH] {
        let mut bytes = [0; Self::ENCODED_LENGTH];
        bytes[0] = self.standing as u8;
        bytes[1..9].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[9..17].copy_from_slice(&self.as_of.to_le_bytes());
        bytes[17..33].copy_from_slice(&self.liability.to_le_bytes());
        bytes[33..49].copy_from_slice(&self.reserve.to_le_bytes());
        bytes[49..57].copy_from_slice(&self.ratio_bps.to_le_bytes());
        bytes[57] = self.setup.map_or(0, |setup| setup as u8);
        bytes[58..].copy_from_slice(&self.circuit);
        bytes
    }

    /// The answer in `bytes`; `None` when they are not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let answer = Self::read(&mut rest)?;
        rest.is_empty().then_some(answer)
    }

    /// Takes an answer from the front of `bytes`.
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self {
            standing: Standing::try_from(take::<1>(bytes)?[0]).ok()?,
            epoch: u64::from_le_bytes(take(bytes)?),
            as_of: u64::from_le_bytes(take(bytes)?),
            liability: u128::from_le_bytes(take(bytes)?),
            reserve: u128::from_le_bytes(take(bytes)?),
            ratio_bps: u64::from_le_bytes(take(bytes)?),
            setup: match take::<1>(bytes)?[0] {
                0 => None,
                kind => Some(SetupKind::try_from(kind).ok()?),
            },
            circuit: take(bytes)?,
        })
    }
}

impl WitnessedSolvency {
    /// Bytes of an encoded answer.
    pub const ENCODED_LENGTH: usize = Solvency::ENCODED_LENGTH + 8 + 8;

    /// The answer where there are no figures.
    pub const MISSING: Self = Self { figures: Solvency::MISSING, first_look: 0, span: 0 };

    /// Judges `latest` by what was `seen` for it, when the chain's clock is `clock`, in Unix
    /// seconds. The figures are as old as the older of the epoch and the first look. `max_span` is
    /// how far apart the looks may lie, in seconds; looks that lie farther apart, or too far from
    /// the epoch, say nothing.
    pub fn judge(latest: Option<Latest>, seen: Option<Seen>, max_age: u64, max_span: u64, clock: u64) -> Self {
        let counted = latest.zip(seen).filter(|(latest, seen)| seen.is_near(latest.as_of) && seen.span() <= max_span);
        counted.map_or(Self::MISSING, |(latest, seen)| {
            let time = latest.as_of.min(seen.first_look);
            let figures = Latest { reserve: seen.amount, ..latest }.answer(time, max_age, clock);
            Self { figures, first_look: seen.first_look, span: seen.span() }
        })
    }

    /// The return data of the program: the fields in order, little-endian, as Borsh has them.
    pub fn encode(&self) -> [u8; Self::ENCODED_LENGTH] {
        let mut bytes = [0; Self::ENCODED_LENGTH];
        let (figures, looks) = bytes.split_at_mut(Solvency::ENCODED_LENGTH);
        figures.copy_from_slice(&self.figures.encode());
        looks[..8].copy_from_slice(&self.first_look.to_le_bytes());
        looks[8..].copy_from_slice(&self.span.to_le_bytes());
        bytes
    }

    /// The answer in `bytes`; `None` when they are not one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let answer = Self {
            figures: Solvency::read(&mut rest)?,
            first_look: u64::from_le_bytes(take(&mut rest)?),
            span: u64::from_le_bytes(take(&mut rest)?),
        };
        rest.is_empty().then_some(answer)
    }
}

/// Takes `N` bytes from the front of `bytes`.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk::<N>()?;
    *bytes = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATEST: Latest = Latest {
        epoch: 4,
        as_of: 1_000,
        liability: 300,
        reserve: 451,
        circuit: [7; 32],
        setup: SetupKind::Ceremony,
        retired: false,
        cadence: Cadence(600),
    };

    fn standing(latest: Latest, max_age: u64, clock: u64) -> Standing {
        Solvency::judge(Some(latest), max_age, clock).standing
    }

    #[test]
    fn age_is_inclusive() {
        assert_eq!(standing(LATEST, 60, 1_060), Standing::Fresh);
        assert_eq!(standing(LATEST, 60, 1_061), Standing::Stale);
        assert_eq!(standing(LATEST, 0, 1_000), Standing::Fresh);
    }

    #[test]
    fn an_exchange_is_overdue_whatever_age_is_allowed() {
        assert_eq!(standing(LATEST, u64::MAX, 1_660), Standing::Fresh);
        assert_eq!(standing(LATEST, u64::MAX, 1_661), Standing::Overdue);
        assert_eq!(standing(LATEST, u64::MAX, 999), Standing::Overdue, "an unknown age");
    }

    #[test]
    fn the_gravest_is_told() {
        // Each has one reason more than the one before, all are as old as can be.
        let overdue = LATEST;
        let development = Latest { setup: SetupKind::Development, ..overdue };
        let retired = Latest { retired: true, ..development };
        let insolvent = Latest { reserve: 299, ..retired };
        let late = 1_000_000;
        assert_eq!(standing(overdue, 0, late), Standing::Overdue);
        assert_eq!(standing(development, 0, late), Standing::Development);
        assert_eq!(standing(retired, 0, late), Standing::Retired);
        assert_eq!(standing(insolvent, 0, late), Standing::Insolvent);
        assert_eq!(Solvency::judge(None, 0, late), Solvency::MISSING);
        assert_eq!(standing(Latest { reserve: 300, ..LATEST }, 60, 1_000), Standing::Fresh);
        assert!(Standing::ALL.is_sorted() && Standing::ALL[6] == Standing::Fresh);
    }

    #[test]
    fn what_was_seen_is_as_old_as_the_older_and_bounded() {
        let judge = |first_look, last_look, max_span| {
            let seen = Seen { amount: 307, first_look, last_look };
            WitnessedSolvency::judge(Some(LATEST), Some(seen), 60, max_span, 1_050)
        };
        let fresh = judge(1_010, 1_020, 10);
        assert_eq!((fresh.figures.standing, fresh.figures.reserve), (Standing::Fresh, 307));
        assert_eq!((fresh.figures.as_of, fresh.first_look, fresh.span), (1_000, 1_010, 10));
        assert_eq!(judge(990, 1_000, 10).figures.standing, Standing::Fresh);
        assert_eq!(judge(989, 999, 10).figures.standing, Standing::Stale);
        assert_eq!(judge(1_010, 1_021, 10), WitnessedSolvency::MISSING);
        assert_eq!(judge(1_010, 4_601, u64::MAX), WitnessedSolvency::MISSING);
        let seen = Seen { amount: 299, first_look: 1_000, last_look: 1_000 };
        let short = WitnessedSolvency::judge(Some(LATEST), Some(seen), 60, 0, 1_000);
        assert_eq!(short.figures.standing, Standing::Insolvent);
        for (latest, seen) in [(None, Some(seen)), (Some(LATEST), None)] {
            assert_eq!(WitnessedSolvency::judge(latest, seen, 60, 600, 1_000), WitnessedSolvency::MISSING);
        }
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
            let mut unknown = bytes;
            unknown[0] = 7;
            assert_eq!(Solvency::decode(&unknown), None);
            let witnessed = WitnessedSolvency { figures: answer, first_look: 5, span: 6 };
            let bytes = witnessed.encode();
            assert_eq!(WitnessedSolvency::decode(&bytes), Some(witnessed));
            assert_eq!(WitnessedSolvency::decode(&bytes[..105]), None);
            assert_eq!(Solvency::decode(&bytes), None);
        }
    }
}
