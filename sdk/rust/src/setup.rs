//! How a circuit's setup is written as JSON: its kind, and the words that every surface shows next
//! to what it proved.

use ballast_core::circuit::SetupKind;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct Labelled {
    setup: Option<SetupKind>,
    setup_label: Option<&'static str>,
}

/// Writes `"setup"` and `"setup_label"` as members of the object around them; both are null when
/// there is no setup.
pub fn serialize<S: Serializer>(
    setup: &(impl Into<Option<SetupKind>> + Copy),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let setup = (*setup).into();
    Labelled { setup, setup_label: setup.map(SetupKind::label) }.serialize(serializer)
}
