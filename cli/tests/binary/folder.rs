//! A folder in which the binary runs.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// Every setting, as an operator begins with them.
pub const EXAMPLE: &str = include_str!("../../ballast.example.toml");

/// A folder with the example's settings, of which no chain answers.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = Self::empty();
        // Nothing listens on the first port.
        let text = EXAMPLE.replace(":8899", ":1/SECRET-PATH").replace(":8545", ":1/SECRET-PATH");
        fs::write(folder.path("ballast.toml"), text).unwrap();
        folder
    }

    /// Without settings.
    pub fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
        command.current_dir(self.0.path()).args(arguments).env_remove("BALLAST_CONFIG").env_remove("BALLAST_LOG");
        command
    }

    pub fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        self.command(arguments).envs(variables.iter().copied()).output().unwrap()
    }

    /// Exit code, output, errors.
    pub fn ballast(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.run(arguments, &[]);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// What a successful command prints with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let (code, output, errors) = self.ballast(&[arguments, &["--json"]].concat());
        assert_eq!(code, 0, "{arguments:?}: {errors}");
        serde_json::from_str(&output).unwrap()
    }
}
