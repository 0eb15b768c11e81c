use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};

/// The tag of a program's data among the states of the upgradeable loader.
const PROGRAM_DATA: [u8; 4] = 3u32.to_le_bytes();
/// Bytes of the slot of the last deployment.
const SLOT: usize = 8;

/// Who may upgrade the program whose data is in `account`; none when nobody may.
///
/// The loader's layout (`UpgradeableLoaderState::ProgramData`): tag (4 bytes), slot (8), whether
/// there is an authority (1), the authority (32). Anchor's own reader brings a library for all of
/// the loader's states, which is a tenth of this program.
pub fn upgrade_authority(account: &AccountInfo) -> Result<Option<Pubkey>> {
    require_keys_eq!(*account.owner, bpf_loader_upgradeable::ID, ErrorCode::AccountOwnedByWrongProgram);
    let data = account.try_borrow_data()?;
    let authority = data.strip_prefix(&PROGRAM_DATA).and_then(|rest| rest.get(SLOT..));
    match authority.and_then(|rest| rest.split_first()) {
        Some((0, _)) => Ok(None),
        Some((1, rest)) => {
            let address = rest.first_chunk::<32>().ok_or(ErrorCode::AccountNotProgramData)?;
            Ok(Some(Pubkey::new_from_array(*address)))
        }
        _ => Err(ErrorCode::AccountNotProgramData.into()),
    }
}
