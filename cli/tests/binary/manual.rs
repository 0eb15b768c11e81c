//! Completions and manual pages.

use std::fs;

use crate::folder::Folder;

#[test]
fn every_shell_completes_every_command() {
    let folder = Folder::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, errors) = folder.ballast(&["completions", shell]);
        assert_eq!(code, 0, "{shell}: {errors}");
        for word in ["ballast", "solvency", "propose-authority", "max-age", "completions"] {
            assert!(script.contains(word), "{shell}: {word} is not completed");
        }
    }
    assert_eq!(folder.json(&["completions", "bash"]).as_str(), Some(&folder.ballast(&["completions", "bash"]).1[..]));
    assert_eq!(folder.ballast(&["completions", "cmd"]).0, 2);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = Folder::empty();
    let written = folder.json(&["man", "share/man1"]);
    let pages: Vec<_> = written["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap()).collect();
    let mut files: Vec<_> = fs::read_dir(folder.path("share/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let mut expected = pages.clone();
    expected.sort_unstable();
    assert_eq!(files, expected);
    for (page, text) in [
        ("ballast.1", "Proves what an exchange owes"),
        ("ballast-ledger-simulate.1", "INSECURE"),
        ("ballast-exchange-propose-authority.1", "each must accept"),
        ("ballast-man.1", "one page a command"),
    ] {
        assert!(pages.contains(&page), "{page} is not in {pages:?}");
        let found = fs::read_to_string(folder.path("share/man1").join(page)).unwrap();
        assert!(found.starts_with(".ie") && found.contains(".SH NAME") && found.contains(text), "{found}");
    }
    fs::write(folder.path("file"), "").unwrap();
    let (code, _, errors) = folder.ballast(&["man", "file/man1"]);
    assert!(code == 1 && errors.contains("file/man1"), "{errors}");
}
