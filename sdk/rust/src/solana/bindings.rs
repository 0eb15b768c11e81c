//! The program, generated from the committed IDL.

// Generated items have no documentation of their own.
#![allow(missing_docs)]

use anchor_lang::declare_program;

declare_program!(reserves);

pub use reserves::*;
