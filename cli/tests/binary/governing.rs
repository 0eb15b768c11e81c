//! The binary: governing one chain, killed and asked again.

use std::process::Command;

use ballast_anvil::{Chain, nobody};
use ballast_durable::crash_point::VARIABLE;
use ballast_relayer::{chains::ChainName, crash, store::State};
use serde_json::Value;

/// Exit code (none when killed), JSON, errors.
fn exchange(chain: &Chain, arguments: &[&str], crash_at: Option<&str>) -> (Option<i32>, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
    command.current_dir(chain.folder.path()).args(["exchange", "--chain", "evm", "--json"]).args(arguments);
    command.env_remove(VARIABLE).envs(crash_at.map(|point| (VARIABLE, point)));
    let output = command.output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), json, String::from_utf8(output.stderr).unwrap())
}

pub fn outcome(chain: &Chain, arguments: &[&str]) -> String {
    let (code, json, errors) = exchange(chain, arguments, None);
    assert_eq!(code, Some(0), "{arguments:?}: {errors}");
    json["chains"][0]["outcome"].as_str().unwrap().into()
}

/// A chain on which the exchange is registered.
async fn registered() -> Chain {
    let chain = Chain::new().await;
    chain.configure();
    outcome(&chain, &["register"]);
    chain
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_sends_nothing_and_what_is_so_already_is_not_sent_again() {
    let chain = Chain::new().await;
    chain.configure();
    assert_eq!(outcome(&chain, &["register", "--dry-run"]), "would_be_done");
    assert_eq!(chain.mined().await, 0);
    assert!(!chain.folder.path().join("relayer.sqlite").exists());
    assert_eq!(outcome(&chain, &["register"]), "done");
    let proposed = nobody().to_string();
    for arguments in [
        &["register"][..],
        &["set-posters"],
        &["set-posters", "--poster", &proposed],
        &["pause"],
        &["unpause"],
        &["propose-authority", &proposed],
        &["propose-authority", "--withdraw"],
    ] {
        let expected = if arguments == ["register"] { "already" } else { "done" };
        assert_eq!(outcome(&chain, arguments), expected, "{arguments:?}");
        assert_eq!(outcome(&chain, arguments), "already", "{arguments:?}");
    }
    assert_eq!(chain.mined().await, 7);
    let (code, _, errors) = exchange(&chain, &["accept-authority"], None);
    assert_eq!(code, Some(0), "the authority has it already: {errors}");
    let (code, _, errors) = exchange(&chain, &["register", "--set", "exchange.cadence_seconds=61"], None);
    assert_eq!(code, Some(3));
    assert!(errors.contains("cadence of 60 s"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_accepts_with_its_own_key() {
    let chain = registered().await;
    let file = chain.other_key(5);
    let setting = format!("evm.authority={}", file.display());
    let accept = ["accept-authority", "--set", &setting];
    let (code, _, errors) = exchange(&chain, &accept, None);
    assert_eq!(code, Some(3));
    assert!(errors.contains("is not the proposed authority"), "{errors}");
    let proposed = chain.anvil.addresses()[5].to_string();
    assert_eq!(outcome(&chain, &["propose-authority", &proposed]), "done");
    assert_eq!(outcome(&chain, &accept), "done");
    assert_eq!(outcome(&chain, &accept), "already");
    let (code, _, errors) = exchange(&chain, &["pause"], None);
    assert_eq!(code, Some(3), "the previous authority has no say: {errors}");
    assert!(errors.contains("NotAuthority"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_killed_at_any_stage_takes_effect_once() {
    let chain = registered().await;
    let stages = crash::GOVERN_POINTS.iter().filter(|point| point.starts_with("evm-"));
    let mut passed = 0;
    for (number, (point, command)) in (2..).zip(stages.zip(["pause", "unpause", "pause"])) {
        let (code, ..) = exchange(&chain, &[command], Some(point));
        assert_eq!(code, None, "{point} was not reached");
        let signed = chain.store().transaction(number).unwrap().unwrap().transaction.identifier;
        let (code, _, errors) = exchange(&chain, &[command], None);
        assert_eq!(code, Some(0), "{point}: {errors}");
        let store = chain.store();
        let ended = store.transaction(number).unwrap().unwrap();
        assert_eq!((ended.settlement.state, ended.transaction.identifier), (State::Confirmed, signed), "{point}");
        assert_eq!(store.transaction(number + 1).unwrap(), None, "{point}: nothing else was signed");
        assert!(store.in_flight(ChainName::Evm).unwrap().is_empty(), "{point}");
        passed += 1;
        assert_eq!(chain.mined().await, 1 + passed, "{point}");
    }
    assert_eq!(passed, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_of_one_deployment() {
    let (first, second) = (Chain::new().await, Chain::with_id(31_338).await);
    first.configure();
    second.configure();
    outcome(&first, &["register"]);
    let store = format!("store.path={}", first.folder.path().join("relayer.sqlite").display());
    let (code, _, errors) = exchange(&second, &["register", "--set", &store], None);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("the store belongs to"), "{errors}");
    assert_eq!(second.mined().await, 0);
    let (code, _, errors) = exchange(&first, &["pause", "--set", "exchange.name=Other"], None);
    assert_eq!(code, Some(2), "{errors}");
}
