//! The program's accounts. Every account starts with its discriminator and a version byte; whatever
//! changes one ends by checking its invariant.

mod allocation;
mod buffer;
mod circuit;
mod commitment;
mod exchange;
mod governance;
mod program_data;
mod token;
mod wallet;
mod witness;

pub use allocation::*;
pub use buffer::*;
pub use circuit::*;
pub use commitment::*;
pub use exchange::*;
pub use governance::*;
pub use program_data::*;
pub use token::*;
pub use wallet::*;
pub use witness::*;
