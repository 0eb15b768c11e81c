//! Has the program look at the holdings of reserve wallets.

use ballast_core::Digest;
use ballast_sdk::solana::{
    bindings::types::WitnessReservesArgs,
    instruction::{HOLDINGS_AT_ONCE, Holding, Program},
};
use solana_sdk::{pubkey::Pubkey, signer::Signer};

use super::{Solana, balances::read_solana, sender::Job};
use crate::{
    chains::{
        ChainError, ChainName, Look, Purpose,
        looks::{Part, Shown, parts},
    },
    reserves::ChainHoldings,
    store::Store,
};

impl Solana {
    /// Shows the program every holding in ascending order, and closes the witness; without a store, simulates the first part.
    pub(super) async fn look(&self, store: Option<&Store>, exchange: &Digest, epoch: u64) -> Result<Look, ChainError> {
        if let Some(closed) = self.current.observation(exchange, epoch).await?.filter(|witness| witness.closed) {
            return Ok(Look::LookedBefore { holdings: closed.holdings, began: closed.began });
        }
        let (wallets, tokens) = (self.current.wallets(exchange).await?, self.current.tokens(exchange).await?);
        let holdings = in_order(&read_solana(&self.settings, &wallets, &tokens).await?)?;
        if holdings.is_empty() {
            return Ok(Look::NothingToLookAt);
        }
        let signer = self.poster_key()?;
        for part in parts(&holdings, HOLDINGS_AT_ONCE) {
            let job = job(&self.program, &signer.pubkey(), exchange, epoch, part);
            match store {
                Some(store) => self.sender(store).run(&signer, &[job], None).await?,
                None => {
                    self.budget().units(&signer.pubkey(), &job).await?;
                    return Ok(Look::WouldLook { shown: holdings.iter().map(shown).collect() });
                }
            }
        }
        Ok(Look::Looked { holdings: holdings.len() })
    }
}

fn job(program: &Program, poster: &Pubkey, exchange: &Digest, epoch: u64, part: Part<'_, Holding>) -> Job {
    let args = WitnessReservesArgs { epoch, first: part.first, last: part.last };
    Job {
        purpose: Purpose::Look,
        epoch: Some(epoch),
        shard: None,
        instructions: vec![program.witness_reserves(poster, exchange, args, part.shown)],
        cosigner: None,
    }
}

fn shown(holding: &Holding) -> Shown {
    let [wallet, account, token] = [holding.wallet, holding.account, holding.mint].map(|address| address.to_string());
    Shown { wallet, account, token }
}

/// In the order in which the program takes them.
fn in_order(read: &ChainHoldings) -> Result<Vec<Holding>, ChainError> {
    let address = |text: &str| {
        text.parse::<Pubkey>().map_err(|_| ChainError::Unexpected {
            chain: ChainName::Solana,
            what: format!("{text:?}"),
            reason: "it is no address".into(),
        })
    };
    let mut holdings = Vec::new();
    for holding in read.to_look_at() {
        let (account, wallet) = (address(&holding.account)?, address(&holding.wallet)?);
        holdings.push(Holding { account, wallet, mint: address(&holding.token)? });
    }
    holdings.sort_unstable();
    Ok(holdings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chains::solana::{budget::Budget, node::Node, sender::encode},
        config,
    };
    use solana_commitment_config::CommitmentConfig;
    use solana_sdk::{message::Message, transaction::Transaction};

    /// What a packet of the network holds.
    const PACKET: usize = 1_232;

    /// Bytes of the signed transaction that shows so many holdings, no address of which is another's.
    fn bytes(count: usize) -> usize {
        let settings = config::Solana {
            rpc_url: "http://127.0.0.1:1".parse().unwrap(),
            program: Pubkey::new_from_array([1; 32]),
            poster: None,
            authority: None,
            commitment: CommitmentConfig::confirmed(),
            compute_margin_percent: 10,
            // The dearest: with an instruction for it.
            priority_fee: 1,
            parallel_sends: 1,
        };
        let node = Node::new(&settings.rpc_url);
        let budget = Budget { node: &node, settings: &settings };
        let address = Pubkey::new_unique;
        let holdings: Vec<Holding> =
            (0..count).map(|_| Holding { account: address(), wallet: address(), mint: address() }).collect();
        let part = Part { first: true, last: true, shown: &holdings };
        let (program, poster) = (Program(settings.program), address());
        let job = job(&program, &poster, &[3; 32], u64::MAX, part);
        let message = Message::new(&budget.wrap(&job.instructions, u32::MAX), Some(&poster));
        encode(&Transaction::new_unsigned(message)).unwrap().len()
    }

    #[test]
    fn as_many_different_holdings_as_are_shown_at_once_fit_one_transaction() {
        assert!(bytes(HOLDINGS_AT_ONCE) <= PACKET, "{}", bytes(HOLDINGS_AT_ONCE));
        assert!(bytes(HOLDINGS_AT_ONCE + 1) > bytes(HOLDINGS_AT_ONCE) + 96);
    }
}
