//! The migrations against real nodes.

use ballast_core::digest::sha256;
use ballast_e2e::{
    network::{Network, POLICY, artifacts, circuit_file, fund, owner, program_keypair, wallet},
    nodes::bytecode,
};
use ballast_migrations::{
    circuit,
    contracts::{self, CircuitPolicy},
    governance,
    program::{self, Deployed},
    transaction::connect,
};
use solana_sdk::{signature::Keypair, signer::Signer};

/// One deployment for all of it: bringing the program to the chain takes longest.
#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_made_once_and_upgraded() {
    let network = Network::deployed().await.unwrap();
    every_step_does_only_what_is_missing(&network).await;
    what_is_decided_for_ever_is_not_decided_again(&network).await;
    an_upgrade_replaces_the_bytecode(&network).await;
}

async fn every_step_does_only_what_is_missing(network: &Network) {
    let rpc = connect(&network.solana.url);
    let governance = &network.governance;
    let program = program_keypair().unwrap();
    let code = bytecode().unwrap();

    let again = program::deploy(&rpc, governance, &program, &code).await.unwrap();
    assert_eq!(again, Deployed::Unchanged);
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

    // A stranger can neither upgrade the program nor govern it.
    let stranger = Keypair::new();
    fund(&rpc, &stranger).await.unwrap();
    let code = bytecode().unwrap();
    let error = program::deploy(&rpc, &stranger, &program_keypair().unwrap(), &code).await.unwrap_err();
    assert!(error.to_string().contains("upgrade authority"), "{error}");
}

async fn an_upgrade_replaces_the_bytecode(network: &Network) {
    let rpc = connect(&network.solana.url);
    let mut code = bytecode().unwrap();
    // Trailing bytes are no part of the ELF's sections: another file, the same program.
    code.extend_from_slice(&sha256(&[b"upgrade"]));
    let upgraded = program::deploy(&rpc, &network.governance, &program_keypair().unwrap(), &code).await.unwrap();
    assert_eq!(upgraded, Deployed::Upgraded);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_program_is_not_deployed() {
    let (solana, _evm) = Network::start().unwrap();
    let error = program::deploy(&connect(&solana.url), &Keypair::new(), &Keypair::new(), &[]).await.unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
}
