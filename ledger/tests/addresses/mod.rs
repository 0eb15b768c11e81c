//! Addresses for tests of reserves reports. The tests of `ballast-sdk` use them too.
#![allow(dead_code)] // each test takes what it needs

pub struct OnSolana {
    pub wallet: &'static str,
    /// The wallet's account of `mint`.
    pub account: &'static str,
    pub mint: &'static str,
}

pub struct OnEvm {
    pub wallet: &'static str,
    pub token: &'static str,
}

/// A key and its addresses.
pub struct OnBitcoin {
    pub key: &'static str,
    pub segwit: &'static str,
    pub taproot: &'static str,
}

pub const ON_SOLANA: OnSolana = OnSolana {
    wallet: "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
    account: "9n4nbM75f5Ui33ZbPYXn59EwSgE8CGsHtAeTH5YFeJ9E",
    mint: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
};

pub const ON_EVM: OnEvm =
    OnEvm { wallet: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", token: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };

/// Of the vectors of BIP-322.
pub const ON_BITCOIN: OnBitcoin = OnBitcoin {
    key: "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k",
    segwit: "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l",
    taproot: "bc1ppv609nr0vr25u07u95waq5lucwfm6tde4nydujnu8npg4q75mr5sxq8lt3",
};
