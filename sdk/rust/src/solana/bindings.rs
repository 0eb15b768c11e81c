//! The program, generated from the committed IDL.

// Generated items have no documentation of their own, and ask for a feature that only programs
// have.
#![allow(missing_docs, unexpected_cfgs)]

use anchor_lang::{self, declare_program};

declare_program!(reserves);
// The macro reads this file behind cargo's back: with this a change of it compiles the SDK anew.
const _: &[u8] = include_bytes!("../../../../idls/reserves.json");

pub use reserves::*;
