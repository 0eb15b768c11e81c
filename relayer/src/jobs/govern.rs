//! What an exchange's authority asks of both chains. What a chain holds already is not done again.

use ballast_core::{Digest, hexadecimal};
use ballast_sdk::chain::Address;
use serde::Serialize;

use crate::{
    chains::{
        Action, ChainName, Destination,
        action::{Held, Need},
    },
    failure::{Failure, Problems},
    session::{Chains, Rehearsing, Sending, Session},
    store::Store,
};

/// What was done on each chain.
#[derive(Clone, Debug, Serialize)]
pub struct GovernReport {
    pub exchange: String,
    pub dry_run: bool,
    pub chains: Vec<Governed>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Governed {
    pub chain: ChainName,
    pub action: String,
    pub outcome: Outcome,
    pub transactions: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    /// The chain held it before.
    Already,
    /// It is needed, and a simulation of it succeeds.
    WouldBeDone,
}

/// Does what `action` makes for each chain. Judges all chains before anything is sent.
///
/// # Errors
/// Bad input when there is nothing to do on any chain; every chain on which it is impossible; then
/// the first that refuses.
pub async fn govern(
    session: &Session<Sending>,
    action: impl Fn(ChainName) -> Option<Action>,
) -> Result<GovernReport, Failure> {
    act(&session.chains, Some(session.store()), action).await
}

/// Judges all chains as [`govern`] does, and simulates what it would send. Nothing is signed or
/// sent.
///
/// # Errors
/// As [`govern`].
pub async fn rehearse(
    session: &Session<Rehearsing>,
    action: impl Fn(ChainName) -> Option<Action>,
) -> Result<GovernReport, Failure> {
    act(&session.chains, None, action).await
}

/// Does what is needed; without a store, simulates it.
async fn act(
    chains: &Chains<dyn Destination>,
    store: Option<&Store>,
    action: impl Fn(ChainName) -> Option<Action>,
) -> Result<GovernReport, Failure> {
    let mut governed = Vec::new();
    for Judged { chain, action, needed } in judge(chains, action).await? {
        let (outcome, transactions) = match (needed, store) {
            (false, _) => (Outcome::Already, 0),
            (true, Some(store)) => (Outcome::Done, chain.govern(store, &chains.exchange, &action).await?),
            (true, None) => {
                chain.rehearse(&chains.exchange, &action).await?;
                (Outcome::WouldBeDone, 0)
            }
        };
        governed.push(Governed { chain: chain.name(), action: action.describe(), outcome, transactions });
    }
    Ok(GovernReport::new(&chains.exchange, store.is_none(), governed))
}

/// An action on one chain, and whether it is not done there already.
struct Judged<'a> {
    chain: &'a dyn Destination,
    action: Action,
    needed: bool,
}

async fn judge(
    chains: &Chains<dyn Destination>,
    action: impl Fn(ChainName) -> Option<Action>,
) -> Result<Vec<Judged<'_>>, Failure> {
    let mut problems = Problems::default();
    let mut judged = Vec::new();
    for chain in chains.iter() {
        let Some(action) = action(chain.name()) else { continue };
        let exchange = match chain.confirmed().exchange(&chains.exchange).await {
            Ok(exchange) => Some(exchange),
            Err(ballast_sdk::Error::ExchangeNotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let action = action.fitted(exchange.as_ref());
        let (mut wallets, mut tokens) = (Vec::new(), Vec::new());
        if let Some(exchange) = exchange.as_ref().filter(|_| action.is_about_wallets()) {
            wallets = chain.confirmed().wallets(&exchange.id).await?;
            tokens = chain.confirmed().tokens(&exchange.id).await?;
        }
        let need = action.need(Held { exchange: exchange.as_ref(), wallets: &wallets, tokens: &tokens });
        if let Need::Impossible(why) = &need {
            problems.refused(format!("{}: cannot {}: {why}", chain.name(), action.describe()));
        }
        judged.push(Judged { chain, action, needed: need == Need::Needed });
    }
    problems.finish()?;
    if judged.is_empty() {
        return Err(Failure::bad_input("there is nothing to do on any chain that is asked"));
    }
    Ok(judged)
}

impl GovernReport {
    fn new(exchange: &Digest, dry_run: bool, chains: Vec<Governed>) -> Self {
        Self { exchange: hexadecimal::encode(exchange), dry_run, chains }
    }
}

/// Refuses addresses that none of the chains that are asked would take, and more than `most` of one
/// chain.
///
/// # Errors
/// Bad input, naming the first such address.
pub fn check_named(named: &[Address], asked: &[ChainName], most: usize) -> Result<(), Failure> {
    for address in named {
        if asked.iter().all(|chain| of_chain(&[*address], *chain).is_empty()) {
            let asked = asked.iter().map(|chain| chain.name()).collect::<Vec<_>>().join(" and ");
            return Err(Failure::bad_input(format!(
                "{address}: expected an address of {asked}, the only chain that this command asks, found one of another chain"
            )));
        }
    }
    for chain in asked {
        let own = of_chain(named, *chain);
        if own.len() > most {
            let own = own.iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
            return Err(Failure::bad_input(format!("expected at most {most} address of {chain}, found {own}")));
        }
    }
    Ok(())
}

/// The addresses among `addresses` that are of `chain`.
pub fn of_chain(addresses: &[Address], chain: ChainName) -> Vec<Address> {
    let is = |address: &&Address| {
        matches!((chain, address), (ChainName::Solana, Address::Solana(_)) | (ChainName::Evm, Address::Evm(_)))
    };
    addresses.iter().filter(is).copied().collect()
}
