use anchor_lang::prelude::*;
use ballast_core::{
    Refusal,
    assets::{self, ASSETS_MAX, SYMBOL_MAX},
    cadence::Cadence,
    exchange::NAME_MAX,
    record::first_head,
    rules::{History, POSTERS_MAX, Unfinished},
    statement::LedgerPosition,
};

use crate::errors::{ensure, keep, refuse};

/// An exchange and where its history stands.
#[account]
#[derive(InitSpace)]
pub struct Exchange {
    pub version: u8,
    pub bump: u8,
    /// Digest of the first authorities and the name: the same on every chain.
    pub id: [u8; 32],
    /// The authority that registered it, part of the id.
    pub first_authority: Pubkey,
    /// The first authority on EVM chains, part of the id.
    pub evm_authority: [u8; 20],
    #[max_len(NAME_MAX)]
    pub name: String,
    /// Unix seconds.
    pub registered_at: u64,
    pub authority: Pubkey,
    /// Proposed, and not yet accepted.
    pub pending_authority: Option<Pubkey>,
    pub paused: bool,
    /// Seconds between two epochs, as the exchange promises from the next epoch on.
    pub cadence: u64,
    /// Who may post for it.
    #[max_len(POSTERS_MAX)]
    pub posters: Vec<Pubkey>,
    /// The epoch that the next post is for; all below it are finalized.
    pub next_epoch: u64,
    /// As-of time of the last finalized epoch, Unix seconds; 0 before the first.
    pub as_of: u64,
    /// Ledger sequence of the last finalized epoch.
    pub ledger_sequence: u64,
    /// Ledger head of the last finalized epoch.
    pub ledger_head: [u8; 32],
    /// Rolling head of the history so far.
    pub head: [u8; 32],
    /// The next epoch, when it was begun.
    pub pending: Option<PendingEpoch>,
    /// How often the list was cleared; what was declared or seen in another generation never counts
    /// again.
    pub generation: u32,
    /// Zero while there is no list.
    pub asset_list_digest: [u8; 32],
    /// Asset number a is entry a - 1, which never changes once an epoch was begun.
    #[max_len(ASSETS_MAX)]
    pub assets: Vec<Asset>,
}

/// An epoch that was begun and is not finished.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingEpoch {
    /// Context of shard 0.
    pub first_context: [u8; 32],
    pub shards_done: u16,
}

/// One asset. Amounts are integers in units of 10^-decimals.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// ASCII, zero-padded.
    pub symbol: [u8; SYMBOL_MAX],
    pub decimals: u8,
}

impl From<Asset> for assets::Asset {
    fn from(asset: Asset) -> Self {
        Self { symbol: asset.symbol, decimals: asset.decimals }
    }
}

/// What is settled when an exchange is registered.
pub struct Registration {
    pub bump: u8,
    pub id: [u8; 32],
    pub authority: Pubkey,
    pub evm_authority: [u8; 20],
    pub name: String,
    pub cadence: u64,
    /// Unix seconds.
    pub now: u64,
}

impl Exchange {
    pub const VERSION: u8 = 1;

    pub fn check_unregistered(&self) -> Result<()> {
        ensure(self.version == 0, Refusal::ExchangeAlreadyRegistered)
    }

    pub fn check_authority(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.authority == *signer, Refusal::NotAuthority)
    }

    pub fn check_pending_authority(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.pending_authority == Some(*signer), Refusal::NotPendingAuthority)
    }

    pub fn check_poster(&self, signer: &Pubkey) -> Result<()> {
        ensure(self.posters.contains(signer), Refusal::NotPoster)
    }

    /// The shards of an epoch are all of one list, so that it grows between epochs only.
    pub fn check_list_growable(&self) -> Result<()> {
        ensure(self.pending.is_none(), Refusal::AssetListBusy)
    }

    /// The asset list cannot be cleared once an epoch was begun: a total is bound to its asset's
    /// number alone.
    pub fn check_list_clearable(&self) -> Result<()> {
        ensure(self.next_epoch == 1 && self.pending.is_none(), Refusal::AssetListFrozen)?;
        ensure(!self.assets.is_empty(), Refusal::AssetListMissing)
    }

    /// The history as the rules of a post see it.
    pub fn history(&self) -> History {
        History {
            paused: self.paused,
            assets: self.assets.len() as u16,
            next_epoch: self.next_epoch,
            cadence: Cadence(self.cadence),
            last_as_of: self.as_of,
            last_ledger: LedgerPosition { sequence: self.ledger_sequence, head: self.ledger_head },
        }
    }

    pub fn unfinished(&self) -> Option<Unfinished> {
        self.pending.map(|pending| Unfinished { first: pending.first_context, shards_done: pending.shards_done })
    }

    /// Asset number `asset`, if it is on the list.
    pub fn asset(&self, asset: u16) -> Option<&Asset> {
        self.assets.get(usize::from(asset).checked_sub(1)?)
    }

    /// The last finalized epoch; 0 before the first.
    pub fn latest_epoch(&self) -> u64 {
        self.next_epoch.saturating_sub(1)
    }

    pub fn register(&mut self, registration: Registration) -> Result<()> {
        self.version = Self::VERSION;
        self.bump = registration.bump;
        self.id = registration.id;
        self.first_authority = registration.authority;
        self.evm_authority = registration.evm_authority;
        self.name = registration.name;
        self.registered_at = registration.now;
        self.authority = registration.authority;
        self.cadence = registration.cadence;
        self.next_epoch = 1;
        self.head = first_head(&self.id);
        self.invariant()
    }

    pub fn propose_authority(&mut self, proposed: Option<Pubkey>) -> Result<()> {
        self.pending_authority = proposed;
        self.invariant()
    }

    /// Hands over to the proposed authority; returns the previous one.
    pub fn accept_authority(&mut self) -> Result<Pubkey> {
        let accepted = self.pending_authority.take().ok_or_else(|| refuse(Refusal::NotPendingAuthority))?;
        let previous = std::mem::replace(&mut self.authority, accepted);
        self.invariant()?;
        Ok(previous)
    }

    pub fn set_posters(&mut self, posters: Vec<Pubkey>) -> Result<()> {
        let distinct = posters.iter().enumerate().all(|(i, poster)| !posters[..i].contains(poster));
        let valid = posters.len() <= POSTERS_MAX && distinct && !posters.contains(&Pubkey::default());
        ensure(valid, Refusal::PostersInvalid)?;
        self.posters = posters;
        self.invariant()
    }

    /// Adds entries behind the list's last, of which there are `start`.
    pub fn append_assets(&mut self, start: u16, added: &[Asset]) -> Result<()> {
        let expected = self.assets.len() as u16;
        ensure(start == expected, Refusal::AssetListStartMismatch { expected, found: start })?;
        let entries = |assets: &[Asset]| assets.iter().copied().map(Into::into).collect::<Vec<assets::Asset>>();
        let digest = assets::append(&entries(&self.assets), &self.asset_list_digest, &entries(added));
        self.asset_list_digest = digest.map_err(refuse)?;
        self.assets.extend_from_slice(added);
        self.invariant()
    }

    /// Empties the list; what was declared or seen under it never counts again.
    pub fn clear_assets(&mut self) -> Result<()> {
        self.assets.clear();
        self.asset_list_digest = assets::EMPTY_LIST;
        self.generation = self.generation.checked_add(1).ok_or(ErrorCode::RequireViolated)?;
        self.invariant()
    }

    /// Promises another cadence, from the next epoch on.
    pub fn set_cadence(&mut self, cadence: u64) -> Result<()> {
        self.cadence = cadence;
        self.invariant()
    }

    pub fn set_paused(&mut self, paused: bool) -> Result<()> {
        self.paused = paused;
        self.invariant()
    }

    /// Notes that the next epoch has `shards_done` shards, of which the first has this context.
    pub fn advance(&mut self, first_context: [u8; 32], shards_done: u16) -> Result<()> {
        self.pending = Some(PendingEpoch { first_context, shards_done });
        self.invariant()
    }

    /// Notes that the next epoch is finalized.
    pub fn finalize(&mut self, as_of: u64, ledger: LedgerPosition, head: [u8; 32]) -> Result<()> {
        // At u64::MAX epochs a history is full; at one epoch a second that takes 10^11 years.
        let next = self.next_epoch.checked_add(1);
        self.next_epoch = next.ok_or_else(|| refuse(Refusal::HistoryFull { epoch: self.next_epoch }))?;
        self.as_of = as_of;
        self.ledger_sequence = ledger.sequence;
        self.ledger_head = ledger.head;
        self.head = head;
        self.pending = None;
        self.invariant()
    }

    pub fn invariant(&self) -> Result<()> {
        keep(
            "Exchange",
            &[
                self.version == Self::VERSION,
                self.authority != Pubkey::default(),
                self.pending_authority != Some(Pubkey::default()),
                self.posters.len() <= POSTERS_MAX,
                self.assets.is_empty() == (self.asset_list_digest == [0; 32]),
                self.next_epoch > 0,
                self.cadence > 0,
                self.latest_epoch() > 0 || self.head == self.id,
                self.pending.is_none_or(|pending| pending.shards_done > 0),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_ends_with_the_last_number() {
        // As accounts are made: all zero.
        let mut exchange = Exchange::try_deserialize_unchecked(&mut &[0; Exchange::INIT_SPACE][..]).unwrap();
        exchange.version = Exchange::VERSION;
        exchange.authority = Pubkey::new_from_array([1; 32]);
        exchange.next_epoch = u64::MAX - 1;
        exchange.cadence = 1;
        let ledger = LedgerPosition { sequence: 0, head: [0; 32] };
        exchange.finalize(1, ledger, [2; 32]).unwrap();
        assert_eq!(exchange.next_epoch, u64::MAX);
        let refused = exchange.finalize(1, ledger, [3; 32]).unwrap_err();
        let Error::AnchorError(refused) = refused else { panic!("{refused}") };
        assert_eq!(refused.error_msg, Refusal::HistoryFull { epoch: u64::MAX }.to_string());
        assert_eq!((exchange.next_epoch, exchange.head), (u64::MAX, [2; 32]));
    }
}
