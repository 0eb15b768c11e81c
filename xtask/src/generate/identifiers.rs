//! Section 1: exchange, asset list and circuit.

use anyhow::{Result, ensure};
use ballast_core::{
    Refusal,
    assets::{Asset, AssetList},
    circuit::{Class, KEY_LENGTH, SetupKind, VerifyingKey, circuit_id},
    curve::G2_GENERATOR,
    exchange::exchange_id,
    field::BASE_ORDER,
};
use serde_json::{Value, json};

use super::{arbitrary, hexadecimal};

pub fn vectors() -> Result<Value> {
    Ok(json!({
        "exchanges": exchanges()?,
        "asset_lists": asset_lists()?,
        "circuits": circuits()?,
    }))
}

fn exchanges() -> Result<Value> {
    let (solana, evm) = (arbitrary("solana authority"), [0x5a; 20]);
    let valid = ["Ballast Demo", "x", "a name of thirty-two characters!"].map(|name| (name, true));
    let invalid = ["", "a name of thirty-three characters", "tab\there", "caf\u{e9}"].map(|name| (name, false));
    valid
        .into_iter()
        .chain(invalid)
        .map(|(name, accepted)| {
            let result = exchange_id(&solana, &evm, name);
            ensure!(result.is_ok() == accepted, "exchange {name:?}");
            Ok(json!({
                "name": name,
                "solana_authority": hexadecimal(solana),
                "evm_authority": hexadecimal(evm),
                "id": result.ok().map(hexadecimal),
                "refusal": result.err().map(|refusal| refusal.name()),
            }))
        })
        .collect()
}

fn asset_lists() -> Result<Value> {
    let numbered = |count: usize| (0..count).map(|i| (format!("A{i}"), (i % 37) as u8)).collect::<Vec<_>>();
    let one = |symbol: &str, decimals| vec![(symbol.to_string(), decimals)];
    let lists = [
        (one("BTC", 8), true),
        (vec![("USDC".into(), 6), ("SOL".into(), 9), ("wBTC.e_1-x".into(), 0)], true),
        (numbered(128), true),
        (Vec::new(), false),
        (numbered(129), false),
        (one("", 6), false),
        (one("US DC", 6), false),
        (one("USDC", 37), false),
        ([one("USDC", 6), one("USDC", 6)].concat(), false),
        // Alike but for case and punctuation, and neither letter nor digit.
        ([one("USDC", 6), one("usdc", 6)].concat(), false),
        ([one("BTC", 8), one("B.T-C_", 8)].concat(), false),
        ([one("BTC", 8), one("WBTC", 8)].concat(), true),
        (one("._-", 6), false),
    ];
    lists
        .into_iter()
        .map(|(entries, accepted)| {
            let assets = entries.iter().map(|(symbol, decimals)| Asset::new(symbol, *decimals));
            let digest = assets.collect::<Result<Vec<_>, _>>().and_then(AssetList::new).map(|list| list.digest());
            ensure!(digest.is_ok() == accepted, "asset list {entries:?}");
            Ok(json!({
                "symbols": entries.iter().map(|entry| &entry.0).collect::<Vec<_>>(),
                "decimals": entries.iter().map(|entry| entry.1).collect::<Vec<_>>(),
                "digest": digest.ok().map(hexadecimal),
                "refusal": digest.err().map(|refusal| refusal.name()),
            }))
        })
        .collect()
}

/// Keys that are refused by their bytes alone, made from the real one.
fn circuits() -> Result<Value> {
    let real = super::proofs::development_circuit()?;
    let mut key = [0; KEY_LENGTH];
    hex::decode_to_slice(real.verifying_key.trim_start_matches("0x"), &mut key)?;
    let changed = |change: &dyn Fn(&mut [u8; KEY_LENGTH])| {
        let mut bytes = key;
        change(&mut bytes);
        bytes.to_vec()
    };
    let keys = [
        key.to_vec(),
        key[..KEY_LENGTH - 1].to_vec(),
        [&key[..], &[0]].concat(),
        changed(&|k| k[..32].copy_from_slice(&BASE_ORDER)),
        changed(&|k| k[..64].fill(0)),
        changed(&|k| k[64..192].fill(0)),
        changed(&|k| k[192..320].fill(0)),
        changed(&|k| k[320..448].fill(0)),
        changed(&|k| k[640..704].fill(0)),
        changed(&|k| k[704..].fill(0)),
        changed(&|k| k[800..].copy_from_slice(&BASE_ORDER)),
        changed(&|k| k[192..320].copy_from_slice(&G2_GENERATOR)),
        changed(&|k| k[320..448].copy_from_slice(&G2_GENERATOR)),
        changed(&|k| k[704..].copy_from_slice(&G2_GENERATOR)),
        changed(&|k| k.copy_within(192..320, 320)),
    ];
    let transcript = real.transcript;
    let class = Class::SMALLEST;
    keys.into_iter()
        .enumerate()
        .map(|(number, bytes)| {
            let parsed = VerifyingKey::new(&bytes);
            ensure!(parsed.is_ok() == (number == 0), "key {number}");
            let ids = parsed.as_ref().ok().map(|key| {
                [SetupKind::Development, SetupKind::Ceremony]
                    .map(|setup| hexadecimal(circuit_id(class, setup, &transcript, key)))
            });
            let as_ceremony =
                parsed.as_ref().map_or_else(|refusal| Err(*refusal), |key| key.check_setup(SetupKind::Ceremony));
            Ok(json!({
                "depth": class.depth,
                "assets": class.assets,
                "transcript": hexadecimal(transcript),
                "verifying_key": hexadecimal(bytes),
                "id_development": ids.as_ref().map(|ids| &ids[0]),
                "id_ceremony": ids.as_ref().map(|ids| &ids[1]),
                "refusal": parsed.err().map(|refusal: Refusal| refusal.name()),
                "refusal_as_ceremony": as_ceremony.err().map(|refusal: Refusal| refusal.name()),
            }))
        })
        .collect()
}
