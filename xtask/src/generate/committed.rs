//! Proofs that the committed vectors have already.
//!
//! A proof takes a quarter of a minute, and any proof of a statement will do: one that stands in
//! the vectors, is of the same statement and is accepted by the verifier is kept. A file that is
//! deleted is proved anew.

use std::{fs, path::Path};

use ballast_core::{
    circuit::{Class, VerifyingKey},
    post::ShardPost,
    statement::Statement,
};
use ballast_prover::verify;
use serde_json::Value;

/// Every post in the vectors that can be read.
pub struct Committed(Vec<ShardPost>);

impl Committed {
    pub fn read(folder: &Path) -> Self {
        let mut posts = Vec::new();
        for file in fs::read_dir(folder).into_iter().flatten().flatten() {
            let text = fs::read_to_string(file.path()).unwrap_or_default();
            collect(&serde_json::from_str(&text).unwrap_or_default(), &mut posts);
        }
        Self(posts)
    }

    /// `post`, whose digest, opening and proof are missing, with those of a committed post: only if
    /// they prove `statement`.
    pub fn complete(
        &self,
        class: Class,
        key: &VerifyingKey,
        statement: &Statement,
        post: &ShardPost,
    ) -> Option<ShardPost> {
        self.0.iter().find_map(|committed| {
            let ShardPost { digest, opening, proof, .. } = committed.clone();
            let completed = ShardPost { digest, opening, proof, ..post.clone() };
            (completed == *committed && is_proved(class, key, statement, &completed)).then_some(completed)
        })
    }
}

fn is_proved(class: Class, key: &VerifyingKey, statement: &Statement, post: &ShardPost) -> bool {
    let Ok(checked) = post.check() else { return false };
    let vector = checked.public_vector(class, statement);
    vector.is_ok_and(|vector| vector.digest() == checked.digest && verify(class, key, &vector, &post.proof).is_ok())
}

/// The posts anywhere in `value`, by their bytes.
fn collect(value: &Value, posts: &mut Vec<ShardPost>) {
    match value {
        Value::Object(members) => {
            let encoded = members.get("encoded").and_then(Value::as_str).and_then(|text| text.strip_prefix("0x"));
            let bytes = encoded.and_then(|text| hex::decode(text).ok());
            posts.extend(bytes.and_then(|bytes| ShardPost::decode(&bytes).ok()));
            members.values().for_each(|member| collect(member, posts));
        }
        Value::Array(members) => members.iter().for_each(|member| collect(member, posts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::{circuit_file::CircuitFile, post::PriorState, record::first_head};

    /// Epoch 1 of the vectors, with its statement and its circuit's key, and a post of another
    /// epoch.
    struct Case {
        post: ShardPost,
        statement: Statement,
        key: VerifyingKey,
        another: ShardPost,
    }

    impl Case {
        fn new() -> Self {
            let read = |name: &str| fs::read_to_string(crate::root().join(name)).unwrap();
            let (_, key) = CircuitFile::parse(&read("circuits/depth-7-development.json")).unwrap();
            let history: Value = serde_json::from_str(&read("tests/vectors/history.json")).unwrap();
            let bytes = |value: &Value| hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap();
            let post =
                |epoch: usize| ShardPost::decode(&bytes(&history["epochs"][epoch]["shards"][0]["encoded"])).unwrap();
            let digest = |name: &str| bytes(&history["exchange"][name]).try_into().unwrap();
            let exchange = digest("id");
            let prior = PriorState { exchange, asset_list: digest("asset_list"), head_before: first_head(&exchange) };
            let first = post(0);
            let statement = first.statement(&prior, &first.check().unwrap().reserves);
            Self { post: first, statement, key, another: post(1) }
        }

        /// What becomes of `post` without its proof when `committed` stands in the vectors.
        fn completed(&self, committed: &ShardPost, post: &ShardPost) -> Option<ShardPost> {
            self.completed_from(&Committed(vec![self.another.clone(), committed.clone()]), post)
        }

        fn completed_from(&self, committed: &Committed, post: &ShardPost) -> Option<ShardPost> {
            let bare = ShardPost { digest: [0; 32], opening: Vec::new(), proof: [0; 256], ..post.clone() };
            committed.complete(Class::SMALLEST, &self.key, &self.statement, &bare)
        }
    }

    #[test]
    fn a_proof_is_kept_for_its_own_statement_only() {
        let case = Case::new();
        let vectors = crate::generate::folder();
        assert_eq!(case.completed_from(&Committed::read(&vectors), &case.post), Some(case.post.clone()));
        assert_eq!(case.completed_from(&Committed::read(&vectors.join("none")), &case.post), None);
        let other = ShardPost { as_of: case.post.as_of + 1, ..case.post.clone() };
        assert_eq!(case.completed(&case.post, &other), None);
        let statement = Statement { as_of: other.as_of, ..case.statement };
        assert_eq!(Case { statement, ..case }.completed(&other, &other), None);
    }

    #[test]
    fn what_does_not_prove_its_statement_is_not_kept() {
        let case = Case::new();
        assert_eq!(case.completed(&case.post, &case.post), Some(case.post.clone()));
        let changes: [fn(&mut ShardPost, &ShardPost); 5] = [
            |post, another| post.proof = another.proof,
            |post, another| post.opening.clone_from(&another.opening),
            |post, another| post.digest = another.digest,
            |post, _| post.opening.truncate(1),
            |post, _| post.totals[0][31] ^= 1,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = case.post.clone();
            change(&mut forged, &case.another);
            assert_eq!(case.completed(&forged, &forged), None, "change {number}");
        }
    }
}
