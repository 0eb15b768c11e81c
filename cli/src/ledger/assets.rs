//! What a log makes of each asset, as a table.

use std::fmt;

use ballast_ledger::amount;
use ballast_relayer::jobs::ledger::AssetState;

use crate::text::Text;

impl Text for Vec<AssetState> {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16} {:>34} {:>34} {:>34}", "asset", "physical", "lent and borrowed", "of that, left")?;
        for AssetState { symbol, decimals, physical, lending } in self {
            let physical = amount::format(*physical, *decimals);
            writeln!(f, "{symbol:<16} {physical:>34} {:>34} {:>34}", lending.lent_and_borrowed, lending.left)?;
            for backing in &lending.backing {
                writeln!(f, "{:<16} backed by {} {}", "", backing.amount, backing.symbol)?;
            }
        }
        Ok(())
    }
}
