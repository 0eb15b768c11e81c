//! The relayer: takes a snapshot, proves it, posts it to both chains, and reads it back.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod artifacts;
pub mod chains;
pub mod config;
pub mod crash;
pub mod failure;
pub mod keys;
pub mod plan;
pub mod progress;
pub mod store;
