//! What counts of the holdings that were read on the chains.

use std::collections::BTreeMap;

use ballast_core::{assets::AssetList, observation::to_units, solvency::AMOUNT_BITS};
use ballast_ledger::reserves::Holding;

use crate::chains::{ChainHoldings, Uncounted};

/// What of the holdings read so far counts for each asset, by its number, in committed units; below
/// 2^112.
#[derive(Clone, Debug, Default)]
pub struct Counted(BTreeMap<u16, u128>);

impl Counted {
    /// Adds the holdings of `told`, in the order in which a chain looks at them. One that has no
    /// amount in its asset's units, or with which the sum would have none, counts 0, as on the
    /// chain itself, and is moved to `uncounted`: one bad token must not stop an epoch.
    pub fn add(&mut self, told: &mut ChainHoldings, assets: &AssetList) {
        // An EVM address is written with capitals that say nothing.
        told.holdings.sort_by_cached_key(|holding| [&holding.token, &holding.wallet].map(|text| text.to_lowercase()));
        let mut kept = Vec::with_capacity(told.holdings.len());
        for holding in told.holdings.drain(..) {
            match self.count(&holding, assets) {
                Ok(()) => kept.push(holding),
                Err(reason) => {
                    let Holding { chain, token, account, .. } = holding;
                    told.uncounted.push(Uncounted { chain, token, account, reason });
                }
            }
        }
        told.holdings = kept;
    }

    fn count(&mut self, holding: &Holding, assets: &AssetList) -> Result<(), String> {
        // Of an asset that is not on the list the report says more.
        let Some(asset) = assets.get(holding.asset) else { return Ok(()) };
        let amount = |units: u128| Some(units).filter(|units| units >> AMOUNT_BITS == 0);
        let units = to_units(holding.balance, holding.decimals, asset.decimals).and_then(amount);
        let symbol = asset.symbol();
        let too_large = |what: &str| {
            format!("expected {what} below 2^{AMOUNT_BITS} units of {symbol}, found a balance of {}", holding.balance)
        };
        let units = units.ok_or_else(|| too_large("an amount"))?;
        let sum = self.0.entry(holding.asset).or_default();
        *sum = sum.checked_add(units).and_then(amount).ok_or_else(|| too_large("a sum"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::assets::Asset;

    #[test]
    fn what_has_no_amount_counts_nothing_and_stops_nothing() {
        let assets = AssetList::new(vec![Asset::new("USDC", 6).unwrap(), Asset::new("BTC", 8).unwrap()]).unwrap();
        let holding = |account: &str, decimals, asset, balance| Holding {
            chain: "evm:1".into(),
            wallet: account.into(),
            account: account.into(),
            token: "0xAA".into(),
            decimals,
            asset,
            balance,
        };
        let counted = |holdings: Vec<Holding>| {
            let mut told = ChainHoldings {
                chain: "evm:1".into(),
                height: 1,
                hash: "hash".into(),
                time: 1,
                holdings,
                empty: vec![],
                uncounted: vec![],
            };
            Counted::default().add(&mut told, &assets);
            let kept: Vec<u128> = told.holdings.iter().map(|holding| holding.balance).collect();
            (kept, told.uncounted.into_iter().map(|uncounted| uncounted.reason).collect::<Vec<_>>())
        };
        const MOST: u128 = (1 << AMOUNT_BITS) - 1;
        assert_eq!(counted(vec![holding("0x1", 6, 1, MOST)]), (vec![MOST], vec![]));
        // By itself, in its asset's units, and beyond 128 bits in them.
        for (decimals, balance) in [(6, MOST + 1), (6, 1 << 120), (5, MOST), (0, u128::MAX)] {
            let (kept, reasons) = counted(vec![holding("0x1", decimals, 1, balance), holding("0x2", 6, 1, 7)]);
            assert_eq!(kept, [7], "{balance}");
            assert!(reasons.len() == 1 && reasons[0].contains("an amount below 2^112 units of USDC"), "{reasons:?}");
        }
        // A sum: the later one of an asset, whatever the capitals of its wallet; another asset has
        // a sum of its own.
        let (kept, reasons) = counted(vec![
            holding("0xb", 6, 1, 1),
            holding("0xA", 6, 1, MOST),
            holding("0xC", 8, 2, MOST),
            holding("0xd", 6, 1, 0),
        ]);
        assert_eq!(kept, [MOST, MOST, 0]);
        assert!(reasons.len() == 1 && reasons[0].contains("a sum below 2^112"), "{reasons:?}");
        assert!(reasons[0].ends_with("found a balance of 1"), "{reasons:?}");
    }
}
