//! Seeds of the program's accounts. Integers in seeds are little-endian, as Solana's tools expect them.

/// The program's governance: one account.
pub const GOVERNANCE: &[u8] = b"governance";
/// Followed by the exchange id.
pub const EXCHANGE: &[u8] = b"exchange";
/// Followed by the circuit id.
pub const CIRCUIT: &[u8] = b"circuit";
/// Followed by the exchange id and the epoch (u64).
pub const COMMITMENT: &[u8] = b"commitment";
/// Followed by the owner's address and a number of his choice (u32).
pub const BUFFER: &[u8] = b"buffer";
/// Followed by the wallet's address.
pub const WALLET: &[u8] = b"wallet";
/// Followed by the exchange id and the mint's address.
pub const TOKEN: &[u8] = b"token";
/// Followed by the exchange id and the epoch (u64).
pub const WITNESS: &[u8] = b"witness";
