use anchor_lang::prelude::*;

use crate::state::Buffer;

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct WriteBufferArgs {
    /// Where the bytes go, from the start of the buffer's content.
    pub offset: u32,
    pub data: Vec<u8>,
}

#[derive(Accounts)]
pub struct WriteBuffer<'info> {
    pub owner: Signer<'info>,
    #[account(mut, dup)]
    pub buffer: Account<'info, Buffer>,
}

impl WriteBuffer<'_> {
    fn validate(&self, args: &WriteBufferArgs) -> Result<()> {
        self.buffer.check_owner(self.owner.key)?;
        self.buffer.check_range(args.offset, args.data.len())
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<Self>, args: WriteBufferArgs) -> Result<()> {
        let start = Buffer::HEADER + args.offset as usize;
        let account = ctx.accounts.buffer.to_account_info();
        account.try_borrow_mut_data()?[start..start + args.data.len()].copy_from_slice(&args.data);
        ctx.accounts.buffer.invariant()
    }
}
