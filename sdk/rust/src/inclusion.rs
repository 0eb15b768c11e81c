//! One customer's proof that their balances were counted: read, checked and summed without any
//! network.

pub use ballast_core::inclusion::{AssetName, Balance, Expected, IncludedLeaf, InclusionError, InclusionFile};

/// Whether `text` shows that balances of `account` are in the epoch that `expected` describes, and
/// which: the sum over all of the file's leaves, for every asset of the exchange's list, in
/// committed units.
///
/// `account` is the customer's id as they know it themselves, never taken from the file. `expected`
/// comes from a chain, by [`Epoch::expected`](crate::epoch::Epoch::expected). Errors say nothing of
/// balances or salts.
pub fn verify(text: &str, account: &str, expected: &Expected<'_>) -> Result<Vec<Balance>, InclusionError> {
    InclusionFile::parse(text)?.verify(account, expected)
}
