//! Commitments to the chunks of the table.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, UniformRand};
use ballast_core::opening::{CHUNK_COLUMNS, CHUNKS};

use super::{BLINDERS, Srs};
use crate::{multi_exponentiation::multi_exponentiation, random::SecureRng, table::Table};

/// The random coefficients behind the entries of every chunk. Secret.
#[derive(Clone)]
pub struct Blinders(pub(crate) [[Fr; BLINDERS]; CHUNKS]);

impl Blinders {
    pub fn random(rng: &mut dyn SecureRng) -> Self {
        Self(std::array::from_fn(|_| std::array::from_fn(|_| Fr::rand(rng))))
    }
}

/// The commitment sum_i coefficients[i] [tau^(first + i)].
pub(crate) fn commit(srs: &Srs, first: usize, coefficients: &[Fr]) -> G1Projective {
    multi_exponentiation(&srs.powers()[first..first + coefficients.len()], coefficients)
}

/// The commitments to all chunks, each with its blinders.
pub(crate) fn commit_table(srs: &Srs, table: &Table, blinders: &Blinders) -> Vec<G1Affine> {
    let rows = table.rows();
    let mut chunks = vec![G1Projective::ZERO; CHUNKS];
    let place = |column: usize| (column / CHUNK_COLUMNS, column % CHUNK_COLUMNS * rows);
    for (column, limbs) in table.limbs.iter().enumerate() {
        let (chunk, first) = place(column);
        chunks[chunk] += G1Projective::msm_u16(&srs.powers()[first..first + rows], limbs);
    }
    for (column, elements) in table.element_columns() {
        let (chunk, first) = place(column);
        chunks[chunk] += commit(srs, first, elements);
    }
    for (column, counts) in table.multiplicity_columns() {
        let (chunk, first) = place(column);
        chunks[chunk] += G1Projective::msm_u64(&srs.powers()[first..first + counts.len()], counts);
    }
    for (chunk, blinders) in chunks.iter_mut().zip(&blinders.0) {
        *chunk += commit(srs, CHUNK_COLUMNS * rows, blinders);
    }
    G1Projective::normalize_batch(&chunks)
}
