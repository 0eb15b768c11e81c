//! Why something could not be read or does not hold.

use ballast_core::{Digest, escaped::Escaped, hexadecimal};

use crate::chain::Chain;

/// What a caller can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The argument is wrong: nothing was asked.
    BadInput,
    /// There was no answer, or the node itself failed: asking again may help.
    Unreachable,
    /// The chain answered that there is no such thing.
    NotFound,
    /// The chain's answer contradicts itself or another chain's: nothing of it may be believed.
    BadData,
}

/// Every failure of this crate, except for those of inclusion files, reports and audits, which have
/// errors of their own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `node` is scheme, host and port only: paths and queries of node addresses hold keys.
    #[error("node {node} cannot be reached to read {what}: {reason}")]
    Unreachable { node: String, what: String, reason: String },
    #[error("node {node} answered with an error when asked for {what}: {reason}")]
    NodeRefused { node: String, what: String, reason: String },
    /// `expected` and `found` are hashes of blocks.
    #[error(
        "{chain}: block {height} was replaced while it was read: expected {expected}, found {found}; nothing of the \
         answer may be believed, ask again"
    )]
    Replaced { chain: Chain, height: u64, expected: String, found: String },
    #[error("{argument}: expected {expected}, found {found}")]
    BadInput { argument: &'static str, expected: String, found: String },
    #[error("{chain}: there is no {contract} at {address}: check the address and the chain")]
    NotDeployed { chain: Chain, contract: &'static str, address: String },
    #[error("{chain}: exchange {} is not registered", hexadecimal::encode(exchange))]
    ExchangeNotFound { chain: Chain, exchange: Digest },
    #[error(
        "{chain}: exchange {} has no finalized epoch {epoch}; its latest is {latest}",
        hexadecimal::encode(exchange)
    )]
    EpochNotFound { chain: Chain, exchange: Digest, epoch: u64, latest: u64 },
    #[error(
        "{chain}: epoch {epoch} of exchange {} is not finished: {shards_done} of {shard_count} shards are posted",
        hexadecimal::encode(exchange)
    )]
    EpochUnfinished { chain: Chain, exchange: Digest, epoch: u64, shards_done: u16, shard_count: u16 },
    #[error("{chain}: exchange {} has no finalized epoch", hexadecimal::encode(exchange))]
    NoEpoch { chain: Chain, exchange: Digest },
    #[error("{chain}: circuit {} is not registered", hexadecimal::encode(circuit))]
    CircuitNotFound { chain: Chain, circuit: Digest },
    /// `field` is epochs, head or block.
    #[error(
        "{chain}: exchange {}, epoch {epoch}: expected {field} {expected} as it was verified before, found {found}: \
         the node is behind or on another chain, or what was verified was taken back",
        hexadecimal::encode(exchange)
    )]
    Unlike { chain: Chain, exchange: Digest, epoch: u64, field: &'static str, expected: String, found: String },
    #[error(transparent)]
    BadData(Box<BadData>),
    #[error(transparent)]
    HistoriesPart(Box<HistoriesPart>),
}

/// What a chain answered does not match the digest, rule or second answer that it must match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{chain}: {subject}: {field}: expected {expected}, found {found}")]
pub struct BadData {
    pub chain: Chain,
    pub subject: Subject,
    /// The name of the field, as in the JSON of the subject.
    pub field: String,
    pub expected: String,
    pub found: String,
}

/// The thing that an answer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Exchange(Digest),
    Epoch {
        exchange: Digest,
        epoch: u64,
    },
    Circuit(Digest),
    /// An account, a contract or an event, by its address or name.
    Account(String),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exchange(id) => write!(f, "exchange {}", hexadecimal::encode(id)),
            Self::Epoch { exchange, epoch } => write!(f, "exchange {}, epoch {epoch}", hexadecimal::encode(exchange)),
            Self::Circuit(id) => write!(f, "circuit {}", hexadecimal::encode(id)),
            Self::Account(name) => f.write_str(name),
        }
    }
}

/// Two chains tell different histories of one exchange.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "exchange {}: the two histories differ from epoch {epoch} on, in {field}: {} has {}, {} has {}",
    hexadecimal::encode(exchange), left.chain, left.value, right.chain, right.value
)]
pub struct HistoriesPart {
    pub exchange: Digest,
    /// The first epoch that differs.
    pub epoch: u64,
    /// The first field of its record that differs.
    pub field: String,
    pub left: Side,
    pub right: Side,
}

/// The value of the field on one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub chain: Chain,
    pub value: String,
}

impl Error {
    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreachable { .. } | Self::NodeRefused { .. } | Self::Replaced { .. } => ErrorKind::Unreachable,
            Self::BadInput { .. } => ErrorKind::BadInput,
            Self::NotDeployed { .. }
            | Self::ExchangeNotFound { .. }
            | Self::EpochNotFound { .. }
            | Self::EpochUnfinished { .. }
            | Self::NoEpoch { .. }
            | Self::CircuitNotFound { .. } => ErrorKind::NotFound,
            Self::BadData(_) | Self::HistoriesPart(_) | Self::Unlike { .. } => ErrorKind::BadData,
        }
    }

    pub(crate) fn bad_data(
        chain: Chain,
        subject: Subject,
        field: impl Into<String>,
        expected: impl ToString,
        found: impl ToString,
    ) -> Self {
        Self::BadData(Box::new(BadData {
            chain,
            subject,
            field: field.into(),
            // May be a node's words.
            expected: Escaped(&expected.to_string()).to_string(),
            found: Escaped(&found.to_string()).to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says_is_escaped() {
        let error = Error::bad_data(Chain::Solana, Subject::Exchange([1; 32]), "name", "a", "b\x1b[2J\nFresh");
        assert!(error.to_string().ends_with("expected a, found b\\u{1b}[2J\\nFresh"), "{error}");
    }

    #[test]
    fn ids_are_written_as_everywhere_else() {
        let (chain, exchange, circuit) = (Chain::Solana, [0xab; 32], [0xab; 32]);
        let errors = [
            Error::ExchangeNotFound { chain, exchange },
            Error::EpochNotFound { chain, exchange, epoch: 2, latest: 1 },
            Error::EpochUnfinished { chain, exchange, epoch: 2, shards_done: 1, shard_count: 2 },
            Error::NoEpoch { chain, exchange },
            Error::CircuitNotFound { chain, circuit },
            Error::bad_data(chain, Subject::Exchange(exchange), "name", "a", "b"),
            Error::bad_data(chain, Subject::Epoch { exchange, epoch: 1 }, "head", "a", "b"),
            Error::bad_data(chain, Subject::Circuit(circuit), "setup", "a", "b"),
        ];
        let id = format!(" 0x{}", "ab".repeat(32));
        for error in errors {
            assert!(error.to_string().contains(&id), "{error}");
        }
        let side = Side { chain, value: "1".into() };
        let part = HistoriesPart { exchange, epoch: 1, field: "head".into(), left: side.clone(), right: side };
        assert!(part.to_string().contains(&id), "{part}");
    }
}
