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
    /// Refuses an empty or long symbol, one with another character than `A-Z a-z 0-9 . _ -`, and
    /// too many decimals.
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
        if !name.is_empty() && allowed && padded && self.decimals <= DECIMALS_MAX {
            Ok(())
        } else {
            Err(Refusal::AssetListInvalid)
        }
    }

    /// The symbol without its padding.
    pub fn symbol(&self) -> String {
        self.symbol.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }
}

/// The assets that an exchange commits to: 1 to 128 with distinct symbols. Asset number a is entry
/// a - 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetList(Vec<Asset>);

impl AssetList {
    /// Refuses an empty list, more than 128 assets, an invalid asset and a symbol that comes twice.
    pub fn new(assets: Vec<Asset>) -> Result<Self, Refusal> {
        let distinct = assets
            .iter()
            .enumerate()
            .all(|(i, asset)| assets[..i].iter().all(|earlier| earlier.symbol != asset.symbol));
        if !(1..=ASSETS_MAX).contains(&assets.len()) || !distinct {
            return Err(Refusal::AssetListInvalid);
        }
        assets.iter().try_for_each(Asset::check)?;
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
        let start = Preimage::with_capacity("ballast/assets/v1", 32 + 17 * self.0.len()).u16(self.0.len() as u16);
        self.0.iter().fold(start, |preimage, asset| preimage.bytes(&asset.symbol).u8(asset.decimals)).sha256()
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
        for bad in ["", "SEVENTEEN-LETTERS", "US DC", "US\0DC", "ÜSD", "USD\n"] {
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
    fn numbers_start_at_one() {
        let list = AssetList::new(alloc::vec![Asset::new("BTC", 8).unwrap(), Asset::new("SOL", 9).unwrap()]).unwrap();
        assert_eq!((list.number("SOL"), list.number("ETH")), (Some(2), None));
        assert_eq!(list.get(0), None);
        assert_eq!(list.get(1).map(|asset| asset.symbol()), Some("BTC".into()));
    }
}
