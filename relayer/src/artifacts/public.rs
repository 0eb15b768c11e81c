//! What anyone may have of an epoch.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use ballast_core::{
    Digest, Element,
    circuit::{Class, SetupKind},
    circuit_file::CircuitFile,
    digest::sha256,
    hexadecimal,
    inclusion::AssetName,
    post::ShardPost,
    statement::LedgerPosition,
};
use ballast_durable::Access;
use serde::{Deserialize, Serialize};

use super::{ArtifactError, Artifacts, create_directory, read, write};
use crate::plan::{Plan, ProvedEpoch, VERSION};

/// `statement.json`: what the epoch states, in words that need no other file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementFile {
    pub version: u8,
    /// What a proof of this setup is worth.
    pub setup_notice: String,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub exchange_name: String,
    pub epoch: u64,
    /// Unix seconds.
    pub as_of: u64,
    #[serde(with = "hexadecimal")]
    pub circuit: Digest,
    pub class: Class,
    pub setup: SetupKind,
    #[serde(with = "hexadecimal")]
    pub asset_list_digest: Digest,
    pub ledger: LedgerPosition,
    /// Digest of `reserves.json`.
    #[serde(with = "hexadecimal")]
    pub sources: Digest,
    #[serde(with = "hexadecimal")]
    pub reserves_digest: Digest,
    #[serde(with = "hexadecimal")]
    pub head_before: Digest,
    #[serde(with = "hexadecimal")]
    pub record: Digest,
    #[serde(with = "hexadecimal")]
    pub head: Digest,
    /// By shard.
    pub roots: Vec<Element>,
    /// By asset number.
    pub assets: Vec<StatedAsset>,
}

/// One asset's figures, in committed units, as decimal strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedAsset {
    pub symbol: String,
    pub decimals: u8,
    #[serde(with = "ballast_core::units")]
    pub liability: u128,
    #[serde(with = "ballast_core::units")]
    pub reserve: u128,
    pub solvent: bool,
}

/// `index.json`: every other file of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub version: u8,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub epoch: u64,
    pub files: Vec<IndexedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexedFile {
    pub name: String,
    pub length: u64,
    #[serde(with = "hexadecimal")]
    pub sha256: Digest,
}

impl StatementFile {
    fn new(exchange_name: &str, epoch: &ProvedEpoch) -> Result<Self, ballast_core::Refusal> {
        let plan = &epoch.plan;
        let figures = plan.assets.iter().zip(epoch.liabilities()).zip(&plan.reserves);
        Ok(Self {
            version: VERSION,
            setup_notice: plan.circuit.setup.label().into(),
            exchange: plan.exchange,
            exchange_name: exchange_name.into(),
            epoch: plan.epoch,
            as_of: plan.as_of,
            circuit: plan.circuit.id,
            class: plan.circuit.class,
            setup: plan.circuit.setup,
            asset_list_digest: plan.asset_list()?.digest(),
            ledger: plan.ledger,
            sources: plan.sources(),
            reserves_digest: plan.reserves_digest(),
            head_before: plan.head_before,
            record: epoch.record()?,
            head: epoch.head_after()?,
            roots: epoch.roots(),
            assets: figures
                .map(|((asset, liability), reserve)| StatedAsset {
                    symbol: asset.symbol.clone(),
                    decimals: asset.decimals,
                    liability,
                    reserve: *reserve,
                    solvent: *reserve >= liability,
                })
                .collect(),
        })
    }
}

impl StatementFile {
    fn plan(&self, circuit: CircuitFile, reserves_report: String) -> Plan {
        let names = self.assets.iter();
        Plan {
            version: self.version,
            exchange: self.exchange,
            epoch: self.epoch,
            as_of: self.as_of,
            assets: names.map(|asset| AssetName { symbol: asset.symbol.clone(), decimals: asset.decimals }).collect(),
            circuit,
            shard_count: self.roots.len() as u16,
            ledger: self.ledger,
            reserves: self.assets.iter().map(|asset| asset.reserve).collect(),
            reserves_report,
            head_before: self.head_before,
        }
    }
}

impl Artifacts {
    /// Writes an epoch's public files; the same again leaves the same bytes.
    ///
    /// # Errors
    /// [`ArtifactError`]; without an index the directory does not count.
    pub fn publish(&self, exchange_name: &str, epoch: &ProvedEpoch) -> Result<Index, ArtifactError> {
        let directory = self.public(epoch.plan.epoch);
        create_directory(&directory, Access::Everyone)?;
        let invalid = |what: String| ArtifactError::Invalid { path: directory.clone(), what };
        let statement = StatementFile::new(exchange_name, epoch).map_err(|refusal| invalid(refusal.to_string()))?;
        let mut files: Vec<(String, Vec<u8>)> = vec![
            ("statement.json".into(), json(&statement).map_err(invalid)?),
            ("assets.json".into(), json(&epoch.plan.assets).map_err(invalid)?),
            ("reserves.json".into(), epoch.plan.reserves_report.clone().into_bytes()),
            ("circuit.json".into(), json(&epoch.plan.circuit).map_err(invalid)?),
        ];
        for (shard, post) in epoch.posts.iter().enumerate() {
            files.push((format!("shard-{shard:03}.post"), post.encode()));
            files.push((format!("shard-{shard:03}.proof"), post.proof.to_vec()));
        }
        let mut index =
            Index { version: VERSION, exchange: epoch.plan.exchange, epoch: epoch.plan.epoch, files: vec![] };
        for (name, bytes) in files {
            write(&directory.join(&name), Access::Everyone, &bytes)?;
            index.files.push(IndexedFile { name, length: bytes.len() as u64, sha256: sha256(&[&bytes]) });
        }
        write(&directory.join("index.json"), Access::Everyone, &json(&index).map_err(invalid)?)?;
        Ok(index)
    }

    /// An epoch as its public files have it, each held against the index.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] when the files do not make the epoch that they state.
    pub fn proved(&self, epoch: u64) -> Result<ProvedEpoch, ArtifactError> {
        self.check(epoch)?;
        let directory = self.public(epoch);
        let path = directory.join("statement.json");
        let invalid = |what: String| ArtifactError::Invalid { path: path.clone(), what };
        let stated: StatementFile =
            serde_json::from_slice(&read(&path)?).map_err(|error| invalid(error.to_string()))?;
        let text = |name: &str| -> Result<String, ArtifactError> {
            String::from_utf8(read(&directory.join(name))?).map_err(|error| invalid(format!("{name}: {error}")))
        };
        let (circuit, _) =
            CircuitFile::parse(&text("circuit.json")?).map_err(|error| invalid(format!("circuit.json: {error}")))?;
        let mut posts = Vec::with_capacity(stated.roots.len());
        for shard in 0..stated.roots.len() {
            let post = ShardPost::decode(&read(&directory.join(format!("shard-{shard:03}.post")))?);
            posts.push(post.map_err(|refusal| invalid(format!("shard {shard}: {refusal}")))?);
        }
        let plan = stated.plan(circuit, text("reserves.json")?);
        let proved = ProvedEpoch::new(plan, posts).map_err(|error| invalid(error.to_string()))?;
        let again =
            StatementFile::new(&stated.exchange_name, &proved).map_err(|refusal| invalid(refusal.to_string()))?;
        if again != stated || stated.epoch != epoch {
            return Err(invalid("the posts do not make what is stated".into()));
        }
        Ok(proved)
    }

    /// The index of an epoch's public files, each held against it.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] names the first file that is not what the index says.
    pub fn check(&self, epoch: u64) -> Result<Index, ArtifactError> {
        let directory = self.public(epoch);
        let path = directory.join("index.json");
        let invalid = |path: PathBuf, what: String| ArtifactError::Invalid { path, what };
        let index: Index =
            serde_json::from_slice(&read(&path)?).map_err(|error| invalid(path.clone(), error.to_string()))?;
        if index.files.is_empty() {
            return Err(invalid(path, "the index names no file".into()));
        }
        for file in &index.files {
            let path = directory.join(&file.name);
            // An index from elsewhere does not get to name what lies elsewhere.
            if Path::new(&file.name).file_name() != Some(OsStr::new(&file.name)) {
                return Err(invalid(
                    directory.join("index.json"),
                    format!("{:?} is not the name of a file in it", file.name),
                ));
            }
            let bytes = read(&path)?;
            let (length, digest) = (bytes.len() as u64, sha256(&[&bytes]));
            if length != file.length || digest != file.sha256 {
                let what = format!(
                    "expected {} bytes with digest {}, found {length} with {}",
                    file.length,
                    hex::encode(file.sha256),
                    hex::encode(digest)
                );
                return Err(invalid(path, what));
            }
        }
        Ok(index)
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| error.to_string())?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{plan, posts};

    /// A folder in which nothing is published, and an epoch.
    fn begun() -> (tempfile::TempDir, Artifacts, ProvedEpoch) {
        let directory = tempfile::tempdir().unwrap();
        let [public, private] = ["public", "private"].map(|name| directory.path().join(name));
        (directory, Artifacts { public, private }, ProvedEpoch::new(plan(), posts(&plan())).unwrap())
    }

    #[test]
    fn published_files_are_indexed_and_the_same_when_written_again() {
        let (_directory, artifacts, epoch) = begun();
        let index = artifacts.publish("Example", &epoch).unwrap();
        assert_eq!(artifacts.publish("Example", &epoch).unwrap(), index);
        assert_eq!(artifacts.check(1).unwrap(), index);
        assert_eq!(index.files.len(), 4 + 2 * 2);
        assert_eq!(std::fs::read_dir(artifacts.public(1)).unwrap().count(), index.files.len() + 1);
        let statement: StatementFile =
            serde_json::from_slice(&std::fs::read(artifacts.public(1).join("statement.json")).unwrap()).unwrap();
        assert_eq!(statement.head, epoch.head_after().unwrap());
        assert_eq!((statement.assets[0].liability, statement.assets[0].solvent), (9, true));
        assert!(statement.setup_notice.contains("INSECURE"));
        let bytes = std::fs::read(artifacts.public(1).join("shard-001.post")).unwrap();
        assert_eq!(ballast_core::post::ShardPost::decode(&bytes).unwrap(), epoch.posts[1]);
    }

    #[test]
    fn an_epoch_comes_back_from_its_public_files_or_not_at_all() {
        let (_directory, artifacts, epoch) = begun();
        artifacts.publish("Example", &epoch).unwrap();
        assert_eq!(artifacts.proved(1).unwrap(), epoch);
        // Another epoch's files, whole by their own index.
        let mut later = plan();
        later.epoch = 2;
        let later = ProvedEpoch::new(later.clone(), posts(&later)).unwrap();
        artifacts.publish("Example", &later).unwrap();
        std::fs::remove_dir_all(artifacts.public(1)).unwrap();
        std::fs::rename(artifacts.public(2), artifacts.public(1)).unwrap();
        assert!(matches!(artifacts.proved(1), Err(ArtifactError::Invalid { .. })));
        // A figure that the posts do not have.
        artifacts.publish("Example", &epoch).unwrap();
        let path = artifacts.public(1).join("statement.json");
        let text = std::fs::read_to_string(&path).unwrap().replace("\"liability\": \"9\"", "\"liability\": \"8\"");
        std::fs::write(&path, &text).unwrap();
        assert!(artifacts.proved(1).unwrap_err().to_string().contains("digest"), "the index tells");
        let index = artifacts.public(1).join("index.json");
        let mut entries: Index = serde_json::from_slice(&std::fs::read(&index).unwrap()).unwrap();
        entries.files[0].sha256 = sha256(&[text.as_bytes()]);
        std::fs::write(&index, serde_json::to_vec(&entries).unwrap()).unwrap();
        let error = artifacts.proved(1).unwrap_err().to_string();
        assert!(error.contains("do not make what is stated"), "{error}");
    }

    #[test]
    fn no_changed_statement_breaks_a_restore() {
        let (_directory, artifacts, epoch) = begun();
        artifacts.publish("Example", &epoch).unwrap();
        let (statement, index) = (artifacts.public(1).join("statement.json"), artifacts.public(1).join("index.json"));
        let whole = std::fs::read(&statement).unwrap();
        let mut entries: Index = serde_json::from_slice(&std::fs::read(&index).unwrap()).unwrap();
        let mut restored = |bytes: &[u8]| {
            std::fs::write(&statement, bytes).unwrap();
            (entries.files[0].length, entries.files[0].sha256) = (bytes.len() as u64, sha256(&[bytes]));
            std::fs::write(&index, serde_json::to_vec(&entries).unwrap()).unwrap();
            artifacts.proved(1)
        };
        // Every length, and every byte in turn, to what JSON makes most of.
        for place in 0..whole.len() {
            // Without its last line feed it is the same.
            assert!(place + 1 == whole.len() || restored(&whole[..place]).is_err(), "{place}");
            let mut bytes = whole.clone();
            bytes[place] = b"\"0-{9"[place % 5];
            let changed = restored(&bytes);
            assert!(
                bytes == whole || changed.as_ref().is_ok_and(|found| *found == epoch) || changed.is_err(),
                "{place}"
            );
        }
        assert_eq!(restored(&whole).unwrap(), epoch);
    }

    #[test]
    fn an_index_names_files_of_its_own_folder_only() {
        let (_directory, artifacts, epoch) = begun();
        let index = artifacts.publish("Example", &epoch).unwrap();
        std::fs::write(artifacts.public(1).join("../outside"), "").unwrap();
        for name in ["../outside", "/etc/hostname", "..", ".", "", "a/../shard-000.post", "./shard-000.post"] {
            let mut other = index.clone();
            other.files[0].name = name.into();
            std::fs::write(artifacts.public(1).join("index.json"), serde_json::to_vec(&other).unwrap()).unwrap();
            let error = artifacts.check(1).unwrap_err().to_string();
            assert!(error.contains("index.json") && error.contains("not the name of a file"), "{name}: {error}");
        }
    }

    #[test]
    fn a_changed_missing_or_unindexed_file_is_found() {
        let (_directory, artifacts, epoch) = begun();
        assert!(matches!(artifacts.check(1), Err(ArtifactError::File { .. })));
        artifacts.publish("Example", &epoch).unwrap();
        let post = artifacts.public(1).join("shard-000.post");
        let mut bytes = std::fs::read(&post).unwrap();
        bytes[100] ^= 1;
        std::fs::write(&post, bytes).unwrap();
        let error = artifacts.check(1).unwrap_err();
        assert!(matches!(&error, ArtifactError::Invalid { path, .. } if path == &post), "{error}");
        std::fs::remove_file(&post).unwrap();
        assert!(matches!(artifacts.check(1), Err(ArtifactError::File { .. })));
        std::fs::write(artifacts.public(1).join("index.json"), r#"{"version":1,"exchange":"0x0101010101010101010101010101010101010101010101010101010101010101","epoch":1,"files":[]}"#).unwrap();
        assert!(artifacts.check(1).is_err());
    }
}
