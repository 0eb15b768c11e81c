// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICircuitRegistry, SetupKind} from "./ICircuitRegistry.sol";
import {IRefusals} from "./IRefusals.sol";

/// @notice How an exchange stands in one asset. Only `Fresh` is a yes; where several apply, the
/// gravest, which comes first, is told.
enum Standing {
    /// No epoch was ever finalized, or it has no such asset, or no observation of it counts.
    Missing,
    /// The latest epoch owes more than it holds, whatever its age.
    Insolvent,
    /// The circuit that proved the latest epoch is retired.
    Retired,
    /// A development setup proved the latest epoch. INSECURE: anyone can forge its proofs.
    Development,
    /// The cadence that the exchange promised and the grace have passed without a new epoch.
    Overdue,
    /// The figures are older than asked for.
    Stale,
    /// The figures are recent enough and what is held covers what is owed.
    Fresh
}

/// @notice One asset of an exchange's list. Amounts are integers in units of 10^-decimals.
struct Asset {
    string symbol;
    uint8 decimals;
}

/// @notice What the latest epoch says of one asset, in committed units.
struct Amounts {
    uint112 liability;
    uint112 reserve;
}

/// @notice The answer to "is this exchange solvent in this asset?", with the figures it rests on.
/// All zero when missing.
struct Solvency {
    Standing standing;
    uint64 epoch;
    /// Unix seconds.
    uint64 asOf;
    uint112 liability;
    uint112 reserve;
    /// Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing
    /// is owed.
    uint64 ratioBps;
    /// How the circuit that proved it was set up. `Development` is INSECURE.
    SetupKind setup;
    /// The circuit that proved it.
    bytes32 circuitId;
}

/// @notice What a poster sends for one shard: section 5 of the specification.
struct ShardPost {
    uint64 epoch;
    /// Unix seconds.
    uint64 asOf;
    uint16 shardIndex;
    uint16 shardCount;
    bytes32 circuitId;
    /// Position of the exchange's ledger; zero, and a zero head, for an exchange without one.
    uint64 ledgerSequence;
    bytes32 ledgerHead;
    /// Digest of the published reserves report.
    bytes32 sources;
    /// High half of the context, low half, root, then the shard's total of each asset of the list.
    uint256[] publicVector;
    /// Of each asset of the list.
    uint256[] reserves;
    /// Digest d of the whole public vector, with the zeros beyond the list and the opening.
    uint256 d;
    /// x and y of C_0 to C_12, S, Q, P.
    uint256[32] openingPoints;
    /// z_0 to z_3, eta, u, i, v.
    uint256[8] openingScalars;
    /// A, B, C as `ICircuitVerifier.verify` takes them.
    uint256[8] proof;
}

/// @notice An exchange. All zero when the id is unknown.
struct Exchange {
    string name;
    address authority;
    /// Zero when no change of authority is proposed.
    address pendingAuthority;
    bool paused;
    /// Seconds between two epochs, as the exchange promises from the next epoch on.
    uint64 cadence;
    /// Block of the registration: where a reader of events starts.
    uint64 registeredInBlock;
    uint64 nextEpoch;
    /// Of the latest epoch. Unix seconds.
    uint64 asOf;
    /// Of the latest epoch.
    uint64 ledgerSequence;
    /// Of the latest epoch.
    bytes32 ledgerHead;
    /// Zero while there is no list.
    bytes32 assetListDigest;
    /// Assets on the list: where the next ones are appended.
    uint16 assetCount;
    /// How often the list was cleared; what was declared or witnessed in an earlier generation
    /// never counts again.
    uint32 generation;
    /// Rolling head of the history so far.
    bytes32 head;
}

/// @notice A finalized epoch. All zero when it is not.
/// @dev Its record is in the event: `head` is the SHA-256 of the head before and the record's
/// digest, so it determines the record.
struct Epoch {
    /// Rolling head after the epoch.
    bytes32 head;
    /// Unix seconds.
    uint64 asOf;
    /// Unix seconds.
    uint64 postedAt;
    /// Block of the finalizing post. Earlier shards lie between the previous epoch's block and this
    /// one.
    uint64 postedInBlock;
    uint16 shardCount;
    SetupKind setup;
    /// Bit a - 1 is set when asset number a is insolvent.
    uint128 insolvent;
    /// Seconds between two epochs, as promised when it was finalized.
    uint64 cadence;
    /// How many epochs were missed before it, by that promise.
    uint64 missed;
}

/// @notice An epoch that was begun and is not finished. All zero when there is none.
struct PendingEpoch {
    /// Shards posted so far; the next one has this index.
    uint16 shardsDone;
    /// Context of shard 0: with it the whole statement but for the shard index.
    bytes32 firstContext;
    /// Running digest of the roots so far.
    bytes32 roots;
    /// Sums of the totals so far, by asset.
    uint256[] liabilities;
}

/// @title Proofs of reserves
/// @notice An exchange states every epoch what it owes and what it holds; each statement of what it
/// owes is proved. Anyone may register an exchange; only its own posters post for it. The contract
/// has no owner and no upgrade. What it holds is its word here; `IWitnesses` answers by what the
/// chain saw.
/// @dev What an answer rests on besides the proof:
/// - The owner of `circuits` can retire a circuit, after which nothing that it proved is fresh, and
///   can add one, which counts after a delay. Readers look at the registry's owner,
///   `activationDelay` and `allowDevelopment`.
/// - The authority chooses the cadence, of any length, and another one counts at once for whether
///   the exchange is overdue. `maxAge` is the caller's own bound.
/// - An as-of time is the exchange's word within bounds: a quarter of the cadence after the last
///   one, and not in the future.
interface IReserves is IRefusals {
    /// @notice An exchange was registered.
    /// @param solanaAuthority its first authority on Solana, part of its id
    event ExchangeRegistered(
        bytes32 indexed exchangeId, address indexed authority, bytes32 solanaAuthority, string name, uint64 cadence
    );
    /// @notice Another authority was proposed, or none when `proposed` is zero. Nothing changes
    /// until it accepts.
    event AuthorityProposed(bytes32 indexed exchangeId, address indexed authority, address indexed proposed);
    /// @notice The proposed authority accepted.
    event AuthorityChanged(bytes32 indexed exchangeId, address indexed previous, address indexed authority);
    /// @notice These addresses, and no other, may post from now on.
    event PostersSet(bytes32 indexed exchangeId, address[] posters);
    /// @notice The asset list grew behind entry `start`, to `count` assets; asset number a is entry
    /// a - 1.
    event AssetsAppended(
        bytes32 indexed exchangeId, bytes32 assetListDigest, uint16 count, uint16 start, Asset[] assets
    );
    /// @notice The asset list was emptied. What was declared or witnessed before this generation
    /// never counts again.
    event AssetsCleared(bytes32 indexed exchangeId, uint32 generation);
    /// @notice The exchange promises another cadence, in seconds, from epoch `fromEpoch` on.
    event CadenceSet(bytes32 indexed exchangeId, uint64 cadence, uint64 fromEpoch);
    /// @notice Posts were stopped, or let through again.
    event PausedSet(bytes32 indexed exchangeId, bool paused);

    /// @notice A shard was proved. When shard 0 is posted again the epoch began again and earlier
    /// shards do not count.
    event ShardPosted(
        bytes32 indexed exchangeId,
        uint64 indexed epoch,
        address indexed poster,
        uint16 shardIndex,
        uint16 shardCount,
        uint256 root
    );

    /// @notice An epoch is complete. Together with the roots of its shards these fields hold its
    /// record.
    /// @param setup of the circuit; `Development` is INSECURE
    /// @param cadence seconds between two epochs, as promised
    /// @param missed how many epochs were missed before this one
    /// @param insolvent bit a - 1 is set when asset number a is
    /// @param liabilities by asset number, in committed units: the sums of the shards' totals
    /// @param reserves by asset number, in committed units
    /// @param record digest of the record
    /// @param head rolling head after it
    event EpochFinalized(
        bytes32 indexed exchangeId,
        uint64 indexed epoch,
        uint64 asOf,
        uint16 shardCount,
        bytes32 circuitId,
        SetupKind setup,
        uint64 cadence,
        uint64 missed,
        uint128 insolvent,
        uint64 ledgerSequence,
        bytes32 ledgerHead,
        bytes32 sources,
        uint256[] liabilities,
        uint256[] reserves,
        bytes32 record,
        bytes32 head
    );

    /// @notice In this asset the epoch owes more than it holds. Emitted before `EpochFinalized`,
    /// once an insolvent asset.
    event AssetInsolvent(
        bytes32 indexed exchangeId,
        uint64 indexed epoch,
        uint16 number,
        string symbol,
        uint256 liability,
        uint256 reserve
    );

    /// @notice Registers the exchange called `name` with the caller as its authority.
    /// @dev The caller is part of the id, so nobody else can take it.
    /// @param solanaAuthority the exchange's first authority on Solana
    /// @param cadence seconds between two epochs, a promise that readers hold the exchange to
    function registerExchange(string calldata name, bytes32 solanaAuthority, uint64 cadence)
        external
        returns (bytes32 exchangeId);

    /// @notice Proposes another authority, or none when zero. Only the authority; the proposed one
    /// must accept.
    function proposeAuthority(bytes32 exchangeId, address proposed) external;

    /// @notice Becomes the authority. Only the proposed one.
    function acceptAuthority(bytes32 exchangeId) external;

    /// @notice Replaces the posters: at most 8, distinct and not zero. Only the authority.
    function setPosters(bytes32 exchangeId, address[] calldata posters) external;

    /// @notice Adds assets to the list, in order of their numbers. Only the authority, and not
    /// while an epoch is unfinished.
    /// @dev An entry never changes. Posts after it are for the longer list: a proof that was made
    /// for the shorter one is refused. The new assets are `Missing` until the next epoch.
    /// @param start how many assets the list has, so that nothing is added twice
    function appendAssets(bytes32 exchangeId, uint16 start, Asset[] calldata assets) external;

    /// @notice Empties the list, to begin anew. Only the authority, only before an epoch was begun.
    /// @dev What was declared or witnessed under it never counts again, even when the same list is
    /// set again.
    function clearAssets(bytes32 exchangeId) external;

    /// @notice Promises another cadence, in seconds, from the next epoch on. Only the authority.
    /// @dev It counts at once for whether the exchange is overdue and how soon it may post. Shards
    /// of an epoch that was begun may then be too soon: the epoch is begun again with a later time.
    function setCadence(bytes32 exchangeId, uint64 cadence) external;

    /// @notice Stops posts, or lets them through again. Answers about finalized epochs go on. Only
    /// the authority.
    function setPaused(bytes32 exchangeId, bool paused) external;

    /// @notice Verifies the proof of one shard and stores it; the last shard finalizes the epoch.
    /// Only a poster.
    /// @dev The rules of the specification's section 6, in its order but for the range of reserves,
    /// which is seen before the context, each with its own error. An insolvent epoch is stored,
    /// never refused.
    function postShard(bytes32 exchangeId, ShardPost calldata post) external;

    /// @notice How the exchange stands in the asset called `symbol`, by what it states.
    /// @dev An asset is called by its symbol to the letter: `btc` is not `BTC`.
    /// @param maxAge seconds that may have passed since the figures were true; an exchange that is
    /// overdue is not fresh whatever the age
    function solvency(bytes32 exchangeId, string calldata symbol, uint64 maxAge) external view returns (Solvency memory);

    /// @notice How the exchange stands in asset number `number`, from 1.
    /// @param maxAge seconds that may have passed since the figures were true
    function solvencyByNumber(bytes32 exchangeId, uint16 number, uint64 maxAge) external view returns (Solvency memory);

    /// @notice The exchange with this id.
    function exchange(bytes32 exchangeId) external view returns (Exchange memory);

    /// @notice The addresses that may post for the exchange.
    function posters(bytes32 exchangeId) external view returns (address[] memory);

    /// @notice The exchange's asset list; asset number a is entry a - 1.
    function assets(bytes32 exchangeId) external view returns (Asset[] memory);

    /// @notice The number of the asset called `symbol`, to the letter; 0 when it is not on the
    /// list.
    function numberOf(bytes32 exchangeId, string calldata symbol) external view returns (uint16);

    /// @notice A finalized epoch, from 1.
    function epoch(bytes32 exchangeId, uint64 number) external view returns (Epoch memory);

    /// @notice Liabilities and reserves of the latest epoch, by asset: of none before the first,
    /// nor of those appended since.
    function latestAmounts(bytes32 exchangeId) external view returns (Amounts[] memory);

    /// @notice The unfinished epoch, if any.
    function pendingEpoch(bytes32 exchangeId) external view returns (PendingEpoch memory);

    /// @notice The registry that says which circuits count.
    function circuits() external view returns (ICircuitRegistry);

    /// @notice The id of the exchange called `name` whose first authorities are these.
    function exchangeIdOf(string calldata name, bytes32 solanaAuthority, address evmAuthority)
        external
        pure
        returns (bytes32);
}
