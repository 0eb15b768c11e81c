//! Reserves: what an exchange says it holds (section 3).

use crate::digest::{Digest, Preimage};

/// The `reserves_digest` of reserves by asset number, in committed units, and of `sources`, the
/// digest of the published report.
pub fn reserves_digest(reserves: &[u128], sources: &Digest) -> Digest {
    let start = Preimage::with_capacity("ballast/reserves/v1", 64 + 16 * reserves.len()).u16(reserves.len() as u16);
    reserves.iter().fold(start, |preimage, reserve| preimage.u128(*reserve)).bytes(sources).sha256()
}
