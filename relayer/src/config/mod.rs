//! What the relayer is told: one documented structure, read from a TOML file, then the environment,
//! then flags.
//!
//! `cli/ballast.example.toml` shows every setting. A command needs some sections only; settings
//! missing in the others are no problem, but a setting that does not exist, or does not parse, is
//! one wherever it stands.

mod chains;
mod reader;
mod sources;

use std::path::PathBuf;

use alloy::primitives::Address;
use ballast_core::circuit::{Class, SetupKind};
use ballast_ledger::snapshot::Borrows;
use figment::Figment;
use solana_sdk::pubkey::Pubkey;

use crate::{
    chain_name::ChainName,
    failure::{Failure, Problems},
};
pub use chains::{Evm, Solana};
use reader::SettingsReader;
pub use sources::{PREFIX, environment, layered};

/// Part of the settings, by the name of its TOML table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Exchange,
    Snapshot,
    Secret,
    Circuit,
    Solana,
    Evm,
    Store,
    Artifacts,
}

impl Section {
    pub const ALL: [Self; 8] = [
        Self::Exchange,
        Self::Snapshot,
        Self::Secret,
        Self::Circuit,
        Self::Solana,
        Self::Evm,
        Self::Store,
        Self::Artifacts,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Snapshot => "snapshot",
            Self::Secret => "secret",
            Self::Circuit => "circuit",
            Self::Solana => "solana",
            Self::Evm => "evm",
            Self::Store => "store",
            Self::Artifacts => "artifacts",
        }
    }
}

/// Every setting. A section is there when all that it requires is set.
#[derive(Clone, Debug)]
pub struct Config {
    pub exchange: Option<Exchange>,
    pub snapshot: Option<Snapshot>,
    /// Never missing: all of it has defaults.
    pub reserves: Reserves,
    pub secret: Option<Secret>,
    pub circuit: Option<Circuit>,
    pub solana: Option<Solana>,
    pub evm: Option<Evm>,
    pub store: Option<Store>,
    pub artifacts: Option<Artifacts>,
    /// Never missing: none of it is required.
    pub verify: Verify,
}

/// `[exchange]`: who posts. Name and first authorities make the exchange's id and never change,
/// whoever has authority today.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `name`: 1 to 32 bytes of printable ASCII.
    pub name: String,
    /// `solana_authority`: address of the first authority on Solana.
    pub solana_authority: Pubkey,
    /// `evm_authority`: address of the first authority on the EVM chain.
    pub evm_authority: Address,
    /// `cadence_seconds`: how often an epoch is promised, for registration; a day by default.
    pub cadence: u64,
}

/// `[snapshot]`: what is proved.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub origin: Origin,
    /// `reserves`: the TOML file that says what the exchange holds.
    pub reserves: PathBuf,
}

/// Where balances come from: the exchange's ledger, or a file of its own making.
#[derive(Clone, Debug)]
pub enum Origin {
    File(SnapshotFile),
    Log(LedgerLog),
}

/// A snapshot file and how it is read.
#[derive(Clone, Debug)]
pub struct SnapshotFile {
    /// `path`: `.csv` or `.json`.
    pub path: PathBuf,
    /// `assets`: for CSV, the TOML file that declares assets, time and ledger position.
    pub assets: Option<PathBuf>,
    /// `as_of`: Unix seconds, for a CSV whose declaration does not say it.
    pub as_of: Option<u64>,
    /// `borrows`: `refuse` (default) or `gross`, for negative balances.
    pub borrows: Borrows,
    /// `accounts`: only the first so many accounts, for tests and demonstrations; all of them by
    /// default.
    pub accounts: Option<usize>,
}

/// The exchange's signed log, which is replayed.
#[derive(Clone, Debug)]
pub struct LedgerLog {
    /// `log`: directory of its segments.
    pub directory: PathBuf,
    /// `checkpoint`: PRIVATE file in which the state of the last replay is kept; without it every
    /// run replays from the start.
    pub checkpoint: Option<PathBuf>,
}

/// `[reserves]`: where reserves are read beside the file that states them, and what is surprising
/// about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// `read`: chains whose registered wallets are read, `["solana", "evm"]`; none by default.
    pub read: Vec<ChainName>,
    /// `surprise_basis_points`: how far an asset's surplus may move between two epochs without
    /// being confirmed, in hundredths of a percent of what is owed; 100 by default.
    pub surprise_basis_points: u16,
}

/// `[secret]`: what salts are derived from.
#[derive(Clone, Debug)]
pub struct Secret {
    /// `file`: written by `ballast secret new`; not readable by others.
    pub file: PathBuf,
}

/// `[circuit]`: what proves.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// `setup`: `ceremony`, or `development`, which is INSECURE: whoever reads the source can forge
    /// proofs.
    pub setup: SetupKind,
    /// `depths`: of the classes to choose from, 7 to 10; 7 by default. The smallest that holds a
    /// snapshot in one shard proves it, else it is split into shards of the largest.
    pub classes: Vec<Class>,
    /// `keys`: directory in which proving keys are kept. Development keys are made when they are
    /// missing.
    pub keys: PathBuf,
}

/// `[store]`: the relayer's own memory.
#[derive(Clone, Debug)]
pub struct Store {
    /// `path`: the SQLite file. One relayer at a time.
    pub path: PathBuf,
}

/// `[artifacts]`: where files go.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// `public`: directory of what is published, one directory an epoch.
    pub public: PathBuf,
    /// `private`: directory of customers' balances and salts. Never publish it.
    pub private: PathBuf,
}

/// `[verify]`: what a reader remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// `heads`: the file that keeps how far histories were verified, from where `ballast verify`
    /// goes on; without it every epoch is read each time.
    pub heads: Option<PathBuf>,
}

impl Config {
    /// Reads every setting; those of `needed` sections must be there.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(figment: Figment, needed: &[Section]) -> Result<Self, Problems> {
        let mut reader = SettingsReader::new(figment, needed.iter().map(|section| section.name()));
        let config = Self::read_from(&mut reader);
        reader.finish()?;
        Ok(config)
    }

    fn read_from(reader: &mut SettingsReader) -> Self {
        Self {
            exchange: Exchange::read(reader),
            snapshot: Snapshot::read(reader),
            reserves: Reserves::read(reader),
            secret: reader.required_path("secret.file").map(|file| Secret { file }),
            circuit: Circuit::read(reader),
            solana: Solana::read(reader),
            evm: Evm::read(reader),
            store: reader.required_path("store.path").map(|path| Store { path }),
            artifacts: Artifacts::read(reader),
            verify: Verify { heads: reader.path("verify.heads") },
        }
    }

    /// The classes to choose from, those of default settings when there is no complete section.
    pub fn classes(&self) -> &[Class] {
        self.circuit.as_ref().map_or(&[Class::SMALLEST], |circuit| &circuit.classes)
    }
}

macro_rules! sections {
    ($($field:ident: $type:ident),+) => {
        impl Config {$(
            #[doc = concat!("`[", stringify!($field), "]`; bad input when the settings do not have all that it requires.")]
            pub fn $field(&self) -> Result<&$type, Failure> {
                self.$field.as_ref().ok_or_else(|| absent(Section::$type))
            }
        )+}
    };
}

sections!(
    exchange: Exchange,
    snapshot: Snapshot,
    secret: Secret,
    circuit: Circuit,
    solana: Solana,
    evm: Evm,
    store: Store,
    artifacts: Artifacts
);

fn absent(section: Section) -> Failure {
    Failure::bad_input(format!("the settings have no complete section [{}]", section.name()))
}

impl Exchange {
    fn read(reader: &mut SettingsReader) -> Option<Self> {
        let name: Option<String> = reader.required("exchange.name");
        if let Some(Err(refusal)) = name.as_deref().map(ballast_core::exchange::check_name) {
            reader.refuse("exchange.name", refusal);
        }
        let solana_authority = reader.required_parsed("exchange.solana_authority", "a Solana address");
        let evm_authority = reader.required_parsed("exchange.evm_authority", "an EVM address");
        let cadence = reader.bounded("exchange.cadence_seconds", 1..=u64::MAX, 86_400);
        Some(Self { name: name?, solana_authority: solana_authority?, evm_authority: evm_authority?, cadence })
    }
}

impl Snapshot {
    fn read(reader: &mut SettingsReader) -> Option<Self> {
        let log = reader.path("snapshot.log");
        let checkpoint = reader.path("snapshot.checkpoint");
        let path = if log.is_some() { reader.path("snapshot.path") } else { reader.required_path("snapshot.path") };
        let assets = reader.path("snapshot.assets");
        let as_of = reader.optional("snapshot.as_of");
        let borrows: Option<Borrows> = reader.optional("snapshot.borrows");
        let accounts: Option<usize> = reader.optional("snapshot.accounts");
        if accounts == Some(0) {
            reader.refuse("snapshot.accounts", "expected at least 1 account");
        }
        let reserves = reader.required_path("snapshot.reserves");
        let of_file = path.is_some() || assets.is_some() || as_of.is_some() || accounts.is_some() || borrows.is_some();
        if checkpoint.is_some() && log.is_none() {
            reader.refuse("snapshot.checkpoint", "expected it beside snapshot.log, found no log");
        }
        let origin = match (log, path) {
            (Some(_), _) if of_file => {
                reader.refuse("snapshot.log", "expected a log or a snapshot file, found settings of both");
                None
            }
            (Some(directory), _) => Some(Origin::Log(LedgerLog { directory, checkpoint })),
            (None, path) => {
                let borrows = borrows.unwrap_or(Borrows::Refuse);
                path.map(|path| Origin::File(SnapshotFile { path, assets, as_of, borrows, accounts }))
            }
        };
        Some(Self { origin: origin?, reserves: reserves? })
    }
}

impl Reserves {
    fn read(reader: &mut SettingsReader) -> Self {
        let names = reader.names("reserves.read").unwrap_or_default();
        let read: Option<Vec<ChainName>> = names.iter().map(|name| ChainName::parse(name)).collect();
        let twice = (1..names.len()).any(|index| names[..index].contains(&names[index]));
        if read.is_none() || twice {
            reader.refuse("reserves.read", format!("expected solana, evm or both, found {names:?}"));
        }
        let basis_points = reader.bounded("reserves.surprise_basis_points", 0..=10_000, 100);
        Self { read: read.unwrap_or_default(), surprise_basis_points: basis_points as u16 }
    }
}

impl Circuit {
    fn read(reader: &mut SettingsReader) -> Option<Self> {
        let setup = reader.required("circuit.setup");
        let classes = classes(reader);
        let keys = reader.required_path("circuit.keys");
        Some(Self { setup: setup?, classes, keys: keys? })
    }
}

fn classes(reader: &mut SettingsReader) -> Vec<Class> {
    let depths = reader.numbers("circuit.depths").unwrap_or_else(|| vec![Class::SMALLEST.depth.into()]);
    let known = |depth: &u64| u8::try_from(*depth).ok().map(Class::new).filter(|class| class.check().is_ok());
    let classes: Option<Vec<Class>> = depths.iter().map(known).collect();
    classes.filter(|classes| !classes.is_empty()).unwrap_or_else(|| {
        let (least, most) = (Class::SMALLEST.depth, Class::LARGEST.depth);
        reader.refuse("circuit.depths", format!("expected depths of {least} to {most}, found {depths:?}"));
        vec![Class::SMALLEST]
    })
}

impl Artifacts {
    fn read(reader: &mut SettingsReader) -> Option<Self> {
        let public = reader.required_path("artifacts.public");
        let private = reader.required_path("artifacts.private");
        if let (Some(public), Some(private)) = (&public, &private)
            && (private.starts_with(public) || public.starts_with(private))
        {
            reader.refuse("artifacts.private", "one directory is inside the other: balances would be published");
        }
        Some(Self { public: public?, private: private? })
    }
}

#[cfg(test)]
mod tests;
