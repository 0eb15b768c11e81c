//! The program, generated from the committed IDL.

// Generated items have no documentation of their own, and ask for a feature that only programs
// have.
#![allow(missing_docs, unexpected_cfgs)]

use anchor_lang::{self, declare_program};

declare_program!(reserves);

pub use reserves::*;
