//! The prover of the argument.

use ark_bn254::Fr;
use ark_ff::Field;
use ballast_core::opening::{CHUNKS, OPENING_POINTS};

use super::{
    messages::Messages,
    verifier::{self, Claim},
};
use crate::{
    arithmetic::{Check, Native},
    batch,
    encoding::point_halves,
    gkr,
    kzg::{
        Srs,
        commit::{Blinders, commit_table},
        opening::OpeningProver,
    },
    lookup,
    phases::Phases,
    random::SecureRng,
    table::{Hashes, Table, layout::row_variables},
    transcript::Transcript,
};

/// Proves that the table's leaves hash to its root and sum to `totals`.
///
/// # Errors
/// [`Check`] when a challenge has a value for which there is no honest message, a chance of 2^-240
/// a round.
pub fn prove(
    srs: &Srs,
    context: [Fr; 2],
    totals: Vec<Fr>,
    table: &Table,
    hashes: Hashes,
    rng: &mut dyn SecureRng,
    phases: &mut Phases,
) -> Result<(Claim<Fr>, Messages<Fr>), Check> {
    let field = &mut Native;
    let blinders = Blinders::random(rng);
    let commitments = phases.run("commitments", || commit_table(srs, table, &blinders));
    let mut points = [[Fr::from(0u64); 4]; OPENING_POINTS];
    points.iter_mut().zip(&commitments).for_each(|(halves, point)| *halves = point_halves(point));
    let mut claim = Claim { context, root: table.root(), totals, points };

    let mut transcript = Transcript::new(field, table.depth);
    verifier::open(field, &mut transcript, &claim)?;
    let variables = row_variables(table.depth);
    let Hashes { leaves, nodes, node_digests } = hashes;
    let digests = &table.tree[table.rows()..];
    let hashing = phases
        .run("hashing", || gkr::prover::prove(&mut transcript, variables, [leaves, nodes], digests, &node_digests))?;
    let challenges = lookup::Challenges::draw(field, &mut transcript)?;
    let fractions = phases.run("look-up and totals", || lookup::prover::prove(&mut transcript, table, &challenges))?;

    // The claims are those that the verifier derives from the messages so far.
    let mut replay = Transcript::new(field, table.depth);
    let claims = verifier::table_claims(field, &mut replay, table.depth, &claim, &hashing, &fractions)?;
    let (batch, value) = phases.run("batch", || batch::prover::prove(&mut transcript, table, &claims))?;

    let opening = phases.run("opening: symmetric part", || OpeningProver::new(srs, table, &blinders, &value.point));
    claim.points[CHUNKS] = point_halves(&phases.run("opening: commitments", || opening.commit()));
    let first = [&[value.value][..], &claim.points[CHUNKS]].concat();
    let zeta = transcript.message(field, &first)?;
    let inverse = zeta.inverse().ok_or(Check::EvaluationPoint)?;
    let evaluations = phases.run("opening: evaluations", || opening.evaluate(zeta, inverse));
    let eta = transcript.message(field, &evaluations)?;
    let quotient = phases.run("opening: quotients", || opening.divide(zeta, inverse, eta, &evaluations));
    claim.points[CHUNKS + 1] = point_halves(&phases.run("opening: commitments", || quotient.commit()));
    let u = transcript.message(field, &claim.points[CHUNKS + 1])?;
    claim.points[CHUNKS + 2] = point_halves(&phases.run("opening: commitments", || quotient.finish(u)));
    let messages = Messages { fractions, hashing, batch, evaluations };
    Ok((claim, messages))
}
