//! What an exchange owes at one moment, from its ledger or its own export to the leaves that a
//! proof commits to.
//!
//! | module | holds |
//! | --- | --- |
//! | [`amount`] | decimal texts as integers of a committed unit |
//! | [`snapshot`] | the two snapshot formats, and everything that is refused about them |
//! | [`report`] | what a snapshot would commit |
//! | [`leaves`] | accounts as leaves, leaves in shards (`docs/spec.md`, section 2) |
//! | [`inclusion`] | one customer's inclusion file |
//! | [`reserves`] | what the exchange holds, stated, read or signed for, and the report of it that is published |
//! | [`transaction`], [`signature`] | the ledger's transactions: canonical bytes, keys, signatures (`docs/ledger.md`) |
//! | [`state`] | every account's balances, and what holds after every transaction |
//! | [`log`], [`replay`], [`checkpoint`] | transactions on disk, and the state that they make |
//! | [`listed`] | the asset list that a log comes to |
//! | [`lending`] | what was lent, borrowed and is gone |
//! | [`simulate`] | a simulated exchange |
//!
//! ```text
//! log ──> replay ──> state ──> snapshot
//! CSV + TOML ─┐
//!             ├─> snapshot ──> leaves ──> inclusion
//!       JSON ─┘       └──────> report
//! reserves.toml, signed messages ─┐
//!    balances read from chains ─┴─> reserves ──> published report
//! ```
//!
//! Nothing here is a floating-point number: amounts are read digit by digit and added as integers.

pub mod amount;
pub mod checkpoint;
pub mod inclusion;
pub mod leaves;
pub mod lending;
pub mod listed;
pub mod log;
pub mod replay;
pub mod report;
pub mod reserves;
pub mod signature;
pub mod simulate;
pub mod snapshot;
pub mod state;
pub mod transaction;

mod lookalike;
mod toml_file;

pub use toml_file::TomlError;
