//! Why something did not happen on a chain.

use ballast_keys::KeyError;
use ballast_sdk::ErrorKind;

use super::ChainName;
use crate::{
    failure::{Classified, FailureKind, bad_input},
    store::StoreError,
};

/// A failure on one chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// `refusal` has the name that core gives it, with what was expected and found as far as the
    /// chain says it.
    #[error("{chain} refuses {what}: {refusal}")]
    Refused { chain: ChainName, what: String, refusal: String },
    /// `node` is what may be shown of it.
    #[error("{chain}: node {node} does not answer {what}: {reason}")]
    Unreachable { chain: ChainName, node: String, what: String, reason: String },
    #[error("{chain}: {what} is not settled after {waited}; it may be yet: run the same command again")]
    Unsettled { chain: ChainName, what: String, waited: String },
    /// Nothing was signed. The same call succeeds when the price of gas has fallen, or the cap is
    /// raised.
    #[error(
        "{chain}: the base fee is {base_fee} wei, {setting} allows at most {cap}: wait until it has fallen and run the same \
         command again, or raise the cap; nothing was signed"
    )]
    FeeCap { chain: ChainName, setting: &'static str, base_fee: u64, cap: u128 },
    #[error("{chain}: {what}: {reason}")]
    Unexpected { chain: ChainName, what: String, reason: String },
    #[error(transparent)]
    Read(#[from] ballast_sdk::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Classified for ChainError {
    fn failure_kind(&self) -> FailureKind {
        match self {
            Self::Refused { .. } => FailureKind::Refused,
            Self::Unreachable { .. } | Self::Unsettled { .. } => FailureKind::Unreachable,
            Self::FeeCap { .. } => FailureKind::FeeCap,
            Self::Unexpected { .. } => FailureKind::Other,
            Self::Read(error) => read_kind(error),
            Self::Store(error) => error.failure_kind(),
            Self::Key(error) => error.failure_kind(),
        }
    }
}

/// A reader's failure: what a chain does not have was asked for in error; what it contradicts is a
/// refusal.
pub fn read_kind(error: &ballast_sdk::Error) -> FailureKind {
    match error.kind() {
        ErrorKind::BadInput | ErrorKind::NotFound => FailureKind::BadInput,
        ErrorKind::Unreachable => FailureKind::Unreachable,
        ErrorKind::BadData => FailureKind::Refused,
    }
}

bad_input!(KeyError);

impl Classified for ballast_sdk::Error {
    fn failure_kind(&self) -> FailureKind {
        read_kind(self)
    }
}
