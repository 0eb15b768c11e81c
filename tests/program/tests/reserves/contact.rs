//! What the bytecode says of itself.

use crate::cluster::bytecode;

#[test]
fn the_bytecode_says_where_to_report_a_vulnerability() {
    let bytecode = bytecode("reserves");
    let find = |text: &str| bytecode.windows(text.len()).position(|window| window == text.as_bytes());
    let begin = find("=======BEGIN SECURITY.TXT V1=======\0").unwrap();
    let contacts = find("contacts\0link:https://").unwrap();
    let end = find("=======END SECURITY.TXT V1=======\0").unwrap();
    assert!(begin < contacts && contacts < end);
}
