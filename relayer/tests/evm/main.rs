//! The EVM side against a real node with the real contracts.

mod anvil;
mod balances;
mod commands;
mod looking;
mod transactions;
