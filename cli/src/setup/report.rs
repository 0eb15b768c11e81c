//! What the commands of a setup print.

use std::fmt;

use ballast_core::hexadecimal;
use ballast_relayer::jobs::setup::{Participant, SetupReport, Written};

use crate::text::Text;

impl Text for SetupReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "circuit {}, depth {}: {}", hexadecimal::encode(self.circuit), self.depth, self.setup)?;
        writeln!(f, "transcript {}", hexadecimal::encode(self.transcript))?;
        for (phase, participants) in [("powers of tau", &self.powers_of_tau), ("key", &self.contributions)] {
            for (number, Participant { name, beacon }) in (1..).zip(participants) {
                let name = name.as_ref().map_or_else(|| "without a name".into(), |name| format!("{name:?}"));
                write!(f, "{phase}, contribution {number}: {name}")?;
                beacon.iter().try_for_each(|beacon| write!(f, " (beacon {beacon})"))?;
                writeln!(f)?;
            }
        }
        self.files.iter().try_for_each(|file| writeln!(f, "wrote {file}"))
    }
}

impl Text for Written {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "wrote {}: {}", self.file, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_took_part_is_named_in_order() {
        let named = |name: Option<&str>, beacon: Option<&str>| Participant {
            name: name.map(Into::into),
            beacon: beacon.map(Into::into),
        };
        let report = SetupReport {
            depth: 7,
            circuit: [1; 32],
            setup: "ceremony",
            transcript: [2; 32],
            powers_of_tau: vec![named(None, None)],
            contributions: vec![named(Some("Ada"), None), named(Some("block"), Some("0102"))],
            files: vec!["a.key".into()],
        };
        let told = report.text().to_string();
        let expected = "powers of tau, contribution 1: without a name\n\
                        key, contribution 1: \"Ada\"\n\
                        key, contribution 2: \"block\" (beacon 0102)\n\
                        wrote a.key\n";
        assert!(told.ends_with(expected), "{told}");
    }
}
