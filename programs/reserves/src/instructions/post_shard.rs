use anchor_lang::prelude::*;
use ballast_core::{
    cadence::Cadence,
    post::{CheckedPost, PriorState, ShardPost},
    rules::{Effect, check_exchange, check_shard, check_time},
    seeds,
    statement::Statement,
};

use super::unix_time;
use crate::{
    errors::refuse,
    events::{EpochFinalized, ShardPosted, announce},
    proof,
    state::{Allocation, Buffer, Circuit, Commitment, EpochStatus, Exchange, Posting},
};

#[event_cpi]
#[derive(Accounts)]
pub struct PostShard<'info> {
    /// One of the exchange's posters; pays the rent of an epoch's commitment.
    #[account(mut)]
    pub poster: Signer<'info>,
    #[account(mut, dup, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// CHECK: read as a circuit of this program, and compared with the one that the post names.
    pub circuit: UncheckedAccount<'info>,
    /// The poster's own; holds the post and nothing behind it.
    pub buffer: Account<'info, Buffer>,
    /// CHECK: its address is compared with the epoch's; made by shard 0.
    #[account(mut)]
    pub commitment: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

/// A post that all rules let through.
struct Accepted {
    checked: CheckedPost,
    statement: Statement,
    /// Digest of the published reserves report.
    sources: [u8; 32],
    circuit: Box<Circuit>,
    effect: Effect,
}

// Steps are kept apart, and what they hand on is boxed, because a frame has 4 KiB.
impl PostShard<'_> {
    /// The rules of a post, in order.
    #[inline(never)]
    fn validate(&self, now: u64) -> Result<Box<Accepted>> {
        self.exchange.check_poster(self.poster.key)?;
        self.buffer.check_owner(self.poster.key)?;
        let content = AsRef::<AccountInfo>::as_ref(&self.buffer).try_borrow_data()?;
        let post = ShardPost::read(&content[Buffer::HEADER..]).map_err(refuse)?;
        let history = self.exchange.history();
        check_exchange(&history, &post).map_err(refuse)?;
        check_time(&history, &post, now).map_err(refuse)?;
        let checked = post.check().map_err(refuse)?;
        let statement = self.statement(&post, &checked);
        let effect = check_shard(self.exchange.unfinished().as_ref(), &post, &statement).map_err(refuse)?;
        let circuit = Circuit::load(&self.circuit)?;
        circuit.check_usable(&post.circuit, now)?;
        checked.check_context(&statement).map_err(refuse)?;
        // phi rather than d: it costs half.
        let inputs = post.inputs(circuit.class(), &checked).map_err(refuse)?;
        proof::verify(circuit.key()?, &post.proof, &inputs, &checked.opening).map_err(refuse)?;
        Ok(Box::new(Accepted { checked, statement, sources: post.sources, circuit, effect }))
    }

    #[inline(never)]
    fn statement(&self, post: &ShardPost<&[[u8; 32]]>, checked: &CheckedPost) -> Statement {
        let prior = PriorState {
            exchange: self.exchange.id,
            asset_list: self.exchange.asset_list_digest,
            head_before: self.exchange.head,
        };
        post.statement(&prior, &checked.reserves)
    }

    /// Stores the shard; returns the commitment as it is now.
    #[inline(never)]
    fn apply(&mut self, accepted: &Accepted, now: u64) -> Result<Box<Commitment>> {
        let Accepted { checked, statement, effect, .. } = accepted;
        let mut commitment = match effect {
            Effect::Begin => self.begin(accepted)?,
            Effect::Continue => self.resume()?,
        };
        let posting = Posting {
            poster: self.poster.key(),
            at: now,
            cadence: Cadence(self.exchange.cadence),
            last_as_of: (self.exchange.latest_epoch() > 0).then_some(self.exchange.as_of),
        };
        commitment.append(&checked.root, &checked.totals, posting)?;
        commitment.store(&self.commitment)?;
        if commitment.status == EpochStatus::Unfinished {
            let first = self.exchange.pending.map(|pending| pending.first_context);
            let first = if *effect == Effect::Begin { checked.context } else { first.unwrap_or_default() };
            self.exchange.advance(first, commitment.shards_done)?;
        } else {
            self.exchange.finalize(statement.as_of, statement.ledger, commitment.head_after)?;
        }
        Ok(commitment)
    }

    /// The commitment of an epoch that begins, in an account large enough for all its shards.
    #[inline(never)]
    fn begin(&self, accepted: &Accepted) -> Result<Box<Commitment>> {
        let Accepted { checked, statement, sources, circuit, .. } = accepted;
        let epoch = statement.epoch.to_le_bytes();
        let seeds = [seeds::COMMITMENT, &self.exchange.id, &epoch];
        let (address, bump) = Pubkey::find_program_address(&seeds, &crate::ID);
        require_keys_eq!(self.commitment.key(), address, ErrorCode::ConstraintSeeds);
        let [name, exchange, epoch] = seeds;
        Allocation {
            account: &self.commitment,
            payer: self.poster.as_ref(),
            seeds: &[name, exchange, epoch, &[bump]],
            space: Commitment::space(checked.totals.len(), statement.shard.count),
        }
        .run()?;
        Ok(Box::new(Commitment::begin(bump, checked, statement, sources, circuit)))
    }

    /// The commitment of the epoch that was begun.
    #[inline(never)]
    fn resume(&self) -> Result<Box<Commitment>> {
        let commitment = Box::new(Commitment::load(&self.commitment)?);
        let own = commitment.exchange == self.exchange.id && commitment.epoch == self.exchange.next_epoch;
        require!(own, ErrorCode::ConstraintSeeds);
        Ok(commitment)
    }

    #[inline(never)]
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let now = unix_time()?;
        let accepted = ctx.accounts.validate(now)?;
        let commitment = ctx.accounts.apply(&accepted, now)?;
        announce(
            &ShardPosted {
                exchange: commitment.exchange,
                epoch: commitment.epoch,
                poster: commitment.poster,
                shard_index: accepted.statement.shard.index,
                shard_count: commitment.shard_count,
                root: accepted.checked.root.to_bytes(),
            },
            &ctx.accounts.event_authority,
        )?;
        if commitment.status != EpochStatus::Unfinished {
            let event = finalized(&commitment);
            announce(&event, &ctx.accounts.event_authority)?;
        }
        Ok(())
    }
}

#[inline(never)]
fn finalized(commitment: &Commitment) -> EpochFinalized {
    EpochFinalized {
        exchange: commitment.exchange,
        epoch: commitment.epoch,
        status: commitment.status,
        insolvent: commitment.insolvent,
        as_of: commitment.as_of,
        posted_at: commitment.posted_at,
        poster: commitment.poster,
        circuit: commitment.circuit,
        setup: commitment.setup,
        cadence: commitment.cadence,
        missed: commitment.missed,
        shard_count: commitment.shard_count,
        ledger_sequence: commitment.ledger_sequence,
        ledger_head: commitment.ledger_head,
        sources: commitment.sources,
        record: commitment.record,
        head: commitment.head_after,
    }
}
