//! The check that a `.zkey` is the key that phase 1 and the constraints determine, up to delta.
//!
//! # Soundness
//! With u_s, v_s, w_s the polynomials of wire s in A, B and C (and the rows of the public inputs,
//! in A), a key for these constraints has
//!
//! ```text
//! A_s = [u_s(tau)]        B_s = [v_s(tau)]
//! IC_s, delta C_s = [beta u_s(tau) + alpha v_s(tau) + w_s(tau)]
//! delta H_i = [L_{2i+1}(tau)], L_j being the Lagrange polynomials of the 2n-th roots of unity
//! ```
//!
//! For random x_s, sum_s x_s A_s is [p(tau)] for the p of degree below n with the values A x on the
//! domain: one evaluation of the constraints, one transform and one sum over the powers of tau
//! check all of A, and likewise the others, with a pairing where delta or G2 comes in. Each check
//! holds for wrong points with a chance of 1 / r. So a key that passes is right for exactly these
//! constraints and this phase 1, for the delta of its header. That nobody knows this delta is what
//! the contributions show, which `snarkjs zkey verify` follows.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::AdditiveGroup;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};

use super::{
    pairing::{equal, sum, weights},
    ptau::Phase1,
    r1cs::R1cs,
    sections::{FileError, Reason, Section},
    zkey::{self, Queries, Zkey},
};

/// Refuses a key that is not made from this phase 1 and these constraints.
pub(crate) fn check(zkey: &Zkey, queries: &Queries, r1cs: &R1cs<'_>, phase1: &Phase1) -> Result<(), FileError> {
    let refuse = |(section, reason)| zkey.error(section, reason);
    check_header(zkey, phase1).map_err(refuse)?;
    check_wires(zkey, queries, r1cs, phase1).map_err(refuse)?;
    check_h(zkey, queries, r1cs, phase1).map_err(refuse)
}

type Refused = (Section, Reason);

fn require(holds: bool, section: Section, otherwise: &'static str) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err((section, Reason::Inconsistent(otherwise))) }
}

fn check_header(zkey: &Zkey, phase1: &Phase1) -> Result<(), Refused> {
    let header = &zkey.header;
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let section = zkey::HEADER;
    require(phase1.alpha_g1.first() == Some(&header.alpha_g1), section, "alpha is not that of the powers of tau")?;
    require(phase1.beta_g1.first() == Some(&header.beta_g1), section, "beta is not that of the powers of tau")?;
    require(phase1.beta_g2 == header.beta_g2, section, "beta in G2 is not that of the powers of tau")?;
    require(header.gamma_g2 == g2, section, "gamma is not 1, as snarkjs has it")?;
    require(!header.delta_g2.is_zero() && header.delta_g2 != g2, section, "delta is 0 or 1: nobody contributed")?;
    require(equal(header.delta_g1, g2, g1, header.delta_g2), section, "delta is not the same in G1 and G2")
}

fn check_wires(zkey: &Zkey, queries: &Queries, r1cs: &R1cs<'_>, phase1: &Phase1) -> Result<(), Refused> {
    let delta = zkey.header.delta_g2;
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let inputs = queries.ic.len();
    let weights = weights(r1cs.wires() as usize);
    let (of_inputs, of_private) = weights.split_at_checked(inputs).unwrap_or_default();

    let [mut u, v, w] = r1cs.evaluate(&weights);
    u.extend_from_slice(of_inputs);
    let domain = domain(1 << r1cs.domain_power())?;
    let [u, v, w] = [u, v, w].map(|values| domain.ifft(&values));
    let at_tau = |polynomial: &[Fr]| sum::<G1Projective>(&phase1.tau_g1, polynomial);
    let (u_tau, v_tau) = (at_tau(&u), at_tau(&v));
    require(
        sum::<G1Projective>(&queries.a, &weights) == u_tau,
        zkey::A,
        "the points are not those of the constraints",
    )?;
    require(
        sum::<G1Projective>(&queries.b1, &weights) == v_tau,
        zkey::B1,
        "the points are not those of the constraints",
    )?;
    let b2: G2Projective = sum(&queries.b2, &weights);
    require(equal(v_tau, g2, g1, b2.into()), zkey::B2, "the points are not those of B1")?;

    // sum_s x_s (beta u_s + alpha v_s + w_s), of which IC has its part as it is and C its part over
    // delta.
    let all = sum::<G1Projective>(&phase1.beta_g1, &u) + sum::<G1Projective>(&phase1.alpha_g1, &v) + at_tau(&w);
    let private = all - sum::<G1Projective>(&queries.ic, of_inputs);
    let c: G1Projective = sum(&queries.c, of_private);
    require(equal(c, delta, private, g2), zkey::C, "the points of C or IC are not those of the constraints")
}

fn check_h(zkey: &Zkey, queries: &Queries, r1cs: &R1cs<'_>, phase1: &Phase1) -> Result<(), Refused> {
    let weights = weights(queries.h.len());
    let mut values: Vec<Fr> = weights.iter().flat_map(|weight| [Fr::ZERO, *weight]).collect();
    domain(2 << r1cs.domain_power())?.ifft_in_place(&mut values);
    // If the powers of tau end before the last coefficient's, snarkjs leaves it out: no product A B
    // - C has it.
    let expected: G1Projective = sum(&phase1.tau_g1, &values);
    let h: G1Projective = sum(&queries.h, &weights);
    let holds = equal(h, zkey.header.delta_g2, expected, G2Affine::generator());
    require(holds, zkey::H, "the points are not the Lagrange polynomials at tau over delta")
}

type Domain = GeneralEvaluationDomain<Fr>;

fn domain(points: usize) -> Result<Domain, Refused> {
    let reason = || Reason::mismatch("number of points of the domain", "at most 2^28", points);
    Domain::new(points).ok_or_else(|| (zkey::HEADER, reason()))
}

/// Makes the proving key of a `.zkey`, with a gamma of 2.
///
/// snarkjs leaves gamma at 1, so that its key has the generator where ours must not: a chain cannot
/// tell a gamma of 1 that is meant from a key that nobody finished. Any public constant will do for
/// gamma, and with 2 in G2 and IC over 2 every equation stays what it was: snarkjs accepts, under
/// the key as it has it, the proofs made with this one.
pub(crate) fn proving_key(zkey: &Zkey, queries: Queries) -> ark_groth16::ProvingKey<Bn254> {
    let header = &zkey.header;
    let halved = |point: &G1Affine| (*point * HALF).into_affine();
    ark_groth16::ProvingKey {
        vk: ark_groth16::VerifyingKey {
            alpha_g1: header.alpha_g1,
            beta_g2: header.beta_g2,
            gamma_g2: (header.gamma_g2 + header.gamma_g2).into_affine(),
            delta_g2: header.delta_g2,
            gamma_abc_g1: queries.ic.iter().map(halved).collect(),
        },
        beta_g1: header.beta_g1,
        delta_g1: header.delta_g1,
        a_query: queries.a,
        b_g1_query: queries.b1,
        b_g2_query: queries.b2,
        h_query: queries.h,
        l_query: queries.c,
    }
}

/// The inverse of 2.
const HALF: Fr = ark_ff::MontFp!("10944121435919637611123202872628637544274182200208017171849102093287904247809");
