//! What a command prints: for people, or as JSON.

use std::{
    fmt,
    io::{self, Write},
};

use ballast_relayer::failure::{Failure, FailureKind};
use serde::Serialize;
use serde_json::json;

use crate::{exit::Exit, text::Text};

/// What a command found, in both forms.
#[derive(Debug)]
pub struct Output {
    pub exit: Exit,
    text: String,
    json: String,
}

impl Output {
    /// The output of a command that did what it was asked.
    ///
    /// # Errors
    /// When the report cannot be serialised.
    pub fn new(report: &(impl Serialize + Text)) -> Result<Self, Failure> {
        Self::answer(report, Ok(()))
    }

    /// The output of a command that answers a question: the exit code says whether with a yes.
    ///
    /// # Errors
    /// When the report cannot be serialised.
    pub fn answer(report: &(impl Serialize + Text), verdict: Result<(), FailureKind>) -> Result<Self, Failure> {
        let json = serde_json::to_string_pretty(report).map_err(Failure::other)?;
        Ok(Self { exit: verdict.into(), text: report.text().to_string(), json })
    }

    /// The output of a command that has one line to say.
    ///
    /// # Errors
    /// When the line cannot be serialised.
    pub fn note(message: String) -> Result<Self, Failure> {
        Self::new(&Note { message })
    }

    /// Prints the answer. Whoever closes the pipe has read what they wanted: that is no failure.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn print(&self, json: bool) -> Result<(), Failure> {
        let mut output = io::stdout().lock();
        let printed = match json {
            true => writeln!(output, "{}", self.json),
            false => output.write_all(self.text.as_bytes()),
        };
        match printed.and_then(|()| output.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed.map_err(|error| Failure::other(error).context("the answer cannot be printed")),
        }
    }
}

/// A short answer.
#[derive(Debug, Serialize)]
struct Note {
    message: String,
}

impl Text for Note {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)
    }
}

/// What to do about a chain that does not answer.
const TRY_AGAIN: &str = "next: see that the node runs, and that solana.rpc_url and evm.rpc_url in the settings name it; \
                         then give the same command again, which goes on where this one stopped\n";

/// Prints a failure to the error stream in words; with JSON also to the output, so that a script
/// finds one object there. Where neither can be written to, the exit code still says it.
pub fn print_failure(failure: &Failure, json: bool) {
    let next = if failure.kind == FailureKind::Unreachable { TRY_AGAIN } else { "" };
    let _ = write!(io::stderr(), "error: {failure}\n{next}");
    if json {
        let code = Exit::from(failure.kind) as u8;
        let error = json!({ "error": { "kind": failure.kind, "exit_code": code, "message": failure.to_string() } });
        let _ = writeln!(io::stdout(), "{error:#}");
    }
}
