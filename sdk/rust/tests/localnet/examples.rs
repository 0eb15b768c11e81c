//! The examples, given the arguments that their users type, on a real node.

#![allow(dead_code)] // the examples' own `main`

#[path = "../../examples/history.rs"]
mod history;
#[path = "../../examples/inclusion.rs"]
mod inclusion;
#[path = "../../examples/solvency.rs"]
mod solvency;

use ballast_core::{circuit::SetupKind, hexadecimal, solvency::Standing};

use crate::{deployment::Deployment, golden};

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_read_the_program() {
    let deployment = Deployment::new().await;
    let (program, exchange) = (deployment.program.0.to_string(), hexadecimal::encode(deployment.exchange()));
    let epochs = deployment.history["epochs"].as_array().unwrap();
    for shard in epochs.iter().flat_map(|epoch| epoch["shards"].as_array().unwrap()) {
        deployment.post(shard).await;
    }
    let chain = || [deployment.url.clone(), program.clone(), exchange.clone()].into_iter();

    let text = history::run(chain()).await.unwrap();
    let gap = "gap after epoch 2: 1 epochs due from 1795390592 on are missing";
    assert_eq!(text.lines().filter(|line| line.starts_with("epoch ") || *line == gap).count(), 5, "{text}");

    let question = ["USDC".into(), u64::MAX.to_string()];
    let answer = solvency::run(chain().chain(question)).await.unwrap();
    assert_eq!((answer.standing, answer.setup), (Standing::Development, Some(SetupKind::Development)));
    assert!(!answer.is_fresh(), "proofs of a development circuit can be forged");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inclusion.json");
    std::fs::write(&path, golden::inclusion_file(&deployment.history, "customer-4")).unwrap();
    let file = |account: &str| [path.to_str().unwrap().into(), account.into()].into_iter();
    let text = inclusion::run(file("customer-4").chain(chain())).await.unwrap();
    assert!(text.contains("  4002003 units of 10^-6 USDC\n"), "{text}");
    assert!(inclusion::run(file("customer-5").chain(chain())).await.is_err());
}
