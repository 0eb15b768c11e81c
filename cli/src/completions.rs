//! `ballast completions`.

use std::fmt;

use ballast_relayer::failure::Failure;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use serde::Serialize;

use crate::{ballast::Ballast, output::Output, text::Text};

/// Print a script that completes commands and flags, for a shell to read at its start
#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

/// A shell's script.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Script(String);

impl Completions {
    pub fn execute(self) -> Result<Output, Failure> {
        let mut command = Ballast::command();
        let name = command.get_name().to_string();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        Output::new(&Script(String::from_utf8(script).map_err(Failure::other)?))
    }
}

impl Text for Script {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
