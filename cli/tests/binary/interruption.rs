//! The real binary, ended by a signal.

use std::{
    fs,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A signal that ends a command, and the exit code that says so.
pub const SIGNALS: [(&str, i32); 2] = [("INT", 130), ("TERM", 143)];

/// A second, and as much again for a machine that is busy with other tests.
const LIMIT: Duration = Duration::from_secs(2);
/// How long a command may take until it does what it is to be interrupted in.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);

/// Runs `command`, sends it the signal `name` once `ready` says so of its process, and expects it
/// to end at once with `code`.
pub fn interrupt(command: &mut Command, (name, code): (&str, i32), mut ready: impl FnMut(u32) -> bool) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while !ready(child.id()) {
        assert!(start.elapsed() < PATIENCE, "it never came to where it was to be interrupted: {}", end(child));
        if child.try_wait().unwrap().is_some() {
            panic!("it was over before it could be interrupted: {}", end(child));
        }
        thread::sleep(POLL);
    }
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let start = Instant::now();
    let output = child.wait_with_output().unwrap();
    let (elapsed, errors) = (start.elapsed(), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "SIG{name}: {errors}");
    assert!(elapsed < LIMIT, "SIG{name}: it went on for {elapsed:?}");
    assert!(errors.contains("goes on where it stopped"), "{errors}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    output
}

/// Whether a process has used so much processor time: by then it is in the middle of its work.
pub fn has_computed(process: u32, time: Duration) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Fields 14 and 15, in hundredths of a second; the name before them is in parentheses.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks) >= time
}

fn end(mut child: Child) -> String {
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}
