//! The yardstick of a measurement: one field multiplication with all threads at work. It is here so
//! that it is compiled with the same optimisation as the prover.

use std::{hint::black_box, time::Instant};

use ark_bn254::Fr;

/// Number of elements that one thread multiplies. They are independent of each other, and few
/// enough for the nearest cache.
const ELEMENTS: usize = 256;
const ROUNDS: usize = 8_192;

/// Number of threads that the prover uses.
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Seconds of real time for one multiplication while all threads multiply independent elements: the
/// time that all multiplications took, divided by their number.
pub fn multiplication() -> f64 {
    let start = Instant::now();
    let threads = rayon::broadcast(|context| black_box(multiply(context.index() as u64 + 2))).len();
    start.elapsed().as_secs_f64() / (threads * ROUNDS * ELEMENTS) as f64
}

fn multiply(first: u64) -> Fr {
    let mut elements: [Fr; ELEMENTS] = std::array::from_fn(|index| -Fr::from(first + index as u64));
    let factors: [Fr; ELEMENTS] = std::array::from_fn(|index| -Fr::from(first * 3 + index as u64));
    for _ in 0..ROUNDS {
        elements.iter_mut().zip(&factors).for_each(|(element, factor)| *element *= factor);
        black_box(&mut elements);
    }
    elements.iter().sum()
}
