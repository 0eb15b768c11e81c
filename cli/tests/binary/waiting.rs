//! The binary, interrupted while it waits for a chain.

use std::{process::Command, time::Duration};

use crate::{
    governing::outcome,
    interruption::{SIGNALS, interrupt},
};
use ballast_anvil::Chain;
use ballast_relayer::{chains::ChainName, store::State};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_interrupted_while_it_waits_for_its_block_is_finished_by_the_same_command() {
    let chain = Chain::new().await;
    chain.configure();
    for ((signal, command), number) in SIGNALS.into_iter().zip(["register", "pause"]).zip(1..) {
        chain.cheat("evm_setAutomine", json!([false])).await;
        let mut govern = Command::new(env!("CARGO_BIN_EXE_ballast"));
        govern.current_dir(chain.folder.path()).args(["exchange", "--chain", "evm", command]);
        // SQLite's readers do not wait for its writer.
        let database = chain.folder.path().join("relayer.sqlite");
        let mut waiting = 0;
        interrupt(&mut govern, signal, |_| {
            let signed = rows(&database);
            waiting += u32::from(signed == number);
            // For a while more, so that it is sent and waited for.
            waiting > 50
        });
        let signed = chain.store().transaction(number).unwrap().unwrap();
        assert_eq!(signed.settlement.state, State::Signed, "{signal:?}");
        chain.cheat("evm_setAutomine", json!([true])).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(["done", "already"].contains(&&outcome(&chain, &[command])[..]));
        let store = chain.store();
        let ended = store.transaction(number).unwrap().unwrap();
        assert_eq!(ended.settlement.state, State::Confirmed, "{signal:?}");
        assert_eq!(ended.transaction.identifier, signed.transaction.identifier, "{signal:?}");
        assert_eq!(store.transaction(number + 1).unwrap(), None, "{signal:?}: nothing else was signed");
        assert!(store.in_flight(ChainName::Evm).unwrap().is_empty(), "{signal:?}");
        assert_eq!(chain.mined().await, number as u64);
    }
}

/// Transactions that the store holds, while another process has it.
fn rows(database: &std::path::Path) -> i64 {
    let count = || {
        let connection = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.query_row("SELECT COUNT(*) FROM transactions", [], |row| row.get(0))
    };
    count().unwrap_or(0)
}
