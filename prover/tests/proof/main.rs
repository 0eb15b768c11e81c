//! Whole proofs: attacks on the verifier and on its keys, and the development setup.

#[path = "../fixture/mod.rs"]
mod fixture;

mod bytes;
mod development_setup;
mod keys;
mod masks;
mod openings;
mod proving;
mod secrets;
mod statements;

use std::sync::OnceLock;

use ballast_prover::{
    Proof, PublicVector, VerifyError,
    circuit::witness::Witness,
    phases::Phases,
    prover::{argue, prove_witness},
    verify,
};

use fixture::{CLASS, key, leaves, rng, shard};

/// One honest proof with everything that made it, shared.
struct Proved {
    witness: Witness,
    vector: PublicVector,
    proof: Proof,
}

/// Seed of the shared proof's argument.
const SEED: u8 = 21;
/// Seed of the masks of the shared proof.
const MASKS: u8 = 22;

fn honest() -> &'static Proved {
    static HONEST: OnceLock<Proved> = OnceLock::new();
    HONEST.get_or_init(|| {
        let phases = &mut Phases::default();
        let (witness, vector) = argue(key().srs(), CLASS, &shard(leaves()), &mut rng(SEED), phases).unwrap();
        let proof = prove_witness(key(), &witness, &mut rng(MASKS), phases).unwrap();
        Proved { witness, vector, proof }
    })
}

/// Makes the shared proof now. Threads of the prover's pool that met in its making would wait for
/// each other for ever.
fn made() {
    honest();
}

fn check(vector: &PublicVector, proof: &Proof) -> Result<(), VerifyError> {
    verify(CLASS, key().verifying_key(), vector, proof)
}

#[test]
fn honest_proof_is_accepted() {
    let Proved { vector, proof, .. } = honest();
    assert_eq!(check(vector, proof), Ok(()));
}
