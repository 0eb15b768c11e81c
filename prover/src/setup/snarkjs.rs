//! Runs snarkjs, which is another program, for the steps of a ceremony that it makes or verifies.
//!
//! A step is a success only if the program says so and its output is there: snarkjs exits with 0
//! after some of its own failures, so the log is read for errors too. No step overwrites a file, or
//! leaves one behind that it did not finish. Contributors' entropy goes to standard input, where no
//! list of processes shows it, and snarkjs mixes the operating system's into it.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf, absolute},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use anstream::adapter::strip_str;
use rand::{RngCore, rngs::OsRng};
use tempfile::{TempDir, TempPath};

use super::contribution::Beacon;
use crate::phases::{Stop, Stopped};

/// The versions whose files and messages this module knows.
const VERSION: &str = "snarkjs@0.7.";

/// The line that snarkjs ends a verification with.
const POWERS_ARE_SOUND: &str = "Powers of Tau Ok!";
const ZKEY_IS_SOUND: &str = "ZKey Ok!";
const PROOF_IS_SOUND: &str = "OK!";

/// Rounds of a beacon, as an exponent of two.
const EXPONENTS: std::ops::RangeInclusive<u8> = 10..=63;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
#[error("{program}, {step}: {reason}", program = program.display())]
pub struct SnarkjsError {
    pub program: PathBuf,
    pub step: &'static str,
    pub reason: StepFailure,
}

/// What went wrong in a step.
#[derive(Debug, thiserror::Error)]
pub enum StepFailure {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error(
        "expected snarkjs 0.7, found no program there: `npm ci` in a clone of Ballast installs it as \
         node_modules/.bin/snarkjs, and `npm install snarkjs@0.7` in any other folder"
    )]
    NotInstalled,
    #[error("expected version 0.7, found {found:?}")]
    Version { found: String },
    #[error("expected no file at {path} yet, found one: name another", path = path.display())]
    OutputExists { path: PathBuf },
    #[error("expected that it writes {path}, found no such file: {log}", path = path.display())]
    OutputMissing { path: PathBuf, log: String },
    #[error(
        "expected a beacon of 1 to 255 bytes and an exponent of 10 to 63, found {bytes} bytes and an exponent of {exponent}"
    )]
    Beacon { bytes: usize, exponent: u8 },
    #[error("{status}: {log}")]
    Failed { status: ExitStatus, log: String },
    #[error("expected that it says {expected:?}, found: {log}")]
    NotVerified { expected: &'static str, log: String },
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// How often a step is asked whether it has ended or is to be given up.
const POLL: Duration = Duration::from_millis(20);

/// An installed snarkjs 0.7.
#[derive(Clone, Debug)]
pub struct Snarkjs {
    program: PathBuf,
    stop: Stop,
}

impl Snarkjs {
    /// Takes the program at `program`, which the caller trusts, if it is of version 0.7.
    ///
    /// # Errors
    /// [`SnarkjsError`].
    pub fn new(program: &Path) -> Result<Self, SnarkjsError> {
        let step = "version";
        let fail = |reason: StepFailure| SnarkjsError { program: program.to_owned(), step, reason };
        let program = absolute(program).map_err(|error| fail(error.into()))?;
        let snarkjs = Self { program, stop: Stop::default() };
        let (_, log) = snarkjs.execute(["--version"], None).map_err(fail)?;
        if log.lines().any(|line| line.starts_with(VERSION)) {
            return Ok(snarkjs);
        }
        Err(fail(StepFailure::Version { found: log.lines().next().unwrap_or_default().to_owned() }))
    }

    /// The same program, whose steps are given up once `stop` says so: the process is killed, and
    /// what it was writing is removed.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Phase 1: 2^`power` powers of a tau of 1, to contribute to.
    ///
    /// # Errors
    /// [`SnarkjsError`], as of all steps.
    pub fn new_powers(&self, power: u32, output: &Path) -> Result<(), SnarkjsError> {
        let step = Step::new("powersoftau new").word("bn128").word(power.to_string());
        self.write(step, output)
    }

    /// Phase 1: a contribution under a name.
    pub fn contribute_powers(&self, input: &Path, output: &Path, name: &str) -> Result<(), SnarkjsError> {
        self.write(Step::new("powersoftau contribute").file(input).contribution(name), output)
    }

    /// Phase 1: the beacon that ends it.
    pub fn beacon_powers(&self, input: &Path, output: &Path, beacon: &Beacon, name: &str) -> Result<(), SnarkjsError> {
        self.write(Step::new("powersoftau beacon").file(input).beacon(beacon, name), output)
    }

    /// Phase 1: what snarkjs needs computed once before phase 2.
    pub fn prepare_powers(&self, input: &Path, output: &Path) -> Result<(), SnarkjsError> {
        self.write(Step::new("powersoftau prepare phase2").file(input), output)
    }

    /// Phase 1: whether each contribution follows from the one before.
    pub fn verify_powers(&self, powers: &Path) -> Result<(), SnarkjsError> {
        self.verify(Step::new("powersoftau verify").file(powers), POWERS_ARE_SOUND)
    }

    /// Phase 2: a key with a delta of 1, to contribute to.
    pub fn new_key(&self, r1cs: &Path, powers: &Path, output: &Path) -> Result<(), SnarkjsError> {
        self.write(Step::new("groth16 setup").file(r1cs).file(powers), output)
    }

    /// Phase 2: a contribution under a name.
    pub fn contribute_key(&self, input: &Path, output: &Path, name: &str) -> Result<(), SnarkjsError> {
        self.write(Step::new("zkey contribute").file(input).contribution(name), output)
    }

    /// Phase 2: the beacon that ends it.
    pub fn beacon_key(&self, input: &Path, output: &Path, beacon: &Beacon, name: &str) -> Result<(), SnarkjsError> {
        self.write(Step::new("zkey beacon").file(input).beacon(beacon, name), output)
    }

    /// Phase 2: whether each contribution follows from the one before, and the first from
    /// constraints and phase 1.
    pub fn verify_key(&self, r1cs: &Path, powers: &Path, key: &Path) -> Result<(), SnarkjsError> {
        self.verify(Step::new("zkey verify").file(r1cs).file(powers).file(key), ZKEY_IS_SOUND)
    }

    /// The verifying key as snarkjs has it, in JSON.
    pub fn export_verifying_key(&self, key: &Path, output: &Path) -> Result<(), SnarkjsError> {
        self.write(Step::new("zkey export verificationkey").file(key), output)
    }

    /// Whether snarkjs accepts a proof; all three files are JSON.
    pub fn verify_proof(&self, key: &Path, inputs: &Path, proof: &Path) -> Result<(), SnarkjsError> {
        self.verify(Step::new("groth16 verify").file(key).file(inputs).file(proof), PROOF_IS_SOUND)
    }

    fn write(&self, step: Step, output: &Path) -> Result<(), SnarkjsError> {
        let fail = |reason| self.error(&step, reason);
        if output.try_exists().map_err(|error| fail(error.into()))? {
            return Err(fail(StepFailure::OutputExists { path: output.to_owned() }));
        }
        // snarkjs begins to write before it knows that it will not fail: what it leaves then goes
        // with the folder.
        let folder = temporary_folder(output).map_err(|error| fail(error.into()))?;
        let unfinished = folder.path().join("unfinished");
        let log = self.run(&step, Some(&unfinished))?;
        if !unfinished.is_file() {
            return Err(fail(StepFailure::OutputMissing { path: output.to_owned(), log }));
        }
        keep(unfinished, output).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => fail(StepFailure::OutputExists { path: output.to_owned() }),
            _ => fail(error.into()),
        })
    }

    fn verify(&self, step: Step, expected: &'static str) -> Result<(), SnarkjsError> {
        let log = self.run(&step, None)?;
        if log.lines().any(|line| line.ends_with(expected)) {
            return Ok(());
        }
        Err(self.error(&step, StepFailure::NotVerified { expected, log }))
    }

    fn run(&self, step: &Step, output: Option<&Path>) -> Result<String, SnarkjsError> {
        let fail = |reason| self.error(step, reason);
        if let Some((bytes, exponent)) = step.beacon
            && !((1..256).contains(&bytes) && EXPONENTS.contains(&exponent))
        {
            return Err(fail(StepFailure::Beacon { bytes, exponent }));
        }
        let arguments = step.arguments(output).map_err(|error| fail(error.into()))?;
        let (status, log) = self.execute(arguments, step.entropy.as_deref()).map_err(fail)?;
        if !status.success() || log.contains("[ERROR]") {
            return Err(fail(StepFailure::Failed { status, log }));
        }
        Ok(log)
    }

    fn execute(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        input: Option<&str>,
    ) -> Result<(ExitStatus, String), StepFailure> {
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StepFailure::NotInstalled,
            _ => error.into(),
        })?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            // Whoever does not read it has failed before, and the log says how.
            match writeln!(stdin, "{input}") {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                _ => (),
            }
        }
        // Both are read to their ends meanwhile: a full pipe would hold the program up.
        let (output, errors) = (child.stdout.take().map(read_all), child.stderr.take().map(read_all));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if let Err(stopped) = self.stop.check() {
                child.kill()?;
                child.wait()?;
                return Err(stopped.into());
            }
            thread::sleep(POLL);
        };
        let mut log = Vec::new();
        for reading in [output, errors].into_iter().flatten() {
            log.extend(reading.join().unwrap_or_else(|_| Ok(Vec::new()))?);
        }
        // It writes colours even where no terminal shows them.
        Ok((status, strip_str(&String::from_utf8_lossy(&log)).to_string()))
    }

    fn error(&self, step: &Step, reason: StepFailure) -> SnarkjsError {
        SnarkjsError { program: self.program.clone(), step: step.command, reason }
    }
}

/// A folder on the file system of `output`.
fn temporary_folder(output: &Path) -> io::Result<TempDir> {
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".snarkjs-").tempdir_in(parent)
}

/// Gives a finished file its name, unless something has it.
fn keep(finished: PathBuf, output: &Path) -> io::Result<()> {
    File::open(&finished)?.sync_all()?;
    TempPath::try_from_path(finished)?.persist_noclobber(output)?;
    Ok(())
}

fn read_all(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).map(|_| bytes)
    })
}

/// A command with its arguments, before the output.
struct Step {
    command: &'static str,
    inputs: Vec<PathBuf>,
    words: Vec<String>,
    after_output: Vec<String>,
    entropy: Option<String>,
    beacon: Option<(usize, u8)>,
}

impl Step {
    fn new(command: &'static str) -> Self {
        Self { command, inputs: Vec::new(), words: Vec::new(), after_output: Vec::new(), entropy: None, beacon: None }
    }

    fn word(mut self, word: impl Into<String>) -> Self {
        self.words.push(word.into());
        self
    }

    fn file(mut self, path: &Path) -> Self {
        self.inputs.push(path.to_owned());
        self
    }

    fn contribution(mut self, name: &str) -> Self {
        let mut entropy = [0; 64];
        OsRng.fill_bytes(&mut entropy);
        self.entropy = Some(hex::encode(entropy));
        self.after_output.push(format!("--name={name}"));
        self
    }

    fn beacon(mut self, beacon: &Beacon, name: &str) -> Self {
        self.beacon = Some((beacon.value.len(), beacon.exponent));
        self.after_output.extend([hex::encode(&beacon.value), beacon.exponent.to_string(), format!("--name={name}")]);
        self
    }

    /// Absolute paths, since snarkjs takes what begins with a dash for an option.
    fn arguments(&self, output: Option<&Path>) -> io::Result<Vec<OsString>> {
        let mut arguments: Vec<OsString> = self.command.split(' ').map(Into::into).collect();
        arguments.extend(self.words.iter().map(Into::into));
        for path in self.inputs.iter().map(PathBuf::as_path).chain(output) {
            arguments.push(absolute(path)?.into());
        }
        arguments.extend(self.after_output.iter().map(Into::into));
        Ok(arguments)
    }
}
