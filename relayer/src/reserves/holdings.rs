//! What was read on a chain.

use std::fmt;

use ballast_ledger::reserves::{BlockLine, Holding};

/// What wallets held at one block of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHoldings {
    /// `solana` or `evm:<chain id>`.
    pub chain: String,
    /// Block number; on Solana the slot.
    pub height: u64,
    /// As the chain's tools write it.
    pub hash: String,
    /// Unix seconds, the block's.
    pub time: u64,
    /// Without those of 0.
    pub holdings: Vec<Holding>,
    /// Those of 0: a chain that looks at none of a token does not know that there is none.
    pub empty: Vec<Holding>,
    pub uncounted: Vec<Uncounted>,
}

impl ChainHoldings {
    pub fn block(&self) -> BlockLine {
        BlockLine { chain: self.chain.clone(), height: self.height, hash: self.hash.clone(), time: self.time }
    }
}

/// A balance that counts 0 because it could not be told, or not be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncounted {
    pub chain: String,
    pub token: String,
    pub account: String,
    pub reason: String,
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, token, account, reason } = self;
        write!(f, "{chain}: token {token} at {account} counts 0: {reason}")
    }
}
