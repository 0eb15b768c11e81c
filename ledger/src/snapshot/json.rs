//! JSON snapshots: one object, in the form that other provers of this kind take.
//!
//! ```text
//! {"timestamp": 1795389392939,
//!  "assets":   {"BTC": {"usdt_decimals": 0, "balance_decimals": 6, "price": 22344}},
//!  "accounts": {"alice": {"BTC": 500000}}}
//! ```
//!
//! The timestamp is in milliseconds; the as-of time is its whole seconds. Balances are integers in
//! units of 10^-balance_decimals, which are the committed units. Prices are read and not used: an
//! amount of one asset never pays for another. Asset numbers are the order of `assets`, which comes
//! before `accounts`. No member is unknown, missing or there twice, in any object, and nothing
//! follows the object. A byte order mark before it is skipped.

use ballast_core::assets::AssetList;
use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};
use std::{
    fmt,
    io::{self, BufReader, Read},
};

use super::{
    Options, Place, Reason, Snapshot, SnapshotError,
    collector::Collector,
    declaration::{self, DeclaredAssets},
    text_limits::{JsonLimit, LimitExceeded},
};
use crate::amount;

/// The earliest timestamp, in milliseconds: September 2001. A time in seconds is below it.
pub const TIMESTAMP_MIN: u64 = 1_000_000_000_000;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a whole JSON snapshot from `text`.
///
/// # Errors
/// The first thing wrong, with its line, column, account and asset. Nothing of a refused file is
/// returned.
pub fn read(text: impl Read, options: &Options) -> Result<Snapshot, SnapshotError> {
    let mut parse = Parse { options, place: Place::default(), refused: None };
    let text = without_byte_order_mark(text).map_err(Reason::from)?;
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::new(JsonLimit::new(text)));
    let file = File(&mut parse).deserialize(&mut deserializer).and_then(|file| deserializer.end().map(|()| file));
    let (timestamp, collector) = file.map_err(|error| parse.error(error))?;
    if timestamp < TIMESTAMP_MIN {
        return Err(Reason::TimestampOutOfRange { found: timestamp }.into());
    }
    let as_of = declaration::as_of(Some(timestamp / 1000), options)?;
    let ledger = declaration::ledger(None, options)?;
    Ok(collector.finish(as_of, ledger)?)
}

/// The same text, but for a byte order mark, which editors and spreadsheets put before UTF-8.
fn without_byte_order_mark(mut text: impl Read) -> io::Result<impl Read> {
    let mut start = Vec::new();
    text.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)?;
    if start == BYTE_ORDER_MARK {
        start.clear();
    }
    Ok(io::Cursor::new(start).chain(text))
}

/// What the visitors share: where they are, and why they stopped.
struct Parse<'a> {
    options: &'a Options,
    place: Place,
    refused: Option<Reason>,
}

impl Parse<'_> {
    /// Stops the parser for this reason; it cannot carry one of ours itself.
    fn refuse<E: serde::de::Error>(&mut self, reason: Reason) -> E {
        self.refused = Some(reason);
        E::custom("refused")
    }

    fn error(mut self, error: serde_json::Error) -> SnapshotError {
        let position = |number: usize| u64::try_from(number).ok().filter(|number| *number > 0);
        self.place.line = position(error.line());
        self.place.column = position(error.column());
        let reason = self.refused.unwrap_or_else(|| match error.classify() {
            Category::Io => {
                let error = io::Error::from(error);
                LimitExceeded::of(&error).map_or(Reason::Io(error), Reason::Limit)
            }
            Category::Eof if (error.line(), error.column()) == (1, 0) => Reason::Empty,
            Category::Eof => Reason::CutShort,
            // The parser's message would repeat a number.
            Category::Data if self.place.account.is_some() => Reason::BalancesNotAnObject,
            Category::Syntax | Category::Data => Reason::Json(without_position(&error)),
        });
        self.place.refuse(reason)
    }
}

/// The parser's message; the place says where.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&position).unwrap_or(&message).to_owned()
}

/// Reads the value of a member that is there once.
fn fill<E: serde::de::Error, T>(
    parse: &mut Parse<'_>,
    member: &mut Option<T>,
    name: &'static str,
    value: impl FnOnce(&mut Parse<'_>) -> Result<T, E>,
) -> Result<(), E> {
    if member.is_some() {
        return Err(parse.refuse(Reason::MemberRepeated(name)));
    }
    parse.place.field = Some(name);
    *member = Some(value(parse)?);
    parse.place.field = None;
    Ok(())
}

fn filled<E: serde::de::Error, T>(parse: &mut Parse<'_>, member: Option<T>, name: &'static str) -> Result<T, E> {
    member.ok_or_else(|| parse.refuse(Reason::MemberMissing(name)))
}

/// The file: timestamp and accounts.
struct File<'p, 'o>(&'p mut Parse<'o>);

impl<'de> DeserializeSeed<'de> for File<'_, '_> {
    type Value = (u64, Collector);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_, '_> {
    type Value = (u64, Collector);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with timestamp, assets and accounts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(parse) = self;
        let (mut timestamp, mut assets, mut accounts) = (None::<u64>, None::<AssetList>, None::<Collector>);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "timestamp" => fill(parse, &mut timestamp, "timestamp", |_| map.next_value())?,
                "assets" => fill(parse, &mut assets, "assets", |parse| map.next_value_seed(Assets(parse)))?,
                "accounts" => {
                    let Some(assets) = assets.clone() else {
                        return Err(parse.refuse(Reason::AssetsAfterAccounts));
                    };
                    fill(parse, &mut accounts, "accounts", |parse| {
                        parse.place.field = None;
                        map.next_value_seed(Accounts { parse, assets })
                    })?;
                }
                _ => return Err(parse.refuse(Reason::MemberUnknown(name))),
            }
        }
        let timestamp = filled(parse, timestamp, "timestamp")?;
        filled(parse, assets, "assets")?;
        Ok((timestamp, filled(parse, accounts, "accounts")?))
    }
}

/// `assets`: the list, in its order.
struct Assets<'p, 'o>(&'p mut Parse<'o>);

impl<'de> DeserializeSeed<'de> for Assets<'_, '_> {
    type Value = AssetList;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Assets<'_, '_> {
    type Value = AssetList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of assets by symbol")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(parse) = self;
        let mut declared = DeclaredAssets::default();
        while let Some(symbol) = map.next_key::<String>()? {
            parse.place.asset = Some(symbol.clone());
            parse.place.field = None;
            let decimals = map.next_value_seed(AssetMembers(parse))?;
            declared.declare(&symbol, decimals).map_err(|reason| parse.refuse(reason))?;
            parse.place.asset = None;
        }
        declared.finish().map_err(|reason| parse.refuse(reason))
    }
}

/// One asset: its balance_decimals.
struct AssetMembers<'p, 'o>(&'p mut Parse<'o>);

impl<'de> DeserializeSeed<'de> for AssetMembers<'_, '_> {
    type Value = u8;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AssetMembers<'_, '_> {
    type Value = u8;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with usdt_decimals, balance_decimals and price")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(parse) = self;
        let (mut usdt_decimals, mut balance_decimals, mut price) = (None::<u8>, None::<u8>, None::<u64>);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "usdt_decimals" => fill(parse, &mut usdt_decimals, "usdt_decimals", |_| map.next_value())?,
                "balance_decimals" => fill(parse, &mut balance_decimals, "balance_decimals", |_| map.next_value())?,
                "price" => fill(parse, &mut price, "price", |_| map.next_value())?,
                _ => return Err(parse.refuse(Reason::MemberUnknown(name))),
            }
        }
        filled(parse, usdt_decimals, "usdt_decimals")?;
        filled(parse, price, "price")?;
        filled(parse, balance_decimals, "balance_decimals")
    }
}

/// `accounts`: balances by account id, taken in one by one.
struct Accounts<'p, 'o> {
    parse: &'p mut Parse<'o>,
    assets: AssetList,
}

impl<'de> DeserializeSeed<'de> for Accounts<'_, '_> {
    type Value = Collector;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Accounts<'_, '_> {
    type Value = Collector;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of accounts by id")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { parse, assets } = self;
        let mut collector = Collector::new(assets, parse.options).map_err(|reason| parse.refuse(reason))?;
        while let Some(id) = map.next_key::<String>()? {
            parse.place.account = Some(id);
            let id = parse.place.account.as_deref().unwrap_or_default();
            collector.begin(id).map_err(|reason| parse.refuse(reason))?;
            map.next_value_seed(Balances { parse, collector: &mut collector })?;
            parse.place.account = None;
        }
        collector.end();
        Ok(collector)
    }
}

/// The balances of the account that was begun, by symbol.
struct Balances<'p, 'o> {
    parse: &'p mut Parse<'o>,
    collector: &'p mut Collector,
}

impl<'de> DeserializeSeed<'de> for Balances<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Balances<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of balances by symbol")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { parse, collector } = self;
        while let Some(symbol) = map.next_key::<String>()? {
            let declared = collector.asset(&symbol);
            parse.place.asset = Some(symbol);
            // As text: the parser would round an integer of more than 64 bits instead of refusing
            // it.
            let text: Box<RawValue> = map.next_value()?;
            let read = declared.and_then(|declared| {
                let amount = amount::parse_integer(text.get(), u64::BITS)?;
                collector.add(declared, &[amount])
            });
            read.map_err(|reason| parse.refuse(reason))?;
            parse.place.asset = None;
        }
        Ok(())
    }
}
