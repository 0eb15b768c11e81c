//! The binary `ballast` as people and scripts see it.

mod exit_codes;
mod folder;
mod governing;
mod handed_files;
mod interruption;
mod ledger;
mod manual;
mod next_step;
mod signals;
mod waiting;
