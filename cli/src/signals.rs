//! The signals that end a command: Ctrl-C and SIGTERM.

use std::{future::pending, io};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Which signal ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// SIGINT, which Ctrl-C sends.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Interruption {
    /// The exit code by which shells tell that a signal ended a command: 128 and the signal's
    /// number.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// The signals, from when this is made: they no longer end the process by themselves.
pub struct Signals {
    #[cfg(unix)]
    terminate: Signal,
}

impl Signals {
    /// # Errors
    /// When the system takes no handler.
    pub fn install() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the first of them.
    pub async fn received(&mut self) -> Interruption {
        let interrupt = async {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without a handler the signal ends the process by itself.
                pending::<()>().await;
            }
        };
        #[cfg(unix)]
        let terminate = self.terminate.recv();
        #[cfg(not(unix))]
        let terminate = pending::<Option<()>>();
        tokio::select! {
            () = interrupt => Interruption::Interrupt,
            _ = terminate => Interruption::Terminate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_that_shells_give() {
        assert_eq!(
            [Interruption::Interrupt, Interruption::Terminate].map(Interruption::exit_code),
            [128 + 2, 128 + 15]
        );
    }
}
