//! Everything real at once: a Solana node and an EVM node, the deployed bytecode, and the `ballast`
//! binary.

pub mod ballast;
pub mod generated;
pub mod network;
pub mod nodes;
pub mod small_exchange;
pub mod tokens;
