//! What is logged to the error stream, and how.

use std::io::IsTerminal;

use ballast_relayer::failure::{Failure, FailureKind};
use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// The flags of every command that say what is logged.
#[derive(Debug, Args)]
pub struct Logging {
    /// What is logged to the error stream, such as debug or ballast_relayer=trace.
    #[arg(long, global = true, env = "BALLAST_LOG", default_value = "warn", value_name = "FILTER")]
    log_filter: String,

    /// How it is logged: lines for people, or a JSON object a line
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    log_format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Logging {
    /// Logs go to the error stream from now on; what a command finds goes to the output.
    ///
    /// # Errors
    /// Bad input when the filter does not parse.
    pub fn start(&self) -> Result<(), Failure> {
        let filter = EnvFilter::try_new(&self.log_filter)
            .map_err(|error| Failure::new(FailureKind::BadInput, error).context("--log-filter is no filter"))?;
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        let started = match self.log_format {
            Format::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).try_init(),
            Format::Json => subscriber.json().try_init(),
        };
        started.map_err(|error| Failure::other(anyhow::anyhow!("{error}")))
    }
}
