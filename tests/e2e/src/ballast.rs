//! Runs the `ballast` binary as its operator does.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::nodes::binary;

/// `ballast` with one configuration.
#[derive(Clone)]
pub struct Ballast {
    binary: PathBuf,
    pub config: PathBuf,
}

impl Ballast {
    pub fn new(config: PathBuf) -> Result<Self> {
        Ok(Self { binary: binary("ballast")?, config })
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--config").arg(&self.config).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs to the end, whatever it is.
    pub fn output(&self, arguments: &[&str]) -> Result<Output> {
        self.command(arguments).output().with_context(|| format!("run ballast {arguments:?}"))
    }

    /// Runs and expects success.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.output(arguments)?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ballast {arguments:?}: {}\n{errors}", output.status);
        String::from_utf8(output.stdout).context("ballast does not speak UTF-8")
    }

    /// Makes the master secret, and registers the exchange with its assets and posters.
    pub fn register(&self) -> Result<()> {
        self.run(&["secret", "new"])?;
        ["register", "add-assets", "set-posters"].iter().try_for_each(|step| self.run(&["exchange", step]).map(drop))
    }

    /// Runs with `--json` and expects an answer that is no: exit code 3, with the answer all the
    /// same.
    pub fn refused_json(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.output(&[arguments, &["--json"]].concat())?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.code() == Some(3), "ballast {arguments:?}: {}\n{errors}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| format!("ballast {arguments:?} printed no JSON"))
    }

    /// Runs with `--json` and expects success.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.run(&[arguments, &["--json"]].concat())?;
        serde_json::from_str(&text).with_context(|| format!("ballast {arguments:?} printed no JSON: {text}"))
    }
}
