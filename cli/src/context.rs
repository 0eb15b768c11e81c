//! What the flags of every command make of the process.

use ballast_relayer::progress::Progress;

use crate::settings::{Settings, SettingsChoice};

/// What every command is executed with.
pub struct Context {
    pub settings: Settings,
    pub progress: Progress,
}

impl Context {
    /// Progress is hidden when the output is for a program.
    pub fn new(settings: SettingsChoice, json: bool) -> Self {
        Self { settings: settings.into(), progress: Progress::new(json) }
    }
}
