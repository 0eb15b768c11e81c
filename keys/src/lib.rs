//! Signing keys and the master secret. They are read from files, never from flags, and shown
//! nowhere.
//!
//! | item | file |
//! | --- | --- |
//! | [`read_solana`] | a solana-keygen file: a JSON list of 64 bytes |
//! | [`read_evm`] | 64 hexadecimal digits, or an encrypted keystore and another file with its password |
//! | [`create_master`], [`read_master`] | the 32 bytes from which every salt of an exchange is derived |
//!
//! A file is used only if it is a plain one, belongs to the user that runs this process or to root,
//! and no other user can read or write it. It is opened once and what is read is bounded: the
//! checks are about the bytes that are used. A UTF-8 byte order mark at its beginning is skipped.
//! No error has a part of a file's content.
//!
//! Text, passwords and bytes that this crate holds are overwritten when they are dropped, and so
//! are the keys that it returns. What is not guaranteed: parsers and the allocator may leave copies
//! of their own, and memory can be swapped out.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod epoch_key;
mod error;
mod evm;
mod keystore;
mod master_secret;
mod secret_file;
mod solana;

pub use epoch_key::GivenEpoch;
pub use error::KeyError;
pub use evm::read_evm;
pub use master_secret::{create as create_master, read as read_master};
pub use solana::read_solana;
