use anchor_lang::prelude::*;
use ballast_core::seeds;

use crate::state::Buffer;

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct OpenBufferArgs {
    /// The owner's choice; makes the buffer's address.
    pub number: u32,
    /// Bytes it will hold.
    pub size: u32,
}

#[derive(Accounts)]
#[instruction(args: OpenBufferArgs)]
pub struct OpenBuffer<'info> {
    /// Pays the rent and gets it back.
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(
        init,
        payer = owner,
        space = Buffer::space(args.size)?,
        seeds = [seeds::BUFFER, owner.key.as_ref(), &args.number.to_le_bytes()],
        bump,
    )]
    pub buffer: Account<'info, Buffer>,
    pub system_program: Program<'info, System>,
}

impl OpenBuffer<'_> {
    pub fn handler(ctx: Context<Self>, args: OpenBufferArgs) -> Result<()> {
        let buffer = &mut ctx.accounts.buffer;
        buffer.set_inner(Buffer {
            version: Buffer::VERSION,
            bump: ctx.bumps.buffer,
            owner: ctx.accounts.owner.key(),
            number: args.number,
            size: args.size,
        });
        buffer.invariant()
    }
}
