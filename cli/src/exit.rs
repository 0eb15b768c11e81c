//! Exit codes, by which a script tells how a command ended.

use ballast_relayer::failure::FailureKind;

/// How a command ended. The numbers are the exit codes, which never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// Anything that the other codes do not name.
    Other = 1,
    /// What was given is wrong: arguments, configuration, a file. The same call will fail again.
    BadInput = 2,
    /// A chain or a verifier refused, or would refuse.
    Refused = 3,
    /// A chain did not answer, or not in time. The same call may succeed later.
    Unreachable = 4,
    /// A chain asks more for a transaction than the settings allow. The same call succeeds when it
    /// asks less.
    FeeCap = 5,
}

impl From<FailureKind> for Exit {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Other => Self::Other,
            FailureKind::BadInput => Self::BadInput,
            FailureKind::Refused => Self::Refused,
            FailureKind::Unreachable => Self::Unreachable,
            FailureKind::FeeCap => Self::FeeCap,
        }
    }
}

impl From<Result<(), FailureKind>> for Exit {
    /// The code of an answer: done for a yes.
    fn from(verdict: Result<(), FailureKind>) -> Self {
        verdict.map_or_else(Self::from, |()| Self::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_what_scripts_rely_on() {
        let kinds = [
            FailureKind::Other,
            FailureKind::BadInput,
            FailureKind::Refused,
            FailureKind::Unreachable,
            FailureKind::FeeCap,
        ];
        assert_eq!(kinds.map(|kind| Exit::from(kind) as u8), [1, 2, 3, 4, 5]);
        assert_eq!(kinds.map(|kind| Exit::from(Err(kind)) as u8), [1, 2, 3, 4, 5]);
        assert_eq!(Exit::from(Ok(())) as u8, 0);
    }
}
