//! Arithmetics under which a test looks at the verifier.

use ark_bn254::Fr;
use ark_ff::Field;
use ballast_prover::arithmetic::{Arithmetic, Check, Native};

/// Field elements, with hashes that the test knows, or without anything being refused.
pub struct Tampered<F> {
    /// The value of a hash by its number and inputs; computed where it says nothing.
    known: F,
    /// Whether equations must hold.
    equations: bool,
    /// Hashes so far.
    pub hashes: usize,
}

/// [`Tampered::known`] of one who knows none.
type Nothing = fn(usize, &[Fr]) -> Option<Fr>;

impl Tampered<Nothing> {
    /// What a verifier computes from messages that do not hold.
    pub fn without_equations() -> Self {
        Self { known: |_, _| None, equations: false, hashes: 0 }
    }
}

impl<F: FnMut(usize, &[Fr]) -> Option<Fr>> Tampered<F> {
    /// A verifier whose hashes have these values.
    pub fn with_hashes(known: F) -> Self {
        Self { known, equations: true, hashes: 0 }
    }
}

impl<F: FnMut(usize, &[Fr]) -> Option<Fr>> Arithmetic for Tampered<F> {
    type Scalar = Fr;
    type Error = Check;

    fn constant(&self, value: Fr) -> Fr {
        value
    }

    fn add(&self, a: &Fr, b: &Fr) -> Fr {
        Native.add(a, b)
    }

    fn sub(&self, a: &Fr, b: &Fr) -> Fr {
        Native.sub(a, b)
    }

    fn scale(&self, a: &Fr, factor: Fr) -> Fr {
        Native.scale(a, factor)
    }

    fn combine<'a>(&self, constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Fr)>) -> Fr {
        Native.combine(constant, terms)
    }

    fn mul(&mut self, a: &Fr, b: &Fr) -> Result<Fr, Check> {
        Native.mul(a, b)
    }

    fn inverse(&mut self, a: &Fr, check: Check) -> Result<Fr, Check> {
        if self.equations { Native.inverse(a, check) } else { Ok(a.inverse().unwrap_or_default()) }
    }

    fn require_equal(&mut self, a: &Fr, b: &Fr, check: Check) -> Result<(), Check> {
        if self.equations { Native.require_equal(a, b, check) } else { Ok(()) }
    }

    fn hash(&mut self, inputs: &[Fr]) -> Result<Fr, Check> {
        let number = self.hashes;
        self.hashes += 1;
        (self.known)(number, inputs).map_or_else(|| Native.hash(inputs), Ok)
    }
}

/// A field element that knows which element of claim or messages it is, as long as nothing is
/// computed with it.
#[derive(Clone, Copy)]
pub struct Named<N> {
    pub value: Fr,
    pub name: Option<N>,
}

/// What one hash takes beside the state.
pub type Taken<N> = Vec<Option<N>>;

/// Field elements; notes what enters the hashes.
pub struct Recording<N>(pub Vec<Taken<N>>);

fn computed<N>(value: Fr) -> Named<N> {
    Named { value, name: None }
}

impl<N: Copy + 'static> Arithmetic for Recording<N> {
    type Scalar = Named<N>;
    type Error = Check;

    fn constant(&self, value: Fr) -> Named<N> {
        computed(value)
    }

    fn add(&self, a: &Named<N>, b: &Named<N>) -> Named<N> {
        computed(a.value + b.value)
    }

    fn sub(&self, a: &Named<N>, b: &Named<N>) -> Named<N> {
        computed(a.value - b.value)
    }

    fn scale(&self, a: &Named<N>, factor: Fr) -> Named<N> {
        computed(a.value * factor)
    }

    fn combine<'a>(&self, constant: Fr, terms: impl IntoIterator<Item = (Fr, &'a Named<N>)>) -> Named<N> {
        computed(terms.into_iter().fold(constant, |sum, (factor, scalar)| sum + factor * scalar.value))
    }

    fn mul(&mut self, a: &Named<N>, b: &Named<N>) -> Result<Named<N>, Check> {
        Ok(computed(a.value * b.value))
    }

    fn inverse(&mut self, a: &Named<N>, check: Check) -> Result<Named<N>, Check> {
        Native.inverse(&a.value, check).map(computed)
    }

    fn require_equal(&mut self, a: &Named<N>, b: &Named<N>, check: Check) -> Result<(), Check> {
        Native.require_equal(&a.value, &b.value, check)
    }

    fn hash(&mut self, inputs: &[Named<N>]) -> Result<Named<N>, Check> {
        self.0.push(inputs[1..].iter().map(|input| input.name).collect());
        let values: Vec<Fr> = inputs.iter().map(|input| input.value).collect();
        Native.hash(&values).map(computed)
    }
}
