//! The assets an exchange commits to, in the order of their numbers.

use alloc::{string::String, vec::Vec};

use crate::{
    Refusal,
    circuit::Class,
    digest::{Digest, Preimage},
};

/// The most assets of a list: one for each asset position of a circuit.
pub const ASSETS_MAX: usize = Class::ASSETS as usize;
/// Bytes of the longest symbol.
pub const SYMBOL_MAX: usize = 16;
/// The most decimals of a committed unit.
pub const DECIMALS_MAX: u8 = 36;

/// One asset: its symbol, zero-padded, and how many decimals its committed unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    pub symbol: [u8; SYMBOL_MAX],
    pub decimals: u8,
}

impl Asset {
    /// Refuses a long symbol, one without a letter or digit or with another character than
    /// `A-Z a-z 0-9 . _ -`, and too many decimals.
    pub fn new(symbol: &str, decimals: u8) -> Result<Self, Refusal> {
        let mut padded = [0; SYMBOL_MAX];
        padded.get_mut(..symbol.len()).ok_or(Refusal::AssetListInvalid)?.copy_from_slice(symbol.as_bytes());
        let asset = Self { symbol: padded, decimals };
        asset.check()?;
        Ok(asset)
    }

    fn check(&self) -> Result<(), Refusal> {
        // By bytes: a file or a node may have put any of them here.
        let length = self.symbol.iter().position(|byte| *byte == 0).unwrap_or(SYMBOL_MAX);
        let (name, padding) = self.symbol.split_at(length);
        let allowed = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        let padded = padding.iter().all(|byte| *byte == 0);
        let visible = name.iter().any(u8::is_ascii_alphanumeric);
        if visible && allowed && padded && self.decimals <= DECIMALS_MAX {
            Ok(())
        } else {
            Err(Refusal::AssetListInvalid)
        }
    }

    /// The symbol as it is compared: letters in upper case, without `.`, `_` and `-`, so that no
    /// two assets of a list look alike.
    fn folded(&self) -> [u8; SYMBOL_MAX] {
        let mut folded = [0; SYMBOL_MAX];
        let kept = self.symbol.iter().filter(|byte| byte.is_ascii_alphanumeric());
        folded.iter_mut().zip(kept).for_each(|(to, from)| *to = from.to_ascii_uppercase());
        folded
    }

    /// The symbol without its padding.
    pub fn symbol(&self) -> String {
        self.symbol.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }
}

/// The digest of the empty list.
pub const EMPTY_LIST: Digest = [0; 32];

/// Checks that `added` may stand behind `listed`, which is valid already, and returns the digest of
/// both. `digest` is the one of `listed`. New assets are compared with all, old ones never again.
///
/// # Errors
/// [`Refusal::AssetListInvalid`] when nothing is added, when there would be more than 128 assets,
/// and for an invalid asset or one whose symbol differs from another only by case or punctuation.
pub fn append(listed: &[Asset], digest: &Digest, added: &[Asset]) -> Result<Digest, Refusal> {
    if added.is_empty() || listed.len() + added.len() > ASSETS_MAX {
        return Err(Refusal::AssetListInvalid);
    }
    let old: Vec<_> = listed.iter().map(Asset::folded).collect();
    let mut new = Vec::with_capacity(added.len());
    let mut digest = *digest;
    for asset in added {
        asset.check()?;
        let folded = asset.folded();
        if old.contains(&folded) || new.contains(&folded) {
            return Err(Refusal::AssetListInvalid);
        }
        new.push(folded);
        digest = next_digest(&digest, asset);
    }
    Ok(digest)
}

/// The digest of a list with one asset more (section 1).
fn next_digest(digest: &Digest, asset: &Asset) -> Digest {
    Preimage::new("ballast/asset/v1").bytes(digest).bytes(&asset.symbol).u8(asset.decimals).sha256()
}

/// The assets that an exchange commits to: 1 to 128 with distinct symbols. Asset number a is entry
/// a - 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetList(Vec<Asset>);

impl AssetList {
    /// Refuses an empty list, more than 128 assets, an invalid asset and two assets whose symbols
    /// differ by case and punctuation at most.
    pub fn new(assets: Vec<Asset>) -> Result<Self, Refusal> {
        append(&[], &EMPTY_LIST, &assets)?;
        Ok(Self(assets))
    }

    /// The assets in order of their numbers.
    pub fn as_slice(&self) -> &[Asset] {
        &self.0
    }

    /// The number of assets, at least 1.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of the asset called `symbol`, from 1.
    pub fn number(&self, symbol: &str) -> Option<u16> {
        self.0.iter().position(|asset| asset.symbol() == symbol).map(|index| index as u16 + 1)
    }

    /// The asset with this number, from 1.
    pub fn get(&self, number: u16) -> Option<&Asset> {
        self.0.get(usize::from(number).checked_sub(1)?)
    }

    /// `asset_list_digest` of section 1.
    pub fn digest(&self) -> Digest {
        self.0.iter().fold(EMPTY_LIST, |digest, asset| next_digest(&digest, asset))
    }

    /// The list with `added` behind its assets.
    ///
    /// # Errors
    /// Those of [`append`].
    pub fn with(&self, added: &[Asset]) -> Result<Self, Refusal> {
        append(&self.0, &self.digest(), added)?;
        Ok(Self([&self.0, added].concat()))
    }

    /// The list of the first `count` assets, as an earlier epoch had it; none when there are fewer.
    pub fn first(&self, count: usize) -> Option<Self> {
        self.0.get(..count).filter(|assets| !assets.is_empty()).map(|assets| Self(assets.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn symbols_are_checked() {
        assert!(Asset::new("USDC", 6).is_ok());
        assert!(Asset::new("SIXTEEN-LETTERS.", 36).is_ok());
        for bad in ["", ".", "-_.", "SEVENTEEN-LETTERS", "US DC", "US\0DC", "ÜSD", "USD\n"] {
            assert_eq!(Asset::new(bad, 6), Err(Refusal::AssetListInvalid), "{bad:?}");
        }
        assert_eq!(Asset::new("USDC", 37), Err(Refusal::AssetListInvalid));
    }

    #[test]
    fn any_bytes_for_a_symbol_are_judged() {
        // Two to five characters, six to sixteen bytes.
        for bad in ["€€", "漢字五文字", "ÿÿÿÿÿÿÿÿ", "usd₮"] {
            assert_eq!(Asset::new(bad, 6), Err(Refusal::AssetListInvalid), "{bad:?}");
        }
        for byte in 0x7f..=u8::MAX {
            let asset = Asset { symbol: [byte; SYMBOL_MAX], decimals: 6 };
            assert_eq!(AssetList::new(alloc::vec![asset]), Err(Refusal::AssetListInvalid), "{byte}");
        }
    }

    #[test]
    fn a_list_is_neither_empty_nor_long_nor_repeating() {
        let many = |n: usize| (0..n).map(|i| Asset::new(&format!("A{i}"), 0).unwrap()).collect::<Vec<_>>();
        assert!(AssetList::new(many(128)).is_ok());
        assert_eq!(AssetList::new(many(129)), Err(Refusal::AssetListInvalid));
        assert_eq!(AssetList::new(Vec::new()), Err(Refusal::AssetListInvalid));
        let twice = [many(2), many(1)].concat();
        assert_eq!(AssetList::new(twice), Err(Refusal::AssetListInvalid));
        let mut unpadded = many(1);
        unpadded[0].symbol[15] = b'X';
        assert_eq!(AssetList::new(unpadded), Err(Refusal::AssetListInvalid));
    }

    #[test]
    fn symbols_that_look_alike_are_one() {
        let listed = [Asset::new("BTC", 8).unwrap()];
        for alike in ["BTC", "btc", "Btc", "BTC.", "B.T-C", "_btc"] {
            let both = alloc::vec![listed[0], Asset::new(alike, 6).unwrap()];
            assert_eq!(AssetList::new(both), Err(Refusal::AssetListInvalid), "{alike}");
        }
        for other in ["BTC2", "BT", "WBTC", "ETH"] {
            assert!(AssetList::new(alloc::vec![listed[0], Asset::new(other, 6).unwrap()]).is_ok(), "{other}");
        }
    }

    #[test]
    fn a_list_grows_to_the_same_digest_in_any_pieces() {
        let assets: Vec<_> = (0..9).map(|i| Asset::new(&format!("A{i}"), i).unwrap()).collect();
        let whole = AssetList::new(assets.clone()).unwrap();
        for split in 1..assets.len() {
            let (listed, added) = assets.split_at(split);
            let before = AssetList::new(listed.to_vec()).unwrap();
            assert_eq!(append(listed, &before.digest(), added), Ok(whole.digest()), "{split}");
            assert_eq!(whole.first(split), Some(before));
        }
        assert_eq!(append(&assets, &whole.digest(), &[]), Err(Refusal::AssetListInvalid));
        assert_eq!(append(&assets, &whole.digest(), &assets[3..4]), Err(Refusal::AssetListInvalid));
        assert_eq!((whole.first(0), whole.first(10)), (None, None));
        let other = AssetList::new(alloc::vec![assets[1], assets[0]]).unwrap();
        assert_ne!(whole.first(2).unwrap().digest(), other.digest(), "the order is bound");
    }

    #[test]
    fn numbers_start_at_one() {
        let list = AssetList::new(alloc::vec![Asset::new("BTC", 8).unwrap(), Asset::new("SOL", 9).unwrap()]).unwrap();
        assert_eq!((list.number("SOL"), list.number("ETH")), (Some(2), None));
        assert_eq!(list.get(0), None);
        assert_eq!(list.get(1).map(|asset| asset.symbol()), Some("BTC".into()));
    }
}
