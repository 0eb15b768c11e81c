//! `ballast bench`.

use std::fmt;

use ballast_relayer::{
    failure::Failure,
    jobs::bench::{self, BenchReport},
};
use clap::Args;

use crate::{
    class_choice::ClassChoice,
    context::Context,
    output::Output,
    text::{Text, count},
};

/// Prove a random snapshot that fills a circuit class, and say what each phase costs
#[derive(Debug, Args)]
pub struct Bench {
    #[command(flatten)]
    class: ClassChoice,
    /// Leave the Groth16 step out, and its key
    #[arg(long)]
    argument_only: bool,
}

impl Bench {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let keys = context.settings.keys()?;
        Output::new(&bench::run(self.class.class(), &keys, self.argument_only, &context.events).await?)
    }
}

impl Text for BenchReport {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { depth, leaves, accounts, threads, .. } = self;
        writeln!(
            f,
            "depth {depth}: {} of {}, {}",
            count(*leaves, "leaf", "leaves"),
            count(*accounts, "account", "accounts"),
            count(*threads, "thread", "threads")
        )?;
        writeln!(f, "one field multiplication, all threads at work: {:.2} ns", self.field_multiplication_nanoseconds)?;
        writeln!(
            f,
            "{:<34} {:>10} {:>10} {:>10} {:>10} {:>12} {:>10}",
            "phase", "seconds", "CPU s", "peak MiB", "us a leaf", "mults", "a leaf"
        )?;
        for phase in &self.phases {
            writeln!(
                f,
                "{:<34} {:>10.3} {:>10.3} {:>10} {:>10.2} {:>12.0} {:>10.1}",
                phase.name,
                phase.wall_seconds,
                phase.processor_seconds,
                phase.peak_memory_bytes >> 20,
                phase.microseconds_per_leaf,
                phase.field_multiplications,
                phase.field_multiplications_per_leaf
            )?;
        }
        writeln!(
            f,
            "the argument: {:.2} s, {:.1} us or {:.0} field multiplications a leaf",
            self.argument_seconds, self.microseconds_per_leaf, self.field_multiplications_per_leaf
        )?;
        if let (Some(seconds), Some(multiplications), Some(setup)) =
            (self.groth16_seconds, self.groth16_field_multiplications, self.setup)
        {
            writeln!(f, "the Groth16 step: {seconds:.2} s, {multiplications:.0} field multiplications ({setup})")?;
        }
        writeln!(f, "peak memory: {} MiB", self.peak_memory_bytes >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::circuit::SetupKind;
    use ballast_relayer::jobs::bench::PhaseReport;

    #[test]
    fn every_phase_is_a_line_and_what_the_proof_is_worth_is_said() {
        let phase = |name| PhaseReport {
            name,
            wall_seconds: 1.0,
            processor_seconds: 2.0,
            peak_memory_bytes: 7 << 20,
            microseconds_per_leaf: 3.0,
            field_multiplications: 4.0,
            field_multiplications_per_leaf: 5.0,
        };
        let report = BenchReport {
            depth: 7,
            leaves: 16_384,
            accounts: 9_000,
            threads: 1,
            setup: Some(SetupKind::Development.label()),
            field_multiplication_nanoseconds: 20.0,
            argument_seconds: 4.0,
            microseconds_per_leaf: 3.0,
            field_multiplications_per_leaf: 5.0,
            groth16_seconds: Some(30.0),
            groth16_field_multiplications: Some(30e6),
            peak_memory_bytes: 7 << 20,
            phases: vec![phase("hashing"), phase("Groth16: proof")],
        };
        let told = report.text().to_string();
        for part in ["hashing", "Groth16: proof", "INSECURE", "16384 leaves of 9000 accounts, 1 thread\n"] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let without = BenchReport { setup: None, groth16_seconds: None, groth16_field_multiplications: None, ..report };
        assert!(!without.text().to_string().contains("the Groth16 step"));
    }
}
