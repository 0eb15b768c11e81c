//! The migrations against real nodes.

use ballast_core::digest::sha256;
use ballast_e2e::{
    network::{Network, POLICY, artifacts, circuit_file, fund, owner, program, wallet},
    nodes::bytecode,
};
use ballast_migrations::{
    circuit,
    contracts::{self, CircuitPolicy},
    governance,
    program::{self, Deployed, Upload},
    transaction::connect,
};
use solana_client::nonblocking::rpc_client::RpcClient;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_sdk::{pubkey::Pubkey, signature::Keypair, signer::Signer};

/// A cluster's part, on one program: bringing it to the chain takes longest.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_deployed_once_and_upgraded() {
    let (solana, _evm) = Network::start().unwrap();
    let rpc = connect(&solana.url);
    let (payer, key) = (Keypair::new(), Keypair::new());
    fund(&rpc, &payer).await.unwrap();
    let code = bytecode().unwrap();
    let address = key.pubkey();
    let upload = Upload { address, key: Some(&key), bytecode: &code, room: 0 };

    for (wrong, expected) in [
        (Upload { bytecode: &[], ..upload }, "empty"),
        (Upload { key: None, ..upload }, "its key is needed"),
        (Upload { key: Some(&payer), ..upload }, "expected that of"),
    ] {
        let error = program::deploy(&rpc, &payer, wrong).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(length(&rpc, &address).await, None);

    let before = rpc.get_balance(&payer.pubkey()).await.unwrap();
    assert_eq!(program::deploy(&rpc, &payer, upload).await.unwrap(), Deployed::New);
    // Nothing is paid for but the bytes that there are, and fees.
    assert_eq!(length(&rpc, &address).await, Some(code.len()));
    let paid = before - rpc.get_balance(&payer.pubkey()).await.unwrap();
    let rent = |length| rpc.get_minimum_balance_for_rent_exemption(length);
    let data = rent(UpgradeableLoaderState::size_of_programdata(code.len())).await.unwrap();
    let program = rent(UpgradeableLoaderState::size_of_program()).await.unwrap();
    let fees = 5_000 * (code.len() / 1_000 + 10) as u64;
    assert!((data + program..=data + program + fees).contains(&paid), "{paid}");

    assert_eq!(program::deploy(&rpc, &payer, upload).await.unwrap(), Deployed::Unchanged);
    // A stranger cannot upgrade it.
    let stranger = Keypair::new();
    fund(&rpc, &stranger).await.unwrap();
    let error = program::deploy(&rpc, &stranger, upload).await.unwrap_err();
    assert!(error.to_string().contains("upgrade authority"), "{error}");

    // Trailing bytes are no part of the ELF's sections: another file, the same program. It does not
    // fit, and whoever upgrades has no key of the address.
    let longer = [&code[..], &sha256(&[b"upgrade"])].concat();
    let upgrade = Upload { key: None, bytecode: &longer, ..upload };
    assert_eq!(program::deploy(&rpc, &payer, upgrade).await.unwrap(), Deployed::Upgraded);
    let now = length(&rpc, &address).await.unwrap();
    assert_eq!(now, code.len() + 10_240, "the loader adds no fewer bytes");
    // This one fits.
    let other = [&code[..], &sha256(&[b"another"])].concat();
    let upgrade = Upload { bytecode: &other, ..upgrade };
    assert_eq!(program::deploy(&rpc, &payer, upgrade).await.unwrap(), Deployed::Upgraded);
    assert_eq!(length(&rpc, &address).await, Some(now));
}

/// Bytes that the program's account has room for; none when there is no program.
async fn length(rpc: &RpcClient, program: &Pubkey) -> Option<usize> {
    let address = get_program_data_address(program);
    let account = rpc.get_account_with_commitment(&address, rpc.commitment()).await.unwrap().value?;
    Some(account.data.len() - UpgradeableLoaderState::size_of_programdata_metadata())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_for_ever_is_decided_once() {
    let network = Network::deployed().await.unwrap();
    every_step_does_only_what_is_missing(&network).await;
    what_is_decided_for_ever_is_not_decided_again(&network).await;
}

async fn every_step_does_only_what_is_missing(network: &Network) {
    let rpc = connect(&network.solana.url);
    let governance = &network.governance;
    let code = bytecode().unwrap();

    let upload = Upload { address: program(), key: None, bytecode: &code, room: 0 };
    assert_eq!(program::deploy(&rpc, governance, upload).await.unwrap(), Deployed::Unchanged);
    governance::initialize(&rpc, governance, &governance.pubkey(), POLICY).await.unwrap();
    let (file, key) = circuit_file().unwrap();
    assert_eq!(circuit::register_on_solana(&rpc, governance, &file, &key).await.unwrap(), None);
    let provider = wallet(&network.evm, owner(&network.evm)).unwrap();
    let registry = network.contracts.circuit_registry.parse().unwrap();
    assert_eq!(circuit::register_on_evm(&provider, registry, &file, &key).await.unwrap(), None);
    let existing = Some(network.contracts.clone());
    let owner = owner(&network.evm).address();
    let contracts = contracts::deploy(&provider, owner, &artifacts(), POLICY, existing).await.unwrap();
    assert_eq!(contracts, network.contracts);

    // What was registered is the published circuit, on both chains, and says that it is insecure.
    for client in network.clients().await.unwrap() {
        let circuit = client.circuit(&file.id).await.unwrap();
        assert_eq!(circuit.class, file.class, "{}", client.chain());
        assert_eq!(circuit.transcript, file.transcript);
        assert_eq!(circuit.setup, file.setup);
    }
}

async fn what_is_decided_for_ever_is_not_decided_again(network: &Network) {
    let rpc = connect(&network.solana.url);
    let strict = CircuitPolicy { allow_development: false, ..POLICY };
    let governance = &network.governance;
    let error = governance::initialize(&rpc, governance, &governance.pubkey(), strict).await.unwrap_err();
    assert!(error.to_string().contains("for ever"), "{error}");
}
