//! Where settings come from: a TOML file, then the environment, then flags; a later one wins.

use std::{ffi::OsString, path::Path};

use figment::{
    Error, Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use crate::failure::Failure;

/// Variables with this prefix are settings: `BALLAST_SOLANA_RPC_URL` is `solana.rpc_url`.
pub const PREFIX: &str = "BALLAST_";

/// Variables with the prefix that are not settings: the flags `--config` and `--log-filter` read
/// them, and the crash points.
pub const NOT_SETTINGS: &[&str] = &["BALLAST_CONFIG", "BALLAST_LOG", ballast_durable::crash_point::VARIABLE];

/// Settings as text, from one source.
struct Pairs {
    source: &'static str,
    pairs: Vec<(String, String)>,
}

impl Provider for Pairs {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for (key, value) in &self.pairs {
            let value = Value::from(value.clone());
            match key.split_once('.') {
                Some((section, name)) => {
                    let entry = dict.entry(section.into()).or_insert_with(|| Value::from(Dict::new()));
                    if let Value::Dict(_, entries) = entry {
                        entries.insert(name.into(), value);
                    }
                }
                None => {
                    dict.entry(key.clone()).or_insert(value);
                }
            }
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// The variables of this process that are settings, or flags' defaults. Others may be anything.
///
/// # Errors
/// Bad input for one that is not Unicode; its value is not repeated.
pub fn environment() -> Result<Vec<(String, String)>, Failure> {
    let own = std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    let text = |(name, value): (OsString, OsString)| match (name.to_str(), value.to_str()) {
        (Some(name), Some(value)) => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::bad_input(format!("the environment variable {name:?} is not Unicode text"))),
    };
    own.map(text).collect()
}

/// All sources in order. `file` must exist when it is given; without it the environment and the
/// flags are all there is.
///
/// # Errors
/// Bad input when the file cannot be read. What is in it is judged by whoever reads settings.
pub fn layered(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    flags: Vec<(String, String)>,
) -> Result<Figment, Failure> {
    let mut figment = Figment::new();
    if let Some(path) = file {
        std::fs::metadata(path)
            .map_err(|error| Failure::bad_input(format!("configuration {}: {error}", path.display())))?;
        figment = figment.merge(Toml::file_exact(path));
    }
    let variables =
        environment.filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str())).filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
            // A section's name is one word.
            Some((key.replacen('_', ".", 1), value))
        });
    Ok(figment
        .merge(Pairs { source: "environment", pairs: variables.collect() })
        .merge(Pairs { source: "flag", pairs: flags }))
}
