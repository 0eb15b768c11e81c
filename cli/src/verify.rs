//! `ballast verify`.

use std::fmt;

use ballast_core::hexadecimal;
use ballast_relayer::{
    failure::Failure,
    jobs::read::{self, Verified, VerifiedChain},
    session::Reading,
};
use ballast_sdk::verification::Agreement;
use clap::Args;

use crate::{
    chain_choice::ChainChoice,
    context::Context,
    output::Output,
    session::open,
    text::{Text, count, not_read_again},
};

/// Recompute the rolling head of both chains and compare them; exit code 3 if they differ or one
/// is behind
#[derive(Debug, Args)]
pub struct Verify {
    /// Read every epoch from the first, and replace what the file of the setting verify.heads keeps
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    chains: ChainChoice,
}

impl Verify {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let (config, session) = open(Reading, context, &self.chains.chains(), &[]).await?;
        let verified = read::verify(&session.chains, config.verify.heads.as_deref(), self.from_start).await?;
        Output::answer(&verified, verified.verdict())
    }
}

impl Text for Verified {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for VerifiedChain { chain, epochs, first, head, setups } in &self.chains {
            let lead = if *epochs == 1 { "1 epoch leads".into() } else { format!("{epochs} epochs lead") };
            writeln!(f, "{chain}: {lead} to its head {} ({})", hexadecimal::encode(head), setups.join(", "))?;
            not_read_again(f, *first)?;
        }
        let Some(Agreement { epochs, behind }) = &self.agreement else { return Ok(()) };
        let epochs = count(*epochs, "epoch", "epochs");
        match behind {
            None => writeln!(f, "the chains tell the same history of {epochs}"),
            Some(behind) => writeln!(
                f,
                "the chains agree on {epochs}; {} is BEHIND by {}, its latest is {}",
                behind.chain, behind.by, behind.latest
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_sdk::{chain::Chain, verification::Behind};

    fn told(first: u64, epochs: u64, behind: Option<Behind>) -> String {
        let chain = |chain: &str, epochs| VerifiedChain {
            chain: chain.into(),
            epochs,
            first,
            head: [1; 32],
            setups: vec!["ceremony"],
        };
        let verified = Verified {
            chains: vec![chain("solana", epochs), chain("evm:1", 2)],
            agreement: Some(Agreement { epochs, behind }),
        };
        verified.text().to_string()
    }

    #[test]
    fn a_chain_that_is_behind_is_named() {
        let head = "01".repeat(32);
        let behind = Behind { chain: Chain::Solana, latest: 1, by: 1 };
        let found = told(1, 1, Some(behind));
        assert!(found.contains(&format!("solana: 1 epoch leads to its head 0x{head} (ceremony)\n")), "{found}");
        assert!(found.contains(&format!("evm:1: 2 epochs lead to its head 0x{head} (ceremony)\n")), "{found}");
        assert!(found.ends_with("the chains agree on 1 epoch; solana is BEHIND by 1, its latest is 1\n"), "{found}");
        let same = told(1, 2, None);
        assert!(same.ends_with("the chains tell the same history of 2 epochs\n"), "{same}");
        assert!(!same.contains("NOT READ AGAIN"), "{same}");
    }

    #[test]
    fn what_was_verified_another_time_is_said_not_to_be_read_again() {
        let found = told(2, 2, None);
        let line = "  read from epoch 2 on: 1 epoch before it NOT READ AGAIN, verified another time\n";
        assert_eq!(found.matches(line).count(), 2, "{found}");
    }
}
