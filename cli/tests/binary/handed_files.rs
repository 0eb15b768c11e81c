//! Files that were handed over and are not what they are said to be: exit code 2, at once, in words
//! of our own.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::unix::ffi::OsStrExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::folder::Folder;

const SNARKJS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../node_modules/.bin/snarkjs");

/// Exit code and errors of a command, which must end soon: whoever waits for a pipe waits for ever.
fn soon(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = folder.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn pipes_folders_and_endless_files_are_2() {
    let folder = Folder::new();
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    fs::create_dir(folder.path("folder")).unwrap();
    File::create(folder.path("sparse")).unwrap().set_len(3 << 30).unwrap();
    for file in ["pipe", "folder", "sparse", "missing"] {
        let commands = [
            vec!["inclusion", "verify", file, "--account", "alice"],
            vec!["reserves", "verify", "1", file],
            vec!["audit", "1", "--report", file],
            vec!["setup", "begin", "--depth", "7", "--ptau", file, "key", "--snarkjs", SNARKJS],
            vec!["setup", "contribute", file, "key", "--name", "me", "--snarkjs", SNARKJS],
        ];
        for command in commands {
            let (code, errors) = soon(&folder, &command);
            assert_eq!(code, Some(2), "{command:?}: {errors}");
            assert!(errors.contains(file), "{command:?}: {errors}");
        }
    }
    fs::write(folder.path("report.json"), "{\"version\":2}\n").unwrap();
    let (code, errors) = soon(&folder, &["audit", "1", "--report", "report.json"]);
    assert!(code == Some(2) && errors.contains("report.json"), "read before any chain is asked: {errors}");
    assert!(Command::new("mkfifo").arg(folder.path("pipe.json")).status().unwrap().success());
    let (code, errors) = soon(&folder, &["snapshot", "check", "pipe.json"]);
    assert!(code == Some(2) && errors.contains("pipe.json"), "{errors}");
    fs::create_dir(folder.path("ledger")).unwrap();
    for file in ["pipe", "sparse"] {
        fs::rename(folder.path(file), folder.path("ledger/genesis")).unwrap();
        let (code, errors) = soon(&folder, &["ledger", "verify"]);
        assert!(code == Some(2) && errors.contains("ledger/genesis"), "{errors}");
    }
}

/// Ceremony files that are something else: a web page, a pointer to large storage, powers that were
/// cut short.
#[test]
fn what_is_no_ceremony_file_is_2_in_words_of_our_own() {
    let folder = Folder::new();
    for (name, text) in [
        ("page", "<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>"),
        ("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 604000000\n"),
        ("cut", "ptau\x01\0\0\0\x0b\0\0\0\x01\0\0\0\x2c\0\0\0\0\0\0\0"),
        ("empty", ""),
    ] {
        fs::write(folder.path(name), text).unwrap();
        let commands = [
            vec!["setup", "begin", "--depth", "7", "--ptau", name, "key", "--snarkjs", SNARKJS],
            vec!["setup", "contribute", name, "key", "--name", "me", "--snarkjs", SNARKJS],
            vec!["setup", "beacon", name, "key", "--name", "me", "--value", "0102", "--snarkjs", SNARKJS],
        ];
        for command in commands {
            let (code, errors) = soon(&folder, &command);
            assert_eq!(code, Some(2), "{command:?}: {errors}");
            assert!(errors.contains(name) && errors.contains("expected"), "{command:?}: {errors}");
            assert!(!errors.contains('\x1b') && !errors.contains("\n    at "), "a stack of JavaScript's: {errors}");
            assert!(!folder.path("key").exists(), "{command:?}");
        }
    }
}

#[test]
fn a_snarkjs_that_is_not_installed_is_2_and_says_how_to_get_it() {
    let folder = Folder::new();
    fs::write(folder.path("key"), "").unwrap();
    let verify = ["setup", "verify", "--depth", "7", "--ptau", "key", "--zkey", "key"];
    let (code, errors) = soon(&folder, &verify);
    assert_eq!(code, Some(2), "{errors}");
    for words in ["node_modules/.bin/snarkjs", "npm install snarkjs@0.7", "--snarkjs"] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
}

#[test]
fn too_few_powers_of_tau_are_2_with_the_power_that_is_needed() {
    let folder = Folder::new();
    let snarkjs = |arguments: &[&str]| {
        let output = Command::new(SNARKJS).current_dir(folder.0.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    snarkjs(&["powersoftau", "new", "bn128", "4", "new.ptau"]);
    snarkjs(&["powersoftau", "beacon", "new.ptau", "ended.ptau", "0102", "10", "--name=x"]);
    snarkjs(&["powersoftau", "prepare", "phase2", "ended.ptau", "small.ptau"]);
    let begin = ["setup", "begin", "--depth", "10", "--ptau", "small.ptau", "first.zkey", "--snarkjs", SNARKJS];
    let (code, errors) = soon(&folder, &begin);
    assert_eq!(code, Some(2), "{errors}");
    for words in ["small.ptau", "at least 22", "found 4"] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
    assert!(!folder.path("first.zkey").exists());
}

#[test]
fn symbols_in_other_scripts_are_2_with_the_rule() {
    let folder = Folder::new();
    let declaration = "as_of = 1795392000\n[[assets]]\nsymbol = \"\u{5e01}\u{5b89}\u{4eba}\u{751f}\"\ndecimals = 2\n";
    fs::write(folder.path("assets.toml"), declaration).unwrap();
    fs::write(folder.path("rows.csv"), "account,asset,available,in_orders,lent_unborrowed\nu1,X,1,0,0\n").unwrap();
    let check = ["snapshot", "check", "rows.csv", "--assets", "assets.toml"];
    let (code, errors) = soon(&folder, &check);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("assets.toml") && errors.contains("A-Z a-z 0-9") && errors.is_ascii(), "{errors}");
    let (code, output, _) = folder.ballast(&[&check[..], &["--json"]].concat());
    assert!(code == 2 && output.contains("\"bad_input\""), "{output}");
}

#[test]
fn an_environment_that_is_no_text_is_never_a_panic() {
    let folder = Folder::new();
    let run = |name: &[u8], value: &[u8]| {
        let mut command = folder.command(&["history", "--chain", "evm"]);
        let output = command.env(OsStr::from_bytes(name), OsStr::from_bytes(value)).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (usual, words) = run(b"UNRELATED", b"text");
    assert_eq!(usual, Some(4), "nothing listens: {words}");
    assert_eq!(run(b"UNRELATED", b"\xff").0, usual);
    assert_eq!(run(b"UNREL\xffATED", b"text").0, usual);
    for (name, value) in [(&b"BALLAST_EVM_RPC_URL"[..], &b"SECRET\xff"[..]), (b"BALLAST_EVM_\xff", b"SECRET")] {
        let (code, words) = run(name, value);
        assert_eq!(code, Some(2), "{words}");
        assert!(
            words.contains("BALLAST_EVM_") && words.contains("not Unicode") && !words.contains("SECRET"),
            "{words}"
        );
    }
}

#[test]
fn odd_settings_are_2_and_never_a_panic() {
    let folder = Folder::new();
    for setting in
        ["=", "=1", ".=1", "evm.=1", ".evm=1", "evm.rpc_url.more=1", "\u{e9}vm.rpc=1", "e\u{20ac}=1", "\x1b[2J=1"]
    {
        let (code, errors) = soon(&folder, &["history", "--set", setting]);
        assert_eq!(code, Some(2), "{setting:?}: {errors}");
        assert!(!errors.contains('\x1b') && !errors.contains("panicked"), "{setting:?}: {errors}");
    }
    for text in [
        "\u{feff}[evm]\nrpc = 1\n",
        "[evm]\n\"\\u001b[2J\" = 1\n",
        "\"\" = 1\n",
        "\"a.b.c\" = 1\n",
        "[a.b.c]\nd = 1\n",
        "a = [[[]]]\n",
    ] {
        fs::write(folder.path("odd.toml"), text).unwrap();
        let (code, errors) = soon(&folder, &["history", "--config", "odd.toml"]);
        assert_eq!(code, Some(2), "{text:?}: {errors}");
        assert!(!errors.contains('\x1b') && !errors.contains("panicked"), "{text:?}: {errors}");
    }
}
