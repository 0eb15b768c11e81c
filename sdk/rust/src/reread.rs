//! What a reserves report says was read on a chain, read again from a node: the block, who owns
//! each account, and what it held at the block. Not every node can tell all of it.

use ballast_ledger::reserves::HoldingLine;
use serde::Serialize;

use crate::reserves::HoldingError;

/// What a node says of one thing in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is as the report says.
    Same,
    Different {
        expected: String,
        found: String,
    },
    /// The node cannot tell, for this reason, which may be the node's own words.
    NotChecked(String),
}

/// What a node says of a chain's holdings in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// Whether the chain has the block, with this time.
    pub block: Finding,
    /// By holding, whether the account is the wallet's. Empty on the EVM, where the account is the
    /// wallet.
    pub owners: Vec<Finding>,
    /// By holding, whether the account held the balance at the block.
    pub balances: Vec<Finding>,
}

/// How many things of a kind were found to be as a report says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub checked: usize,
    /// Those of which the node could not tell. Nothing is said about them.
    pub not_checked: usize,
    /// Why it could not tell the first of those; may be the node's own words.
    pub reason: Option<String>,
}

/// A chain's holdings in a report that were found to be the exchange's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ComparedHoldings {
    /// Holdings of this chain, all in registered wallets and of declared tokens.
    pub holdings: usize,
    /// The block at which they were read, if there are any.
    pub blocks: Tally,
    /// Who owns the accounts. None to check on the EVM, where each account is the wallet.
    pub owners: Tally,
    /// What the accounts held at the block.
    pub balances: Tally,
}

impl Finding {
    /// What is the same, or what is found to be otherwise.
    pub(crate) fn of<T: PartialEq + ToString>(expected: &T, found: &T) -> Self {
        if expected == found {
            return Self::Same;
        }
        Self::Different { expected: expected.to_string(), found: found.to_string() }
    }
}

impl Tally {
    /// Counts one finding about `what` of `place`.
    ///
    /// # Errors
    /// When it differs.
    fn count(&mut self, finding: &Finding, what: &'static str, place: impl Fn() -> String) -> Result<(), HoldingError> {
        match finding {
            Finding::Same => self.checked += 1,
            Finding::Different { expected, found } => {
                let (expected, found) = (expected.clone(), found.clone());
                return Err(HoldingError::NotAsRead { place: place(), what, expected, found });
            }
            Finding::NotChecked(reason) => {
                self.not_checked += 1;
                self.reason.get_or_insert_with(|| reason.clone());
            }
        }
        Ok(())
    }
}

impl ComparedHoldings {
    /// Counts what a node says of `holdings`, which are of `chain`.
    ///
    /// # Errors
    /// The first thing that is not as the report says: the block before the accounts.
    pub(crate) fn new(chain: &str, holdings: &[&HoldingLine], reread: &Reread) -> Result<Self, HoldingError> {
        let mut compared = Self { holdings: holdings.len(), ..Self::default() };
        compared.blocks.count(&reread.block, "the block", || chain.to_owned())?;
        for (tally, findings, what) in [
            (&mut compared.owners, &reread.owners, "the account"),
            (&mut compared.balances, &reread.balances, "the balance"),
        ] {
            for (holding, finding) in holdings.iter().zip(findings) {
                tally.count(finding, what, || crate::reserves::place(holding))?;
            }
        }
        Ok(compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding() -> HoldingLine {
        let [chain, wallet, account, token, symbol] = ["solana", "W", "A", "T", "BTC"].map(str::to_owned);
        HoldingLine { chain, wallet, account, token, decimals: 0, symbol, balance: "1".into(), amount: "1".into() }
    }

    #[test]
    fn what_was_not_checked_is_not_counted_as_checked() {
        let holdings = [&holding(), &holding()];
        let not = |reason: &str| Finding::NotChecked(reason.into());
        let mut reread = Reread {
            block: not("pruned"),
            owners: vec![Finding::Same, not("closed")],
            balances: vec![not("a"), not("b")],
        };
        let compared = ComparedHoldings::new("solana", &holdings, &reread).unwrap();
        let tally = |checked, not_checked, reason: &str| Tally { checked, not_checked, reason: Some(reason.into()) };
        let expected = (&tally(0, 1, "pruned"), &tally(1, 1, "closed"), &tally(0, 2, "a"));
        assert_eq!((&compared.blocks, &compared.owners, &compared.balances), expected);
        let different = Finding::of(&"1", &"2");
        for change in 0..3 {
            let mut changed = reread.clone();
            let (at, what) = match change {
                0 => (&mut changed.block, "the block"),
                1 => (&mut changed.owners[1], "the account"),
                _ => (&mut changed.balances[0], "the balance"),
            };
            *at = different.clone();
            let error = ComparedHoldings::new("solana", &holdings, &changed).unwrap_err();
            assert!(matches!(&error, HoldingError::NotAsRead { what: found, .. } if *found == what), "{error}");
        }
        reread.block = Finding::Same;
        assert_eq!(ComparedHoldings::new("solana", &holdings, &reread).unwrap().blocks.checked, 1);
    }
}
