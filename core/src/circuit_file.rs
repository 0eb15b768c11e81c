//! A circuit as it is published and registered: the JSON files in `circuits/`.

use alloc::{format, string::String};
use core::fmt;
use serde::{Deserialize, Serialize};

use crate::{
    Refusal,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    digest::Digest,
    escaped::Escaped,
    hexadecimal,
};

/// The one version of circuit files.
pub const VERSION: u8 = 1;

/// Everything that a circuit's id covers, and the id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitFile {
    /// Says whether the setup is insecure, to whoever opens the file.
    pub notice: String,
    pub version: u8,
    pub class: Class,
    pub setup: SetupKind,
    #[serde(with = "crate::hexadecimal")]
    pub transcript: Digest,
    /// The 832 bytes of the key, hexadecimal with 0x.
    pub verifying_key: String,
    #[serde(with = "crate::hexadecimal")]
    pub id: Digest,
}

/// Why a text is not a circuit file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CircuitFileError {
    Malformed(String),
    Key(Refusal),
    /// The id is not the digest of the rest.
    IdMismatch {
        expected: Digest,
        found: Digest,
    },
}

impl fmt::Display for CircuitFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => {
                write!(f, "not a circuit file of version {VERSION}: {}", Escaped(reason))
            }
            Self::Key(refusal) => write!(f, "{refusal}"),
            Self::IdMismatch { expected, found } => {
                let [expected, found] = [expected, found].map(hexadecimal::encode);
                write!(f, "the file says that its id is {found}, but the id of its content is {expected}")
            }
        }
    }
}

impl core::error::Error for CircuitFileError {}

impl CircuitFile {
    pub fn new(class: Class, setup: SetupKind, transcript: Digest, key: &VerifyingKey) -> Self {
        Self {
            notice: setup.label().into(),
            version: VERSION,
            class,
            setup,
            transcript,
            verifying_key: hexadecimal::encode(key.as_bytes()),
            id: circuit_id(class, setup, &transcript, key),
        }
    }

    /// Refuses text of another version, a degenerate key, and an id or a notice that does not
    /// belong to the rest. A byte order mark before it, which editors add, is skipped.
    pub fn parse(text: &str) -> Result<(Self, VerifyingKey), CircuitFileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file: Self = serde_json::from_str(text).map_err(|error| CircuitFileError::Malformed(format!("{error}")))?;
        let key = file.check()?;
        Ok((file, key))
    }

    /// The verifying key, when the fields are what [`CircuitFile::parse`] asks of them.
    pub fn check(&self) -> Result<VerifyingKey, CircuitFileError> {
        let malformed = |reason: &str| CircuitFileError::Malformed(reason.into());
        if self.version != VERSION {
            return Err(CircuitFileError::Malformed(format!("it has version {}", self.version)));
        }
        if self.notice != self.setup.label() {
            return Err(malformed("its notice is not the one of its setup"));
        }
        let digits =
            self.verifying_key.strip_prefix("0x").ok_or_else(|| malformed("its key does not begin with 0x"))?;
        let bytes = hex::decode(digits).map_err(|_| malformed("its key is not hexadecimal"))?;
        let key = VerifyingKey::new(&bytes).map_err(CircuitFileError::Key)?;
        key.check_setup(self.setup).map_err(CircuitFileError::Key)?;
        let expected = circuit_id(self.class, self.setup, &self.transcript, &key);
        if expected != self.id {
            return Err(CircuitFileError::IdMismatch { expected, found: self.id });
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn file() -> CircuitFile {
        let key = VerifyingKey::new(&core::array::from_fn::<u8, 832, _>(|i| (i / 32 + 1) as u8)).unwrap();
        CircuitFile::new(Class::SMALLEST, SetupKind::Development, [3; 32], &key)
    }

    fn refusal(change: impl Fn(&mut CircuitFile)) -> CircuitFileError {
        let mut file = file();
        change(&mut file);
        CircuitFile::parse(&serde_json::to_string(&file).unwrap()).unwrap_err()
    }

    #[test]
    fn a_file_is_what_its_id_says() {
        let text = serde_json::to_string(&file()).unwrap();
        assert_eq!(CircuitFile::parse(&text).unwrap().0, file());
        assert!(text.starts_with("{\"notice\":\"INSECURE"));
        assert!(matches!(refusal(|f| f.transcript[0] ^= 1), CircuitFileError::IdMismatch { .. }));
        assert!(matches!(refusal(|f| f.version = 2), CircuitFileError::Malformed(_)));
        assert!(matches!(refusal(|f| f.notice = "ceremony".into()), CircuitFileError::Malformed(_)));
        assert!(matches!(refusal(|f| f.verifying_key.truncate(832)), CircuitFileError::Key(_)));
        let as_ceremony = refusal(|f| {
            f.setup = SetupKind::Ceremony;
            f.notice = SetupKind::Ceremony.label().into();
        });
        assert!(matches!(as_ceremony, CircuitFileError::IdMismatch { .. }));
    }

    #[test]
    fn a_development_key_is_no_ceremonys() {
        let text = include_str!("../../circuits/depth-7-development.json");
        let (file, key) = CircuitFile::parse(text).unwrap();
        let renamed = CircuitFile::new(file.class, SetupKind::Ceremony, file.transcript, &key);
        let refused = CircuitFile::parse(&serde_json::to_string(&renamed).unwrap()).unwrap_err();
        assert_eq!(refused, CircuitFileError::Key(Refusal::DevelopmentKeyAsCeremony));
    }

    #[test]
    fn a_byte_order_mark_before_a_file_is_skipped() {
        let text = serde_json::to_string(&file()).unwrap();
        assert_eq!(CircuitFile::parse(&format!("\u{feff}{text}")).unwrap().0, file());
        assert!(CircuitFile::parse(&format!("\u{feff}\u{feff}{text}")).is_err());
    }

    #[test]
    fn what_a_file_says_is_shown_escaped() {
        let error = CircuitFile::parse("{\"\\u001b[2J\":1}").unwrap_err().to_string();
        assert!(error.contains("\\u{1b}[2J") && !error.contains('\x1b'), "{error:?}");
    }
}
