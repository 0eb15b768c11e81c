//! Exit codes, what is on the output, and what is not.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio};

use ballast_durable::crash_point::VARIABLE;
use ballast_relayer::{crash, store::Store};
use serde_json::Value;

use crate::folder::Folder;

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name).to_str().unwrap().into()
}

#[test]
fn a_snapshot_is_looked_at_without_any_settings() {
    let folder = Folder::new();
    fs::remove_file(folder.path("ballast.toml")).unwrap();
    let snapshot = example("ledger-500x53.json");
    let arguments = ["snapshot", "check", &snapshot, "--borrows", "gross", "--accounts", "60", "--json"];
    let (code, output, errors) = folder.ballast(&arguments);
    assert_eq!(code, 0, "{errors}");
    let report: Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&report["accounts"], report["assets"].as_array().unwrap().len()), (&60.into(), 53));
    assert!(report["assets"][0]["liability_units"].is_string(), "amounts are strings");
    let (_, output, _) = folder.ballast(&arguments[..arguments.len() - 1]);
    assert!(output.contains("NOT COMMITTED: 440 further accounts"), "{output}");
    let (code, output, errors) = folder.ballast(&["snapshot", "check", &snapshot]);
    assert_eq!((code, output.as_str()), (2, ""), "{errors}");
    assert!(errors.contains("borrow") && errors.contains("account"), "{errors}");
    let declared = example("small-exchange.toml");
    let (code, output, errors) =
        folder.ballast(&["snapshot", "check", &example("small-exchange.csv"), "--assets", &declared]);
    assert_eq!(code, 0, "{errors}");
    assert!(output.contains("liability"), "{output}");
    assert_eq!(folder.ballast(&["snapshot", "check", "missing.csv", "--assets", &declared]).0, 2);
}

#[test]
fn an_answer_that_cannot_be_printed_is_1_and_a_closed_pipe_is_no_failure() {
    let folder = Folder::empty();
    for arguments in [&["completions", "bash"][..], &["completions", "bash", "--json"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = folder.command(arguments).stdout(full).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.starts_with("error: the answer cannot be printed"), "{errors}");
    }
    let mut closed =
        folder.command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(closed.stdout.take());
    let output = closed.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), vec![]));
}

#[test]
fn bad_input_is_2_and_reported_whole() {
    let folder = Folder::new();
    let (code, output, errors) =
        folder.ballast(&["run", "--once", "--json", "--set", "solana.nonsense=1", "--set", "evm.confirmations=0"]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("solana.nonsense") && errors.contains("evm.confirmations"), "{errors}");
    let failure: Value = serde_json::from_str(&output).unwrap();
    assert_eq!((&failure["error"]["exit_code"], &failure["error"]["kind"]), (&2.into(), &"bad_input".into()));
    for arguments in [
        &["history", "--config", "missing.toml"][..],
        &["history", "--chain", "bitcoin"],
        &["solvency", "BTC"],
        &["run"],
        &["nonsense"],
        &["history", "--set", "solana.rpc_url"],
        &["history", "--log-filter", "=!"],
        &["reserves", "verify", "1", "no-such-file.json"],
    ] {
        assert_eq!(folder.ballast(arguments).0, 2, "{arguments:?}");
    }
    fs::write(folder.path("ballast.toml"), "").unwrap();
    let (code, _, errors) = folder.ballast(&["history"]);
    assert_eq!(code, 2);
    for missing in ["exchange.name", "solana.rpc_url", "evm.contract"] {
        assert!(errors.contains(missing), "{missing} is not in {errors}");
    }
}

#[test]
fn an_unreachable_chain_is_4_and_its_address_stays_hidden() {
    let folder = Folder::new();
    let reserves = ["reserves", "verify", "1", "ballast.toml"];
    let others = [&["history"][..], &["verify", "--chain", "evm"], &["exchange", "register", "--dry-run"]];
    for arguments in others.into_iter().chain([&reserves[..], &["audit", "1"]]) {
        let (code, _, errors) = folder.ballast(arguments);
        assert_eq!(code, 4, "{arguments:?}: {errors}");
        assert!(errors.contains("http://127.0.0.1:1") && !errors.contains("SECRET"), "{errors}");
    }
    let (_, _, errors) = folder.ballast(&["show", "1"]);
    assert!(errors.contains("2 problems"), "both chains are told of: {errors}");
}

#[test]
fn an_address_that_no_chain_takes_is_2() {
    let folder = Folder::new();
    let evm = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let other = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
    let solana = "11111111111111111111111111111112";
    let exchange = |arguments: &[&str]| folder.ballast(&[&["exchange", "--dry-run"], arguments].concat());
    for arguments in [
        &["set-posters", "--chain", "solana", "--poster", evm][..],
        &["set-posters", "--chain", "solana", "--poster", solana, "--poster", evm],
        &["propose-authority", "--chain", "evm", solana],
    ] {
        let (code, _, errors) = exchange(arguments);
        assert_eq!(code, 2, "{arguments:?}: {errors}");
        assert!(errors.contains("the only chain that this command asks"), "{errors}");
    }
    for arguments in [&["propose-authority", evm, other][..], &["propose-authority", solana, evm, other]] {
        let (code, _, errors) = exchange(arguments);
        assert_eq!(code, 2, "{arguments:?}: {errors}");
        assert!(errors.contains("expected at most 1 address of evm") && errors.contains(other), "{errors}");
    }
    // These go on to the chains.
    for arguments in [&["set-posters", "--poster", evm][..], &["propose-authority", solana, evm]] {
        assert_eq!(exchange(arguments).0, 4, "{arguments:?}");
    }
}

#[test]
fn a_secret_is_made_once_and_never_shown() {
    let folder = Folder::new();
    let (code, output, errors) = folder.ballast(&["secret", "new"]);
    assert_eq!(code, 0, "{errors}");
    let path = folder.path("master.secret");
    let secret = fs::read_to_string(&path).unwrap();
    let digits = secret.lines().nth(1).unwrap();
    assert!(!output.contains(digits) && !errors.contains(digits));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(folder.ballast(&["secret", "new"]).0, 2, "it is never overwritten");
    assert_eq!(fs::read_to_string(&path).unwrap(), secret);
    assert_eq!(folder.ballast(&["secret", "new", "other.secret"]).0, 0);
    assert_ne!(fs::read_to_string(folder.path("other.secret")).unwrap(), secret);
}

#[test]
fn a_store_in_use_is_left_alone() {
    let folder = Folder::new();
    let _store = Store::open(&folder.path(".ballast/relayer.sqlite")).unwrap();
    let (code, _, errors) = folder.ballast(&["run", "--once"]);
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains(&format!("is in use: process {} holds the lock", std::process::id())), "{errors}");
}

#[test]
fn settings_come_from_file_environment_and_flags() {
    let folder = Folder::new();
    let errors = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = folder.run(&[&["history", "--chain", "evm"], arguments].concat(), variables);
        String::from_utf8(output.stderr).unwrap()
    };
    let variable = ("BALLAST_EVM_RPC_URL", "http://127.0.0.2:1");
    assert!(errors(&[], &[]).contains("http://127.0.0.1:1"));
    assert!(errors(&[variable], &[]).contains("http://127.0.0.2:1"));
    assert!(errors(&[variable], &["--set", "evm.rpc_url=http://127.0.0.3:1"]).contains("http://127.0.0.3:1"));
    fs::rename(folder.path("ballast.toml"), folder.path("other.toml")).unwrap();
    assert!(errors(&[("BALLAST_CONFIG", "other.toml")], &[]).contains("http://127.0.0.1:1"));
    assert!(errors(&[("BALLAST_EVM_RPCURL", "x")], &["--config", "other.toml"]).contains("no setting"));
}

fn snarkjs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/snarkjs");
    assert!(path.exists(), "{}: run npm ci", path.display());
    path.to_str().unwrap().into()
}

#[test]
fn a_class_without_a_circuit_is_2() {
    let folder = Folder::new();
    for arguments in [
        &["bench", "--depth", "11"][..],
        &["bench", "--depth", "6", "--argument-only"],
        &["setup", "development", "--depth", "3"],
        &["setup", "export-r1cs", "--depth", "255", "circuit.r1cs"],
    ] {
        let (code, _, errors) = folder.ballast(arguments);
        assert_eq!(code, 2, "{arguments:?}: {errors}");
        assert!(errors.contains("CircuitClassUnsupported"), "{errors}");
    }
    assert!(!folder.path(".ballast").exists() && !folder.path("circuit.r1cs").exists());
}

#[test]
fn constraints_are_written_as_circom_has_them() {
    let folder = Folder::new();
    let (code, output, errors) = folder.ballast(&["setup", "export-r1cs", "--depth", "7", "circuit.r1cs", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let written: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(written["file"], "circuit.r1cs");
    let bytes = fs::read(folder.path("circuit.r1cs")).unwrap();
    assert!(bytes.starts_with(b"r1cs") && bytes.len() > 1 << 20, "{} bytes", bytes.len());
}

#[test]
fn a_ceremony_of_other_files_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path("garbage"), "no powers of tau at all").unwrap();
    let ceremony = ["--depth", "7", "--ptau", "garbage", "--zkey", "garbage"];
    for command in [&["setup", "verify"][..], &["setup", "import", "--out", "keys"]] {
        let program = snarkjs();
        let (code, _, errors) = folder.ballast(&[command, &ceremony, &["--snarkjs", &program]].concat());
        assert_eq!(code, 2, "{command:?}: {errors}");
        assert!(errors.contains("garbage"), "{errors}");
        let (code, _, errors) = folder.ballast(&[command, &ceremony, &["--snarkjs", "/bin/echo"]].concat());
        assert_eq!(code, 2, "another program: {errors}");
        assert!(errors.contains("version 0.7"), "{errors}");
    }
    assert!(!folder.path("keys").exists());
    let begin = ["setup", "begin", "--depth", "7", "--ptau", "missing.ptau", "first.zkey", "--snarkjs", &snarkjs()];
    let contribute = ["setup", "contribute", "missing.zkey", "next.zkey", "--name", "me", "--snarkjs", &snarkjs()];
    for arguments in [&begin[..], &contribute] {
        let (code, _, errors) = folder.ballast(arguments);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.contains("missing."), "{errors}");
    }
    let (code, _, errors) = folder.ballast(
        &[&["setup", "contribute", "garbage", "next.zkey", "--name", "me", "--snarkjs"][..], &[snarkjs().as_str()]]
            .concat(),
    );
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("garbage") && errors.contains("expected \"zkey\""), "{errors}");
    let beacon = ["setup", "beacon", "garbage", "last.zkey", "--name", "block", "--snarkjs", &snarkjs(), "--value"];
    assert_eq!(folder.ballast(&[&beacon[..], &["0102", "--exponent", "5"]].concat()).0, 2);
    assert_eq!(folder.ballast(&[&beacon[..], &["no digits"]].concat()).0, 2);
    assert!(!folder.path("next.zkey").exists() && !folder.path("last.zkey").exists());
}

#[test]
fn a_crash_point_is_armed_by_its_name_only() {
    let folder = Folder::new();
    let unknown = folder.run(&["secret", "new"], &[(VARIABLE, "no-such-point")]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(!folder.path("master.secret").exists());
    let armed = folder.run(&["secret", "new"], &[(VARIABLE, crash::RUN_POINTS[0])]);
    assert_eq!(armed.status.code(), Some(0), "a point that is not passed does nothing");
}
