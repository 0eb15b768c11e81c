//! Whole epochs by the `ballast` binary on two real chains, read back by the SDK and by an
//! independent calculation.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use ballast_core::solvency::Standing;
use ballast_e2e::{
    ballast::Ballast,
    network::{Network, Source},
    nodes::{project, target},
    small_exchange,
};
use serde_json::Value;
use tempfile::TempDir;

/// All 500 accounts, of which four have borrowed.
fn sample() -> Source {
    Source {
        snapshot: project().join("examples/ledger-500x53.json"),
        assets: None,
        reserves: project().join("examples/reserves.toml"),
        borrows: "gross",
        accounts: None,
        depth: 7,
    }
}

/// What the accounts of the sample hold, by asset: a few lines that share nothing with the project.
fn independent_totals() -> BTreeMap<String, String> {
    let script = "import json, sys\n\
        sample = json.load(open(sys.argv[1]))\n\
        accounts = list(sample['accounts'].values())\n\
        print(json.dumps({a: str(sum(max(0, x.get(a, 0)) for x in accounts)) for a in sample['assets']}))\n";
    let file = project().join("examples/ledger-500x53.json");
    let output = Command::new("python3").args(["-c", script]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub async fn assert_totals_on_both_chains(network: &Network, exchange: &[u8; 32], expected: &BTreeMap<String, String>) {
    for client in network.clients().await.unwrap() {
        let epoch = client.latest(exchange).await.unwrap();
        let found: BTreeMap<String, String> =
            epoch.figures().into_iter().map(|asset| (asset.symbol, asset.liability.to_string())).collect();
        assert_eq!(found, *expected, "{}", client.chain());
    }
}

pub fn exit_code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn first_account() -> String {
    let text = fs::read_to_string(project().join("examples/ledger-500x53.json")).unwrap();
    let sample: Value = serde_json::from_str(&text).unwrap();
    sample["accounts"].as_object().unwrap().keys().next().unwrap().clone()
}

/// One after the other: each commits to an exchange of its own.
#[tokio::test(flavor = "multi_thread")]
async fn one_commitment_end_to_end() {
    let network = Network::shared().await.unwrap();
    let folder = TempDir::new().unwrap();
    the_sample_is_committed(&network, folder.path().join("sample")).await;
    what_is_wrong_is_told_by_the_exit_code(&network, folder.path().join("wrong")).await;
}

async fn the_sample_is_committed(network: &Network, folder: PathBuf) {
    let (keys, ballast) = network.exchange(folder.clone(), "Sample", &sample()).await.unwrap();
    ballast.register().unwrap();
    let run = ballast.json(&["run", "--once"]).unwrap();
    assert_eq!(
        (&run["posted"]["epoch"], &run["posted"]["shards"], &run["posted"]["depth"]),
        (&1.into(), &1.into(), &7.into())
    );
    assert_eq!(run["posted"]["status"], "solvent");
    assert!(run["posted"]["setup"].as_str().unwrap().contains("INSECURE"));
    for chain in run["posted"]["chains"].as_array().unwrap() {
        assert!(chain["units"].as_u64().unwrap() > 0, "{chain}");
        assert_ne!(chain["fee"], "0");
    }
    let id = keys.id("Sample").unwrap();
    let expected = independent_totals();
    assert_eq!(expected.len(), 53);
    assert_totals_on_both_chains(network, &id, &expected).await;

    let [solana, evm] = network.clients().await.unwrap();
    let agreement = solana.compare_history(&evm, &id).await.unwrap();
    assert!(agreement.behind.is_none());
    let verified = ballast.json(&["verify"]).unwrap();
    assert_eq!(verified["chains"].as_array().unwrap().len(), 2);
    assert_eq!(verified["chains"][0]["head"], verified["chains"][1]["head"]);
    what_was_verified_is_kept(&ballast, &folder);
    for client in [solana, evm] {
        let answer = client.solvency(&id, "ABC", 31_536_000).await.unwrap();
        // The circuit is a development setup's, which no answer is fresh from.
        assert_eq!(answer.standing, Standing::Development, "{}", client.chain());
    }

    a_customer_checks(&ballast, &folder);

    // The same snapshot again is no new epoch, and nothing is spent.
    let again = ballast.output(&["run", "--once"]).unwrap();
    assert_eq!(exit_code(&again), 2, "{}", String::from_utf8_lossy(&again.stderr));
    let history = ballast.json(&["history"]).unwrap();
    for chain in history["chains"].as_array().unwrap() {
        let text = chain.to_string();
        assert!(text.contains("INSECURE"), "{text}");
    }
}

/// The file that keeps how far both histories were verified, with one thing changed at a time.
fn what_was_verified_is_kept(ballast: &Ballast, folder: &std::path::Path) {
    let file = folder.join("kept/heads.json");
    let setting = format!("verify.heads={}", file.display());
    let verify = |more: &[&str]| ballast.output(&[&["--set", &setting, "verify"], more].concat()).unwrap();
    assert_eq!(exit_code(&verify(&[])), 0);
    let kept = fs::read_to_string(&file).unwrap();
    let heads: Value = serde_json::from_str(&kept).unwrap();
    let [evm, solana] = &heads["heads"].as_array().unwrap()[..] else { panic!("{kept}") };
    assert_eq!((&evm["chain"], &solana["chain"]), (&"evm:31337".into(), &"solana".into()));
    assert_eq!((&evm["epoch"], &evm["head"]), (&solana["epoch"], &solana["head"]));
    assert_eq!(exit_code(&verify(&[])), 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), kept, "nothing is new");

    let other = Value::from(format!("0x{}", "11".repeat(32)));
    for (chain, name) in [(0, "evm:31337"), (1, "solana")] {
        let cases = [
            ("head", other.clone(), 3, "expected head"),
            ("block", other.clone(), 3, "expected block"),
            ("epoch", 2.into(), 3, "expected epochs 2"),
            ("deployment", "elsewhere".into(), 2, "to be of deployment"),
        ];
        for (field, value, code, reason) in cases {
            let mut changed = heads.clone();
            changed["heads"][chain][field] = value;
            fs::write(&file, changed.to_string()).unwrap();
            let refused = verify(&[]);
            let message = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(exit_code(&refused), code, "{name}, {field}: {message}");
            assert!([name, reason, "--from-start"].iter().all(|part| message.contains(part)), "{field}: {message}");
            assert_eq!(fs::read_to_string(&file).unwrap(), changed.to_string(), "what is refused is left as it is");
        }
    }
    fs::write(&file, "nothing").unwrap();
    assert_eq!(exit_code(&verify(&[])), 2);
    assert_eq!(exit_code(&verify(&["--from-start"])), 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), kept);
}

fn a_customer_checks(ballast: &Ballast, folder: &std::path::Path) {
    let account = first_account();
    let file = folder.join("inclusion.json");
    let path = file.to_string_lossy();
    ballast.run(&["inclusion", "make", "1", &account, "--out", &path]).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("{\"notice\":\"PRIVATE"), "the first line does not say PRIVATE first");
    ballast.run(&["inclusion", "verify", &path, "--account", &account]).unwrap();
    let stranger = ballast.output(&["inclusion", "verify", &path, "--account", "somebody-else"]).unwrap();
    assert_eq!(exit_code(&stranger), 3);
    // One more unit than was committed.
    let mut changed: Value = serde_json::from_str(&text).unwrap();
    let balance = &mut changed["leaves"][0]["slots"][0]["balance"];
    *balance = Value::from(balance.as_u64().unwrap() + 1);
    fs::write(&file, changed.to_string()).unwrap();
    let forged = ballast.output(&["inclusion", "verify", &path, "--account", &account]).unwrap();
    assert_eq!(exit_code(&forged), 3);
}

async fn what_is_wrong_is_told_by_the_exit_code(network: &Network, folder: PathBuf) {
    let source = small_exchange::source(&folder).unwrap();
    let (_, ballast) = network.exchange(folder.clone(), "Wrong", &source).await.unwrap();
    ballast.run(&["secret", "new"]).unwrap();
    // Posting for an exchange that is not registered, or not posted for by this key, is refused
    // before anything is sent.
    let unregistered = ballast.output(&["run", "--once"]).unwrap();
    assert_ne!(exit_code(&unregistered), 0);
    for command in ["register", "add-assets", "set-posters"] {
        ballast.run(&["exchange", command]).unwrap();
    }
    ballast.run(&["exchange", "pause"]).unwrap();
    let paused = ballast.output(&["run", "--once"]).unwrap();
    assert_eq!(exit_code(&paused), 3, "{}", String::from_utf8_lossy(&paused.stderr));
    assert!(String::from_utf8_lossy(&paused.stderr).contains("ExchangePaused"));
    ballast.run(&["exchange", "unpause"]).unwrap();

    // A ceremony's key is not made, and a development key under its name is none.
    let keys = folder.join("ceremony");
    fs::create_dir(&keys).unwrap();
    let path = format!("circuit.keys={}", keys.display());
    let ceremony = ["--set", "circuit.setup=ceremony", "--set", &path, "run", "--once"];
    for expected in ["no such file", "found one of an INSECURE development setup"] {
        let refused = ballast.output(&ceremony).unwrap();
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(exit_code(&refused), 2, "{message}");
        assert!(message.contains(expected), "{message}");
        let development = target().join("development-setup/depth-7-INSECURE-development.key");
        let _ = std::os::unix::fs::symlink(development.canonicalize().unwrap(), keys.join("depth-7-ceremony.key"));
    }

    // Nobody listens on port 1.
    for setting in ["solana.rpc_url=http://127.0.0.1:1", "evm.rpc_url=http://127.0.0.1:1"] {
        let unreachable = ballast.output(&["--set", setting, "run", "--once"]).unwrap();
        assert_eq!(exit_code(&unreachable), 4, "{setting}: {}", String::from_utf8_lossy(&unreachable.stderr));
    }
    let text = fs::read_to_string(folder.join("snapshot.csv")).unwrap();
    fs::write(folder.join("snapshot.csv"), text + "eve,USDC,-1,0,0\n").unwrap();
    let negative = ballast.output(&["run", "--once"]).unwrap();
    assert_eq!(exit_code(&negative), 2);
    let message = String::from_utf8_lossy(&negative.stderr).into_owned();
    assert!(message.contains("eve") && message.contains("USDC"), "{message}");
    assert!(ballast.json(&["history"]).unwrap().to_string().find("\"record\"").is_none(), "nothing was posted");
}
