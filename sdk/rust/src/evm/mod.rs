//! Reading the contracts.
//!
//! | module | holds |
//! | --- | --- |
//! | [`bindings`] | contracts, structs, events and errors, generated from the committed ABI |
//! | `batch` | several questions in one request |
//! | `block` | the block at which everything of one answer is read |
//! | [`reader`] | storage, and the answers that need nothing else |
//! | `observation` | wallets, tokens and what the contract observed in them |
//! | `reread` | what a report says was read, read again |
//! | [`registration`] | what a wallet signs |
//! | `provider` | the connection to a node |
//! | `locate` | the blocks that events are in |
//! | `logs` | events in bounded ranges of blocks |
//! | `assemble` | an epoch from its events, checked against storage |
//! | `rebuild` | what `assemble` needs, from the node |

mod assemble;
mod batch;
pub mod bindings;
mod block;
mod locate;
mod logs;
mod observation;
mod provider;
pub mod reader;
mod rebuild;
pub mod registration;
mod reread;

pub use block::EvmBlock;
pub use provider::provider;
pub use reader::{EvmOptions, EvmReader};
pub use registration::{Registration, registration_hash, registration_message};
