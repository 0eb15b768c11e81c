//! One customer's proof that his balances were counted: read, checked, summed, without any network.

pub use ballast_core::inclusion::{AssetName, Balance, Expected, IncludedLeaf, InclusionError, InclusionFile};

/// Whether `text` shows that balances of `account` are in the epoch that `expected` describes, and which: the sum over
/// all of the file's leaves, for every asset of the exchange's list, in committed units.
///
/// `account` is the customer's own id as he knows it, never taken from the file; `expected` is the chain's word:
/// [`Epoch::expected`](crate::epoch::Epoch::expected). Errors say nothing of balances or salts.
pub fn verify(text: &str, account: &str, expected: &Expected<'_>) -> Result<Vec<Balance>, InclusionError> {
    InclusionFile::parse(text)?.verify(account, expected)
}
