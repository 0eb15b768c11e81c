//! What is surprising about reserves, held against what is owed and against the last epoch.

use std::{collections::BTreeSet, fmt};

use ballast_core::assets::AssetList;
use ballast_ledger::{
    amount,
    reserves::{HoldingLine, ReservesReport},
};

use crate::chains::Uncounted;

/// A basis point is so much of the whole.
const BASIS: u128 = 10_000;

/// An epoch as far as the next one is compared with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousEpoch {
    pub epoch: u64,
    /// By asset number, in committed units; below 2^112 as all amounts.
    pub liabilities: Vec<u128>,
    pub reserves: Vec<u128>,
    /// Chain and address of every wallet that held something.
    pub wallets: BTreeSet<(String, String)>,
}

/// The figures of an epoch that is not proved yet.
#[derive(Clone, Copy, Debug)]
pub struct Figures<'a> {
    pub epoch: u64,
    pub assets: &'a AssetList,
    /// By asset number, in committed units.
    pub liabilities: &'a [u128],
    pub reserves: &'a [u128],
    /// What was read on chains.
    pub holdings: &'a [HoldingLine],
    /// What was read and counts 0.
    pub uncounted: &'a [Uncounted],
}

/// Figures that are not those of every asset: nothing can be said of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("epoch {epoch}, {what}: expected a figure of each of {expected} assets, found {found}")]
pub struct FiguresMissing {
    pub epoch: u64,
    pub what: &'static str,
    pub expected: usize,
    pub found: usize,
}

/// Something that may be as it should, but is confirmed before anything is spent on it. Amounts are
/// in the asset's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Surprise {
    /// Less is held than is owed.
    Insolvent { symbol: String, liability: String, found: String },
    /// The surplus moved by more than the tolerance.
    SurplusMoved { symbol: String, epoch: u64, basis_points: u16, expected: String, found: String },
    /// The files of the epoch before are not where the settings say, so that nothing can be
    /// compared with it.
    PreviousEpochUnknown { epoch: u64 },
    /// A balance that was read counts 0.
    Uncounted(Uncounted),
    /// A wallet that held something holds nothing, is retired, or is not read any more.
    WalletAbsent { epoch: u64, chain: String, wallet: String },
}

impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insolvent { symbol, liability, found } => {
                write!(f, "{symbol}: expected reserves of at least the {liability} owed, found {found}")
            }
            Self::SurplusMoved { symbol, epoch, basis_points, expected, found } => write!(
                f,
                "{symbol}: expected a surplus of {expected} as in epoch {epoch}, or {basis_points} basis points of what is owed \
                 away from it, found {found}"
            ),
            Self::PreviousEpochUnknown { epoch } => write!(
                f,
                "expected the files of epoch {epoch} in the directory of artifacts.public, found none: nothing is compared with it"
            ),
            Self::Uncounted(uncounted) => uncounted.fmt(f),
            Self::WalletAbsent { epoch, chain, wallet } => {
                write!(f, "{chain}: expected wallet {wallet} to hold something as in epoch {epoch}, found nothing")
            }
        }
    }
}

impl PreviousEpoch {
    /// Of an epoch's figures and its report.
    pub fn new(epoch: u64, liabilities: Vec<u128>, reserves: Vec<u128>, report: &ReservesReport) -> Self {
        Self { epoch, liabilities, reserves, wallets: wallets(&report.holdings) }
    }
}

fn wallets(holdings: &[HoldingLine]) -> BTreeSet<(String, String)> {
    holdings.iter().map(|holding| (holding.chain.clone(), holding.wallet.clone())).collect()
}

/// Everything surprising about `now`. Without a previous epoch only what is owed can be compared,
/// which is a surprise itself unless this is the first.
///
/// `tolerance` in basis points of what is owed now.
///
/// # Errors
/// [`FiguresMissing`] when this epoch has not as many figures as the list has assets, or the one
/// before has more, or none.
pub fn surprise(
    previous: Option<&PreviousEpoch>,
    now: &Figures<'_>,
    tolerance: u16,
) -> Result<Vec<Surprise>, FiguresMissing> {
    let mut surprises = Vec::new();
    let before = surpluses(previous, now)?;
    if previous.is_none() && now.epoch > 1 {
        surprises.push(Surprise::PreviousEpochUnknown { epoch: now.epoch - 1 });
    }
    surprises.extend(now.uncounted.iter().cloned().map(Surprise::Uncounted));
    let figures = now.assets.as_slice().iter().zip(now.liabilities).zip(now.reserves);
    for (index, ((asset, &liability), &reserve)) in figures.enumerate() {
        let symbol = asset.symbol();
        if reserve < liability {
            let [liability, found] = [liability, reserve].map(|units| amount::format(units, asset.decimals));
            surprises.push(Surprise::Insolvent { symbol: symbol.clone(), liability, found });
        }
        let (Some(previous), Some(expected)) = (previous, before.get(index).copied()) else { continue };
        let found = surplus(liability, reserve);
        // Below 2^113 and 2^112, and a basis has 14 bits.
        if expected.abs_diff(found) * BASIS > liability * u128::from(tolerance) {
            let [expected, found] = [expected, found].map(|surplus| signed(surplus, asset.decimals));
            let (epoch, basis_points) = (previous.epoch, tolerance);
            surprises.push(Surprise::SurplusMoved { symbol, epoch, basis_points, expected, found });
        }
    }
    if let Some(previous) = previous {
        let held = wallets(now.holdings);
        let absent = previous.wallets.difference(&held).cloned();
        let epoch = previous.epoch;
        surprises.extend(absent.map(|(chain, wallet)| Surprise::WalletAbsent { epoch, chain, wallet }));
    }
    Ok(surprises)
}

/// Those of the epoch before, by asset, 0 for what was listed since; none without one. Refuses
/// figures that are not of every asset, and an epoch before that had more of them or not as many
/// reserves as liabilities.
fn surpluses(previous: Option<&PreviousEpoch>, now: &Figures<'_>) -> Result<Vec<i128>, FiguresMissing> {
    let expected = now.assets.len();
    let check = |epoch, what, amounts: &[u128]| match amounts.len() {
        found if found == expected => Ok(()),
        found => Err(FiguresMissing { epoch, what, expected, found }),
    };
    check(now.epoch, "liabilities", now.liabilities)?;
    check(now.epoch, "reserves", now.reserves)?;
    let Some(PreviousEpoch { epoch, liabilities, reserves, .. }) = previous else { return Ok(Vec::new()) };
    if liabilities.is_empty() || liabilities.len() > expected {
        check(*epoch, "liabilities", liabilities)?;
    }
    if reserves.len() != liabilities.len() {
        let (expected, found) = (liabilities.len(), reserves.len());
        return Err(FiguresMissing { epoch: *epoch, what: "reserves", expected, found });
    }
    let before = liabilities.iter().zip(reserves).map(|(liability, reserve)| surplus(*liability, *reserve));
    Ok(before.chain(std::iter::repeat(0)).take(expected).collect())
}

/// Of amounts below 2^112.
fn surplus(liability: u128, reserve: u128) -> i128 {
    reserve as i128 - liability as i128
}

fn signed(units: i128, decimals: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", amount::format(units.unsigned_abs(), decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::assets::Asset;

    fn assets() -> AssetList {
        AssetList::new(vec![Asset::new("BTC", 2).unwrap(), Asset::new("USDC", 0).unwrap()]).unwrap()
    }

    fn holding(wallet: &str) -> HoldingLine {
        let text = |text: &str| text.to_owned();
        HoldingLine {
            chain: text("solana"),
            wallet: text(wallet),
            account: text(wallet),
            token: text("t"),
            decimals: 2,
            symbol: text("BTC"),
            balance: text("1"),
            amount: text("0.01"),
        }
    }

    fn previous() -> PreviousEpoch {
        let wallets = wallets(&[holding("first"), holding("second")]);
        PreviousEpoch { epoch: 6, liabilities: vec![9_000, 100], reserves: vec![10_000, 100], wallets }
    }

    /// Of the epoch after the previous one, or of the first.
    fn figures<'a>(
        previous: Option<&PreviousEpoch>,
        assets: &'a AssetList,
        amounts: [&'a [u128]; 2],
        holdings: &'a [HoldingLine],
    ) -> Figures<'a> {
        let [liabilities, reserves] = amounts;
        let epoch = previous.map_or(0, |previous| previous.epoch) + 1;
        Figures { epoch, assets, liabilities, reserves, holdings, uncounted: &[] }
    }

    fn found(previous: Option<&PreviousEpoch>, liabilities: [u128; 2], reserves: [u128; 2]) -> Vec<Surprise> {
        let (assets, holdings) = (assets(), [holding("second"), holding("first")]);
        surprise(previous, &figures(previous, &assets, [&liabilities, &reserves], &holdings), 100).unwrap()
    }

    #[test]
    fn an_epoch_without_the_one_before_is_a_surprise_unless_it_is_the_first() {
        let assets = assets();
        let first = figures(None, &assets, [&[1, 1], &[1, 1]], &[]);
        assert_eq!(surprise(None, &first, 100).unwrap(), []);
        let later = Figures { epoch: 7, ..first };
        let surprises = surprise(None, &later, 100).unwrap();
        assert_eq!(surprises, [Surprise::PreviousEpochUnknown { epoch: 6 }]);
        assert!(surprises[0].to_string().contains("the files of epoch 6"), "{}", surprises[0]);
    }

    #[test]
    fn a_balance_that_counts_nothing_is_a_surprise() {
        let assets = assets();
        let text = |text: &str| text.to_owned();
        let uncounted =
            Uncounted { chain: text("solana"), token: text("t"), account: text("a"), reason: text("frozen") };
        let all = [uncounted.clone(), uncounted.clone()];
        let now = Figures { uncounted: &all, ..figures(None, &assets, [&[1, 1], &[1, 1]], &[]) };
        let surprises = surprise(None, &now, 100).unwrap();
        assert_eq!(surprises, vec![Surprise::Uncounted(uncounted); 2]);
        assert_eq!(surprises[0].to_string(), "solana: token t at a counts 0: frozen");
    }

    #[test]
    fn figures_that_are_not_of_every_asset_are_refused() {
        let (assets, before) = (assets(), previous());
        let of = |previous: Option<&PreviousEpoch>, liabilities: &[u128], reserves: &[u128]| {
            surprise(previous, &figures(previous, &assets, [liabilities, reserves], &[]), 100).unwrap_err()
        };
        let missing = |epoch, what, found| FiguresMissing { epoch, what, expected: 2, found };
        assert_eq!(of(None, &[], &[1, 1]), missing(1, "liabilities", 0));
        assert_eq!(of(None, &[1, 1], &[1]), missing(1, "reserves", 1));
        assert_eq!(of(Some(&before), &[1, 1, 1], &[1, 1]), missing(7, "liabilities", 3));
        let short = PreviousEpoch { liabilities: vec![], ..before.clone() };
        assert_eq!(of(Some(&short), &[1, 1], &[1, 1]), missing(6, "liabilities", 0));
        let short = PreviousEpoch { reserves: vec![1], ..before };
        assert_eq!(of(Some(&short), &[1, 1], &[1, 1]), missing(6, "reserves", 1));
        let long = PreviousEpoch { liabilities: vec![1; 3], reserves: vec![1; 3], ..short };
        assert_eq!(of(Some(&long), &[1, 1], &[1, 1]), missing(6, "liabilities", 3));
    }

    #[test]
    fn an_asset_that_was_listed_since_had_no_surplus() {
        let before = PreviousEpoch { liabilities: vec![9_000], reserves: vec![10_000], ..previous() };
        assert_eq!(found(Some(&before), [9_000, 100], [10_000, 100]), []);
        let surprises = found(Some(&before), [9_000, 100], [10_000, 150]);
        assert!(matches!(&surprises[..], [Surprise::SurplusMoved { .. }]), "{surprises:?}");
    }

    #[test]
    fn what_is_as_before_is_no_surprise() {
        assert_eq!(found(Some(&previous()), [9_000, 100], [10_000, 100]), []);
        // Both moved together.
        assert_eq!(found(Some(&previous()), [90_000, 7], [91_000, 7]), []);
        assert_eq!(found(None, [0, 0], [0, 1 << 100]), []);
    }

    #[test]
    fn less_than_is_owed_is_a_surprise() {
        let surprises = found(None, [10_001, 100], [10_000, 100]);
        let [surprise] = &surprises[..] else { panic!("{surprises:?}") };
        assert_eq!(surprise.to_string(), "BTC: expected reserves of at least the 100.01 owed, found 100.00");
        assert_eq!(found(None, [10_000, 100], [10_000, 100]), []);
    }

    #[test]
    fn a_surplus_that_moved_by_more_than_the_tolerance_is_a_surprise() {
        // 100 basis points of 90.00 are 0.90.
        for reserve in [10_090, 9_910] {
            assert_eq!(found(Some(&previous()), [9_000, 100], [reserve, 100]), [], "{reserve}");
        }
        for reserve in [10_091, 9_909] {
            let surprises = found(Some(&previous()), [9_000, 100], [reserve, 100]);
            assert!(matches!(&surprises[..], [Surprise::SurplusMoved { epoch: 6, .. }]), "{surprises:?}");
        }
        let surprises = found(Some(&previous()), [9_000, 100], [8_000, 100]);
        let text = surprises[1].to_string();
        assert!(
            text.starts_with("BTC: expected a surplus of 10.00 as in epoch 6") && text.ends_with("found -10.00"),
            "{text}"
        );
        // Of what is not owed at all, nothing may move.
        let surprises = found(Some(&previous()), [9_000, 0], [10_000, 1]);
        assert!(matches!(&surprises[..], [Surprise::SurplusMoved { .. }]), "{surprises:?}");
    }

    #[test]
    fn the_largest_amounts_do_not_wrap() {
        let most = (1u128 << 112) - 1;
        let before = PreviousEpoch { liabilities: vec![most, 0], reserves: vec![0, 0], ..previous() };
        let (assets, holdings) = (assets(), [holding("first"), holding("second")]);
        let (liabilities, reserves) = ([most, 0], [most, 0]);
        let now = figures(Some(&before), &assets, [&liabilities, &reserves], &holdings);
        assert_eq!(surprise(Some(&before), &now, 10_000).unwrap(), []);
        assert_eq!(surprise(Some(&before), &now, 9_999).unwrap().len(), 1);
        let swapped = Figures { liabilities: &[0, 0], ..now };
        assert_eq!(surprise(Some(&before), &swapped, 10_000).unwrap().len(), 1);
    }

    #[test]
    fn a_wallet_that_holds_nothing_any_more_is_a_surprise() {
        let (assets, holdings) = (assets(), [holding("second")]);
        let (liabilities, reserves) = ([9_000, 100], [10_000, 100]);
        let before = previous();
        let now = figures(Some(&before), &assets, [&liabilities, &reserves], &holdings);
        let surprises = surprise(Some(&before), &now, 100).unwrap();
        let [surprise] = &surprises[..] else { panic!("{surprises:?}") };
        assert!(surprise.to_string().contains("solana: expected wallet first"), "{surprise}");
    }
}
