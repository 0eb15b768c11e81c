//! Seeds of the program's accounts. Integers in seeds are little-endian, as Solana's tools expect
//! them.

/// The seed of the program's governance, which is one account.
pub const GOVERNANCE: &[u8] = b"governance";
/// The first seed of an exchange; the exchange id follows.
pub const EXCHANGE: &[u8] = b"exchange";
/// The first seed of a circuit; the circuit id follows.
pub const CIRCUIT: &[u8] = b"circuit";
/// The first seed of an epoch's commitment; the exchange id and the epoch (u64) follow.
pub const COMMITMENT: &[u8] = b"commitment";
/// The first seed of a buffer; the owner's address and a number of their choice (u32) follow.
pub const BUFFER: &[u8] = b"buffer";
/// The first seed of a wallet's record; the wallet's address follows.
pub const WALLET: &[u8] = b"wallet";
/// The first seed of a token's record; the exchange id and the mint's address follow.
pub const TOKEN: &[u8] = b"token";
/// The first seed of an epoch's witness; the exchange id and the epoch (u64) follow.
pub const WITNESS: &[u8] = b"witness";
