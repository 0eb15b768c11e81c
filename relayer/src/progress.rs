//! Progress of long work, on the terminal's error stream.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Whether progress is shown: only to a person at a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Hidden when the output is for a program, or the error stream is no terminal.
    pub fn new(json: bool) -> Self {
        Self { shown: !json && std::io::stderr().is_terminal() }
    }

    /// Shows nothing.
    pub const fn hidden() -> Self {
        Self { shown: false }
    }

    /// A bar over `length` steps of `what`.
    pub fn bar(&self, what: impl Into<String>, length: u64) -> ProgressBar {
        // The template is fixed; the default style stands in should indicatif ever refuse it.
        let style = ProgressStyle::with_template("{prefix:24} {bar:40} {pos}/{len} {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        self.prepare(ProgressBar::new(length).with_style(style).with_prefix(what.into()))
    }

    /// A sign of life for work of unknown length.
    pub fn spinner(&self, what: impl Into<String>) -> ProgressBar {
        self.prepare(ProgressBar::new_spinner().with_message(what.into()))
    }

    fn prepare(&self, bar: ProgressBar) -> ProgressBar {
        if self.shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_sees_no_bars() {
        assert!(Progress::new(true).bar("proving", 3).is_hidden());
        assert!(Progress::hidden().spinner("waiting").is_hidden());
    }
}
