//! Public ids: which bytes are one.

use super::exchange::*;
use ballast_ledger::transaction::{DecodeError, PublicId, Transaction};

#[test]
fn ids_are_printable_ascii_without_outer_blanks() {
    for id in ["a", "~", "!", "a b", "O'Neill \"the\" \\ 1", "a@b.example"] {
        assert_eq!(PublicId::new(id).unwrap().as_str(), id);
    }
    let wrong = [
        "",
        " ",
        " a",
        "a ",
        "a\n",
        "\u{1f}a",
        "a\0b",
        "a\u{7f}",
        "Zo\u{eb}",
        "a\u{a0}b",
        "a\u{200b}b",
        "a\u{202e}b",
        "a\u{fe0f}",
        "a\u{3164}",
        "a\u{feff}",
        "\u{7528}",
    ];
    for id in wrong {
        assert_eq!(PublicId::new(id), Err(DecodeError::PublicId { found: id.len() }), "{id:?}");
    }
    assert!(PublicId::new(&"x".repeat(64)).is_ok());
    assert_eq!(PublicId::new(&"x".repeat(65)), Err(DecodeError::PublicId { found: 65 }));
}

#[test]
fn bytes_of_an_id_that_are_no_text_are_refused() {
    let bytes = Exchange::new(1).transaction(open("dave", &key(4))).encode();
    let at = bytes.windows(4).position(|window| window == b"dave").unwrap();
    for patch in [0xff, 0x80, 0xc3, 0x1f, 0x7f, 0] {
        let mut patched = bytes.clone();
        patched[at + 1] = patch;
        assert_eq!(Transaction::decode(&patched), Err(DecodeError::PublicId { found: 4 }), "{patch:#x}");
    }
}
