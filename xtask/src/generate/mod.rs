//! Golden and negative vectors in `tests/vectors`: what core and ledger say, for every other reader
//! to reproduce; and the published files of `circuits`.
//!
//! Bytes are hexadecimal with 0x, integers are decimal strings: every language reads both without
//! loss.

mod answers;
mod committed;
mod identifiers;
mod leaves;
mod ledger;
mod posts;
mod proofs;
mod statements;

use std::path::PathBuf;

use anyhow::{Context, Result};
use ballast_durable::{Access, create_directory};
use serde_json::{Value, json};

/// Makes the content of one file.
type Vectors = fn() -> Result<Value>;

pub fn run() -> Result<()> {
    let folder = folder();
    create_directory(&folder, Access::Everyone)?;
    let files: [(&str, Vectors); 9] = [
        ("identifiers.json", identifiers::vectors),
        ("leaves.json", leaves::vectors),
        ("statements.json", statements::vectors),
        ("posts.json", posts::vectors),
        ("answers.json", answers::vectors),
        ("ledger.json", ledger::vectors),
        ("history.json", proofs::history),
        ("wide.json", proofs::wide),
        ("limits.json", proofs::limits),
    ];
    for (name, vectors) in files {
        let mut text = serde_json::to_string_pretty(&vectors().with_context(|| format!("generate {name}"))?)?;
        text.push('\n');
        let path = folder.join(name);
        ballast_durable::write(&path, Access::Everyone, text.as_bytes())
            .with_context(|| format!("write {}", path.display()))?;
        println!("tests/vectors/{name}");
    }
    let circuits = crate::root().join("circuits");
    create_directory(&circuits, Access::Everyone)?;
    let path = circuits.join("depth-7-development.json");
    let text = serde_json::to_string_pretty(&proofs::development_circuit()?)? + "\n";
    ballast_durable::write(&path, Access::Everyone, text.as_bytes())
        .with_context(|| format!("write {}", path.display()))?;
    println!("circuits/depth-7-development.json");
    Ok(())
}

fn folder() -> PathBuf {
    crate::root().join("tests/vectors")
}

fn hexadecimal(bytes: impl AsRef<[u8]>) -> Value {
    json!(format!("0x{}", hex::encode(bytes)))
}

fn decimal(value: impl Into<u128>) -> Value {
    json!(value.into().to_string())
}

/// A digest that looks like one and is none: `label` and nothing else behind it.
fn arbitrary(label: &str) -> [u8; 32] {
    ballast_core::digest::sha256(&[b"vector ", label.as_bytes()])
}
