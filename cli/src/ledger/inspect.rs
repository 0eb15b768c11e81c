//! `ballast ledger inspect`.

use std::{fmt, path::Path};

use ballast_core::hexadecimal;
use ballast_relayer::{
    failure::Failure,
    jobs::ledger::{self, Inspected, Segment},
};
use clap::Args;

use crate::{output::Output, text::Text};

/// List segments, position and head; checks bytes, not signatures or rules
#[derive(Debug, Args)]
pub struct Inspect {}

impl Inspect {
    pub async fn execute(self, log: &Path) -> Result<Output, Failure> {
        Output::new(&ledger::inspect(log).await?)
    }
}

impl Text for Inspected {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exchange {}, assets {}", hexadecimal::encode(self.exchange), self.assets.join(", "))?;
        for Segment { file, first, last, bytes } in &self.segments {
            writeln!(f, "{file}: transactions {first} to {last}, {bytes} bytes")?;
        }
        writeln!(f, "ends after transaction {}, head {}", self.sequence, hexadecimal::encode(self.head))?;
        self.torn.iter().try_for_each(|torn| writeln!(f, "warning: {torn}"))
    }
}
