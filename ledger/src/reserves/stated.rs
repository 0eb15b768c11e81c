//! The file in which an exchange states what no chain can be asked for.

use std::{collections::BTreeMap, fmt, path::Path};

use ballast_core::{assets::AssetList, solvency::AMOUNT_BITS};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use super::{
    Reason, ReservesError, SOURCES_MAX,
    report::{MessageLine, ReservesReport},
};
use crate::{
    amount,
    lookalike::{declared_alike, shown},
    toml_file::{self, TomlError},
};

/// What the exchange states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The note on where the figures come from.
    pub sources: String,
    /// The stated amounts by asset number, in committed units: the exchange's word alone, on top of
    /// what is read and signed for.
    pub amounts: Vec<u128>,
    /// Addresses whose ownership is signed and whose balance is stated. They are not verified yet.
    pub messages: Vec<MessageLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    sources: String,
    amounts: BTreeMap<String, AmountText>,
    #[serde(default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    network: String,
    address: String,
    message: String,
    signature: String,
    asset: String,
    amount: String,
}

const DOTTED: &str = "a symbol with a dot is written in quotes";

/// The parser itself refuses `USDC.e = "1"` beside `USDC = "2"`: the one is a table of the other's
/// name.
fn with_hint(error: TomlError) -> TomlError {
    match error {
        TomlError::Malformed { line, message }
            if message.contains("dotted key") || message.contains("duplicate key") =>
        {
            TomlError::Malformed { line, message: format!("{message}; {DOTTED}") }
        }
        other => other,
    }
}

/// An amount in quotes. TOML takes `BTC.b = "10"` for a table `BTC` with a key `b`, so a table is
/// told what it is.
struct AmountText(String);

impl<'de> Deserialize<'de> for AmountText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = AmountText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in quotes, such as \"1.5\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<AmountText, E> {
        Ok(AmountText(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AmountText, A::Error> {
        let key: String = map.next_key()?.unwrap_or_default();
        Err(A::Error::custom(format!(
            "found a table with the key {key:?}, expected an amount: {DOTTED}, such as \"SYMBOL.{key}\" = \"1.5\""
        )))
    }
}

impl Stated {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// What is wrong, naming file and asset.
    pub fn read(path: &Path, assets: &AssetList) -> Result<Self, ReservesError> {
        let read = toml_file::read(path).map_err(|error| ReservesError::from(Reason::from(error)));
        let stated = read.and_then(|text| Self::parse(&text, assets));
        stated.map_err(|error| ReservesError { file: Some(path.display().to_string()), ..error })
    }

    /// # Errors
    /// What is wrong with `text`, naming line or asset.
    pub fn parse(text: &str, assets: &AssetList) -> Result<Self, ReservesError> {
        let Fields { sources, amounts, messages } =
            toml_file::parse(text).map_err(|error| Reason::from(with_hint(error)))?;
        if !(1..=SOURCES_MAX).contains(&sources.len()) {
            return Err(Reason::SourcesInvalid { found: sources.len() }.into());
        }
        if let Some(symbol) = amounts.keys().find(|symbol| assets.number(symbol).is_none()) {
            return Err(undeclared(symbol, assets).of(&shown(symbol)));
        }
        let stated = assets.as_slice().iter().map(|asset| {
            let symbol = asset.symbol();
            let AmountText(text) = amounts.get(&symbol).ok_or_else(|| Reason::AmountMissing.of(&symbol))?;
            read_amount(text, asset.decimals).map_err(|reason| reason.of(&symbol))
        });
        let amounts = stated.collect::<Result<_, _>>()?;
        let messages = messages.into_iter().map(|message| message.line(assets)).collect::<Result<_, _>>()?;
        Ok(Self { sources, amounts, messages })
    }

    /// The first thing that `report` has otherwise, in a word.
    pub fn difference(&self, report: &ReservesReport) -> Option<&'static str> {
        let amounts = self.amounts.iter().zip(&report.reserves);
        let same = |(units, line): (&u128, &super::ReserveLine)| amount::format(*units, line.decimals) == line.stated;
        if self.amounts.len() != report.reserves.len() || !amounts.into_iter().all(same) {
            Some("amounts")
        } else if self.sources != report.sources {
            Some("sources")
        } else {
            (self.messages != report.messages).then_some("messages")
        }
    }
}

impl Message {
    fn line(self, assets: &AssetList) -> Result<MessageLine, ReservesError> {
        let Self { network, address, message, signature, asset: symbol, amount } = self;
        let place = format!("message of {address}, {}", shown(&symbol));
        let asset = assets.number(&symbol).and_then(|number| assets.get(number));
        let asset = asset.ok_or_else(|| undeclared(&symbol, assets).of(&place))?;
        let units = read_amount(&amount, asset.decimals).map_err(|reason| reason.of(&place))?;
        let amount = amount::format(units, asset.decimals);
        Ok(MessageLine { network, address, message, signature, symbol, amount })
    }
}

fn undeclared(symbol: &str, assets: &AssetList) -> Reason {
    declared_alike(symbol, assets).map_or(Reason::AssetUndeclared, |declared| Reason::AssetLookalike { declared })
}

fn read_amount(text: &str, decimals: u8) -> Result<u128, Reason> {
    let amount = amount::parse(text, decimals, AMOUNT_BITS)?;
    if amount.negative { Err(Reason::Negative) } else { Ok(amount.units) }
}
