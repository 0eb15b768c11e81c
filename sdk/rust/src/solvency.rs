//! A chain's own answer to "is this exchange solvent in this asset?" (section 7 of the
//! specification).

use ballast_core::{
    Digest,
    cadence::Cadence,
    circuit::SetupKind,
    hexadecimal,
    solvency::{AMOUNT_BITS, Solvency, Standing, WitnessedSolvency, ratio_bps},
};
use serde::Serialize;

use crate::{
    chain::Chain,
    error::{Error, Subject},
    exchange::Exchange,
};

/// Who vouches for a reserve, and what is asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "known", rename_all = "snake_case")]
pub enum Known {
    /// The exchange's report says it; the proof is bound to the digest of the report.
    Reported,
    /// The chain that answers observed it in registered wallets.
    Witnessed {
        /// The longest time between the first look and the last that counts, in seconds. What
        /// moves between wallets in it may be counted twice.
        max_span: u64,
    },
}

/// When a chain looked at the wallets that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// The time of the first look, Unix seconds.
    pub first_look: u64,
    /// Seconds from the first look to the last.
    pub span: u64,
}

/// What the chain answered. Only [`Answer::is_fresh`] is a yes.
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
    /// The chain's standing, or a graver one where this machine's clock shows it.
    pub standing: Standing,
    /// The epoch of the figures; 0 when missing.
    pub epoch: u64,
    /// The epoch's as-of time, Unix seconds; 0 when missing.
    pub as_of: u64,
    /// What the exchange owes, in committed units.
    #[serde(with = "ballast_core::units")]
    pub liability: u128,
    /// What the exchange holds, in committed units.
    #[serde(with = "ballast_core::units")]
    pub reserve: u128,
    /// Who vouches for the reserve.
    #[serde(flatten)]
    pub known: Known,
    /// When the chain looked; none when it was not asked for that or the answer is missing.
    #[serde(flatten)]
    pub looks: Option<Looks>,
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    pub ratio_bps: u64,
    /// The setup of the circuit that proved the figures; none when missing. [`SetupKind::label`]
    /// belongs next to the answer.
    #[serde(flatten, serialize_with = "crate::setup::serialize")]
    pub setup: Option<SetupKind>,
    /// The id of the circuit that proved the figures; zero when missing.
    #[serde(with = "hexadecimal")]
    pub circuit: Digest,
}

/// A question to a chain about solvency.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub chain: Chain,
    pub exchange: Digest,
    pub symbol: &'a str,
    /// The decimals of the asset's committed unit; none when it is not on the exchange's list.
    pub decimals: Option<u8>,
    /// The cadence that the exchange promises now.
    pub cadence: Cadence,
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
        let cadence = Cadence(exchange.cadence);
        Self { chain: exchange.chain, exchange: exchange.id, symbol, decimals, cadence, max_age, known }
    }

    /// What is wrong with `found`, in the field of the answer.
    fn bad<T>(&self, field: &str, expected: impl ToString, found: impl ToString) -> Result<T, Error> {
        let field = format!("solvency({}).{field}", self.symbol);
        Err(Error::bad_data(self.chain, Subject::Exchange(self.exchange), field, expected, found))
    }

    /// Refuses figures that contradict themselves or their standing.
    fn check(&self, answer: &Solvency) -> Result<(), Error> {
        let name = answer.standing.name();
        if answer.standing == Standing::Missing {
            return if *answer == Solvency::MISSING {
                Ok(())
            } else {
                self.bad("standing", "all zero when Missing", format!("{answer:?}"))
            };
        }
        if self.decimals.is_none() {
            return self.bad("standing", "Missing: the asset is not on the list", name);
        }
        let Some(setup) = answer.setup else {
            return self.bad("setup", "development or ceremony", "none");
        };
        if answer.epoch == 0 {
            return self.bad("epoch", "at least 1", 0);
        }
        if (answer.liability | answer.reserve) >> AMOUNT_BITS != 0 {
            let found = format!("{} and {}", answer.liability, answer.reserve);
            return self.bad("liability and reserve", format!("below 2^{AMOUNT_BITS}"), found);
        }
        let ratio = ratio_bps(answer.reserve, answer.liability);
        if answer.ratio_bps != ratio {
            return self.bad("ratio_bps", ratio, answer.ratio_bps);
        }
        if (answer.reserve < answer.liability) != (answer.standing == Standing::Insolvent) {
            let expected = if answer.reserve < answer.liability { "Insolvent" } else { "any but Insolvent" };
            return self.bad("standing", expected, name);
        }
        let development = setup == SetupKind::Development;
        let told = match answer.standing {
            Standing::Missing | Standing::Insolvent | Standing::Retired => development,
            Standing::Development => true,
            Standing::Overdue | Standing::Stale | Standing::Fresh => false,
        };
        if told != development {
            let expected = if development { "Development" } else { "any but Development" };
            return self.bad("standing", expected, name);
        }
        Ok(())
    }
}

impl Answer {
    /// The answer by what the exchange states. Refuses one that contradicts itself, so that no
    /// reading of it is more favourable than its figures. `clock` is this machine's, Unix seconds.
    pub fn new(question: &Question<'_>, answer: Solvency, clock: u64) -> Result<Self, Error> {
        Self::of(question, answer, None, clock)
    }

    /// As [`Self::new`], for an answer by what the chain saw.
    pub fn witnessed(question: &Question<'_>, answer: WitnessedSolvency, clock: u64) -> Result<Self, Error> {
        let WitnessedSolvency { figures, first_look, span } = answer;
        if figures.standing == Standing::Missing && answer != WitnessedSolvency::MISSING {
            return question.bad("first_look", "all zero when Missing", format!("{answer:?}"));
        }
        if let Known::Witnessed { max_span } = question.known
            && span > max_span
        {
            return question.bad("span", format!("at most {max_span}"), span);
        }
        let looks = (figures.standing != Standing::Missing).then_some(Looks { first_look, span });
        Self::of(question, figures, looks, clock)
    }

    fn of(question: &Question<'_>, answer: Solvency, looks: Option<Looks>, clock: u64) -> Result<Self, Error> {
        question.check(&answer)?;
        let time = looks.map_or(answer.as_of, |looks| looks.first_look.min(answer.as_of));
        Ok(Self {
            chain: question.chain,
            exchange: question.exchange,
            symbol: question.symbol.into(),
            decimals: question.decimals,
            max_age: question.max_age,
            standing: by_clock(question, &answer, time, clock),
            epoch: answer.epoch,
            as_of: answer.as_of,
            liability: answer.liability,
            reserve: answer.reserve,
            known: question.known,
            looks,
            ratio_bps: answer.ratio_bps,
            setup: answer.setup,
            circuit: answer.circuit,
        })
    }

    /// Whether a ceremony's circuit, which is not retired, proved the figures, they are no older
    /// than asked for and than the exchange promised, and the reserve covers the liability.
    pub fn is_fresh(&self) -> bool {
        self.standing == Standing::Fresh
    }
}

/// The standing of `answer`, whose figures are of the time `time`, held against this machine's
/// clock: a node that stands still shows an exchange that stopped as punctual. A clock that runs
/// behind the figures changes nothing.
fn by_clock(question: &Question<'_>, answer: &Solvency, time: u64, clock: u64) -> Standing {
    let clock = clock.max(answer.as_of);
    let own = if question.cadence.is_overdue(answer.as_of, clock) {
        Standing::Overdue
    } else if clock - time.min(clock) > question.max_age {
        Standing::Stale
    } else {
        Standing::Fresh
    };
    // Standings are in order of gravity.
    answer.standing.min(own)
}
