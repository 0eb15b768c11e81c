//! `ballast post`.

use ballast_relayer::{
    chains::ChainName,
    failure::Failure,
    jobs::{post::Poster, prove::unfinished},
    plan::ProvedEpoch,
};
use clap::Args;

use crate::{
    context::Context,
    output::Output,
    session::{Access, Session},
};

/// Post the epoch that is proved
#[derive(Debug, Args)]
pub struct Post {
    /// Check everything and say what it may cost, sign and send nothing
    #[arg(long)]
    dry_run: bool,
}

impl Post {
    pub async fn execute(self, context: &Context) -> Result<Output, Failure> {
        let session = Session::open(context, &ChainName::ALL, Access::Write, &[]).await?;
        let store = session.store()?;
        let (_, plan, posts) = unfinished(store)?
            .ok_or_else(|| Failure::bad_input("no epoch is proved and not posted: `ballast prove`"))?;
        let epoch = ProvedEpoch::new(plan, posts)?;
        let poster = Poster { store, chains: &session.chains, events: &context.events };
        match self.dry_run {
            true => Output::new(&poster.preflight(&epoch).await?),
            false => Output::new(&poster.post(&epoch).await?),
        }
    }
}
