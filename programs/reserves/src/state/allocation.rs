use anchor_lang::{
    prelude::*,
    system_program::{self, Allocate, Assign, Transfer},
};

/// An account to be made, or made larger, at an address of this program.
pub struct Allocation<'a, 'info> {
    pub account: &'a AccountInfo<'info>,
    pub payer: &'a AccountInfo<'info>,
    /// The address's seeds, bump included.
    pub seeds: &'a [&'a [u8]],
    /// Bytes wanted. A larger account stays as large as it is.
    pub space: usize,
}

impl Allocation<'_, '_> {
    /// Brings the account into being or to its size. The payer pays what rent is missing: an
    /// account that a stranger sent lamports to before is as good as an empty one.
    pub fn run(&self) -> Result<()> {
        let missing = Rent::get()?.minimum_balance(self.space).saturating_sub(self.account.lamports());
        if missing > 0 {
            let transfer = Transfer { from: self.payer.clone(), to: self.account.clone() };
            system_program::transfer(CpiContext::new(system_program::ID, transfer), missing)?;
        }
        if self.account.owner == &system_program::ID {
            let signer = &[self.seeds];
            let allocate = Allocate { account_to_allocate: self.account.clone() };
            let context = CpiContext::new_with_signer(system_program::ID, allocate, signer);
            system_program::allocate(context, self.space as u64)?;
            let assign = Assign { account_to_assign: self.account.clone() };
            let context = CpiContext::new_with_signer(system_program::ID, assign, signer);
            system_program::assign(context, &crate::ID)?;
        } else if self.account.data_len() < self.space {
            self.account.resize(self.space)?;
        }
        Ok(())
    }
}
