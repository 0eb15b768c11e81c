//! Symbols that a reader cannot tell apart by eye, such as `USDT` with a Cyrillic letter.

use ballast_core::assets::AssetList;
use unicode_security::confusable_detection::skeleton;

/// The declared symbol that prints like `symbol` (Unicode Technical Standard 39, section 4), blanks
/// around it aside. Asked for a symbol that is not declared itself.
pub(crate) fn declared_alike(symbol: &str, assets: &AssetList) -> Option<String> {
    let print = |text: &str| skeleton(text).collect::<String>().trim().to_owned();
    let printed = print(symbol);
    let symbols = assets.as_slice().iter().map(|asset| asset.symbol());
    symbols.into_iter().find(|declared| print(declared) == printed)
}

/// A symbol as a message shows it: everything but printable ASCII, of which declared symbols are
/// made, is escaped.
pub(crate) fn shown(symbol: &str) -> String {
    let escape = |character: char| match character {
        ' '..='~' => character.to_string(),
        other => other.escape_unicode().to_string(),
    };
    symbol.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_core::assets::Asset;

    #[test]
    fn a_symbol_that_prints_like_a_declared_one_is_found() {
        let declared = ["BTC", "USDT", "SOL"].map(|symbol| Asset::new(symbol, 6).unwrap());
        let assets = AssetList::new(declared.to_vec()).unwrap();
        for symbol in ["USD\u{422}", "USD\u{3a4}", "USDT\u{200b}", "\u{feff}USDT", "USDT\u{a0}", " USDT", "US\u{ad}DT"]
        {
            assert_eq!(declared_alike(symbol, &assets).as_deref(), Some("USDT"), "{symbol:?}");
        }
        assert_eq!(declared_alike("S0L", &assets).as_deref(), Some("SOL"));
        for symbol in ["", "ETH", "usdt", "USD", "USDTX", "漢字"] {
            assert_eq!(declared_alike(symbol, &assets), None, "{symbol:?}");
        }
    }

    #[test]
    fn nothing_but_ascii_is_shown_as_it_is() {
        assert_eq!(shown("USDT"), "USDT");
        assert_eq!(shown("USD\u{422}"), "USD\\u{422}");
        assert_eq!(shown("\x1b[2J\u{202e}"), "\\u{1b}[2J\\u{202e}");
    }
}
