//! The prover of the fractional sum.

use ark_bn254::Fr;

use super::{
    Challenges, LayerClaim,
    fractions::{FractionTable, LowestLayer},
    layer::LayerSummand,
    layers,
    messages::{FractionLayer, Fractions},
};
use crate::{
    arithmetic::{Check, Native},
    sumcheck::prover::prove_with_equality,
    table::{Table, layout::COLUMNS},
    transcript::Transcript,
};

/// Proves the fractional sum of a table.
///
/// # Errors
/// [`Check::CoordinateIsOne`] when a challenge is 1, a chance of 1 / r for each.
pub(crate) fn prove(
    transcript: &mut Transcript<Fr>,
    table: &Table,
    challenges: &Challenges<Fr>,
) -> Result<Fractions<Fr>, Check> {
    let field = &mut Native;
    let lowest = LowestLayer::new(table, challenges);
    let Tree { root, mut over_columns, mut over_rows } = Tree::new(&lowest);
    transcript.message(field, &root)?;

    let mut claim = LayerClaim { sums: root, point: Vec::new() };
    let mut sent = Vec::with_capacity(layers(table.depth));
    while let Some(fractions) = over_columns.pop() {
        let lambda = transcript.challenge(field)?;
        let h = LayerSummand::over_columns(&claim.point, lambda, &fractions);
        claim = claim.prove(transcript, lambda, h, &mut sent)?;
    }
    while let Some(columns) = over_rows.pop() {
        let lambda = transcript.challenge(field)?;
        let h = LayerSummand::over_rows(&claim.point, lambda, columns);
        claim = claim.prove(transcript, lambda, h, &mut sent)?;
    }
    let lambda = transcript.challenge(field)?;
    let neighbours = lowest.neighbours(lambda);
    let h = LayerSummand::lowest(&claim.point, lambda, &neighbours);
    claim.prove(transcript, lambda, h, &mut sent)?;
    Ok(Fractions { root, layers: sent })
}

/// The layers above the lowest, those near the root last.
struct Tree {
    /// Numerator and denominator of the whole sum.
    root: [Fr; 2],
    /// The layers with 64, 32, .., 2 fractions, over columns alone.
    over_columns: Vec<FractionTable>,
    /// The layers with L / 2, L / 4, .., 2 fractions in each column: the active columns, with their
    /// numbers.
    over_rows: Vec<Vec<(usize, FractionTable)>>,
}

impl Tree {
    fn new(lowest: &LowestLayer<'_>) -> Self {
        let mut over_rows = Vec::new();
        let mut columns: Vec<(usize, FractionTable)> =
            lowest.active_columns().map(|number| (number, lowest.add_neighbours(number))).collect();
        while columns[0].1.len() > 1 {
            let sums = columns.iter().map(|(number, fractions)| (*number, fractions.add_neighbours())).collect();
            over_rows.push(std::mem::replace(&mut columns, sums));
        }
        let mut over_columns = Vec::new();
        let mut fractions = FractionTable::zeros(COLUMNS);
        for (number, fraction) in &columns {
            fractions.set(*number, fraction.get(0));
        }
        while fractions.len() > 1 {
            let sums = fractions.add_neighbours();
            over_columns.push(std::mem::replace(&mut fractions, sums));
        }
        Self { root: fractions.get(0), over_columns, over_rows }
    }
}

impl LayerClaim<Fr> {
    /// Proves P + lambda Q, adds what is sent to `layers`, and returns the claims about the layer's
    /// own fractions, which are the sums of the layer below.
    fn prove(
        &self,
        transcript: &mut Transcript<Fr>,
        lambda: Fr,
        mut h: LayerSummand<'_>,
        layers: &mut Vec<FractionLayer<Fr>>,
    ) -> Result<Self, Check> {
        let [numerator, denominator] = self.sums;
        let proved = prove_with_equality(transcript, numerator + lambda * denominator, &self.point, &mut h)?;
        let values = h.values().ok_or(Check::FractionLayer { layer: layers.len() })?;
        let t = transcript.message(&mut Native, &values)?;
        layers.push(FractionLayer { rounds: proved.rounds, values });
        let [p0, p1, q0, q1] = values;
        let point = std::iter::once(t).chain(proved.point).collect();
        Ok(Self { sums: [p0 + t * (p1 - p0), q0 + t * (q1 - q0)], point })
    }
}
