//! The proving keys of the settings' circuit classes, each read when an epoch first needs it: a key takes hundreds of
//! megabytes, and posting needs none.

use std::{
    fmt::Display,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use ballast_core::{
    circuit::{Class, SetupKind},
    circuit_file::CircuitFile,
};
use ballast_prover::{ProvingKey, key_file, setup};

use crate::{config::Circuit, failure::Failure, progress::Progress};

/// The keys, of which the last one that was asked for is kept.
pub struct ProvingKeys<'a> {
    settings: &'a Circuit,
    progress: Progress,
    last: Mutex<Option<Arc<ProvingKey>>>,
}

impl<'a> ProvingKeys<'a> {
    pub fn new(settings: &'a Circuit, progress: Progress) -> Self {
        Self { settings, progress, last: Mutex::new(None) }
    }

    /// The classes to choose from.
    pub fn classes(&self) -> &[Class] {
        &self.settings.classes
    }

    /// The key of a class.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub fn of(&self, class: Class) -> Result<Arc<ProvingKey>, Failure> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = last.as_ref().filter(|key| key.class() == class) {
            return Ok(key.clone());
        }
        // Before the next one is read: two may not fit in memory.
        *last = None;
        let key = Arc::new(read(self.settings, class, self.progress)?);
        Ok(last.insert(key).clone())
    }
}

fn read(settings: &Circuit, class: Class, progress: Progress) -> Result<ProvingKey, Failure> {
    let spinner = progress.spinner(format!("proving key of depth {}", class.depth));
    let key = match settings.setup {
        SetupKind::Development => setup::development(&settings.keys, class).map_err(Failure::other)?,
        SetupKind::Ceremony => ceremony(&settings.keys, class)?,
    };
    spinner.finish_and_clear();
    tracing::info!(
        circuit = hex::encode(key.circuit_id()),
        depth = class.depth,
        setup = key.setup().label(),
        "proving key"
    );
    Ok(key)
}

/// A ceremony's key, which is never made here.
fn ceremony(keys: &Path, class: Class) -> Result<ProvingKey, Failure> {
    let path = keys.join(key_file::name(class, SetupKind::Ceremony));
    let refused = |reason: &dyn Display| {
        Failure::bad_input(format!("{}: {reason}; `ballast setup import` writes such a file", path.display()))
    };
    let key = key_file::load(&path, class).map_err(|error| refused(&error))?;
    match key.setup() {
        SetupKind::Ceremony => Ok(key),
        found => Err(refused(&format!("expected a ceremony's key, found one of an {}", found.label()))),
    }
}

/// The circuit of a key, as it is published.
pub fn circuit_file(key: &ProvingKey) -> CircuitFile {
    CircuitFile::new(key.class(), key.setup(), key.transcript(), key.verifying_key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureKind;

    #[test]
    fn a_ceremonys_key_is_never_made() {
        let folder = tempfile::tempdir().unwrap();
        let classes = vec![Class::SMALLEST];
        let settings = Circuit { setup: SetupKind::Ceremony, classes, keys: folder.path().into() };
        let refused = ProvingKeys::new(&settings, Progress::hidden()).of(Class::SMALLEST).unwrap_err();
        assert_eq!(refused.kind, FailureKind::BadInput);
        let text = refused.to_string();
        assert!(text.contains("depth-7-ceremony.key") && text.contains("ballast setup import"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
