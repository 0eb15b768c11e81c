//! Takes an epoch back into the store from its public files: a store that was lost between two
//! chains leaves one of them behind, and only the same statement can follow there.

use ballast_core::hexadecimal;

use crate::{
    artifacts::Artifacts,
    blocking::compute,
    failure::Failure,
    plan::ProvedEpoch,
    session::{Preparing, Session},
};

/// What a restored epoch was made from is not in its public files.
const UNKNOWN_SOURCE: [u8; 32] = [0; 32];

/// Reads epoch number `epoch` from its public files, holds every file against the index and every
/// post against the statement, and writes it into the store, to be posted where it is missing.
///
/// # Errors
/// Files that do not make an epoch of this exchange, or a store that has another under this number.
pub async fn restore(session: &Session<Preparing>, artifacts: &Artifacts, epoch: u64) -> Result<ProvedEpoch, Failure> {
    let (store, exchange, artifacts) = (session.store(), session.chains.exchange, artifacts.clone());
    let proved = compute(move |_| artifacts.proved(epoch)).await??;
    if proved.plan.exchange != exchange {
        return Err(Failure::bad_input(format!(
            "the files are of exchange {}, the settings are of {}",
            hexadecimal::encode(proved.plan.exchange),
            hexadecimal::encode(exchange)
        )));
    }
    if store.epoch(epoch)?.is_some_and(|stored| stored.completed || stored.source != UNKNOWN_SOURCE) {
        return Err(Failure::bad_input(format!("epoch {epoch} is in the store: there is nothing to restore")));
    }
    store.begin_epoch(epoch, &proved.plan.text().map_err(Failure::other)?, &UNKNOWN_SOURCE)?;
    for (shard, post) in (0..).zip(&proved.posts) {
        store.add_post(epoch, shard, &post.encode())?;
    }
    Ok(proved)
}
