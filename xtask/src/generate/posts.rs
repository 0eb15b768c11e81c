//! Section 5: encoded posts, and bytes that are none.

use anyhow::Result;
use ballast_core::{
    Element,
    curve::G1_GENERATOR,
    field::{BASE_ORDER, ORDER},
    opening::{OPENING_POINTS, Opening},
    post::ShardPost,
    statement::{LedgerPosition, ShardPosition},
};
use serde_json::{Value, json};

use super::{arbitrary, decimal, hexadecimal};

fn post() -> ShardPost {
    let word = |value: u64| Element::from(value).to_bytes();
    ShardPost {
        epoch: 3,
        as_of: 1_795_389_392,
        shard: ShardPosition { index: 1, count: 2 },
        circuit: arbitrary("circuit"),
        ledger: LedgerPosition { sequence: 9, head: arbitrary("ledger head") },
        sources: arbitrary("sources"),
        context: [word(5), word(6)],
        root: word(7),
        totals: vec![word(8), word(9), word(10)],
        reserves: vec![word(11), word(12), word(13)],
        digest: word(14),
        opening: opening().words(),
        proof: [15; 256],
    }
}

/// Points on the curve that open nothing.
fn opening() -> Opening {
    let scalar = |number: usize| Element::from(1u128 << (16 * number));
    Opening { points: [G1_GENERATOR; OPENING_POINTS], scalars: std::array::from_fn(scalar) }
}

pub fn vectors() -> Result<Value> {
    let bytes = post().encode();
    let mut version = bytes.clone();
    version[0] = 0;
    let mut many = post();
    (many.totals, many.reserves) = (vec![[0; 32]; 129], vec![[0; 32]; 129]);
    let changed = |change: &dyn Fn(&mut ShardPost)| {
        let mut post = post();
        change(&mut post);
        post.encode()
    };
    let cases = [
        ("valid", bytes.clone()),
        ("empty", Vec::new()),
        ("cut short", bytes[..bytes.len() - 1].to_vec()),
        ("followed by a byte", [&bytes[..], &[0]].concat()),
        ("of version 0", version),
        ("of 129 assets", many.encode()),
        ("root r", changed(&|p| p.root = ORDER)),
        ("context half of 2^128", changed(&|p| p.context[0][15] = 1)),
        (
            "total of r + 5",
            changed(&|p| {
                p.totals[0] = {
                    let mut x = ORDER;
                    x[31] += 5;
                    x
                }
            }),
        ),
        ("total of 2^112", changed(&|p| p.totals[2] = Element::from(1u128 << 112).to_bytes())),
        (
            "total of 2^128 + 1",
            changed(&|p| {
                p.totals[1] = [0; 32];
                p.totals[1][15] = 1;
                p.totals[1][31] = 1
            }),
        ),
        ("reserve of 2^112", changed(&|p| p.reserves[1] = Element::from(1u128 << 112).to_bytes())),
        ("digest r", changed(&|p| p.digest = ORDER)),
        ("first coordinate q", changed(&|p| p.opening[0] = BASE_ORDER)),
        ("last coordinate q", changed(&|p| p.opening[31] = BASE_ORDER)),
        ("point off the curve", changed(&|p| p.opening[5][31] ^= 1)),
        ("point at infinity", changed(&|p| p.opening[24..26].fill([0; 32]))),
        ("first scalar r", changed(&|p| p.opening[32] = ORDER)),
        ("last scalar r", changed(&|p| p.opening[39] = ORDER)),
    ];
    let posts = cases.into_iter().map(|(case, bytes)| {
        let refusal = ShardPost::decode(&bytes).and_then(|post| post.check().map(|_| ())).err();
        json!({ "case": case, "bytes": hexadecimal(bytes), "refusal": refusal.map(|refusal| refusal.name()) })
    });
    let refusals = ballast_core::Refusal::ALL.iter().map(|(name, number)| json!({ "name": name, "number": number }));
    Ok(json!({
        "posts": posts.collect::<Vec<_>>(),
        "fields_of_the_valid_one": {
            "epoch": decimal(post().epoch),
            "as_of": decimal(post().as_of),
            "shard_index": post().shard.index,
            "shard_count": post().shard.count,
            "circuit": hexadecimal(post().circuit),
            "ledger_sequence": decimal(post().ledger.sequence),
            "ledger_head": hexadecimal(post().ledger.head),
            "sources": hexadecimal(post().sources),
            "opening_points": opening().points.iter().map(hexadecimal).collect::<Vec<_>>(),
            "opening_scalars": opening().scalars.iter().map(Element::as_bytes).map(hexadecimal).collect::<Vec<_>>(),
        },
        "refusals": refusals.collect::<Vec<_>>(),
    }))
}
