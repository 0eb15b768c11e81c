//! What each phase of a proof costs.

use std::time::{Duration, Instant};

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
}

impl Phases {
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
