//! Has the program look at the holdings of reserve wallets.

use async_trait::async_trait;
use ballast_sdk::{
    observation::{Token, Wallet},
    solana::{
        bindings::types::WitnessReservesArgs,
        instruction::{HOLDINGS_AT_ONCE, Holding, Program},
    },
};
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};

use super::{Solana, balances::read_solana, sender::Job};
use crate::{
    chains::{
        About, ChainError, Purpose,
        looks::{Look, ShownHolding, Shows},
    },
    store::Store,
};

#[async_trait]
impl Shows for Solana {
    type Signer = Keypair;
    type Holding = Holding;
    const AT_ONCE: usize = HOLDINGS_AT_ONCE;

    fn signer(&self) -> Result<Keypair, ChainError> {
        self.poster_key()
    }

    async fn holdings(&self, wallets: &[Wallet], tokens: &[Token]) -> Result<Vec<Holding>, ChainError> {
        let mut holdings = Vec::new();
        for holding in read_solana(&self.settings, wallets, tokens).await?.to_look_at() {
            let (account, wallet) = (self.parse(&holding.account)?, self.parse(&holding.wallet)?);
            holdings.push(Holding { account, wallet, mint: self.parse(&holding.token)? });
        }
        holdings.sort_unstable();
        Ok(holdings)
    }

    async fn show(&self, signer: &Keypair, store: Option<&Store>, look: Look<'_, Holding>) -> Result<(), ChainError> {
        let job = job(&self.program, &signer.pubkey(), look);
        match store {
            Some(store) => self.sender(store).run(signer, &[job], None).await,
            None => self.budget().units(&signer.pubkey(), &job).await.map(drop),
        }
    }

    fn told(holding: &Holding) -> ShownHolding {
        let [wallet, account, token] =
            [holding.wallet, holding.account, holding.mint].map(|address| address.to_string());
        ShownHolding { wallet, account, token }
    }
}

fn job(program: &Program, poster: &Pubkey, look: Look<'_, Holding>) -> Job {
    let Look { exchange, epoch, part } = look;
    let args = WitnessReservesArgs { epoch, first: part.first, last: part.last };
    Job {
        about: About { purpose: Purpose::Look, epoch: Some(epoch), shard: None },
        instructions: vec![program.witness_reserves(poster, exchange, args, part.shown)],
        cosigner: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chains::looks::Part,
        chains::solana::{budget::Budget, node::SolanaRpc, sender::encode},
        config,
    };
    use solana_commitment_config::CommitmentConfig;
    use solana_sdk::{message::Message, transaction::Transaction};

    /// What a packet of the network holds.
    const PACKET: usize = 1_232;

    /// Bytes of the signed transaction that shows so many holdings, no address of which is
    /// another's.
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
        let node = SolanaRpc::new(&settings.rpc_url);
        let budget = Budget { node: &node, settings: &settings };
        let address = Pubkey::new_unique;
        let holdings: Vec<Holding> =
            (0..count).map(|_| Holding { account: address(), wallet: address(), mint: address() }).collect();
        let part = Part { first: true, last: true, shown: &holdings };
        let (program, poster) = (Program(settings.program), address());
        let job = job(&program, &poster, Look { exchange: &[3; 32], epoch: u64::MAX, part });
        let message = Message::new(&budget.wrap(&job.instructions, u32::MAX), Some(&poster));
        encode(&Transaction::new_unsigned(message)).unwrap().len()
    }

    #[test]
    fn as_many_different_holdings_as_are_shown_at_once_fit_one_transaction() {
        assert!(bytes(HOLDINGS_AT_ONCE) <= PACKET, "{}", bytes(HOLDINGS_AT_ONCE));
        assert!(bytes(HOLDINGS_AT_ONCE + 1) > bytes(HOLDINGS_AT_ONCE) + 96);
    }
}
