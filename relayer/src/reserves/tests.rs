use std::path::Path;

use super::*;
use crate::{
    config::layered,
    failure::FailureKind,
    plan::{
        ProvedEpoch,
        tests::{plan, posts},
    },
};
use ballast_ledger::reserves::{BlockLine, Holding};

const STATED: &str = "sources = \"custodian\"\n[amounts]\nBTC = \"0.00000010\"\nUSDC = \"0.000020\"\n";
/// What is owed in the plan's epoch.
const LIABILITIES: [u128; 2] = [9, 12];

struct Folder {
    directory: tempfile::TempDir,
    config: Config,
    events: Events,
}

impl Folder {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = "[snapshot]\npath = \"snapshot.json\"\nreserves = \"reserves.toml\"\n\
                    [artifacts]\npublic = \"public\"\nprivate = \"private\"\n";
        let path = directory.path().join("ballast.toml");
        std::fs::write(&path, text).unwrap();
        let config = Config::read(layered(Some(&path), [].into_iter(), vec![]).unwrap(), &[]).unwrap();
        let folder = Self { directory, config, events: Events::default() };
        folder.state(STATED);
        folder
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn state(&self, text: &str) {
        std::fs::write(self.path().join("reserves.toml"), text).unwrap();
    }

    /// Publishes epoch 1, with `holding` units of USDC read from a wallet.
    fn publish(&self, holding: u128) -> Plan {
        let plan = begun(&self.config, holding);
        let epoch = ProvedEpoch::new(plan.clone(), posts(&plan)).unwrap();
        Artifacts::new(self.config.artifacts().unwrap()).publish("Example", &epoch).unwrap();
        plan
    }

    async fn gather(&self, epoch: u64, liabilities: [u128; 2], accept: bool) -> Result<Reserves, Failure> {
        let (plan, assets) = (plan(), plan().asset_list().unwrap());
        let request = Request {
            exchange: &plan.exchange,
            epoch,
            as_of: plan.as_of,
            assets: &assets,
            liabilities: &liabilities,
            wallets: &[],
            tokens: &[],
            lending: None,
            accept,
        };
        gather(&self.config, request, &self.events).await
    }
}

/// The plan of an epoch with the reserves of the folder and a holding.
fn begun(config: &Config, holding: u128) -> Plan {
    let (mut plan, assets) = (plan(), plan().asset_list().unwrap());
    let stated = Stated::read(&config.snapshot().unwrap().reserves, &assets).unwrap();
    let address = "11111111111111111111111111111112";
    let mut read = ReadHoldings::default();
    if holding > 0 {
        let text = |text: &str| text.to_owned();
        read.blocks.push(BlockLine { chain: text("solana"), height: 1, hash: text(address), time: plan.as_of });
        let (wallet, account, token) = (text(address), text(address), text(address));
        let (decimals, asset, balance) = (6, 2, holding);
        read.holdings.push(Holding { chain: text("solana"), wallet, account, token, decimals, asset, balance });
    }
    let occasion = Occasion { exchange: &plan.exchange, as_of: plan.as_of, assets: &assets };
    let reserves = Reserves::new(&occasion, &stated, &read, None).unwrap();
    plan.reserves = reserves.amounts;
    plan.reserves_report = String::from_utf8(reserves.report).unwrap();
    plan
}

#[tokio::test]
async fn what_is_stated_is_gathered() {
    let folder = Folder::new();
    let reserves = folder.gather(1, LIABILITIES, false).await.unwrap();
    assert_eq!(reserves.amounts, [10, 20]);
    let report = ReservesReport::parse(&reserves.report).unwrap();
    assert_eq!((report.version, report.holdings.len(), report.blocks.len()), (2, 0, 0));
    folder.state("sources = \"custodian\"\n[amounts]\nBTC = \"1\"\n");
    let failure = folder.gather(1, LIABILITIES, true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadInput);
    assert!(failure.to_string().contains("reserves.toml: USDC"), "{failure}");
}

#[tokio::test]
async fn surprises_stop_a_run_all_at_once_until_they_are_accepted() {
    let folder = Folder::new();
    let failure = folder.gather(1, [11, 21], false).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadInput);
    let text = failure.to_string();
    let parts = ["--accept", "BTC: expected reserves of at least the 0.00000011 owed", "USDC:", "found 0.000020"];
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    let mut listener = folder.events.subscribe();
    assert_eq!(folder.gather(1, [11, 21], true).await.unwrap().amounts, [10, 20]);
    let heard: Vec<Event> = std::iter::from_fn(|| listener.try_recv().ok()).collect();
    let is_of = |event: &Event, symbol: &str| matches!(event, Event::ReservesSurprised { epoch: 1, surprise, accepted: true } if surprise.starts_with(symbol));
    assert!(heard.len() == 2 && is_of(&heard[0], "BTC") && is_of(&heard[1], "USDC"), "{heard:?}");
}

#[tokio::test]
async fn the_last_epoch_is_compared_where_it_is_published() {
    let folder = Folder::new();
    folder.publish(5);
    // Of epoch 2, epoch 1 is the last; of epoch 3, nothing is published.
    let text = folder.gather(2, LIABILITIES, false).await.unwrap_err().to_string();
    let moved = "USDC: expected a surplus of 0.000013 as in epoch 1, or 100 basis points of what is owed away from it, found \
                 0.000008";
    assert!(text.contains(moved), "{text}");
    assert!(text.contains("solana: expected wallet 11111111111111111111111111111112"), "{text}");
    assert!(!text.contains("BTC"), "{text}");
    folder.gather(2, LIABILITIES, true).await.unwrap();
    let failure = folder.gather(3, LIABILITIES, false).await.unwrap_err();
    assert!(failure.kind == FailureKind::BadInput && failure.to_string().contains("the files of epoch 2"), "{failure}");
    folder.gather(3, LIABILITIES, true).await.unwrap();
    folder.gather(1, LIABILITIES, false).await.unwrap();

    let report = Artifacts::new(folder.config.artifacts().unwrap()).public(1).join("reserves.json");
    std::fs::write(report, "{}\n").unwrap();
    let failure = folder.gather(2, LIABILITIES, true).await.unwrap_err();
    assert!(failure.kind == FailureKind::BadInput && failure.to_string().contains("reserves.json"), "{failure}");
}

#[tokio::test]
async fn a_chain_that_is_read_must_be_set_up() {
    let mut folder = Folder::new();
    folder.config.reserves.read = vec![ChainName::Evm];
    let failure = folder.gather(1, LIABILITIES, false).await.unwrap_err();
    assert!(failure.kind == FailureKind::BadInput && failure.to_string().contains("[evm]"), "{failure}");
}

#[test]
fn a_chain_is_not_read_when_there_is_nothing_to_read() {
    let wallet = |chain, retired| Wallet {
        chain,
        address: "11111111111111111111111111111112".parse().unwrap(),
        exchange: [1; 32],
        registered_at: 1,
        retired,
    };
    let token =
        |chain| Token { chain, address: "11111111111111111111111111111112".parse().unwrap(), asset: 1, decimals: 6 };
    let (solana, evm) = (Chain::Solana, Chain::Evm(1));
    let refused = |wallets: &[Wallet], tokens: &[Token]| {
        let failure = check_readable(ChainName::Solana, wallets, tokens).unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadInput);
        failure.to_string()
    };
    check_readable(ChainName::Solana, &[wallet(solana, false)], &[token(solana)]).unwrap();
    for wallets in [&[][..], &[wallet(solana, true)], &[wallet(evm, false)]] {
        let told = refused(wallets, &[token(solana)]);
        assert!(told.contains("reserves.read names solana, but no wallet"), "{told}");
    }
    for tokens in [&[][..], &[token(evm)]] {
        let told = refused(&[wallet(solana, false)], tokens);
        assert!(told.contains("no token is declared"), "{told}");
    }
}

#[tokio::test]
async fn a_chain_without_wallets_is_no_chain_with_nothing_in_them() {
    let mut folder = Folder::new();
    folder.config.evm = Some(evm_settings());
    folder.config.reserves.read = vec![ChainName::Evm];
    let failure = folder.gather(1, LIABILITIES, true).await.unwrap_err();
    assert!(failure.kind == FailureKind::BadInput && failure.to_string().contains("no wallet"), "{failure}");
}

/// Of a node that does not answer.
fn evm_settings() -> crate::config::Evm {
    let text = "[evm]\nrpc_url = \"http://127.0.0.1:1\"\ncontract = \"0x0000000000000000000000000000000000000001\"\n";
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ballast.toml");
    std::fs::write(&path, text).unwrap();
    let config = Config::read(layered(Some(&path), [].into_iter(), vec![]).unwrap(), &[]).unwrap();
    config.evm.unwrap()
}

#[test]
fn a_begun_epoch_goes_on_with_what_was_read_then() {
    let folder = Folder::new();
    let plan = begun(&folder.config, 5);
    let reserves = resume(&folder.config, &plan).unwrap();
    assert_eq!((&reserves.amounts, reserves.sources), (&plan.reserves, plan.sources()));
    assert_eq!(reserves.report, plan.reserves_report.as_bytes());

    folder.state(&STATED.replace("0.00000010", "0.00000011"));
    let failure = resume(&folder.config, &plan).unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadInput);
    assert!(failure.to_string().contains("other reserves") && failure.to_string().contains("--discard"), "{failure}");
    folder.state(STATED);
    let mut changed = plan.clone();
    changed.reserves[1] += 1;
    let failure = resume(&folder.config, &changed).unwrap_err();
    assert!(failure.to_string().contains("USDC"), "{failure}");
}
