//! Poseidon's permutation on a host, with circomlib's parameters (x^5 over BN254, 8 full rounds),
//! in the form that costs least.
//!
//! With M = [[m, v], [w, N]] a partial round takes (y, t) to (m y + v t, w y + N t), where y is the
//! raised first element and t the others. On t = N^k t_k in partial round k this is (m y + (v N^k)
//! t_k) and t_{k+1} = t_k + (N^-(k+1) w) y: 2 T - 1 multiplications instead of T^2, and constants
//! only for the first element (the idea of appendix B of Grassi, Khovratovich, Rechberger, Roy,
//! Schofnegger, eprint 2019/458). S-boxes see the same inputs as in the plain form.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;

use crate::wide::Wide;

/// Full rounds before the partial ones, and after them.
pub const HALF_FULL_ROUNDS: usize = 4;

/// The largest state with parameters.
pub const WIDTH_MAX: usize = 13;

/// The parameters of one width.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Constants of every round of the plain form.
    pub constants: Vec<Vec<Fr>>,
    pub matrix: Vec<Vec<Fr>>,
    /// What a partial round adds to the first element.
    pub partial_constants: Vec<Fr>,
    /// v N^k and N^-(k+1) w.
    pub rows: Vec<Vec<Fr>>,
    pub columns: Vec<Vec<Fr>>,
    /// N^(number of partial rounds): takes the others back to the plain form.
    pub back: Vec<Vec<Fr>>,
    /// What is missing from the state after the partial rounds.
    pub rest: Vec<Fr>,
}

impl Parameters {
    /// The parameters of this width, 2 to 13.
    pub fn of_width(width: usize) -> Option<&'static Self> {
        static ALL: [OnceLock<Option<Parameters>>; WIDTH_MAX + 1] = [const { OnceLock::new() }; WIDTH_MAX + 1];
        ALL.get(width)?.get_or_init(|| Self::new(width)).as_ref()
    }

    fn new(width: usize) -> Option<Self> {
        let parameters = get_poseidon_parameters::<Fr>(u8::try_from(width).ok()?).ok()?;
        let constants: Vec<Vec<Fr>> = parameters.ark.chunks(width).map(<[Fr]>::to_vec).collect();
        let matrix = parameters.mds;
        let partial_rounds = parameters.partial_rounds;
        let (mut row, mut column): (Vec<Fr>, Vec<Fr>) =
            (matrix[0][1..].to_vec(), matrix[1..].iter().map(|row| row[0]).collect());
        let inner: Vec<Vec<Fr>> = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
        let inverse = invert(inner.clone())?;

        let mut offset = vec![Fr::ZERO; width];
        let mut result = Self {
            partial_constants: Vec::new(),
            rows: Vec::new(),
            columns: Vec::new(),
            back: identity(width - 1),
            rest: Vec::new(),
            constants,
            matrix,
        };
        transform(&inverse, &mut column);
        for constants in &result.constants[HALF_FULL_ROUNDS..HALF_FULL_ROUNDS + partial_rounds] {
            result.partial_constants.push(offset[0] + constants[0]);
            let mut carried: Vec<Fr> = offset.iter().zip(constants).map(|(a, b)| *a + b).collect();
            carried[0] = Fr::ZERO;
            transform(&result.matrix, &mut carried);
            offset = carried;
            result.rows.push(row.clone());
            result.columns.push(column.clone());
            row = (0..width - 1).map(|j| row.iter().zip(&inner).map(|(x, inner)| *x * inner[j]).sum()).collect();
            transform(&inverse, &mut column);
            result.back = result
                .back
                .iter()
                .map(|row| {
                    (0..width - 1).map(|j| row.iter().zip(&inner).map(|(x, inner)| *x * inner[j]).sum()).collect()
                })
                .collect();
        }
        result.rest = offset;
        Some(result)
    }

    pub fn partial_rounds(&self) -> usize {
        self.partial_constants.len()
    }

    /// The permutation, with these S-boxes: x to x^5, whatever else they do.
    #[inline(always)]
    pub fn permute(&self, state: &mut [Fr], mut sbox: impl FnMut(Fr) -> Fr) {
        let (opening, closing) = (0..HALF_FULL_ROUNDS, HALF_FULL_ROUNDS + self.partial_rounds()..self.constants.len());
        opening.for_each(|round| self.full_round(round, state, &mut sbox));
        for ((constant, row), column) in self.partial_constants.iter().zip(&self.rows).zip(&self.columns) {
            let y = sbox(state[0] + constant);
            let mut first = Wide::ZERO;
            first.add_product(&self.matrix[0][0], &y);
            for ((other, row), column) in state[1..].iter_mut().zip(row).zip(column) {
                first.add_product(row, other);
                *other += *column * y;
            }
            state[0] = first.reduce();
        }
        transform(&self.back, &mut state[1..]);
        state.iter_mut().zip(&self.rest).for_each(|(element, rest)| *element += rest);
        closing.for_each(|round| self.full_round(round, state, &mut sbox));
    }

    #[inline(always)]
    fn full_round(&self, round: usize, state: &mut [Fr], sbox: &mut impl FnMut(Fr) -> Fr) {
        for (element, constant) in state.iter_mut().zip(&self.constants[round]) {
            *element = sbox(*element + constant);
        }
        transform(&self.matrix, state);
    }
}

/// `poseidonN` of N elements; `None` unless 1 <= N <= 12.
pub fn hash(inputs: &[Fr]) -> Option<Fr> {
    let mut buffer = [Fr::ZERO; WIDTH_MAX];
    let state = buffer.get_mut(..=inputs.len())?;
    state[1..].copy_from_slice(inputs);
    Parameters::of_width(state.len())?.permute(state, fifth_power);
    Some(state[0])
}

/// x^5, the S-box.
#[inline(always)]
pub fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

fn identity(size: usize) -> Vec<Vec<Fr>> {
    (0..size).map(|i| (0..size).map(|j| if i == j { Fr::ONE } else { Fr::ZERO }).collect()).collect()
}

/// The matrix applied in place, to at most [`WIDTH_MAX`] elements.
#[inline(always)]
fn transform(matrix: &[Vec<Fr>], vector: &mut [Fr]) {
    let mut transformed = [Fr::ZERO; WIDTH_MAX];
    for (sum, row) in transformed.iter_mut().zip(matrix) {
        let mut products = Wide::ZERO;
        row.iter().zip(&*vector).for_each(|(a, b)| products.add_product(a, b));
        *sum = products.reduce();
    }
    vector.copy_from_slice(&transformed[..vector.len()]);
}

/// The inverse of a matrix, by Gauss and Jordan; none of a singular matrix.
fn invert(mut matrix: Vec<Vec<Fr>>) -> Option<Vec<Vec<Fr>>> {
    let size = matrix.len();
    let mut inverse = identity(size);
    for pivot in 0..size {
        let row = (pivot..size).find(|row| matrix[*row][pivot] != Fr::ZERO)?;
        matrix.swap(pivot, row);
        inverse.swap(pivot, row);
        let factor = matrix[pivot][pivot].inverse()?;
        for target in [&mut matrix, &mut inverse] {
            target[pivot].iter_mut().for_each(|x| *x *= factor);
        }
        let factors: Vec<Fr> = matrix.iter().map(|row| row[pivot]).collect();
        for target in [&mut matrix, &mut inverse] {
            let own = target[pivot].clone();
            for (row, factor) in factors.iter().enumerate().filter(|(row, _)| *row != pivot) {
                target[row].iter_mut().zip(&own).for_each(|(x, own)| *x -= *factor * own);
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use light_poseidon::PoseidonHasher;

    #[test]
    fn another_number_of_inputs_has_no_digest() {
        for inputs in [0, 13, 14, 100] {
            assert_eq!(hash(&vec![Fr::ZERO; inputs]), None, "{inputs}");
        }
    }

    #[test]
    fn every_width_equals_the_plain_form() {
        for inputs in 1..=12 {
            let values: Vec<Fr> = (0..inputs).map(|i| -Fr::from(31 * i as u64 + 5)).collect();
            let plain = light_poseidon::Poseidon::<Fr>::new_circom(inputs).unwrap().hash(&values).unwrap();
            assert_eq!(hash(&values), Some(plain), "{inputs}");
        }
    }
}
