// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "./IRefusals.sol";
import {SetupKind} from "./ICircuitRegistry.sol";
import {IReserves, Standing} from "./IReserves.sol";

/// @notice An address whose key, or contract, agreed to be an exchange's. All zero when none did.
struct Wallet {
    bytes32 exchangeId;
    /// Unix seconds.
    uint64 registeredAt;
    /// Counts no more, and never again.
    bool retired;
}

/// @notice A token that counts for an asset. All zero when it is not declared.
struct Token {
    /// Zero for the chain's own coin.
    address token;
    /// Number of the asset, from 1.
    uint16 asset;
    /// Of the token; its asset may have others.
    uint8 decimals;
}

/// @notice What is looked at: what `wallet` has of `token`.
struct Holding {
    address token;
    address wallet;
}

/// @notice What was seen for one epoch. All zero when no look was made.
struct Witness {
    /// When the first look was. Unix seconds.
    uint64 began;
    /// When the last look so far was. Unix seconds.
    uint64 lastLook;
    uint64 beganInBlock;
    uint64 lastLookInBlock;
    /// Nothing is added any more; only then it counts.
    bool closed;
    /// Holdings looked at.
    uint32 holdings;
    /// Bit a - 1 is set when a holding of asset number a was looked at.
    uint128 looked;
    /// By asset number, in committed units, of the assets that were listed at the first look.
    uint112[] amounts;
}

/// @notice The answer when only what was witnessed counts as held. All zero when missing.
struct WitnessedSolvency {
    Standing standing;
    uint64 epoch;
    /// The epoch's as-of time. Unix seconds.
    uint64 asOf;
    uint112 liability;
    /// What was seen.
    uint112 reserve;
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    uint64 ratioBps;
    /// How the circuit that proved the epoch was set up. `Development` is INSECURE.
    SetupKind setup;
    /// The circuit that proved the epoch.
    bytes32 circuitId;
    /// When the first look was. Unix seconds.
    uint64 firstLook;
    /// Seconds from the first look to the last.
    uint64 span;
}

/// @title Reserves that the chain sees for itself
/// @notice Section 10 of the specification. Exchanges, authorities, posters and epochs are those of
/// `reserves`; this contract has neither owner nor upgrade.
/// @dev Tokens and looks are of one generation of the exchange's asset list: once the list is
/// cleared, those before count no more, for its numbers may mean other assets. What is left to the
/// reader:
/// - On a chain whose own coin is an ERC-20 token as well, an exchange that declares both has its
///   coins counted twice: readers look at `tokens`.
/// - A look that stands alone rules out a loan inside one transaction, not one over several
///   transactions of a block.
/// - A wallet is one exchange's in this deployment. It may agree to be another one's elsewhere.
/// - A token whose balance cannot be read or added counts as 0, with `HoldingUnreadable`: what is
///   seen is too little rather than too much.
interface IWitnesses is IRefusals {
    /// @notice The wallet agreed to be the exchange's.
    event WalletRegistered(bytes32 indexed exchangeId, address indexed wallet);
    /// @notice The wallet counts no more.
    event WalletRetired(bytes32 indexed exchangeId, address indexed wallet);
    /// @notice The token counts for asset number `asset` in this generation of the list.
    event TokenDeclared(
        bytes32 indexed exchangeId, address indexed token, uint16 asset, uint8 decimals, uint32 generation
    );
    /// @notice A look was made.
    /// @param began when the first look was, Unix seconds; looks with another time began before and
    /// do not count
    /// @param holdings looked at since
    /// @param closed whether it was the last
    event Witnessed(bytes32 indexed exchangeId, uint64 indexed epoch, uint64 began, uint32 holdings, bool closed);
    /// @notice The last look was made: this is what the chain saw.
    /// @param looked bit a - 1 is set when a holding of asset number a was looked at
    /// @param amounts by asset number, in committed units
    event ReservesWitnessed(
        bytes32 indexed exchangeId, uint64 indexed epoch, uint64 began, uint128 looked, uint112[] amounts
    );
    /// @notice The token did not say what the wallet holds, or said what cannot be added: the
    /// holding counts as 0.
    event HoldingUnreadable(bytes32 indexed exchangeId, uint64 indexed epoch, address token, address wallet);

    /// @notice Makes `wallet` the exchange's, for ever. Only the authority.
    /// @dev A signature cannot be taken back before its deadline: wallets sign for hours, not for
    /// ever.
    /// @param deadline until when the signature may be used, itself included, Unix seconds
    /// @param signature of the wallet over the EIP-712 structure `RegisterWallet(bytes32
    /// exchangeId,address wallet,uint256 deadline)`; by ERC-1271 when the wallet has code
    function registerWallet(bytes32 exchangeId, address wallet, uint64 deadline, bytes calldata signature) external;

    /// @notice Lets `wallet` count no more, for ever. Only its exchange's authority, or the wallet
    /// itself.
    /// @dev It does not become free: the same coins could count for two exchanges.
    function retireWallet(address wallet) external;

    /// @notice Lets `token` count for asset number `asset`, until the list is cleared. Only the
    /// authority.
    /// @param token an ERC-20 contract that says its decimals, at most 36; zero for the chain's own
    /// coin, which has 18
    function declareToken(bytes32 exchangeId, address token, uint16 asset) external;

    /// @notice Looks at `holdings` for `epoch`, the exchange's latest or next one. Only a poster,
    /// in a transaction that does nothing else.
    /// @dev In a transaction with other calls, coins could be lent to a wallet for its time.
    /// @param first begins, or begins again what is not closed; all looks lie within 600 seconds of
    /// it
    /// @param last closes: nothing is added any more
    /// @param holdings in strictly ascending order of token, then wallet, over all looks
    function witness(bytes32 exchangeId, uint64 epoch, bool first, bool last, Holding[] calldata holdings) external;

    /// @notice How the exchange stands in the asset called `symbol` when only what was witnessed
    /// counts as held.
    /// @dev As `IReserves.solvency`, and as old as the older of the as-of time and the first look.
    /// `Missing` unless the latest epoch has a closed witness of this generation of the list, a
    /// holding of the asset was looked at, all looks lie within 3600 seconds of the as-of time, and
    /// their span is at most `maxSpan`.
    /// @param maxAge seconds that may have passed since the figures were true
    /// @param maxSpan seconds that may lie between the first look and the last: what moves between
    /// wallets in them is counted twice
    function witnessedSolvency(bytes32 exchangeId, string calldata symbol, uint64 maxAge, uint64 maxSpan)
        external
        view
        returns (WitnessedSolvency memory);

    /// @notice As `witnessedSolvency`, for asset number `number`, from 1.
    function witnessedSolvencyByNumber(bytes32 exchangeId, uint16 number, uint64 maxAge, uint64 maxSpan)
        external
        view
        returns (WitnessedSolvency memory);

    /// @notice Whose the wallet is.
    function wallet(address account) external view returns (Wallet memory);

    /// @notice For what the token counts.
    function token(bytes32 exchangeId, address account) external view returns (Token memory);

    /// @notice All tokens that count, in the order in which they were declared.
    function tokens(bytes32 exchangeId) external view returns (Token[] memory);

    /// @notice What was seen for an epoch, closed or not.
    function witnessOf(bytes32 exchangeId, uint64 epoch) external view returns (Witness memory);

    /// @notice The contract whose exchanges these are.
    function reserves() external view returns (IReserves);
}
