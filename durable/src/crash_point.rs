//! Named points at which a test has the process end, as a kill or a power failure would end it.
//!
//! The environment variable [`VARIABLE`] arms one point in a build with debug assertions: `NAME`
//! aborts the process at the first passage of the point, `NAME:3` at the third. An abort runs no
//! destructor and flushes nothing. A release build has none of this and ignores the variable.
//!
//! Each crate lists its points in a [`CrashPoints`], and a program arms all lists that it may pass.
//! A name that is in none of them is refused, so that no test can pass by a spelling mistake.

use std::{
    io::{self, Write},
    thread,
    time::Duration,
};

/// Name of the environment variable that arms a point.
pub const VARIABLE: &str = "BALLAST_CRASH_AT";

/// Bytes that are written at once, at most, when a test has them written in pieces.
const PIECE: usize = 1000;
/// Between two pieces.
const PAUSE: Duration = Duration::from_micros(200);

/// The crash points of one crate, in groups.
#[derive(Debug)]
pub struct CrashPoints(&'static [&'static [&'static str]]);

/// [`VARIABLE`] is set to something other than a listed point.
#[derive(Debug, thiserror::Error)]
#[error("{VARIABLE}: expected one of {}, perhaps with \":N\", found {found:?}", expected.join(", "))]
pub struct UnknownCrashPoint {
    expected: Vec<&'static str>,
    found: String,
}

impl CrashPoints {
    /// Lists the points of a crate.
    pub const fn new(groups: &'static [&'static [&'static str]]) -> Self {
        Self(groups)
    }

    /// Returns whether there is a point with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|point| point == name)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.iter().copied().flatten().copied()
    }

    /// Passes a point: the process ends here when the point is armed and was passed often enough.
    pub fn pass(&self, name: &str) {
        debug_assert!(self.contains(name), "crash point {name} is not listed");
        if armed::is_due(name) {
            std::process::abort();
        }
    }

    /// Writes all of `bytes`. When the point `name` is armed they are written slowly and in at
    /// least two pieces, and the point is passed after each piece but the last. So a test can end
    /// the process in the middle of a write, or from outside with a passage count that is never
    /// reached.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_in_pieces(&self, name: &str, out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        debug_assert!(self.contains(name), "crash point {name} is not listed");
        if !armed::is_armed(name) || bytes.is_empty() {
            return out.write_all(bytes);
        }
        let mut pieces = bytes.chunks(bytes.len().div_ceil(2).min(PIECE)).peekable();
        while let Some(piece) = pieces.next() {
            out.write_all(piece)?;
            if pieces.peek().is_some() {
                thread::sleep(PAUSE);
                self.pass(name);
            }
        }
        Ok(())
    }
}

/// Reads [`VARIABLE`] and arms the point that it names. Called once, as the process starts.
///
/// # Errors
/// A point that is in none of the `lists`.
pub fn arm(lists: &[&CrashPoints]) -> Result<(), UnknownCrashPoint> {
    armed::arm(lists)
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    };

    use super::{CrashPoints, UnknownCrashPoint, VARIABLE};

    struct Armed {
        name: String,
        /// Passages that are left; the last one ends the process.
        passages: AtomicUsize,
    }

    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();

    pub(super) fn arm(lists: &[&CrashPoints]) -> Result<(), UnknownCrashPoint> {
        let armed = match std::env::var_os(VARIABLE) {
            None => None,
            Some(value) => Some(parse(&value.to_string_lossy(), lists)?),
        };
        ARMED.get_or_init(|| armed);
        Ok(())
    }

    fn parse(value: &str, lists: &[&CrashPoints]) -> Result<Armed, UnknownCrashPoint> {
        let (name, passages) = match value.split_once(':') {
            Some((name, passages)) => (name, passages.parse().ok().filter(|passages| *passages > 0)),
            None => (value, Some(1)),
        };
        match passages.filter(|_| lists.iter().any(|points| points.contains(name))) {
            Some(passages) => Ok(Armed { name: name.into(), passages: AtomicUsize::new(passages) }),
            None => Err(UnknownCrashPoint {
                expected: lists.iter().flat_map(|points| points.names()).collect(),
                found: value.into(),
            }),
        }
    }

    fn armed(name: &str) -> Option<&'static Armed> {
        ARMED.get()?.as_ref().filter(|armed| armed.name == name)
    }

    pub(super) fn is_armed(name: &str) -> bool {
        armed(name).is_some()
    }

    pub(super) fn is_due(name: &str) -> bool {
        armed(name).is_some_and(|armed| armed.passages.fetch_sub(1, Ordering::SeqCst) == 1)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        static POINTS: CrashPoints = CrashPoints::new(&[&["proofs-persisted"], &["file-written"]]);

        #[test]
        fn only_listed_points_can_be_armed() {
            let parse = |value| parse(value, &[&POINTS]).map(|armed| armed.passages.into_inner());
            assert_eq!(parse("proofs-persisted").unwrap(), 1);
            assert_eq!(parse("file-written:3").unwrap(), 3);
            for bad in ["", "proofs", "proofs-persisted:", "proofs-persisted:0", "proofs-persisted:x", ":1"] {
                let refused = parse(bad).unwrap_err().to_string();
                assert!(refused.contains(&format!("{bad:?}")) && refused.contains("file-written"), "{refused}");
            }
        }

        #[test]
        fn a_point_of_another_list_cannot_be_armed() {
            static OTHER: CrashPoints = CrashPoints::new(&[&["other"]]);
            assert!(parse("other", &[&POINTS]).is_err());
            assert!(parse("other", &[&POINTS, &OTHER]).is_ok());
        }

        #[test]
        #[should_panic(expected = "crash point proofs is not listed")]
        fn a_point_that_is_not_listed_cannot_be_passed() {
            POINTS.pass("proofs");
        }

        #[test]
        fn what_is_not_armed_is_written_at_once() {
            let mut out = Vec::new();
            POINTS.write_in_pieces("file-written", &mut out, b"content").unwrap();
            assert_eq!(out, b"content");
        }
    }
}

#[cfg(not(debug_assertions))]
mod armed {
    use super::{CrashPoints, UnknownCrashPoint};

    pub(super) fn arm(_lists: &[&CrashPoints]) -> Result<(), UnknownCrashPoint> {
        Ok(())
    }

    pub(super) fn is_armed(_name: &str) -> bool {
        false
    }

    pub(super) fn is_due(_name: &str) -> bool {
        false
    }
}
