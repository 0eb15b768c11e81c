//! A program that calls another: a multisig's vault, or whoever lends for the time of a
//! transaction.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
};
use solana_program_runtime::{declare_process_instruction, solana_sbpf::program::BuiltinFunctionDefinition};

use crate::cluster::Cluster;

const SEED: &[u8] = b"vault";

pub const ID: Pubkey = Pubkey::new_from_array([0x77; 32]);

/// The address for which it signs, and its bump.
fn vault_and_bump() -> (Pubkey, u8) {
    Pubkey::find_program_address(&[SEED], &ID)
}

pub fn vault() -> Pubkey {
    vault_and_bump().0
}

declare_process_instruction!(Entrypoint, 0, |context| {
    let current = context.transaction_context.get_current_instruction_context()?;
    let (vault, bump) = vault_and_bump();
    let address = |index| Pubkey::new_from_array(current.get_key_of_instruction_account(index).unwrap().to_bytes());
    let account = |index| AccountMeta {
        pubkey: address(index),
        is_signer: current.is_instruction_account_signer(index).unwrap() || address(index) == vault,
        is_writable: current.is_instruction_account_writable(index).unwrap(),
    };
    let accounts = (1..current.get_number_of_instruction_accounts()).map(account).collect();
    let call = Instruction { program_id: address(0), accounts, data: current.get_instruction_data().to_vec() };
    context.native_invoke_signed(call, &[&[SEED, &[bump]]])
});

pub fn deploy(chain: &mut Cluster) {
    chain.svm.add_builtin(ID, Entrypoint::register);
}

/// `call`, made by this program, which signs for its vault.
pub fn forward(call: Instruction) -> Instruction {
    let target = AccountMeta::new_readonly(call.program_id, false);
    let accounts = call
        .accounts
        .into_iter()
        .map(|meta| AccountMeta { is_signer: meta.is_signer && meta.pubkey != vault(), ..meta });
    Instruction { program_id: ID, accounts: [target].into_iter().chain(accounts).collect(), data: call.data }
}
