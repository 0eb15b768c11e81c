//! A ceremony from constraints to a proof that both verifiers accept.

use std::{fs, path::PathBuf};

use ark_bn254::{Bn254, Fq2, Fr};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ballast_core::{circuit::Class, digest::sha256, public_vector::PublicVector};
use ballast_prover::{
    VerifyError, encoding,
    key::KeyError,
    kzg::srs_length,
    qap::CircomReduction,
    setup::{
        ceremony::{CeremonyKey, import_ptau, import_zkey, proving_key},
        contribution::Contribution,
        development_srs,
        ptau::{Powers, Ptau},
        r1cs::R1cs,
    },
    verify,
};
use rand::rngs::OsRng;
use serde_json::json;

use crate::{
    circuit::{INPUTS, Small, inputs, opened_vector},
    files::{Ceremony, Circuit, beacon, ceremony, fresh, snarkjs},
};

fn import(circuit: &Circuit, r1cs: &R1cs<'_>) -> CeremonyKey {
    import_zkey(&circuit.key, r1cs, &mut Ptau::open(&ceremony().powers).unwrap()).unwrap()
}

fn prove(key: &CeremonyKey, circuit: &Small) -> ark_groth16::Proof<Bn254> {
    Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(
        &key.groth16,
        Fr::rand(&mut OsRng),
        Fr::rand(&mut OsRng),
        &circuit.matrices,
        INPUTS,
        circuit.r1cs().rows() as usize,
        &circuit.assignment,
    )
    .unwrap()
}

fn write(name: &str, value: serde_json::Value) -> PathBuf {
    let path = fresh(name);
    fs::write(&path, value.to_string()).unwrap();
    path
}

fn proof_json(proof: &ark_groth16::Proof<Bn254>) -> serde_json::Value {
    let pair = |x: Fq2| json!([x.c0.to_string(), x.c1.to_string()]);
    json!({
        "protocol": "groth16",
        "curve": "bn128",
        "pi_a": [proof.a.x.to_string(), proof.a.y.to_string(), "1"],
        "pi_b": [pair(proof.b.x), pair(proof.b.y), ["1", "0"]],
        "pi_c": [proof.c.x.to_string(), proof.c.y.to_string(), "1"],
    })
}

/// A public vector whose opening holds for the ceremony's powers of tau, and the inputs by which it
/// is bound.
fn public_vector() -> (PublicVector, [Fr; 3]) {
    let vector = opened_vector(&import_ptau(&ceremony().powers, 2).unwrap().g1[1]);
    let inputs = inputs(&vector);
    (vector, inputs)
}

/// snarkjs' and our own verdict on a proof made here with snarkjs' key.
fn assert_accepted(files: &Circuit, circuit: &Small) {
    let (vector, inputs) = public_vector();
    let snarkjs = snarkjs();
    let key = import(files, &circuit.r1cs());
    let proof = prove(&key, circuit);

    let verifying_key = fresh("verifying-key");
    snarkjs.export_verifying_key(&files.key, &verifying_key).unwrap();
    let proof_file = write("proof", proof_json(&proof));
    let public = |inputs: [Fr; 3]| write("public", json!(inputs.map(|input| input.to_string())));
    snarkjs.verify_proof(&verifying_key, &public(inputs), &proof_file).unwrap();
    let [d, rho, phi] = inputs;
    let others = public([d, rho, phi + Fr::from(1u64)]);
    assert!(snarkjs.verify_proof(&verifying_key, &others, &proof_file).is_err());

    let verifying_key = encoding::encode_key(&key.groth16.vk, &key.tau_g2).unwrap();
    assert_eq!(verify(Class::SMALLEST, &verifying_key, &vector, &encoding::encode_proof(&proof)), Ok(()));
    let negated = ark_groth16::Proof { a: -proof.a, ..proof };
    assert_eq!(
        verify(Class::SMALLEST, &verifying_key, &vector, &encoding::encode_proof(&negated)),
        Err(VerifyError::Rejected)
    );
}

#[test]
fn both_verifiers_accept_a_proof_made_with_a_ceremonys_key() {
    assert_accepted(&ceremony().eight, &Small::eight(public_vector().1));
}

#[test]
fn both_verifiers_accept_a_proof_for_as_many_rows_as_there_are_powers() {
    // The powers end one short of what the Lagrange polynomials of twice the domain have.
    assert_accepted(&ceremony().sixty_four, &Small::sixty_four(public_vector().1));
}

/// Whoever knows a tau could open the commitments to anything, under the name of a ceremony.
#[test]
fn a_ceremonys_key_is_not_paired_with_powers_of_another_tau() {
    let circuit = Small::eight(public_vector().1);
    let key = || import(&ceremony().eight, &circuit.r1cs());
    let pair = |powers| proving_key(Class::SMALLEST, key(), powers).err();
    let own = || import_ptau(&ceremony().powers, 127).unwrap();
    let known = development_srs(Class::SMALLEST);
    let (g1, tau_g2) = (known.powers().to_vec(), known.tau());
    assert_eq!(pair(Powers { g1: g1.clone(), tau_g2 }), Some(KeyError::OtherTau));
    // With the right tau in G2, which is all that the verifying key has of it.
    assert_eq!(pair(Powers { g1, tau_g2: own().tau_g2 }), Some(KeyError::OtherTau));
    assert_eq!(pair(Powers { g1: own().g1, tau_g2 }), Some(KeyError::OtherTau));
    // This ceremony was for a small circuit.
    let expected = srs_length(Class::SMALLEST.depth);
    assert_eq!(pair(own()), Some(KeyError::Powers { expected, found: 127 }));
}

#[test]
fn snarkjs_verifies_both_phases() {
    let Ceremony { powers, eight, sixty_four, other_eight, .. } = ceremony();
    let snarkjs = snarkjs();
    snarkjs.verify_powers(powers).unwrap();
    for circuit in [eight, sixty_four, other_eight] {
        snarkjs.verify_key(&circuit.r1cs, powers, &circuit.key).unwrap();
    }
    assert!(snarkjs.verify_key(&eight.r1cs, powers, &other_eight.key).is_err());
}

#[test]
fn the_transcript_is_the_digest_of_the_file() {
    let circuit = Small::eight(public_vector().1);
    let key = import(&ceremony().eight, &circuit.r1cs());
    assert_eq!(key.transcript, sha256(&[&fs::read(&ceremony().eight.key).unwrap()]));
}

#[test]
fn contributions_are_listed_with_what_they_say_of_themselves() {
    let circuit = Small::eight(public_vector().1);
    let key = import(&ceremony().eight, &circuit.r1cs());
    let last = Contribution { name: Some("last".to_owned()), beacon: Some(beacon()) };
    assert_eq!(
        key.contributions,
        [Contribution { name: Some("someone\u{1b}[2J".to_owned()), beacon: None }, last.clone(),]
    );
    assert_eq!(key.contributions[0].to_string(), "contribution \"someone\\u{1b}[2J\"");
    assert!(key.contributions[1].to_string().starts_with("beacon \"last\", 2^10 rounds over 000102"));
    let powers = Ptau::open(&ceremony().powers).unwrap();
    assert_eq!(powers.contributions(), [Contribution { name: Some("first".to_owned()), beacon: None }, last]);
}
