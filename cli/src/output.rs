//! What a command prints: for people, or as JSON.

use std::fmt::{self, Display};

use ballast_relayer::failure::{Failure, FailureKind};
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;

/// What a command found, in both forms.
#[derive(Debug)]
pub struct Output {
    pub exit: Exit,
    text: String,
    json: String,
}

impl Output {
    /// # Errors
    /// Only what the serializer has.
    pub fn new(report: &(impl Serialize + Display)) -> Result<Self, Failure> {
        Self::answer(report, Ok(()))
    }

    /// For an answer, which may be no yes: the exit code says which.
    ///
    /// # Errors
    /// Only what the serializer has.
    pub fn answer(report: &(impl Serialize + Display), verdict: Result<(), FailureKind>) -> Result<Self, Failure> {
        let json = serde_json::to_string_pretty(report).map_err(Failure::other)?;
        Ok(Self { exit: verdict.into(), text: report.to_string(), json })
    }

    /// A short answer.
    ///
    /// # Errors
    /// Only what the serializer has.
    pub fn note(message: String) -> Result<Self, Failure> {
        Self::new(&Note { message })
    }

    pub fn print(&self, json: bool) {
        if json {
            println!("{}", self.json);
        } else {
            print!("{}", self.text);
        }
    }
}

/// A short answer.
#[derive(Debug, Serialize)]
struct Note {
    message: String,
}

impl Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)
    }
}

/// A failure goes to the error stream in words; with JSON also to the output, so that a script finds one object there.
pub fn print_failure(failure: &Failure, json: bool) {
    eprintln!("error: {failure}");
    if json {
        let code = Exit::from(failure.kind) as u8;
        println!(
            "{:#}",
            json!({ "error": { "kind": failure.kind, "exit_code": code, "message": failure.to_string() } })
        );
    }
}
