//! Why something did not happen on a chain.

use ballast_keys::KeyError;
use ballast_sdk::ErrorKind;

use super::ChainName;
use crate::{
    failure::{Classified, Exit},
    store::StoreError,
};

/// A failure on one chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// `refusal` has the name that core gives it, with what was expected and found as far as the chain says it.
    #[error("{chain} refuses {what}: {refusal}")]
    Refused { chain: ChainName, what: String, refusal: String },
    /// `node` is what may be shown of it.
    #[error("{chain}: node {node} does not answer {what}: {reason}")]
    Unreachable { chain: ChainName, node: String, what: String, reason: String },
    #[error("{chain}: {what} is not settled after {waited}; it may be yet: run the same command again")]
    Unsettled { chain: ChainName, what: String, waited: String },
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
    fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::Refused,
            Self::Unreachable { .. } | Self::Unsettled { .. } => Exit::Unreachable,
            Self::Unexpected { .. } => Exit::Other,
            Self::Read(error) => read_exit(error),
            Self::Store(error) => error.exit(),
            Self::Key(error) => error.exit(),
        }
    }
}

/// A reader's failure: what a chain does not have was asked for in error; what it contradicts is a refusal.
pub fn read_exit(error: &ballast_sdk::Error) -> Exit {
    match error.kind() {
        ErrorKind::BadInput | ErrorKind::NotFound => Exit::BadInput,
        ErrorKind::Unreachable => Exit::Unreachable,
        ErrorKind::BadData => Exit::Refused,
    }
}

impl Classified for KeyError {
    fn exit(&self) -> Exit {
        Exit::BadInput
    }
}

impl Classified for ballast_sdk::Error {
    fn exit(&self) -> Exit {
        read_exit(self)
    }
}
