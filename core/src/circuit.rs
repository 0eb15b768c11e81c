//! Circuits: their class, their verifying key and their id (section 1).

use crate::{
    Refusal,
    curve::{G1_LENGTH, G2_GENERATOR, G2_LENGTH},
    digest::{Digest, Preimage, digest},
    field::{BASE_ORDER, Element},
};

/// Depth of the quaternary tree and number of asset positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Class {
    pub depth: u8,
    pub assets: u16,
}

impl Class {
    /// Asset positions of every class.
    pub const ASSETS: u16 = 128;
    /// The class whose shards have the fewest leaves: 16,384.
    pub const SMALLEST: Self = Self::new(7);
    /// The class whose shards have the most leaves: 1,048,576.
    pub const LARGEST: Self = Self::new(10);

    /// The class of this depth, which [`Self::check`] says whether a verifier knows.
    pub const fn new(depth: u8) -> Self {
        Self { depth, assets: Self::ASSETS }
    }

    /// Refuses a class that no verifier of this version knows.
    pub fn check(self) -> Result<(), Refusal> {
        let known = (Self::SMALLEST.depth..=Self::LARGEST.depth).contains(&self.depth) && self.assets == Self::ASSETS;
        if known { Ok(()) } else { Err(Refusal::CircuitClassUnsupported { depth: self.depth, assets: self.assets }) }
    }

    /// The number by which the public vector names the class: depth + 2^8 assets.
    pub const fn number(self) -> u32 {
        self.depth as u32 | (self.assets as u32) << 8
    }

    /// The class as an element of the public vector.
    pub fn element(self) -> Element {
        Element::from(u64::from(self.number()))
    }

    /// Leaves of one shard, 4^depth.
    pub const fn leaves(self) -> usize {
        1 << (2 * self.depth as usize)
    }
}

/// Whether anyone knows the secret of a circuit's setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum SetupKind {
    /// The setup is made from a fixed seed. It is INSECURE: whoever reads the source can forge
    /// proofs.
    Development = 1,
    /// The setup comes from a ceremony. It is secure if one participant was honest.
    Ceremony = 2,
}

impl SetupKind {
    /// The words that every surface shows next to a proof of this kind.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Development => "INSECURE development setup",
            Self::Ceremony => "ceremony",
        }
    }
}

impl TryFrom<u8> for SetupKind {
    type Error = Refusal;

    fn try_from(value: u8) -> Result<Self, Refusal> {
        match value {
            1 => Ok(Self::Development),
            2 => Ok(Self::Ceremony),
            found => Err(Refusal::SetupKindInvalid { found }),
        }
    }
}

/// The number of public inputs of every circuit: d, rho, phi.
pub const PUBLIC_INPUTS: usize = 3;
/// Bytes of a verifying key.
pub const KEY_LENGTH: usize = G1_LENGTH + 3 * G2_LENGTH + (PUBLIC_INPUTS + 1) * G1_LENGTH + G2_LENGTH;
/// Bytes of a proof: points A of G1, B of G2, C of G1.
pub const PROOF_LENGTH: usize = 2 * G1_LENGTH + G2_LENGTH;

/// Numbers of a verifying key's points, in the order of their bytes.
pub mod key_point {
    use super::PUBLIC_INPUTS;

    pub const ALPHA: u8 = 0;
    pub const BETA: u8 = 1;
    pub const GAMMA: u8 = 2;
    pub const DELTA: u8 = 3;
    /// The number of IC_0; those of the public inputs follow.
    pub const FIRST_INPUT: u8 = 4;
    pub const TAU: u8 = FIRST_INPUT + PUBLIC_INPUTS as u8 + 1;
}

// Where the points of a verifying key begin.
const BETA_START: usize = G1_LENGTH;
const GAMMA_START: usize = BETA_START + G2_LENGTH;
const DELTA_START: usize = GAMMA_START + G2_LENGTH;
const INPUTS_START: usize = DELTA_START + G2_LENGTH;
const TAU_START: usize = KEY_LENGTH - G2_LENGTH;

/// The bytes of a verifying key: alpha, beta, gamma, delta, IC_0 .. IC_3 of Groth16, then tau, the
/// generator of G2 times the secret of the powers of tau. Points are numbered 0 to 8 in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey([u8; KEY_LENGTH]);

impl VerifyingKey {
    /// Refuses what bytes alone can show: a wrong length, a coordinate of q or more, a point at
    /// infinity, gamma, delta or tau equal to the generator or its negative, gamma equal to delta
    /// or its negative.
    ///
    /// # Soundness
    /// The caller still owes that points are on their curve and G2 points in the subgroup of order
    /// r.
    pub fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        let key: [u8; KEY_LENGTH] = bytes
            .try_into()
            .map_err(|_| Refusal::KeyLengthWrong { expected: KEY_LENGTH as u32, found: bytes.len() as u32 })?;
        let key = Self(key);
        for (number, point) in key.points().enumerate() {
            let point_number = number as u8;
            if point.chunks_exact(32).any(|coordinate| coordinate >= &BASE_ORDER[..]) {
                return Err(Refusal::KeyCoordinateNotCanonical { point: point_number });
            }
            if point.iter().all(|byte| *byte == 0) {
                return Err(Refusal::KeyPointAtInfinity { point: point_number });
            }
        }
        let points = [(key_point::GAMMA, key.gamma()), (key_point::DELTA, key.delta()), (key_point::TAU, key.tau())];
        for (point, bytes) in points {
            if same_or_negative(bytes, &G2_GENERATOR) {
                return Err(Refusal::KeyPointIsGenerator { point });
            }
        }
        if same_or_negative(key.gamma(), key.delta()) {
            return Err(Refusal::KeyGammaEqualsDelta);
        }
        Ok(key)
    }

    pub const fn as_bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }

    pub fn alpha(&self) -> &[u8] {
        &self.0[..BETA_START]
    }

    pub fn beta(&self) -> &[u8] {
        &self.0[BETA_START..GAMMA_START]
    }

    pub fn gamma(&self) -> &[u8] {
        &self.0[GAMMA_START..DELTA_START]
    }

    pub fn delta(&self) -> &[u8] {
        &self.0[DELTA_START..INPUTS_START]
    }

    /// The points IC_0 .. IC_3, by which the public inputs are multiplied.
    pub fn inputs(&self) -> impl Iterator<Item = &[u8]> {
        self.0[INPUTS_START..TAU_START].chunks_exact(G1_LENGTH)
    }

    /// The generator of G2 times the secret of the powers of tau.
    pub fn tau(&self) -> &[u8] {
        &self.0[TAU_START..]
    }

    /// All points in order: 0 alpha, 1 beta, 2 gamma, 3 delta, 4 to 7 IC, 8 tau.
    pub fn points(&self) -> impl Iterator<Item = &[u8]> {
        [self.alpha(), self.beta(), self.gamma(), self.delta()].into_iter().chain(self.inputs()).chain([self.tau()])
    }
}

/// The development setup's points with where each begins in a key, by the first 32 bytes of x. They
/// are the same for every depth. A test of the prover makes them from the seed.
const DEVELOPMENT: [(usize, [u8; 32]); 5] = [
    (0, digest("217f78d0d4db5e215a89ffe5730719691d67039af8de474077a0c54b920f47d7")),
    (BETA_START, digest("11830c37d0cb9dbe672efbd1b6e4d0453c65ee6cea31435d1eeba01b043872ab")),
    (GAMMA_START, digest("156bd2a533502271454c9e71dc6d0927ad2e6c751064ac519fc50d40d15f4f4c")),
    (DELTA_START, digest("0613d613c8bbdf7988b046303f56784f1049ff3237dc06b3ec63b5abec2b6bb0")),
    (TAU_START, digest("293c4d475304a5b7f2256fc6563b056a64a0e47864c5be05daca379b2f613315")),
];

impl VerifyingKey {
    /// Whether alpha, beta, gamma, delta or tau is that of the development setup, or its negative:
    /// its secret is public, whatever else is in the key and whatever its depth.
    pub fn is_of_development(&self) -> bool {
        DEVELOPMENT.iter().any(|(start, x)| self.0[*start..].starts_with(x))
    }

    /// What a setup is worth that is said to be of kind `stated`.
    pub fn setup(&self, stated: SetupKind) -> SetupKind {
        if self.is_of_development() { SetupKind::Development } else { stated }
    }

    /// Refuses a development setup's key that is said to be a ceremony's.
    pub fn check_setup(&self, stated: SetupKind) -> Result<(), Refusal> {
        if self.setup(stated) == stated { Ok(()) } else { Err(Refusal::DevelopmentKeyAsCeremony) }
    }
}

/// Whether two points of G2 have the same x: where one makes proofs forgeable, its negative does.
fn same_or_negative(point: &[u8], other: &[u8]) -> bool {
    point[..G2_LENGTH / 2] == other[..G2_LENGTH / 2]
}

/// The `circuit_id` of section 1. It binds class, setup and key, so that a development key can
/// never pass for a ceremony's.
pub fn circuit_id(class: Class, setup: SetupKind, transcript: &Digest, key: &VerifyingKey) -> Digest {
    Preimage::with_capacity("ballast/circuit/v1", 64 + KEY_LENGTH)
        .u8(class.depth)
        .u16(class.assets)
        .u8(setup as u8)
        .bytes(transcript)
        .bytes(key.as_bytes())
        .sha256()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distinct non-zero canonical coordinates; not on a curve, which this module does not look at.
    fn plausible() -> [u8; KEY_LENGTH] {
        core::array::from_fn(|i| (i / 32 + 1) as u8 & 0x2f)
    }

    fn refusal(change: impl Fn(&mut [u8; KEY_LENGTH])) -> Refusal {
        let mut bytes = plausible();
        change(&mut bytes);
        VerifyingKey::new(&bytes).unwrap_err()
    }

    #[test]
    fn degenerate_keys_are_refused_each_by_name() {
        assert!(VerifyingKey::new(&plausible()).is_ok());
        let short = VerifyingKey::new(&plausible()[1..]).unwrap_err();
        assert_eq!(short, Refusal::KeyLengthWrong { expected: 832, found: 831 });
        assert_eq!(
            refusal(|k| k[640..672].copy_from_slice(&BASE_ORDER)),
            Refusal::KeyCoordinateNotCanonical { point: 7 }
        );
        assert_eq!(refusal(|k| k[64..192].fill(0)), Refusal::KeyPointAtInfinity { point: 1 });
        assert_eq!(refusal(|k| k[192..320].copy_from_slice(&G2_GENERATOR)), Refusal::KeyPointIsGenerator { point: 2 });
        assert_eq!(refusal(|k| k[320..448].copy_from_slice(&G2_GENERATOR)), Refusal::KeyPointIsGenerator { point: 3 });
        assert_eq!(refusal(|k| k[704..].copy_from_slice(&G2_GENERATOR)), Refusal::KeyPointIsGenerator { point: 8 });
        assert_eq!(refusal(|k| k[704..].fill(0)), Refusal::KeyPointAtInfinity { point: 8 });
        assert_eq!(refusal(|k| k[800..].copy_from_slice(&BASE_ORDER)), Refusal::KeyCoordinateNotCanonical { point: 8 });
        assert_eq!(refusal(|k| k.copy_within(192..320, 320)), Refusal::KeyGammaEqualsDelta);
        // With the same x and another y: the negative.
        let x = &G2_GENERATOR[..64];
        for (point, start) in [(2, 192), (3, 320), (8, 704)] {
            let negated = refusal(|k| k[start..start + 64].copy_from_slice(x));
            assert_eq!(negated, Refusal::KeyPointIsGenerator { point });
        }
        assert_eq!(refusal(|k| k.copy_within(192..256, 320)), Refusal::KeyGammaEqualsDelta);
    }

    #[test]
    fn classes_have_128_assets_and_depths_from_7_to_10() {
        for depth in 0..=u8::MAX {
            let unsupported = Refusal::CircuitClassUnsupported { depth, assets: 128 };
            let expected = if (7..=10).contains(&depth) { Ok(()) } else { Err(unsupported) };
            assert_eq!(Class::new(depth).check(), expected);
        }
        for assets in [0, 64, 127, 129] {
            let class = Class { assets, ..Class::SMALLEST };
            assert_eq!(class.check(), Err(Refusal::CircuitClassUnsupported { depth: 7, assets }));
        }
        assert_eq!((Class::SMALLEST.leaves(), Class::LARGEST.leaves()), (16_384, 1_048_576));
        assert_eq!((Class::SMALLEST.number(), Class::LARGEST.number()), (32_775, 32_778));
    }

    #[test]
    fn one_point_of_the_development_setup_makes_a_key_insecure() {
        let own = VerifyingKey::new(&plausible()).unwrap();
        assert!(!own.is_of_development());
        for setup in [SetupKind::Development, SetupKind::Ceremony] {
            assert_eq!((own.setup(setup), own.check_setup(setup)), (setup, Ok(())));
        }
        for (start, x) in DEVELOPMENT {
            let mut bytes = plausible();
            bytes[start..start + 32].copy_from_slice(&x);
            let key = VerifyingKey::new(&bytes).unwrap();
            assert!(key.is_of_development(), "{start}");
            assert_eq!(key.check_setup(SetupKind::Ceremony), Err(Refusal::DevelopmentKeyAsCeremony));
            assert_eq!(key.check_setup(SetupKind::Development), Ok(()));
            assert_eq!(key.setup(SetupKind::Ceremony), SetupKind::Development);
            // At another place it is no point of that setup.
            let mut bytes = plausible();
            bytes[INPUTS_START..INPUTS_START + 32].copy_from_slice(&x);
            assert!(!VerifyingKey::new(&bytes).unwrap().is_of_development());
        }
    }

    #[test]
    fn the_setup_kind_is_part_of_the_id() {
        let key = VerifyingKey::new(&plausible()).unwrap();
        let id = |setup| circuit_id(Class::SMALLEST, setup, &[7; 32], &key);
        assert_ne!(id(SetupKind::Development), id(SetupKind::Ceremony));
    }
}
