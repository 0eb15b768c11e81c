//! Signatures: one by one and in a batch they are the same thing.

use super::exchange::*;
use ballast_core::digest::{Preimage, sha256};
use ballast_ledger::{
    log::{Writer, WriterOptions},
    replay::{Options, ReplayError, replay},
    signature::{Claim, Signatory, SignatureInvalid, public_key, sign, verify_all},
    transaction::{Kind, Signer},
};
use bitcoin::hashes::{Hash, sha512};
use curve25519_dalek::{EdwardsPoint, Scalar, constants};

const BY: Signatory = Signatory::Signer(Signer::Engine);

/// A signature of `message` by `secret`, with a point of small order added to R and to the key.
fn torsioned(secret: Scalar, message: &[u8], of_r: EdwardsPoint, of_key: EdwardsPoint) -> Claim {
    let base = constants::ED25519_BASEPOINT_POINT;
    let nonce = Scalar::from(123_456_789u64);
    let key = (base * secret + of_key).compress().to_bytes();
    let r = (base * nonce + of_r).compress().to_bytes();
    let digest = sha512::Hash::hash(&[&r, &key, message].concat());
    let challenge = Scalar::from_bytes_mod_order_wide(&digest.to_byte_array());
    let s = nonce + challenge * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(s.as_bytes());
    Claim { sequence: 5, by: BY, key, message: message.to_vec(), signature }
}

/// Signatures that hold.
fn honest(sequence: u64) -> Claim {
    let message = Preimage::new("test").u64(sequence).sha256().to_vec();
    let signature = key(1).sign(&message).to_bytes();
    Claim { sequence, by: BY, key: public_key(&key(1)), message, signature }
}

/// What each way says of a claim, in a batch of others and by itself.
fn verdict(claim: &Claim) -> Result<(), SignatureInvalid> {
    let alone = claim.verify();
    assert_eq!(verify_all(std::slice::from_ref(claim)), alone, "a batch of one");
    let mut batch: Vec<_> = (1..5).map(honest).collect();
    batch.push(claim.clone());
    batch.extend((6..300).map(honest));
    assert_eq!(verify_all(&batch), alone, "a batch of many");
    alone
}

#[test]
fn batch_and_single_verification_agree_where_rules_of_others_differ() {
    let secret = Scalar::from_bytes_mod_order(sha256(&[b"secret"]));
    let invalid = Err(SignatureInvalid { sequence: 5, by: BY });
    for torsion in constants::EIGHT_TORSION {
        let none = constants::EIGHT_TORSION[0];
        for (of_r, of_key) in [(torsion, none), (none, torsion), (torsion, torsion)] {
            let claim = torsioned(secret, b"message", of_r, of_key);
            // The cofactor takes every torsion away.
            assert_eq!(verdict(&claim), Ok(()));
            let other = Claim { message: b"another".to_vec(), ..claim };
            assert_eq!(verdict(&other), invalid);
        }
    }
    // s + L is s for the curve, and no canonical s.
    let claim = torsioned(secret, b"message", constants::EIGHT_TORSION[0], constants::EIGHT_TORSION[0]);
    let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let mut above = claim.clone();
    let mut carry = 0;
    for index in 0..32 {
        let digit = u16::from_str_radix(&order[2 * index..2 * index + 2], 16).unwrap();
        let sum = u16::from(above.signature[32 + index]) + digit + carry;
        above.signature[32 + index] = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!((carry, verdict(&claim), verdict(&above)), (0, Ok(()), invalid));
}

/// A log with a rotation of Alice's key, possession of it shown by `shown`.
fn rotated(shown: u32) -> (u64, Result<(u64, u64), ReplayError>) {
    let directory = tempfile::tempdir().unwrap();
    let mut exchange = Exchange::new(1);
    let signed = sign(&key(ALICE), &exchange.transaction(exchange.rotation(&key(6), &key(shown))));
    exchange.state.apply_unverified(&signed).unwrap();
    exchange.log.push(signed);
    let rotation = exchange.log.len() as u64;
    exchange.keys[ALICE as usize] = key(6);
    exchange.ok(Kind::Lend(movement(ALICE, BTC, 1)));
    let mut writer = Writer::create(directory.path(), &genesis(1), WriterOptions::default()).unwrap();
    writer.append(&exchange.log).unwrap();
    let replayed = replay(directory.path(), &Options { threads: 1, ..Options::default() });
    (rotation, replayed.map(|replayed| (replayed.transactions, replayed.signatures)))
}

#[test]
fn replay_verifies_that_a_new_key_is_had() {
    let (rotation, refused) = rotated(7);
    let error = refused.unwrap_err();
    let named = matches!(error, ReplayError::Signature(SignatureInvalid { sequence, by: Signatory::NewKey(ALICE) }) if sequence == rotation);
    assert!(named, "{error}");
    let (rotation, counts) = rotated(6);
    assert_eq!(counts.unwrap(), (rotation + 1, rotation + 2));
}

#[test]
fn every_signature_of_a_log_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let simulation = simulation(9, 20, 3000);
    write_log(directory.path(), &simulation, 1 << 20);
    let mut rotations = 0;
    let run = simulation.run(|batch| {
        // The kind of a transaction is the last byte of its prefix; 2 rotates a key.
        let kind = ballast_ledger::transaction::PREFIX_LENGTH - 1;
        rotations += batch.iter().filter(|signed| signed.bytes[kind] == 2).count() as u64;
        Ok::<_, ()>(())
    });
    assert!(run.is_ok() && rotations > 5, "{rotations}");
    let replayed = replay(directory.path(), &Options { threads: 2, ..Options::default() }).unwrap();
    assert_eq!((replayed.transactions, replayed.signatures), (3000, 3000 + rotations));
}
