//! Holdings of a reserves report.

use std::fmt;

use ballast_core::escaped::Escaped;
use ballast_sdk::reread::{ComparedHoldings, Tally};

use super::count;

/// Says how a report's holdings on a chain were held against what the chain and its node have.
pub fn compared_holdings(f: &mut fmt::Formatter<'_>, compared: &ComparedHoldings) -> fmt::Result {
    let ComparedHoldings { holdings, blocks, owners, balances } = compared;
    let holdings = count(*holdings, "holding", "holdings");
    writeln!(f, "  {holdings} read on this chain, all in registered wallets and of declared tokens")?;
    for (tally, one, several) in
        [(blocks, "block", "blocks"), (owners, "account", "accounts"), (balances, "balance", "balances")]
    {
        let Tally { checked, not_checked, reason } = tally;
        if *checked > 0 {
            let verb = if *checked == 1 { "is" } else { "are" };
            writeln!(f, "  {} {verb} as the node has it", count(*checked, one, several))?;
        }
        if *not_checked > 0 {
            let reason = Escaped(reason.as_deref().unwrap_or("no reason was given"));
            writeln!(f, "  {} NOT CHECKED: {reason}", count(*not_checked, one, several))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    struct Shown(ComparedHoldings);

    impl Text for Shown {
        fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            compared_holdings(f, &self.0)
        }
    }

    #[test]
    fn what_was_not_checked_is_said_in_capitals_and_cannot_draw() {
        let tally = |checked, not_checked, reason: &str| Tally {
            checked,
            not_checked,
            reason: (not_checked > 0).then(|| reason.to_owned()),
        };
        let told = Shown(ComparedHoldings {
            holdings: 3,
            blocks: tally(1, 0, ""),
            owners: tally(2, 1, "closed"),
            balances: tally(0, 3, "pruned\x1b[2J\nbalance is fine"),
        });
        let expected = "  3 holdings read on this chain, all in registered wallets and of declared tokens\n  \
            1 block is as the node has it\n  \
            2 accounts are as the node has it\n  1 account NOT CHECKED: closed\n  \
            3 balances NOT CHECKED: pruned\\u{1b}[2J\\nbalance is fine\n";
        assert_eq!(told.text().to_string(), expected);
    }
}
