//! Everything real at once, in one test binary: its tests share two nodes with everything deployed,
//! and while one of them waits for a chain another proves.

mod balances;
mod demonstration;
mod deployment;
mod epochs;
mod kill;
mod ledger;
mod looking;
mod signals;
mod two_shards;
