//! Why a transaction is refused.

use ballast_core::{
    Refusal,
    assets::{ASSETS_MAX, Asset},
};

use super::{Part, invariant::Broken};
use crate::{
    signature::{KeyInvalid, SignatureInvalid},
    transaction::DecodeError,
};

/// A transaction that was refused. The state is what it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("transaction {sequence}{}: {cause}", kind.map(|kind| format!(" ({kind})")).unwrap_or_default())]
pub struct Refused {
    /// The sequence at which the transaction was tried.
    pub sequence: u64,
    /// The name of its kind; none when its bytes could not be read.
    pub kind: Option<&'static str>,
    pub cause: Cause,
}

/// The reason for a refusal, with what was expected and what was found. Amounts are committed
/// units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    #[error("bytes: {0}")]
    Bytes(#[from] DecodeError),
    #[error("sequence: expected {expected}, found {found}")]
    Sequence { expected: u64, found: u64 },
    #[error("head before: expected {}, found {}", short(expected), short(found))]
    Head { expected: [u8; 32], found: [u8; 32] },
    #[error("time: expected at least {expected} and at most {limit} Unix milliseconds, found {found}")]
    Time { expected: u64, limit: u64, found: u64 },
    #[error(transparent)]
    Signature(#[from] SignatureInvalid),
    #[error(transparent)]
    Key(#[from] KeyInvalid),
    #[error("account {account}: expected a number below {count}")]
    AccountUnknown { account: u32, count: usize },
    #[error("public id {id:?} is taken")]
    IdTaken { id: String },
    #[error("too many accounts: expected at most 2^32 - 1")]
    TooManyAccounts,
    #[error("asset {asset}: expected 1 to {count}")]
    AssetUnknown { asset: u16, count: usize },
    #[error(
        "assets {}: expected new symbols that differ from all others by more than case and punctuation, and at most \
         {ASSETS_MAX} assets in all: {refusal}",
        listed(assets)
    )]
    AssetsUnlistable { assets: Vec<Asset>, refusal: Refusal },
    #[error("the amount is 0")]
    AmountZero,
    #[error("account {account}, asset {asset}: expected at least {expected} {}, found {found}", part.name())]
    TooLittle { account: u32, asset: u16, part: Part, expected: u64, found: u64 },
    #[error("account {account}, asset {asset}: {} would reach 2^64", part.name())]
    TooMuch { account: u32, asset: u16, part: Part },
    #[error("asset {asset}: a total would reach 2^128")]
    TotalTooLarge { asset: u16 },
    #[error("order {order} is not open")]
    OrderUnknown { order: u64 },
    #[error("order {order} belongs to account {owner}, not to account {account}")]
    OrderOfAnother { order: u64, owner: u32, account: u32 },
    #[error("the order sells asset {asset} for the same asset")]
    OrderSameAsset { asset: u16 },
    #[error("orders {first} and {second} do not sell what the other buys")]
    OrdersDoNotMatch { first: u64, second: u64 },
    #[error("both sides are account {account}")]
    SameAccount { account: u32 },
    #[error("order {order} has {found} left to sell, expected at least {expected}")]
    OrderTooSmall { order: u64, expected: u64, found: u64 },
    #[error("order {order} wants at least {at_least} for {amount}, and {received} for {given} is a lower price")]
    PriceTooLow { order: u64, amount: u64, at_least: u64, given: u64, received: u64 },
    #[error("account {account}, asset {asset}: there is nothing {} for interest to accrue on", part.name())]
    NothingToAccrue { account: u32, asset: u16, part: Part },
    #[error("asset {asset}: expected the first {limit} lenders to have {expected} together, found {found}")]
    LendersTooFew { asset: u16, expected: u64, found: u64, limit: usize },
    #[error(transparent)]
    Invariant(#[from] Broken),
}

/// Symbols, for messages: bytes that are none are escaped.
fn listed(assets: &[Asset]) -> String {
    let symbols = assets.iter().map(|asset| asset.symbol().escape_default().to_string());
    symbols.collect::<Vec<_>>().join(", ")
}

/// The first bytes of a digest, for messages.
fn short(digest: &[u8; 32]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).chain(["..".into()]).collect()
}
