//! The migrations against real nodes.

use alloy::{
    primitives::{Address, Bytes},
    providers::Provider,
};
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
    record::EvmDeployment,
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
    let upload = Upload { address, key: Some(&key), bytecode: &code, room: 0, upgrade: false };

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

    // Other bytes do not take the place of those that are there unless that is asked for.
    let other = [&code[..], &sha256(&[b"other"])].concat();
    let error = program::deploy(&rpc, &payer, Upload { bytecode: &other, ..upload }).await.unwrap_err();
    assert!(error.to_string().contains("--upgrade"), "{error}");

    // Trailing bytes are no part of the ELF's sections: another file, the same program. It does not
    // fit, and whoever upgrades has no key of the address.
    let longer = [&code[..], &sha256(&[b"upgrade"])].concat();
    let upgrade = Upload { key: None, bytecode: &longer, upgrade: true, ..upload };
    assert_eq!(program::deploy(&rpc, &payer, upgrade).await.unwrap(), Deployed::Upgraded);
    let now = length(&rpc, &address).await.unwrap();
    assert_eq!(now, code.len() + 10_240, "the loader adds no fewer bytes");
    // This one fits.
    let other = [&code[..], &sha256(&[b"another"])].concat();
    let upgrade = Upload { bytecode: &other, ..upgrade };
    assert_eq!(program::deploy(&rpc, &payer, upgrade).await.unwrap(), Deployed::Upgraded);
    assert_eq!(length(&rpc, &address).await, Some(now));
    // A program that begins with these bytes and goes on is another.
    let error = program::deploy(&rpc, &payer, upload).await.unwrap_err();
    assert!(error.to_string().contains("found another one"), "{error}");
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

    let upload = Upload { address: program(), key: None, bytecode: &code, room: 0, upgrade: false };
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
    let slow = CircuitPolicy { delay: 1, ..POLICY };
    let governance = &network.governance;
    for policy in [strict, slow] {
        let error = governance::initialize(&rpc, governance, &governance.pubkey(), policy).await.unwrap_err();
        assert!(error.to_string().contains("for ever"), "{error}");
    }
    let stranger = Keypair::new().pubkey();
    let error = governance::initialize(&rpc, governance, &stranger, POLICY).await.unwrap_err();
    assert!(error.to_string().contains(&format!("expected the authority {stranger}")), "{error}");
    existing_contracts_are_what_is_asked_for(network).await;
}

/// What is told of existing contracts when so much is asked for.
async fn refused(network: &Network, owner: Address, policy: CircuitPolicy, existing: &EvmDeployment) -> String {
    let provider = wallet(&network.evm, self::owner(&network.evm)).unwrap();
    let asked = contracts::deploy(&provider, owner, &artifacts(), policy, Some(existing.clone())).await;
    format!("{:#}", asked.unwrap_err())
}

async fn existing_contracts_are_what_is_asked_for(network: &Network) {
    let (record, deployer) = (&network.contracts, owner(&network.evm).address());
    for policy in [CircuitPolicy { allow_development: false, ..POLICY }, CircuitPolicy { delay: 1, ..POLICY }] {
        let error = refused(network, deployer, policy, record).await;
        assert!(error.starts_with("the record has"), "{error}");
        // Nor does a record help that says what is asked for.
        let lie = EvmDeployment {
            circuit_delay: policy.delay,
            allow_development: policy.allow_development,
            ..record.clone()
        };
        let error = refused(network, deployer, policy, &lie).await;
        assert!(error.contains("which never changes"), "{error}");
    }
    let stranger = Address::repeat_byte(7);
    let error = refused(network, stranger, POLICY, record).await;
    assert!(error.contains(&format!("expected the owner {stranger}")), "{error}");
    let nothing = EvmDeployment { circuit_registry: stranger.to_string(), ..record.clone() };
    let error = refused(network, deployer, POLICY, &nothing).await;
    assert!(error.contains("found no code"), "{error}");

    // Contracts of their own, which are wired to each other and not to those.
    let provider = wallet(&network.evm, owner(&network.evm)).unwrap();
    let others = contracts::deploy(&provider, deployer, &artifacts(), POLICY, None).await.unwrap();
    let of_others = EvmDeployment { circuit_registry: others.circuit_registry.clone(), ..record.clone() };
    let error = refused(network, deployer, POLICY, &of_others).await;
    assert!(error.contains("expected the circuit registry"), "{error}");
    let of_others = EvmDeployment { witnesses: others.witnesses.clone(), ..record.clone() };
    let error = refused(network, deployer, POLICY, &of_others).await;
    assert!(error.contains("witnesses the reserves of"), "{error}");

    // Their code is changed where no question shows it: in its last byte.
    for (contract, address) in [
        ("CircuitRegistry", &others.circuit_registry),
        ("Reserves", &others.reserves),
        ("Witnesses", others.witnesses.as_ref().unwrap()),
    ] {
        let address: Address = address.parse().unwrap();
        let code = provider.get_code_at(address).await.unwrap();
        let mut changed = code.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let set = async |code: Bytes| {
            let () = provider.raw_request("anvil_setCode".into(), (address, code)).await.unwrap();
        };
        set(changed.into()).await;
        let error = refused(network, deployer, POLICY, &others).await;
        assert!(error.contains(&format!("{contract} at {address}: expected the code as compiled")), "{error}");
        set(code).await;
    }
    let there = contracts::deploy(&provider, deployer, &artifacts(), POLICY, Some(others.clone())).await.unwrap();
    assert_eq!(there, others);
    let before = EvmDeployment { witnesses: None, ..others.clone() };
    let added = contracts::deploy(&provider, deployer, &artifacts(), POLICY, Some(before)).await.unwrap();
    assert!(added.witnesses.is_some() && added.witnesses != others.witnesses && added.reserves == others.reserves);
}
