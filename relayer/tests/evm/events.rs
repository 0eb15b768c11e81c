//! What listeners hear of transactions.

use std::thread;

use ballast_anvil::{Chain, register};
use ballast_relayer::{
    chains::{Action, ChainName, Destination},
    events::{Event, Transaction},
    store::State,
};
use tokio::sync::broadcast::Receiver;

/// Everything that a listener has heard so far.
pub fn heard(listener: &mut Receiver<Event>) -> Vec<Event> {
    std::iter::from_fn(|| listener.try_recv().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_told_of_as_the_store_has_it_when_it_is_signed_sent_and_confirmed() {
    let chain = Chain::new().await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    let mut listener = chain.events.subscribe();
    evm.govern(&store, &chain.exchange, &register()).await.unwrap();
    let stored = store.transaction(1).unwrap().unwrap();
    let transaction = Transaction {
        chain: ChainName::Evm,
        purpose: "govern".into(),
        epoch: None,
        shard: None,
        identifier: stored.transaction.identifier,
    };
    let (block, units, fee) = (stored.settlement.block.unwrap(), stored.settlement.units, stored.settlement.fee);
    assert!(units.is_some() && fee.is_some());
    let expected = [
        Event::TransactionSigned { transaction: transaction.clone() },
        Event::TransactionSent { transaction: transaction.clone() },
        Event::TransactionConfirmed { transaction, block, units, fee },
    ];
    assert_eq!(heard(&mut listener), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_that_panic_or_never_read_change_nothing_of_what_is_written_and_sent() {
    let chain = Chain::new().await;
    let (evm, store) = (chain.evm(|_| {}).await, chain.store());
    let (mut panics, never_reads) = (chain.events.subscribe(), chain.events.subscribe());
    let panicked = thread::spawn(move || {
        let event = panics.blocking_recv();
        assert!(event.is_err(), "the listener's own fault");
    });
    evm.govern(&store, &chain.exchange, &register()).await.unwrap();
    evm.govern(&store, &chain.exchange, &Action::SetPaused(true)).await.unwrap();
    assert!(panicked.join().is_err());
    for number in [1, 2] {
        assert_eq!(store.transaction(number).unwrap().unwrap().settlement.state, State::Confirmed);
    }
    assert_eq!((chain.mined().await, store.transaction(3).unwrap()), (2, None));
    drop(never_reads);
}
