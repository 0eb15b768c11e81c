//! What the program answers, as types of the IDL, so that generated clients decode it. The
//! judgement and its bytes are those of `ballast_core::solvency`.

use anchor_lang::prelude::*;
use ballast_core::solvency;

/// How an exchange stands in one asset. Only `Fresh` is a yes; where several apply, the gravest,
/// which comes first, is told.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No epoch was ever finalized, or it has no such asset, or no observation of it counts.
    Missing,
    /// The latest epoch owes more than it holds, whatever its age.
    Insolvent,
    /// The circuit that proved the latest epoch is retired.
    Retired,
    /// A development setup proved the latest epoch. INSECURE: anyone can forge its proofs.
    Development,
    /// The cadence that the exchange promised and the grace have passed without a new epoch.
    Overdue,
    /// The figures are older than asked for.
    Stale,
    /// The figures are recent enough and what is held covers what is owed.
    Fresh,
}

/// The answer by what the exchange states. All zero but the standing when missing.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solvency {
    pub standing: Standing,
    /// The epoch of the figures.
    pub epoch: u64,
    /// The epoch's as-of time, Unix seconds.
    pub as_of: u64,
    /// What the exchange owes, in committed units.
    pub liability: u128,
    /// What the exchange holds, in committed units.
    pub reserve: u128,
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    pub ratio_bps: u64,
    /// Setup of the circuit that proved it. 0: none. 1: from a fixed seed, INSECURE. 2: from a
    /// ceremony.
    pub setup: u8,
    /// Id of the circuit that proved it.
    pub circuit: [u8; 32],
}

/// The answer when only what the chain saw in the exchange's wallets counts as held. All zero but
/// the standing when missing.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessedSolvency {
    /// The figures, with what was seen as the reserve.
    pub figures: Solvency,
    /// When the first look was, Unix seconds.
    pub first_look: u64,
    /// Seconds from the first look to the last.
    pub span: u64,
}

impl From<solvency::Standing> for Standing {
    fn from(standing: solvency::Standing) -> Self {
        match standing {
            solvency::Standing::Missing => Self::Missing,
            solvency::Standing::Insolvent => Self::Insolvent,
            solvency::Standing::Retired => Self::Retired,
            solvency::Standing::Development => Self::Development,
            solvency::Standing::Overdue => Self::Overdue,
            solvency::Standing::Stale => Self::Stale,
            solvency::Standing::Fresh => Self::Fresh,
        }
    }
}

impl From<solvency::Solvency> for Solvency {
    fn from(answer: solvency::Solvency) -> Self {
        Self {
            standing: answer.standing.into(),
            epoch: answer.epoch,
            as_of: answer.as_of,
            liability: answer.liability,
            reserve: answer.reserve,
            ratio_bps: answer.ratio_bps,
            setup: answer.setup.map_or(0, |setup| setup as u8),
            circuit: answer.circuit,
        }
    }
}

impl From<solvency::WitnessedSolvency> for WitnessedSolvency {
    fn from(answer: solvency::WitnessedSolvency) -> Self {
        Self { figures: answer.figures.into(), first_look: answer.first_look, span: answer.span }
    }
}
