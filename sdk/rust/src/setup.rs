//! How a circuit's setup is shown: its kind, and beside it what every surface writes by a figure that it proved.

use ballast_core::circuit::SetupKind;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct Labelled {
    setup: Option<SetupKind>,
    setup_label: Option<&'static str>,
}

/// `"setup"` and `"setup_label"` as members of the object around it; both null when there is no setup.
pub fn serialize<S: Serializer>(
    setup: &(impl Into<Option<SetupKind>> + Copy),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let setup = (*setup).into();
    Labelled { setup, setup_label: setup.map(SetupKind::label) }.serialize(serializer)
}
