//! The program as it is deployed, on a node of our own, with the exchange of the golden history.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use ballast_core::Digest;
use ballast_sdk::solana::{bindings::types, instruction::Program};
use serde_json::{Value, json};
use solana_client::{nonblocking::rpc_client::RpcClient, rpc_request::RpcRequest};
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_sdk::{
    instruction::Instruction,
    signature::{Keypair, SeedDerivable},
    signer::Signer,
    transaction::Transaction,
};

use crate::golden;

/// Unix seconds after every as-of time of the history.
const AFTER: u64 = 1_795_392_000;
/// Bytes of a post that one transaction holds.
const PIECE: usize = 900;
/// Bytes of the program that one request holds.
const UPLOAD: usize = 100_000;

pub struct Deployment {
    process: Child,
    // The node serves until this is closed.
    _input: Option<ChildStdin>,
    pub url: String,
    pub rpc: RpcClient,
    pub history: Value,
    /// Of the exchange and of the program's governance, and the poster.
    pub authority: Keypair,
    pub program: Program,
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| golden::project("target"), PathBuf::from)
}

impl Deployment {
    /// Program, circuit and exchange, nothing posted.
    pub async fn new() -> Self {
        let binary = target().join("debug/localnet");
        let mut process = Command::new(&binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; `cargo build --workspace` builds it", binary.display()));
        let input = process.stdin.take();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_string();
        let history = golden::history();
        let seed = golden::vector(&history["exchange"]["solana_authority_seed"]);
        let deployment = Self {
            process,
            _input: input,
            rpc: RpcClient::new_with_commitment(url.clone(), CommitmentConfig::confirmed()),
            url,
            history,
            authority: Keypair::from_seed(&seed).unwrap(),
            program: Program::default(),
        };
        deployment.upload().await;
        deployment.set_up().await;
        deployment
    }

    async fn ask(&self, method: &'static str, parameters: Value) -> Value {
        self.rpc.send(RpcRequest::Custom { method }, parameters).await.unwrap()
    }

    async fn upload(&self) {
        let path = target().join("deploy/reserves.so");
        let code = std::fs::read(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; `make bytecode` builds it", path.display()));
        let authority = self.authority.pubkey().to_string();
        for (number, piece) in code.chunks(UPLOAD).enumerate() {
            let parameters = json!([self.program.0.to_string(), hex::encode(piece), number * UPLOAD, authority]);
            self.ask("surfnet_writeProgram", parameters).await;
        }
        let wealth = json!([authority, 1_000_000_000_000u64]);
        self.ask("requestAirdrop", wealth).await;
        // The node's clock only goes forward: to after the history, whatever this machine's says.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let milliseconds = 1_000 * (now + 60).max(AFTER);
        self.ask("surfnet_timeTravel", json!([{ "absoluteTimestamp": milliseconds }])).await;
    }

    async fn set_up(&self) {
        let (authority, history) = (self.authority.pubkey(), &self.history);
        let arguments = types::InitializeArgs { authority, circuit_delay: 0, allow_development: true };
        self.send(&[self.program.initialize(&authority, arguments)]).await;
        let circuit = &history["circuit"];
        let arguments = types::RegisterCircuitArgs {
            depth: 7,
            assets: 128,
            setup: 1,
            transcript: golden::bytes(&circuit["transcript"]),
            verifying_key: golden::vector(&circuit["verifying_key"]),
        };
        self.send(&[self.program.register_circuit(&authority, &golden::circuit(history), arguments)]).await;
        let arguments = types::RegisterExchangeArgs {
            name: history["exchange"]["name"].as_str().unwrap().into(),
            evm_authority: golden::bytes(&history["exchange"]["evm_authority"]),
            cadence: 600,
        };
        let id = self.exchange();
        self.send(&[self.program.register_exchange(&authority, &id, arguments)]).await;
        self.send(&self.program.append_assets(&authority, &id, 0, golden::assets(history).as_slice())).await;
        self.send(&[self.program.set_posters(&authority, &id, vec![authority])]).await;
    }

    pub async fn send(&self, instructions: &[Instruction]) {
        let budget = ComputeBudgetInstruction::set_compute_unit_limit(1_400_000);
        let instructions = [&[budget], instructions].concat();
        let blockhash = self.rpc.get_latest_blockhash().await.unwrap();
        let payer = self.authority.pubkey();
        let transaction =
            Transaction::new_signed_with_payer(&instructions, Some(&payer), &[&self.authority], blockhash);
        self.rpc.send_and_confirm_transaction(&transaction).await.unwrap();
    }

    pub fn exchange(&self) -> Digest {
        golden::exchange(&self.history)
    }

    /// Posts a shard of the golden history, with its real proof.
    pub async fn post(&self, shard: &Value) {
        let (poster, post) = (self.authority.pubkey(), golden::post(shard));
        let bytes = post.encode();
        self.send(&[self.program.open_buffer(&poster, 7, bytes.len() as u32)]).await;
        for (number, piece) in bytes.chunks(PIECE).enumerate() {
            self.send(&[self.program.write_buffer(&poster, 7, (number * PIECE) as u32, piece.to_vec())]).await;
        }
        let post = self.program.post_shard(&poster, &self.exchange(), post.epoch, &post.circuit, 7);
        self.send(&[post, self.program.close_buffer(&poster, 7)]).await;
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
