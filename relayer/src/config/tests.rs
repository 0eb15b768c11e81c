use std::path::{Path, PathBuf};

use super::*;
use ballast_sdk::node::shown;
use url::Url;

const EXAMPLE: &str = include_str!("../../../cli/ballast.example.toml");

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ballast.toml");
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn read(file: Option<&Path>, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Config, Problems> {
    let figment = layered(file, pairs(variables).into_iter(), pairs(flags)).unwrap();
    Config::read(figment, &Section::ALL)
}

fn problems(text: &str) -> Vec<String> {
    let (_directory, path) = written(text);
    read(Some(&path), &[], &[]).unwrap_err().messages().map(str::to_owned).collect()
}

#[test]
fn the_example_parses_and_shows_every_setting() {
    let (directory, path) = written(EXAMPLE);
    let config = read(Some(&path), &[], &[]).unwrap();
    assert!(config.exchange.is_some() && config.snapshot.is_some() && config.secret.is_some());
    assert!(config.circuit.is_some() && config.solana.is_some() && config.evm.is_some());
    assert!(config.store.unwrap().path.starts_with(directory.path()), "paths are relative to the file");

    let mut reader = SettingsReader::new(layered(Some(&path), [].into_iter(), vec![]).unwrap(), []);
    Config::read_from(&mut reader);
    let shown = |key: &&str| {
        let name = key.split_once('.').unwrap().1;
        EXAMPLE.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = ")))
    };
    let hidden: Vec<_> = reader.known().iter().filter(|key| !shown(key)).collect();
    assert!(hidden.is_empty(), "not in the example: {hidden:?}");
}

#[test]
fn a_log_has_its_own_settings_and_a_file_has_its_own() {
    let of = |lines: &str| problems(&format!("[snapshot]\nreserves = \"reserves.toml\"\n{lines}"));
    let told = |lines: &str, key: &str| of(lines).iter().any(|problem| problem.starts_with(key));
    let log = "log = \"ledger\"\n";
    assert!(!told(&format!("{log}checkpoint = \"state\"\n"), "snapshot."), "{:?}", of(log));
    for other in ["path = \"a.csv\"", "assets = \"a.toml\"", "as_of = 7", "accounts = 5", "borrows = \"refuse\""] {
        let lines = format!("{log}{other}\n");
        assert!(told(&lines, "snapshot.log"), "{other}: {:?}", of(&lines));
    }
    let lines = "path = \"a.csv\"\ncheckpoint = \"state\"\n";
    assert!(told(lines, "snapshot.checkpoint"), "{:?}", of(lines));
    assert!(!told("path = \"a.csv\"\nborrows = \"gross\"\n", "snapshot."), "a file may say it");
    assert!(told("checkpoint = \"state\"\n", "snapshot.path"));
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let (_directory, path) = written(EXAMPLE);
    let fee = |variables: &[(&str, &str)], flags: &[(&str, &str)]| {
        read(Some(&path), variables, flags).unwrap().solana.unwrap().priority_fee
    };
    assert_eq!(fee(&[], &[]), 0);
    let variable = ("BALLAST_SOLANA_PRIORITY_FEE", "7");
    assert_eq!(fee(&[variable, ("PATH", "/bin"), ("BALLAST_LOG", "debug")], &[]), 7);
    assert_eq!(fee(&[variable], &[("solana.priority_fee", "8")]), 8);
}

#[test]
fn depths_are_a_list_in_the_file_and_text_elsewhere() {
    let (_directory, path) = written(EXAMPLE);
    let depths = |flags: &[(&str, &str)]| -> Result<Vec<u8>, String> {
        let config = read(Some(&path), &[], flags).map_err(|problems| problems.to_string())?;
        Ok(config.classes().iter().map(|class| class.depth).collect())
    };
    assert_eq!(depths(&[]), Ok(vec![7]));
    for (text, expected) in [("8", vec![8]), ("7, 9", vec![7, 9]), ("[7,10]", vec![7, 10])] {
        assert_eq!(depths(&[("circuit.depths", text)]), Ok(expected));
    }
    for bad in ["", "6", "7,11", "7;8", "seven", "-7", "[]"] {
        let problem = depths(&[("circuit.depths", bad)]).unwrap_err();
        assert!(problem.starts_with("circuit.depths") && problem.contains("expected"), "{problem}");
    }
    let found = problems("[circuit]\nsetup = \"development\"\nkeys = \"a\"\ndepths = [3]\n");
    assert!(found.iter().any(|problem| problem.contains("expected depths of 7 to 10, found [3]")), "{found:?}");
    let (_directory, path) = written("[circuit]\nsetup = \"development\"\nkeys = \"a\"\ndepths = []\n");
    let none = Config::read(layered(Some(&path), [].into_iter(), vec![]).unwrap(), &[]).unwrap_err();
    assert!(none.to_string().contains("circuit.depths"), "{none}");
}

#[test]
fn chains_to_read_are_a_list_in_the_file_and_text_elsewhere() {
    let (_directory, path) = written(EXAMPLE);
    let chains = |flags: &[(&str, &str)]| -> Result<Vec<ChainName>, String> {
        Ok(read(Some(&path), &[], flags).map_err(|problems| problems.to_string())?.reserves.read)
    };
    assert_eq!(chains(&[]), Ok(vec![]));
    for (text, expected) in [
        ("", vec![]),
        ("[]", vec![]),
        ("evm", vec![ChainName::Evm]),
        ("solana, evm", vec![ChainName::Solana, ChainName::Evm]),
        ("[\"evm\",\"solana\"]", vec![ChainName::Evm, ChainName::Solana]),
    ] {
        assert_eq!(chains(&[("reserves.read", text)]), Ok(expected), "{text:?}");
    }
    for bad in ["bitcoin", "solana evm", "evm,evm", "7"] {
        let problem = chains(&[("reserves.read", bad)]).unwrap_err();
        assert!(problem.starts_with("reserves.read") && problem.contains("expected"), "{bad}: {problem}");
    }
    let (_directory, path) = written("[reserves]\nread = [\"solana\"]\nsurprise_basis_points = 10001\n");
    let figment = || layered(Some(&path), [].into_iter(), vec![]).unwrap();
    assert!(Config::read(figment(), &[]).unwrap_err().to_string().contains("expected 0 to 10000, found 10001"));
    let defaults = Config::read(Figment::new(), &[]).unwrap().reserves;
    assert_eq!(defaults, Reserves { read: vec![], surprise_basis_points: 100 });
}

#[test]
fn a_path_from_a_flag_is_relative_to_the_working_directory() {
    let (_directory, path) = written(EXAMPLE);
    let config = read(Some(&path), &[("BALLAST_STORE_PATH", "here.sqlite")], &[]).unwrap();
    assert_eq!(config.store.unwrap().path, Path::new("here.sqlite"));
}

#[test]
fn an_unknown_setting_is_refused_wherever_it_stands() {
    let (_directory, path) = written(EXAMPLE);
    for (variables, flags) in [
        (vec![("BALLAST_SOLANA_RPCURL", "http://localhost:8899")], vec![]),
        (vec![("BALLAST_NONSENSE", "1")], vec![]),
        (vec![], vec![("evm.confirmation", "3")]),
    ] {
        let text = read(Some(&path), &variables, &flags).unwrap_err().to_string();
        assert!(text.contains("is no setting"), "{text}");
    }
    let found = problems(&format!("[extra]\nkey = 1\n{EXAMPLE}"));
    assert!(found.len() == 1 && found[0].contains("extra.key") && found[0].contains("ballast.toml"), "{found:?}");
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let found = problems(
        "[exchange]\nname = \"\"\ncadence_seconds = 0\n[solana]\nrpc_url = \"ftp://token@host\"\ncommitment = \"processed\"\n\
         [evm]\nconfirmations = \"many\"\nblock = \"pending\"\n[snapshot]\naccounts = 0\nborrow = \"gross\"",
    );
    for part in [
        "exchange.name",
        "exchange.cadence_seconds",
        "exchange.solana_authority is not set",
        "solana.rpc_url",
        "solana.commitment",
        "solana.program is not set",
        "evm.rpc_url is not set",
        "evm.confirmations",
        "evm.block",
        "snapshot.accounts",
        "snapshot.borrow (",
        "secret.file is not set",
    ] {
        assert!(found.iter().any(|problem| problem.contains(part)), "{part} is not in {found:#?}");
    }
    assert!(found.iter().all(|problem| !problem.contains("token")), "{found:?}");
}

#[test]
fn a_section_that_is_not_needed_may_be_missing_but_not_wrong() {
    let lone = |text: &str| {
        let (_directory, path) = written(text);
        Config::read(layered(Some(&path), [].into_iter(), vec![]).unwrap(), &[Section::Store])
    };
    assert!(lone("[store]\npath = \"a\"").unwrap().solana.is_none());
    assert!(lone("[store]\npath = \"a\"\n[solana]\nrpc_url = \"nonsense\"").is_err());
    assert!(lone("[solana]\nrpc_url = \"http://host\"").unwrap_err().to_string().contains("store.path"));
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_bad_input() {
    assert!(problems("[store").iter().any(|problem| problem.contains("ballast.toml")));
    let missing = layered(Some(Path::new("/nowhere/ballast.toml")), [].into_iter(), vec![]).unwrap_err();
    assert_eq!(missing.kind, crate::failure::FailureKind::BadInput);
    assert!(missing.to_string().contains("/nowhere/ballast.toml"), "{missing}");
}

#[test]
fn public_and_private_artifacts_never_nest() {
    for (public, private) in [("a", "a"), ("a", "a/b"), ("a/b", "a")] {
        let text = format!("[artifacts]\npublic = {public:?}\nprivate = {private:?}\n");
        assert!(problems(&text).iter().any(|problem| problem.contains("would be published")), "{public} {private}");
    }
}

#[test]
fn an_endpoint_is_never_shown_whole() {
    let url = Url::parse("https://user:password@host.example:8443/v2/token?key=secret").unwrap();
    assert_eq!(shown(&url), "https://host.example:8443");
}
