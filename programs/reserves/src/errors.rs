//! Every refusal as the program's error: number 6000 + the refusal's own, the message saying what
//! was expected and found.

use anchor_lang::{
    error::{AnchorError, ERROR_CODE_OFFSET},
    prelude::*,
};
use ballast_core::Refusal;

macro_rules! refusal_errors {
    ($($reason:tt $name:ident $({ $($field:ident : $type:ty),+ })? = $number:tt,)+) => {
        /// What clients find in the IDL. The program itself answers with [`refuse`], which says
        /// more.
        #[error_code]
        pub enum ReservesError {
            $(#[msg($reason)] $name = $number,)+
        }
    };
}

ballast_core::with_refusals!(refusal_errors);

/// The error that ends the instruction with this refusal. Its message, which the runtime logs,
/// carries the evidence.
pub fn refuse(refusal: Refusal) -> Error {
    Error::from(AnchorError {
        error_name: refusal.name().into(),
        error_code_number: ERROR_CODE_OFFSET + refusal.number(),
        error_msg: refusal.to_string(),
        error_origin: None,
        compared_values: None,
    })
}

/// Refuses unless `condition` holds.
pub fn ensure(condition: bool, refusal: Refusal) -> Result<()> {
    if condition { Ok(()) } else { Err(refuse(refusal)) }
}
