//! Ceremonies run by snarkjs itself, on small circuits, and what is refused about their files.

mod circuit;
mod driver;
mod files;
mod flow;
mod ptau;
mod r1cs;
mod zkey;
