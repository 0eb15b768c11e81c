//! Constraints as circom's `.r1cs`: written for snarkjs, and compared with a file.
//!
//! | section | holds |
//! | --- | --- |
//! | 1 | size and order of the scalar field; how many wires, outputs, inputs, labels, constraints |
//! | 2 | per constraint A, B, C, each as a number of entries and (wire, coefficient) pairs |
//! | 3 | per wire a label |
//!
//! Wire 0 is the constant 1, then come the public inputs (public *inputs*: there are no outputs),
//! then the private variables. Entries are in the order of wires, one a wire and none zero. There
//! are no names: labels are the wires' numbers and no `.sym` goes with the file.

use std::{
    borrow::Cow,
    io::{self, Seek, SeekFrom, Write},
    path::Path,
};

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, FftField, PrimeField};
use ark_relations::gr1cs::Matrix;
use ballast_durable::Access;
use rayon::prelude::*;

use super::{
    points::{ELEMENT_LENGTH, integer},
    sections::{FileError, Reason, Section, Sections},
};
use crate::constraints::Constraints;

const LETTERS: &[u8; 4] = b"r1cs";
const VERSION: u32 = 1;
const HEADER: Section = Section { number: 1, name: "header" };
const CONSTRAINTS: Section = Section { number: 2, name: "constraints" };
const LABELS: Section = Section { number: 3, name: "labels of the wires" };
const HEADER_LENGTH: u64 = 4 + 32 + 4 * 4 + 8 + 4;

/// The largest power of two of the evaluation domain: the domain of twice as many points has to
/// consist of roots of unity, too.
const DOMAIN_POWER_MAX: u32 = Fr::TWO_ADICITY - 1;

/// One of the three matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
    C,
}

impl Side {
    pub(crate) const ALL: [Self; 3] = [Self::A, Self::B, Self::C];
}

/// Constraints in the order of wires that a file has.
#[derive(Clone, Copy, Debug)]
pub struct R1cs<'a> {
    matrices: [&'a Matrix<Fr>; 3],
    public_inputs: u32,
    wires: u32,
    rows: u32,
}

impl<'a> R1cs<'a> {
    /// The constraints of a circuit; `None` if they are too many for the format or for the roots of
    /// unity of the field.
    pub fn of(constraints: &'a Constraints) -> Option<Self> {
        Self::new(constraints.matrices(), constraints.inputs(), constraints.columns())
    }

    /// Takes A, B and C as arkworks has them: per row, (coefficient, column); column 0 is the
    /// constant 1, columns below `inputs` are it and the public inputs, and there are `columns` in
    /// all.
    ///
    /// `None` if these are not three matrices of one height whose columns are below `columns`, or
    /// if they are too many for the format or for the roots of unity of the field.
    pub fn new(matrices: &'a [Matrix<Fr>], inputs: usize, columns: usize) -> Option<Self> {
        let [a, b, c] = matrices else { return None };
        let rows = a.len();
        let below = |matrix: &Matrix<Fr>| matrix.par_iter().flatten().all(|(_, column)| *column < columns);
        let fits = [a, b, c].iter().all(|matrix| matrix.len() == rows && below(matrix));
        let public_inputs = inputs.checked_sub(1)?.try_into().ok()?;
        let (wires, rows) = (columns.try_into().ok()?, rows.try_into().ok()?);
        let r1cs = Self { matrices: [a, b, c], public_inputs, wires, rows };
        (fits && inputs <= columns && r1cs.domain_power() <= DOMAIN_POWER_MAX).then_some(r1cs)
    }

    pub fn public_inputs(&self) -> u32 {
        self.public_inputs
    }

    /// Number of columns: the constant, public inputs and private variables.
    pub fn wires(&self) -> u32 {
        self.wires
    }

    /// Number of constraints.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The power of two of the evaluation domain: the smallest with room for the constraints, the
    /// constant and the public inputs.
    pub fn domain_power(&self) -> u32 {
        (u64::from(self.rows) + u64::from(self.public_inputs) + 1).next_power_of_two().trailing_zeros()
    }

    /// A row in canonical form: ordered by wire, one entry a wire, none zero.
    pub(crate) fn row(&self, side: Side, row: usize) -> Cow<'a, [(Fr, usize)]> {
        let [a, b, c] = self.matrices;
        let matrix = match side {
            Side::A => a,
            Side::B => b,
            Side::C => c,
        };
        let entries = matrix.get(row).map(Vec::as_slice).unwrap_or_default();
        let ordered = entries.is_sorted_by(|(_, left), (_, right)| left < right);
        if ordered && entries.iter().all(|(coefficient, _)| *coefficient != Fr::ZERO) {
            return Cow::Borrowed(entries);
        }
        let mut sorted = entries.to_vec();
        sorted.sort_by_key(|(_, column)| *column);
        let mut merged: Vec<(Fr, usize)> = Vec::with_capacity(sorted.len());
        for (coefficient, column) in sorted {
            match merged.last_mut() {
                Some((sum, last)) if *last == column => *sum += coefficient,
                _ => merged.push((coefficient, column)),
            }
        }
        merged.retain(|(coefficient, _)| *coefficient != Fr::ZERO);
        Cow::Owned(merged)
    }

    /// The products A v, B v and C v for the values v of all wires.
    pub(crate) fn evaluate(&self, values: &[Fr]) -> [Vec<Fr>; 3] {
        self.matrices.map(|matrix| {
            let product = |row: &Vec<(Fr, usize)>| {
                row.iter().filter_map(|(coefficient, column)| Some(*coefficient * values.get(*column)?)).sum()
            };
            matrix.par_iter().map(product).collect()
        })
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// [`FileError`] of the file system.
    pub fn export(&self, path: &Path) -> Result<(), FileError> {
        // The file is there to be handed on.
        let written = ballast_durable::write_with(path, Access::Everyone, |file| self.write(file));
        written.map_err(|error| FileError { path: path.to_owned(), section: None, reason: error.into() })
    }

    fn write(&self, file: &mut (impl Write + Seek)) -> io::Result<()> {
        file.write_all(LETTERS)?;
        file.write_all(&VERSION.to_le_bytes())?;
        file.write_all(&3u32.to_le_bytes())?;

        start(file, HEADER, HEADER_LENGTH)?;
        for part in self.header() {
            file.write_all(&part)?;
        }

        start(file, CONSTRAINTS, 0)?;
        let first = file.stream_position()?;
        for row in 0..self.rows as usize {
            for side in Side::ALL {
                let entries = self.row(side, row);
                file.write_all(&(entries.len() as u32).to_le_bytes())?;
                for (coefficient, column) in entries.iter() {
                    file.write_all(&(*column as u32).to_le_bytes())?;
                    file.write_all(&coefficient.into_bigint().to_bytes_le())?;
                }
            }
        }
        let end = file.stream_position()?;
        file.seek(SeekFrom::Start(first - 8))?;
        file.write_all(&(end - first).to_le_bytes())?;
        file.seek(SeekFrom::Start(end))?;

        start(file, LABELS, 8 * u64::from(self.wires))?;
        for wire in 0..u64::from(self.wires) {
            file.write_all(&wire.to_le_bytes())?;
        }
        Ok(())
    }

    fn header(&self) -> [Vec<u8>; 8] {
        let u32 = |value: u32| value.to_le_bytes().to_vec();
        [
            u32(ELEMENT_LENGTH as u32),
            Fr::MODULUS.to_bytes_le(),
            u32(self.wires),
            u32(0),
            u32(self.public_inputs),
            u32(self.private_inputs()),
            u64::from(self.wires).to_le_bytes().to_vec(),
            u32(self.rows),
        ]
    }

    fn private_inputs(&self) -> u32 {
        self.wires - 1 - self.public_inputs
    }

    /// Refuses a file that does not hold exactly these constraints.
    ///
    /// # Errors
    /// [`FileError`] names the first difference.
    pub fn compare(&self, path: &Path) -> Result<(), FileError> {
        let mut sections = Sections::open(path, LETTERS, VERSION)?;
        let mut reader = sections.reader(HEADER)?;
        reader.expect_field::<Fr>("order of the scalar field (of bn128)")?;
        for (what, expected) in [
            ("number of wires", self.wires),
            ("number of public outputs", 0),
            ("number of public inputs", self.public_inputs),
            ("number of private inputs", self.private_inputs()),
        ] {
            let found = reader.u32()?;
            reader.expect(what, expected, found)?;
        }
        let labels = reader.u64()?;
        reader.expect("number of labels", u64::from(self.wires), labels)?;
        let rows = reader.u32()?;
        reader.expect("number of constraints", self.rows, rows)?;
        reader.end()?;

        let mut reader = sections.reader(CONSTRAINTS)?;
        for row in 0..self.rows as usize {
            for side in Side::ALL {
                let entries = self.row(side, row);
                let (expected, found) = (entries.len() as u32, reader.u32()?);
                if found != expected {
                    let count = |count| format!("{count} in {side:?} of constraint {row}");
                    return Err(reader.error(Reason::mismatch("number of entries", count(expected), count(found))));
                }
                for (coefficient, column) in entries.iter() {
                    let expected = (*column as u32, coefficient.into_bigint());
                    let found = (reader.u32()?, integer(&reader.array()?));
                    if found != expected {
                        let entry = |(wire, value)| format!("{value} of wire {wire} in {side:?} of constraint {row}");
                        return Err(reader.error(Reason::mismatch("entry", entry(expected), entry(found))));
                    }
                }
            }
        }
        reader.end()?;

        let mut reader = sections.reader(LABELS)?;
        for wire in 0..u64::from(self.wires) {
            let found = reader.u64()?;
            reader.expect("label of a wire", wire, found)?;
        }
        reader.end()
    }
}

fn start(file: &mut impl Write, section: Section, length: u64) -> io::Result<()> {
    file.write_all(&section.number.to_le_bytes())?;
    file.write_all(&length.to_le_bytes())
}
