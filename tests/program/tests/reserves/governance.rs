//! initialize, and the hand-over of governance.

use anchor_lang::prelude::Pubkey;
use ballast_core::Refusal;
use reserves::{
    events::{GovernanceAuthorityChanged, GovernanceAuthorityProposed, GovernanceInitialized},
    instructions::InitializeArgs,
    state::Governance,
};
use solana_signer::Signer;

use crate::{
    cluster::{Cluster, DELAY, events},
    history::{initialized, units},
    instructions::*,
};

fn args(authority: Pubkey) -> InitializeArgs {
    InitializeArgs { authority, circuit_delay: DELAY, allow_development: false }
}

#[test]
fn the_upgrade_authority_initializes() {
    let mut chain = Cluster::new();
    let (signer, governor) = (chain.upgrade_authority.insecure_clone(), chain.key());
    let done = chain.send(&[&signer], initialize(signer.pubkey(), args(governor.pubkey()))).accepted();
    units("initialize", &done);
    let governance: Governance = chain.read(&governance_address());
    assert_eq!((governance.version, governance.authority), (1, governor.pubkey()));
    assert_eq!((governance.circuit_delay, governance.allow_development), (DELAY, false));
    assert_eq!(events::<GovernanceInitialized>(&done)[0].authority, governor.pubkey());
}

#[test]
fn circuits_wait_a_day_where_development_setups_are_not_allowed() {
    let mut chain = Cluster::new();
    let (signer, governor) = (chain.upgrade_authority.insecure_clone(), chain.key());
    let short = InitializeArgs { circuit_delay: 86_399, ..args(governor.pubkey()) };
    let refusal = Refusal::CircuitDelayTooShort { least: 86_400, found: 86_399 };
    chain.send(&[&signer], initialize(signer.pubkey(), short)).refused(refusal);
    let development = InitializeArgs { circuit_delay: 0, allow_development: true, ..args(governor.pubkey()) };
    chain.send(&[&signer], initialize(signer.pubkey(), development)).accepted();
}

#[test]
fn nobody_else_initializes() {
    let mut chain = Cluster::new();
    let stranger = chain.key();
    let call = initialize(stranger.pubkey(), args(stranger.pubkey()));
    chain.send(&[&stranger], call.clone()).refused(Refusal::NotUpgradeAuthority);
    chain.set_upgrade_authority(None);
    chain.send(&[&stranger], call).refused(Refusal::NotUpgradeAuthority);
}

#[test]
fn another_programs_upgrade_authority_is_nobody_here() {
    let mut chain = Cluster::new();
    let stranger = chain.key();
    let mut call = initialize(stranger.pubkey(), args(stranger.pubkey()));
    let mut account = chain.svm.get_account(&crate::cluster::program_data()).unwrap();
    account.data[13..45].copy_from_slice(&stranger.pubkey().to_bytes());
    let other = Pubkey::new_unique();
    chain.svm.set_account(other, account).unwrap();
    call.accounts[1].pubkey = other;
    chain.send(&[&stranger], call).refused_with(2006, "ConstraintSeeds");
}

#[test]
fn governance_is_initialized_once() {
    let (mut chain, _) = initialized(false);
    let signer = chain.upgrade_authority.insecure_clone();
    chain.send(&[&signer], initialize(signer.pubkey(), args(signer.pubkey()))).refused_with(0, "already in use");
}

#[test]
fn governance_has_an_authority() {
    let mut chain = Cluster::new();
    let signer = chain.upgrade_authority.insecure_clone();
    let call = initialize(signer.pubkey(), args(Pubkey::default()));
    chain.send(&[&signer], call).refused_with(2500, "RequireViolated");
}

#[test]
fn governance_is_handed_over_in_two_steps() {
    let (mut chain, governor) = initialized(false);
    let (next, stranger) = (chain.key(), chain.key());
    let accept = |key: &Pubkey| accept_governance_authority(*key);
    chain.send(&[&next], accept(&next.pubkey())).refused(Refusal::NotPendingAuthority);
    let steal = propose_governance_authority(stranger.pubkey(), Some(stranger.pubkey()));
    chain.send(&[&stranger], steal).refused(Refusal::NotAuthority);

    let propose = propose_governance_authority(governor.pubkey(), Some(next.pubkey()));
    let done = chain.send(&[&governor], propose.clone()).accepted();
    units("propose_governance_authority", &done);
    assert_eq!(events::<GovernanceAuthorityProposed>(&done)[0].proposed, Some(next.pubkey()));
    chain.send(&[&stranger], accept(&stranger.pubkey())).refused(Refusal::NotPendingAuthority);
    chain.send(&[&governor], accept(&governor.pubkey())).refused(Refusal::NotPendingAuthority);

    chain.send(&[&governor], propose_governance_authority(governor.pubkey(), None)).accepted();
    chain.send(&[&next], accept(&next.pubkey())).refused(Refusal::NotPendingAuthority);

    chain.send(&[&governor], propose.clone()).accepted();
    let done = chain.send(&[&next], accept(&next.pubkey())).accepted();
    units("accept_governance_authority", &done);
    let changed = &events::<GovernanceAuthorityChanged>(&done)[0];
    assert_eq!((changed.previous, changed.authority), (governor.pubkey(), next.pubkey()));
    assert_eq!(chain.read::<Governance>(&governance_address()).authority, next.pubkey());
    chain.send(&[&governor], propose).refused(Refusal::NotAuthority);
    chain.send(&[&next], accept(&next.pubkey())).refused(Refusal::NotPendingAuthority);
}

#[test]
fn nobody_is_no_authority() {
    let (mut chain, governor) = initialized(false);
    let call = propose_governance_authority(governor.pubkey(), Some(Pubkey::default()));
    chain.send(&[&governor], call).refused_with(2500, "RequireViolated");
}
