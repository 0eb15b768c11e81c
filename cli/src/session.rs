//! What a command opens before it does its work: settings, and a session of the engine with them.

use ballast_relayer::{
    chains::ChainName,
    config::{Config, Section},
    failure::Failure,
    session::{Access, Session},
};

use crate::context::Context;

/// Reads the settings and opens a session with `chains`. `more` are the sections of the settings
/// that the command needs besides those of the session.
///
/// # Errors
/// Bad input for settings that are missing or wrong; those of [`Session::open`].
pub async fn open<A: Access>(
    access: A,
    context: &Context,
    chains: &[ChainName],
    more: &[Section],
) -> Result<(Config, Session<A>), Failure> {
    let config = context.settings.read(&[&Session::<A>::sections(chains), more].concat())?;
    let session = Session::open(access, &config, chains, &context.events).await?;
    Ok((config, session))
}
