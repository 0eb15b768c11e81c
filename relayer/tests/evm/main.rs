//! The EVM side against a real node with the real contracts.

mod balances;
mod events;
mod looking;
mod session;
mod transactions;
