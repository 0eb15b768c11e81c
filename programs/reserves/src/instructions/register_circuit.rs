use anchor_lang::prelude::*;
use ballast_core::{
    Refusal,
    circuit::{Class, SetupKind, VerifyingKey, circuit_id},
    seeds,
};

use super::unix_time;
use crate::{
    curve::check_key_points,
    errors::refuse,
    events::{CircuitRegistered, announce},
    state::{Circuit, Governance},
};

#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct RegisterCircuitArgs {
    /// Depth of the quaternary tree.
    pub depth: u8,
    /// Asset positions of the public vector.
    pub assets: u16,
    /// 1: from a fixed seed, INSECURE, anyone can forge proofs. 2: from a ceremony.
    pub setup: u8,
    /// Digest of the setup's transcript.
    pub transcript: [u8; 32],
    /// alpha, beta, gamma, delta, IC_0 .. IC_3, tau, uncompressed, EIP-197 order: 832 bytes.
    pub verifying_key: Vec<u8>,
}

impl RegisterCircuitArgs {
    fn class(&self) -> Class {
        Class { depth: self.depth, assets: self.assets }
    }

    /// Refuses what class, setup and the key's bytes alone can show.
    fn id(&self) -> std::result::Result<[u8; 32], Refusal> {
        self.class().check()?;
        let setup = SetupKind::try_from(self.setup)?;
        let key = VerifyingKey::new(&self.verifying_key)?;
        key.check_setup(setup)?;
        Ok(circuit_id(self.class(), setup, &self.transcript, &key))
    }
}

#[event_cpi]
#[derive(Accounts)]
#[instruction(args: RegisterCircuitArgs)]
pub struct RegisterCircuit<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::GOVERNANCE], bump = governance.bump)]
    pub governance: Account<'info, Governance>,
    #[account(
        init_if_needed,
        dup,
        payer = authority,
        space = Circuit::DISCRIMINATOR.len() + Circuit::INIT_SPACE,
        seeds = [seeds::CIRCUIT, &args.id().map_err(refuse)?],
        bump,
    )]
    pub circuit: Box<Account<'info, Circuit>>,
    pub system_program: Program<'info, System>,
}

impl RegisterCircuit<'_> {
    fn validate(&self, args: &RegisterCircuitArgs) -> Result<()> {
        self.governance.check_authority(self.authority.key)?;
        self.governance.check_setup(SetupKind::try_from(args.setup).map_err(refuse)?)?;
        self.circuit.check_unregistered()?;
        check_key_points(&VerifyingKey::new(&args.verifying_key).map_err(refuse)?).map_err(refuse)
    }

    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<Self>, args: RegisterCircuitArgs) -> Result<()> {
        let id = args.id().map_err(refuse)?;
        let delay = ctx.accounts.governance.circuit_delay;
        let clock = unix_time()?;
        let active_from = clock.checked_add(delay);
        let active_from = active_from.ok_or_else(|| refuse(Refusal::CircuitDelayInvalid { clock, delay }))?;
        let circuit = &mut ctx.accounts.circuit;
        circuit.version = Circuit::VERSION;
        circuit.bump = ctx.bumps.circuit;
        circuit.id = id;
        circuit.depth = args.depth;
        circuit.assets = args.assets;
        circuit.setup = args.setup;
        circuit.transcript = args.transcript;
        circuit.active_from = active_from;
        circuit.verifying_key = args.verifying_key;
        circuit.invariant()?;
        announce(
            &CircuitRegistered {
                circuit: id,
                setup: args.setup,
                depth: args.depth,
                assets: args.assets,
                transcript: args.transcript,
                active_from,
            },
            &ctx.accounts.event_authority,
        )?;
        Ok(())
    }
}
