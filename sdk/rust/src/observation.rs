//! What a chain keeps of an exchange besides its epochs: wallets, the tokens that count, and
//! observations of what is in the wallets (section 10 of the specification).

use ballast_core::{Digest, hexadecimal, observation::WINDOW, solvency::AMOUNT_BITS};
use serde::{Serialize, Serializer};

use crate::{
    chain::{Address, Chain},
    error::{Error, Subject},
    exchange::Exchange,
};

/// A wallet that agreed to be the exchange's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wallet {
    pub chain: Chain,
    pub address: Address,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    /// The time of the registration, Unix seconds.
    pub registered_at: u64,
    /// Whether the wallet is retired. A retired wallet never counts again.
    pub retired: bool,
}

/// A token of the chain that counts for one of the exchange's assets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    pub chain: Chain,
    /// The token's address; zero for lamports and the native coin.
    pub address: Address,
    /// The number of the asset that the token counts for, from 1.
    pub asset: u16,
    /// The decimals of the token. Those of its asset may differ.
    pub decimals: u8,
}

/// What the chain observed for one epoch, in one look or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observation {
    pub chain: Chain,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub epoch: u64,
    /// The time of the first look, Unix seconds.
    pub began: u64,
    /// The time of the last look so far, Unix seconds.
    pub last_look: u64,
    /// The block number of the first look; on Solana its slot.
    pub began_height: u64,
    /// The block number of the last look so far; on Solana its slot.
    pub last_look_height: u64,
    /// Whether the observation is complete. It counts only when nothing can be added any more.
    pub closed: bool,
    /// The number of holdings looked at.
    pub holdings: u32,
    /// The sums of the holdings by asset number, in committed units, of the assets that were listed
    /// at the first look. None where no holding of the asset was looked at. In JSON they are
    /// decimal strings.
    #[serde(serialize_with = "units")]
    pub amounts: Vec<Option<u128>>,
}

/// An observation as a chain stores it.
pub(crate) struct StoredObservation {
    /// The time of the first look, Unix seconds. This and the next fields are those of
    /// [`Observation`].
    pub began: u64,
    pub last_look: u64,
    pub began_height: u64,
    pub last_look_height: u64,
    pub closed: bool,
    pub holdings: u32,
    /// Bit a - 1 for every asset number a of which a holding was looked at.
    pub looked: u128,
    /// The sums by asset number, 0 where nothing was looked at.
    pub amounts: Vec<u128>,
}

impl Observation {
    /// The observation of `epoch`, in units of the exchange's asset list.
    ///
    /// # Errors
    /// Bad data when the last look is before the first or too long after it, or when an amount is
    /// too large or of an asset that was not looked at.
    pub(crate) fn new(exchange: &Exchange, epoch: u64, stored: StoredObservation) -> Result<Self, Error> {
        let StoredObservation { began, last_look, began_height, last_look_height, closed, holdings, looked, amounts } =
            stored;
        let bad = |field: &str, expected: String, found: String| {
            let subject = Subject::Epoch { exchange: exchange.id, epoch };
            Err(Error::bad_data(exchange.chain, subject, format!("witness.{field}"), expected, found))
        };
        let assets = exchange.assets.as_ref().map_or(0, |assets| assets.len());
        if !(1..=assets).contains(&amounts.len()) {
            return bad("amounts", format!("1 to {assets} amounts"), amounts.len().to_string());
        }
        if last_look.checked_sub(began).is_none_or(|passed| passed > WINDOW) {
            return bad("last_look", format!("at most {WINDOW} seconds after {began}"), last_look.to_string());
        }
        if last_look_height < began_height {
            return bad("last_look_height", format!("{began_height} or later"), last_look_height.to_string());
        }
        let mut seen = Vec::with_capacity(amounts.len());
        for (index, amount) in amounts.into_iter().enumerate() {
            let looked = looked >> index & 1 == 1;
            if amount >> AMOUNT_BITS != 0 || amount > 0 && !looked {
                let expected =
                    if looked { format!("below 2^{AMOUNT_BITS}") } else { "0, as nothing was looked at".into() };
                return bad(&format!("amounts[{index}]"), expected, amount.to_string());
            }
            seen.push(looked.then_some(amount));
        }
        let (chain, exchange, amounts) = (exchange.chain, exchange.id, seen);
        Ok(Self { chain, exchange, epoch, began, last_look, began_height, last_look_height, closed, holdings, amounts })
    }
}

fn units<S: Serializer>(amounts: &[Option<u128>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(amounts.iter().map(|amount| amount.map(|units| units.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn exchange() -> Exchange {
        sample::exchange(sample::EVM, &sample::punctual(sample::EVM, 2))
    }

    fn stored() -> StoredObservation {
        StoredObservation {
            began: 1_000,
            last_look: 1_600,
            began_height: 7,
            last_look_height: 9,
            closed: true,
            holdings: 3,
            looked: 0b10,
            amounts: vec![0, (1 << AMOUNT_BITS) - 1],
        }
    }

    fn refused(change: impl FnOnce(&mut StoredObservation)) -> String {
        let mut stored = stored();
        change(&mut stored);
        match Observation::new(&exchange(), 2, stored).unwrap_err() {
            Error::BadData(bad) => bad.field,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn amounts_are_strings_of_digits() {
        let observation = Observation::new(&exchange(), 2, stored()).unwrap();
        let json = serde_json::to_value(&observation).unwrap();
        assert_eq!(json["amounts"], serde_json::json!([null, "5192296858534827628530496329220095"]));
        assert_eq!((&json["began_height"], &json["last_look_height"]), (&7.into(), &9.into()));
    }

    #[test]
    fn an_observation_that_contradicts_itself_is_refused() {
        assert_eq!(refused(|stored| stored.amounts.clear()), "witness.amounts");
        assert_eq!(refused(|stored| stored.amounts.push(0)), "witness.amounts");
        assert_eq!(refused(|stored| stored.amounts[0] = 1), "witness.amounts[0]");
        assert_eq!(refused(|stored| stored.amounts[1] = 1 << AMOUNT_BITS), "witness.amounts[1]");
        assert_eq!(refused(|stored| stored.last_look = 999), "witness.last_look");
        assert_eq!(refused(|stored| stored.last_look = 1_001 + WINDOW), "witness.last_look");
        assert_eq!(refused(|stored| stored.last_look_height = 6), "witness.last_look_height");
    }
}
