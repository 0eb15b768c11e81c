//! What the flags of every command make of the process.

use ballast_relayer::events::Events;

use crate::settings::{Settings, SettingsChoice};

/// What every command is executed with.
pub struct Context {
    pub settings: Settings,
    /// Where the jobs tell how far they are.
    pub events: Events,
}

impl Context {
    pub fn new(settings: SettingsChoice, events: Events) -> Self {
        Self { settings: settings.into(), events }
    }
}
