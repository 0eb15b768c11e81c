//! The phases of a proof: what each costs, and whether to go on after it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// One phase: how long it took, in real time and of all processors.
#[derive(Clone, Debug)]
pub struct Phase {
    pub name: &'static str,
    pub wall: Duration,
    pub processor: Duration,
    /// Peak memory of the process when the phase ended, in bytes.
    pub peak_memory: u64,
}

/// The phases of a proof, in order of their first appearance. Phases of the same name are added up.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    phases: Vec<Phase>,
    stop: Stop,
}

/// Whether work is to be given up. By default it never is.
#[derive(Clone, Default)]
pub struct Stop(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

/// The work was given up before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof was given up before its end")]
pub struct Stopped;

impl Stop {
    /// Gives the work up once `stop` says so. It is asked between phases and between the sums of
    /// the Groth16 step.
    pub fn when(stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(stop)))
    }

    /// # Errors
    /// [`Stopped`] when the work is to be given up.
    pub fn check(&self) -> Result<(), Stopped> {
        match &self.0 {
            Some(stop) if stop() => Err(Stopped),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Stop(when asked)" } else { "Stop(never)" })
    }
}

impl Phases {
    /// The phases of a proof that `stop` may give up.
    pub fn until(stop: Stop) -> Self {
        Self { phases: Vec::new(), stop }
    }

    /// Whether the proof is to be given up.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Runs one phase.
    pub fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let (start, processor) = (Instant::now(), processor_time());
        tracing::debug!(phase = name, "begins");
        let result = work();
        let (wall, processor) = (start.elapsed(), processor_time().saturating_sub(processor));
        let peak_memory = peak_memory();
        match self.phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => {
                phase.wall += wall;
                phase.processor += processor;
                phase.peak_memory = peak_memory;
            }
            None => self.phases.push(Phase { name, wall, processor, peak_memory }),
        }
        result
    }

    pub fn as_slice(&self) -> &[Phase] {
        &self.phases
    }
}

/// Processor time of this process so far, of all its threads.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The most memory that this process has had so far, in bytes; 0 where the system does not say.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
