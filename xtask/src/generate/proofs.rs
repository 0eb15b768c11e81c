//! A history of real proofs: what a chain must accept, in order, and what it must then have stored.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, ensure};
use ballast_core::{
    Digest, Element,
    assets::{Asset, AssetList},
    circuit::Class,
    circuit_file::CircuitFile,
    exchange::exchange_id,
    leaf::{AccountId, Leaf, MasterSecret, Owner, SLOTS, Slot},
    opening::OPENING_POINTS,
    post::{PriorState, ShardPost},
    record::{EpochRecord, Roots, first_head, next_head},
    statement::{LedgerPosition, ShardPosition},
    tree::Tree,
};
use ballast_prover::{ProvingKey, Shard, phases::Phases, prove_with, setup};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_json::{Value, json};

use super::{arbitrary, committed::Committed, decimal, hexadecimal};

const AS_OF: u64 = 1_795_389_392;
const CADENCE: u64 = 600;
const EVM_AUTHORITY: [u8; 20] = [0xa1; 20];
const MASTER: MasterSecret = MasterSecret::new([7; 32]);

fn proving_key() -> Result<&'static ProvingKey> {
    static KEY: OnceLock<Result<ProvingKey, String>> = OnceLock::new();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), Into::into);
    let key = || setup::development(&target.join("development-setup"), Class::SMALLEST);
    KEY.get_or_init(|| key().map_err(|error| error.to_string())).as_ref().map_err(|error| anyhow!("{error}"))
}

fn committed() -> &'static Committed {
    static COMMITTED: OnceLock<Committed> = OnceLock::new();
    COMMITTED.get_or_init(|| Committed::read(&super::folder()))
}

/// The circuit that every vector's proof is of.
pub fn development_circuit() -> Result<CircuitFile> {
    let key = proving_key()?;
    Ok(CircuitFile::new(key.class(), key.setup(), key.transcript(), key.verifying_key()))
}

struct Exchange {
    name: &'static str,
    authority_seed: Digest,
    id: Digest,
    assets: AssetList,
}

impl Exchange {
    fn new(name: &'static str, assets: &[(&str, u8)]) -> Result<Self> {
        let authority_seed = arbitrary("INSECURE solana authority");
        let authority = ed25519_dalek::SigningKey::from_bytes(&authority_seed).verifying_key().to_bytes();
        let assets = assets.iter().map(|(symbol, decimals)| Asset::new(symbol, *decimals)).collect::<Result<_, _>>()?;
        let id = exchange_id(&authority, &EVM_AUTHORITY, name)?;
        Ok(Self { name, authority_seed, id, assets: AssetList::new(assets)? })
    }

    fn describe(&self) -> Value {
        let authority = ed25519_dalek::SigningKey::from_bytes(&self.authority_seed).verifying_key();
        json!({
            "name": self.name,
            "solana_authority_seed": hexadecimal(self.authority_seed),
            "solana_authority": hexadecimal(authority.to_bytes()),
            "evm_authority": hexadecimal(EVM_AUTHORITY),
            "id": hexadecimal(self.id),
            "cadence": decimal(CADENCE),
            "symbols": self.assets.as_slice().iter().map(Asset::symbol).collect::<Vec<_>>(),
            "decimals": self.assets.as_slice().iter().map(|asset| asset.decimals).collect::<Vec<_>>(),
            "asset_list": hexadecimal(self.assets.digest()),
        })
    }

    /// The leaves of these accounts in `epoch`, in its order.
    fn leaves(&self, epoch: u64, accounts: std::ops::Range<u64>) -> Vec<Leaf> {
        let key = MASTER.epoch_key(&self.id, epoch);
        let mut leaves: Vec<Leaf> = accounts.map(|number| self.leaf(epoch, number)).collect();
        leaves.sort_by_key(|leaf| leaf.owner.map(|owner| key.order(owner.account)));
        leaves
    }

    /// Account `number`'s leaf in `epoch`: a balance of each of at most nine assets, the first
    /// account's at 2^64 - 1.
    fn leaf(&self, epoch: u64, number: u64) -> Leaf {
        let account = AccountId::from_public_id(&format!("customer-{number}"));
        let mut slots = [Slot::default(); SLOTS];
        let first = number * SLOTS as u64 % self.assets.len() as u64;
        for (place, slot) in slots.iter_mut().enumerate().take(self.assets.len()) {
            let asset = (first + place as u64) % self.assets.len() as u64 + 1;
            let balance = if number == 0 { u64::MAX } else { 1_000_000 * number + 1_000 * asset + epoch };
            *slot = Slot { asset: asset as u16, balance };
        }
        Leaf { owner: Some(Owner { account, salt: MASTER.epoch_key(&self.id, epoch).salt(account, 0) }), slots }
    }

    fn totals(&self, leaves: &[Leaf]) -> Vec<u128> {
        let slots = || leaves.iter().flat_map(|leaf| leaf.slots);
        let sum = |asset| slots().filter(|slot| slot.asset == asset).map(|slot| u128::from(slot.balance)).sum();
        (1..=self.assets.len() as u16).map(sum).collect()
    }

    /// One epoch of `shards`, proved. Reserves exceed what is owed by `surplus`, by asset.
    fn epoch(&self, epoch: u64, as_of: u64, head: Digest, shards: &[Vec<Leaf>], surplus: &[i64]) -> Result<Epoch> {
        let key = proving_key()?;
        let liabilities = self.totals(&shards.concat());
        let owed = liabilities.iter().zip(surplus.iter().cycle());
        let reserves = owed
            .map(|(liability, surplus)| liability.checked_add_signed(i128::from(*surplus)))
            .collect::<Option<Vec<_>>>()
            .context("a reserve is negative")?;
        let mut posts = Vec::new();
        let mut roots = Vec::new();
        for (index, leaves) in shards.iter().enumerate() {
            let shard = ShardPosition { index: index as u16, count: shards.len() as u16 };
            let post = self.prove(key, epoch, as_of, head, shard, leaves, &reserves)?;
            roots.push(Element::new(post.root)?);
            posts.push(post);
        }
        let record = EpochRecord {
            exchange: self.id,
            epoch,
            as_of,
            asset_list: self.assets.digest(),
            circuit: key.circuit_id(),
            ledger: ledger(epoch),
            reserves: ballast_core::reserves::reserves_digest(&reserves, &sources()),
            shard_count: posts.len() as u16,
            roots: Roots::of(&roots),
            liabilities: &liabilities,
        }
        .digest();
        Ok(Epoch { posts, liabilities, reserves, record, head_before: head, head_after: next_head(&head, &record) })
    }

    #[allow(clippy::too_many_arguments)] // a statement's parts, named where they are passed
    fn prove(
        &self,
        key: &ProvingKey,
        epoch: u64,
        as_of: u64,
        head_before: Digest,
        shard: ShardPosition,
        leaves: &[Leaf],
        reserves: &[u128],
    ) -> Result<ShardPost> {
        let words = |amounts: &[u128]| amounts.iter().map(|amount| Element::from(*amount).to_bytes()).collect();
        let mut digests: Vec<Element> = leaves.iter().map(Leaf::digest).collect();
        digests.resize(key.class().leaves(), Leaf::default().digest());
        let root = Tree::new(key.class().depth, digests)?.root();
        let mut post = ShardPost {
            epoch,
            as_of,
            shard,
            circuit: key.circuit_id(),
            ledger: ledger(epoch),
            sources: sources(),
            context: [[0; 32]; 2],
            root: root.to_bytes(),
            totals: words(&self.totals(leaves)),
            reserves: words(reserves),
            digest: [0; 32],
            opening: Vec::new(),
            proof: [0; 256],
        };
        let prior = PriorState { exchange: self.id, asset_list: self.assets.digest(), head_before };
        let statement = post.statement(&prior, reserves);
        post.context = Element::halves(&statement.context()).map(Element::to_bytes);
        if let Some(post) = committed().complete(key.class(), key.verifying_key(), &statement, &post) {
            return Ok(post);
        }
        // Masks must not repeat between proofs, and must be the same whenever a proof is made anew.
        let mut rng = ChaCha20Rng::from_seed(statement.context());
        println!("proving epoch {epoch} of {}", self.name);
        let shard = Shard { statement, assets: self.assets.clone(), leaves: leaves.to_vec() };
        let (vector, proof) = prove_with(key, &shard, &mut rng, &mut Phases::default())?;
        ensure!(vector.root() == root, "the prover's tree has another root than core's");
        post.digest = vector.digest().to_bytes();
        post.opening = vector.opening().words();
        post.proof = proof;
        Ok(post)
    }
}

struct Epoch {
    posts: Vec<ShardPost>,
    liabilities: Vec<u128>,
    reserves: Vec<u128>,
    record: Digest,
    head_before: Digest,
    head_after: Digest,
}

impl Epoch {
    fn describe(&self) -> Value {
        let pairs = self.liabilities.iter().zip(&self.reserves).zip(1..);
        let insolvent: Vec<u16> = pairs.filter(|((owed, held), _)| held < owed).map(|(_, asset)| asset).collect();
        json!({
            "shards": self.posts.iter().map(describe_post).collect::<Vec<_>>(),
            "liabilities": self.liabilities.iter().map(|amount| decimal(*amount)).collect::<Vec<_>>(),
            "reserves": self.reserves.iter().map(|amount| decimal(*amount)).collect::<Vec<_>>(),
            "insolvent": insolvent,
            "record": hexadecimal(self.record),
            "head_before": hexadecimal(self.head_before),
            "head_after": hexadecimal(self.head_after),
        })
    }
}

fn describe_post(post: &ShardPost) -> Value {
    let words = |words: &[[u8; 32]]| words.iter().map(hexadecimal).collect::<Vec<_>>();
    let public = [&post.context[..], &[post.root], &post.totals].concat();
    let (coordinates, scalars) = post.opening.split_at(2 * OPENING_POINTS);
    json!({
        "encoded": hexadecimal(post.encode()),
        "epoch": decimal(post.epoch),
        "as_of": decimal(post.as_of),
        "shard_index": post.shard.index,
        "shard_count": post.shard.count,
        "circuit": hexadecimal(post.circuit),
        "ledger_sequence": decimal(post.ledger.sequence),
        "ledger_head": hexadecimal(post.ledger.head),
        "sources": hexadecimal(post.sources),
        "public_vector": words(&public),
        "reserves": words(&post.reserves),
        "digest": hexadecimal(post.digest),
        "opening_points": coordinates.chunks(2).map(|point| hexadecimal(point.as_flattened())).collect::<Vec<_>>(),
        "opening_scalars": words(scalars),
        "proof": hexadecimal(post.proof),
    })
}

fn ledger(epoch: u64) -> LedgerPosition {
    LedgerPosition { sequence: 1_000 * epoch, head: arbitrary(&format!("ledger head {epoch}")) }
}

fn sources() -> Digest {
    arbitrary("reserves report")
}

fn circuit() -> Result<Value> {
    let circuit = development_circuit()?;
    Ok(json!({
        "notice": circuit.notice,
        "depth": circuit.class.depth,
        "assets": circuit.class.assets,
        "setup": circuit.setup as u8,
        "transcript": hexadecimal(circuit.transcript),
        "verifying_key": circuit.verifying_key,
        "id": hexadecimal(circuit.id),
    }))
}

/// Three epochs of three assets: one shard; two shards and insolvent in USDC; one shard. `other` is
/// another attempt at epoch 2, a second later and of other accounts: its shards are right by
/// themselves and wrong beside epoch 2's.
pub fn history() -> Result<Value> {
    let exchange = Exchange::new("Vector Exchange", &[("BTC", 8), ("USDC", 6), ("SOL", 9)])?;
    let leaves = |epoch, accounts| exchange.leaves(epoch, accounts);
    let first = exchange.epoch(1, AS_OF, first_head(&exchange.id), &[leaves(1, 0..5)], &[0, 1, 5_000])?;
    let head = first.head_after;
    let shards = [leaves(2, 0..64), leaves(2, 64..70)];
    let second = exchange.epoch(2, AS_OF + CADENCE, head, &shards, &[7, -1, 0])?;
    let shards = [leaves(2, 10..20), leaves(2, 20..30)];
    let other = exchange.epoch(2, AS_OF + CADENCE + 1, head, &shards, &[0, 0, 0])?;
    let third = exchange.epoch(3, AS_OF + 3 * CADENCE, second.head_after, &[leaves(3, 1..9)], &[0, 2_000_000, 3])?;
    Ok(json!({
        "circuit": circuit()?,
        "exchange": exchange.describe(),
        "epochs": [first.describe(), second.describe(), third.describe()],
        "other": other.describe(),
    }))
}

/// One epoch of 53 assets in one shard, for what a post of that width costs.
pub fn wide() -> Result<Value> {
    let symbols: Vec<String> = (1..=53).map(|number| format!("ASSET{number}")).collect();
    let assets: Vec<(&str, u8)> = symbols.iter().map(|symbol| (symbol.as_str(), 6)).collect();
    let exchange = Exchange::new("Wide Exchange", &assets)?;
    let mut head = first_head(&exchange.id);
    let mut epochs = Vec::new();
    for epoch in 1..=2 {
        let leaves: Vec<Leaf> = (1..=60).map(|number| exchange.leaf(epoch, number)).collect();
        let proved = exchange.epoch(epoch, AS_OF + epoch * CADENCE, head, &[leaves], &[1])?;
        head = proved.head_after;
        epochs.push(proved.describe());
    }
    Ok(json!({ "circuit": circuit()?, "exchange": exchange.describe(), "epochs": epochs }))
}

/// The last of 128 shards of 128 assets with the longest symbols, every asset insolvent: nothing a
/// chain stores is larger. The reserves of all shards together are 1 each.
pub fn limits() -> Result<Value> {
    let symbols: Vec<String> = (1..=128).map(|number| format!("SIXTEEN-BYTES{number:03}")).collect();
    let assets: Vec<(&str, u8)> = symbols.iter().map(|symbol| (symbol.as_str(), 36)).collect();
    let exchange = Exchange::new("Exchange of the longest name ABC", &assets)?;
    let leaves: Vec<Leaf> = (0..64).map(|number| exchange.leaf(1, number)).collect();
    let shard = ShardPosition { index: 127, count: 128 };
    let post = exchange.prove(proving_key()?, 1, AS_OF, first_head(&exchange.id), shard, &leaves, &[1; 128])?;
    Ok(json!({ "circuit": circuit()?, "exchange": exchange.describe(), "shard": describe_post(&post) }))
}
