//! The ledger: attacks on its rules, damage to its log, and what a replay makes of both.

mod attacks;
mod checkpoint;
mod damage;
mod exchange;
mod forged;
mod golden;
mod ids;
mod lending;
mod listing;
mod replay;
mod rules;
mod signatures;
mod signers;
mod writer;
