//! What a chain was read to hold in the exchange's wallets.

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

    /// What a chain must be shown: all that holds something, and one holding of each other token,
    /// which is then known to be empty.
    pub fn to_look_at(&self) -> Vec<&Holding> {
        let mut shown: Vec<&Holding> = self.holdings.iter().collect();
        for empty in &self.empty {
            if shown.iter().all(|holding| holding.token != empty.token) {
                shown.push(empty);
            }
        }
        shown
    }
}

/// A balance that counts 0 because it could not be told, or not be moved, or is beyond all amounts.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_empty_holding_is_shown_where_nothing_else_is() {
        let holding = |token: &str, account: &str, balance| Holding {
            chain: "solana".into(),
            wallet: "wallet".into(),
            account: account.into(),
            token: token.into(),
            decimals: 6,
            asset: 1,
            balance,
        };
        let told = |holdings, empty| ChainHoldings {
            chain: "solana".into(),
            height: 1,
            hash: "hash".into(),
            time: 1,
            holdings,
            empty,
            uncounted: vec![],
        };
        let full = vec![holding("full", "a", 5), holding("full", "b", 6)];
        let empty = vec![holding("full", "c", 0), holding("empty", "d", 0), holding("empty", "e", 0)];
        let told_all = told(full, empty);
        let accounts: Vec<&str> = told_all.to_look_at().iter().map(|holding| holding.account.as_str()).collect();
        assert_eq!(accounts, ["a", "b", "d"]);
        assert!(told(vec![], vec![]).to_look_at().is_empty());
    }
}
