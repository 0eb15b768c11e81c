//! The EVM side against a real node with the real contracts.

mod balances;
mod looking;
mod transactions;
