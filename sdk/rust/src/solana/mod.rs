//! Reading the program.
//!
//! | module | holds |
//! | --- | --- |
//! | [`bindings`] | accounts, instructions, events and errors, generated from the committed IDL |
//! | [`address`] | where the program's accounts are |
//! | [`instruction`] | instructions with their accounts filled in |
//! | `account` | accounts as this crate's types, checked |
//! | `observation` | records of wallets, tokens and observations as this crate's types, checked |
//! | `reread` | what a report says was read, as far as a node can tell it |
//! | [`reader`] | accounts, and the answer about solvency, from a node |

mod account;
pub mod address;
pub mod bindings;
pub mod instruction;
mod observation;
mod observation_reader;
pub mod reader;
mod reread;

pub use reader::{SolanaOptions, SolanaReader};
