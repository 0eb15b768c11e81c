//! A chain on which the exchange of the vectors is registered, and how its posts get there.

use anchor_lang::prelude::Pubkey;
use ballast_core::post::ShardPost;
use litesvm::types::TransactionMetadata;
use reserves::{
    instructions::{InitializeArgs, RegisterExchangeArgs},
    state::{Asset, Commitment, Exchange},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, DELAY, Outcome},
    instructions::*,
    vectors::{EpochVector, ExchangeVector, Vectors},
};

/// Unix seconds at which posts begin: the circuit is active, and the last epoch of the vectors lies
/// a minute behind.
pub const READY: u64 = 1_795_391_252;
/// Bytes of a post that one transaction carries.
const CHUNK: usize = 900;

/// Governance, an active circuit, and the exchange of the vectors with one poster and its asset
/// list.
pub struct History {
    pub chain: Cluster,
    pub vectors: Vectors,
    pub governor: Keypair,
    pub authority: Keypair,
    pub poster: Keypair,
}

pub fn initialized(allow_development: bool) -> (Cluster, Keypair) {
    let mut chain = Cluster::new();
    let governor = chain.key();
    let args = InitializeArgs { authority: governor.pubkey(), circuit_delay: DELAY, allow_development };
    let upgrade_authority = chain.upgrade_authority.insecure_clone();
    chain.send(&[&upgrade_authority], initialize(upgrade_authority.pubkey(), args)).accepted();
    (chain, governor)
}

pub fn registration(exchange: &ExchangeVector) -> RegisterExchangeArgs {
    RegisterExchangeArgs {
        name: exchange.name.clone(),
        evm_authority: exchange.evm_authority.as_slice().try_into().unwrap(),
        cadence: exchange.cadence,
    }
}

pub fn assets(exchange: &ExchangeVector) -> Vec<Asset> {
    let pad = |symbol: &String| {
        let mut padded = [0; 16];
        padded[..symbol.len()].copy_from_slice(symbol.as_bytes());
        padded
    };
    let pairs = exchange.symbols.iter().zip(&exchange.decimals);
    pairs.map(|(symbol, decimals)| Asset { symbol: pad(symbol), decimals: *decimals }).collect()
}

impl History {
    /// Ready for the first epoch.
    pub fn begin(vectors: Vectors) -> Self {
        let mut history = Self::registered(vectors);
        history.append_assets();
        history
    }

    /// Registered, with a poster, without an asset list.
    pub fn registered(vectors: Vectors) -> Self {
        let (mut chain, governor) = initialized(true);
        let circuit = circuit_address(&vectors.circuit.id());
        chain.send(&[&governor], register_circuit(governor.pubkey(), circuit, vectors.circuit.args())).accepted();
        chain.set_clock(READY);
        let (authority, poster) = (vectors.exchange.authority(), chain.key());
        chain.fund(&authority.pubkey());
        let id = vectors.exchange.id();
        let call = register_exchange(authority.pubkey(), exchange_address(&id), registration(&vectors.exchange));
        chain.send(&[&authority], call).accepted();
        chain.send(&[&authority], set_posters(authority.pubkey(), &id, vec![poster.pubkey()])).accepted();
        Self { chain, vectors, governor, authority, poster }
    }

    pub fn append_assets(&mut self) {
        let id = self.id();
        for (index, piece) in assets(&self.vectors.exchange).chunks(50).enumerate() {
            let call = append_assets(self.authority.pubkey(), &id, 50 * index as u16, piece.to_vec());
            self.chain.send(&[&self.authority], call).accepted();
        }
    }

    /// With this many epochs of the vectors finalized.
    pub fn after(vectors: Vectors, epochs: usize) -> Self {
        let mut history = Self::begin(vectors);
        for number in 0..epochs {
            for shard in history.posts(number) {
                history.post(&shard).accepted();
            }
        }
        history
    }

    pub fn id(&self) -> [u8; 32] {
        self.vectors.exchange.id()
    }

    pub fn epoch(&self, number: usize) -> &EpochVector {
        &self.vectors.epochs[number]
    }

    /// Sets the clock so many seconds after the epoch with this position in the vectors.
    pub fn age(&mut self, number: usize, seconds: u64) {
        let as_of = self.posts(number)[0].as_of;
        self.chain.set_clock(as_of + seconds);
    }

    /// The posts of the epoch with this position in the vectors.
    pub fn posts(&self, number: usize) -> Vec<ShardPost> {
        self.epoch(number).shards.iter().map(|shard| shard.post()).collect()
    }

    /// The posts of the other attempt at epoch 2.
    pub fn other_posts(&self) -> Vec<ShardPost> {
        self.vectors.other.as_ref().unwrap().shards.iter().map(|shard| shard.post()).collect()
    }

    pub fn exchange(&self) -> Exchange {
        self.chain.read(&exchange_address(&self.id()))
    }

    pub fn commitment(&self, epoch: u64) -> Commitment {
        self.chain.read(&commitment_address(&self.id(), epoch))
    }

    /// The accounts of a post by the poster.
    pub fn accounts(&self, post: &ShardPost) -> PostAccounts {
        PostAccounts {
            poster: self.poster.pubkey(),
            exchange: exchange_address(&self.id()),
            circuit: circuit_address(&post.circuit),
            buffer: buffer_address(&self.poster.pubkey(), 0),
            commitment: commitment_address(&self.id(), post.epoch),
        }
    }

    /// Fills a new buffer of `owner` and leaves it open.
    pub fn fill_buffer(&mut self, owner: &Keypair, bytes: &[u8]) -> Pubkey {
        let buffer = buffer_address(&owner.pubkey(), 0);
        if self.chain.balance(&buffer) > 0 {
            self.chain.send(&[owner], close_buffer(owner.pubkey(), buffer)).accepted();
        }
        self.chain.send(&[owner], open_buffer(owner.pubkey(), 0, bytes.len() as u32)).accepted();
        for (index, chunk) in bytes.chunks(CHUNK).enumerate() {
            let call = write_buffer(owner.pubkey(), buffer, (index * CHUNK) as u32, chunk.to_vec());
            self.chain.send(&[owner], call).accepted();
        }
        buffer
    }

    /// A post by the poster, through a buffer.
    pub fn post(&mut self, post: &ShardPost) -> Outcome {
        self.post_with(post, |_| ())
    }

    /// A post by the poster with other accounts.
    pub fn post_with(&mut self, post: &ShardPost, change: impl FnOnce(&mut PostAccounts)) -> Outcome {
        let mut accounts = self.accounts(post);
        change(&mut accounts);
        let poster = self.poster.insecure_clone();
        self.fill_buffer(&poster, &post.encode());
        self.chain.send(&[&poster], post_shard(accounts))
    }

    /// The accounts of a question about an epoch, with the circuit of the vectors.
    pub fn asked(&self, epoch: Option<u64>) -> Asked {
        let id = self.id();
        Asked {
            exchange: exchange_address(&id),
            commitment: epoch.map(|epoch| commitment_address(&id, epoch)),
            circuit: epoch.map(|_| circuit_address(&self.vectors.circuit.id())),
            witness: epoch.map(|epoch| witness_address(&id, epoch)),
        }
    }

    /// The answer about one asset at the chain's clock, by whoever asks.
    pub fn ask(&mut self, epoch: Option<u64>, asset: u16, max_age: u64) -> Outcome {
        let call = solvency(self.asked(epoch), asset, max_age);
        let anyone = self.chain.key();
        self.chain.send(&[&anyone], call)
    }
}

/// Compute units that a transaction spent, printed under `what`.
pub fn units(what: &str, done: &TransactionMetadata) -> u64 {
    println!("compute units: {what}: {}", done.compute_units_consumed);
    done.compute_units_consumed
}
