//! What an exchange's authority asks of a chain.

use ballast_core::assets::AssetList;
use ballast_sdk::{chain::Address, exchange::Exchange};

/// One thing to be done on one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `counterpart` is the first authority on the other chain: 32 bytes on Solana, 20 on the EVM.
    Register {
        name: String,
        cadence: u64,
        counterpart: Address,
    },
    SetAssets(AssetList),
    SetPosters(Vec<Address>),
    SetPaused(bool),
    /// None takes a proposal back.
    ProposeAuthority(Option<Address>),
    /// Signed by the proposed authority.
    AcceptAuthority {
        proposed: Address,
    },
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
            Self::SetAssets(assets) => format!("set a list of {} assets", assets.len()),
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
        }
    }

    /// Whether a chain that holds `exchange` needs it.
    pub fn need(&self, exchange: Option<&Exchange>) -> Need {
        let done = |is: bool| if is { Need::Done } else { Need::Needed };
        let exchange = match (self, exchange) {
            (Self::Register { .. }, None) => return Need::Needed,
            (Self::Register { cadence, .. }, Some(exchange)) if exchange.cadence != *cadence => {
                return Need::Impossible(format!(
                    "the exchange is registered with a cadence of {} s, which cannot change",
                    exchange.cadence
                ));
            }
            (Self::Register { .. }, Some(_)) => return Need::Done,
            (_, None) => return Need::Impossible("the exchange is not registered".into()),
            (_, Some(exchange)) => exchange,
        };
        match self {
            Self::Register { .. } => Need::Done,
            Self::SetAssets(assets) if exchange.assets.as_ref() == Some(assets) => Need::Done,
            Self::SetAssets(_) if exchange.next_epoch > 1 => {
                Need::Impossible("the asset list cannot change once an epoch was begun".into())
            }
            Self::SetAssets(_) => Need::Needed,
            Self::SetPosters(posters) => done(exchange.posters == *posters),
            Self::SetPaused(paused) => done(exchange.paused == *paused),
            Self::ProposeAuthority(proposed) => done(exchange.pending_authority == *proposed),
            Self::AcceptAuthority { proposed } if exchange.authority == *proposed => Need::Done,
            Self::AcceptAuthority { proposed } if exchange.pending_authority != Some(*proposed) => {
                Need::Impossible(format!("{proposed} is not the proposed authority"))
            }
            Self::AcceptAuthority { .. } => Need::Needed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chains::standing::tests::standing, plan::tests::plan};

    #[test]
    fn what_a_chain_holds_is_not_done_again() {
        let exchange = standing(&plan()).exchange.unwrap();
        let other = Address::Evm([9; 20].into());
        let register = |cadence| Action::Register { name: "Example".into(), cadence, counterpart: other };
        let need = |action: &Action| action.need(Some(&exchange));
        assert_eq!(register(1).need(None), Need::Needed);
        assert_eq!(need(&register(1)), Need::Done);
        assert!(matches!(need(&register(2)), Need::Impossible(_)));
        assert_eq!(need(&Action::SetAssets(plan().asset_list().unwrap())), Need::Done);
        assert_eq!(need(&Action::SetPosters(exchange.posters.clone())), Need::Done);
        assert_eq!(need(&Action::SetPosters(vec![])), Need::Needed);
        assert_eq!(need(&Action::SetPaused(false)), Need::Done);
        assert_eq!(need(&Action::SetPaused(true)), Need::Needed);
        assert_eq!(need(&Action::ProposeAuthority(None)), Need::Done);
        assert_eq!(need(&Action::ProposeAuthority(Some(other))), Need::Needed);
        assert_eq!(need(&Action::AcceptAuthority { proposed: exchange.authority }), Need::Done);
        assert!(matches!(need(&Action::AcceptAuthority { proposed: other }), Need::Impossible(_)));
        assert!(matches!(Action::SetPaused(true).need(None), Need::Impossible(_)));
    }

    #[test]
    fn a_list_is_frozen_with_the_first_epoch() {
        let mut exchange = standing(&plan()).exchange.unwrap();
        let mut other = plan();
        other.assets.pop();
        let action = Action::SetAssets(other.asset_list().unwrap());
        assert_eq!(action.need(Some(&exchange)), Need::Needed);
        exchange.next_epoch = 2;
        assert!(matches!(action.need(Some(&exchange)), Need::Impossible(_)));
    }
}
