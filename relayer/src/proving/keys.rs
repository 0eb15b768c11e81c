//! The proving keys of the settings' circuit classes, each read when an epoch first needs it: a key
//! takes hundreds of megabytes, and posting needs none.

use std::{fmt::Display, path::Path, sync::Arc};

use ballast_core::{
    circuit::{Class, SetupKind},
    circuit_file::CircuitFile,
    hexadecimal,
};
use ballast_prover::{ProvingKey, key_file, setup};
use tokio::sync::Mutex;

use crate::{
    blocking::{compute, write},
    config::Circuit,
    events::{Events, Stage},
    failure::Failure,
};

/// The keys, of which the last one that was asked for is kept.
pub struct ProvingKeys<'a> {
    settings: &'a Circuit,
    events: Events,
    last: Mutex<Option<Arc<ProvingKey>>>,
}

impl<'a> ProvingKeys<'a> {
    pub fn new(settings: &'a Circuit, events: Events) -> Self {
        Self { settings, events, last: Mutex::new(None) }
    }

    /// The classes to choose from.
    pub fn classes(&self) -> &[Class] {
        &self.settings.classes
    }

    /// The key of a class.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub async fn of(&self, class: Class) -> Result<Arc<ProvingKey>, Failure> {
        let mut last = self.last.lock().await;
        if let Some(key) = last.as_ref().filter(|key| key.class() == class) {
            return Ok(key.clone());
        }
        // Before the next one is read: two may not fit in memory.
        *last = None;
        let key = Arc::new(read(self.settings, class, &self.events).await?);
        Ok(last.insert(key).clone())
    }
}

async fn read(settings: &Circuit, class: Class, events: &Events) -> Result<ProvingKey, Failure> {
    let keys = settings.keys.clone();
    let key = match settings.setup {
        SetupKind::Development => development(&keys, class, events).await?,
        SetupKind::Ceremony => {
            let _running = events.begin(Stage::LoadProvingKey { depth: class.depth }, None);
            compute(move |_| ceremony(&keys, class)).await??
        }
    };
    tracing::info!(
        circuit = hexadecimal::encode(key.circuit_id()),
        depth = class.depth,
        setup = key.setup().label(),
        "proving key"
    );
    Ok(key)
}

/// The INSECURE development key of a class, from `keys` or else made and written there.
///
/// # Errors
/// A class that does not exist, or a folder that cannot be written to.
pub async fn development(keys: &Path, class: Class, events: &Events) -> Result<ProvingKey, Failure> {
    let _running = events.begin(Stage::LoadProvingKey { depth: class.depth }, None);
    let folder = keys.to_owned();
    let stored = compute(move |_| setup::stored_development(&folder, class)).await?;
    if let Some(key) = stored.map_err(Failure::other)? {
        return Ok(key);
    }
    let key = compute(move |_| setup::generate_development(class)).await?.map_err(Failure::other)?;
    let folder = keys.to_owned();
    write(move |_| setup::store_development(&folder, &key).map(|()| key)).await?.map_err(Failure::other)
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

    #[tokio::test]
    async fn a_ceremonys_key_is_never_made() {
        let folder = tempfile::tempdir().unwrap();
        let classes = vec![Class::SMALLEST];
        let settings = Circuit { setup: SetupKind::Ceremony, classes, keys: folder.path().into() };
        let refused = ProvingKeys::new(&settings, Events::default()).of(Class::SMALLEST).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::BadInput);
        let text = refused.to_string();
        assert!(text.contains("depth-7-ceremony.key") && text.contains("ballast setup import"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
