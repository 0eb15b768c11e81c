//! The verifier of the opening, but for the [equation](super::equation) over the commitments, which
//! it leaves.

use ballast_core::opening::{HIGH_VARIABLES, OPENING_SCALARS};

use crate::{
    arithmetic::{Arithmetic, Check, ShapeError},
    table::claims::TableValue,
    transcript::Transcript,
};

/// What is sent to open the table at one point, in the order of the transcript; the proof P, which
/// ends the argument, is in the equation alone.
pub struct OpeningMessages<'a, S> {
    /// The commitment S, as high and low half of x, then of y.
    pub symmetric: &'a [S; 4],
    /// The evaluations f(zeta), f(1/zeta), S(zeta), S(1/zeta).
    pub evaluations: &'a [S; 4],
    /// The commitment Q, in halves like S.
    pub quotient: &'a [S; 4],
}

/// Checks that the table has a value at a point, down to an equation over the commitments whose
/// scalars this returns: z_high, eta, u, I(u), Z(u).
///
/// # Soundness
/// See the [opening](crate::kzg). Checked here: zeta is neither 0 nor its own inverse, and the
/// evaluations satisfy the equation
///
/// ```text
/// f(zeta) E(1/zeta) + f(1/zeta) E(zeta) = 2 v + zeta S(zeta) + S(1/zeta) / zeta
/// ```
///
/// The caller owes that the commitments to the table are in the transcript before the point is
/// drawn, and the opening equation for the points and the scalars that are returned: it shows that
/// the evaluations are those of the committed polynomials.
///
/// # Errors
/// [`Check::EvaluationPoint`], [`Check::EvaluationPoints`] or [`Check::InnerProduct`];
/// [`Check::Shape`] when the point has too few variables.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    transcript: &mut Transcript<A::Scalar>,
    table: &TableValue<A::Scalar>,
    messages: &OpeningMessages<'_, A::Scalar>,
) -> Result<[A::Scalar; OPENING_SCALARS], A::Error> {
    let too_few =
        ShapeError { list: "variables of the table, at least", expected: HIGH_VARIABLES, found: table.point.len() };
    let (low, high) = table.point.split_last_chunk::<HIGH_VARIABLES>().ok_or(too_few)?;
    let OpeningMessages { symmetric, evaluations, quotient } = messages;
    let first = [std::slice::from_ref(&table.value), &symmetric[..]].concat();
    let zeta = transcript.message(field, &first)?;
    let inverse = field.inverse(&zeta, Check::EvaluationPoint)?;
    let [f, f_inverse, s, s_inverse] = evaluations;
    check_inner_product(field, low, &table.value, [&zeta, &inverse], [f, f_inverse, s, s_inverse])?;
    let eta = transcript.message(field, &evaluations[..])?;
    let u = transcript.message(field, &quotient[..])?;

    // I is the line through G = f + eta S at zeta and at 1/zeta.
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
    let [z0, z1, z2, z3] = high.clone();
    Ok([z0, z1, z2, z3, eta, u, interpolation, vanishing])
}

/// Requires f(zeta) E(1/zeta) + f(1/zeta) E(zeta) = 2 v + zeta s(zeta) + s(1/zeta) / zeta.
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

/// The polynomial E(x) = prod_j ((1 - z_j) + z_j x^(2^j)): its coefficients are the equality table
/// of z.
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
