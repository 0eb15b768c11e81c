//! The name and the id of an exchange (section 1).

use crate::{
    Refusal,
    digest::{Digest, Preimage},
};

/// Bytes of the longest name.
pub const NAME_MAX: usize = 32;

/// Refuses a name that is not 1 to 32 bytes of printable ASCII: it is shown on block explorers.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    let printable = name.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    if (1..=NAME_MAX).contains(&name.len()) && printable { Ok(()) } else { Err(Refusal::NameInvalid) }
}

/// The id of the exchange called `name` whose first authorities are these, on every chain (section
/// 1).
pub fn exchange_id(solana_authority: &[u8; 32], evm_authority: &[u8; 20], name: &str) -> Result<Digest, Refusal> {
    check_name(name)?;
    Ok(Preimage::new("ballast/exchange/v1")
        .bytes(solana_authority)
        .bytes(evm_authority)
        .u8(name.len() as u8)
        .bytes(name.as_bytes())
        .sha256())
}
