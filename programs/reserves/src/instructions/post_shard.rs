use anchor_lang::prelude::*;
use ballast_core::{
    Refusal,
    post::{Chain, CheckedPost, ShardPost},
    public_vector::PublicInputs,
    rules::{Effect, check_exchange, check_shard, check_time},
    seeds,
    statement::Statement,
};

use super::unix_time;
use crate::{
    errors::refuse,
    events::{EpochFinalized, ShardPosted},
    groth16,
    state::{Allocation, Buffer, Circuit, Commitment, EpochStatus, Exchange, Posting},
};

#[event_cpi]
#[derive(Accounts)]
pub struct PostShard<'info> {
    /// One of the exchange's posters; pays the rent of an epoch's commitment.
    #[account(mut)]
    pub poster: Signer<'info>,
    #[account(mut, seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// CHECK: read as a circuit of this program, and compared with the one that the post names.
    pub circuit: UncheckedAccount<'info>,
    /// The poster's own; holds the post, bytes behind it do not matter.
    pub buffer: Account<'info, Buffer>,
    /// CHECK: its address is compared with the epoch's; made by shard 0.
    #[account(mut)]
    pub commitment: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

/// A post that all rules let through.
struct Accepted {
    post: ShardPost,
    checked: CheckedPost,
    statement: Statement,
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
        let post = self.decode()?;
        let history = self.exchange.history();
        check_exchange(&history, &post).map_err(refuse)?;
        check_time(&history, &post, now).map_err(refuse)?;
        let checked = post.check().map_err(refuse)?;
        let statement = self.statement(&post, &checked);
        let effect = check_shard(self.exchange.unfinished().as_ref(), &post, &statement).map_err(refuse)?;
        let circuit = Circuit::load(&self.circuit)?;
        circuit.check_usable(&post.circuit, now)?;
        let inputs = public_inputs(&circuit, &checked, &statement).map_err(refuse)?;
        groth16::verify(circuit.key()?, &post.proof, &inputs).map_err(refuse)?;
        Ok(Box::new(Accepted { post, checked, statement, circuit, effect }))
    }

    #[inline(never)]
    fn decode(&self) -> Result<ShardPost> {
        let account: &AccountInfo = self.buffer.as_ref();
        ShardPost::decode(&account.try_borrow_data()?[Buffer::HEADER..]).map_err(refuse)
    }

    #[inline(never)]
    fn statement(&self, post: &ShardPost, checked: &CheckedPost) -> Statement {
        let chain = Chain {
            exchange: self.exchange.id,
            asset_list: self.exchange.asset_list_digest,
            head_before: self.exchange.head,
        };
        post.statement(&chain, &checked.reserves)
    }

    /// Stores the shard; returns the commitment as it is now.
    #[inline(never)]
    fn apply(&mut self, accepted: &Accepted, now: u64) -> Result<Box<Commitment>> {
        let Accepted { checked, statement, effect, .. } = accepted;
        let mut commitment = match effect {
            Effect::Begin => self.begin(accepted)?,
            Effect::Continue => self.resume()?,
        };
        let posting = Posting { poster: self.poster.key(), at: now };
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
        let Accepted { post, checked, statement, circuit, .. } = accepted;
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
        Ok(Box::new(Commitment::begin(bump, post, checked, statement, circuit)))
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
        emit_cpi!(ShardPosted {
            exchange: commitment.exchange,
            epoch: commitment.epoch,
            poster: commitment.poster,
            shard_index: accepted.post.shard.index,
            shard_count: commitment.shard_count,
            root: accepted.post.root,
        });
        if commitment.status != EpochStatus::Unfinished {
            let event = finalized(&commitment);
            emit_cpi!(event);
        }
        Ok(())
    }
}

/// Rule 5 as to the context, and what the proof must hold for. phi is computed here rather than d: it costs half.
#[inline(never)]
fn public_inputs(
    circuit: &Circuit,
    checked: &CheckedPost,
    statement: &Statement,
) -> std::result::Result<PublicInputs, Refusal> {
    Ok(checked.public_vector(circuit.class(), statement)?.inputs(checked.digest))
}

#[inline(never)]
fn finalized(commitment: &Commitment) -> EpochFinalized {
    EpochFinalized {
        exchange: commitment.exchange,
        epoch: commitment.epoch,
        status: commitment.status,
        insolvent: commitment.insolvent_assets(),
        as_of: commitment.as_of,
        posted_at: commitment.posted_at,
        poster: commitment.poster,
        circuit: commitment.circuit,
        setup: commitment.setup,
        shard_count: commitment.shard_count,
        ledger_sequence: commitment.ledger_sequence,
        ledger_head: commitment.ledger_head,
        sources: commitment.sources,
        record: commitment.record,
        head: commitment.head_after,
    }
}
