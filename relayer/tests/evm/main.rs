//! The EVM side against a real node with the real contracts.

#[path = "../interruption/mod.rs"]
mod interruption;

mod anvil;
mod balances;
mod commands;
mod events;
mod looking;
mod session;
mod signals;
mod transactions;
