//! `ballast wallet list`.

use std::fmt;

use ballast_ledger::amount;
use ballast_relayer::{
    failure::Failure,
    jobs::wallets::{self, Kept, Wallets},
    session::Reading,
};
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, date},
};

/// List wallets, tokens, and what was seen for the latest epoch
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    chains: ChainChoice,
}

impl List {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let (_, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        Output::new(&wallets::list(&session.chains).await?)
    }
}

impl Text for Wallets {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chains.iter().try_for_each(|kept| kept.write(f))
    }
}

impl Text for Kept {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, wallets, tokens, witness, exchange } = self;
        let wallet_count = count(wallets.len(), "wallet", "wallets");
        writeln!(f, "{chain}: {wallet_count}, {}", count(tokens.len(), "token", "tokens"))?;
        for wallet in wallets {
            writeln!(f, "  wallet {}{}", wallet.address, if wallet.retired { " (retired)" } else { "" })?;
        }
        let asset = |number: u16| exchange.assets.as_ref().and_then(|assets| assets.get(number));
        for token in tokens {
            let symbol = asset(token.asset).map_or_else(|| format!("asset {}", token.asset), |asset| asset.symbol());
            let decimals = count(token.decimals, "decimal", "decimals");
            writeln!(f, "  token {} of {decimals} counts for {symbol}", token.address)?;
        }
        let Some(witness) = witness else { return writeln!(f, "  nothing witnessed for the latest epoch") };
        let closed = if witness.closed { "" } else { ", NOT CLOSED: it does not count" };
        writeln!(
            f,
            "  epoch {}: {} seen from {} to {}{closed}",
            witness.epoch,
            count(witness.holdings, "holding", "holdings"),
            date(witness.began),
            date(witness.last_look)
        )?;
        for (number, units) in (1..).zip(&witness.amounts) {
            if let (Some(units), Some(asset)) = (units, asset(number)) {
                writeln!(f, "  {:<16} {:>34}", asset.symbol(), amount::format(*units, asset.decimals))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::{
        assets::{Asset, AssetList},
        statement::LedgerPosition,
    };
    use ballast_relayer::chains::ChainName;
    use ballast_sdk::{
        chain::{Address, Chain},
        exchange::Exchange,
        observation::{Observation, Token, Wallet},
    };

    const BEGAN: u64 = 1_796_077_926;

    fn kept(witness: Option<Observation>) -> Kept {
        let (chain, exchange, address) = (Chain::Solana, [1; 32], Address::Solana(Default::default()));
        let assets = AssetList::new(vec![Asset::new("BTC", 2).unwrap()]).unwrap();
        Kept {
            chain: ChainName::Solana,
            wallets: vec![Wallet { chain, address, exchange, registered_at: 1, retired: true }],
            tokens: vec![
                Token { chain, address, asset: 1, decimals: 6 },
                Token { chain, address, asset: 9, decimals: 1 },
            ],
            witness,
            exchange: Exchange {
                chain,
                id: exchange,
                name: "Example".into(),
                authority: address,
                pending_authority: None,
                posters: vec![],
                assets: Some(assets),
                generation: 0,
                cadence: 86_400,
                registered_at: 0,
                paused: false,
                next_epoch: 3,
                latest_as_of: BEGAN,
                ledger: LedgerPosition::default(),
                head: [5; 32],
            },
        }
    }

    fn told(witness: Option<Observation>) -> String {
        Wallets { chains: vec![kept(witness)] }.text().to_string()
    }

    #[test]
    fn tokens_are_told_by_the_asset_they_count_for() {
        let found = told(None);
        for line in [
            "solana: 1 wallet, 2 tokens\n",
            " (retired)\n",
            " of 6 decimals counts for BTC\n",
            " of 1 decimal counts for asset 9\n",
            "  nothing witnessed for the latest epoch\n",
        ] {
            assert!(found.contains(line), "{line} is not in {found}");
        }
    }

    #[test]
    fn a_witness_that_is_not_closed_is_told_as_one_that_does_not_count() {
        let witness = |closed| Observation {
            chain: Chain::Solana,
            exchange: [1; 32],
            epoch: 2,
            began: BEGAN,
            last_look: BEGAN,
            began_height: 1,
            last_look_height: 1,
            closed,
            holdings: 1,
            amounts: vec![Some(250)],
        };
        let moment = "2026-11-30 22:32:06 UTC (1796077926)";
        let open = told(Some(witness(false)));
        let line = format!("  epoch 2: 1 holding seen from {moment} to {moment}, NOT CLOSED: it does not count\n");
        assert!(open.contains(&line) && open.contains("2.50\n"), "{open}");
        assert!(!told(Some(witness(true))).contains("NOT CLOSED"));
    }
}
