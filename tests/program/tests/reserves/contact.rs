//! What the bytecode says of itself.

use anchor_lang::{prelude::Pubkey, system_program};

use crate::cluster::bytecode;

/// An address with a secret that was published could be taken on a public cluster by whoever reads
/// it there first.
#[test]
fn the_committed_address_has_no_secret() {
    let (derived, _) = Pubkey::find_program_address(&[b"ballast reserves"], &system_program::ID);
    assert_eq!(reserves::ID, derived);
    assert!(!reserves::ID.is_on_curve());
}

#[test]
fn the_bytecode_says_where_to_report_a_vulnerability() {
    let bytecode = bytecode("reserves");
    let find = |text: &str| bytecode.windows(text.len()).position(|window| window == text.as_bytes());
    let begin = find("=======BEGIN SECURITY.TXT V1=======\0").unwrap();
    let contacts = find("contacts\0link:https://").unwrap();
    let end = find("=======END SECURITY.TXT V1=======\0").unwrap();
    assert!(begin < contacts && contacts < end);
}
