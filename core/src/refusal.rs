//! Every reason for which a chain refuses, with one name and one number on all of them.
//!
//! Numbers and reasons are frozen: they are in the program's IDL, so new refusals go at the end.
//! The program's Anchor error code is 6000 + number; the contract's custom errors have the same
//! names and carry what was expected and what was found. An `index` counts from 0 through what was
//! passed.

use core::fmt;

/// Hands the list of refusals to the macro called `$callback`, so that another crate derives its
/// own error type from this one list: `"reason" Name { field: type, .. } = number,` each.
#[macro_export]
macro_rules! with_refusals {
    ($callback:ident) => {
        $callback! {
            "the signer is not one of the exchange's posters"
            NotPoster = 0,
            "the signer is not the authority"
            NotAuthority = 1,
            "the signer is not the proposed authority"
            NotPendingAuthority = 2,
            "the exchange is paused by its authority"
            ExchangePaused = 3,
            "a name is 1 to 32 bytes of printable ASCII"
            NameInvalid = 4,
            "an asset list is 1 to 128 assets with valid symbols, distinct but for case and punctuation, and at most 36 decimals"
            AssetListInvalid = 5,
            "the exchange has no asset list yet"
            AssetListMissing = 6,
            "the asset list cannot be cleared once an epoch was begun"
            AssetListFrozen = 7,
            "the post is for another number of assets than the exchange's list has"
            AssetCountMismatch { expected: u16, found: u16 } = 8,
            "the epoch is not the exchange's next one"
            EpochNotNext { expected: u64, found: u64 } = 9,
            "the as-of time is beyond the chain's clock"
            AsOfInFuture { clock: u64, found: u64 } = 10,
            "the as-of time is not after the last epoch's"
            AsOfNotAfterLast { last: u64, found: u64 } = 11,
            "the ledger sequence is below the last epoch's"
            LedgerSequenceBackwards { last: u64, found: u64 } = 12,
            "the ledger head differs from the last epoch's at the same sequence"
            LedgerHeadChanged { sequence: u64 } = 13,
            "an epoch has 1 to 128 shards"
            ShardCountInvalid { found: u16 } = 14,
            "the shard index is not below the shard count"
            ShardIndexInvalid { count: u16, found: u16 } = 15,
            "the shard is not the next one of the epoch"
            ShardOutOfOrder { expected: u16, found: u16 } = 16,
            "this very shard was posted already"
            ShardAlreadyPosted { index: u16 } = 17,
            "the shard disagrees with shard 0 on time, count, circuit, ledger position or reserves"
            ShardStatementMismatch { index: u16 } = 18,
            "no circuit with this id is registered"
            CircuitUnknown = 19,
            "the circuit's delay has not passed"
            CircuitNotActive { active_from: u64, clock: u64 } = 20,
            "the circuit is retired"
            CircuitRetired = 21,
            "this version does not verify circuits of this class"
            CircuitClassUnsupported { depth: u8, assets: u16 } = 22,
            "a circuit is registered once and never changed"
            CircuitAlreadyRegistered = 23,
            "a development setup is insecure and not accepted here"
            DevelopmentCircuitRefused = 24,
            "a verifying key is 832 bytes"
            KeyLengthWrong { expected: u32, found: u32 } = 25,
            "a coordinate of the verifying key is not below the order of the base field"
            KeyCoordinateNotCanonical { point: u8 } = 26,
            "a point of the verifying key is the point at infinity"
            KeyPointAtInfinity { point: u8 } = 27,
            "a point of the verifying key is not on its curve"
            KeyPointNotOnCurve { point: u8 } = 28,
            "a G2 point of the verifying key is outside the subgroup of order r"
            KeyPointOutsideSubgroup { point: u8 } = 29,
            "gamma, delta or tau is the generator of G2 or its negative"
            KeyPointIsGenerator { point: u8 } = 30,
            "gamma equals delta or its negative: anyone can forge proofs"
            KeyGammaEqualsDelta = 31,
            "an element of the public vector is not below the order of the scalar field"
            ElementNotCanonical { index: u16 } = 32,
            "a half of the context is not below 2^128"
            HalfOutOfRange { index: u16 } = 33,
            "a liability or a reserve is not below 2^112"
            AmountOutOfRange { asset: u16 } = 34,
            "the post is for another statement than the chain computes"
            ContextMismatch = 35,
            "a coordinate of the proof is not below the order of the base field"
            ProofCoordinateNotCanonical { word: u8 } = 36,
            "a point of the proof is not on its curve or outside its subgroup"
            ProofPointInvalid = 37,
            "the Groth16 equation does not hold"
            ProofRejected = 38,
            "an exchange has at most 8 posters, distinct and not zero"
            PostersInvalid = 39,
            "a cadence is at least one second"
            CadenceInvalid = 40,
            "the post is not of this version, cut short, or followed by other bytes"
            PostMalformed = 41,
            "the buffer is not of this size or the write is outside it"
            BufferRangeInvalid { size: u32, found: u32 } = 42,
            "the commitment is not the exchange's latest"
            CommitmentNotLatest { expected: u64, found: u64 } = 43,
            "the signer is not the program's upgrade authority"
            NotUpgradeAuthority = 44,
            "an exchange with this id is registered already"
            ExchangeAlreadyRegistered = 45,
            "no exchange with this id is registered"
            ExchangeUnknown = 46,
            "the setup kind is neither 1 (development) nor 2 (ceremony)"
            SetupKindInvalid { found: u8 } = 47,
            "the signer does not own this buffer"
            NotBufferOwner = 48,
            "a coordinate of an opening point is not below the order of the base field"
            OpeningCoordinateNotCanonical { word: u8 } = 49,
            "a point of the opening is at infinity or not on the curve"
            OpeningPointInvalid { point: u8 } = 50,
            "the opening equation does not hold"
            OpeningRejected = 51,
            "a wallet belongs to one exchange for ever, and is registered once"
            WalletAlreadyRegistered = 52,
            "the wallet is not one of the exchange's, or is retired"
            WalletUnknown { index: u16 } = 53,
            "the signature is not the wallet's, of this registration on this chain"
            WalletSignatureInvalid = 54,
            "a token counts for one asset, declared once until the asset list is cleared"
            TokenAlreadyDeclared { asset: u16 } = 55,
            "the exchange has not declared this token since its asset list was cleared last"
            TokenUndeclared { index: u16 } = 56,
            "the token is no token of this chain, or the asset is not on the exchange's list"
            TokenInvalid { asset: u16, reason: $crate::observation::NoToken } = 57,
            "a look is at 1 holding or more"
            NothingToWitness = 58,
            "holdings are looked at in ascending order, so that each counts once"
            HoldingOutOfOrder { index: u16 } = 59,
            "a holding is not of the wallet, token and owner that it is passed as"
            HoldingInvalid { index: u16, reason: $crate::holding::NoHolding } = 60,
            "reserves are witnessed for the exchange's latest or next epoch"
            WitnessEpochInvalid { next: u64, found: u64 } = 61,
            "the epoch's reserves are witnessed already and never again"
            WitnessClosed { epoch: u64 } = 62,
            "no look at the epoch's reserves came before"
            WitnessNotBegun { epoch: u64 } = 63,
            "the looks at an epoch's reserves lie within 600 seconds"
            WitnessWindowPassed { began: u64, clock: u64 } = 64,
            "reserves are witnessed by a transaction that does nothing else, or they could be lent for its time"
            WitnessNotAlone { instruction: u16 } = 65,
            "the chain's clock is before 1970"
            ClockInvalid { found: i64 } = 66,
            "the circuits' delay ends beyond what a clock can show"
            CircuitDelayInvalid { clock: u64, delay: u64 } = 67,
            "the exchange has had its last epoch, 2^64 - 1"
            HistoryFull { epoch: u64 } = 68,
            "the appended assets do not start behind the list's last"
            AssetListStartMismatch { expected: u16, found: u16 } = 69,
            "the asset list cannot grow while an epoch is begun and not finished"
            AssetListBusy = 70,
            "the as-of time is less than a quarter of the cadence after the last epoch's"
            AsOfTooSoon { earliest: u64, found: u64 } = 71,
            "the ledger sequence is more than 2^40 above the last epoch's"
            LedgerSequenceJump { last: u64, found: u64 } = 72,
            "the delay of circuits is less than a day and development setups are not allowed"
            CircuitDelayTooShort { least: u64, found: u64 } = 73,
            "the wallet's signature is past its deadline"
            SignatureExpired { deadline: u64, clock: u64 } = 74,
            "the key is that of a development setup, which is registered as a ceremony's"
            DevelopmentKeyAsCeremony = 75,
        }
    };
}

macro_rules! refusal_enum {
    ($($reason:literal $name:ident $({ $($field:ident : $type:ty),+ })? = $number:literal,)+) => {
        /// Why something was refused. Nothing has been changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Refusal { $(#[doc = $reason] $name $({ $($field: $type),+ })?,)+ }

        impl Refusal {
            /// The names of all refusals with their numbers, in order.
            pub const ALL: &'static [(&'static str, u32)] = &[$((stringify!($name), $number)),+];

            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),+ })? => stringify!($name),)+ }
            }

            pub const fn number(&self) -> u32 {
                match self { $(Self::$name $({ $($field: _),+ })? => $number,)+ }
            }

            const fn reason(&self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),+ })? => $reason,)+ }
            }

            fn fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name $({ $($field),+ })? => {
                    $($(write!(f, " {} = {};", stringify!($field), $field)?;)+)?
                    Ok(())
                })+ }
            }
        }
    };
}

with_refusals!(refusal_enum);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}:", self.name(), self.reason())?;
        self.fields(f)
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn numbers_are_their_positions() {
        for (position, (name, number)) in Refusal::ALL.iter().enumerate() {
            assert_eq!(*number as usize, position, "{name}");
        }
    }

    #[test]
    fn a_refusal_says_what_was_expected_and_found() {
        let text = Refusal::EpochNotNext { expected: 7, found: 9 }.to_string();
        assert!(
            text.starts_with("EpochNotNext: the epoch is not") && text.contains("expected = 7; found = 9"),
            "{text}"
        );
    }
}
