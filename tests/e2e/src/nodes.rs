//! A local Solana node and a local EVM node, as child processes that end with their owner.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use alloy::node_bindings::{Anvil, AnvilInstance};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use solana_client::{nonblocking::rpc_client::RpcClient, rpc_request::RpcRequest};
use solana_sdk::pubkey::Pubkey;

/// Bytes of a program in one request to the local node.
const PIECE: usize = 100_000;

/// The project's folder.
pub fn project() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_path_buf()
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), PathBuf::from)
}

/// A binary of this project, the one beside this program if there is one. `make demo` and `make
/// test` build it before it is asked for.
pub fn binary(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("find this program")?.with_file_name(name);
    let path = if own.exists() { own } else { target().join("debug").join(name) };
    ensure!(path.exists(), "{} is missing: `make demo` and `make test` build it", path.display());
    Ok(path)
}

/// The program's bytecode.
pub fn bytecode() -> Result<Vec<u8>> {
    let path = target().join("deploy/reserves.so");
    fs::read(&path).with_context(|| format!("read {}; `make bytecode` builds it", path.display()))
}

/// A running `localnet`.
pub struct SolanaNode {
    process: Child,
    // The node serves until this is closed.
    _input: Option<ChildStdin>,
    pub url: String,
}

impl SolanaNode {
    pub fn start() -> Result<Self> {
        let mut process = Command::new(binary("localnet")?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start localnet")?;
        let input = process.stdin.take();
        let output = process.stdout.take().context("localnet has no standard output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url).context("read localnet's address")?;
        ensure!(url.starts_with("http://"), "localnet did not say its address but {url:?}");
        Ok(Self { process, _input: input, url: url.trim().to_string() })
    }

    /// Puts a program at `address`, to be upgraded by `authority`, as only a local node can: nobody
    /// has the address's key.
    pub async fn place(&self, address: &Pubkey, bytecode: &[u8], authority: &Pubkey) -> Result<()> {
        let rpc = RpcClient::new(self.url.clone());
        for (number, piece) in bytecode.chunks(PIECE).enumerate() {
            let parameters = json!([address.to_string(), hex::encode(piece), number * PIECE, authority.to_string()]);
            let request = RpcRequest::Custom { method: "surfnet_writeProgram" };
            let _: Value = rpc.send(request, parameters).await.context("put the program on the local node")?;
        }
        Ok(())
    }
}

impl Drop for SolanaNode {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts anvil on a free port with `block_time` seconds between blocks, or a block a transaction.
pub fn start_anvil(block_time: Option<u64>) -> Result<AnvilInstance> {
    let packages = project().join("node_modules/@foundry-rs");
    let folders =
        fs::read_dir(&packages).with_context(|| format!("read {}; `npm ci` installs it", packages.display()))?;
    // The launcher in .bin is a script; killing it would leave the node running.
    let path = folders
        .filter_map(|entry| Some(entry.ok()?.path().join("bin/anvil")))
        .find(|path| path.to_string_lossy().contains("anvil-") && path.exists())
        .with_context(|| format!("no anvil for this machine in {}", packages.display()))?;
    // Every block is final at once, for readers who ask for that: by default it would be 64 blocks
    // old.
    let anvil = Anvil::at(path).args(["--slots-in-an-epoch", "0"]);
    let anvil = match block_time {
        Some(seconds) => anvil.block_time(seconds),
        None => anvil,
    };
    anvil.try_spawn().context("start anvil")
}
