//! How a job ends without doing what it was asked: failures, and the kinds of them.

use std::fmt;

use ballast_core::escaped::Escaped;
use serde::Serialize;

/// What went wrong, as far as a caller acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Anything that the other kinds do not name.
    Other,
    /// What was given is wrong: arguments, configuration, a file. The same call will fail again.
    BadInput,
    /// A chain or a verifier refused, or would refuse.
    Refused,
    /// A chain did not answer, or not in time. The same call may succeed later.
    Unreachable,
    /// A chain asks more for a transaction than the settings allow. The same call succeeds when it
    /// asks less.
    FeeCap,
}

/// Errors that know their kind.
pub trait Classified {
    fn failure_kind(&self) -> FailureKind;
}

/// Says of types of errors that each of their values is bad input.
macro_rules! bad_input {
    ($($error:ty),+) => {$(
        impl $crate::failure::Classified for $error {
            fn failure_kind(&self) -> $crate::failure::FailureKind {
                $crate::failure::FailureKind::BadInput
            }
        }
    )+};
}
pub(crate) use bad_input;

/// Why a job ended without doing what it was asked.
#[derive(Debug)]
pub struct Failure {
    pub kind: FailureKind,
    pub error: anyhow::Error,
}

impl Failure {
    pub fn new(kind: FailureKind, error: impl Into<anyhow::Error>) -> Self {
        Self { kind, error: error.into() }
    }

    pub fn bad_input(message: impl fmt::Display) -> Self {
        Self::new(FailureKind::BadInput, anyhow::Error::msg(message.to_string()))
    }

    pub fn refused(message: impl fmt::Display) -> Self {
        Self::new(FailureKind::Refused, anyhow::Error::msg(message.to_string()))
    }

    pub fn other(error: impl Into<anyhow::Error>) -> Self {
        Self::new(FailureKind::Other, error)
    }

    /// Says what was being done, keeping the kind.
    #[must_use]
    pub fn context(self, what: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self { kind: self.kind, error: self.error.context(what) }
    }
}

impl<E: Classified + std::error::Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { kind: error.failure_kind(), error: error.into() }
    }
}

impl fmt::Display for Failure {
    /// What files and nodes say is shown escaped, line by line: it cannot move a terminal's cursor
    /// or hide what follows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for cause in self.error.chain().map(ToString::to_string) {
            // Many errors say what caused them already.
            if !text.ends_with(&cause) {
                text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
            }
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}", Escaped(line))?;
        }
        Ok(())
    }
}

/// Several problems found together, none of them hidden by another.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<(FailureKind, String)>);

impl Problems {
    pub fn push(&mut self, kind: FailureKind, problem: impl fmt::Display) {
        self.0.push((kind, problem.to_string()));
    }

    pub fn bad_input(&mut self, problem: impl fmt::Display) {
        self.push(FailureKind::BadInput, problem);
    }

    pub fn refused(&mut self, problem: impl fmt::Display) {
        self.push(FailureKind::Refused, problem);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, message)| message.as_str())
    }

    /// Fails with all of them, unless there is none.
    pub fn finish(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [(_, only)] => f.write_str(only),
            many => {
                write!(f, "{} problems:", many.len())?;
                many.iter().try_for_each(|(_, problem)| write!(f, "\n - {problem}"))
            }
        }
    }
}

impl std::error::Error for Problems {}

impl Classified for Problems {
    /// Bad input first, since nothing else can be judged by it; then a refusal; then a chain that
    /// did not answer, or that asks too much.
    fn failure_kind(&self) -> FailureKind {
        let has = |kind: FailureKind| self.0.iter().any(|(other, _)| *other == kind);
        let worst_first = [FailureKind::BadInput, FailureKind::Refused, FailureKind::Unreachable, FailureKind::FeeCap];
        worst_first.into_iter().find(|kind| has(*kind)).unwrap_or(FailureKind::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let failure = Failure::other(std::io::Error::other("disk full")).context("store: disk full").context("epoch 3");
        assert_eq!(failure.to_string(), "epoch 3: store: disk full");
    }

    #[test]
    fn a_failure_cannot_draw_on_a_terminal() {
        let failure = Failure::bad_input("node: \x1b[2J\rerror\u{202e}").context("epoch \u{9b}31m3");
        assert_eq!(failure.to_string(), "epoch \\u{9b}31m3: node: \\u{1b}[2J\\rerror\\u{202e}");
        let mut problems = Problems::default();
        problems.bad_input("one: \"Zoë\" \\ 'x'");
        problems.bad_input("two");
        assert_eq!(Failure::from(problems).to_string(), "2 problems:\n - one: \"Zoë\" \\ 'x'\n - two");
    }

    #[test]
    fn the_worst_problem_gives_the_kind_and_none_is_hidden() {
        let mut problems = Problems::default();
        assert!(problems.clone().finish().is_ok());
        problems.push(FailureKind::Other, "too poor");
        assert_eq!(problems.failure_kind(), FailureKind::Other);
        problems.push(FailureKind::FeeCap, "dear");
        assert_eq!(problems.failure_kind(), FailureKind::FeeCap);
        problems.push(FailureKind::Unreachable, "silent");
        assert_eq!(problems.failure_kind(), FailureKind::Unreachable);
        problems.refused("no");
        assert_eq!(problems.failure_kind(), FailureKind::Refused);
        problems.bad_input("nonsense");
        assert_eq!(problems.failure_kind(), FailureKind::BadInput);
        let text = Failure::from(problems.finish().unwrap_err()).to_string();
        assert!(
            ["5 problems", "too poor", "dear", "silent", "no", "nonsense"].iter().all(|part| text.contains(part)),
            "{text}"
        );
    }
}
