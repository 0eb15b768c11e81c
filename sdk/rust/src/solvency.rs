//! A chain's own answer to "is this exchange solvent in this asset?" (section 7 of the specification).

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

/// How a reserve is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The exchange's report says it; the report's digest is in the proof.
    Reported,
    /// The chain that answers saw it in registered wallets.
    Witnessed,
}

/// What the chain answered. Only [`Answer::is_fresh`] is a yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub symbol: String,
    /// None when the asset is not on the exchange's list.
    pub decimals: Option<u8>,
    /// What was asked for, in seconds.
    pub max_age: u64,
    pub standing: Standing,
    /// 0 when missing.
    pub epoch: u64,
    /// Unix seconds, 0 when missing.
    pub as_of: u64,
    /// In committed units.
    #[serde(with = "ballast_core::units")]
    pub liability: u128,
    /// In committed units.
    #[serde(with = "ballast_core::units")]
    pub reserve: u128,
    /// How the reserve is known.
    pub known: Known,
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing is owed.
    pub ratio_bps: u64,
    /// [`SetupKind::label`] belongs beside the answer. None when missing.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: Option<SetupKind>,
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub chain: Chain,
    pub exchange: Digest,
    pub symbol: &'a str,
    /// None when the asset is not on the exchange's list.
    pub decimals: Option<u8>,
    /// Seconds.
    pub max_age: u64,
    /// Which reserve was asked for.
    pub known: Known,
}

impl<'a> Question<'a> {
    pub fn new(exchange: &Exchange, symbol: &'a str, max_age: u64, known: Known) -> Self {
        let asset = exchange.assets.as_ref().and_then(|assets| assets.get(assets.number(symbol)?));
        let decimals = asset.map(|asset| asset.decimals);
        Self { chain: exchange.chain, exchange: exchange.id, symbol, decimals, max_age, known }
    }
}

impl Answer {
    /// Refuses an answer that contradicts itself, so that no reading of it is more favourable than its figures.
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

    /// The figures are proved, no older than asked for, and the reserve covers the liability.
    pub fn is_fresh(&self) -> bool {
        self.standing == Standing::Fresh
    }
}
