//! The ledger: attacks on its rules, damage to its log, and what a replay makes of both.

mod attacks;
mod damage;
mod exchange;
mod kill;
mod lending;
mod replay;
mod rules;
