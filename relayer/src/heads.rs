//! How far histories were verified, kept in a file from which the next verification goes on.
//!
//! Whoever can write the file can have a reader pass over what is before. It is replaced whole, and
//! refused when it cannot be read or contradicts itself, a deployment or a chain.

use std::{collections::BTreeSet, io::ErrorKind, path::Path};

use ballast_core::{Digest, hexadecimal};
use ballast_durable::{Access, create_directory, read_text_bounded};
use ballast_sdk::{
    Client, Error,
    verification::{VerifiedHead, VerifiedHistory},
};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The version that is written and read.
const VERSION: u8 = 1;

/// Bytes of the longest file read: a head has some 350.
const FILE_MAX: u64 = 1 << 20;

/// What to do about a file that is no use.
const ADVICE: &str = "verify with --from-start, which reads every epoch again and replaces what is kept";

/// The file: one head for each exchange and chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    version: u8,
    heads: Vec<Head>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(with = "hexadecimal")]
    exchange: Digest,
    /// `solana` or `evm:<chain id>`.
    chain: String,
    /// The address of the program or the contract.
    deployment: String,
    /// The number of the latest epoch that was verified.
    epoch: u64,
    #[serde(with = "hexadecimal")]
    head: Digest,
    /// The hash of the block in which that epoch was finalized; on Solana of the first block.
    block: String,
}

/// Whose history it is, where.
#[derive(Clone, Debug)]
pub struct Place {
    pub exchange: Digest,
    /// `solana` or `evm:<chain id>`.
    pub chain: String,
    pub deployment: String,
}

impl Place {
    /// The exchange's history on the chain that `client` reads.
    pub fn of(client: &Client, exchange: Digest) -> Self {
        Self { exchange, chain: client.chain().to_string(), deployment: client.deployment().to_string() }
    }
}

impl Default for Heads {
    fn default() -> Self {
        Self { version: VERSION, heads: Vec::new() }
    }
}

impl Heads {
    /// Reads the file; one that is not there has no heads.
    ///
    /// # Errors
    /// Bad input, naming the file: what cannot be read or is no such file, another version, an
    /// epoch 0, or two heads of one exchange on one chain.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let refuse = |what: String| Failure::bad_input(format!("{}: {what}; {ADVICE}", file.display()));
        let text = match read_text_bounded(file, FILE_MAX) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|error| refuse(error.to_string()))?,
        };
        let heads: Self = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if heads.version != VERSION {
            return Err(refuse(format!("expected version {VERSION}, found {}", heads.version)));
        }
        let mut places = BTreeSet::new();
        for head in &heads.heads {
            let name = format!("exchange {} on {}", hexadecimal::encode(head.exchange), head.chain);
            if head.epoch == 0 {
                return Err(refuse(format!("{name}: expected an epoch from 1, found 0")));
            }
            if !places.insert((head.exchange, &head.chain)) {
                return Err(refuse(format!("{name}: expected one head, found two")));
            }
        }
        Ok(heads)
    }

    /// How far the history at this place was verified; none when it never was.
    ///
    /// # Errors
    /// Bad input when what is kept for the exchange on this chain is of another deployment.
    pub fn of(&self, place: &Place) -> Result<Option<VerifiedHead>, Failure> {
        let Some(kept) = self.heads.iter().find(|head| head.is_at(place)) else { return Ok(None) };
        if kept.deployment != place.deployment {
            return Err(Failure::bad_input(format!(
                "{}: expected the head that is kept to be of deployment {}, found one of {}; {ADVICE}",
                place.chain, place.deployment, kept.deployment
            )));
        }
        Ok(Some(VerifiedHead { epoch: kept.epoch, head: kept.head, block: kept.block.clone() }))
    }

    /// Keeps how far the history at this place was verified, instead of what was kept before.
    pub fn keep(&mut self, place: Place, verified: VerifiedHead) {
        self.heads.retain(|head| !head.is_at(&place));
        let Place { exchange, chain, deployment } = place;
        let VerifiedHead { epoch, head, block } = verified;
        self.heads.push(Head { exchange, chain, deployment, epoch, head, block });
        self.heads.sort_by(|left, right| (left.exchange, &left.chain).cmp(&(right.exchange, &right.chain)));
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// With the file's path, what the file system answers.
    pub fn write(&self, file: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::other(error).context(file.display().to_string());
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            create_directory(folder, Access::Everyone).map_err(failed)?;
        }
        let text = serde_json::to_string_pretty(self).map_err(Failure::other)? + "\n";
        ballast_durable::write(file, Access::Everyone, text.as_bytes()).map_err(failed)
    }
}

/// Verifies a chain's history, from where it was verified before if that is given.
///
/// None when the chain has no epoch, and nothing was verified before.
///
/// # Errors
/// A history that does not lead to its head, or that does not have what was verified before, with
/// what to do about it.
pub async fn verify(
    client: &Client,
    exchange: &Digest,
    after: Option<&VerifiedHead>,
) -> Result<Option<VerifiedHistory>, Failure> {
    let read = match after {
        Some(after) => client.verify_history_after(exchange, after).await,
        None => client.verify_history(exchange).await,
    };
    match read {
        Ok(history) => Ok(Some(history)),
        Err(Error::NoEpoch { .. }) => Ok(None),
        Err(error @ Error::Unlike { .. }) => Err(Failure::from(error).context(
            "what is kept in verify.heads is not on the chain; ask another node, or read everything with --from-start",
        )),
        Err(error) => Err(error.into()),
    }
}

impl Head {
    fn is_at(&self, place: &Place) -> bool {
        (&self.exchange, &self.chain) == (&place.exchange, &place.chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureKind;
    use serde_json::{Value, json};

    fn place(chain: &str) -> Place {
        Place { exchange: [1; 32], chain: chain.into(), deployment: "0xAB".into() }
    }

    fn verified(epoch: u64) -> VerifiedHead {
        VerifiedHead { epoch, head: [2; 32], block: "0x03".into() }
    }

    #[test]
    fn what_is_kept_is_read_back_for_its_exchange_and_chain() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kept/heads.json");
        let mut heads = Heads::read(&file).unwrap();
        assert_eq!(heads.of(&place("evm:1")).unwrap(), None);
        heads.keep(place("solana"), verified(9));
        heads.keep(place("evm:1"), verified(7));
        heads.keep(place("evm:1"), verified(8));
        heads.write(&file).unwrap();
        let read = Heads::read(&file).unwrap();
        assert_eq!(read, heads);
        assert_eq!(read.of(&place("evm:1")).unwrap(), Some(verified(8)));
        assert_eq!(read.of(&place("solana")).unwrap(), Some(verified(9)));
        assert_eq!(read.of(&place("evm:2")).unwrap(), None);
        assert_eq!(read.of(&Place { exchange: [9; 32], ..place("solana") }).unwrap(), None);
        let moved = Place { deployment: "0xCD".into(), ..place("solana") };
        let refused = read.of(&moved).unwrap_err();
        assert!(refused.to_string().contains("0xCD") && refused.to_string().contains("--from-start"), "{refused}");
    }

    #[test]
    fn a_file_that_is_no_use_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heads.json");
        let mut heads = Heads::default();
        heads.keep(place("evm:1"), verified(7));
        let good = serde_json::to_value(&heads).unwrap();
        type Change = fn(&mut Value);
        let cases: [(Change, &str); 9] = [
            (|file| file["version"] = 2.into(), "expected version 1, found 2"),
            (|file| file["more"] = 1.into(), "unknown field"),
            (|file| file["heads"][0]["epoch"] = 0.into(), "an epoch from 1, found 0"),
            (|file| file["heads"] = json!([file["heads"][0], file["heads"][0]]), "expected one head, found two"),
            (|file| file["heads"][0]["head"] = "0x01".into(), "line"),
            (|file| drop(file["heads"][0].as_object_mut().unwrap().remove("block")), "missing field `block`"),
            (|file| drop(file["heads"][0].as_object_mut().unwrap().remove("deployment")), "missing field `deployment`"),
            (|file| drop(file["heads"][0].as_object_mut().unwrap().remove("exchange")), "missing field `exchange`"),
            (|file| *file = json!("nothing"), "invalid type"),
        ];
        for (change, expected) in cases {
            let mut changed = good.clone();
            change(&mut changed);
            std::fs::write(&file, changed.to_string()).unwrap();
            let refused = Heads::read(&file).unwrap_err();
            assert_eq!(refused.kind, FailureKind::BadInput);
            let text = refused.to_string();
            assert!([expected, "heads.json", "--from-start"].iter().all(|part| text.contains(part)), "{text}");
        }
        std::fs::write(&file, good.to_string()).unwrap();
        assert_eq!(Heads::read(&file).unwrap(), heads);
        assert!(Heads::read(folder.path()).is_err(), "a folder is no file of heads");
    }
}
