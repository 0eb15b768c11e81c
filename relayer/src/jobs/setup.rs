//! Proving keys: the INSECURE development setup, and what a ceremony needs of this project.
//!
//! A ceremony is snarkjs's to run. From here come the constraints that it is run for ([`begin`],
//! [`export_r1cs`]), the calls of its steps ([`contribute`], [`beacon`]), and the verification of
//! what comes out of it ([`verify`], [`import`]): by snarkjs that each contribution follows from
//! the one before, by `ballast_prover` that the key is made from exactly these constraints and
//! powers.

use std::path::Path;

use ballast_core::{Digest, circuit::Class, circuit_file::CircuitFile, hexadecimal};
use ballast_durable::Access;
use ballast_prover::{
    ProvingKey,
    constraints::Constraints,
    key_file,
    kzg::srs_length,
    phases::Stop,
    setup::{
        ceremony::{self, CeremonyKey},
        contribution::{Beacon, Contribution},
        ptau::{Powers, Ptau},
        r1cs::R1cs,
        sections::FileError,
        snarkjs::{Snarkjs, SnarkjsError, StepFailure},
    },
};
use serde::Serialize;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    blocking::{compute, write},
    events::{Events, Stage},
    failure::{Classified, Failure, FailureKind, bad_input},
    proving::{self, circuit_file},
};

bad_input!(FileError);

impl Classified for SnarkjsError {
    fn failure_kind(&self) -> FailureKind {
        match self.reason {
            StepFailure::Io(_) | StepFailure::OutputMissing { .. } | StepFailure::Stopped(_) => FailureKind::Other,
            StepFailure::NotInstalled
            | StepFailure::Version { .. }
            | StepFailure::OutputExists { .. }
            | StepFailure::Beacon { .. } => FailureKind::BadInput,
            StepFailure::Failed { .. } | StepFailure::NotVerified { .. } => FailureKind::Refused,
        }
    }
}

/// The files of a ceremony: powers of tau, and the last key of its second phase.
pub struct Files<'a> {
    pub ptau: &'a Path,
    pub zkey: &'a Path,
}

/// A circuit and its setup.
#[derive(Clone, Debug, Serialize)]
pub struct SetupReport {
    pub depth: u8,
    #[serde(with = "hexadecimal")]
    pub circuit: Digest,
    /// What a proof of this setup is worth.
    pub setup: &'static str,
    /// Of a ceremony: SHA-256 of the `.zkey`, to be compared with the published one.
    #[serde(with = "hexadecimal")]
    pub transcript: Digest,
    /// Who took part in the first phase, in order.
    pub powers_of_tau: Vec<Participant>,
    /// Who took part in the second phase, in order.
    pub contributions: Vec<Participant>,
    /// What was written.
    pub files: Vec<String>,
}

/// One contribution, by what it says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct Participant {
    pub name: Option<String>,
    /// The value of a beacon, hexadecimal.
    pub beacon: Option<String>,
}

/// A step that wrote a file.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    pub file: String,
    pub what: String,
}

/// Makes the INSECURE development key of a class, and its circuit file for who registers it.
///
/// # Errors
/// When a file cannot be written.
pub async fn development(
    class: Class,
    keys: &Path,
    circuit: Option<&Path>,
    events: &Events,
) -> Result<SetupReport, Failure> {
    check(class)?;
    let key = proving::development(keys, class, events).await?;
    let mut report = SetupReport::new(&circuit_file(&key));
    report.files.push(keys.join(key_file::name(class, key.setup())).display().to_string());
    let circuit = circuit.map(Path::to_owned);
    write(move |_| report.publish(&key, circuit.as_deref()).map(|()| report)).await?
}

/// Writes the constraints of a class in circom's format, which has no names of anything.
///
/// # Errors
/// When the file cannot be written.
pub async fn export_r1cs(class: Class, file: &Path) -> Result<Written, Failure> {
    let constraints = compute(move |_| constraints(class)).await??;
    let file = file.to_owned();
    let written = write(move |_| {
        ceremony::export_r1cs(&r1cs(&constraints)?, &file)?;
        let what = format!("{} constraints of depth {}", constraints.rows(), class.depth);
        Ok(Written { file: file.display().to_string(), what })
    });
    written.await?
}

/// Begins the second phase: a key without contributions, from a class's constraints and powers of
/// tau.
///
/// # Errors
/// Powers of tau that cannot be read, are too few or are not prepared, with the power that is
/// needed; snarkjs's.
pub async fn begin(class: Class, ptau: &Path, snarkjs: &Path, out: &Path) -> Result<Written, Failure> {
    let [ptau, snarkjs, out] = [ptau, snarkjs, out].map(Path::to_owned);
    let written = write(move |token| {
        check(class)?;
        // What is quick to refuse comes first, and in words that snarkjs does not have.
        Ptau::open(&ptau)?.expect_prepared(ceremony::power_needed(class).map_err(Failure::bad_input)?)?;
        let snarkjs = program(&snarkjs, token)?;
        let constraints = constraints(class)?;
        let folder = Exported::new(&r1cs(&constraints)?)?;
        snarkjs.new_key(&folder.r1cs(), &ptau, &out)?;
        Ok(Written { file: out.display().to_string(), what: "a key without contributions: contribute to it".into() })
    });
    written.await?
}

/// Contributes to a key, with this machine's randomness.
///
/// # Errors
/// snarkjs's.
pub async fn contribute(input: &Path, output: &Path, name: &str, snarkjs: &Path) -> Result<Written, Failure> {
    let ([input, output, snarkjs], name) = ([input, output, snarkjs].map(Path::to_owned), name.to_owned());
    let written = write(move |token| {
        ceremony::expect_zkey(&input)?;
        program(&snarkjs, token)?.contribute_key(&input, &output, &name)?;
        Ok(Written { file: output.display().to_string(), what: format!("a contribution of {name:?}") })
    });
    written.await?
}

/// Ends a ceremony with randomness that nobody could choose.
///
/// # Errors
/// snarkjs's.
pub async fn beacon(
    input: &Path,
    output: &Path,
    beacon: &Beacon,
    name: &str,
    snarkjs: &Path,
) -> Result<Written, Failure> {
    let ([input, output, snarkjs], name) = ([input, output, snarkjs].map(Path::to_owned), name.to_owned());
    let beacon = beacon.clone();
    let written = write(move |token| {
        ceremony::expect_zkey(&input)?;
        program(&snarkjs, token)?.beacon_key(&input, &output, &beacon, &name)?;
        Ok(Written { file: output.display().to_string(), what: format!("the beacon {name:?}") })
    });
    written.await?
}

/// Verifies a ceremony's files from beginning to end, and says what circuit they make.
///
/// # Errors
/// The first thing that does not fit.
pub async fn verify(class: Class, files: &Files<'_>, snarkjs: &Path, events: &Events) -> Result<SetupReport, Failure> {
    verified(class, files, snarkjs, events).await.map(|(report, _)| report)
}

/// [`verify`], and writes the proving key into `keys` and the circuit file for who registers it.
///
/// # Errors
/// The first thing that does not fit; nothing is written then.
pub async fn import(
    class: Class,
    files: &Files<'_>,
    snarkjs: &Path,
    keys: &Path,
    circuit: Option<&Path>,
    events: &Events,
) -> Result<SetupReport, Failure> {
    let (mut report, key) = verified(class, files, snarkjs, events).await?;
    let path = keys.join(key_file::name(class, key.setup()));
    let circuit = circuit.map(Path::to_owned);
    let written = write(move |_| {
        key_file::store(&path, &key).map_err(|error| file_error(&path, &error))?;
        report.files.push(path.display().to_string());
        report.publish(&key, circuit.as_deref())?;
        Ok(report)
    });
    written.await?
}

async fn verified(
    class: Class,
    files: &Files<'_>,
    snarkjs: &Path,
    events: &Events,
) -> Result<(SetupReport, ProvingKey), Failure> {
    let [ptau, zkey, snarkjs] = [files.ptau, files.zkey, snarkjs].map(Path::to_owned);
    let events = events.clone();
    compute(move |token| verify_files(class, &Files { ptau: &ptau, zkey: &zkey }, &program(&snarkjs, token)?, &events))
        .await?
}

fn verify_files(
    class: Class,
    files: &Files<'_>,
    snarkjs: &Snarkjs,
    events: &Events,
) -> Result<(SetupReport, ProvingKey), Failure> {
    let running = events.begin(Stage::LayDownConstraints { depth: class.depth }, None);
    let constraints = constraints(class)?;
    let r1cs = r1cs(&constraints)?;
    drop(running);
    // What is quick to refuse comes first.
    let running = events.begin(Stage::CheckCeremonyKey, None);
    let mut ptau = Ptau::open(files.ptau)?;
    let key: CeremonyKey = ceremony::import_zkey(files.zkey, &r1cs, &mut ptau)?;
    let powers: Powers = ptau.powers(srs_length(class.depth))?;
    drop(running);
    let running = events.begin(Stage::VerifyPowers, None);
    snarkjs.verify_powers(files.ptau)?;
    drop(running);
    let running = events.begin(Stage::VerifyContributions, None);
    let folder = Exported::new(&r1cs)?;
    snarkjs.verify_key(&folder.r1cs(), files.ptau, files.zkey)?;
    drop(running);
    let participants = |contributions: &[Contribution]| contributions.iter().map(Participant::new).collect();
    let (first, second) = (participants(ptau.contributions()), participants(&key.contributions));
    let key = ceremony::proving_key(class, key, powers).map_err(Failure::refused)?;
    let mut report = SetupReport::new(&circuit_file(&key));
    (report.powers_of_tau, report.contributions) = (first, second);
    Ok((report, key))
}

/// snarkjs, whose steps are given up with `token`.
fn program(path: &Path, token: &CancellationToken) -> Result<Snarkjs, Failure> {
    let token = token.clone();
    let snarkjs = Snarkjs::new(path).map_err(|error| match error.reason {
        StepFailure::NotInstalled => Failure::bad_input(format!("{error}; --snarkjs PATH names it")),
        _ => error.into(),
    })?;
    Ok(snarkjs.until(Stop::when(move || token.is_cancelled())))
}

fn check(class: Class) -> Result<(), Failure> {
    class.check().map_err(Failure::bad_input)
}

fn constraints(class: Class) -> Result<Constraints, Failure> {
    check(class)?;
    Constraints::of_class(class).map_err(Failure::other)
}

fn r1cs(constraints: &Constraints) -> Result<R1cs<'_>, Failure> {
    R1cs::of(constraints)
        .ok_or_else(|| Failure::other(anyhow::anyhow!("the circuit is too large for a file of circom's")))
}

fn file_error(path: &Path, error: &std::io::Error) -> Failure {
    Failure::other(anyhow::anyhow!("{}: {error}", path.display()))
}

/// A class's constraints in a file of their own, gone with this value.
struct Exported(TempDir);

impl Exported {
    fn new(r1cs: &R1cs<'_>) -> Result<Self, Failure> {
        let exported = Self(TempDir::new().map_err(Failure::other)?);
        ceremony::export_r1cs(r1cs, &exported.r1cs())?;
        Ok(exported)
    }

    fn r1cs(&self) -> std::path::PathBuf {
        self.0.path().join("circuit.r1cs")
    }
}

impl Participant {
    fn new(contribution: &Contribution) -> Self {
        let beacon = contribution.beacon.as_ref().map(|beacon| hex::encode(&beacon.value));
        Self { name: contribution.name.clone(), beacon }
    }
}

impl SetupReport {
    fn new(circuit: &CircuitFile) -> Self {
        Self {
            depth: circuit.class.depth,
            circuit: circuit.id,
            setup: circuit.setup.label(),
            transcript: circuit.transcript,
            powers_of_tau: vec![],
            contributions: vec![],
            files: vec![],
        }
    }

    /// Writes the circuit's file, which `migrate circuit` takes.
    fn publish(&mut self, key: &ProvingKey, path: Option<&Path>) -> Result<(), Failure> {
        let Some(path) = path else { return Ok(()) };
        let text = serde_json::to_string_pretty(&circuit_file(key)).map_err(Failure::other)? + "\n";
        ballast_durable::write(path, Access::Everyone, text.as_bytes()).map_err(|error| file_error(path, &error))?;
        self.files.push(path.display().to_string());
        Ok(())
    }
}
