//! A circuit of a few rows with three public inputs, as the shipped one has.

use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::Matrix;
use ballast_core::{
    Element,
    circuit::Class,
    opening::{OPENING_POINTS, OPENING_SCALARS, Opening},
    public_vector::PublicVector,
};
use ballast_prover::{encoding::encode_g1, setup::r1cs::R1cs};

/// Column 0 and the public inputs.
pub const INPUTS: usize = 4;

/// For any inputs (d, rho, phi) and a private x: d rho = y, y phi = z - x, (2 z + 3 y) 1 = w, and
/// then squarings of x. x is in no row of A but the squarings', w in none of A and B.
pub struct Small {
    pub matrices: Vec<Matrix<Fr>>,
    pub assignment: Vec<Fr>,
}

impl Small {
    /// Eight rows with those of the constant and the inputs.
    pub fn eight(inputs: [Fr; 3]) -> Self {
        Self::new(inputs, 1, 3)
    }

    /// 64 rows, all that the tests' powers of tau serve.
    pub fn sixty_four(inputs: [Fr; 3]) -> Self {
        Self::new(inputs, 57, 3)
    }

    pub fn new(inputs: [Fr; 3], squarings: usize, coefficient: u64) -> Self {
        let [one, two, coefficient] = [1, 2, coefficient].map(Fr::from);
        let [d, rho, phi] = inputs;
        let x = Fr::from(11u64);
        let y = d * rho;
        let z = y * phi + x;
        let mut assignment = vec![one, d, rho, phi, x, y, z, two * z + coefficient * y];
        let mut a = vec![
            vec![(one, 1)],
            vec![(one, 5)],
            // Out of order, with a wire twice and a zero: what is exported has none of this.
            vec![(one, 6), (coefficient, 5), (one, 6), (Fr::ZERO, 4)],
        ];
        let mut b = vec![vec![(one, 2)], vec![(one, 3)], vec![(one, 0)]];
        let mut c = vec![vec![(one, 5)], vec![(-one, 4), (one, 6)], vec![(one, 7)]];
        let mut power = x;
        for column in 8..8 + squarings {
            power.square_in_place();
            assignment.push(power);
            let root = if column == 8 { 4 } else { column - 1 };
            a.push(vec![(one, root)]);
            b.push(vec![(one, root)]);
            c.push(vec![(one, column)]);
        }
        Self { matrices: vec![a, b, c], assignment }
    }

    pub fn r1cs(&self) -> R1cs<'_> {
        R1cs::new(&self.matrices, INPUTS, self.assignment.len()).unwrap()
    }
}

/// A public vector with an opening that holds for the powers of tau: of the polynomial X, by C_0 =
/// [tau] and P = [1].
pub fn opened_vector(tau: &G1Affine) -> PublicVector {
    let one = encode_g1(&G1Affine::generator());
    let mut opening = Opening { points: [one; OPENING_POINTS], scalars: [Element::ZERO; OPENING_SCALARS] };
    opening.points[0] = encode_g1(tau);
    // u = I(u); z_high = 0 chooses C_0, S and Q count nothing.
    (opening.scalars[5], opening.scalars[6]) = (5u64.into(), 5u64.into());
    PublicVector::new(Class::SMALLEST, &[7; 32], 9u64.into(), &[5u64.into(), 6u64.into()], &opening).unwrap()
}

/// The inputs by which a public vector is bound.
pub fn inputs(vector: &PublicVector) -> [Fr; 3] {
    let inputs = vector.inputs(vector.digest());
    [inputs.digest, inputs.challenge, inputs.evaluation].map(Into::into)
}
