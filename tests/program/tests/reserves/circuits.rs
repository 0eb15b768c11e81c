//! register_circuit and retire_circuit.

use anchor_lang::prelude::Pubkey;
use ark_bn254::{Fq, Fq2, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use ballast_core::{
    Refusal,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    curve::G2_GENERATOR,
    field::BASE_ORDER,
};
use reserves::{
    events::{CircuitRegistered, CircuitRetirement},
    instructions::{InitializeArgs, RegisterCircuitArgs},
    state::Circuit,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, DELAY, NOW, Outcome, events},
    history::{initialized, units},
    instructions::*,
    simulated,
    vectors::{self, CircuitVector},
};

fn vector() -> CircuitVector {
    vectors::history().circuit
}

fn register(chain: &mut Cluster, signer: &Keypair, args: RegisterCircuitArgs) -> Outcome {
    let class = Class { depth: args.depth, assets: args.assets };
    let id = SetupKind::try_from(args.setup)
        .and_then(|setup| Ok(circuit_id(class, setup, &args.transcript, &VerifyingKey::new(&args.verifying_key)?)));
    // Where there is no id the address is never looked at.
    let address = id.map_or_else(|_| Pubkey::new_unique(), |id| circuit_address(&id));
    chain.send(&[signer], register_circuit(signer.pubkey(), address, args))
}

/// What registering the vectors' circuit with another key comes to.
#[track_caller]
fn key_refused(change: impl Fn(&mut Vec<u8>), expected: Refusal) {
    let (mut chain, governor) = initialized(true);
    let mut args = vector().args();
    change(&mut args.verifying_key);
    register(&mut chain, &governor, args).refused(expected);
}

/// Where each point lies in a key: alpha, beta, gamma, delta, IC_0 to IC_3, tau.
fn points() -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let lengths = [64, 128, 128, 128, 64, 64, 64, 64, 128];
    lengths.map(|length| (start, start += length).0..start).to_vec()
}

/// A point of the twist that is outside the subgroup of order r.
pub fn outside_subgroup() -> Vec<u8> {
    let point = (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    let words: [Fq; 4] = [point.x.c1, point.x.c0, point.y.c1, point.y.c0];
    words.iter().flat_map(|word| word.into_bigint().to_bytes_be()).collect()
}

#[test]
fn a_circuit_is_registered_under_the_id_of_the_vectors() {
    let (mut chain, governor) = initialized(true);
    let done = register(&mut chain, &governor, vector().args()).accepted();
    units("register_circuit", &done);
    let circuit: Circuit = chain.read(&circuit_address(&vector().id()));
    assert_eq!((circuit.version, circuit.id), (1, vector().id()));
    assert_eq!((circuit.depth, circuit.assets, circuit.setup), (7, 128, 1));
    assert_eq!(circuit.transcript.as_slice(), vector().transcript);
    assert_eq!(circuit.verifying_key, vector().verifying_key);
    assert_eq!((circuit.active_from, circuit.retired), (NOW + DELAY, false));
    let event = &events::<CircuitRegistered>(&done)[0];
    assert_eq!((event.circuit, event.setup, event.active_from), (vector().id(), 1, NOW + DELAY));
}

#[test]
fn a_circuit_is_registered_once_and_never_returns() {
    let (mut chain, governor) = initialized(true);
    register(&mut chain, &governor, vector().args()).accepted();
    register(&mut chain, &governor, vector().args()).refused(Refusal::CircuitAlreadyRegistered);
    let done = chain.send(&[&governor], retire_circuit(governor.pubkey(), &vector().id())).accepted();
    units("retire_circuit", &done);
    assert_eq!(events::<CircuitRetirement>(&done)[0].circuit, vector().id());
    assert!(chain.read::<Circuit>(&circuit_address(&vector().id())).retired);
    register(&mut chain, &governor, vector().args()).refused(Refusal::CircuitAlreadyRegistered);
    let again = retire_circuit(governor.pubkey(), &vector().id());
    chain.send(&[&governor], again).refused(Refusal::CircuitRetired);
}

#[test]
fn a_delay_that_no_clock_can_show_is_refused() {
    let mut chain = Cluster::new();
    let (signer, governor) = (chain.upgrade_authority.insecure_clone(), chain.key());
    let delay = u64::MAX;
    let args = InitializeArgs { authority: governor.pubkey(), circuit_delay: delay, allow_development: true };
    chain.send(&[&signer], initialize(signer.pubkey(), args)).accepted();
    let refusal = Refusal::CircuitDelayInvalid { clock: NOW, delay };
    register(&mut chain, &governor, vector().args()).refused(refusal);
}

#[test]
fn a_clock_before_1970_is_refused() {
    let (mut chain, governor) = initialized(true);
    chain.set_clock(-1i64 as u64);
    register(&mut chain, &governor, vector().args()).refused(Refusal::ClockInvalid { found: -1 });
}

#[test]
fn only_governance_registers_and_retires() {
    let (mut chain, governor) = initialized(true);
    let stranger = chain.key();
    register(&mut chain, &stranger, vector().args()).refused(Refusal::NotAuthority);
    register(&mut chain, &governor, vector().args()).accepted();
    let retire = retire_circuit(stranger.pubkey(), &vector().id());
    chain.send(&[&stranger], retire).refused(Refusal::NotAuthority);
}

#[test]
fn a_development_setup_is_refused_where_figures_mean_something() {
    let (mut chain, governor) = initialized(false);
    register(&mut chain, &governor, vector().args()).refused(Refusal::DevelopmentCircuitRefused);
    let ceremony = simulated::circuit_of(Class::SMALLEST, SetupKind::Ceremony);
    register(&mut chain, &governor, ceremony.args()).accepted();
}

/// The key of the vectors, and keys with one of its points: the others are then of no use.
#[test]
fn a_development_key_is_no_ceremonys() {
    let (mut chain, governor) = initialized(true);
    for depth in [7, 8] {
        let args = RegisterCircuitArgs { depth, setup: 2, ..vector().args() };
        register(&mut chain, &governor, args).refused(Refusal::DevelopmentKeyAsCeremony);
    }
    for point in [0, 1, 2, 3, 8] {
        let args = |setup| {
            let mut args = simulated::circuit_of(Class::SMALLEST, setup).args();
            let range = points()[point].clone();
            args.verifying_key[range.clone()].copy_from_slice(&vector().verifying_key[range]);
            args
        };
        register(&mut chain, &governor, args(SetupKind::Ceremony)).refused(Refusal::DevelopmentKeyAsCeremony);
        register(&mut chain, &governor, args(SetupKind::Development)).accepted();
    }
}

#[test]
fn class_and_setup_kind_are_checked() {
    let (mut chain, governor) = initialized(true);
    let refused = [
        (
            RegisterCircuitArgs { depth: 6, ..vector().args() },
            Refusal::CircuitClassUnsupported { depth: 6, assets: 128 },
        ),
        (
            RegisterCircuitArgs { depth: 11, ..vector().args() },
            Refusal::CircuitClassUnsupported { depth: 11, assets: 128 },
        ),
        (
            RegisterCircuitArgs { assets: 127, ..vector().args() },
            Refusal::CircuitClassUnsupported { depth: 7, assets: 127 },
        ),
        (RegisterCircuitArgs { setup: 0, ..vector().args() }, Refusal::SetupKindInvalid { found: 0 }),
        (RegisterCircuitArgs { setup: 3, ..vector().args() }, Refusal::SetupKindInvalid { found: 3 }),
    ];
    for (args, refusal) in refused {
        register(&mut chain, &governor, args).refused(refusal);
    }
}

#[test]
fn a_key_of_another_length_is_refused() {
    key_refused(|key| key.truncate(831), Refusal::KeyLengthWrong { expected: 832, found: 831 });
    key_refused(|key| key.push(0), Refusal::KeyLengthWrong { expected: 832, found: 833 });
    key_refused(|key| key.truncate(704), Refusal::KeyLengthWrong { expected: 832, found: 704 });
    key_refused(|key| key.clear(), Refusal::KeyLengthWrong { expected: 832, found: 0 });
}

#[test]
fn a_key_with_a_coordinate_of_q_is_refused() {
    for (point, range) in (0..).zip(points()) {
        let change = |key: &mut Vec<u8>| key[range.clone()][..32].copy_from_slice(&BASE_ORDER);
        key_refused(change, Refusal::KeyCoordinateNotCanonical { point });
    }
}

#[test]
fn a_key_with_a_point_at_infinity_is_refused() {
    for (point, range) in (0..).zip(points()) {
        key_refused(|key| key[range.clone()].fill(0), Refusal::KeyPointAtInfinity { point });
    }
}

#[test]
fn a_key_with_a_point_off_its_curve_is_refused() {
    for (point, range) in (0..).zip(points()) {
        key_refused(|key| key[range.end - 1] ^= 1, Refusal::KeyPointNotOnCurve { point });
    }
}

#[test]
fn a_key_with_a_point_outside_the_subgroup_is_refused() {
    for point in [1, 2, 3, 8] {
        let change = |key: &mut Vec<u8>| key[points()[usize::from(point)].clone()].copy_from_slice(&outside_subgroup());
        key_refused(change, Refusal::KeyPointOutsideSubgroup { point });
    }
}

fn negate_g2(point: &mut [u8]) {
    for coordinate in point[64..].chunks_exact_mut(32) {
        let negative = -Fq::from_be_bytes_mod_order(coordinate);
        coordinate.copy_from_slice(&negative.into_bigint().to_bytes_be());
    }
}

#[test]
fn a_key_with_a_generator_is_refused() {
    for point in [2, 3, 8] {
        let change = |key: &mut Vec<u8>| key[points()[usize::from(point)].clone()].copy_from_slice(&G2_GENERATOR);
        key_refused(change, Refusal::KeyPointIsGenerator { point });
        let negate = |key: &mut Vec<u8>| {
            change(key);
            negate_g2(&mut key[points()[usize::from(point)].clone()]);
        };
        key_refused(negate, Refusal::KeyPointIsGenerator { point });
    }
}

#[test]
fn a_key_with_equal_gamma_and_delta_is_refused() {
    key_refused(|key| key.copy_within(192..320, 320), Refusal::KeyGammaEqualsDelta);
    let negate = |key: &mut Vec<u8>| {
        key.copy_within(192..320, 320);
        negate_g2(&mut key[320..448]);
    };
    key_refused(negate, Refusal::KeyGammaEqualsDelta);
}

#[test]
fn a_circuit_lies_at_the_address_of_its_id() {
    let (mut chain, governor) = initialized(true);
    let elsewhere = circuit_address(&[1; 32]);
    let call = register_circuit(governor.pubkey(), elsewhere, vector().args());
    chain.send(&[&governor], call).refused_with(2006, "ConstraintSeeds");
}

#[test]
fn lamports_of_a_stranger_do_not_block_a_circuit() {
    let (mut chain, governor) = initialized(true);
    chain.fund(&circuit_address(&vector().id()));
    register(&mut chain, &governor, vector().args()).accepted();
}
