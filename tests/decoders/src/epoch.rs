//! What is published of an epoch, what a chain answers, and what a customer or an auditor is
//! handed.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};
use ballast_core::{
    assets::{Asset, AssetList},
    cadence::Cadence,
    circuit::Class,
    circuit_file::CircuitFile,
    inclusion::{AssetName, Expected, IncludedLeaf, InclusionFile, NOTICE, VERSION},
    leaf::{AccountId, Leaf, MasterSecret, Owner, SLOTS, Slot},
    post::{PriorState, ShardPost},
    rules::{History, Unfinished, check_order},
    solvency::{Solvency, WitnessedSolvency},
    statement::LedgerPosition,
    tree::Tree,
};
use ballast_keys::GivenEpoch;
use ballast_ledger::{
    amount,
    reserves::{Occasion, ReadHoldings, Recorded, Reserves, ReservesReport, Stated},
};
use ballast_prover::encoding;

use crate::{Seed, folder, hexadecimal, items, read, said, vectors};

/// What the chains know in these tests.
const CHAIN: PriorState = PriorState { exchange: [1; 32], asset_list: [2; 32], head_before: [3; 32] };

/// A post, to where the rules of section 6 that need no pairing have judged it.
pub fn post(bytes: &[u8]) -> bool {
    let Some(post) = said(ShardPost::decode(bytes)) else { return false };
    assert_eq!(post.encode(), bytes, "a post has one encoding");
    let Some(checked) = said(post.check()) else { return false };
    let statement = post.statement(&CHAIN, &checked.reserves);
    let history = History {
        paused: false,
        assets: post.totals.len() as u16,
        next_epoch: post.epoch,
        cadence: Cadence(1),
        last_as_of: 0,
        last_ledger: LedgerPosition::default(),
    };
    let unfinished = Unfinished { first: [4; 32], shards_done: 1 };
    for unfinished in [None, Some(&unfinished)] {
        let _ = check_order(&history, unfinished, &post, &statement, u64::MAX);
    }
    let _ = post.inputs(Class::SMALLEST, &checked);
    let _ = checked.public_vector(Class::SMALLEST, &statement);
    said(encoding::decode_proof(&post.proof)).is_some()
}

pub fn post_seeds() -> Result<Vec<Seed>> {
    let posts = vectors("posts.json")?;
    let mut seeds = Vec::new();
    for post in items(&posts, "posts")? {
        let name = post["case"].as_str().context("case")?;
        // The proofs of these vectors are no points.
        seeds.push(Seed::new(name, hexadecimal(&post["bytes"])?, false));
    }
    let limits = vectors("limits.json")?;
    seeds.push(Seed::new("of 128 assets", hexadecimal(&limits["shard"]["encoded"])?, true));
    Ok(seeds)
}

/// The answer of a chain to whether an exchange is solvent.
pub fn answer(bytes: &[u8]) -> bool {
    if let Some(answer) = WitnessedSolvency::decode(bytes) {
        assert_eq!(answer.encode(), bytes, "an answer has one encoding");
        return true;
    }
    let Some(answer) = Solvency::decode(bytes) else { return false };
    assert_eq!(answer.encode(), bytes, "an answer has one encoding");
    true
}

pub fn answer_seeds() -> Result<Vec<Seed>> {
    let answers = vectors("answers.json")?;
    let mut seeds = Vec::new();
    for missing in ["missing", "missing_witnessed"] {
        seeds.push(Seed::new(missing, hexadecimal(&answers[missing])?, true));
    }
    for kind in ["stated", "witnessed"] {
        for (number, judged) in items(&answers, kind)?.iter().enumerate() {
            seeds.push(Seed::new(format!("{kind} {number}"), hexadecimal(&judged["encoded"])?, true));
        }
    }
    Ok(seeds)
}

/// A circuit's file, and the points of its key.
pub fn circuit_file(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    said(CircuitFile::parse(text)).is_some_and(|(_, key)| said(encoding::decode_key(&key)).is_some())
}

pub fn circuit_file_seeds() -> Result<Vec<Seed>> {
    Ok(vec![Seed::new("depth-7-development", read("circuits/depth-7-development.json")?, true)])
}

/// The file with which an exchange gives an auditor the key of one epoch.
pub fn epoch_key(bytes: &[u8]) -> bool {
    let Ok(folder) = folder() else { return false };
    let given = put(folder.path(), bytes).ok().and_then(|path| said(GivenEpoch::read(&path)));
    let Some(given) = given else { return false };
    let again = folder.path().join("again");
    let copied = given.create(&again).ok().and_then(|()| fs::read(&again).ok());
    // The notice's words are free but for the first.
    let behind_notice = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').map(|end| bytes[end..].to_vec());
    assert_eq!(copied.as_deref().and_then(behind_notice), behind_notice(bytes), "a key has one encoding");
    true
}

/// Writes a file that only its owner can read.
fn put(folder: &Path, bytes: &[u8]) -> std::io::Result<std::path::PathBuf> {
    let path = folder.join("epoch.key");
    fs::write(&path, bytes)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(path)
}

pub fn epoch_key_seeds() -> Result<Vec<Seed>> {
    let folder = folder()?;
    let path = folder.path().join("epoch.key");
    let exchange = [7; 32];
    GivenEpoch { exchange, epoch: 3, key: MasterSecret::new([9; 32]).epoch_key(&exchange, 3) }.create(&path)?;
    let text = fs::read_to_string(&path)?;
    let later = text.replace("version 1", "version 2");
    Ok(vec![Seed::new("of epoch 3", text, true), Seed::new("of another version", later, false)])
}

/// An inclusion file, against an epoch of which the file itself says what it needs to get far.
pub fn inclusion_file(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Some(file) = said(InclusionFile::parse(text)) else { return false };
    let assets = file.assets.iter().map(|name| Asset::new(&name.symbol, name.decimals));
    let Ok(assets) = assets.collect::<Result<Vec<_>, _>>().and_then(AssetList::new) else { return false };
    let roots: Vec<_> = file.leaves.iter().map(|leaf| leaf.root).collect();
    let expected =
        Expected { exchange: file.exchange, epoch: file.epoch, class: file.class, roots: &roots, assets: &assets };
    said(file.verify(&file.account, &expected)).is_some()
}

pub fn inclusion_file_seeds() -> Result<Vec<Seed>> {
    let class = Class::SMALLEST;
    let (exchange, epoch, account) = ([7; 32], 3, "alice");
    let key = MasterSecret::new([9; 32]).epoch_key(&exchange, epoch);
    let mut included = Vec::new();
    for (number, slots) in [&[(1, 5), (2, 7)][..], &[(2, u64::MAX)]].into_iter().enumerate() {
        let owner = Owner {
            account: AccountId::from_public_id(account),
            salt: key.salt(AccountId::from_public_id(account), number as u32),
        };
        let slots: Vec<Slot> = slots.iter().map(|(asset, balance)| Slot { asset: *asset, balance: *balance }).collect();
        let mut all = [Slot::default(); SLOTS];
        all.iter_mut().zip(&slots).for_each(|(slot, own)| *slot = *own);
        let mut leaves = vec![Leaf::default().digest(); class.leaves()];
        let index = 11 * number as u32 + 5;
        leaves[index as usize] = Leaf { owner: Some(owner), slots: all }.digest();
        let tree = Tree::new(class.depth, leaves)?;
        included.push(IncludedLeaf {
            shard: number as u16,
            root: tree.root(),
            salt: owner.salt,
            slots,
            path: tree.path(index)?,
        });
    }
    let name = |symbol: &str, decimals| AssetName { symbol: symbol.into(), decimals };
    let file = InclusionFile {
        notice: NOTICE.into(),
        version: VERSION,
        account: account.into(),
        exchange,
        epoch,
        class,
        assets: vec![name("BTC", 8), name("USDC", 6)],
        leaves: included,
    };
    Ok(vec![Seed::new("of two leaves", serde_json::to_vec(&file)?, true)])
}

/// A reserves report, against a record with the report's own figures.
pub fn reserves_report(bytes: &[u8]) -> bool {
    let Some(report) = said(ReservesReport::parse(bytes)) else { return false };
    assert_eq!(report.bytes().ok().as_deref(), Some(bytes), "a report has one form");
    let assets = report.reserves.iter().map(|line| Asset::new(&line.symbol, line.decimals));
    let Ok(assets) = assets.collect::<Result<Vec<_>, _>>().and_then(AssetList::new) else { return false };
    let units = |text: &str, decimals| amount::parse(text, decimals, 112).map_or(0, |amount| amount.units);
    let amounts: Vec<u128> = report.reserves.iter().map(|line| units(&line.amount, line.decimals)).collect();
    let sources = ballast_core::digest::sha256(&[bytes]);
    let recorded =
        Recorded { exchange: &[7; 32], as_of: report.as_of, assets: &assets, amounts: &amounts, sources: &sources };
    said(report.check(&recorded)).is_some()
}

pub fn reserves_report_seeds() -> Result<Vec<Seed>> {
    let assets = AssetList::new(vec![Asset::new("BTC", 8)?, Asset::new("USDC", 6)?])?;
    let stated = "sources = \"custodian\"\n[amounts]\nBTC = \"812.5\"\nUSDC = \"19\"\n";
    let occasion = Occasion { exchange: &[7; 32], as_of: 1_795_389_392, assets: &assets };
    let reserves = Reserves::new(&occasion, &Stated::parse(stated, &assets)?, &ReadHoldings::default(), None)?;
    let full = concat!(
        r#"{"version":2,"as_of":1795389392,"sources":"custodian","reserves":["#,
        r#"{"symbol":"BTC","decimals":8,"amount":"0.00000003","stated":"0.00000001","read":"0.00000002","signed":"0.00000000"}],"#,
        r#""blocks":[{"chain":"evm:31337","height":9,"hash":"0xabababababababababababababababababababababababababababababababab","time":1795389392}],"#,
        r#""holdings":[{"chain":"evm:31337","wallet":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","#,
        r#""account":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","token":"0x5FbDB2315678afecb367f032d93F642f64180aa3","#,
        r#""decimals":8,"symbol":"BTC","balance":"2","amount":"0.00000002"}],"messages":[],"#,
        r#""lending":[{"symbol":"BTC","lent_and_borrowed":"0.00000002","left":"0.00000001","backing":[]}]}"#,
        "\n"
    );
    let first = concat!(
        r#"{"version":1,"as_of":1795389392,"sources":"custodian","#,
        r#""reserves":[{"symbol":"BTC","decimals":8,"amount":"0.00000003"}]}"#,
        "\n"
    );
    Ok(vec![
        Seed::new("stated", reserves.report, true),
        Seed::new("read on a chain", full, true),
        Seed::new("of version 1", first, true),
    ])
}
