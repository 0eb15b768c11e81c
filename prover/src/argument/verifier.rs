//! The verifier of the argument, once for all arithmetics (`docs/spec.md`, section 8).

use super::{
    claims::{self, PointClaims, TableClaim},
    layout::{TREE_LOW, row_variables},
    messages::{Fractions, Hashing, Messages},
};
use crate::{
    arithmetic::{Arithmetic, Check},
    gkr, lookup,
    transcript::Transcript,
};
use ballast_core::opening::{CHUNKS, HIGH_VARIABLES, OPENING_POINTS, OPENING_SCALARS};

/// What the argument is about, public in every proof: the first part of the public vector.
#[derive(Clone, Debug)]
pub struct Claim<S> {
    /// High half, low half.
    pub context: [S; 2],
    pub root: S,
    /// T_1 .. T_A.
    pub totals: Vec<S>,
    /// Commitments to the chunks, then S, Q and P: high and low half of x, high and low half of y.
    pub points: [[S; 4]; OPENING_POINTS],
}

/// Index of the commitment S among the points; Q follows.
const WITNESS_POINT: usize = CHUNKS;

/// Checks all but the pairing equation, which is over the points and the scalars that this returns: z_high, eta, u, I(u), Z(u).
///
/// # Soundness
/// Public are the claim and the scalars. The caller owes that the points are valid and that the opening equation holds for
/// them; then the prover knows a table W with these commitments for which everything in the modules [`lookup`] and [`gkr`]
/// holds.
///
/// # Errors
/// The first [`Check`] that fails. The messages have the shape of the class.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    depth: u8,
    claim: &Claim<A::Scalar>,
    messages: &Messages<A::Scalar>,
) -> Result<[A::Scalar; OPENING_SCALARS], A::Error> {
    let mut transcript = Transcript::new(field, depth);
    let claims = table_claims(field, &mut transcript, depth, claim, &messages.hashing, &messages.fractions)?;
    let table = claims::reduce(field, &mut transcript, &claims, &messages.batch)?;

    let (low, high) = table.point.split_at(table.point.len() - HIGH_VARIABLES);
    let (witness, quotient) = (&claim.points[WITNESS_POINT], &claim.points[WITNESS_POINT + 1]);
    let first = [std::slice::from_ref(&table.value), witness].concat();
    let zeta = transcript.message(field, &first)?;
    let inverse = field.inverse(&zeta, Check::EvaluationPoint)?;
    let [f, f_inverse, s, s_inverse] = &messages.evaluations;
    check_inner_product(field, low, &table.value, [&zeta, &inverse], [f, f_inverse, s, s_inverse])?;
    let eta = transcript.message(field, &messages.evaluations)?;
    let u = transcript.message(field, quotient)?;

    // I interpolates g = f + eta s at zeta and 1/zeta.
    let g = field.add_product(f, &eta, s)?;
    let g_inverse = field.add_product(f_inverse, &eta, s_inverse)?;
    let run = field.sub(&zeta, &inverse);
    let run = field.inverse(&run, Check::EvaluationPoints)?;
    let rise = field.sub(&g, &g_inverse);
    let slope = field.mul(&rise, &run)?;
    let left = field.sub(&u, &zeta);
    let right = field.sub(&u, &inverse);
    let interpolation = field.add_product(&g, &slope, &left)?;
    let vanishing = field.mul(&left, &right)?;
    let [z0, z1, z2, z3] = std::array::from_fn(|variable| high[variable].clone());
    Ok([z0, z1, z2, z3, eta, u, interpolation, vanishing])
}

/// Checks hashing, look-up and totals, down to claims on the committed table.
///
/// # Errors
/// The first [`Check`] that fails.
pub fn table_claims<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    depth: u8,
    claim: &Claim<A::Scalar>,
    hashing: &Hashing<A::Scalar>,
    fractions: &Fractions<A::Scalar>,
) -> Result<Vec<PointClaims<A::Scalar>>, A::Error> {
    open(field, transcript, claim)?;
    let mut claims = gkr::verify(field, transcript, depth, hashing)?;
    let challenges = lookup::Challenges::draw(field, transcript)?;
    claims.push(lookup::verify(field, transcript, depth, &challenges, &claim.totals, fractions)?);
    claims.push(root_claim(field, depth, &claim.root));
    Ok(claims)
}

/// The transcript's first message: the claim and the commitments to the table.
///
/// # Errors
/// Those of the arithmetic.
pub fn open<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    claim: &Claim<A::Scalar>,
) -> Result<(), A::Error> {
    let mut message = claim.context.to_vec();
    message.push(claim.root.clone());
    message.extend_from_slice(&claim.totals);
    message.extend(claim.points[..CHUNKS].iter().flatten().cloned());
    transcript.message(field, &message).map(drop)
}

/// T[1] = R.
fn root_claim<A: Arithmetic>(field: &A, depth: u8, root: &A::Scalar) -> PointClaims<A::Scalar> {
    let mut point = vec![field.zero(); row_variables(depth)];
    point[0] = field.one();
    PointClaims { point, claims: vec![TableClaim { weights: vec![(TREE_LOW, field.one())], value: root.clone() }] }
}

/// f(zeta) E(1/zeta) + f(1/zeta) E(zeta) = 2 v + zeta s(zeta) + s(1/zeta) / zeta.
fn check_inner_product<A: Arithmetic>(
    field: &mut A,
    point: &[A::Scalar],
    value: &A::Scalar,
    [zeta, inverse]: [&A::Scalar; 2],
    [f, f_inverse, s, s_inverse]: [&A::Scalar; 4],
) -> Result<(), A::Error> {
    let at_zeta = equality_polynomial(field, point, zeta)?;
    let at_inverse = equality_polynomial(field, point, inverse)?;
    let left = field.mul(f, &at_inverse)?;
    let left = field.add_product(&left, f_inverse, &at_zeta)?;
    let right = field.add(value, value);
    let right = field.add_product(&right, zeta, s)?;
    let right = field.add_product(&right, inverse, s_inverse)?;
    field.require_equal(&left, &right, Check::InnerProduct)
}

/// E(x) = prod_j ((1 - z_j) + z_j x^(2^j)): its coefficients are the equality table of z.
fn equality_polynomial<A: Arithmetic>(
    field: &mut A,
    point: &[A::Scalar],
    x: &A::Scalar,
) -> Result<A::Scalar, A::Error> {
    let mut product = field.one();
    let mut power = x.clone();
    for (number, z) in point.iter().enumerate() {
        if number > 0 {
            power = field.mul(&power, &power)?;
        }
        let complement = field.complement(z);
        let factor = field.add_product(&complement, z, &power)?;
        product = field.mul(&product, &factor)?;
    }
    Ok(product)
}
