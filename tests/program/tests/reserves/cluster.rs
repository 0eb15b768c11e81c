//! A cluster in process with the program's bytecode on it, and what a transaction did to it.

use std::{fs, path::PathBuf, slice, sync::OnceLock};

use anchor_lang::{
    AccountDeserialize, AccountSerialize, AnchorDeserialize, Discriminator, InstructionData, ToAccountMetas,
    event::EVENT_IX_TAG_LE,
    prelude::Pubkey,
    solana_program::{bpf_loader_upgradeable, instruction::Instruction},
};
use ballast_core::Refusal;
use litesvm::{
    LiteSVM,
    types::{FailedTransactionMetadata, TransactionMetadata},
};
use solana_account::Account;
use solana_clock::Clock;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Unix seconds at which every chain begins.
pub const NOW: u64 = 1_795_300_000;
/// Seconds from registering a circuit until it counts.
pub const DELAY: u64 = 86_400;
const SOL: u64 = 1_000_000_000;

pub struct Cluster {
    pub svm: LiteSVM,
    pub upgrade_authority: Keypair,
}

/// The bytecode that would be deployed.
pub fn bytecode(program: &str) -> Vec<u8> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| manifest.join("../../target"), PathBuf::from);
    let path = target.join("deploy").join(program).with_extension("so");
    fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; build the programs with tools/sbf/build.sh", path.display()))
}

impl Cluster {
    /// The program deployed and nothing else.
    pub fn new() -> Self {
        // Translating the bytecode takes longer than a test: each test has a copy of one chain with
        // the programs on it.
        static DEPLOYED: OnceLock<LiteSVM> = OnceLock::new();
        let deployed = DEPLOYED.get_or_init(|| {
            let mut svm = LiteSVM::new();
            svm.add_program(reserves::ID, &bytecode("reserves")).unwrap();
            svm.add_program(lender::ID, &bytecode("lender")).unwrap();
            svm
        });
        let mut chain = Self { svm: deployed.clone(), upgrade_authority: Keypair::new() };
        chain.fund(&chain.upgrade_authority.pubkey());
        let authority = chain.upgrade_authority.pubkey();
        chain.set_upgrade_authority(Some(authority));
        chain.set_clock(NOW);
        chain
    }

    pub fn fund(&mut self, address: &Pubkey) {
        self.svm.airdrop(address, 100 * SOL).unwrap();
    }

    /// Changes an account as no instruction could, to reach a state that would take too long to
    /// reach.
    pub fn edit<T: AccountDeserialize + AccountSerialize>(&mut self, address: &Pubkey, change: impl FnOnce(&mut T)) {
        let mut value: T = self.read(address);
        change(&mut value);
        let mut account = self.svm.get_account(address).unwrap();
        let length = account.data.len();
        let mut data = Vec::new();
        value.try_serialize(&mut data).unwrap();
        data.resize(length.max(data.len()), 0);
        account.lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        account.data = data;
        self.svm.set_account(*address, account).unwrap();
    }

    /// Writes an account of the program, with its rent.
    pub fn put(&mut self, address: &Pubkey, value: &impl AccountSerialize) {
        let mut data = Vec::new();
        value.try_serialize(&mut data).unwrap();
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: reserves::ID, executable: false, rent_epoch: 0 };
        self.svm.set_account(*address, account).unwrap();
    }

    /// A key with lamports.
    pub fn key(&mut self) -> Keypair {
        let key = Keypair::new();
        self.fund(&key.pubkey());
        key
    }

    pub fn set_clock(&mut self, unix_time: u64) {
        let mut clock: Clock = self.svm.get_sysvar();
        clock.unix_timestamp = unix_time as i64;
        self.svm.set_sysvar(&clock);
    }

    pub fn set_slot(&mut self, slot: u64) {
        let mut clock: Clock = self.svm.get_sysvar();
        clock.slot = slot;
        self.svm.set_sysvar(&clock);
    }

    /// Writes the loader's record of who may upgrade the program: behind a 4-byte tag and the slot.
    pub fn set_upgrade_authority(&mut self, authority: Option<Pubkey>) {
        let mut account = self.svm.get_account(&program_data()).unwrap();
        account.data[12] = authority.is_some().into();
        account.data[13..45].copy_from_slice(&authority.unwrap_or_default().to_bytes());
        self.svm.set_account(program_data(), account).unwrap();
    }

    pub fn send(&mut self, signers: &[&Keypair], instruction: Instruction) -> Outcome {
        self.send_all(signers, &[instruction])
    }

    /// One transaction, the first signer paying for it.
    pub fn send_all(&mut self, signers: &[&Keypair], instructions: &[Instruction]) -> Outcome {
        self.svm.expire_blockhash();
        let budget = ComputeBudgetInstruction::set_compute_unit_limit(1_400_000);
        let all: Vec<Instruction> = [budget].into_iter().chain(instructions.iter().cloned()).collect();
        let payer = signers[0].pubkey();
        let message = Message::new(&all, Some(&payer));
        let transaction = Transaction::new(signers, message, self.svm.latest_blockhash());
        self.run(transaction, payer, instructions)
    }

    /// One instruction in the name of `payer`, on a chain that verifies no signatures.
    pub fn send_unsigned(&mut self, payer: &Pubkey, instruction: Instruction) -> Outcome {
        self.svm.expire_blockhash();
        let message =
            Message::new_with_blockhash(slice::from_ref(&instruction), Some(payer), &self.svm.latest_blockhash());
        let mut transaction = Transaction::new_unsigned(message);
        // Distinct, as a chain takes no signature twice.
        transaction.signatures[0] = Keypair::new().sign_message(&transaction.message_data());
        self.run(transaction, *payer, &[instruction])
    }

    fn run(&mut self, transaction: Transaction, payer: Pubkey, instructions: &[Instruction]) -> Outcome {
        let size = transaction.signatures.len() * 64 + 1 + transaction.message_data().len();
        assert!(size <= 1232, "a transaction has at most 1232 bytes, this one {size}");
        let addresses: Vec<Pubkey> =
            instructions.iter().flat_map(|instruction| &instruction.accounts).map(|meta| meta.pubkey).collect();
        let before = self.snapshot(&addresses, &payer);
        let result = self.svm.send_transaction(transaction);
        let after = self.snapshot(&addresses, &payer);
        Outcome { result, before, after }
    }

    /// All accounts that an instruction names. Of the payer's lamports the fee is left out.
    fn snapshot(&self, addresses: &[Pubkey], payer: &Pubkey) -> Vec<(Pubkey, Option<Account>)> {
        let mut addresses: Vec<Pubkey> = addresses.iter().filter(|address| *address != payer).copied().collect();
        addresses.extend(self.svm.get_program_accounts(&reserves::ID).into_iter().map(|(address, _)| address));
        addresses.sort();
        addresses.dedup();
        addresses.into_iter().map(|address| (address, self.svm.get_account(&address))).collect()
    }

    pub fn read<T: AccountDeserialize>(&self, address: &Pubkey) -> T {
        let account = self.svm.get_account(address).unwrap_or_else(|| panic!("{address} has no account"));
        T::try_deserialize(&mut account.data.as_slice()).unwrap()
    }

    pub fn balance(&self, address: &Pubkey) -> u64 {
        self.svm.get_balance(address).unwrap_or(0)
    }
}

/// What came of a transaction.
pub struct Outcome {
    result: Result<TransactionMetadata, FailedTransactionMetadata>,
    before: Vec<(Pubkey, Option<Account>)>,
    after: Vec<(Pubkey, Option<Account>)>,
}

impl Outcome {
    #[track_caller]
    pub fn accepted(self) -> TransactionMetadata {
        match self.result {
            Ok(done) => done,
            Err(failed) => panic!("refused: {:?}\n{}", failed.err, failed.meta.logs.join("\n")),
        }
    }

    /// A failure that is neither the program's nor Anchor's own, and nothing has changed.
    #[track_caller]
    pub fn failed_unchanged(self, expected: &str) {
        let failed = self.result.err().unwrap_or_else(|| panic!("accepted, expected {expected}"));
        let found = format!("{:?}", failed.err);
        assert!(found.contains(expected), "expected {expected}, found {found}\n{}", failed.meta.logs.join("\n"));
        assert_eq!(self.before, self.after, "a refusal changed an account");
    }

    /// The refusal is the expected one, its evidence is in the log, and nothing has changed.
    #[track_caller]
    pub fn refused(self, expected: Refusal) {
        self.refused_with(6_000 + expected.number(), &format!("Error Message: {expected}"));
    }

    /// An error of Anchor's own, or of the system program.
    #[track_caller]
    pub fn refused_with(self, code: u32, log: &str) {
        let failed = self.result.err().unwrap_or_else(|| panic!("accepted, expected the error {code} {log:?}"));
        let logs = failed.meta.logs.join("\n");
        let found = format!("{:?}", failed.err);
        assert!(found.contains(&format!("Custom({code})")), "expected {code} {log:?}, found {found}\n{logs}");
        assert!(logs.contains(log), "expected {log:?} in\n{logs}");
        assert!(!self.before.is_empty());
        assert_eq!(self.before, self.after, "a refusal changed an account");
    }
}

pub fn instruction(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: reserves::ID, accounts: accounts.to_account_metas(None), data: data.data() }
}

pub fn program_data() -> Pubkey {
    Pubkey::find_program_address(&[reserves::ID.as_ref()], &bpf_loader_upgradeable::ID).0
}

/// The events of one kind that a transaction emitted.
pub fn events<T: AnchorDeserialize + Discriminator>(done: &TransactionMetadata) -> Vec<T> {
    let prefix = [EVENT_IX_TAG_LE, T::DISCRIMINATOR].concat();
    let inner = done.inner_instructions.iter().flatten();
    inner
        .filter_map(|inner| inner.instruction.data.strip_prefix(prefix.as_slice()))
        .map(|data| T::try_from_slice(data).unwrap())
        .collect()
}
