//! Proofs that the committed vectors have already.
//!
//! A proof takes a quarter of a minute, and any proof of a statement will do: one that stands in the vectors, is of the same
//! statement and is accepted by the verifier is kept. A file that is deleted is proved anew.

use std::{fs, path::Path};

use ballast_core::{
    Element,
    circuit::{Class, VerifyingKey},
    post::ShardPost,
    public_vector::PublicVector,
};
use ballast_prover::verify;
use serde_json::Value;

/// Every post in the vectors that can be read.
pub struct Committed(Vec<ShardPost>);

impl Committed {
    pub fn read(folder: &Path, names: &[&str]) -> Self {
        let mut posts = Vec::new();
        for name in names {
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            collect(&serde_json::from_str(&text).unwrap_or_default(), &mut posts);
        }
        Self(posts)
    }

    /// `post`, whose digest, opening and proof are missing, with those of a committed post: only if they prove it.
    pub fn complete(&self, class: Class, key: &VerifyingKey, post: &ShardPost) -> Option<ShardPost> {
        self.0.iter().find_map(|committed| {
            let ShardPost { digest, opening, proof, .. } = committed.clone();
            let completed = ShardPost { digest, opening, proof, ..post.clone() };
            (completed == *committed && is_proved(class, key, &completed)).then_some(completed)
        })
    }
}

fn is_proved(class: Class, key: &VerifyingKey, post: &ShardPost) -> bool {
    let Ok(checked) = post.check() else { return false };
    let totals: Vec<Element> = checked.totals.iter().map(|total| Element::from(*total)).collect();
    let vector = PublicVector::new(class, &checked.context, checked.root, &totals, &checked.opening);
    vector.is_some_and(|vector| vector.digest() == checked.digest && verify(key, &vector, &post.proof).is_ok())
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
    use ballast_core::circuit_file::CircuitFile;

    fn committed() -> (Committed, Class, VerifyingKey) {
        let circuit = fs::read_to_string(crate::root().join("circuits/depth-7-development.json")).unwrap();
        let (circuit, key) = CircuitFile::parse(&circuit).unwrap();
        (Committed::read(&crate::root().join("tests/vectors"), &["history.json"]), circuit.class, key)
    }

    fn bare(post: &ShardPost) -> ShardPost {
        ShardPost { digest: [0; 32], opening: Vec::new(), proof: [0; 256], ..post.clone() }
    }

    #[test]
    fn a_proof_is_kept_for_its_own_statement_only() {
        let (committed, class, key) = committed();
        assert_eq!(committed.0.len(), 6);
        let post = committed.0[0].clone();
        assert_eq!(committed.complete(class, &key, &bare(&post)), Some(post.clone()));
        let mut other = bare(&post);
        other.as_of += 1;
        assert_eq!(committed.complete(class, &key, &other), None);
        let nowhere = Committed::read(&crate::root().join("tests/vectors"), &["no-such-file.json", "leaves.json"]);
        assert_eq!(nowhere.complete(class, &key, &bare(&post)), None);
    }

    #[test]
    fn what_does_not_prove_its_statement_is_not_kept() {
        let (committed, class, key) = committed();
        let [post, another, ..] = &committed.0[..] else { panic!("two posts") };
        let changes: [fn(&mut ShardPost, &ShardPost); 5] = [
            |post, another| post.proof = another.proof,
            |post, another| post.opening.clone_from(&another.opening),
            |post, another| post.digest = another.digest,
            |post, _| post.opening.truncate(1),
            |post, _| post.totals[0][31] ^= 1,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut forged = post.clone();
            change(&mut forged, another);
            assert_eq!(Committed(vec![forged.clone()]).complete(class, &key, &bare(&forged)), None, "change {number}");
        }
    }
}
