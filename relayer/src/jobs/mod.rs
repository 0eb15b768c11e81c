//! What the commands do.
//!
//! | module | does |
//! | --- | --- |
//! | [`ledger`] | the exchange's log |
//! | [`source`] | reads balances and reserves |
//! | [`replaying`] | from the log to what an epoch commits to, with a checkpoint |
//! | [`preflight`] | holds an epoch against both chains, and lists every problem |
//! | [`prove`] | fixes an epoch and proves its shards |
//! | [`post`] | posts a proved epoch to both chains and reads it back |
//! | [`run`] | all of it |
//! | [`restore`] | takes an epoch back from its public files |
//! | [`govern`] | what an exchange's authority asks of both chains |
//! | [`wallets`] | reserve wallets, and what each chain saw in them |
//! | [`read`] | what the chains say |
//! | [`reserves`] | holds a published reserves report against the chains |
//! | [`audit`] | holds an epoch against the log |
//! | [`mod@include`] | one customer's inclusion file |
//! | [`setup`] | proving keys, and what a ceremony needs |
//! | [`mod@bench`] | what a proof costs on this machine |

pub mod audit;
pub mod bench;
pub mod govern;
pub mod include;
pub mod ledger;
pub mod post;
pub mod preflight;
pub mod prove;
pub mod read;
pub mod replaying;
pub mod reserves;
pub mod restore;
pub mod run;
pub mod setup;
pub mod source;
pub mod wallets;
