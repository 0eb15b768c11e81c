//! What somebody is told who does not know what to do next.

use crate::folder::Folder;

#[test]
fn without_arguments_the_first_steps_are_said() {
    let (code, output, errors) = Folder::empty().ballast(&[]);
    assert_eq!((code, output.as_str()), (2, ""), "{errors}");
    for step in ["ballast.example.toml", "ballast secret new", "ballast run --once --dry-run", "ballast history"] {
        assert!(errors.contains(step), "{step} is not in {errors}");
    }
}

#[test]
fn in_an_empty_folder_the_missing_settings_are_said_and_where_they_go() {
    let folder = Folder::empty();
    let simulate = ["ledger", "simulate", "--accounts", "20", "--transactions", "500", "--seed", "9"];
    for arguments in [
        &["history"][..],
        &["run", "--once"],
        &["secret", "new"],
        &["exchange", "register"],
        &["audit", "1"],
        &simulate,
    ] {
        let (code, output, errors) = folder.ballast(arguments);
        assert_eq!((code, output.as_str()), (2, ""), "{arguments:?}: {errors}");
        for part in ["no ballast.toml in this folder", "copy ballast.example.toml", "--config", "is not set"] {
            assert!(errors.contains(part), "{arguments:?}: {part} is not in {errors}");
        }
    }
    // What needs no settings misses no file.
    let (code, _, errors) = folder.ballast(&["history", "--config", "missing.toml"]);
    assert!(code == 2 && !errors.contains("no ballast.toml"), "{errors}");
    let (code, _, errors) = folder.ballast(&["snapshot", "check", "missing.csv", "--borrows", "never"]);
    assert!(code == 2 && !errors.contains("no ballast.toml"), "{errors}");
}

#[test]
fn a_missing_setting_is_said_with_the_three_ways_to_set_it() {
    let folder = Folder::empty();
    std::fs::write(folder.path("ballast.toml"), "").unwrap();
    let (code, _, errors) = folder.ballast(&["secret", "new"]);
    assert_eq!(code, 2, "{errors}");
    for part in ["secret.file is not set", "in the file", "BALLAST_SECRET_FILE", "--set secret.file=VALUE"] {
        assert!(errors.contains(part), "{part} is not in {errors}");
    }
    assert!(!errors.contains("no ballast.toml"), "{errors}");
}

#[test]
fn a_chain_that_is_down_is_said_with_the_settings_that_name_it() {
    let folder = Folder::new();
    let (code, output, errors) = folder.ballast(&["history", "--json"]);
    assert_eq!(code, 4, "{errors}");
    for part in ["next: ", "solana.rpc_url", "evm.rpc_url", "the same command again"] {
        assert!(errors.contains(part), "{part} is not in {errors}");
    }
    assert!(!output.contains("next: "), "a script finds the error alone: {output}");
    let (code, _, errors) = folder.ballast(&["history", "--set", "evm.confirmations=0"]);
    assert!(code == 2 && !errors.contains("next: "), "{errors}");
}
