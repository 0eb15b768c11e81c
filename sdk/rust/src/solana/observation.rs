//! The program's records of wallets, tokens and observations, as this crate's types.

use ballast_core::{Digest, hexadecimal, observation::TOKEN_DECIMALS_MAX};
use solana_sdk::pubkey::Pubkey;

use super::{address, bindings::accounts};
use crate::{
    chain::{Address, Chain},
    error::{Error, Subject},
    exchange::Exchange,
    observation::{Observation, StoredObservation, Token, Wallet},
};

const CHAIN: Chain = Chain::Solana;

fn bad(subject: Subject, field: &str, expected: impl ToString, found: impl ToString) -> Error {
    Error::bad_data(CHAIN, subject, field, expected, found)
}

/// Refuses a record that is another exchange's or not at its own address.
fn check_place(kind: &str, at: &Pubkey, own: Pubkey, exchange: &Digest, stored: &Digest) -> Result<(), Error> {
    let subject = || Subject::Account(format!("{kind} {at}"));
    if stored != exchange {
        return Err(bad(subject(), "exchange", hexadecimal::encode(exchange), hexadecimal::encode(stored)));
    }
    if own != *at {
        return Err(bad(subject(), "address", own, at));
    }
    Ok(())
}

/// The exchange's wallet in an account.
pub(super) fn wallet(
    program: &Pubkey,
    exchange: &Digest,
    at: &Pubkey,
    stored: accounts::Wallet,
) -> Result<Wallet, Error> {
    check_place("wallet", at, address::wallet(program, &stored.address), exchange, &stored.exchange)?;
    Ok(Wallet {
        chain: CHAIN,
        address: Address::Solana(stored.address),
        exchange: stored.exchange,
        registered_at: stored.registered_at,
        retired: stored.retired,
    })
}

/// The exchange's token in an account. None when it was declared before the list was cleared last,
/// and counts no more.
pub(super) fn token(
    program: &Pubkey,
    exchange: &Exchange,
    at: &Pubkey,
    stored: accounts::Token,
) -> Result<Option<Token>, Error> {
    let id = &exchange.id;
    check_place("token", at, address::token(program, id, &stored.mint), id, &stored.exchange)?;
    let subject = || Subject::Account(format!("token {}", stored.mint));
    if stored.generation != exchange.generation {
        return Ok(None);
    }
    let listed = exchange.assets.as_ref().map_or(0, |assets| assets.len());
    if stored.asset == 0 || usize::from(stored.asset) > listed {
        return Err(bad(subject(), "asset", format!("1 to {listed}"), stored.asset));
    }
    if stored.decimals > TOKEN_DECIMALS_MAX {
        return Err(bad(subject(), "decimals", format!("at most {TOKEN_DECIMALS_MAX}"), stored.decimals));
    }
    let address = Address::Solana(stored.mint);
    Ok(Some(Token { chain: CHAIN, address, asset: stored.asset, decimals: stored.decimals }))
}

/// What was observed for one epoch of the exchange. None when that was before the list was cleared
/// last: then it counts for nothing.
pub(super) fn observation(
    exchange: &Exchange,
    epoch: u64,
    stored: accounts::Witness,
) -> Result<Option<Observation>, Error> {
    let bad = |field: &str, expected: String, found: String| {
        Err(bad(Subject::Epoch { exchange: exchange.id, epoch }, &format!("witness.{field}"), expected, found))
    };
    if stored.exchange != exchange.id {
        return bad("exchange", hexadecimal::encode(exchange.id), hexadecimal::encode(stored.exchange));
    }
    if stored.epoch != epoch {
        return bad("epoch", epoch.to_string(), stored.epoch.to_string());
    }
    if stored.generation != exchange.generation {
        return Ok(None);
    }
    let digest = exchange.first_assets(stored.amounts.len()).map(|assets| hexadecimal::encode(assets.digest()));
    if digest.as_deref() != Some(&*hexadecimal::encode(stored.asset_list_digest)) {
        let expected = digest.unwrap_or_else(|| "that of a list of so many assets".into());
        return bad("asset_list_digest", expected, hexadecimal::encode(stored.asset_list_digest));
    }
    let stored = StoredObservation {
        began: stored.began,
        last_look: stored.last_look,
        began_height: stored.began_slot,
        last_look_height: stored.last_slot,
        closed: stored.closed,
        holdings: stored.holdings,
        looked: stored.looked,
        amounts: stored.amounts,
    };
    Observation::new(exchange, epoch, stored).map(Some)
}

#[cfg(test)]
#[path = "observation_tests.rs"]
mod tests;
