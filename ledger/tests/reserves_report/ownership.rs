//! Messages that owners of Bitcoin addresses sign.

use ballast_ledger::reserves::ownership::{Claim, OwnershipError, message};
use bip322::{LockParams, sign_full_encoded};
use bitcoin::{Address, Network, WitnessProgram, WitnessVersion, absolute::LockTime};

use crate::*;

fn claim(address: &str, network: &str, text: &str, signature: &str) -> Result<(), OwnershipError> {
    Claim { network, address, message: text, signature }.verify(&EXCHANGE).map(drop)
}

#[test]
fn only_the_owner_for_this_exchange_signs() {
    let text = message(&EXCHANGE, "bitcoin");
    assert_eq!(text, format!("ballast/wallet/v1 exchange 0x{} network bitcoin", "07".repeat(32)));
    claim(ON_BITCOIN.segwit, "bitcoin", &text, &signed(ON_BITCOIN.segwit, &text)).unwrap();
    let full = sign_full_encoded(ON_BITCOIN.taproot, &text, &[ON_BITCOIN.key], None, LockParams::default()).unwrap();
    claim(ON_BITCOIN.taproot, "bitcoin", &text, &full).unwrap();

    let invalid = |address: &str, signature: &str| {
        let error = claim(address, "bitcoin", &text, signature).unwrap_err();
        assert!(matches!(error, OwnershipError::SignatureInvalid(_)), "{error}");
    };
    // Of another exchange, another address, another form, or nothing.
    invalid(ON_BITCOIN.segwit, &signed(ON_BITCOIN.segwit, &message(&[8; 32], "bitcoin")));
    invalid(ON_BITCOIN.segwit, &signed(ON_BITCOIN.taproot, &text));
    invalid(ON_BITCOIN.taproot, &full.replace("ful", "smp"));
    invalid(ON_BITCOIN.segwit, "");
    invalid(ON_BITCOIN.segwit, "smpAA==");

    let other = message(&[8; 32], "bitcoin");
    let error = claim(ON_BITCOIN.segwit, "bitcoin", &other, &signed(ON_BITCOIN.segwit, &other)).unwrap_err();
    assert!(matches!(error, OwnershipError::MessageMismatch { .. }), "{error}");
    let longer = format!("{text} ");
    let error = claim(ON_BITCOIN.segwit, "bitcoin", &longer, &signed(ON_BITCOIN.segwit, &longer)).unwrap_err();
    assert!(matches!(error, OwnershipError::MessageMismatch { .. }), "{error}");
    let error = claim(ON_BITCOIN.segwit, "signet", &message(&EXCHANGE, "signet"), "").unwrap_err();
    assert!(matches!(error, OwnershipError::AddressInvalid { .. }), "{error}");
    let error = claim(ON_BITCOIN.segwit, "mainnet", &text, "").unwrap_err();
    assert!(matches!(error, OwnershipError::NetworkUnknown { .. }), "{error}");
    let upper = ON_BITCOIN.segwit.to_uppercase();
    let error = claim(&upper, "bitcoin", &text, &signed(&upper, &text)).unwrap_err();
    assert!(matches!(error, OwnershipError::AddressNotCanonical { .. }), "{error}");
    let locks = LockParams { lock_time: LockTime::from_consensus(900_000), ..LockParams::default() };
    let later = sign_full_encoded(ON_BITCOIN.segwit, &text, &[ON_BITCOIN.key], None, locks).unwrap();
    let error = claim(ON_BITCOIN.segwit, "bitcoin", &text, &later).unwrap_err();
    assert!(matches!(error, OwnershipError::Locked { .. }), "{error}");
}

/// An output that anyone may spend, until Bitcoin gives witnesses of its version a meaning.
#[test]
fn what_cannot_be_judged_shows_nothing() {
    let program = WitnessProgram::new(WitnessVersion::V2, &[0; 32]).unwrap();
    let address = Address::from_witness_program(program, Network::Bitcoin).to_string();
    let error = claim(&address, "bitcoin", &message(&EXCHANGE, "bitcoin"), "smpAA==").unwrap_err();
    assert!(matches!(error, OwnershipError::Inconclusive), "{error}");
}

/// BIP-322, test vectors: `Hello World` and the empty message, signed by a key of version 0.
#[test]
fn the_vectors_of_the_bip_hold() {
    let vectors = [
        (
            "",
            "AkcwRAIgM2gBAQqvZX15ZiysmKmQpDrG83avLIT492QBzLnQIxYCIBaTpOaD20qRlEylyxFSeEA2ba9YOixpX8z46TSDtS40ASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
        ),
        (
            "Hello World",
            "AkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
        ),
    ];
    for (text, signature) in vectors {
        assert!(bip322::verify_simple_encoded(ON_BITCOIN.segwit, text, signature).is_ok(), "{text:?}");
        assert!(bip322::verify_simple_encoded(ON_BITCOIN.segwit, &format!("{text}!"), signature).is_err(), "{text:?}");
        assert!(bip322::verify_simple_encoded(ON_BITCOIN.taproot, text, signature).is_err(), "{text:?}");
    }
}
