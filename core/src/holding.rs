//! What an account of Solana holds of a token, read from the account itself (section 10). The
//! program reads it so when it observes a wallet, and so does whoever wants to know in advance what
//! the program will count.

use core::fmt;

/// The System program, which owns wallets; as a token's address it stands for lamports.
pub const SYSTEM_PROGRAM: [u8; 32] = [0; 32];
/// SPL Token.
pub const TOKEN_PROGRAM: [u8; 32] = [
    0x06, 0xdd, 0xf6, 0xe1, 0xd7, 0x65, 0xa1, 0x93, 0xd9, 0xcb, 0xe1, 0x46, 0xce, 0xeb, 0x79, 0xac, 0x1c, 0xb4, 0x85,
    0xed, 0x5f, 0x5b, 0x37, 0x91, 0x3a, 0x8c, 0xf5, 0x85, 0x7e, 0xff, 0x00, 0xa9,
];
/// Token-2022, whose accounts begin as SPL Token's do.
pub const TOKEN_2022: [u8; 32] = [
    0x06, 0xdd, 0xf6, 0xe1, 0xee, 0x75, 0x8f, 0xde, 0x18, 0x42, 0x5d, 0xbc, 0xe4, 0x6c, 0xcd, 0xda, 0xb6, 0x1a, 0xfc,
    0x4d, 0x83, 0xb9, 0x0d, 0x27, 0xfe, 0xbd, 0xf9, 0x28, 0xd8, 0xa1, 0x8b, 0xfc,
];

/// Bytes of a mint, a token account and a multisig without extensions.
const MINT_LENGTH: usize = 82;
const ACCOUNT_LENGTH: usize = 165;
const MULTISIG_LENGTH: usize = 355;

/// The byte behind the base of a token account, in which Token-2022 says what an account with
/// extensions is.
const KIND_MINT: u8 = 1;
const KIND_ACCOUNT: u8 = 2;

/// States of an initialized token account; 0 is uninitialized.
const INITIALIZED: u8 = 1;
const FROZEN: u8 = 2;

/// Why an account does not count as a holding of a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHolding {
    CutShort,
    OtherProgram,
    NotTheWallet,
    HasData,
    NotTokenAccount,
    OtherMint,
    OtherOwner,
    Frozen,
}

impl fmt::Display for NoHolding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CutShort => "a holding is three accounts",
            Self::OtherProgram => "the account is not of the token's program",
            Self::NotTheWallet => "lamports count of the wallet's own account",
            Self::HasData => "lamports count of an account without data",
            Self::NotTokenAccount => "the account is no initialized token account",
            Self::OtherMint => "the account is of another mint",
            Self::OtherOwner => "the account's owner is not the wallet",
            Self::Frozen => "the account is frozen",
        })
    }
}

/// An account that is claimed to be a holding.
#[derive(Clone, Copy)]
pub struct HoldingAccount<'a> {
    pub address: &'a [u8; 32],
    /// The program that owns the account.
    pub program: &'a [u8; 32],
    pub lamports: u64,
    pub data: &'a [u8],
}

impl HoldingAccount<'_> {
    /// The balance that the account holds for `wallet` of the token `mint` of `token_program`, in
    /// units of the token. Lamports are the token of the System program; their mint is not read.
    ///
    /// # Errors
    /// The reason why the account is not the wallet's holding of the token.
    pub fn balance(&self, wallet: &[u8; 32], mint: &[u8; 32], token_program: &[u8; 32]) -> Result<u64, NoHolding> {
        let ensure = |condition, reason| if condition { Ok(()) } else { Err(reason) };
        ensure(self.program == token_program, NoHolding::OtherProgram)?;
        if *token_program == SYSTEM_PROGRAM {
            ensure(self.address == wallet, NoHolding::NotTheWallet)?;
            // With data it is a nonce account, whose lamports are whoever's its nonce authority is.
            ensure(self.data.is_empty(), NoHolding::HasData)?;
            return Ok(self.lamports);
        }
        let base = base(self.program, self.data, ACCOUNT_LENGTH, KIND_ACCOUNT).ok_or(NoHolding::NotTokenAccount)?;
        // mint (32) || owner (32) || amount (u64, little-endian) || delegate (36) || state (1) ||
        // ..
        let (own_mint, rest) = base.split_first_chunk::<32>().ok_or(NoHolding::NotTokenAccount)?;
        let (owner, rest) = rest.split_first_chunk::<32>().ok_or(NoHolding::NotTokenAccount)?;
        let (amount, rest) = rest.split_first_chunk::<8>().ok_or(NoHolding::NotTokenAccount)?;
        let state = rest.get(36).copied().filter(|state| [INITIALIZED, FROZEN].contains(state));
        let state = state.ok_or(NoHolding::NotTokenAccount)?;
        ensure(own_mint == mint, NoHolding::OtherMint)?;
        ensure(owner == wallet, NoHolding::OtherOwner)?;
        ensure(state == INITIALIZED, NoHolding::Frozen)?;
        Ok(u64::from_le_bytes(*amount))
    }
}

/// The decimals in the mint whose account has this `data` and is owned by `program`. None when the
/// account is not an initialized mint of a token program.
pub fn mint_decimals(program: &[u8; 32], data: &[u8]) -> Option<u8> {
    // authority (36) || supply (8) || decimals (1) || initialized (1) || ..
    let base = base(program, data, MINT_LENGTH, KIND_MINT)?;
    let (decimals, initialized) = (base.get(44)?, base.get(45)?);
    (*initialized == 1).then_some(*decimals)
}

/// The program that owns the accounts of the token `mint`, itself owned by `owner`: lamports are
/// the System program's.
pub fn token_program(mint: &[u8; 32], owner: &[u8; 32]) -> [u8; 32] {
    if *mint == SYSTEM_PROGRAM { SYSTEM_PROGRAM } else { *owner }
}

/// The base of an account of a token program; none when it is of another kind or another program.
///
/// An account of either program is as long as its base. One of Token-2022 with extensions has its
/// kind at offset 165, a mint's base being padded to there, and is never as long as a multisig.
fn base<'a>(program: &[u8; 32], data: &'a [u8], length: usize, kind: u8) -> Option<&'a [u8]> {
    let plain = (*program == TOKEN_PROGRAM || *program == TOKEN_2022) && data.len() == length;
    let extended = *program == TOKEN_2022 && data.len() != MULTISIG_LENGTH && data.get(ACCOUNT_LENGTH) == Some(&kind);
    (plain || extended).then(|| data.get(..length)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    const WALLET: [u8; 32] = [1; 32];
    const MINT: [u8; 32] = [2; 32];
    const ADDRESS: [u8; 32] = [3; 32];
    const PROGRAMS: [[u8; 32]; 2] = [TOKEN_PROGRAM, TOKEN_2022];

    /// An account of 5 of the mint, with its parts replaced.
    fn account(mint: [u8; 32], owner: [u8; 32], state: u8) -> Vec<u8> {
        let mut data = [mint, owner].concat();
        data.extend(5u64.to_le_bytes());
        data.resize(ACCOUNT_LENGTH, 0);
        data[108] = state;
        data
    }

    /// An account of Token-2022 of this length that says it is of this kind.
    fn extended(length: usize, kind: u8) -> Vec<u8> {
        let mut data = account(MINT, WALLET, INITIALIZED);
        data.resize(length, 0);
        if let Some(byte) = data.get_mut(ACCOUNT_LENGTH) {
            *byte = kind;
        }
        data
    }

    fn told(program: [u8; 32], data: &[u8]) -> Result<u64, NoHolding> {
        let shown = HoldingAccount { address: &ADDRESS, program: &program, lamports: 9, data };
        shown.balance(&WALLET, &MINT, &program)
    }

    #[test]
    fn an_account_of_either_program_counts_and_a_frozen_or_foreign_one_does_not() {
        for program in PROGRAMS {
            assert_eq!(told(program, &account(MINT, WALLET, INITIALIZED)), Ok(5));
            assert_eq!(told(program, &account(MINT, WALLET, FROZEN)), Err(NoHolding::Frozen));
            for state in [0, 3] {
                assert_eq!(told(program, &account(MINT, WALLET, state)), Err(NoHolding::NotTokenAccount));
            }
            assert_eq!(told(program, &account(ADDRESS, WALLET, INITIALIZED)), Err(NoHolding::OtherMint));
            assert_eq!(told(program, &account(MINT, ADDRESS, INITIALIZED)), Err(NoHolding::OtherOwner));
        }
    }

    #[test]
    fn an_account_of_another_program_than_its_mints_does_not_count() {
        let data = account(MINT, WALLET, INITIALIZED);
        for (program, token_program) in
            [(TOKEN_PROGRAM, TOKEN_2022), (TOKEN_2022, TOKEN_PROGRAM), (ADDRESS, TOKEN_PROGRAM)]
        {
            let shown = HoldingAccount { address: &ADDRESS, program: &program, lamports: 9, data: &data };
            assert_eq!(shown.balance(&WALLET, &MINT, &token_program), Err(NoHolding::OtherProgram));
        }
        assert_eq!(told(ADDRESS, &data), Err(NoHolding::NotTokenAccount), "no token program");
    }

    #[test]
    fn extensions_are_token_2022s() {
        for length in [170, 182, 300, 354, 356] {
            assert_eq!(told(TOKEN_2022, &extended(length, KIND_ACCOUNT)), Ok(5), "{length}");
            let plain = told(TOKEN_PROGRAM, &extended(length, KIND_ACCOUNT));
            assert_eq!(plain, Err(NoHolding::NotTokenAccount), "{length}");
        }
        for (length, kind) in [(MULTISIG_LENGTH, 2), (170, 1), (170, 0), (170, 3), (164, 2), (166, 1), (82, 2), (0, 2)]
        {
            assert_eq!(told(TOKEN_2022, &extended(length, kind)), Err(NoHolding::NotTokenAccount), "{length} {kind}");
        }
    }

    #[test]
    fn lamports_are_the_wallets_own_without_data() {
        let told = |address: &[u8; 32], program: &[u8; 32], data: &[u8]| {
            HoldingAccount { address, program, lamports: 9, data }.balance(&WALLET, &SYSTEM_PROGRAM, &SYSTEM_PROGRAM)
        };
        assert_eq!(told(&WALLET, &SYSTEM_PROGRAM, &[]), Ok(9));
        assert_eq!(told(&ADDRESS, &SYSTEM_PROGRAM, &[]), Err(NoHolding::NotTheWallet));
        assert_eq!(told(&WALLET, &SYSTEM_PROGRAM, &[0; 80]), Err(NoHolding::HasData));
        assert_eq!(told(&WALLET, &TOKEN_PROGRAM, &[]), Err(NoHolding::OtherProgram));
    }

    #[test]
    fn decimals_are_an_initialized_mints() {
        let mint = |length: usize, initialized| {
            let mut data = vec![0; length];
            (data[44], data[45]) = (6, initialized);
            data
        };
        for program in PROGRAMS {
            assert_eq!(mint_decimals(&program, &mint(MINT_LENGTH, 1)), Some(6));
            assert_eq!(mint_decimals(&program, &mint(MINT_LENGTH, 0)), None);
            assert_eq!(mint_decimals(&program, &mint(ACCOUNT_LENGTH, 1)), None);
        }
        assert_eq!(mint_decimals(&ADDRESS, &mint(MINT_LENGTH, 1)), None);
        let mut with_extension = mint(202, 1);
        with_extension[ACCOUNT_LENGTH] = KIND_MINT;
        assert_eq!(mint_decimals(&TOKEN_2022, &with_extension), Some(6));
        assert_eq!(mint_decimals(&TOKEN_PROGRAM, &with_extension), None);
        with_extension[ACCOUNT_LENGTH] = KIND_ACCOUNT;
        assert_eq!(mint_decimals(&TOKEN_2022, &with_extension), None);
    }
}
