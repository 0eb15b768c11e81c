//! Powers of tau: snarkjs' `.ptau`, read as far as it is needed and checked.
//!
//! | section | holds |
//! | --- | --- |
//! | 1 | size and order of the base field, power p, power of the ceremony |
//! | 2 | [tau^i], i < 2^(p+1) - 1 |
//! | 3 | [tau^i] in G2, i < 2^p |
//! | 4, 5 | [alpha tau^i], [beta tau^i], i < 2^p |
//! | 6 | \[beta\] in G2 |
//! | 7 | the contributions |
//! | 12 to 15 | Lagrange polynomials at tau, which `prepare phase2` adds for snarkjs; not read |
//!
//! # Soundness
//! What is returned are powers of one tau on the curve bn128, and their multiples by one alpha and
//! one beta. Coordinates are canonical, points are on the curve and in the subgroup. That all of
//! them are of the same tau, alpha and beta is checked with random weights, which are drawn after
//! the file was written: a file that lies passes with a chance of a few / r.
//!
//! The file cannot show that nobody knows tau. `snarkjs powersoftau verify` follows the
//! contributions, and one contributor has to be believed.

use std::path::Path;

use ark_bn254::{Fq, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::AffineRepr;

use super::{
    contribution::Contribution,
    pairing::{equal, sum, weights},
    points::StoredPoint,
    sections::{FileError, Reason, Section, SectionReader, Sections},
};

const HEADER: Section = Section { number: 1, name: "header" };
const TAU_G1: Section = Section { number: 2, name: "tauG1" };
const TAU_G2: Section = Section { number: 3, name: "tauG2" };
const ALPHA_G1: Section = Section { number: 4, name: "alphaTauG1" };
const BETA_G1: Section = Section { number: 5, name: "betaTauG1" };
const BETA_G2: Section = Section { number: 6, name: "betaG2" };
const CONTRIBUTIONS: Section = Section { number: 7, name: "contributions" };
/// What preparing for the second phase adds.
const LAGRANGE: [Section; 4] = [
    Section { number: 12, name: "tauG1, prepared for the second phase" },
    Section { number: 13, name: "tauG2, prepared for the second phase" },
    Section { number: 14, name: "alphaTauG1, prepared for the second phase" },
    Section { number: 15, name: "betaTauG1, prepared for the second phase" },
];

/// The two-adicity of the scalar field: no file has more than 2^28 powers.
const POWER_MAX: u32 = 28;

/// Bytes of a contribution's record between its points and its parameters: the contributor's keys
/// (six points of G1, three of G2), the state of a hash (216) and the next challenge (64).
const UNREAD: usize = 6 * G1Affine::LENGTH + 3 * G2Affine::LENGTH + 216 + 64;

/// An open `.ptau` whose header and contributions are sound.
#[derive(Debug)]
pub struct Ptau {
    sections: Sections,
    power: u32,
    contributions: Vec<Contribution>,
    /// The points that the last contribution says it left.
    last: LastPoints,
}

#[derive(Debug)]
struct LastPoints {
    tau_g1: G1Affine,
    tau_g2: G2Affine,
    alpha_g1: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
}

/// What polynomial commitments need: `[tau^i]` in G1 from i = 0, and `[tau]` in G2.
#[derive(Clone, Debug)]
pub struct Powers {
    pub g1: Vec<G1Affine>,
    pub tau_g2: G2Affine,
}

/// What Groth16's keys for a domain of n points are made of.
#[derive(Clone, Debug)]
pub struct Phase1 {
    /// [tau^i], i < 2 n, less the last one if the file ends there.
    pub tau_g1: Vec<G1Affine>,
    /// [alpha tau^i], i < n.
    pub alpha_g1: Vec<G1Affine>,
    /// [beta tau^i], i < n.
    pub beta_g1: Vec<G1Affine>,
    pub beta_g2: G2Affine,
    pub tau_g2: G2Affine,
}

impl Ptau {
    /// Opens a file and checks all but its points: curve, power, lengths of the sections, and that
    /// someone contributed.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let mut sections = Sections::open(path, b"ptau", 1)?;
        let power = read_header(&mut sections)?;
        let points = 1 << power;
        for (section, points, length) in [
            (TAU_G1, 2 * points - 1, G1Affine::LENGTH),
            (TAU_G2, points, G2Affine::LENGTH),
            (ALPHA_G1, points, G1Affine::LENGTH),
            (BETA_G1, points, G1Affine::LENGTH),
            (BETA_G2, 1, G2Affine::LENGTH),
        ] {
            sections.expect_length(section, points * length as u64)?;
        }
        let (contributions, last) = read_contributions(&mut sections)?;
        Ok(Self { sections, power, contributions, last })
    }

    /// The file has 2^(power + 1) - 1 powers and serves circuits of up to 2^power rows.
    pub fn power(&self) -> u32 {
        self.power
    }

    /// Refuses a file that is not ready for the second phase of circuits that need 2^`power`
    /// powers: one of a lesser power, or one for which `snarkjs powersoftau prepare phase2` was not
    /// run. Reads no points.
    ///
    /// # Errors
    /// [`FileError`], with the power that is needed and the one that was found.
    pub fn expect_prepared(&self, power: u32) -> Result<(), FileError> {
        self.expect_power(power)?;
        LAGRANGE.into_iter().try_for_each(|section| self.sections.expect_section(section))
    }

    fn expect_power(&self, power: u32) -> Result<(), FileError> {
        if power <= self.power {
            return Ok(());
        }
        let reason = Reason::mismatch("power of two of the powers of tau", format!("at least {power}"), self.power);
        Err(self.sections.error(HEADER, reason))
    }

    /// Who took part, in order; at least one.
    pub fn contributions(&self) -> &[Contribution] {
        &self.contributions
    }

    /// The first `count` powers, at least two of them, checked.
    ///
    /// # Errors
    /// [`FileError`]; a file with fewer powers is one.
    pub fn powers(&mut self, count: usize) -> Result<Powers, FileError> {
        let available = (2usize << self.power) - 1;
        if count > available {
            let found = format!("{available} (power {})", self.power);
            return Err(self
                .sections
                .error(TAU_G1, Reason::mismatch("powers of tau", format!("at least {count}"), found)));
        }
        let tau_g2 = self.tau_g2()?;
        let g1 = read_geometric(&mut self.sections, TAU_G1, count.max(2), tau_g2)?;
        let generator = Reason::Inconsistent("expected the generator as the first point, found another");
        if g1.first() != Some(&G1Affine::generator()) {
            return Err(self.sections.error(TAU_G1, generator));
        }
        if g1.get(1) != Some(&self.last.tau_g1) {
            return Err(self.sections.error(TAU_G1, Reason::Inconsistent(NOT_LAST)));
        }
        Ok(Powers { g1, tau_g2 })
    }

    /// What the keys of circuits with a domain of 2^`power` points are made of, checked.
    ///
    /// # Errors
    /// [`FileError`]; a file of a lesser power is one.
    pub fn phase1(&mut self, power: u32) -> Result<Phase1, FileError> {
        self.expect_power(power)?;
        let domain = 1usize << power;
        let all = (2 * domain).min((2 << self.power) - 1);
        let Powers { g1: tau_g1, tau_g2 } = self.powers(all)?;
        self.check_tau_g2(&tau_g1, domain)?;

        let alpha_g1 = read_geometric(&mut self.sections, ALPHA_G1, domain, tau_g2)?;
        let beta_g1 = read_geometric(&mut self.sections, BETA_G1, domain, tau_g2)?;
        let beta_g2 = read_one::<G2Affine>(&mut self.sections, BETA_G2)?;
        for (section, found, last) in
            [(ALPHA_G1, alpha_g1.first(), self.last.alpha_g1), (BETA_G1, beta_g1.first(), self.last.beta_g1)]
        {
            if found != Some(&last) {
                return Err(self.sections.error(section, Reason::Inconsistent(NOT_LAST)));
            }
        }
        if beta_g2 != self.last.beta_g2 {
            return Err(self.sections.error(BETA_G2, Reason::Inconsistent(NOT_LAST)));
        }
        if !equal(self.last.beta_g1, G2Affine::generator(), G1Affine::generator(), beta_g2) {
            let reason = Reason::Inconsistent("expected the beta of betaTauG1, found another");
            return Err(self.sections.error(BETA_G2, reason));
        }
        Ok(Phase1 { tau_g1, alpha_g1, beta_g1, beta_g2, tau_g2 })
    }

    /// [tau] in G2: the second point of its section.
    fn tau_g2(&mut self) -> Result<G2Affine, FileError> {
        let mut reader = self.sections.reader(TAU_G2)?;
        let points = reader.finite_points::<G2Affine>(2)?;
        let reason = match points.as_slice() {
            [first, _] if *first != G2Affine::generator() => "expected the generator as the first point, found another",
            [_, tau] if *tau == G2Affine::generator() => "expected a tau that somebody contributed to, found 1",
            [_, tau] if *tau != self.last.tau_g2 => NOT_LAST,
            _ => return Ok(self.last.tau_g2),
        };
        Err(reader.error(Reason::Inconsistent(reason)))
    }

    /// Whether the points of G2 are the same powers as those of G1.
    fn check_tau_g2(&mut self, tau_g1: &[G1Affine], count: usize) -> Result<(), FileError> {
        let mut reader = self.sections.reader(TAU_G2)?;
        let points = reader.finite_points::<G2Affine>(count)?;
        let weights = weights(count);
        let (g1, g2): (G1Projective, G2Projective) = (sum(tau_g1, &weights), sum(&points, &weights));
        if equal(g1, G2Affine::generator(), G1Affine::generator(), g2.into()) {
            return Ok(());
        }
        Err(reader.error(Reason::Inconsistent("expected the powers of tau that tauG1 has, found other points")))
    }
}

const NOT_LAST: &str = "expected the point that the last contribution left, found another";

fn read_header(sections: &mut Sections) -> Result<u32, FileError> {
    let mut reader = sections.reader(HEADER)?;
    reader.expect_field::<Fq>("order of the base field (of bn128)")?;
    let power = reader.u32()?;
    if !(1..=POWER_MAX).contains(&power) {
        return Err(reader.error(Reason::mismatch("power", format!("1 to {POWER_MAX}"), power)));
    }
    // The power of the ceremony that the file was cut from; snarkjs' own check of the contributions
    // needs it.
    reader.u32()?;
    reader.end()?;
    Ok(power)
}

fn read_contributions(sections: &mut Sections) -> Result<(Vec<Contribution>, LastPoints), FileError> {
    let mut reader = sections.reader(CONTRIBUTIONS)?;
    let count = reader.u32()?;
    let (mut contributions, mut last) = (Vec::new(), None);
    for _ in 0..count {
        last = Some(LastPoints {
            tau_g1: reader.point()?,
            tau_g2: reader.point()?,
            alpha_g1: reader.point()?,
            beta_g1: reader.point()?,
            beta_g2: reader.point()?,
        });
        reader.fill(&mut [0; UNREAD])?;
        contributions.push(Contribution::read(&mut reader)?);
    }
    let Some(last) = last else {
        return Err(reader.error(Reason::mismatch("number of contributions", "at least 1", count)));
    };
    reader.end()?;
    Ok((contributions, last))
}

/// The first `count` points of a section, each tau times the one before it.
fn read_geometric(
    sections: &mut Sections,
    section: Section,
    count: usize,
    tau_g2: G2Affine,
) -> Result<Vec<G1Affine>, FileError> {
    let mut reader = sections.reader(section)?;
    let points = reader.finite_points::<G1Affine>(count)?;
    let weights = weights(count.saturating_sub(1));
    let (low, high): (G1Projective, G1Projective) =
        (sum(&points, &weights), sum(points.get(1..).unwrap_or_default(), &weights));
    if equal(high, G2Affine::generator(), low, tau_g2) {
        return Ok(points);
    }
    Err(reader.error(Reason::Inconsistent("expected each point to be tau times the one before, found others")))
}

fn read_one<P: StoredPoint>(sections: &mut Sections, section: Section) -> Result<P, FileError> {
    let mut reader: SectionReader<'_> = sections.reader(section)?;
    let point = reader.finite_points::<P>(1)?;
    point.into_iter().next().ok_or_else(|| reader.error(Reason::mismatch("number of points", 1, 0)))
}
