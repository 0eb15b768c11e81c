//! What a command prints: for people, or as JSON.

use std::{
    fmt,
    io::{self, Write},
};

use ballast_core::escaped::Escaped;
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
        let (text, json) = (shown_text(&report.text().to_string()), shown_json(&json));
        Ok(Self { exit: verdict.into(), text, json })
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
        let _ = writeln!(io::stdout(), "{}", shown_json(&format!("{error:#}")));
    }
}

/// The lines of `text` as a terminal may show them, whoever wrote what is in them.
fn shown_text(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", Escaped(line)),
        None => Escaped(line).to_string(),
    });
    lines.collect()
}

/// The same JSON with escapes for whatever does not print as itself. Such characters are in strings
/// only, and the serializer leaves those that JSON allows as they are.
fn shown_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        // A combining mark prints behind another character.
        let prints = matches!(character, '\n' | ' '..='~') || format!("a{character}").escape_debug().count() == 2;
        if prints {
            shown.push(character);
            continue;
        }
        let units = character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
        shown.push_str(&units);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_cannot_draw_on_a_terminal() {
        let words = "one \u{9b}31m\u{7f} \x1b[2J two\u{202e} \u{e0001} \"Zoë\" 'x' \\ 用户";
        let output = Output::note(words.into()).unwrap();
        let escaped = "one \\u{9b}31m\\u{7f} \\u{1b}[2J two\\u{202e} \\u{e0001} \"Zoë\" 'x' \\ 用户\n";
        assert_eq!(output.text, escaped);
        assert!(output.json.chars().all(|character| !character.is_control() || character == '\n'), "{}", output.json);
        assert!(!output.json.contains(['\u{202e}', '\u{e0001}']) && output.json.contains("用户"), "{}", output.json);
        let read: serde_json::Value = serde_json::from_str(&output.json).unwrap();
        assert_eq!(read["message"], words, "the JSON says the same");
    }
}
