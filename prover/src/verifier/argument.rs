//! The verifier of the argument, once for all arithmetics.

use ballast_core::{
    circuit::Class,
    opening::{CHUNKS, OPENING_POINTS, OPENING_SCALARS},
    public_vector::Parts,
};

use super::{
    batch, gkr,
    lookup::{self, Challenges},
    opening::{self, OpeningMessages},
};
use crate::{
    argument::messages::Messages,
    arithmetic::{Arithmetic, ShapeError},
    gkr::messages::Hashing,
    lookup::messages::Fractions,
    table::{
        claims::PointClaims,
        layout::{TREE_LOW, row_variables},
    },
    transcript::Transcript,
};

/// What the argument is about, public in every proof: the first part of the public vector.
#[derive(Clone, Debug)]
pub struct Claim<S> {
    /// The context's high half and low half.
    pub context: [S; 2],
    /// The root R.
    pub root: S,
    /// The totals T_1 .. T_A.
    pub totals: Vec<S>,
    /// The commitments C_0 .. C_12 to the chunks, then S, Q and P: high and low half of x, high and
    /// low half of y.
    pub points: [[S; 4]; OPENING_POINTS],
}

impl<S> Claim<S> {
    /// The public vector Y over any representation of field elements, once the verifier has
    /// computed the scalars. `class` is the class's number.
    pub fn into_public_vector(self, scalars: [S; OPENING_SCALARS], class: S) -> Vec<S> {
        let Self { context, root, totals, points } = self;
        Parts { context, root, totals, points, scalars, class }.into_elements()
    }
}

/// Checks all but the opening equation, which is over the points of the claim and the scalars that
/// this returns: z_high, eta, u, I(u), Z(u).
///
/// # Soundness
/// In the order of the transcript this checks
/// 1. the shape: the number of totals, and each part the shape of its messages before it computes
///    anything,
/// 2. hashing ([`gkr`](crate::gkr)),
/// 3. range checks and totals ([`lookup`](crate::lookup)),
/// 4. that the claims which these leave, and `T[1] = R`, follow from one value of the table
///    ([`batch`](crate::batch)),
/// 5. that the table has this value if the opening equation holds
///    ([`opening`]).
///
/// Public are the claim and the scalars. The caller owes that the halves in the claim are those of
/// valid points, and that the opening equation holds for points and scalars. Then the prover knows
/// a table W with these commitments for which everything in the modules [`lookup`](crate::lookup)
/// and [`gkr`](crate::gkr) holds.
///
/// # Errors
/// The first [`Check`](crate::arithmetic::Check) that fails.
pub fn verify<A: Arithmetic>(
    field: &mut A,
    depth: u8,
    claim: &Claim<A::Scalar>,
    messages: &Messages<A::Scalar>,
) -> Result<[A::Scalar; OPENING_SCALARS], A::Error> {
    ShapeError::check("totals", Class::ASSETS.into(), claim.totals.len())?;
    let mut transcript = Transcript::new(field, depth);
    let claims = table_claims(field, &mut transcript, depth, claim, &messages.hashing, &messages.fractions)?;
    let table = batch::verify(field, &mut transcript, depth, &claims, &messages.batch)?;
    let [.., symmetric, quotient, _] = &claim.points;
    let opening = OpeningMessages { symmetric, evaluations: &messages.evaluations, quotient };
    opening::verify(field, &mut transcript, &table, &opening)
}

/// Checks hashing, look-up and totals, down to claims on the committed table.
///
/// # Errors
/// The first [`Check`](crate::arithmetic::Check) that fails.
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
    let challenges = Challenges::draw(field, transcript)?;
    claims.push(lookup::verify(field, transcript, depth, &challenges, &claim.totals, fractions)?);
    claims.push(root_claim(field, depth, &claim.root));
    Ok(claims)
}

/// Sends the transcript's first message: the claim and the commitments to the table.
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
    message.extend(claim.points.iter().take(CHUNKS).flatten().cloned());
    transcript.message(field, &message).map(drop)
}

/// The claim T[1] = R: entry 1 of the tree's lower half, at the point (1, 0, .., 0).
fn root_claim<A: Arithmetic>(field: &A, depth: u8, root: &A::Scalar) -> PointClaims<A::Scalar> {
    let variables = row_variables(depth);
    let point = std::iter::once(field.one()).chain(std::iter::repeat_with(|| field.zero())).take(variables).collect();
    PointClaims::of_column(field, TREE_LOW, point, root.clone())
}
