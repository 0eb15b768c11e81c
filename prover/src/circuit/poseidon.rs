//! The Poseidon permutation as constraints, with circomlib's parameters (x^5 over BN254, 8 full
//! rounds).
//!
//! An S-box costs three constraints (x^2, x^4, x^5) and everything between S-boxes is linear. In
//! the partial rounds all but the first element of the state stay linear in the outputs of earlier
//! S-boxes, so the input of each S-box is one precomputed combination of them: no intermediate
//! variables, and no symbolic arithmetic at synthesis.
//!
//! Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, eprint 2019/458; the parameters are
//! light-poseidon's.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::SynthesisError;
use ballast_core::poseidon::permutation::{Parameters, WIDTH_MAX, fifth_power};
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;

use super::{system::System, wire::Wire};

/// The hash `poseidonN` for one N, ready to be laid down any number of times.
pub(crate) struct Poseidon {
    /// The number of elements of the state, N + 1.
    width: usize,
    /// The constants that are added before each of the first four full rounds, one row a round.
    opening_constants: Vec<Vec<Fr>>,
    /// The input of each partial round's S-box, and then each element of the state after the
    /// partial rounds (with the next round's constant): coefficients over 1, the outputs of the
    /// fourth full round's S-boxes, and the outputs of the partial S-boxes so far.
    partial_inputs: Vec<Vec<Fr>>,
    partial_results: Vec<Vec<Fr>>,
    /// The constants that are added before the sixth and later full rounds; those of the fifth are
    /// in `partial_results`.
    closing_constants: Vec<Vec<Fr>>,
    matrix: Vec<Vec<Fr>>,
}

impl Poseidon {
    /// The hash of N = `inputs` elements, prepared when it is first asked for.
    ///
    /// # Errors
    /// [`SynthesisError::Unsatisfiable`] when there are no parameters for this width (N is 1 to
    /// 12).
    pub(crate) fn of_inputs(inputs: usize) -> Result<&'static Self, SynthesisError> {
        static ALL: [OnceLock<Option<Poseidon>>; WIDTH_MAX] = [const { OnceLock::new() }; WIDTH_MAX];
        let prepared = ALL.get(inputs).and_then(|one| one.get_or_init(|| Self::new(inputs + 1)).as_ref());
        prepared.ok_or(SynthesisError::Unsatisfiable)
    }

    fn new(width: usize) -> Option<Self> {
        let parameters = get_poseidon_parameters::<Fr>(u8::try_from(width).ok()?).ok()?;
        let mut constants = parameters.ark.chunks(width).map(<[Fr]>::to_vec);
        let half = parameters.full_rounds / 2;
        let opening_constants: Vec<_> = constants.by_ref().take(half).collect();
        let partial_constants: Vec<_> = constants.by_ref().take(parameters.partial_rounds).collect();
        let mut closing_constants: Vec<_> = constants.collect();

        let basis = 1 + width + parameters.partial_rounds;
        let unit = |position: usize| -> Vec<Fr> {
            (0..basis).map(|i| if i == position { Fr::ONE } else { Fr::ZERO }).collect()
        };
        let mut state = mix(&parameters.mds, &(1..=width).map(unit).collect::<Vec<_>>());
        let mut partial_inputs = Vec::with_capacity(parameters.partial_rounds);
        for (round, constants) in partial_constants.iter().enumerate() {
            add_constants(&mut state, constants);
            partial_inputs.push(std::mem::replace(&mut state[0], unit(1 + width + round)));
            state = mix(&parameters.mds, &state);
        }
        add_constants(&mut state, &closing_constants.remove(0));

        Some(Self {
            width,
            opening_constants,
            partial_inputs,
            partial_results: state,
            closing_constants,
            matrix: parameters.mds,
        })
    }

    /// The hash of exactly N wires; constant inputs cost nothing in the first round.
    ///
    /// # Errors
    /// [`SynthesisError::ArityMismatch`] for another number of inputs.
    pub(crate) fn hash(&self, system: &System, inputs: &[Wire]) -> Result<Wire, SynthesisError> {
        if inputs.len() + 1 != self.width {
            return Err(SynthesisError::ArityMismatch);
        }
        if system.is_of_values() && inputs.iter().any(|input| input.as_constant().is_none()) {
            return self.value(system, inputs);
        }
        let one = Wire::constant(Fr::ONE);
        let mut outputs = vec![Wire::constant(Fr::ZERO)];
        outputs.extend_from_slice(inputs);
        for (round, constants) in self.opening_constants.iter().enumerate() {
            let state = if round == 0 { outputs } else { self.mixed(&outputs) };
            outputs = full_round(system, &state, constants)?;
        }

        let mut basis = vec![one];
        basis.append(&mut outputs);
        for coefficients in &self.partial_inputs {
            // The S-boxes of later rounds, which the basis does not hold yet, have coefficient
            // zero.
            let input = Wire::combination(coefficients.iter().copied().zip(&basis));
            basis.push(sbox(system, &input)?);
        }

        let mut state: Vec<_> = self
            .partial_results
            .iter()
            .map(|coefficients| Wire::combination(coefficients.iter().copied().zip(&basis)))
            .collect();
        let zeros = vec![Fr::ZERO; self.width];
        for constants in std::iter::once(&zeros).chain(&self.closing_constants) {
            state = self.mixed(&full_round(system, &state, constants)?);
        }
        Ok(state.swap_remove(0))
    }

    /// Does what [`Self::hash`] does where only values are asked for: the native permutation
    /// computes them, with the same S-boxes in the same order.
    fn value(&self, system: &System, inputs: &[Wire]) -> Result<Wire, SynthesisError> {
        let parameters = Parameters::of_width(self.width).ok_or(SynthesisError::Unsatisfiable)?;
        let mut state = vec![Fr::ZERO];
        state.extend(inputs.iter().map(Wire::value));
        // S-boxes of constants have no rows: the capacity's and those of constant inputs, in the
        // first round.
        let mut constants = std::iter::once(true).chain(inputs.iter().map(|input| input.as_constant().is_some()));
        let sbox = |x| if constants.next().unwrap_or(false) { fifth_power(x) } else { system.fifth_power(x) };
        parameters.permute(&mut state, sbox);
        Ok(Wire::of_value(state[0]))
    }

    fn mixed(&self, outputs: &[Wire]) -> Vec<Wire> {
        self.matrix.iter().map(|row| Wire::combination(row.iter().copied().zip(outputs))).collect()
    }
}

fn full_round(system: &System, state: &[Wire], constants: &[Fr]) -> Result<Vec<Wire>, SynthesisError> {
    state
        .iter()
        .zip(constants)
        .map(|(element, constant)| sbox(system, &element.plus(&Wire::constant(*constant))))
        .collect()
}

/// The fifth power of a wire, by three constraints unless the wire is a constant.
fn sbox(system: &System, x: &Wire) -> Result<Wire, SynthesisError> {
    if let Some(x) = x.as_constant() {
        return Ok(Wire::constant(x.pow([5])));
    }
    let square = x.times(system, x)?;
    let fourth = square.times(system, &square)?;
    fourth.times(system, x)
}

/// The matrix applied to a state whose elements are rows of coefficients.
fn mix(matrix: &[Vec<Fr>], state: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    matrix
        .iter()
        .map(|weights| {
            let mut mixed = vec![Fr::ZERO; state.first().map_or(0, Vec::len)];
            for (weight, row) in weights.iter().zip(state) {
                for (sum, coefficient) in mixed.iter_mut().zip(row) {
                    *sum += *weight * coefficient;
                }
            }
            mixed
        })
        .collect()
}

fn add_constants(state: &mut [Vec<Fr>], constants: &[Fr]) {
    for (row, constant) in state.iter_mut().zip(constants) {
        if let Some(first) = row.first_mut() {
            *first += constant;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use light_poseidon::PoseidonHasher;

    fn inputs(system: &System, count: usize) -> (Vec<Wire>, Vec<Fr>) {
        let values: Vec<_> = (0..count).map(|i| -Fr::from(17 * i as u64 + 3)).collect();
        (values.iter().map(|value| Wire::witness(system, *value).unwrap()).collect(), values)
    }

    #[test]
    fn every_width_equals_the_native_hash() {
        for count in [2, 4, 12] {
            let system = System::changeable();
            let (wires, values) = inputs(&system, count);
            let hash = Poseidon::of_inputs(count).unwrap().hash(&system, &wires).unwrap();
            let native = light_poseidon::Poseidon::<Fr>::new_circom(count).unwrap().hash(&values).unwrap();
            assert_eq!(hash.value(), native);
            assert!(system.matrices().is_satisfied().unwrap());
        }
    }

    #[test]
    fn constant_inputs_equal_the_native_hash_and_are_cheaper() {
        let system = System::changeable();
        let (mut wires, mut values) = inputs(&system, 12);
        let poseidon = Poseidon::of_inputs(12).unwrap();
        poseidon.hash(&system, &wires).unwrap();
        let full = system.matrices().num_constraints();
        wires[11] = Wire::constant(Fr::ZERO);
        values[11] = Fr::ZERO;
        let hash = poseidon.hash(&system, &wires).unwrap();
        assert_eq!(hash.value(), light_poseidon::Poseidon::<Fr>::new_circom(12).unwrap().hash(&values).unwrap());
        assert_eq!(system.matrices().num_constraints() - full, full - 3);
        assert!(system.matrices().is_satisfied().unwrap());
    }

    #[test]
    fn values_alone_are_those_of_the_rows_that_are_laid_down() {
        for (count, constants) in [(2, 0), (4, 1), (12, 0), (12, 11), (12, 12)] {
            let hash = |system: System| {
                let (mut wires, values) = inputs(&system, count);
                for (wire, value) in wires.iter_mut().zip(values).take(constants) {
                    *wire = Wire::constant(value);
                }
                let hash = Poseidon::of_inputs(count).unwrap().hash(&system, &wires).unwrap();
                (hash.value(), hash.as_constant().is_some(), system.into_values())
            };
            let (laid_down, alone) = (hash(System::changeable()), hash(System::of_values(0)));
            assert_eq!((alone.0, alone.1), (laid_down.0, laid_down.1));
            assert_eq!(alone.2.private, laid_down.2.private);
            assert_eq!(alone.2.rows, laid_down.2.rows);
        }
    }

    #[test]
    fn another_number_of_inputs_is_refused() {
        let system = System::changeable();
        let (wires, _) = inputs(&system, 3);
        assert_eq!(Poseidon::of_inputs(4).unwrap().hash(&system, &wires).unwrap_err(), SynthesisError::ArityMismatch);
        assert!(Poseidon::of_inputs(0).is_err() && Poseidon::of_inputs(40).is_err());
    }

    /// Each power of an S-box is bound to the one before it: the others are made consistent with
    /// the change.
    #[test]
    fn forged_powers_in_an_sbox_are_rejected() {
        type Forgery = fn(x: Fr, powers: &mut [Fr; 3]);
        let forgeries: [(&str, Forgery); 3] = [
            ("square", |x, p| {
                p[0] += Fr::ONE;
                p[1] = p[0] * p[0];
                p[2] = p[1] * x;
            }),
            ("fourth", |x, p| {
                p[1] += Fr::ONE;
                p[2] = p[1] * x;
            }),
            ("fifth", |_, p| p[2] += Fr::ONE),
        ];
        for (name, forge) in forgeries {
            let system = System::changeable();
            let x = Wire::witness(&system, Fr::from(3u64)).unwrap();
            sbox(&system, &x).unwrap();
            assert!(system.matrices().is_satisfied().unwrap());
            {
                let mut inner = system.matrices().borrow_mut().unwrap();
                let assignment = &mut inner.assignments.witness_assignment;
                let mut powers = [assignment[1], assignment[2], assignment[3]];
                forge(assignment[0], &mut powers);
                assignment[1..].copy_from_slice(&powers);
            }
            assert!(!system.matrices().is_satisfied().unwrap(), "{name}");
        }
    }
}
