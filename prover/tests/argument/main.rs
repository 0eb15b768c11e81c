//! Attacks on the argument: on its native verifier, and on the circuit that says that this verifier
//! accepts.

mod arithmetics;
#[path = "../fixture/mod.rs"]
mod fixture;
mod plain;

mod checks;
mod circuit;
mod forgeries;
mod hiding;
mod lies;
mod mutations;
mod order;
mod shapes;
mod snapshots;
