//! The process that is killed: what it is told to do by its environment, it says on its output
//! before and after.

use ballast_durable::{
    Access, CRASH_POINTS, Lock, LockError,
    crash_point::{CrashPoints, VARIABLE, arm},
    create_directory, create_new, write_with,
};
use std::{
    env, fs,
    io::{BufRead, BufReader, Lines, Read, Write, stdin, stdout},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

const TASK: &str = "BALLAST_DURABLE_TASK";
const TARGET: &str = "BALLAST_DURABLE_TARGET";
const FIRST: &str = "BALLAST_DURABLE_FIRST";

/// A part of a file's content is written.
pub const CONTENT_PART_WRITTEN: &str = "content-part-written";
/// Content is written slowly and the process never ends by itself: no content has so many pieces.
pub const SLOWLY: &str = "content-part-written:1000000000";
static OWN_POINTS: CrashPoints = CrashPoints::new(&[&[CONTENT_PART_WRITTEN]]);

/// What a child does with its target.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    /// Replaces a file for its owner by one version after the other, for ever.
    Replace,
    /// Replaces a file for its owner once.
    ReplaceOnce,
    /// Replaces a file for everyone once.
    ReplaceForEveryone,
    /// Creates a file that does not exist.
    Create,
    /// Creates directories for their owner.
    Directory,
    /// Creates directories for everyone.
    DirectoryForEveryone,
    /// Takes a lock and keeps it until its input ends.
    Lock,
    /// Takes a lock and gives it back, many times, and looks whether it is alone.
    Contend,
}

const TASKS: [Task; 8] = [
    Task::Replace,
    Task::ReplaceOnce,
    Task::ReplaceForEveryone,
    Task::Create,
    Task::Directory,
    Task::DirectoryForEveryone,
    Task::Lock,
    Task::Contend,
];

/// Times that a contending child takes the lock.
pub const HOLDS: usize = 50;

/// Version `number` of a file: its bytes tell whether they are all of one version.
pub fn version(number: u64) -> Vec<u8> {
    let length = 1 + number * 7919 % 300_000;
    let mut bytes = format!("version {number}\n").into_bytes();
    bytes.resize(bytes.len() + length as usize, (number % 251) as u8);
    bytes
}

/// The number of the version that these bytes are, all of them.
pub fn number_of(bytes: &[u8]) -> u64 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap();
    let number = std::str::from_utf8(line).unwrap().strip_prefix("version ").unwrap().parse().unwrap();
    assert!(bytes == version(number), "{} bytes are not those of version {number}", bytes.len());
    number
}

/// Whether this process was started as a child, which has then done its task.
pub fn run() -> bool {
    let Ok(name) = env::var(TASK) else { return false };
    let task = TASKS.into_iter().find(|task| format!("{task:?}") == name).unwrap();
    let target = PathBuf::from(env::var_os(TARGET).unwrap());
    let first = env::var(FIRST).unwrap().parse().unwrap();
    if let Err(error) = arm(&[&CRASH_POINTS, &OWN_POINTS]) {
        say(&format!("refused {error}"));
        return true;
    }
    match task {
        // Until it is killed.
        Task::Replace => {
            for number in first..u64::MAX {
                replace(&target, Access::Owner, number);
            }
        }
        Task::ReplaceOnce => replace(&target, Access::Owner, first),
        Task::ReplaceForEveryone => replace(&target, Access::Everyone, first),
        Task::Create => tell(create_new(&target, Access::Owner, &version(first)), first),
        Task::Directory => tell(create_directory(&target, Access::Owner), first),
        Task::DirectoryForEveryone => tell(create_directory(&target, Access::Everyone), first),
        Task::Lock => hold(&target),
        Task::Contend => contend(&target),
    }
    true
}

fn say(line: &str) {
    let mut out = stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

fn tell(done: std::io::Result<()>, number: u64) {
    match done {
        Ok(()) => say(&format!("written {number}")),
        Err(error) => say(&format!("failed {error}")),
    }
}

fn replace(path: &Path, access: Access, number: u64) {
    say(&format!("writing {number}"));
    let content = version(number);
    let written = write_with(path, access, |file| {
        // Past the buffer, so that pieces reach the file.
        OWN_POINTS.write_in_pieces(CONTENT_PART_WRITTEN, file.get_mut(), &content)
    });
    tell(written, number);
}

fn hold(path: &Path) {
    match Lock::take(path) {
        Ok(_lock) => {
            say("held");
            stdin().read_to_end(&mut Vec::new()).unwrap();
        }
        Err(LockError::Held { holder: Some(holder) }) => say(&format!("held by {holder}")),
        Err(error) => say(&format!("failed {error}")),
    }
}

fn contend(path: &Path) {
    let alone = path.with_extension("alone");
    let mut held = 0;
    while held < HOLDS {
        match Lock::take(path) {
            Ok(_lock) => {
                fs::File::create_new(&alone).expect("no other process holds the lock");
                fs::remove_file(&alone).unwrap();
                held += 1;
            }
            Err(LockError::Held { .. }) => std::thread::yield_now(),
            Err(error) => return say(&format!("failed {error}")),
        }
    }
    say(&format!("held {held}"));
}

/// A child and the lines that it says.
pub struct Started {
    pub process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Started {
    pub fn line(&mut self) -> Option<String> {
        self.lines.next()?.ok()
    }

    /// Kills the process, and returns what else it said.
    pub fn kill(mut self) -> Vec<String> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.lines.map_while(Result::ok).collect()
    }

    /// Waits until the process ends. Returns whether it ended well, and what it said.
    pub fn end(mut self) -> (bool, Vec<String>) {
        drop(self.process.stdin.take());
        let lines = self.lines.map_while(Result::ok).collect();
        (self.process.wait().unwrap().success(), lines)
    }
}

/// Starts a child whose umask takes nothing away: whatever mode its files have, it asked for.
pub fn start(task: Task, target: &Path, first: u64, crash_at: Option<&str>) -> Started {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\""]).arg(env::current_exe().unwrap());
    command.env(TASK, format!("{task:?}")).env(TARGET, target).env(FIRST, first.to_string());
    command.env_remove(VARIABLE).envs(crash_at.map(|point| (VARIABLE, point)));
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    Started { process, lines }
}

pub fn unknown_crash_point() {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("file");
    let (_, said) = start(Task::ReplaceOnce, &target, 1, Some("file-writen")).end();
    assert!(said[0].starts_with("refused") && said[0].contains("file-written"), "{said:?}");
    assert!(!target.exists());
}
