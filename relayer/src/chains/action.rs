//! What an exchange's authority asks of a chain.

use std::path::PathBuf;

use ballast_core::assets::AssetList;
use ballast_sdk::{
    chain::Address,
    exchange::Exchange,
    observation::{Token, Wallet},
};

/// One thing to be done on one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `counterpart` is the first authority on the other chain: 32 bytes on Solana, 20 on the EVM.
    Register {
        name: String,
        cadence: u64,
        counterpart: Address,
    },
    /// The chain's list grows to this one.
    ListAssets {
        assets: AssetList,
        /// How many of them the chain has listed.
        listed: u16,
    },
    ClearAssets,
    /// Seconds between two epochs, from the next epoch on.
    SetCadence(u64),
    SetPosters(Vec<Address>),
    SetPaused(bool),
    /// None takes a proposal back.
    ProposeAuthority(Option<Address>),
    /// Signed by the proposed authority.
    AcceptAuthority {
        proposed: Address,
    },
    RegisterWallet {
        wallet: Address,
        agreement: Agreement,
    },
    RetireWallet(Address),
    DeclareToken {
        /// Zero for lamports and native coin.
        token: Address,
        /// Number of the asset, from 1.
        asset: u16,
        symbol: String,
    },
}

/// How a wallet agrees to be the exchange's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Its own key signs; the file is one of those that [`ballast_keys`] reads.
    Key { file: PathBuf, password: Option<PathBuf> },
    /// It signed the registration elsewhere. Only on the EVM.
    Signature {
        signature: Vec<u8>,
        /// Until when the signature may be used, Unix seconds: a part of what was signed.
        deadline: u64,
    },
}

/// What a chain holds that an action is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// None when it is not registered.
    pub exchange: Option<&'a Exchange>,
    /// Empty for an action that is not about wallets.
    pub wallets: &'a [Wallet],
    /// Empty for an action that is not about tokens.
    pub tokens: &'a [Token],
}

/// Whether an action is needed, judged by what the chain holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    Needed,
    /// The chain holds it already.
    Done,
    /// It cannot be done.
    Impossible(String),
}

impl Action {
    /// What it would do, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Register { name, cadence, .. } => format!("register {name:?} with a cadence of {cadence} s"),
            Self::ListAssets { assets, .. } => format!("list {} assets", assets.len()),
            Self::ClearAssets => "clear the asset list".into(),
            Self::SetCadence(cadence) => format!("promise a cadence of {cadence} s from the next epoch on"),
            Self::SetPosters(posters) if posters.is_empty() => "remove all posters".into(),
            Self::SetPosters(posters) => {
                let posters: Vec<String> = posters.iter().map(Address::to_string).collect();
                format!("set posters {}", posters.join(", "))
            }
            Self::SetPaused(true) => "pause".into(),
            Self::SetPaused(false) => "unpause".into(),
            Self::ProposeAuthority(None) => "take back the proposed authority".into(),
            Self::ProposeAuthority(Some(proposed)) => format!("propose authority {proposed}"),
            Self::AcceptAuthority { proposed } => format!("accept authority as {proposed}"),
            Self::RegisterWallet { wallet, .. } => format!("register wallet {wallet}"),
            Self::RetireWallet(wallet) => format!("retire wallet {wallet}"),
            Self::DeclareToken { token, symbol, .. } => format!("declare that token {token} counts for {symbol}"),
        }
    }

    /// The same for a chain that holds this exchange.
    pub fn fitted(self, exchange: Option<&Exchange>) -> Self {
        match self {
            Self::ListAssets { assets, .. } => {
                let listed = exchange.and_then(|exchange| exchange.assets.as_ref()).map_or(0, AssetList::len);
                Self::ListAssets { assets, listed: listed as u16 }
            }
            other => other,
        }
    }

    /// Whether it is judged by the wallets or tokens that a chain holds.
    pub fn is_about_wallets(&self) -> bool {
        matches!(self, Self::RegisterWallet { .. } | Self::RetireWallet(_) | Self::DeclareToken { .. })
    }

    /// Whether a chain that holds this needs it.
    pub fn need(&self, held: Held<'_>) -> Need {
        let done = |is: bool| if is { Need::Done } else { Need::Needed };
        let exchange = match (self, held.exchange) {
            (Self::Register { .. }, None) => return Need::Needed,
            (Self::Register { cadence, .. }, Some(exchange)) if exchange.cadence != *cadence => {
                return Need::Impossible(format!(
                    "the exchange is registered with a cadence of {} s, which `ballast exchange set-cadence` changes",
                    exchange.cadence
                ));
            }
            (Self::Register { .. }, Some(_)) => return Need::Done,
            (_, None) => return Need::Impossible("the exchange is not registered".into()),
            (_, Some(exchange)) => exchange,
        };
        match self {
            Self::Register { .. } => Need::Done,
            Self::ListAssets { assets, .. } => match exchange.assets.as_ref() {
                None => Need::Needed,
                Some(listed) if listed == assets => Need::Done,
                Some(listed) => parted(listed, assets).map_or(Need::Needed, Need::Impossible),
            },
            Self::ClearAssets if exchange.assets.is_none() => Need::Done,
            Self::ClearAssets if exchange.next_epoch > 1 => {
                Need::Impossible("the asset list cannot be cleared once an epoch was begun".into())
            }
            Self::ClearAssets => Need::Needed,
            Self::SetCadence(cadence) => done(exchange.cadence == *cadence),
            Self::SetPosters(posters) => done(exchange.posters == *posters),
            Self::SetPaused(paused) => done(exchange.paused == *paused),
            Self::ProposeAuthority(proposed) => done(exchange.pending_authority == *proposed),
            Self::AcceptAuthority { proposed } if exchange.authority == *proposed => Need::Done,
            Self::AcceptAuthority { proposed } if exchange.pending_authority != Some(*proposed) => {
                Need::Impossible(format!("{proposed} is not the proposed authority"))
            }
            Self::AcceptAuthority { .. } => Need::Needed,
            Self::RegisterWallet { wallet, .. } => match find(held.wallets, wallet) {
                Some(found) if found.retired => Need::Impossible(format!("wallet {wallet} is retired, for ever")),
                Some(_) => Need::Done,
                None => Need::Needed,
            },
            Self::RetireWallet(wallet) => match find(held.wallets, wallet) {
                Some(found) => done(found.retired),
                None => Need::Impossible(format!("wallet {wallet} is not registered for this exchange")),
            },
            Self::DeclareToken { token, asset, symbol } => {
                if exchange.assets.as_ref().and_then(|assets| assets.number(symbol)) != Some(*asset) {
                    return Need::Impossible(format!("{symbol:?} is not asset number {asset} of the exchange's list"));
                }
                match held.tokens.iter().find(|declared| declared.address == *token) {
                    Some(declared) if declared.asset != *asset => {
                        Need::Impossible(format!("it counts for asset number {} already, for ever", declared.asset))
                    }
                    Some(_) => Need::Done,
                    None => Need::Needed,
                }
            }
        }
    }
}

/// Where `wanted` does not go on from `listed`, whose entries never change.
fn parted(listed: &AssetList, wanted: &AssetList) -> Option<String> {
    let mut both = listed.as_slice().iter().zip(wanted.as_slice());
    if let Some(index) = both.position(|(listed, wanted)| listed != wanted) {
        let [listed, wanted] = [listed, wanted].map(|list| {
            let asset = list.as_slice()[index];
            format!("{} with {} decimals", asset.symbol(), asset.decimals)
        });
        let number = index + 1;
        return Some(format!(
            "asset {number} is {listed} on the chain, and {wanted} in the snapshot: a list only grows"
        ));
    }
    (listed.len() > wanted.len()).then(|| {
        format!("the chain lists {} assets, and the snapshot has the first {} alone", listed.len(), wanted.len())
    })
}

fn find<'a>(wallets: &'a [Wallet], address: &Address) -> Option<&'a Wallet> {
    wallets.iter().find(|wallet| wallet.address == *address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chains::state::tests::state, plan::tests::plan};

    #[test]
    fn what_a_chain_holds_is_not_done_again() {
        let exchange = state(&plan()).exchange.unwrap();
        let other = Address::Evm([9; 20].into());
        let register = |cadence| Action::Register { name: "Example".into(), cadence, counterpart: other };
        let none = Held { exchange: None, wallets: &[], tokens: &[] };
        let need = |action: &Action| action.need(Held { exchange: Some(&exchange), ..none });
        assert_eq!(register(1).need(none), Need::Needed);
        assert_eq!(need(&register(1)), Need::Done);
        assert!(matches!(need(&register(2)), Need::Impossible(_)));
        assert_eq!(need(&Action::SetCadence(exchange.cadence)), Need::Done);
        assert_eq!(need(&Action::SetCadence(exchange.cadence + 1)), Need::Needed);
        assert_eq!(need(&Action::SetPosters(exchange.posters.clone())), Need::Done);
        assert_eq!(need(&Action::SetPosters(vec![])), Need::Needed);
        assert_eq!(need(&Action::SetPaused(false)), Need::Done);
        assert_eq!(need(&Action::SetPaused(true)), Need::Needed);
        assert_eq!(need(&Action::ProposeAuthority(None)), Need::Done);
        assert_eq!(need(&Action::ProposeAuthority(Some(other))), Need::Needed);
        assert_eq!(need(&Action::AcceptAuthority { proposed: exchange.authority }), Need::Done);
        assert!(matches!(need(&Action::AcceptAuthority { proposed: other }), Need::Impossible(_)));
        assert!(matches!(Action::SetPaused(true).need(none), Need::Impossible(_)));
    }

    #[test]
    fn a_list_grows_and_is_cleared_before_the_first_epoch_alone() {
        let mut exchange = state(&plan()).exchange.unwrap();
        let whole = plan().asset_list().unwrap();
        let list = |assets: AssetList| Action::ListAssets { assets, listed: 0 };
        let need = |exchange: &Exchange, action: &Action| {
            action.need(Held { exchange: Some(exchange), wallets: &[], tokens: &[] })
        };
        assert_eq!(need(&exchange, &list(whole.clone())), Need::Done);
        let fewer = whole.first(whole.len() - 1).unwrap();
        assert!(matches!(need(&exchange, &list(fewer.clone())), Need::Impossible(_)));
        exchange.assets = Some(fewer.clone());
        assert_eq!(need(&exchange, &list(whole.clone())), Need::Needed);
        let Action::ListAssets { listed, .. } = list(whole.clone()).fitted(Some(&exchange)) else { panic!() };
        assert_eq!(usize::from(listed), fewer.len());
        let mut other = whole.as_slice().to_vec();
        other[0].decimals += 1;
        let other = list(AssetList::new(other).unwrap());
        assert!(matches!(need(&exchange, &other), Need::Impossible(why) if why.contains("asset 1 is")));
        assert_eq!(need(&exchange, &Action::ClearAssets), Need::Needed);
        exchange.next_epoch = 2;
        assert_eq!(need(&exchange, &list(whole.clone())), Need::Needed, "it grows for ever");
        assert!(matches!(need(&exchange, &Action::ClearAssets), Need::Impossible(_)));
        exchange.assets = None;
        assert_eq!(need(&exchange, &Action::ClearAssets), Need::Done);
        assert_eq!(need(&exchange, &list(whole)), Need::Needed);
    }

    #[test]
    fn wallets_and_tokens_are_for_ever() {
        let exchange = state(&plan()).exchange.unwrap();
        let (ours, other) = (Address::Evm([3; 20].into()), Address::Evm([4; 20].into()));
        let wallet =
            |retired| Wallet { chain: exchange.chain, address: ours, exchange: exchange.id, registered_at: 1, retired };
        let need = |action: &Action, retired: bool| {
            let (wallets, token) =
                ([wallet(retired)], Token { chain: exchange.chain, address: ours, asset: 1, decimals: 6 });
            action.need(Held { exchange: Some(&exchange), wallets: &wallets, tokens: &[token] })
        };
        let agreement = Agreement::Signature { signature: vec![], deadline: 0 };
        let register = |wallet| Action::RegisterWallet { wallet, agreement: agreement.clone() };
        assert_eq!(need(&register(ours), false), Need::Done);
        assert!(matches!(need(&register(ours), true), Need::Impossible(_)));
        assert_eq!(need(&register(other), false), Need::Needed);
        assert_eq!(need(&Action::RetireWallet(ours), false), Need::Needed);
        assert_eq!(need(&Action::RetireWallet(ours), true), Need::Done);
        assert!(matches!(need(&Action::RetireWallet(other), false), Need::Impossible(_)));
        let assets = plan().asset_list().unwrap();
        let symbol = |number| assets.get(number).unwrap().symbol();
        let declare = |token, asset| Action::DeclareToken { token, asset, symbol: symbol(asset) };
        assert_eq!(need(&declare(ours, 1), false), Need::Done);
        assert!(matches!(need(&declare(ours, 2), false), Need::Impossible(_)));
        assert_eq!(need(&declare(other, 2), false), Need::Needed);
        let unlisted = Action::DeclareToken { token: other, asset: 2, symbol: symbol(1) };
        assert!(matches!(need(&unlisted, false), Need::Impossible(_)));
    }
}
