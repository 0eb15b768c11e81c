//! Signing keys and the master secret: read from files, never from flags, shown nowhere.

mod file;
mod master;
mod signers;

pub use file::KeyError;
pub use master::{create as create_master, read as read_master};
pub use signers::{read_evm, read_solana};
