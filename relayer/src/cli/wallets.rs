//! `ballast wallet` and `ballast witness`.

use ballast_sdk::{chain::Address, evm::registration_message};
use solana_sdk::signer::Signer;

use super::{
    arguments::WalletCommand,
    commands::{Settings, connect_readers, open},
    output::Output,
};
use crate::{
    chains::{Action, Agreement, ChainName},
    events::Events,
    failure::Failure,
    jobs::{
        govern::{self, of_chain},
        wallets,
    },
    keys,
    session::{Reading, Rehearsing, Sending},
};

pub async fn run(
    settings: &Settings,
    command: WalletCommand,
    dry_run: bool,
    events: &Events,
) -> Result<Output, Failure> {
    match command {
        WalletCommand::List { chains } => {
            let chains = connect_readers(settings, chains.chain, events).await?;
            Output::new(&wallets::list(&chains).await?)
        }
        WalletCommand::Message { wallet } => message(settings, wallet, events).await,
        WalletCommand::Register { signer: key, unlock: password, wallet, signature, chain } => {
            let (wallet, agreement) = match (key, wallet, signature) {
                (Some(file), ..) => {
                    let wallet = match chain {
                        ChainName::Solana => Address::Solana(keys::read_solana(Some(&file), "--signer")?.pubkey()),
                        ChainName::Evm => {
                            let key = keys::read_evm(Some(&file), password.as_deref(), "--signer", "--unlock")?;
                            Address::Evm(key.address())
                        }
                    };
                    (wallet, Agreement::Key { file, password })
                }
                (None, Some(wallet), Some(signature)) => (wallet, Agreement::Signature(signature.0)),
                _ => return Err(Failure::bad_input("expected --signer, or --wallet and --signature")),
            };
            of_its_chain(wallet, chain)?;
            govern(settings, chain, dry_run, Action::RegisterWallet { wallet, agreement }, events).await
        }
        WalletCommand::Retire { wallet } => {
            let chain = match wallet {
                Address::Solana(_) => ChainName::Solana,
                Address::Evm(_) => ChainName::Evm,
            };
            govern(settings, chain, dry_run, Action::RetireWallet(wallet), events).await
        }
        WalletCommand::Declare { token, asset, chain } => {
            declare(settings, dry_run, &token, asset, chain, events).await
        }
    }
}

/// Has the chains look, for the latest epoch of each.
pub async fn witness(
    settings: &Settings,
    chain: Option<ChainName>,
    dry_run: bool,
    events: &Events,
) -> Result<Output, Failure> {
    let looked = match dry_run {
        true => wallets::rehearse_witness(&open(Rehearsing, settings, chain, &[], events).await?.1).await?,
        false => wallets::witness_latest(&open(Sending, settings, chain, &[], events).await?.1).await?,
    };
    Output::with_exit(&looked, looked.exit())
}

async fn declare(
    settings: &Settings,
    dry_run: bool,
    token: &str,
    symbol: String,
    chain: ChainName,
    events: &Events,
) -> Result<Output, Failure> {
    let token = match (token, chain) {
        ("native", ChainName::Solana) => Address::Solana(Default::default()),
        ("native", ChainName::Evm) => Address::Evm(Default::default()),
        (address, _) => address.parse().map_err(Failure::bad_input)?,
    };
    of_its_chain(token, chain)?;
    let chains = connect_readers(settings, Some(chain), events).await?;
    let mut asset = None;
    if let Some(chain) = chains.get(chain) {
        let exchange = chain.client().exchange(&chains.exchange).await?;
        asset = exchange.assets.and_then(|assets| assets.number(&symbol));
    }
    let asset = asset
        .ok_or_else(|| Failure::bad_input(format!("asset {symbol:?} is not on the exchange's list on {chain}")))?;
    govern(settings, chain, dry_run, Action::DeclareToken { token, asset, symbol }, events).await
}

async fn message(settings: &Settings, wallet: Address, events: &Events) -> Result<Output, Failure> {
    let Address::Evm(address) = wallet else {
        return Err(Failure::bad_input(
            "a Solana wallet signs the transaction itself: `ballast wallet register --signer`",
        ));
    };
    let (config, session) = open(Reading, settings, Some(ChainName::Evm), &[], events).await?;
    let chains = session.chains;
    let witnesses = config.evm()?.witnesses.ok_or_else(|| Failure::bad_input("evm.witnesses is not set"))?;
    let chain_id = chains.get(ChainName::Evm).and_then(|chain| chain.client().chain().evm_id());
    let chain_id = chain_id.ok_or_else(|| Failure::other(anyhow::anyhow!("the EVM chain has no id")))?;
    Output::new(&wallets::Message(registration_message(chain_id, witnesses, &chains.exchange, address)))
}

fn of_its_chain(address: Address, chain: ChainName) -> Result<(), Failure> {
    match of_chain(&[address], chain).is_empty() {
        false => Ok(()),
        true => Err(Failure::bad_input(format!("{address} is no address of {chain}"))),
    }
}

async fn govern(
    settings: &Settings,
    chain: ChainName,
    dry_run: bool,
    action: Action,
    events: &Events,
) -> Result<Output, Failure> {
    let action = |_| Some(action.clone());
    let governed = match dry_run {
        true => govern::rehearse(&open(Rehearsing, settings, Some(chain), &[], events).await?.1, action).await?,
        false => govern::govern(&open(Sending, settings, Some(chain), &[], events).await?.1, action).await?,
    };
    Output::new(&governed)
}
