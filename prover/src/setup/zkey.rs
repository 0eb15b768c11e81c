//! snarkjs' `.zkey` for Groth16.
//!
//! | section | holds | field elements as |
//! | --- | --- | --- |
//! | 1 | the proof system, 1 for Groth16 | |
//! | 2 | sizes and orders of both fields; numbers of wires, public inputs, domain points | plain |
//! | 2, after these | alpha, beta, gamma, delta | Montgomery |
//! | 3 | IC | Montgomery |
//! | 4 | entries of A and B | twice Montgomery: c R^2 |
//! | 5, 6, 7 | A, B in G1, B in G2, a point each wire | Montgomery |
//! | 8 | C, a point each private wire | Montgomery |
//! | 9 | H, a point each domain point | Montgomery |
//! | 10 | digest of the circuit, contributions | Montgomery |
//!
//! This module does not check that the points are what they should be: [`super::phase2`] does.

use std::path::Path;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, Field, PrimeField};
use ballast_core::Digest;

use super::{
    contribution::Contribution,
    points::{StoredPoint, integer},
    r1cs::{R1cs, Side},
    sections::{FileError, Reason, Section, Sections},
};

pub(crate) const KIND: Section = Section { number: 1, name: "proof system" };
pub(crate) const HEADER: Section = Section { number: 2, name: "header" };
pub(crate) const IC: Section = Section { number: 3, name: "IC" };
pub(crate) const COEFFICIENTS: Section = Section { number: 4, name: "coefficients" };
pub(crate) const A: Section = Section { number: 5, name: "A" };
pub(crate) const B1: Section = Section { number: 6, name: "B1" };
pub(crate) const B2: Section = Section { number: 7, name: "B2" };
pub(crate) const C: Section = Section { number: 8, name: "C" };
pub(crate) const H: Section = Section { number: 9, name: "H" };
pub(crate) const CONTRIBUTIONS: Section = Section { number: 10, name: "contributions" };

const GROTH16: u32 = 1;

/// 1 / R: what a canonical integer is read as when it is taken for the Montgomery form of 1.
const R_INVERSE: Fr = Fr::new_unchecked(BigInt::new([1, 0, 0, 0]));

/// An open `.zkey` for the constraints it was opened with, as far as its numbers and coefficients
/// go.
#[derive(Debug)]
pub(crate) struct Zkey {
    sections: Sections,
    pub(crate) header: Header,
    pub(crate) contributions: Vec<Contribution>,
    wires: usize,
    public_inputs: usize,
    domain: usize,
}

/// The points of the header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    pub(crate) gamma_g2: G2Affine,
    pub(crate) delta_g1: G1Affine,
    pub(crate) delta_g2: G2Affine,
}

/// The points of the other sections.
#[derive(Clone, Debug)]
pub(crate) struct Queries {
    pub(crate) ic: Vec<G1Affine>,
    pub(crate) a: Vec<G1Affine>,
    pub(crate) b1: Vec<G1Affine>,
    pub(crate) b2: Vec<G2Affine>,
    pub(crate) c: Vec<G1Affine>,
    pub(crate) h: Vec<G1Affine>,
}

impl Zkey {
    /// Opens a file and refuses one whose curve, numbers, lengths or coefficients are not those of
    /// these constraints.
    pub(crate) fn open(path: &Path, r1cs: &R1cs<'_>) -> Result<Self, FileError> {
        let mut sections = open(path)?;
        let header = read_header(&mut sections, r1cs)?;
        let (wires, public_inputs) = (u64::from(r1cs.wires()), u64::from(r1cs.public_inputs()));
        let domain = 1u64 << r1cs.domain_power();
        let (g1, g2) = (G1Affine::LENGTH as u64, G2Affine::LENGTH as u64);
        for (section, points, length) in [
            (IC, public_inputs + 1, g1),
            (A, wires, g1),
            (B1, wires, g1),
            (B2, wires, g2),
            (C, wires - 1 - public_inputs, g1),
            (H, domain, g1),
        ] {
            sections.expect_length(section, points * length)?;
        }
        check_coefficients(&mut sections, r1cs)?;
        let contributions = read_contributions(&mut sections, &header)?;
        Ok(Self {
            sections,
            header,
            contributions,
            wires: r1cs.wires() as usize,
            public_inputs: r1cs.public_inputs() as usize,
            domain: domain as usize,
        })
    }

    /// SHA-256 of the file, contributions and all.
    pub(crate) fn digest(&mut self) -> Result<Digest, FileError> {
        self.sections.digest()
    }

    pub(crate) fn error(&self, section: Section, reason: Reason) -> FileError {
        self.sections.error(section, reason)
    }

    /// All points, each on its curve and in its group.
    pub(crate) fn queries(&mut self) -> Result<Queries, FileError> {
        Ok(Queries {
            ic: self.points(IC, self.public_inputs + 1)?,
            a: self.points(A, self.wires)?,
            b1: self.points(B1, self.wires)?,
            b2: self.points(B2, self.wires)?,
            c: self.points(C, self.wires - 1 - self.public_inputs)?,
            h: self.points(H, self.domain)?,
        })
    }

    fn points<P: StoredPoint>(&mut self, section: Section, count: usize) -> Result<Vec<P>, FileError> {
        self.sections.reader(section)?.points(count)
    }
}

/// Opens a file and refuses one that is no Groth16 key; of which circuit, only [`Zkey::open`] asks.
pub(crate) fn open(path: &Path) -> Result<Sections, FileError> {
    let mut sections = Sections::open(path, b"zkey", 1)?;
    let mut reader = sections.reader(KIND)?;
    let kind = reader.u32()?;
    reader.expect("number of the proof system (Groth16)", GROTH16, kind)?;
    reader.end()?;
    for section in [HEADER, IC, COEFFICIENTS, A, B1, B2, C, H, CONTRIBUTIONS] {
        sections.expect_section(section)?;
    }
    Ok(sections)
}

fn read_header(sections: &mut Sections, r1cs: &R1cs<'_>) -> Result<Header, FileError> {
    let mut reader = sections.reader(HEADER)?;
    reader.expect_field::<Fq>("order of the base field (of bn128)")?;
    reader.expect_field::<Fr>("order of the scalar field (of bn128)")?;
    for (what, expected) in [
        ("number of wires", r1cs.wires()),
        ("number of public inputs", r1cs.public_inputs()),
        ("number of points of the domain", 1 << r1cs.domain_power()),
    ] {
        let found = reader.u32()?;
        reader.expect(what, expected, found)?;
    }
    let header = Header {
        alpha_g1: reader.point()?,
        beta_g1: reader.point()?,
        beta_g2: reader.point()?,
        gamma_g2: reader.point()?,
        delta_g1: reader.point()?,
        delta_g2: reader.point()?,
    };
    reader.end()?;
    Ok(header)
}

/// The entries of A and B row by row, then a 1 in A for the constant and each public input in rows
/// of their own.
fn check_coefficients(sections: &mut Sections, r1cs: &R1cs<'_>) -> Result<(), FileError> {
    let mut reader = sections.reader(COEFFICIENTS)?;
    let sides = [(0, Side::A), (1, Side::B)];
    let rows = 0..r1cs.rows() as usize;
    let inputs = r1cs.public_inputs() + 1;
    let entries: u64 = rows.clone().flat_map(|row| sides.map(|(_, side)| r1cs.row(side, row).len() as u64)).sum();
    let count = u64::from(reader.u32()?);
    reader.expect("number of coefficients", entries + u64::from(inputs), count)?;

    let mut next = |expected: (u32, u32, u32, Fr)| {
        let (matrix, row, wire) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let stored = integer(&reader.array()?);
        if stored >= Fr::MODULUS {
            return Err(reader.error(Reason::mismatch("coefficient", format!("below {}", Fr::MODULUS), stored)));
        }
        // Read as a Montgomery form, c R^2 is c R; another division by R leaves c.
        let found = (matrix, row, wire, Fr::new_unchecked(stored) * R_INVERSE);
        if found != expected {
            let entry = |(matrix, row, wire, value): (u32, u32, u32, Fr)| {
                format!("{value} of wire {wire} in row {row} of matrix {matrix}")
            };
            return Err(reader.error(Reason::mismatch("coefficient", entry(expected), entry(found))));
        }
        Ok(())
    };
    for row in rows {
        for (matrix, side) in sides {
            for (coefficient, column) in r1cs.row(side, row).iter() {
                next((matrix, row as u32, *column as u32, *coefficient))?;
            }
        }
    }
    for input in 0..inputs {
        next((0, r1cs.rows() + input, input, Fr::ONE))?;
    }
    reader.end()
}

fn read_contributions(sections: &mut Sections, header: &Header) -> Result<Vec<Contribution>, FileError> {
    let mut reader = sections.reader(CONTRIBUTIONS)?;
    // snarkjs' digest of circuit and phase 1, which its own verification compares.
    reader.fill(&mut [0; 64])?;
    let count = reader.u32()?;
    let (mut contributions, mut last) = (Vec::new(), None);
    for _ in 0..count {
        last = Some(reader.point::<G1Affine>()?);
        // Two points of G1 and one of G2 that show knowledge of the factor, and the transcript's
        // digest.
        reader.fill(&mut [0; 2 * G1Affine::LENGTH + G2Affine::LENGTH + 64])?;
        contributions.push(Contribution::read(&mut reader)?);
    }
    let Some(last) = last else {
        return Err(reader.error(Reason::mismatch("number of contributions", "at least 1", count)));
    };
    if last != header.delta_g1 {
        return Err(
            reader.error(Reason::Inconsistent("expected the delta that the last contribution left, found another"))
        );
    }
    reader.end()?;
    Ok(contributions)
}
