//! A chain's own answer to "is this exchange solvent in this asset?" (section 7 of the
//! specification).

use ballast_core::{
    Digest,
    circuit::SetupKind,
    hexadecimal,
    solvency::{AMOUNT_BITS, Solvency, Standing, ratio_bps},
};
use serde::Serialize;

use crate::{
    chain::Chain,
    error::{Error, Subject},
    exchange::Exchange,
};

/// Who vouches for a reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The exchange's report says it; the proof is bound to the digest of the report.
    Reported,
    /// The chain that answers observed it in registered wallets.
    Witnessed,
}

/// What the chain answered. Only [`Answer::is_fresh`] is a yes, and only when `setup` is a
/// ceremony: whoever reads our source can forge proofs of a development circuit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub symbol: String,
    /// The decimals of the asset's committed unit; none when it is not on the exchange's list.
    pub decimals: Option<u8>,
    /// The greatest age of the figures that was asked for, in seconds.
    pub max_age: u64,
    pub standing: Standing,
    /// The epoch of the figures; 0 when missing.
    pub epoch: u64,
    /// The time of the figures, Unix seconds; 0 when missing.
    pub as_of: u64,
    /// What the exchange owes, in committed units.
    #[serde(with = "ballast_core::units")]
    pub liability: u128,
    /// What the exchange holds, in committed units.
    #[serde(with = "ballast_core::units")]
    pub reserve: u128,
    /// Who vouches for the reserve.
    pub known: Known,
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    pub ratio_bps: u64,
    /// The setup of the circuit that proved the figures; none when missing. [`SetupKind::label`]
    /// belongs next to the answer.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: Option<SetupKind>,
}

/// A question to a chain about solvency.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub chain: Chain,
    pub exchange: Digest,
    pub symbol: &'a str,
    /// The decimals of the asset's committed unit; none when it is not on the exchange's list.
    pub decimals: Option<u8>,
    /// The greatest age of the figures, in seconds.
    pub max_age: u64,
    /// Which reserve is asked for.
    pub known: Known,
}

impl<'a> Question<'a> {
    /// The question about the asset called `symbol`, which may not be on the exchange's list.
    pub fn new(exchange: &Exchange, symbol: &'a str, max_age: u64, known: Known) -> Self {
        let asset = exchange.assets.as_ref().and_then(|assets| assets.get(assets.number(symbol)?));
        let decimals = asset.map(|asset| asset.decimals);
        Self { chain: exchange.chain, exchange: exchange.id, symbol, decimals, max_age, known }
    }
}

impl Answer {
    /// Refuses an answer that contradicts itself, so that no reading of it is more favourable than
    /// its figures.
    pub fn new(question: &Question<'_>, answer: Solvency) -> Result<Self, Error> {
        let Question { chain, exchange, symbol, decimals, max_age, known } = *question;
        let bad = |field: &str, expected: String, found: String| {
            Err(Error::bad_data(
                chain,
                Subject::Exchange(exchange),
                format!("solvency({symbol}).{field}"),
                expected,
                found,
            ))
        };
        if answer.standing == Standing::Missing {
            if answer != Solvency::MISSING {
                return bad("standing", "all zero when missing".into(), format!("{answer:?}"));
            }
        } else {
            let ratio = ratio_bps(answer.reserve, answer.liability);
            let insolvent = answer.reserve < answer.liability;
            if decimals.is_none() {
                return bad(
                    "standing",
                    "missing: the asset is not on the list".into(),
                    format!("{:?}", answer.standing),
                );
            }
            if answer.setup.is_none() {
                return bad("setup", "development or ceremony".into(), "none".into());
            }
            if answer.epoch == 0 {
                return bad("epoch", "at least 1".into(), "0".into());
            }
            if (answer.liability | answer.reserve) >> AMOUNT_BITS != 0 {
                let found = format!("{} and {}", answer.liability, answer.reserve);
                return bad("liability and reserve", format!("below 2^{AMOUNT_BITS}"), found);
            }
            if answer.ratio_bps != ratio {
                return bad("ratio_bps", ratio.to_string(), answer.ratio_bps.to_string());
            }
            if insolvent != (answer.standing == Standing::Insolvent) {
                let expected = if insolvent { "insolvent" } else { "fresh or stale" };
                return bad("standing", expected.into(), format!("{:?}", answer.standing));
            }
        }
        Ok(Self {
            chain,
            exchange,
            symbol: symbol.into(),
            decimals,
            max_age,
            standing: answer.standing,
            epoch: answer.epoch,
            as_of: answer.as_of,
            liability: answer.liability,
            reserve: answer.reserve,
            known,
            ratio_bps: answer.ratio_bps,
            setup: answer.setup,
        })
    }

    /// Whether the figures are proved and no older than asked for, and the reserve covers the
    /// liability. What the proof is worth depends on `setup`.
    pub fn is_fresh(&self) -> bool {
        self.standing == Standing::Fresh
    }
}
