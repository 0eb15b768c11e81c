//! Deploy and upgrade steps, in order. Each looks at the chain first and does only what is missing,
//! so that a run that was cut short is finished by running it again. What is there already is held
//! against what is asked for: a difference is refused, unless it is a program that is to be
//! upgraded.
//!
//! | step | module | chain |
//! | --- | --- | --- |
//! | 1 | [`program`] | Solana: the program, through the upgradeable loader |
//! | 2 | [`governance`] | Solana: who may register circuits, after which delay |
//! | 3 | [`contracts`] | EVM: circuit registry, then the contract |
//! | 4 | [`circuit`] | both: a circuit from its file in `circuits/` |
//!
//! What was deployed where is written as a [`record`].

mod artifact;
pub mod circuit;
pub mod contracts;
mod existing;
pub mod governance;
pub mod program;
mod program_buffer;
pub mod record;
pub mod transaction;
