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

/// Refuses to leave an account of the kind `account` behind that breaks one of its own rules.
///
/// Anchor's `require!` writes its message out wherever it stands, which for rules that no
/// instruction should ever break takes more of the program than the rules themselves.
#[inline(never)]
pub fn keep(account: &str, rules: &[bool]) -> Result<()> {
    let Some(broken) = rules.iter().position(|kept| !kept) else { return Ok(()) };
    Err(Error::from(AnchorError {
        error_name: ErrorCode::RequireViolated.name(),
        error_code_number: ErrorCode::RequireViolated.into(),
        error_msg: format!("{account}: its rule number {broken} would be broken"),
        error_origin: None,
        compared_values: None,
    }))
}

/// Refuses unless `condition` holds.
pub fn ensure(condition: bool, refusal: Refusal) -> Result<()> {
    if condition { Ok(()) } else { Err(refuse(refusal)) }
}
