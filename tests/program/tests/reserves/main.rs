//! The program's bytecode, as it would be deployed, against every rule: each refusal by its own
//! error and with every account byte for byte as it was.

mod buffers;
mod ceremony;
mod circuits;
mod cluster;
mod contact;
mod custody;
mod exchanges;
mod forwarder;
mod golden;
mod governance;
mod history;
mod holdings;
mod instructions;
mod lender_example;
mod lists;
mod openings;
mod post_accounts;
mod posts;
mod shards;
mod simulated;
mod solvency;
mod spl;
mod tokens;
mod vectors;
mod wallets;
mod witnessed;
mod witnesses;
