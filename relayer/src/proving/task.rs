//! What is proved of one shard, and what comes of it.

use std::fmt;

use ballast_core::{
    Digest, Refusal,
    assets::{Asset, AssetList},
    circuit::Class,
    inclusion::AssetName,
    leaf::Leaf,
    public_vector::PublicVector,
    statement::Statement,
};
use ballast_prover::{Proof, Shard};
use serde::{Deserialize, Serialize};

const NOTICE: &str = "PRIVATE: customers' balances and salts, for the prover of this shard alone.";

/// Everything that the proof of one shard needs.
///
/// It holds the salts of the shard's leaves, and nothing from which the salts of other shards or
/// epochs could be derived.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvingTask {
    notice: String,
    /// The circuit class. The circuit itself is named by the statement.
    pub class: Class,
    /// What the proof is bound to.
    pub statement: Statement,
    /// By asset number.
    pub assets: Vec<AssetName>,
    /// The shard's leaves in order, up to the last one that has an owner.
    pub leaves: Vec<Leaf>,
}

/// What a prover makes of a task. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvingResult {
    pub vector: PublicVector,
    #[serde(with = "proof_bytes")]
    pub proof: Proof,
}

impl ProvingTask {
    /// The task of a shard with these leaves, of which unused ones at the end are left out.
    pub fn new(class: Class, statement: Statement, assets: &AssetList, mut leaves: Vec<Leaf>) -> Self {
        let used = leaves.iter().rposition(|leaf| leaf.owner.is_some()).map_or(0, |last| last + 1);
        leaves.truncate(used);
        let assets = assets.as_slice().iter();
        let assets = assets.map(|asset| AssetName { symbol: asset.symbol(), decimals: asset.decimals }).collect();
        Self { notice: NOTICE.into(), class, statement, assets, leaves }
    }

    /// Id of the circuit that proves it.
    pub fn circuit(&self) -> Digest {
        self.statement.circuit
    }

    /// The prover's input.
    ///
    /// # Errors
    /// [`Refusal::AssetListInvalid`].
    pub fn into_shard(self) -> Result<Shard, Refusal> {
        let assets: Result<Vec<_>, _> =
            self.assets.iter().map(|asset| Asset::new(&asset.symbol, asset.decimals)).collect();
        Ok(Shard { statement: self.statement, assets: AssetList::new(assets?)?, leaves: self.leaves })
    }
}

/// Says nothing of balances or salts: what is printed for debugging ends in logs.
impl fmt::Debug for ProvingTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statement { epoch, shard, .. } = self.statement;
        write!(f, "ProvingTask(epoch {epoch}, shard {}, {} leaves)", shard.index, self.leaves.len())
    }
}

/// A proof's bytes as hexadecimal digits.
mod proof_bytes {
    use ballast_prover::Proof;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(proof: &Proof, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(proof))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Proof, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut proof = [0; std::mem::size_of::<Proof>()];
        let expected = 2 * proof.len();
        hex::decode_to_slice(&text, &mut proof)
            .map_err(|_| D::Error::custom(format!("expected a proof of {expected} hexadecimal digits")))?;
        Ok(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{opening, plan};
    use ballast_core::{
        Element,
        leaf::{AccountId, Owner, SLOTS, Salt, Slot},
    };
    use serde_json::Value;

    fn task() -> ProvingTask {
        let plan = plan();
        let owner = Owner { account: AccountId::from_public_id("a"), salt: Salt::from_element(Element::from(77u64)) };
        let mut slots = [Slot::default(); SLOTS];
        slots[0] = Slot { asset: 1, balance: 424_242 };
        let used = Leaf { owner: Some(owner), slots };
        let leaves = vec![used, Leaf::default(), used, Leaf::default(), Leaf::default()];
        ProvingTask::new(plan.circuit.class, plan.statement(1).unwrap(), &plan.asset_list().unwrap(), leaves)
    }

    #[test]
    fn a_task_survives_its_text_which_says_first_that_it_is_private() {
        let task = task();
        assert_eq!(task.leaves.len(), 3, "unused leaves at the end are left out");
        let text = serde_json::to_string(&task).unwrap();
        assert!(text.starts_with("{\"notice\":\"PRIVATE"), "{text}");
        assert_eq!(serde_json::from_str::<ProvingTask>(&text).unwrap(), task);
        let shard = task.clone().into_shard().unwrap();
        assert_eq!((shard.assets.digest(), shard.leaves), (task.statement.asset_list, task.leaves));
    }

    #[test]
    fn a_task_that_was_changed_is_refused() {
        let changed = |change: fn(&mut Value)| {
            let mut value = serde_json::to_value(task()).unwrap();
            change(&mut value);
            serde_json::from_value::<ProvingTask>(value).map_err(|error| error.to_string())
        };
        assert!(changed(|_| {}).is_ok());
        let account = changed(|task| task["leaves"][0]["owner"]["account"] = format!("0x01{}", "0".repeat(62)).into());
        assert!(account.unwrap_err().contains("31 bytes"));
        assert!(changed(|task| task["leaves"][0]["slots"].as_array_mut().unwrap().truncate(8)).is_err());
        assert!(changed(|task| task["statement"]["head_before"] = "0x00".into()).is_err());
        assert!(changed(|task| task["master"] = "0x00".into()).is_err());
    }

    #[test]
    fn a_task_shows_no_balance_and_no_salt_when_it_is_printed() {
        assert_eq!(format!("{:?}", task()), "ProvingTask(epoch 1, shard 1, 3 leaves)");
    }

    #[test]
    fn a_result_survives_its_text_and_one_of_another_length_is_refused() {
        let plan = plan();
        let context = plan.statement(0).unwrap().context();
        let vector = PublicVector::new(plan.circuit.class, &context, Element::from(9u64), &[], &opening()).unwrap();
        let result = ProvingResult { vector, proof: [7; 256] };
        let value = serde_json::to_value(&result).unwrap();
        assert_eq!(serde_json::from_value::<ProvingResult>(value.clone()).unwrap(), result);
        let mut short = value.clone();
        short["vector"].as_array_mut().unwrap().pop();
        let error = serde_json::from_value::<ProvingResult>(short).unwrap_err().to_string();
        assert!(error.contains("expected a public vector of"), "{error}");
        let mut short = value;
        short["proof"] = "07".repeat(255).into();
        let error = serde_json::from_value::<ProvingResult>(short).unwrap_err().to_string();
        assert!(error.contains("expected a proof of 512"), "{error}");
    }
}
