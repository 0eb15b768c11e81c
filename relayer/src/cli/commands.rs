//! From arguments to jobs.

use std::{fmt, path::PathBuf};

use ballast_core::digest::sha256;
use ballast_ledger::report::Report as SnapshotReport;
use ballast_prover::setup::contribution::Beacon;
use ballast_sdk::{chain::Address, solvency::Known};
use serde::Serialize;

use super::{
    arguments::{
        Arguments, CeremonyFiles, Command, ExchangeCommand, InclusionCommand, ReservesCommand, SecretCommand,
        SetupCommand, SnapshotCommand, chosen,
    },
    ledger,
    output::Output,
    wallets,
};
use crate::{
    artifacts::Artifacts,
    chains::{Action, ChainName, Destination},
    config::{Config, Origin, Section, layered},
    events::Events,
    failure::Failure,
    jobs::{
        audit, bench, govern, include,
        post::{Poster, report},
        prove::{self, Prover},
        read, reserves,
        restore::restore,
        run::Runner,
        setup::{self, Files},
        source,
    },
    keys,
    plan::ProvedEpoch,
    proving::ProvingKeys,
    session::{Access, Chains, Preparing, Reading, Rehearsing, Sending, Session},
    store::Store,
};

/// Settings' file when no other is named.
const DEFAULT_FILE: &str = "ballast.toml";

/// The log's directory when no settings say it.
const DEFAULT_LOG: &str = "ledger";

/// Where proving keys go when no settings say it.
const DEFAULT_KEYS: &str = ".ballast/setup";

/// What proving needs of the settings besides store and chains.
const PROVING: [Section; 4] = [Section::Snapshot, Section::Secret, Section::Circuit, Section::Artifacts];

/// A short answer.
#[derive(Debug, Serialize)]
struct Note {
    message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)
    }
}

/// Where settings come from.
pub struct Settings {
    file: Option<PathBuf>,
    flags: Vec<(String, String)>,
}

impl Settings {
    pub fn read(&self, needed: &[Section]) -> Result<Config, Failure> {
        let figment = layered(self.file.as_deref(), std::env::vars(), self.flags.clone())?;
        Ok(Config::read(figment, needed)?)
    }

    /// The log that was named, or that of the settings, or the default one.
    pub fn log(&self, named: Option<PathBuf>) -> Result<PathBuf, Failure> {
        if let Some(named) = named {
            return Ok(named);
        }
        let mut flags = self.flags.clone();
        // The section may be incomplete: reserves are not looked at.
        flags.push(("snapshot.reserves".into(), String::new()));
        let settings = Self { file: self.file.clone(), flags };
        Ok(match settings.read(&[])?.snapshot.map(|snapshot| snapshot.origin) {
            Some(Origin::Log(log)) => log.directory,
            Some(Origin::File(_)) | None => PathBuf::from(DEFAULT_LOG),
        })
    }

    /// Where proving keys are kept, whether there are settings or not.
    fn keys(&self) -> Result<PathBuf, Failure> {
        let circuit = self.read(&[])?.circuit;
        Ok(circuit.map_or_else(|| PathBuf::from(DEFAULT_KEYS), |circuit| circuit.keys))
    }
}

/// Does what the arguments ask, and tells `events` how far it is.
///
/// # Errors
/// Whatever the job has.
pub async fn run(arguments: Arguments, events: &Events) -> Result<Output, Failure> {
    let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
    let settings = Settings { file: arguments.config.or_else(default), flags: arguments.settings };
    match arguments.command {
        Command::Snapshot(SnapshotCommand::Check { file, assets, borrows, accounts }) => {
            check_snapshot(settings, file, assets, borrows, accounts, events).await
        }
        Command::Secret(SecretCommand::New { file }) => new_secret(&settings, file),
        Command::Prove { discard, accept } => prove_epoch(&settings, discard, accept, events).await,
        Command::Bench { class, argument_only } => {
            Output::new(&bench::run(class.get(), &settings.keys()?, argument_only, events).await?)
        }
        Command::Setup(command) => set_up(&settings, command, events).await,
        Command::Restore { epoch } => restore_epoch(&settings, epoch, events).await,
        Command::Post { dry_run } => post_epoch(&settings, dry_run, events).await,
        Command::Run { once: _, dry_run, accept } => run_once(&settings, dry_run, accept, events).await,
        Command::Ledger { log, command } => ledger::run(&settings, log, command, events).await,
        Command::History { from, to, chains } => {
            let chains = connect_readers(&settings, chains.chain, events).await?;
            Output::new(&read::history(&chains, from, to).await?)
        }
        Command::Show { epoch, chains } => {
            let chains = connect_readers(&settings, chains.chain, events).await?;
            Output::new(&read::show(&chains, epoch).await?)
        }
        Command::Solvency { asset, max_age, witnessed, chains } => {
            let chains = connect_readers(&settings, chains.chain, events).await?;
            let known = if witnessed { Known::Witnessed } else { Known::Reported };
            let answers = read::solvency(&chains, &asset, max_age, known).await?;
            Output::with_exit(&answers, answers.exit())
        }
        Command::Verify { chains } => {
            let chains = connect_readers(&settings, chains.chain, events).await?;
            let verified = read::verify(&chains).await?;
            Output::with_exit(&verified, verified.exit())
        }
        Command::Audit { epoch, log, report, root, chains } => {
            let master = match root {
                true => Some(keys::read_master(&settings.read(&[Section::Secret])?.secret()?.file)?),
                false => None,
            };
            let log = settings.log(log)?;
            let chains = connect_readers(&settings, chains.chain, events).await?;
            Output::new(&audit::run(&chains, epoch, &log, report.as_deref(), master.as_ref()).await?)
        }
        Command::Reserves(ReservesCommand::Verify { epoch, file, chains }) => {
            let bytes = reserves::read(&file)?;
            let chains = connect_readers(&settings, chains.chain, events).await?;
            Output::new(&reserves::verify(&chains, epoch, &bytes).await?)
        }
        Command::Inclusion(command) => inclusion(&settings, command, events).await,
        Command::Wallet { command, dry_run } => wallets::run(&settings, command, dry_run, events).await,
        Command::Witness { dry_run, chains } => wallets::witness(&settings, chains.chain, dry_run, events).await,
        Command::Exchange { command, dry_run, chains } => {
            govern_exchange(&settings, command, dry_run, chains.chain, events).await
        }
    }
}

/// Opens a session of the chains that are asked, or of all, and reads also what else is `needed` of
/// the settings.
pub async fn open<A: Access>(
    access: A,
    settings: &Settings,
    chain: Option<ChainName>,
    needed: &[Section],
    events: &Events,
) -> Result<(Config, Session<A>), Failure> {
    let chains = chosen(chain);
    let config = settings.read(&[&Session::<A>::sections(&chains), needed].concat())?;
    let session = Session::open(access, &config, &chains, events).await?;
    Ok((config, session))
}

/// Opens a session that can only be read.
pub async fn connect_readers(
    settings: &Settings,
    chain: Option<ChainName>,
    events: &Events,
) -> Result<Chains, Failure> {
    Ok(open(Reading, settings, chain, &[], events).await?.1.chains)
}

async fn check_snapshot(
    mut settings: Settings,
    file: PathBuf,
    assets: Option<PathBuf>,
    borrows: Option<String>,
    accounts: Option<usize>,
    events: &Events,
) -> Result<Output, Failure> {
    let mut flag = |key: &str, value: Option<String>| {
        settings.flags.extend(value.map(|value| (format!("snapshot.{key}"), value)));
    };
    let text = |path: PathBuf| {
        path.into_os_string().into_string().map_err(|path| Failure::bad_input(format!("{path:?} is no text")))
    };
    flag("path", Some(text(file)?));
    flag("assets", assets.map(text).transpose()?);
    flag("borrows", borrows);
    flag("accounts", accounts.map(|accounts| accounts.to_string()));
    let config = settings.read(&[])?;
    let origin = match config.snapshot.clone() {
        Some(snapshot) => snapshot.origin,
        None => {
            // Only reserves can be missing, and they are not looked at.
            settings.flags.push(("snapshot.reserves".into(), String::new()));
            settings.read(&[Section::Snapshot])?.snapshot()?.origin.clone()
        }
    };
    let Origin::File(file) = origin else {
        return Err(Failure::bad_input("snapshot.log is set: `ballast ledger replay` says what a log would commit"));
    };
    let snapshot = source::read_file(&file, events).await?;
    Output::new(&SnapshotReport::new(&snapshot, config.classes())?)
}

fn new_secret(settings: &Settings, file: Option<PathBuf>) -> Result<Output, Failure> {
    let file = match file {
        Some(file) => file,
        None => settings.read(&[Section::Secret])?.secret()?.file.clone(),
    };
    keys::create_master(&file)?;
    Output::new(&Note {
        message: format!("wrote a master secret to {}; keep a copy, and keep it secret", file.display()),
    })
}

async fn set_up(settings: &Settings, command: SetupCommand, events: &Events) -> Result<Output, Failure> {
    match command {
        SetupCommand::Development { class, circuit } => {
            Output::new(&setup::development(class.get(), &settings.keys()?, circuit.as_deref(), events).await?)
        }
        SetupCommand::ExportR1cs { class, file } => Output::new(&setup::export_r1cs(class.get(), &file).await?),
        SetupCommand::Begin { class, ptau, out, snarkjs } => {
            Output::new(&setup::begin(class.get(), &ptau, &snarkjs.snarkjs, &out).await?)
        }
        SetupCommand::Contribute { input, output, name, snarkjs } => {
            Output::new(&setup::contribute(&input, &output, &name, &snarkjs.snarkjs).await?)
        }
        SetupCommand::Beacon { input, output, value, exponent, name, snarkjs } => {
            let beacon = Beacon { value: value.0, exponent };
            Output::new(&setup::beacon(&input, &output, &beacon, &name, &snarkjs.snarkjs).await?)
        }
        SetupCommand::Verify { files } => {
            let CeremonyFiles { class, ptau, zkey, snarkjs } = &files;
            let files = Files { ptau, zkey };
            Output::new(&setup::verify(class.get(), &files, &snarkjs.snarkjs, events).await?)
        }
        SetupCommand::Import { files, out, circuit } => {
            let CeremonyFiles { class, ptau, zkey, snarkjs } = &files;
            let files = Files { ptau, zkey };
            let keys = out.map_or_else(|| settings.keys(), Ok)?;
            Output::new(&setup::import(class.get(), &files, &snarkjs.snarkjs, &keys, circuit.as_deref(), events).await?)
        }
    }
}

async fn prove_epoch(settings: &Settings, discard: bool, accept: bool, events: &Events) -> Result<Output, Failure> {
    if discard {
        let (config, session) = open(Sending, settings, None, &PROVING, events).await?;
        let keys = ProvingKeys::new(config.circuit()?, events.clone());
        let epoch = Prover { config: &config, accept, session: &session, keys: &keys }.discard().await?;
        return Output::new(&Note { message: format!("dropped epoch {epoch}, which no chain holds") });
    }
    let (config, session) = open(Preparing, settings, None, &PROVING, events).await?;
    let keys = ProvingKeys::new(config.circuit()?, events.clone());
    let epoch = Prover { config: &config, accept, session: &session, keys: &keys }.prove().await?;
    Output::new(&report(session.store(), &epoch)?)
}

async fn restore_epoch(settings: &Settings, epoch: u64, events: &Events) -> Result<Output, Failure> {
    let (config, session) = open(Preparing, settings, None, &[Section::Artifacts], events).await?;
    let epoch = restore(&session, &Artifacts::new(config.artifacts()?), epoch).await?;
    Output::new(&report(session.store(), &epoch)?)
}

async fn post_epoch(settings: &Settings, dry_run: bool, events: &Events) -> Result<Output, Failure> {
    if dry_run {
        let (_, session) = open(Preparing, settings, None, &[], events).await?;
        let epoch = proved(session.store())?;
        return Output::new(&Poster { session: &session }.preflight(&epoch).await?);
    }
    let (_, session) = open(Sending, settings, None, &[], events).await?;
    let epoch = proved(session.store())?;
    Output::new(&Poster { session: &session }.post(&epoch).await?)
}

/// The epoch that is proved and not posted.
fn proved(store: &Store) -> Result<ProvedEpoch, Failure> {
    let (_, plan, proved) = prove::unfinished(store)?
        .ok_or_else(|| Failure::bad_input("no epoch is proved and not posted: `ballast prove`"))?;
    Ok(ProvedEpoch::new(plan, proved.into_values().collect())?)
}

async fn run_once(settings: &Settings, dry_run: bool, accept: bool, events: &Events) -> Result<Output, Failure> {
    if dry_run {
        let (config, session) = open(Preparing, settings, None, &PROVING, events).await?;
        let keys = ProvingKeys::new(config.circuit()?, events.clone());
        let runner = Runner { config: &config, accept, session: &session, keys: &keys };
        return Output::new(&runner.rehearse().await?);
    }
    let (config, session) = open(Sending, settings, None, &PROVING, events).await?;
    let keys = ProvingKeys::new(config.circuit()?, events.clone());
    Output::new(&Runner { config: &config, accept, session: &session, keys: &keys }.once().await?)
}

async fn inclusion(settings: &Settings, command: InclusionCommand, events: &Events) -> Result<Output, Failure> {
    match command {
        InclusionCommand::Make { epoch, account, out, chains } => {
            let needed = [Section::Secret, Section::Artifacts];
            let (config, session) = open(Reading, settings, chains.chain, &needed, events).await?;
            let artifacts = Artifacts::new(config.artifacts()?);
            let master = keys::read_master(&config.secret()?.file)?;
            let out = out.unwrap_or_else(|| {
                // The account's own name may be no file's name.
                let digest = hex::encode(&sha256(&[account.as_bytes()])[..8]);
                artifacts.private(epoch).join(format!("inclusion-{epoch}-{digest}.json"))
            });
            Output::new(&include::make(&session.chains, &artifacts, &master, (epoch, &account), &out).await?)
        }
        InclusionCommand::Verify { file, account, chains } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Failure::bad_input(format!("{}: {error}", file.display())))?;
            let chains = connect_readers(settings, chains.chain, events).await?;
            Output::new(&include::verify(&chains, &text, &account).await?)
        }
    }
}

async fn govern_exchange(
    settings: &Settings,
    command: ExchangeCommand,
    dry_run: bool,
    chain: Option<ChainName>,
    events: &Events,
) -> Result<Output, Failure> {
    let chosen = chosen(chain);
    match &command {
        ExchangeCommand::SetPosters { posters } => govern::check_named(posters, &chosen, usize::MAX)?,
        ExchangeCommand::ProposeAuthority { proposed, .. } => govern::check_named(proposed, &chosen, 1)?,
        _ => {}
    }
    let needed: &[Section] = if matches!(command, ExchangeCommand::SetAssets) { &[Section::Snapshot] } else { &[] };
    if dry_run {
        let (config, session) = open(Rehearsing, settings, chain, needed, events).await?;
        let action = actions(&config, &session.chains, command, events).await?;
        return Output::new(&govern::rehearse(&session, action).await?);
    }
    let (config, session) = open(Sending, settings, chain, needed, events).await?;
    let action = actions(&config, &session.chains, command, events).await?;
    Output::new(&govern::govern(&session, action).await?)
}

/// What the command is on each chain.
async fn actions(
    config: &Config,
    chains: &Chains<dyn Destination>,
    command: ExchangeCommand,
    events: &Events,
) -> Result<impl Fn(ChainName) -> Option<Action>, Failure> {
    let (posters, authorities) = own_addresses(chains, &command)?;
    let exchange = config.exchange()?.clone();
    let assets = match command {
        ExchangeCommand::SetAssets => Some(source::assets(config.snapshot()?, events).await?),
        _ => None,
    };
    Ok(move |chain: ChainName| -> Option<Action> {
        let own = |addresses: &[Address]| govern::of_chain(addresses, chain);
        match &command {
            ExchangeCommand::Register => Some(Action::Register {
                name: exchange.name.clone(),
                cadence: exchange.cadence,
                counterpart: match chain {
                    ChainName::Solana => Address::Evm(exchange.evm_authority),
                    ChainName::Evm => Address::Solana(exchange.solana_authority),
                },
            }),
            ExchangeCommand::SetAssets => assets.clone().map(Action::SetAssets),
            ExchangeCommand::SetPosters { posters: named } if named.is_empty() => {
                Some(Action::SetPosters(own(&posters)))
            }
            ExchangeCommand::SetPosters { posters: named } => {
                Some(own(named)).filter(|own| !own.is_empty()).map(Action::SetPosters)
            }
            ExchangeCommand::Pause => Some(Action::SetPaused(true)),
            ExchangeCommand::Unpause => Some(Action::SetPaused(false)),
            ExchangeCommand::ProposeAuthority { withdraw: true, .. } => Some(Action::ProposeAuthority(None)),
            ExchangeCommand::ProposeAuthority { proposed, .. } => {
                own(proposed).first().map(|proposed| Action::ProposeAuthority(Some(*proposed)))
            }
            ExchangeCommand::AcceptAuthority => {
                own(&authorities).first().map(|proposed| Action::AcceptAuthority { proposed: *proposed })
            }
        }
    })
}

/// Posters and authorities of the settings, as far as the command is about them.
fn own_addresses(
    chains: &Chains<dyn Destination>,
    command: &ExchangeCommand,
) -> Result<(Vec<Address>, Vec<Address>), Failure> {
    let (mut posters, mut authorities) = (Vec::new(), Vec::new());
    for chain in chains.iter() {
        match command {
            ExchangeCommand::SetPosters { posters: named } if named.is_empty() => posters.push(chain.poster()?),
            ExchangeCommand::AcceptAuthority => authorities.push(chain.authority()?),
            _ => {}
        }
    }
    Ok((posters, authorities))
}
