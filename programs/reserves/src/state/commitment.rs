use anchor_lang::prelude::*;
use ballast_core::{
    cadence::Cadence,
    field::Element,
    post::CheckedPost,
    record::{EpochRecord, Roots, next_head},
    solvency::{Latest, amount},
    statement::{LedgerPosition, Statement},
};

use crate::{
    errors::{keep, refuse},
    state::Circuit,
};

/// What an exchange stated in one epoch: what it owes, proved, and what it says it holds.
#[account]
#[derive(InitSpace)]
pub struct Commitment {
    pub version: u8,
    pub bump: u8,
    /// Id of the exchange.
    pub exchange: [u8; 32],
    pub epoch: u64,
    pub status: EpochStatus,
    /// Unix seconds.
    pub as_of: u64,
    /// Id of the circuit.
    pub circuit: [u8; 32],
    /// The circuit's setup. 1: from a fixed seed, INSECURE, anyone can forge proofs. 2: from a
    /// ceremony.
    pub setup: u8,
    pub asset_list_digest: [u8; 32],
    pub ledger_sequence: u64,
    pub ledger_head: [u8; 32],
    /// Digest of the published reserves report.
    pub sources: [u8; 32],
    pub reserves_digest: [u8; 32],
    pub shard_count: u16,
    /// The next shard has this index.
    pub shards_done: u16,
    /// Running digest of the roots so far.
    pub roots_digest: [u8; 32],
    /// Digest of the epoch's record; zero while unfinished.
    pub record: [u8; 32],
    pub head_before: [u8; 32],
    /// Rolling head after the epoch; zero while unfinished.
    pub head_after: [u8; 32],
    /// Bit a - 1 is set when asset number a is insolvent; zero while unfinished.
    pub insolvent: u128,
    /// Who posted the latest shard.
    pub poster: Pubkey,
    /// When the latest shard was posted, Unix seconds.
    pub posted_at: u64,
    /// Seconds between two epochs, as the exchange promised then.
    pub cadence: u64,
    /// How many epochs were missed between the one before and this one, by that promise.
    pub missed: u64,
    /// By asset number, in committed units: the sums over the shards so far.
    #[max_len(0)]
    pub liabilities: Vec<u128>,
    /// By asset number, in committed units.
    #[max_len(0)]
    pub reserves: Vec<u128>,
    /// Roots of the shards in order; zero for those that are missing.
    #[max_len(0)]
    pub roots: Vec<[u8; 32]>,
}

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpochStatus {
    /// Shards are missing.
    Unfinished,
    /// In every asset the reserves cover the liabilities.
    Solvent,
    /// In some asset the liabilities exceed the reserves.
    Insolvent,
}

/// The poster of a shard, the chain's own time of the post, and what the exchange had promised.
#[derive(Clone, Copy)]
pub struct Posting {
    pub poster: Pubkey,
    /// Unix seconds.
    pub at: u64,
    pub cadence: Cadence,
    /// As-of time of the epoch before, Unix seconds; none before the first.
    pub last_as_of: Option<u64>,
}

impl Commitment {
    pub const VERSION: u8 = 1;

    /// Bytes of the account of an epoch, discriminator included.
    pub fn space(assets: usize, shards: u16) -> usize {
        Self::DISCRIMINATOR.len()
            + Self::INIT_SPACE
            + assets * 2 * size_of::<u128>()
            + usize::from(shards) * size_of::<[u8; 32]>()
    }

    /// The commitment in `account`, which must be this program's.
    pub fn load(account: &AccountInfo) -> Result<Self> {
        require_keys_eq!(*account.owner, crate::ID, ErrorCode::AccountOwnedByWrongProgram);
        let commitment = Self::try_deserialize(&mut &account.try_borrow_data()?[..])?;
        keep("Commitment", &[commitment.version == Self::VERSION])?;
        Ok(commitment)
    }

    /// Writes the commitment over whatever `account` held.
    pub fn store(&self, account: &AccountInfo) -> Result<()> {
        let mut data = account.try_borrow_mut_data()?;
        let mut rest: &mut [u8] = &mut data;
        self.try_serialize(&mut rest)?;
        rest.fill(0);
        Ok(())
    }

    /// The commitment of an epoch of which no shard is done. `sources` is the digest of the
    /// published reserves report.
    pub fn begin(
        bump: u8,
        checked: &CheckedPost,
        statement: &Statement,
        sources: &[u8; 32],
        circuit: &Circuit,
    ) -> Self {
        Self {
            version: Self::VERSION,
            bump,
            exchange: statement.exchange,
            epoch: statement.epoch,
            status: EpochStatus::Unfinished,
            as_of: statement.as_of,
            circuit: statement.circuit,
            setup: circuit.setup,
            asset_list_digest: statement.asset_list,
            ledger_sequence: statement.ledger.sequence,
            ledger_head: statement.ledger.head,
            sources: *sources,
            reserves_digest: statement.reserves,
            shard_count: statement.shard.count,
            shards_done: 0,
            roots_digest: Roots::default().0,
            record: [0; 32],
            head_before: statement.head_before,
            head_after: [0; 32],
            insolvent: 0,
            poster: Pubkey::default(),
            posted_at: 0,
            cadence: 0,
            missed: 0,
            liabilities: vec![0; checked.totals.len()],
            reserves: checked.reserves.clone(),
            roots: vec![[0; 32]; statement.shard.count.into()],
        }
    }

    pub fn ledger(&self) -> LedgerPosition {
        LedgerPosition { sequence: self.ledger_sequence, head: self.ledger_head }
    }

    /// Adds a proved shard; the last one completes the epoch.
    pub fn append(&mut self, root: &Element, totals: &[u128], posting: Posting) -> Result<()> {
        for (index, (liability, total)) in self.liabilities.iter_mut().zip(totals).enumerate() {
            *liability = amount(liability.checked_add(*total), index as u16 + 1).map_err(refuse)?;
        }
        self.roots_digest = Roots(self.roots_digest).append(root).0;
        *self.roots.get_mut(usize::from(self.shards_done)).ok_or(ErrorCode::RequireViolated)? = root.to_bytes();
        self.shards_done += 1;
        self.poster = posting.poster;
        self.posted_at = posting.at;
        self.cadence = posting.cadence.0;
        let gap = posting.last_as_of.map_or(0, |last| self.as_of.saturating_sub(last));
        self.missed = posting.cadence.missed(gap);
        if self.shards_done == self.shard_count {
            self.complete();
        }
        self.invariant()
    }

    fn complete(&mut self) {
        self.record = EpochRecord {
            exchange: self.exchange,
            epoch: self.epoch,
            as_of: self.as_of,
            asset_list: self.asset_list_digest,
            circuit: self.circuit,
            ledger: self.ledger(),
            reserves: self.reserves_digest,
            shard_count: self.shard_count,
            roots: Roots(self.roots_digest),
            liabilities: &self.liabilities,
        }
        .digest();
        self.head_after = next_head(&self.head_before, &self.record);
        let pairs = self.liabilities.iter().zip(&self.reserves).enumerate();
        self.insolvent =
            pairs.filter(|(_, (liability, reserve))| reserve < liability).fold(0, |bits, (index, _)| bits | 1 << index);
        self.status = if self.insolvent == 0 { EpochStatus::Solvent } else { EpochStatus::Insolvent };
    }

    /// The figures of asset number `asset`, if the epoch has any of it. `circuit` is the one that
    /// proved the epoch, `cadence` the one now in force.
    pub fn latest(&self, asset: u16, circuit: &Circuit, cadence: Cadence) -> Result<Option<Latest>> {
        let index = usize::from(asset).checked_sub(1);
        let figures = index.and_then(|index| Some((*self.liabilities.get(index)?, *self.reserves.get(index)?)));
        let setup = self.setup.try_into().map_err(refuse)?;
        Ok(figures.map(|(liability, reserve)| Latest {
            epoch: self.epoch,
            as_of: self.as_of,
            liability,
            reserve,
            circuit: self.circuit,
            setup,
            retired: circuit.retired,
            cadence,
        }))
    }

    pub fn invariant(&self) -> Result<()> {
        let complete = self.shards_done == self.shard_count;
        keep(
            "Commitment",
            &[
                self.version == Self::VERSION,
                self.liabilities.len() == self.reserves.len(),
                self.roots.len() == usize::from(self.shard_count),
                self.shards_done <= self.shard_count,
                complete == (self.status != EpochStatus::Unfinished),
                complete == (self.head_after != [0; 32]),
                (self.insolvent != 0) == (self.status == EpochStatus::Insolvent),
            ],
        )
    }
}
