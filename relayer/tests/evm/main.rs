//! The EVM side against a real node with the real contracts.

mod anvil;
mod balances;
mod commands;
mod events;
mod looking;
mod transactions;
