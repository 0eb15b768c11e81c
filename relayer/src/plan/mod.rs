//! An epoch as it is fixed before its first proof, and as it is once every shard is proved.

use ballast_core::{
    Digest, Element, Refusal,
    assets::{Asset, AssetList},
    circuit::VerifyingKey,
    circuit_file::{CircuitFile, CircuitFileError},
    digest::sha256,
    hexadecimal,
    inclusion::AssetName,
    post::{PriorState, ShardPost},
    public_vector::PublicVector,
    reserves::reserves_digest,
    statement::{LedgerPosition, ShardPosition, Statement},
};
use ballast_prover::Proof;
use serde::{Deserialize, Serialize};

mod proved;

pub use proved::{ProvedEpoch, ProvedEpochError};

pub const VERSION: u8 = 1;

/// Everything that an epoch's statements say. Written down before the first proof; it never
/// changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub version: u8,
    #[serde(with = "hexadecimal")]
    pub exchange: Digest,
    pub epoch: u64,
    /// Unix seconds.
    pub as_of: u64,
    /// By asset number.
    pub assets: Vec<AssetName>,
    /// What proves every shard, with its verifying key: posting needs no proving key.
    pub circuit: CircuitFile,
    pub shard_count: u16,
    pub ledger: LedgerPosition,
    /// By asset number, in committed units, as decimal strings.
    #[serde(with = "units")]
    pub reserves: Vec<u128>,
    /// The reserves report, as it is published.
    pub reserves_report: String,
    /// Rolling head before the epoch.
    #[serde(with = "hexadecimal")]
    pub head_before: Digest,
}

impl Plan {
    /// The plan in `text`, as the store has it.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let plan: Self = serde_json::from_str(text)?;
        if plan.version != VERSION {
            return Err(serde::de::Error::custom(format!("expected version {VERSION}, found {}", plan.version)));
        }
        plan.verifying_key().map_err(serde::de::Error::custom)?;
        Ok(plan)
    }

    /// What the proofs are verified with.
    ///
    /// # Errors
    /// A circuit that is not what its id says.
    pub fn verifying_key(&self) -> Result<VerifyingKey, CircuitFileError> {
        self.circuit.check()
    }

    /// What `other`, an epoch of the same number after the same head, has otherwise.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        let circuit =
            |plan: &Self| format!("{} of depth {}", hexadecimal::encode(plan.circuit.id), plan.circuit.class.depth);
        Some(match self.circuit == other.circuit {
            true => "other reserves".into(),
            false => format!("circuit {}, not {}", circuit(self), circuit(other)),
        })
    }

    /// # Errors
    /// Only what the serializer has.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn asset_list(&self) -> Result<AssetList, Refusal> {
        let assets: Result<Vec<_>, _> =
            self.assets.iter().map(|asset| Asset::new(&asset.symbol, asset.decimals)).collect();
        AssetList::new(assets?)
    }

    /// Digest of the published reserves report.
    pub fn sources(&self) -> Digest {
        sha256(&[self.reserves_report.as_bytes()])
    }

    pub fn reserves_digest(&self) -> Digest {
        reserves_digest(&self.reserves, &self.sources())
    }

    /// What a chain knows when a post of this epoch arrives.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn chain(&self) -> Result<PriorState, Refusal> {
        Ok(PriorState {
            exchange: self.exchange,
            asset_list: self.asset_list()?.digest(),
            head_before: self.head_before,
        })
    }

    /// What the proof of shard number `shard` is bound to.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn statement(&self, shard: u16) -> Result<Statement, Refusal> {
        let chain = self.chain()?;
        Ok(Statement {
            exchange: chain.exchange,
            epoch: self.epoch,
            as_of: self.as_of,
            asset_list: chain.asset_list,
            shard: ShardPosition { index: shard, count: self.shard_count },
            circuit: self.circuit.id,
            ledger: self.ledger,
            reserves: self.reserves_digest(),
            head_before: chain.head_before,
        })
    }

    /// The post of a proved shard.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`], or a total beyond the asset list, which no chain would see.
    pub fn post(&self, shard: u16, vector: &PublicVector, proof: &Proof) -> Result<ShardPost, Refusal> {
        let statement = self.statement(shard)?;
        let (totals, beyond) = vector.totals().split_at(self.assets.len().min(vector.totals().len()));
        if beyond.iter().any(|total| *total != Element::ZERO) {
            return Err(Refusal::AssetCountMismatch {
                expected: self.assets.len() as u16,
                found: self.circuit.class.assets,
            });
        }
        Ok(ShardPost {
            epoch: self.epoch,
            as_of: self.as_of,
            shard: statement.shard,
            circuit: self.circuit.id,
            ledger: self.ledger,
            sources: self.sources(),
            context: Element::halves(&statement.context()).map(Element::to_bytes),
            root: vector.root().to_bytes(),
            totals: totals.iter().map(|total| total.to_bytes()).collect(),
            reserves: self.reserves.iter().map(|reserve| Element::from(*reserve).to_bytes()).collect(),
            digest: vector.digest().to_bytes(),
            opening: vector.opening().words(),
            proof: *proof,
        })
    }
}

/// Amounts as decimal strings: a JSON number loses digits in most readers.
mod units {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Units(#[serde(with = "ballast_core::units")] u128);

    pub fn serialize<S: Serializer>(amounts: &[u128], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(amounts.iter().map(u128::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u128>, D::Error> {
        Ok(Vec::<Units>::deserialize(deserializer)?.into_iter().map(|Units(amount)| amount).collect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ballast_core::{
        curve::G1_GENERATOR,
        opening::{OPENING_POINTS, Opening},
        record::next_head,
    };

    /// The published circuit.
    pub fn circuit() -> CircuitFile {
        CircuitFile::parse(include_str!("../../../circuits/depth-7-development.json")).unwrap().0
    }

    /// Points on the curve that open nothing.
    pub fn opening() -> Opening {
        Opening { points: [G1_GENERATOR; OPENING_POINTS], scalars: std::array::from_fn(|s| Element::from(s as u64)) }
    }

    /// Two assets, two shards; no proof.
    pub fn plan() -> Plan {
        let asset = |symbol: &str, decimals| AssetName { symbol: symbol.into(), decimals };
        Plan {
            version: VERSION,
            exchange: [1; 32],
            epoch: 1,
            as_of: 1_700_000_000,
            assets: vec![asset("BTC", 8), asset("USDC", 6)],
            circuit: circuit(),
            shard_count: 2,
            ledger: LedgerPosition { sequence: 3, head: [3; 32] },
            reserves: vec![10, u128::from(u64::MAX) + 1],
            reserves_report: "{}\n".into(),
            head_before: [1; 32],
        }
    }

    pub fn posts(plan: &Plan) -> Vec<ShardPost> {
        (0..plan.shard_count)
            .map(|shard| {
                let context = plan.statement(shard).unwrap().context();
                let totals = [Element::from(4 + u64::from(shard)), Element::from(6u64)];
                let root = Element::from(9u64);
                let vector = PublicVector::new(plan.circuit.class, &context, root, &totals, &opening()).unwrap();
                plan.post(shard, &vector, &[7; 256]).unwrap()
            })
            .collect()
    }

    #[test]
    fn a_plan_survives_its_text() {
        let plan = plan();
        assert_eq!(Plan::parse(&plan.text().unwrap()).unwrap(), plan);
        let mut other = plan.clone();
        other.version = 2;
        assert!(Plan::parse(&other.text().unwrap()).is_err());
        for amount in ["+10", " 10", "", "-1", "1e3"] {
            let text = plan.text().unwrap().replace("\"10\"", &format!("\"{amount}\""));
            assert_ne!(text, plan.text().unwrap());
            assert!(Plan::parse(&text).is_err(), "{amount:?}");
        }
        let mut other = plan;
        other.circuit.transcript[0] ^= 1;
        assert!(Plan::parse(&other.text().unwrap()).unwrap_err().to_string().contains("the id of its content is"));
    }

    #[test]
    fn what_an_epoch_was_begun_with_is_told_apart() {
        let begun = plan();
        assert_eq!(begun.difference(&plan()), None);
        let mut reserves = plan();
        reserves.reserves[0] += 1;
        assert_eq!(begun.difference(&reserves).unwrap(), "other reserves");
        let mut deeper = plan();
        deeper.circuit.class.depth = 8;
        assert!(begun.difference(&deeper).unwrap().contains("of depth 7, not "));
    }

    #[test]
    fn posts_of_the_plan_make_the_epoch() {
        let plan = plan();
        let epoch = ProvedEpoch::new(plan.clone(), posts(&plan)).unwrap();
        assert_eq!(epoch.liabilities(), [9, 12]);
        assert_eq!(epoch.roots().len(), 2);
        assert_eq!(epoch.head_after().unwrap(), next_head(&plan.head_before, &epoch.record().unwrap()));
        assert!(epoch.public_vector(1).is_ok() && epoch.public_vector(2).is_err());
    }

    #[test]
    fn a_missing_or_foreign_post_is_refused() {
        let plan = plan();
        let refused = |posts: Vec<ShardPost>| ProvedEpoch::new(plan.clone(), posts).unwrap_err();
        assert!(matches!(refused(vec![]), ProvedEpochError::ShardsMissing { .. }));
        assert!(matches!(refused(posts(&plan)[..1].to_vec()), ProvedEpochError::ShardsMissing { .. }));
        let mut swapped = posts(&plan);
        swapped.swap(0, 1);
        assert!(matches!(refused(swapped), ProvedEpochError::PlanMismatch { shard: 0, .. }));
        let changes: [fn(&mut ShardPost); 5] = [
            |post| post.as_of += 1,
            |post| post.sources[0] ^= 1,
            |post| post.reserves[0][31] ^= 1,
            |post| post.circuit[0] ^= 1,
            |post| post.ledger.sequence += 1,
        ];
        for change in changes {
            let mut changed = posts(&plan);
            change(&mut changed[1]);
            assert!(matches!(refused(changed), ProvedEpochError::PlanMismatch { shard: 1, .. }));
        }
        let mut context = posts(&plan);
        context[1].context[0][31] ^= 1;
        assert!(matches!(refused(context), ProvedEpochError::Shard { refusal: Refusal::ContextMismatch, .. }));
    }

    #[test]
    fn what_is_proved_is_what_the_snapshot_sums_up_to() {
        let epoch = ProvedEpoch::new(plan(), posts(&plan())).unwrap();
        epoch.check_liabilities(&[9, 12]).unwrap();
        let error = epoch.check_liabilities(&[9, 13]).unwrap_err();
        assert!(matches!(error, ProvedEpochError::LiabilityMismatch { expected: 13, found: 12, .. }), "{error}");
        for totals in [&[][..], &[9], &[9, 12, 0]] {
            let error = epoch.check_liabilities(totals).unwrap_err();
            let missing = matches!(error, ProvedEpochError::LiabilitiesMissing { expected: 2, found, .. } if found == totals.len());
            assert!(missing, "{error}");
        }
    }

    #[test]
    fn a_chain_that_tells_another_epoch_is_found_out() {
        let proved = ProvedEpoch::new(plan(), posts(&plan())).unwrap();
        let told = ballast_sdk::Epoch {
            chain: ballast_sdk::chain::Chain::Solana,
            record: ballast_sdk::epoch::Record {
                exchange: proved.plan.exchange,
                epoch: proved.plan.epoch,
                as_of: proved.plan.as_of,
                assets: proved.plan.asset_list().unwrap(),
                circuit: proved.plan.circuit.id,
                ledger: proved.plan.ledger,
                sources: proved.plan.sources(),
                roots: proved.roots(),
                liabilities: proved.liabilities(),
                reserves: proved.plan.reserves.clone(),
            },
            class: proved.plan.circuit.class,
            setup: proved.plan.circuit.setup,
            poster: ballast_sdk::chain::Address::Evm([1; 20].into()),
            posted_at: proved.plan.as_of,
            cadence: 1,
            missed: 0,
            head_before: proved.plan.head_before,
            head: proved.head_after().unwrap(),
        };
        proved.check_read_back(&told).unwrap();
        let changes: [fn(&mut ballast_sdk::Epoch); 3] =
            [|told| told.head[0] ^= 1, |told| told.record.liabilities[0] += 1, |told| told.record.as_of += 1];
        for change in changes {
            let mut other = told.clone();
            change(&mut other);
            let error = proved.check_read_back(&other).unwrap_err();
            assert!(matches!(error, ProvedEpochError::RecordMismatch { .. }), "{error}");
        }
    }

    #[test]
    fn a_total_beyond_the_list_is_no_post() {
        let plan = plan();
        let totals = [Element::from(1u64); 3];
        let vector = PublicVector::new(plan.circuit.class, &[0; 32], Element::ZERO, &totals, &opening()).unwrap();
        assert!(matches!(plan.post(0, &vector, &[7; 256]), Err(Refusal::AssetCountMismatch { .. })));
    }
}
