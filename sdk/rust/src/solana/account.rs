//! The program's accounts as this crate's types. Whatever an account holds twice is compared.

use anchor_lang::{AccountDeserialize, Discriminator};
use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    circuit::{Class, SetupKind, VerifyingKey},
    exchange::exchange_id,
    hexadecimal,
    record::Roots,
    reserves::reserves_digest,
    statement::LedgerPosition,
};
use solana_sdk::{account::Account, pubkey::Pubkey};

use super::{
    address,
    bindings::{accounts, types},
};
use crate::{
    chain::{Address, Chain},
    circuit::{Circuit, ProvedBy},
    epoch::{Epoch, Record, Status},
    error::{Error, Subject},
    exchange::{Exchange, PartialSum, PendingEpoch},
};

/// The version byte of every account that this crate reads.
const VERSION: u8 = 1;

const CHAIN: Chain = Chain::Solana;

/// An account's data as the program wrote it: right owner, right kind, known version.
pub(super) fn decode<T: AccountDeserialize + Discriminator>(
    program: &Pubkey,
    address: &Pubkey,
    account: &Account,
) -> Result<T, Error> {
    let bad = |field: &str, expected: String, found: String| {
        Error::bad_data(CHAIN, Subject::Account(format!("account {address}")), field, expected, found)
    };
    if account.owner != *program {
        return Err(bad("owner", program.to_string(), account.owner.to_string()));
    }
    let Some(content) = account.data.strip_prefix(T::DISCRIMINATOR) else {
        let found = account.data.get(..T::DISCRIMINATOR.len()).map_or("fewer bytes".into(), hex::encode);
        return Err(bad("discriminator", hex::encode(T::DISCRIMINATOR), found));
    };
    match content.first() {
        Some(&VERSION) => {}
        found => return Err(bad("version", VERSION.to_string(), found.map_or("none".into(), u8::to_string))),
    }
    T::try_deserialize(&mut &account.data[..])
        .map_err(|error| bad("data", "the committed IDL's".into(), error.to_string()))
}

/// The exchange in an account at its own address, with its id and digests as its fields make them.
pub(super) fn exchange(program: &Pubkey, at: &Pubkey, stored: accounts::Exchange) -> Result<Exchange, Error> {
    let bad = |field: &str, expected: String, found: String| {
        Err(Error::bad_data(CHAIN, Subject::Exchange(stored.id), field, expected, found))
    };
    let own = address::exchange(program, &stored.id);
    if own != *at {
        return bad("address", own.to_string(), at.to_string());
    }
    let id = match exchange_id(&stored.first_authority.to_bytes(), &stored.evm_authority, &stored.name) {
        Ok(id) => id,
        Err(refusal) => return bad("name", "a valid name".into(), refusal.to_string()),
    };
    if id != stored.id {
        return bad("id", hexadecimal::encode(id), hexadecimal::encode(stored.id));
    }
    let assets = stored.assets.iter().map(|asset| Asset { symbol: asset.symbol, decimals: asset.decimals }).collect();
    let assets = match AssetList::new(assets) {
        Ok(assets) => Some(assets),
        Err(_) if stored.assets.is_empty() => None,
        Err(refusal) => return bad("assets", "a valid asset list".into(), refusal.to_string()),
    };
    let digest = assets.as_ref().map_or([0; 32], AssetList::digest);
    if digest != stored.asset_list_digest {
        return bad("asset_list_digest", hexadecimal::encode(digest), hexadecimal::encode(stored.asset_list_digest));
    }
    Ok(Exchange {
        chain: CHAIN,
        id,
        name: stored.name,
        authority: Address::Solana(stored.authority),
        pending_authority: stored.pending_authority.map(Address::Solana),
        posters: stored.posters.into_iter().map(Address::Solana).collect(),
        assets,
        generation: stored.generation,
        cadence: stored.cadence,
        registered_at: stored.registered_at,
        paused: stored.paused,
        next_epoch: stored.next_epoch,
        latest_as_of: stored.as_of,
        ledger: LedgerPosition { sequence: stored.ledger_sequence, head: stored.ledger_head },
        head: stored.head,
    })
}

/// The circuit in an account, with its id as its fields make it.
pub(super) fn circuit(id: &Digest, stored: accounts::Circuit) -> Result<Circuit, Error> {
    let bad = |field: &str, expected: &str, found: String| {
        Error::bad_data(CHAIN, Subject::Circuit(*id), field, expected, found)
    };
    if stored.id != *id {
        return Err(bad("id", &hexadecimal::encode(id), hexadecimal::encode(stored.id)));
    }
    let registered_as =
        SetupKind::try_from(stored.setup).map_err(|refusal| bad("setup", "1 or 2", refusal.to_string()))?;
    let key = VerifyingKey::new(&stored.verifying_key)
        .map_err(|refusal| bad("key", "a valid verifying key", refusal.to_string()))?;
    let circuit = Circuit {
        chain: CHAIN,
        id: *id,
        class: Class { depth: stored.depth, assets: stored.assets },
        setup: key.setup(registered_as),
        registered_as,
        transcript: stored.transcript,
        key,
        active_from: stored.active_from,
        retired: stored.retired,
    };
    circuit.check()?;
    Ok(circuit)
}

/// What a commitment must agree with: the exchange's own account, the epoch asked for, the circuit
/// it names.
pub(super) struct Place<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) number: u64,
}

impl Place<'_> {
    fn bad(&self, field: &str, expected: impl ToString, found: impl ToString) -> Error {
        let subject = Subject::Epoch { exchange: self.exchange.id, epoch: self.number };
        Error::bad_data(CHAIN, subject, field, expected, found)
    }

    /// The first `count` assets of the exchange's list, which has only grown since.
    fn assets(&self, count: usize) -> Result<AssetList, Error> {
        let listed = self.exchange.assets.as_ref().map_or(0, AssetList::len);
        self.exchange
            .first_assets(count)
            .ok_or_else(|| self.bad("liabilities", format!("1 to {listed} amounts"), count))
    }

    fn check_same(&self, fields: &[(&str, String, String)]) -> Result<(), Error> {
        match fields.iter().find(|(_, expected, found)| expected != found) {
            Some((field, expected, found)) => Err(self.bad(field, expected, found)),
            None => Ok(()),
        }
    }
}

/// The finalized epoch in a commitment.
pub(super) fn epoch(
    place: &Place<'_>,
    stored: accounts::Commitment,
    ProvedBy { class, setup, registered_as }: ProvedBy,
) -> Result<Epoch, Error> {
    let assets = place.assets(stored.liabilities.len())?;
    let roots = roots(place, &stored)?;
    place.check_same(&[
        ("exchange", hexadecimal::encode(place.exchange.id), hexadecimal::encode(stored.exchange)),
        ("epoch", place.number.to_string(), stored.epoch.to_string()),
        ("asset_list_digest", hexadecimal::encode(assets.digest()), hexadecimal::encode(stored.asset_list_digest)),
        ("shard_count", stored.shard_count.to_string(), roots.len().to_string()),
        ("shards_done", stored.shard_count.to_string(), stored.shards_done.to_string()),
        ("roots", hexadecimal::encode(stored.roots_digest), hexadecimal::encode(Roots::of(&roots).0)),
        ("setup", (registered_as as u8).to_string(), stored.setup.to_string()),
    ])?;
    let digest = reserves_digest(&stored.reserves, &stored.sources);
    place.check_same(&[("reserves", hexadecimal::encode(stored.reserves_digest), hexadecimal::encode(digest))])?;
    let epoch = Epoch {
        chain: CHAIN,
        record: Record {
            exchange: stored.exchange,
            epoch: stored.epoch,
            as_of: stored.as_of,
            assets,
            circuit: stored.circuit,
            ledger: LedgerPosition { sequence: stored.ledger_sequence, head: stored.ledger_head },
            sources: stored.sources,
            roots,
            liabilities: stored.liabilities,
            reserves: stored.reserves,
        },
        class,
        setup,
        poster: Address::Solana(stored.poster),
        posted_at: stored.posted_at,
        cadence: stored.cadence,
        missed: stored.missed,
        head_before: stored.head_before,
        head: stored.head_after,
    };
    place.check_same(&[("record", hexadecimal::encode(stored.record), hexadecimal::encode(epoch.record.digest()))])?;
    epoch.check()?;
    let status = match stored.status {
        types::EpochStatus::Solvent => Some(Status::Solvent),
        types::EpochStatus::Insolvent => Some(Status::Insolvent),
        types::EpochStatus::Unfinished => None,
    };
    place.check_same(&[
        ("status", format!("{:?}", Some(epoch.status())), format!("{status:?}")),
        ("insolvent", epoch.insolvent_bits().to_string(), stored.insolvent.to_string()),
    ])?;
    Ok(epoch)
}

/// The unfinished epoch in a commitment. `shards_done` is the number of its shards by the
/// exchange's account.
pub(super) fn pending(
    place: &Place<'_>,
    stored: accounts::Commitment,
    shards_done: u16,
) -> Result<PendingEpoch, Error> {
    // An epoch is begun under the list as it is: it grows between epochs only.
    let assets = place.assets(place.exchange.assets.as_ref().map_or(0, AssetList::len))?;
    let roots = roots(place, &stored)?;
    // There is room for all roots; those of missing shards are zero.
    let done = &roots[..roots.len().min(shards_done.into())];
    place.check_same(&[
        ("exchange", hexadecimal::encode(place.exchange.id), hexadecimal::encode(stored.exchange)),
        ("epoch", place.number.to_string(), stored.epoch.to_string()),
        ("status", "Unfinished".into(), format!("{:?}", stored.status)),
        ("shard_count", stored.shard_count.to_string(), roots.len().to_string()),
        ("shards_done", shards_done.to_string(), stored.shards_done.to_string()),
        ("shards_done", shards_done.to_string(), done.len().to_string()),
        ("roots", hexadecimal::encode(stored.roots_digest), hexadecimal::encode(Roots::of(done).0)),
        ("liabilities", assets.len().to_string(), stored.liabilities.len().to_string()),
    ])?;
    Ok(PendingEpoch {
        epoch: stored.epoch,
        shards_done,
        shard_count: stored.shard_count,
        poster: Address::Solana(stored.poster),
        liabilities: PartialSum::of(&assets, &stored.liabilities),
    })
}

fn roots(place: &Place<'_>, stored: &accounts::Commitment) -> Result<Vec<Element>, Error> {
    let element = |(index, root): (usize, &[u8; 32])| {
        Element::new(*root).map_err(|error| place.bad(&format!("roots[{index}]"), "an element below r", error))
    };
    stored.roots.iter().enumerate().map(element).collect()
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
