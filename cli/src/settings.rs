//! Where settings come from: the file, the environment and the flags of this call.

use std::path::{Path, PathBuf};

use ballast_relayer::{
    config::{Config, Origin, Section, environment, layered},
    failure::Failure,
};
use clap::Args;

/// The settings' file when no other is named.
const DEFAULT_FILE: &str = "ballast.toml";

/// What is missing when no file is read, and what to do about it.
const NO_FILE: &str = "there is no ballast.toml in this folder: copy ballast.example.toml to ballast.toml and fill it in, \
                       or name another file with --config";

/// The log's directory when no settings say it.
const DEFAULT_LOG: &str = "ledger";

/// Where proving keys go when no settings say it.
const DEFAULT_KEYS: &str = ".ballast/setup";

/// The flags of every command that say where settings come from.
#[derive(Debug, Args)]
pub struct SettingsChoice {
    /// TOML file with settings; ballast.toml when it is there.
    #[arg(long, global = true, env = "BALLAST_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// One setting, such as solana.priority_fee=1000; may be repeated.
    #[arg(long = "set", global = true, value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_string(), value.trim().to_string()))
        .ok_or_else(|| format!("expected SECTION.KEY=VALUE, found {text:?}"))
}

/// Where settings come from.
#[derive(Clone, Debug)]
pub struct Settings {
    file: Option<PathBuf>,
    flags: Vec<(String, String)>,
}

impl From<SettingsChoice> for Settings {
    fn from(choice: SettingsChoice) -> Self {
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        Self { file: choice.config.or_else(default), flags: choice.settings }
    }
}

impl Settings {
    /// Reads every setting; those of `needed` sections must be there.
    ///
    /// # Errors
    /// Bad input: everything that is wrong, at once.
    pub fn read(&self, needed: &[Section]) -> Result<Config, Failure> {
        let figment = layered(self.file.as_deref(), environment()?.into_iter(), self.flags.clone())?;
        Config::read(figment, needed).map_err(|problems| match self.file {
            // Only a command that needs settings misses the file.
            None if !needed.is_empty() => Failure::from(problems).context(NO_FILE),
            _ => problems.into(),
        })
    }

    /// The same settings with one more, which wins over all others.
    #[must_use]
    pub fn with(&self, key: &str, value: impl Into<String>) -> Self {
        let mut settings = self.clone();
        settings.flags.push((key.into(), value.into()));
        settings
    }

    /// [`Settings::with`] a path.
    ///
    /// # Errors
    /// Bad input when the path is not Unicode.
    pub fn with_path(&self, key: &str, path: &Path) -> Result<Self, Failure> {
        let text = path.to_str().ok_or_else(|| Failure::bad_input(format!("{path:?} is no text")))?;
        Ok(self.with(key, text))
    }

    /// The log that was named, or that of the settings, or the default one.
    ///
    /// # Errors
    /// Those of [`Settings::read`].
    pub fn log(&self, named: Option<PathBuf>) -> Result<PathBuf, Failure> {
        if let Some(named) = named {
            return Ok(named);
        }
        // The section may be incomplete: reserves are not looked at.
        let config = self.with("snapshot.reserves", "").read(&[])?;
        Ok(match config.snapshot.map(|snapshot| snapshot.origin) {
            Some(Origin::Log(log)) => log.directory,
            Some(Origin::File(_)) | None => PathBuf::from(DEFAULT_LOG),
        })
    }

    /// Where proving keys are kept, whether there are settings or not.
    ///
    /// # Errors
    /// Those of [`Settings::read`].
    pub fn keys(&self) -> Result<PathBuf, Failure> {
        let circuit = self.read(&[])?.circuit;
        Ok(circuit.map_or_else(|| PathBuf::from(DEFAULT_KEYS), |circuit| circuit.keys))
    }
}
