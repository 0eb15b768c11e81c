use anchor_lang::{prelude::*, solana_program::program_error::ProgramError};
use ballast_core::{
    Refusal,
    holding::{HoldingAccount, NoHolding},
    seeds,
};
use solana_instructions_sysvar::load_instruction_at_checked;

use super::unix_time;
use crate::{
    errors::{ensure, refuse},
    events::{ReservesWitnessed, announce},
    state::{Allocation, Exchange, LookStamp, Token, Wallet, Witness},
};

/// The program whose instructions may come with a look, as they move nothing.
const COMPUTE_BUDGET: Pubkey = pubkey!("ComputeBudget111111111111111111111111111111");
/// The number of accounts of a holding: the wallet's record, what holds the balance, the token's
/// record.
const ACCOUNTS_OF_HOLDING: usize = 3;

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy)]
pub struct WitnessReservesArgs {
    /// The exchange's latest epoch or its next.
    pub epoch: u64,
    /// Begins, or begins again what was not closed.
    pub first: bool,
    /// Closes: nothing is added any more.
    pub last: bool,
}

/// Behind these accounts stand three for each holding, by ascending addresses of what holds the
/// balance: the wallet's record, the wallet itself or its token account, the token's record.
#[event_cpi]
#[derive(Accounts)]
pub struct WitnessReserves<'info> {
    /// One of the exchange's posters; pays the rent of an epoch's witness.
    #[account(mut)]
    pub poster: Signer<'info>,
    #[account(seeds = [seeds::EXCHANGE, &exchange.id], bump = exchange.bump)]
    pub exchange: Box<Account<'info, Exchange>>,
    /// CHECK: its address is compared with the epoch's; made by the first look.
    #[account(mut)]
    pub witness: UncheckedAccount<'info>,
    /// CHECK: its address is checked where it is read.
    pub instructions: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

// Steps are kept apart, and what they hand on is boxed, because a frame has 4 KiB.
impl<'info> WitnessReserves<'info> {
    #[inline(never)]
    fn validate(&self, args: &WitnessReservesArgs) -> Result<()> {
        self.exchange.check_poster(self.poster.key)?;
        ensure(!self.exchange.paused, Refusal::ExchangePaused)?;
        let (next, found) = (self.exchange.next_epoch, args.epoch);
        let known = found > 0 && (found == next || found == self.exchange.latest_epoch());
        ensure(known, Refusal::WitnessEpochInvalid { next, found })?;
        self.check_alone()
    }

    /// Refuses to look in a transaction that has instructions of other programs: what is lent for
    /// the time of one transaction must be back at its end.
    ///
    /// So no program calls this one either. A call would begin in one of the transaction's own
    /// instructions; this program's call nothing that looks, and the compute budget's call nothing.
    fn check_alone(&self) -> Result<()> {
        for instruction in 0.. {
            let program = match load_instruction_at_checked(instruction.into(), &self.instructions) {
                Ok(instruction) => instruction.program_id,
                Err(ProgramError::InvalidArgument) => break,
                Err(error) => return Err(error.into()),
            };
            if program != crate::ID && program != COMPUTE_BUDGET {
                return Err(refuse(Refusal::WitnessNotAlone { instruction }).with_pubkeys((program, crate::ID)));
            }
        }
        Ok(())
    }

    /// The epoch's witness as it was before this look, or a new one.
    #[inline(never)]
    fn open(&self, args: &WitnessReservesArgs, look: LookStamp) -> Result<Box<Witness>> {
        let epoch = args.epoch.to_le_bytes();
        let seeds = [seeds::WITNESS, &self.exchange.id, &epoch];
        let (address, bump) = Pubkey::find_program_address(&seeds, &crate::ID);
        require_keys_eq!(self.witness.key(), address, ErrorCode::ConstraintSeeds);
        let before = Witness::load(&self.witness)?;
        if let Some(before) = &before {
            before.check_open(&self.exchange)?;
        }
        if args.first {
            let [name, exchange, epoch] = seeds;
            Allocation {
                account: &self.witness,
                payer: self.poster.as_ref(),
                seeds: &[name, exchange, epoch, &[bump]],
                space: Witness::space(self.exchange.assets.len()),
            }
            .run()?;
            return Ok(Box::new(Witness::begin(bump, &self.exchange, args.epoch, look)));
        }
        let before = before.ok_or_else(|| refuse(Refusal::WitnessNotBegun { epoch: args.epoch }))?;
        before.check_continues(&self.exchange, look.at)?;
        Ok(before)
    }

    /// Adds the holdings in `accounts`, three accounts each, in order.
    #[inline(never)]
    fn look(&self, witness: &mut Witness, accounts: &[AccountInfo<'info>]) -> Result<()> {
        ensure(!accounts.is_empty(), Refusal::NothingToWitness)?;
        for (index, accounts) in (0..).zip(accounts.chunks(ACCOUNTS_OF_HOLDING)) {
            let [wallet, account, token] = accounts else {
                return Err(refuse(Refusal::HoldingInvalid { index, reason: NoHolding::CutShort }));
            };
            witness.check_order(account.key, index)?;
            let wallet = Wallet::load(wallet, &self.exchange.id);
            let wallet = wallet.ok_or_else(|| refuse(Refusal::WalletUnknown { index }))?;
            let token = Token::load(token, &self.exchange);
            let (token, asset) = token.ok_or_else(|| refuse(Refusal::TokenUndeclared { index }))?;
            let data = account.try_borrow_data()?;
            let shown = HoldingAccount {
                address: &account.key.to_bytes(),
                program: &account.owner.to_bytes(),
                lamports: account.lamports(),
                data: &data,
            };
            let balance =
                shown.balance(&wallet.address.to_bytes(), &token.mint.to_bytes(), &token.token_program.to_bytes());
            let balance = balance.map_err(|reason| refuse(Refusal::HoldingInvalid { index, reason }))?;
            witness.count(account.key, balance, &token, asset.decimals)?;
        }
        Ok(())
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: WitnessReservesArgs) -> Result<()> {
        let slot = Clock::get()?.slot;
        let look = LookStamp { poster: ctx.accounts.poster.key(), at: unix_time()?, slot };
        let mut witness = ctx.accounts.open(&args, look)?;
        ctx.accounts.look(&mut witness, ctx.remaining_accounts)?;
        witness.end(look, args.last)?;
        witness.store(&ctx.accounts.witness)?;
        announce(
            &ReservesWitnessed {
                exchange: witness.exchange,
                epoch: witness.epoch,
                poster: witness.poster,
                began: witness.began,
                at: witness.last_look,
                holdings: witness.holdings,
                closed: witness.closed,
            },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
