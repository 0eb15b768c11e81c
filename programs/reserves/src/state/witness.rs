use anchor_lang::prelude::*;
use ballast_core::{
    Refusal,
    observation::{Seen, WINDOW, to_units},
    solvency::amount,
};

use crate::{
    errors::{ensure, keep, refuse},
    state::{Exchange, Token},
};

/// What the chain saw in an exchange's wallets for one epoch.
#[account]
#[derive(InitSpace)]
pub struct Witness {
    pub version: u8,
    pub bump: u8,
    /// Id of the exchange.
    pub exchange: [u8; 32],
    pub epoch: u64,
    /// The generation of the list that asset numbers and units are of.
    pub generation: u32,
    /// The list as it was at the first look; it may have grown since.
    pub asset_list_digest: [u8; 32],
    /// Who looked last.
    pub poster: Pubkey,
    /// When the first look was, Unix seconds.
    pub began: u64,
    /// When the last look so far was, Unix seconds.
    pub last_look: u64,
    pub began_slot: u64,
    pub last_slot: u64,
    /// Nothing changes any more; only then it counts.
    pub closed: bool,
    /// Holdings looked at.
    pub holdings: u32,
    /// The holding looked at last; the next one is above it.
    pub last_holding: Pubkey,
    /// Bit a - 1 is set when a holding of asset number a was looked at, be it empty.
    pub looked: u128,
    /// By asset number, in committed units: what the holdings sum to.
    #[max_len(0)]
    pub amounts: Vec<u128>,
}

/// The poster of one look, and the chain's own time of it.
#[derive(Clone, Copy)]
pub struct LookStamp {
    pub poster: Pubkey,
    /// Unix seconds.
    pub at: u64,
    pub slot: u64,
}

impl Witness {
    pub const VERSION: u8 = 1;

    /// Bytes of the account of an epoch, discriminator included.
    pub fn space(assets: usize) -> usize {
        Self::DISCRIMINATOR.len() + Self::INIT_SPACE + assets * size_of::<u128>()
    }

    /// The witness in `account`, if there is one.
    pub fn load(account: &AccountInfo) -> Result<Option<Box<Self>>> {
        if account.owner != &crate::ID {
            return Ok(None);
        }
        let witness = Box::new(Self::try_deserialize(&mut &account.try_borrow_data()?[..])?);
        keep("Witness", &[witness.version == Self::VERSION])?;
        Ok(Some(witness))
    }

    /// Writes the witness over whatever `account` held.
    pub fn store(&self, account: &AccountInfo) -> Result<()> {
        let mut data = account.try_borrow_mut_data()?;
        let mut rest: &mut [u8] = &mut data;
        self.try_serialize(&mut rest)?;
        rest.fill(0);
        Ok(())
    }

    /// The witness of an epoch before anything is counted.
    pub fn begin(bump: u8, exchange: &Exchange, epoch: u64, look: LookStamp) -> Self {
        Self {
            version: Self::VERSION,
            bump,
            exchange: exchange.id,
            epoch,
            generation: exchange.generation,
            asset_list_digest: exchange.asset_list_digest,
            poster: look.poster,
            began: look.at,
            last_look: look.at,
            began_slot: look.slot,
            last_slot: look.slot,
            closed: false,
            holdings: 0,
            last_holding: Pubkey::default(),
            looked: 0,
            amounts: vec![0; exchange.assets.len()],
        }
    }

    /// Refuses to look again at what was closed, unless the list that it was closed under is
    /// cleared.
    pub fn check_open(&self, exchange: &Exchange) -> Result<()> {
        let closed = self.closed && self.generation == exchange.generation;
        ensure(!closed, Refusal::WitnessClosed { epoch: self.epoch })
    }

    /// Refuses to go on with another asset list, and after the window.
    pub fn check_continues(&self, exchange: &Exchange, clock: u64) -> Result<()> {
        let same = self.generation == exchange.generation && self.asset_list_digest == exchange.asset_list_digest;
        ensure(same, Refusal::WitnessNotBegun { epoch: self.epoch })?;
        let within = clock.checked_sub(self.began).is_some_and(|passed| passed <= WINDOW);
        ensure(within, Refusal::WitnessWindowPassed { began: self.began, clock })
    }

    /// Refuses a holding that is not above all that were looked at. `index` is its place in this
    /// look.
    pub fn check_order(&self, holding: &Pubkey, index: u16) -> Result<()> {
        ensure(*holding > self.last_holding, Refusal::HoldingOutOfOrder { index })
    }

    /// Adds the balance of a holding, in units of its token, to the token's asset. `decimals` are
    /// those of the asset.
    pub fn count(&mut self, holding: &Pubkey, balance: u64, token: &Token, decimals: u8) -> Result<()> {
        let asset = token.asset;
        let slot = usize::from(asset).checked_sub(1).and_then(|index| self.amounts.get_mut(index));
        let slot = slot.ok_or(ErrorCode::RequireViolated)?;
        let units = to_units(balance.into(), token.decimals, decimals);
        *slot = amount(units.and_then(|units| slot.checked_add(units)), asset).map_err(refuse)?;
        self.looked |= 1 << (asset - 1);
        self.holdings = self.holdings.checked_add(1).ok_or(ErrorCode::RequireViolated)?;
        self.last_holding = *holding;
        Ok(())
    }

    /// Ends a look. With `last` it closes the witness.
    pub fn end(&mut self, look: LookStamp, last: bool) -> Result<()> {
        self.poster = look.poster;
        self.last_look = look.at;
        self.last_slot = look.slot;
        self.closed = last;
        self.invariant()
    }

    /// What was seen of asset number `asset` for an epoch of `exchange`. None when that is not
    /// known: the witness is of another exchange, epoch or generation of the list, it is not
    /// closed, or no holding of the asset was looked at.
    pub fn seen(&self, exchange: &Exchange, epoch: u64, asset: u16) -> Option<Seen> {
        let same = self.exchange == exchange.id && self.epoch == epoch && self.generation == exchange.generation;
        let index = usize::from(asset).checked_sub(1).filter(|_| same && self.closed)?;
        let looked = self.looked.checked_shr(index as u32).unwrap_or(0) & 1 == 1;
        let amount = *self.amounts.get(index).filter(|_| looked)?;
        Some(Seen { amount, first_look: self.began, last_look: self.last_look })
    }

    pub fn invariant(&self) -> Result<()> {
        keep(
            "Witness",
            &[
                self.version == Self::VERSION,
                self.epoch > 0,
                self.holdings > 0,
                self.last_look >= self.began,
                self.looked.checked_shr(self.amounts.len() as u32).unwrap_or(0) == 0,
            ],
        )
    }
}
