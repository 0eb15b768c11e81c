//! What a report says was read, as far as a node can tell it: who owns the accounts now, and the
//! block. Nodes do not keep what an account held at an earlier slot.

use ballast_core::holding::{HoldingAccount, NoHolding, SYSTEM_PROGRAM, TOKEN_PROGRAM};
use ballast_ledger::reserves::{BlockLine, HoldingLine};
use solana_client::{
    client_error::ClientErrorKind,
    rpc_config::RpcBlockConfig,
    rpc_request::{MAX_MULTIPLE_ACCOUNTS, RpcError},
};
use solana_sdk::{account::Account, pubkey::Pubkey};
use solana_transaction_status_client_types::TransactionDetails;

use super::reader::SolanaReader;
use crate::{
    error::Error,
    node::redact,
    reread::{Finding, Reread},
};

impl SolanaReader {
    pub(super) async fn read_again(&self, line: &BlockLine, holdings: &[&HoldingLine]) -> Result<Reread, Error> {
        let not_kept = || Finding::NotChecked("Solana's nodes do not keep what an account held".into());
        let balances = holdings.iter().map(|_| not_kept()).collect();
        Ok(Reread { block: self.block_again(line).await?, owners: self.owners(holdings).await?, balances })
    }

    async fn block_again(&self, line: &BlockLine) -> Result<Finding, Error> {
        let config = RpcBlockConfig {
            transaction_details: Some(TransactionDetails::None),
            rewards: Some(false),
            commitment: Some(self.options.commitment),
            max_supported_transaction_version: Some(0),
            ..Default::default()
        };
        let block = match self.rpc.get_block_with_config(line.height, config).await {
            Ok(block) => block,
            Err(error) => {
                return match error.kind() {
                    ClientErrorKind::RpcError(RpcError::RpcResponseError { message, .. }) => {
                        Ok(Finding::NotChecked(redact(self.node.url(), message)))
                    }
                    _ => Err(self.error("a block", error)),
                };
            }
        };
        // A node that has the block may not know its time any more.
        let time = block.block_time.and_then(|time| u64::try_from(time).ok()).unwrap_or(line.time);
        let told = |hash: &str, time: u64| format!("{hash} of {time}");
        Ok(Finding::of(&told(&line.hash, line.time), &told(&block.blockhash, time)))
    }

    /// Whether each account is a token account of its wallet, for its mint. Lamports are the
    /// wallet's own.
    async fn owners(&self, holdings: &[&HoldingLine]) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::with_capacity(holdings.len());
        for holdings in holdings.chunks(MAX_MULTIPLE_ACCOUNTS) {
            let parse = |text: &str| text.parse::<Pubkey>().unwrap_or_default();
            let addresses: Vec<Pubkey> = holdings.iter().map(|holding| parse(&holding.account)).collect();
            let found = self.accounts(&addresses, "the accounts of a report").await?;
            let each = holdings.iter().zip(&addresses).zip(found);
            findings.extend(each.map(|((holding, address), account)| {
                owner(holding, [parse(&holding.wallet), parse(&holding.token)], address, account.as_ref())
            }));
        }
        Ok(findings)
    }
}

/// What `account`, which is at `address` now, says about a holding of `wallet` in `mint`.
fn owner(holding: &HoldingLine, [wallet, mint]: [Pubkey; 2], address: &Pubkey, account: Option<&Account>) -> Finding {
    if mint == Pubkey::default() {
        return Finding::of(&wallet, address);
    }
    // A closed token account whose address was given lamports is one of the System program.
    let there = account.filter(|account| account.owner.to_bytes() != SYSTEM_PROGRAM || *address == wallet);
    let Some(account) = there else {
        return Finding::NotChecked("the account is not there any more".into());
    };
    // Lamports would count for the wallet itself.
    let program = match account.owner.to_bytes() {
        SYSTEM_PROGRAM => TOKEN_PROGRAM,
        program => program,
    };
    let shown = HoldingAccount {
        address: &address.to_bytes(),
        program: &account.owner.to_bytes(),
        lamports: account.lamports,
        data: &account.data,
    };
    match shown.balance(&wallet.to_bytes(), &mint.to_bytes(), &program) {
        // Whose it is does not change with freezing.
        Ok(_) | Err(NoHolding::Frozen) => Finding::Same,
        Err(reason) => Finding::Different {
            expected: format!("a token account of wallet {} for mint {}", holding.wallet, holding.token),
            found: reason.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT_LENGTH: usize = 165;

    /// An account of `program` whose data says this mint, owner and state.
    fn account(program: [u8; 32], mint: Pubkey, owner: Pubkey, state: u8) -> Account {
        let mut data = vec![0; ACCOUNT_LENGTH];
        data[..32].copy_from_slice(mint.as_ref());
        data[32..64].copy_from_slice(owner.as_ref());
        data[108] = state;
        Account { data, lamports: 1, owner: program.into(), ..Account::default() }
    }

    #[test]
    fn an_account_is_the_wallets_or_another_or_not_there_any_more() {
        let [wallet, mint, address, other] = [1, 2, 3, 4].map(|byte| Pubkey::new_from_array([byte; 32]));
        let holding = HoldingLine {
            chain: "solana".into(),
            wallet: wallet.to_string(),
            account: address.to_string(),
            token: mint.to_string(),
            decimals: 0,
            symbol: "BTC".into(),
            balance: "1".into(),
            amount: "1".into(),
        };
        let told =
            |mint, address, account: Option<Account>| owner(&holding, [wallet, mint], &address, account.as_ref());
        let here = |account| told(mint, address, Some(account));
        assert_eq!(here(account(TOKEN_PROGRAM, mint, wallet, 1)), Finding::Same);
        assert_eq!(here(account(TOKEN_PROGRAM, mint, wallet, 2)), Finding::Same, "frozen");
        for (account, reason) in [
            (account(TOKEN_PROGRAM, mint, other, 1), "owner is not the wallet"),
            (account(TOKEN_PROGRAM, other, wallet, 1), "of another mint"),
            (account(TOKEN_PROGRAM, mint, wallet, 0), "no initialized token account"),
            (account([7; 32], mint, wallet, 1), "no initialized token account"),
        ] {
            let found = here(account);
            assert!(
                matches!(&found, Finding::Different { found, .. } if found.contains(reason)),
                "{reason}: {found:?}"
            );
        }
        let coins = Account { lamports: 5, owner: SYSTEM_PROGRAM.into(), ..Account::default() };
        assert!(matches!(told(mint, address, None), Finding::NotChecked(_)));
        assert!(matches!(here(coins.clone()), Finding::NotChecked(_)), "closed, and given lamports since");
        assert!(matches!(told(mint, wallet, Some(coins.clone())), Finding::Different { .. }), "the wallet itself");
        let lamports = Pubkey::default();
        assert_eq!(told(lamports, wallet, Some(coins.clone())), Finding::Same);
        assert!(matches!(told(lamports, address, Some(coins)), Finding::Different { .. }));
    }
}
