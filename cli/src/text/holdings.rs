//! Holdings of a reserves report.

use std::fmt;

use super::count;

/// Says that a report's holdings on a chain were held against what the chain keeps.
pub fn compared_holdings(f: &mut fmt::Formatter<'_>, holdings: usize) -> fmt::Result {
    let holdings = count(holdings, "holding", "holdings");
    writeln!(f, "  {holdings} read on this chain, all in registered wallets and of declared tokens")
}
