// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Every reason for which the contracts refuse
/// @notice A refusal changes nothing. Names are those of the specification's other implementations;
/// arguments say what was expected and what was found. All contracts declare all of them, so that
/// one ABI decodes an error whichever contract raised it.
interface IRefusals {
    // --- Exchange ---

    /// @notice No exchange with this id is registered.
    error ExchangeUnknown(bytes32 exchangeId);

    /// @notice An exchange with this id is registered already.
    error ExchangeAlreadyRegistered(bytes32 exchangeId);

    /// @notice The caller is not one of the exchange's posters.
    error NotPoster(bytes32 exchangeId, address found);

    /// @notice The caller is not the exchange's authority.
    error NotAuthority(address expected, address found);

    /// @notice The caller is not the proposed authority. `expected` is zero when none is proposed.
    error NotPendingAuthority(address expected, address found);

    /// @notice The exchange is paused by its authority.
    error ExchangePaused(bytes32 exchangeId);

    /// @notice A name is 1 to 32 bytes of printable ASCII.
    error NameInvalid(string found);

    /// @notice A cadence is at least one second.
    error CadenceInvalid(uint64 found);

    /// @notice An exchange has at most 8 posters, distinct and not zero.
    /// @param index of the offending poster; the number of posters when there are too many
    error PostersInvalid(uint256 index, address found);

    // --- Asset list ---

    /// @notice An asset list is 1 to 128 assets with symbols of 1 to 16 of `A-Z a-z 0-9 . _ -`,
    /// distinct but for case and punctuation, and at most 36 decimals.
    /// @param number of the offending asset, from 1; 0 when their count is
    error AssetListInvalid(uint256 number, string reason);

    /// @notice The exchange has no asset list yet.
    error AssetListMissing(bytes32 exchangeId);

    /// @notice The asset list cannot be cleared once an epoch was begun.
    error AssetListFrozen(bytes32 exchangeId);

    /// @notice The appended assets do not start behind the list's last.
    error AssetListStartMismatch(uint16 expected, uint16 found);

    /// @notice The asset list cannot grow while an epoch is begun and not finished.
    error AssetListBusy(bytes32 exchangeId);

    // --- Post ---

    /// @notice The post has another number of totals or reserves than the exchange's list has
    /// assets.
    error AssetCountMismatch(uint256 expected, uint256 found);

    /// @notice The epoch is not the exchange's next one.
    error EpochNotNext(uint64 expected, uint64 found);

    /// @notice The as-of time is beyond the chain's clock. Unix seconds.
    error AsOfInFuture(uint64 clock, uint64 found);

    /// @notice The as-of time is not after the last epoch's. Unix seconds.
    error AsOfNotAfterLast(uint64 last, uint64 found);

    /// @notice The as-of time is less than a quarter of the cadence after the last epoch's. Unix
    /// seconds.
    error AsOfTooSoon(uint64 earliest, uint64 found);

    /// @notice The ledger sequence is more than 2^40 above the last epoch's.
    error LedgerSequenceJump(uint64 last, uint64 found);

    /// @notice The ledger sequence is below the last epoch's.
    error LedgerSequenceBackwards(uint64 last, uint64 found);

    /// @notice The ledger head differs from the last epoch's at the same sequence.
    error LedgerHeadChanged(uint64 sequence, bytes32 expected, bytes32 found);

    /// @notice An epoch has 1 to `most` shards.
    error ShardCountInvalid(uint16 most, uint16 found);

    /// @notice The shard index is not below the shard count.
    error ShardIndexInvalid(uint16 count, uint16 found);

    /// @notice The shard is not the next one of the epoch.
    error ShardOutOfOrder(uint16 expected, uint16 found);

    /// @notice This very shard was posted already.
    error ShardAlreadyPosted(uint16 index);

    /// @notice The shard disagrees with shard 0 on time, count, circuit, ledger position or
    /// reserves.
    /// @param expected context of shard 0
    /// @param found context that shard 0 would have had by this post
    error ShardStatementMismatch(uint16 index, bytes32 expected, bytes32 found);

    /// @notice An element of the public vector is not below the order of the scalar field. The
    /// vector's digest d has the index after the last.
    error ElementNotCanonical(uint256 index, uint256 found);

    /// @notice A half of the context is not below 2^128.
    error HalfOutOfRange(uint256 index, uint256 found);

    /// @notice A liability or a reserve is not below 2^112.
    /// @param asset its number, from 1
    error AmountOutOfRange(uint256 asset, uint256 found);

    /// @notice The post is for another statement than the contract computes.
    error ContextMismatch(bytes32 expected, bytes32 found);

    // --- Proof ---

    /// @notice A coordinate of the proof is not below the order of the base field.
    error ProofCoordinateNotCanonical(uint256 word, uint256 found);

    /// @notice A point of the proof is not an affine point of its curve, or outside its subgroup.
    /// (The pairing precompile is what tells that B is, and it fails in the same way when gas runs
    /// out.)
    /// @param point A 0, B 1, C 2
    error ProofPointInvalid(uint8 point);

    /// @notice The Groth16 equation does not hold for these inputs.
    error ProofRejected(uint256 d, uint256 rho, uint256 phi);

    // --- Opening; points are numbered C_0 to C_12 0 to 12, S 13, Q 14, P 15 ---

    /// @notice A coordinate of an opening point is not below the order of the base field.
    /// @param word twice the point's number, and one more for y
    error OpeningCoordinateNotCanonical(uint256 word, uint256 found);

    /// @notice A point of the opening is at infinity or not on the curve.
    error OpeningPointInvalid(uint8 point);

    /// @notice The opening equation does not hold, and the Groth16 equation does.
    error OpeningRejected();

    // --- Circuit ---

    /// @notice No circuit with this id is registered.
    error CircuitUnknown(bytes32 circuitId);

    /// @notice The circuit's delay has not passed. Unix seconds.
    error CircuitNotActive(uint64 activeFrom, uint64 clock);

    /// @notice The circuit is retired.
    error CircuitRetired(bytes32 circuitId);

    /// @notice This version does not verify circuits of this class.
    error CircuitClassUnsupported(uint8 depth, uint16 assets);

    /// @notice A circuit is registered once and never changed.
    error CircuitAlreadyRegistered(bytes32 circuitId);

    /// @notice A development setup is insecure and not accepted here.
    error DevelopmentCircuitRefused();

    /// @notice The delay of circuits is less than a day and development setups are not allowed.
    /// Seconds.
    error CircuitDelayTooShort(uint64 least, uint64 found);

    /// @notice The key is that of a development setup, which is registered as a ceremony's.
    error DevelopmentKeyAsCeremony();

    /// @notice The setup kind is neither 1 (development) nor 2 (ceremony).
    error SetupKindInvalid(uint8 found);

    // --- Verifying key; points are numbered alpha 0, beta 1, gamma 2, delta 3, IC_0 to IC_3 4 to
    // 7, tau 8 ---

    /// @notice A verifying key is 832 bytes.
    error KeyLengthWrong(uint256 expected, uint256 found);

    /// @notice A coordinate of the verifying key is not below the order of the base field.
    error KeyCoordinateNotCanonical(uint8 point, uint256 found);

    /// @notice A point of the verifying key is the point at infinity.
    error KeyPointAtInfinity(uint8 point);

    /// @notice A point of the verifying key is not on its curve.
    error KeyPointNotOnCurve(uint8 point);

    /// @notice A G2 point of the verifying key is outside the subgroup of order r.
    error KeyPointOutsideSubgroup(uint8 point);

    /// @notice Gamma, delta or tau is the generator of G2 or its negative.
    error KeyPointIsGenerator(uint8 point);

    /// @notice Gamma equals delta or its negative: anyone can forge proofs.
    error KeyGammaEqualsDelta();

    // --- Wallets, tokens and what is witnessed of them ---

    /// @notice A wallet belongs to one exchange for ever, and is registered once.
    /// @param exchangeId whose it is
    error WalletAlreadyRegistered(address wallet, bytes32 exchangeId);

    /// @notice The wallet is not one of the exchange's, or is retired.
    error WalletUnknown(address wallet);

    /// @notice The signature is not the wallet's, of this registration on this chain.
    error WalletSignatureInvalid(address wallet);

    /// @notice The wallet's signature is past its deadline. Unix seconds.
    error SignatureExpired(uint64 deadline, uint64 clock);

    /// @notice A token counts for one asset of the exchange's list, declared once.
    /// @param asset the number of the asset for which it counts
    error TokenAlreadyDeclared(address token, uint16 asset);

    /// @notice The exchange has not declared this token.
    error TokenUndeclared(address token);

    /// @notice The token is no token of this chain, or the asset is not on the exchange's list.
    error TokenInvalid(address token, uint16 asset, string reason);

    /// @notice A look is at 1 holding or more.
    error NothingToWitness();

    /// @notice Holdings are looked at in ascending order, so that each counts once.
    /// @param index in this look, from 0
    error HoldingOutOfOrder(uint256 index);

    /// @notice Reserves are witnessed for the exchange's latest or next epoch.
    error WitnessEpochInvalid(uint64 next, uint64 found);

    /// @notice The epoch's reserves are witnessed already and never again.
    error WitnessClosed(uint64 epoch);

    /// @notice No look at the epoch's reserves came before.
    error WitnessNotBegun(uint64 epoch);

    /// @notice The looks at an epoch's reserves lie within 600 seconds. Unix seconds.
    error WitnessWindowPassed(uint64 began, uint64 clock);

    /// @notice Reserves are witnessed by a transaction that does nothing else, or they could be
    /// lent for its time: the caller is its origin and has no code.
    error WitnessNotAlone(address origin, address caller);

    // --- Only here: what other chains do not have ---

    /// @notice So little gas is left that a call which fails could have failed for want of it.
    error GasInsufficient(uint256 expected, uint256 found);

    /// @notice A precompile failed on input that is known to be valid: the chain lacks it, or gas
    /// ran out.
    error PrecompileFailed(address precompile);

    /// @notice Circuits always have an owner, who alone can retire a broken one.
    error OwnershipNotRenounceable();
}
