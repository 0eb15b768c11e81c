//! `ballast wallet` and `ballast witness`.

use ballast_sdk::{chain::Address, evm::registration_message};
use solana_sdk::signer::Signer;

use super::{
    arguments::{WalletCommand, chosen},
    commands::{Settings, connect},
    output::Output,
};
use crate::{
    chains::{Action, Agreement, ChainName},
    config::Section,
    failure::Failure,
    jobs::{
        connection::{Chains, sections},
        govern::{self, of_chain},
        wallets,
    },
    store::Store,
};

pub async fn run(settings: &Settings, command: WalletCommand, dry_run: bool) -> Result<Output, Failure> {
    match command {
        WalletCommand::List { chains } => {
            let chains = connect(settings, chains.chain).await?;
            Output::new(&wallets::list(&chains).await?)
        }
        WalletCommand::Message { wallet } => message(settings, wallet).await,
        WalletCommand::Register { signer: key, unlock: password, wallet, signature, chain } => {
            let (wallet, agreement) = match (key, wallet, signature) {
                (Some(file), ..) => {
                    let wallet = match chain {
                        ChainName::Solana => {
                            Address::Solana(ballast_keys::read_solana(Some(&file), "--signer")?.pubkey())
                        }
                        ChainName::Evm => {
                            let key = ballast_keys::read_evm(Some(&file), password.as_deref(), "--signer", "--unlock")?;
                            Address::Evm(key.address())
                        }
                    };
                    (wallet, Agreement::Key { file, password })
                }
                (None, Some(wallet), Some(signature)) => (wallet, Agreement::Signature(signature.0)),
                _ => return Err(Failure::bad_input("expected --signer, or --wallet and --signature")),
            };
            of_its_chain(wallet, chain)?;
            govern(settings, chain, dry_run, Action::RegisterWallet { wallet, agreement }).await
        }
        WalletCommand::Retire { wallet } => {
            let chain = match wallet {
                Address::Solana(_) => ChainName::Solana,
                Address::Evm(_) => ChainName::Evm,
            };
            govern(settings, chain, dry_run, Action::RetireWallet(wallet)).await
        }
        WalletCommand::Declare { token, asset, chain } => declare(settings, dry_run, &token, asset, chain).await,
    }
}

/// Has the chains look, for the latest epoch of each.
pub async fn witness(settings: &Settings, chain: Option<ChainName>, dry_run: bool) -> Result<Output, Failure> {
    let chosen = chosen(chain);
    let mut needed = sections(&chosen);
    needed.extend((!dry_run).then_some(Section::Store));
    let config = settings.read(&needed)?;
    let store = if dry_run { None } else { Some(Store::open(&config.store()?.path)?) };
    let chains = Chains::connect(&config, &chosen).await?;
    if let Some(store) = &store {
        chains.bind(store).await?;
        chains.settle(store).await?;
    }
    let looked = wallets::witness_latest(&chains, store.as_ref()).await?;
    Output::with_exit(&looked, looked.exit())
}

async fn declare(
    settings: &Settings,
    dry_run: bool,
    token: &str,
    symbol: String,
    chain: ChainName,
) -> Result<Output, Failure> {
    let token = match (token, chain) {
        ("native", ChainName::Solana) => Address::Solana(Default::default()),
        ("native", ChainName::Evm) => Address::Evm(Default::default()),
        (address, _) => address.parse().map_err(Failure::bad_input)?,
    };
    of_its_chain(token, chain)?;
    let chains = connect(settings, Some(chain)).await?;
    let mut asset = None;
    for chain in chains.iter() {
        let exchange = chain.client().exchange(&chains.exchange).await?;
        asset = exchange.assets.and_then(|assets| assets.number(&symbol));
    }
    let asset = asset
        .ok_or_else(|| Failure::bad_input(format!("asset {symbol:?} is not on the exchange's list on {chain}")))?;
    govern(settings, chain, dry_run, Action::DeclareToken { token, asset, symbol }).await
}

async fn message(settings: &Settings, wallet: Address) -> Result<Output, Failure> {
    let Address::Evm(address) = wallet else {
        return Err(Failure::bad_input(
            "a Solana wallet signs the transaction itself: `ballast wallet register --signer`",
        ));
    };
    let config = settings.read(&sections(&[ChainName::Evm]))?;
    let witnesses = config.evm()?.witnesses.ok_or_else(|| Failure::bad_input("evm.witnesses is not set"))?;
    let chains = Chains::connect(&config, &[ChainName::Evm]).await?;
    let mut chain_id = None;
    for chain in chains.iter() {
        chain_id = chain.client().chain().evm_id();
    }
    let chain_id = chain_id.ok_or_else(|| Failure::other(anyhow::anyhow!("the EVM chain has no id")))?;
    Output::new(&wallets::Message(registration_message(chain_id, witnesses, &chains.exchange, address)))
}

fn of_its_chain(address: Address, chain: ChainName) -> Result<(), Failure> {
    match of_chain(&[address], chain).is_empty() {
        false => Ok(()),
        true => Err(Failure::bad_input(format!("{address} is no address of {chain}"))),
    }
}

async fn govern(settings: &Settings, chain: ChainName, dry_run: bool, action: Action) -> Result<Output, Failure> {
    let mut needed = sections(&[chain]);
    needed.extend((!dry_run).then_some(Section::Store));
    let config = settings.read(&needed)?;
    let store = if dry_run { None } else { Some(Store::open(&config.store()?.path)?) };
    let chains = Chains::connect(&config, &[chain]).await?;
    Output::new(&govern::govern(&chains, store.as_ref(), |_| Some(action.clone())).await?)
}
