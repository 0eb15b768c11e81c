//! Posts: what a poster sends for one shard (section 5).

use alloc::{boxed::Box, vec::Vec};

use crate::{
    Refusal,
    assets::ASSETS_MAX,
    circuit::{Class, PROOF_LENGTH},
    digest::Digest,
    field::Element,
    opening::{OPENING_WORDS, Opening},
    public_vector::{
        OPENING_SCALARS_START, Pieces, PublicInputs, PublicVector, ROOT_INDEX, TOTALS_START, public_elements,
    },
    reserves::reserves_digest,
    solvency::amount,
    statement::{LedgerPosition, ShardPosition, Statement},
};

/// The one version of posts.
pub const VERSION: u8 = 1;
/// The zeros that stand for totals beyond the asset list.
static PADDING: [[u8; 32]; Class::ASSETS as usize] = [[0; 32]; Class::ASSETS as usize];
const HEADER_LENGTH: usize = 1 + 8 + 8 + 2 + 2 + 32 + 8 + 32 + 32 + 2;

/// One shard's post. Elements are kept as they came: [`ShardPost::check`] says whether they are in
/// range. `Words` is a list of its own, or a part of the bytes that the post was read from: a copy
/// would take a third of the memory that Solana's machine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardPost<Words = Vec<[u8; 32]>> {
    pub epoch: u64,
    /// The time of the figures, Unix seconds.
    pub as_of: u64,
    pub shard: ShardPosition,
    pub circuit: Digest,
    pub ledger: LedgerPosition,
    /// Digest of the published reserves report.
    pub sources: Digest,
    /// The halves of the statement's context, high half first.
    pub context: [[u8; 32]; 2],
    pub root: [u8; 32],
    /// The shard's totals by asset number.
    pub totals: Words,
    /// The epoch's reserves by asset number, as many as totals.
    pub reserves: Words,
    /// The digest d of the public vector, as the prover states it.
    pub digest: [u8; 32],
    /// The coordinates, x then y, of the 16 points, then the 8 scalars: [`Opening::words`].
    pub opening: Words,
    pub proof: [u8; PROOF_LENGTH],
}

/// A post whose elements are all in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPost {
    pub context: Digest,
    pub root: Element,
    /// The shard's totals by asset number, in committed units.
    pub totals: Vec<u128>,
    /// The epoch's reserves by asset number, in committed units.
    pub reserves: Vec<u128>,
    pub digest: Element,
    pub opening: Box<Opening>,
}

/// The state of an exchange on a chain before a post: the parts of the statement that the post does
/// not carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorState {
    pub exchange: Digest,
    pub asset_list: Digest,
    pub head_before: Digest,
}

/// The bytes of a post that are not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or(Refusal::PostMalformed)?;
        self.0 = tail;
        Ok(*head)
    }

    fn u16(&mut self) -> Result<u16, Refusal> {
        self.take().map(u16::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, Refusal> {
        self.take().map(u64::from_be_bytes)
    }

    fn words(&mut self, count: usize) -> Result<&'a [[u8; 32]], Refusal> {
        let (head, tail) = self.0.split_at_checked(32 * count).ok_or(Refusal::PostMalformed)?;
        self.0 = tail;
        Ok(head.as_chunks().0)
    }
}

impl ShardPost {
    /// The number of bytes of a post for `assets` assets.
    pub const fn encoded_length(assets: usize) -> usize {
        HEADER_LENGTH + 32 * (3 + 2 * assets + 1 + OPENING_WORDS) + PROOF_LENGTH
    }

    /// The bytes that [`ShardPost::read`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::encoded_length(self.totals.len()));
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        bytes.extend_from_slice(&self.as_of.to_be_bytes());
        bytes.extend_from_slice(&self.shard.index.to_be_bytes());
        bytes.extend_from_slice(&self.shard.count.to_be_bytes());
        bytes.extend_from_slice(&self.circuit);
        bytes.extend_from_slice(&self.ledger.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.ledger.head);
        bytes.extend_from_slice(&self.sources);
        bytes.extend_from_slice(&(self.totals.len() as u16).to_be_bytes());
        let words = self.context.iter().chain([&self.root]).chain(&self.totals).chain(&self.reserves);
        words.chain([&self.digest]).chain(&self.opening).for_each(|word| bytes.extend_from_slice(word));
        bytes.extend_from_slice(&self.proof);
        bytes
    }

    /// Reads as [`ShardPost::read`] does, into lists of its own.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        ShardPost::read(bytes).map(|post| Self {
            epoch: post.epoch,
            as_of: post.as_of,
            shard: post.shard,
            circuit: post.circuit,
            ledger: post.ledger,
            sources: post.sources,
            context: post.context,
            root: post.root,
            totals: post.totals.to_vec(),
            reserves: post.reserves.to_vec(),
            digest: post.digest,
            opening: post.opening.to_vec(),
            proof: post.proof,
        })
    }
}

impl<'a> ShardPost<&'a [[u8; 32]]> {
    /// The post in `bytes`. Refuses another version, no asset or more than 128, and too few or too
    /// many bytes.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = Rest(bytes);
        if reader.take::<1>()? != [VERSION] {
            return Err(Refusal::PostMalformed);
        }
        let epoch = reader.u64()?;
        let as_of = reader.u64()?;
        let shard = ShardPosition { index: reader.u16()?, count: reader.u16()? };
        let circuit = reader.take()?;
        let ledger = LedgerPosition { sequence: reader.u64()?, head: reader.take()? };
        let sources = reader.take()?;
        let assets = usize::from(reader.u16()?);
        if !(1..=ASSETS_MAX).contains(&assets) || bytes.len() != ShardPost::encoded_length(assets) {
            return Err(Refusal::PostMalformed);
        }
        Ok(Self {
            epoch,
            as_of,
            shard,
            circuit,
            ledger,
            sources,
            context: [reader.take()?, reader.take()?],
            root: reader.take()?,
            totals: reader.words(assets)?,
            reserves: reader.words(assets)?,
            digest: reader.take()?,
            opening: reader.words(OPENING_WORDS)?,
            proof: reader.take()?,
        })
    }
}

impl<Words: AsRef<[[u8; 32]]>> ShardPost<Words> {
    /// Checks rule 5 except for the context: elements below r, halves below 2^128, amounts below
    /// 2^112, points on the curve. The index in a refusal is that of the element in the public
    /// vector, where d counts as the one behind the last.
    pub fn check(&self) -> Result<CheckedPost, Refusal> {
        let mut context = [0; 32];
        for (index, half) in self.context.iter().enumerate() {
            let half = element(half, index)?.to_u128().ok_or(Refusal::HalfOutOfRange { index: index as u16 })?;
            context[16 * index..16 * (index + 1)].copy_from_slice(&half.to_be_bytes());
        }
        let root = element(&self.root, ROOT_INDEX)?;
        let totals = checked_totals(self.totals.as_ref())?;
        let reserves = checked_reserves(self.reserves.as_ref())?;
        let opening = Opening::from_words(self.opening.as_ref(), OPENING_SCALARS_START).map(Box::new)?;
        let digest = element(&self.digest, public_elements(Class::SMALLEST))?;
        Ok(CheckedPost { context, root, totals, reserves, digest, opening })
    }

    /// The Groth16 inputs of a post that [`Self::check`] let through as `checked` and whose context
    /// is the one that the chain computes. They are those of [`CheckedPost::public_vector`], but
    /// the vector is not put together, which would take a fifth of the memory that Solana's machine
    /// has: elements in range are the words of the post.
    ///
    /// # Soundness
    /// `class` is that of the circuit that the chain registered, never one that the poster states.
    pub fn inputs(&self, class: Class, checked: &CheckedPost) -> Result<PublicInputs, Refusal> {
        let totals = self.totals.as_ref();
        let found = totals.len() as u16;
        let padding = class.assets.checked_sub(found).and_then(|missing| PADDING.get(..missing.into()));
        let padding = padding.ok_or(Refusal::AssetCountMismatch { expected: class.assets, found })?;
        let (coordinates, scalars) = self.opening.as_ref().split_first_chunk().ok_or(Refusal::PostMalformed)?;
        let (context, root) = (&self.context, &self.root);
        let pieces = Pieces { context, root, totals, padding, coordinates, scalars, class };
        let (digest, challenge) = (checked.digest, pieces.challenge(&checked.digest));
        Ok(PublicInputs { digest, challenge, evaluation: pieces.evaluate(&checked.totals, &challenge) })
    }

    /// The statement that this post is for, given the state before it and the epoch's reserves.
    pub fn statement(&self, prior: &PriorState, reserves: &[u128]) -> Statement {
        Statement {
            exchange: prior.exchange,
            epoch: self.epoch,
            as_of: self.as_of,
            asset_list: prior.asset_list,
            shard: self.shard,
            circuit: self.circuit,
            ledger: self.ledger,
            reserves: reserves_digest(reserves, &self.sources),
            head_before: prior.head_before,
        }
    }
}

/// The element at `index` of the public vector.
fn element(bytes: &[u8; 32], index: usize) -> Result<Element, Refusal> {
    Element::new(*bytes).map_err(|_| Refusal::ElementNotCanonical { index: index as u16 })
}

// Apart from the generic [`ShardPost::check`], so that they are compiled here, for speed; the rest
// of Solana's program is compiled for size.

#[inline(never)]
fn checked_totals(words: &[[u8; 32]]) -> Result<Vec<u128>, Refusal> {
    let mut totals = Vec::with_capacity(words.len());
    for (index, total) in words.iter().enumerate() {
        totals.push(amount(element(total, TOTALS_START + index)?.to_u128(), index as u16 + 1)?);
    }
    Ok(totals)
}

#[inline(never)]
fn checked_reserves(words: &[[u8; 32]]) -> Result<Vec<u128>, Refusal> {
    let mut reserves = Vec::with_capacity(words.len());
    for (index, reserve) in words.iter().enumerate() {
        let asset = index as u16 + 1;
        let reserve = Element::new(*reserve).map_err(|_| Refusal::AmountOutOfRange { asset })?;
        reserves.push(amount(reserve.to_u128(), asset)?);
    }
    Ok(reserves)
}

impl CheckedPost {
    /// Refuses a post whose context is not the one that `statement` has.
    pub fn check_context(&self, statement: &Statement) -> Result<(), Refusal> {
        if statement.context() == self.context { Ok(()) } else { Err(Refusal::ContextMismatch) }
    }

    /// The public vector, once the post's context is the one that `statement` has.
    pub fn public_vector(&self, class: Class, statement: &Statement) -> Result<PublicVector, Refusal> {
        self.check_context(statement)?;
        let totals = self.totals.iter().map(|total| Element::from(*total));
        PublicVector::from_totals(class, &self.context, self.root, totals, &self.opening)
            .ok_or(Refusal::AssetCountMismatch { expected: class.assets, found: self.totals.len() as u16 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        curve::G1_GENERATOR,
        field::{BASE_ORDER, ORDER},
        opening::OPENING_POINTS,
    };
    use alloc::vec;

    fn word(value: u128) -> [u8; 32] {
        Element::from(value).to_bytes()
    }

    fn post() -> ShardPost {
        ShardPost {
            epoch: 3,
            as_of: 1_700_000_000,
            shard: ShardPosition { index: 0, count: 2 },
            circuit: [1; 32],
            ledger: LedgerPosition { sequence: 9, head: [2; 32] },
            sources: [3; 32],
            context: [word(5), word(6)],
            root: word(7),
            totals: vec![word(8), word(9)],
            reserves: vec![word(10), word(11)],
            digest: word(12),
            opening: opening().words(),
            proof: [13; 256],
        }
    }

    fn opening() -> Opening {
        Opening { points: [G1_GENERATOR; OPENING_POINTS], scalars: core::array::from_fn(|s| Element::from(s as u64)) }
    }

    fn refusal(change: impl Fn(&mut ShardPost)) -> Refusal {
        let mut changed = post();
        change(&mut changed);
        changed.check().unwrap_err()
    }

    #[test]
    fn a_post_survives_its_encoding() {
        let bytes = post().encode();
        assert_eq!(bytes.len(), ShardPost::encoded_length(2));
        assert_eq!(ShardPost::decode(&bytes), Ok(post()));
        let mut most = post();
        (most.totals, most.reserves) = (vec![word(1); 128], vec![word(2); 128]);
        assert_eq!(ShardPost::decode(&most.encode()), Ok(most));
    }

    #[test]
    fn other_bytes_are_no_post() {
        let bytes = post().encode();
        for length in 0..bytes.len() {
            assert_eq!(ShardPost::decode(&bytes[..length]), Err(Refusal::PostMalformed), "{length}");
        }
        assert_eq!(ShardPost::decode(&[&bytes[..], &[0]].concat()), Err(Refusal::PostMalformed));
        let mut version = bytes.clone();
        version[0] = 2;
        assert_eq!(ShardPost::decode(&version), Err(Refusal::PostMalformed));
        let mut none = post();
        (none.totals, none.reserves) = (vec![], vec![]);
        assert_eq!(ShardPost::decode(&none.encode()), Err(Refusal::PostMalformed));
        let mut many = post();
        (many.totals, many.reserves) = (vec![word(0); 129], vec![word(0); 129]);
        assert_eq!(ShardPost::decode(&many.encode()), Err(Refusal::PostMalformed));
        let mut short = post();
        short.opening.pop();
        assert_eq!(ShardPost::decode(&short.encode()), Err(Refusal::PostMalformed));
        assert_eq!(short.check(), Err(Refusal::PostMalformed));
    }

    #[test]
    fn elements_out_of_range_are_named() {
        assert!(post().check().is_ok());
        assert_eq!(refusal(|p| p.context[0] = ORDER), Refusal::ElementNotCanonical { index: 0 });
        assert_eq!(refusal(|p| p.context[1][15] = 1), Refusal::HalfOutOfRange { index: 1 });
        assert_eq!(refusal(|p| p.root = ORDER), Refusal::ElementNotCanonical { index: 2 });
        assert_eq!(refusal(|p| p.totals[1] = ORDER), Refusal::ElementNotCanonical { index: 4 });
        assert_eq!(refusal(|p| p.totals[1] = word(1 << 112)), Refusal::AmountOutOfRange { asset: 2 });
        assert_eq!(refusal(|p| p.totals[0][15] = 1), Refusal::AmountOutOfRange { asset: 1 });
        assert_eq!(refusal(|p| p.reserves[0] = word(1 << 112)), Refusal::AmountOutOfRange { asset: 1 });
        assert_eq!(refusal(|p| p.reserves[1] = ORDER), Refusal::AmountOutOfRange { asset: 2 });
        assert_eq!(refusal(|p| p.digest = [0xff; 32]), Refusal::ElementNotCanonical { index: 204 });
        assert_eq!(refusal(|p| p.opening[31] = BASE_ORDER), Refusal::OpeningCoordinateNotCanonical { word: 31 });
        assert_eq!(refusal(|p| p.opening[3] = word(3)), Refusal::OpeningPointInvalid { point: 1 });
        assert_eq!(refusal(|p| p.opening[32] = ORDER), Refusal::ElementNotCanonical { index: 195 });
        assert_eq!(refusal(|p| p.opening[39] = ORDER), Refusal::ElementNotCanonical { index: 202 });
    }

    #[test]
    fn a_post_carries_its_opening() {
        assert_eq!(*post().check().unwrap().opening, opening());
    }

    #[test]
    fn inputs_are_those_of_the_public_vector() {
        for assets in [1, 2, 53, 127, 128] {
            let mut post = post();
            post.totals = (0..assets).map(|asset| word((1 << 111) + asset)).collect();
            post.reserves = post.totals.clone();
            let prior = PriorState { exchange: [4; 32], asset_list: [5; 32], head_before: [6; 32] };
            let statement = post.statement(&prior, &post.check().unwrap().reserves);
            post.context = Element::halves(&statement.context()).map(Element::to_bytes);
            let checked = post.check().unwrap();
            let vector = checked.public_vector(Class::SMALLEST, &statement).unwrap();
            assert_eq!(post.inputs(Class::SMALLEST, &checked), Ok(vector.inputs(checked.digest)));
            let bytes = post.encode();
            let read = ShardPost::read(&bytes).unwrap();
            assert_eq!(read.inputs(Class::SMALLEST, &checked), Ok(vector.inputs(checked.digest)));
        }
        let checked = post().check().unwrap();
        assert_ne!(post().inputs(Class::SMALLEST, &checked), post().inputs(Class::new(8), &checked));
        let fewer = Class { assets: 1, ..Class::SMALLEST };
        let expected = Refusal::AssetCountMismatch { expected: 1, found: 2 };
        assert_eq!(post().inputs(fewer, &post().check().unwrap()), Err(expected));
    }

    #[test]
    fn a_post_for_another_statement_is_named_as_such() {
        let prior = PriorState { exchange: [4; 32], asset_list: [5; 32], head_before: [6; 32] };
        let mut right = post();
        let reserves = post().check().unwrap().reserves;
        let statement = right.statement(&prior, &reserves);
        right.context = Element::halves(&statement.context()).map(Element::to_bytes);
        let checked = right.check().unwrap();
        assert!(checked.public_vector(Class::SMALLEST, &statement).is_ok());
        let other = Statement { epoch: 4, ..statement };
        assert_eq!(checked.public_vector(Class::SMALLEST, &other), Err(Refusal::ContextMismatch));
    }
}
