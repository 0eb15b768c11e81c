// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AmountList} from "./AmountList.sol";
import {AssetList} from "./AssetList.sol";
import {Cadences} from "./Cadences.sol";
import {EpochLog} from "./EpochLog.sol";
import {EpochRecord} from "./EpochRecord.sol";
import {Exchanges, ExchangeState, PendingState, Progress} from "./Exchanges.sol";
import {LatestAmounts} from "./LatestAmounts.sol";
import {PublicVector} from "./PublicVector.sol";
import {Solvencies} from "./Solvencies.sol";
import {Statement, StatementFields} from "./Statement.sol";
import {ICircuitRegistry, SetupKind} from "./interfaces/ICircuitRegistry.sol";
import {ICircuitVerifier} from "./interfaces/ICircuitVerifier.sol";
import {Epoch, IReserves, ShardPost} from "./interfaces/IReserves.sol";

/// @dev `EpochFinalized` before its lists.
struct FinalizedHead {
    uint64 asOf;
    uint16 shardCount;
    bytes32 circuitId;
    SetupKind setup;
    uint64 cadence;
    uint64 missed;
    uint128 insolvent;
    uint64 ledgerSequence;
    bytes32 ledgerHead;
    bytes32 sources;
    /// Where the list begins.
    uint256 liabilities;
    /// Where the list begins.
    uint256 reserves;
    bytes32 record;
    bytes32 head;
}

/// @title Proofs of reserves of exchanges
/// @notice See `IReserves`. Posts are here; what precedes them is in `Exchanges`, what is read of
/// them in `Solvencies`.
contract Reserves is Exchanges, Solvencies, IERC165 {
    using EpochLog for EpochLog.State;
    using LatestAmounts for LatestAmounts.State;
    using SafeCast for uint256;

    /// Bytes of `EpochFinalized` before its lists.
    uint256 private constant EVENT_LISTS = 448;
    /// How far the ledger sequence may rise in an epoch.
    uint64 private constant SEQUENCE_RISE_MAX = 2 ** 40;

    /// @inheritdoc IReserves
    ICircuitRegistry public immutable circuits;

    constructor(ICircuitRegistry registry) {
        circuits = registry;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IReserves).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc IReserves
    function postShard(bytes32 exchangeId, ShardPost calldata post) external {
        ExchangeState storage state = _registered(exchangeId);
        Progress memory progress = state.progress;
        if (!state.isPoster[msg.sender]) revert NotPoster(exchangeId, msg.sender);
        _checkExchange(exchangeId, progress, post);
        _checkTime(state, progress, post);
        uint256[] memory reserves = AmountList.copy(post.reserves);
        (StatementFields memory fields, uint256 bits) = _statement(exchangeId, state, post, reserves);
        _checkShard(state, progress, fields);
        (ICircuitVerifier verifier, SetupKind setup) = circuits.activeCircuit(post.circuitId);
        AmountList.checkAll(reserves, bits);
        uint256[] calldata publicVector = post.publicVector;
        bytes32 context = Statement.context(fields, fields.shardIndex);
        verifier.verify(context, publicVector, post.d, post.openingPoints, post.openingScalars, post.proof);

        emit ShardPosted(exchangeId, post.epoch, msg.sender, post.shardIndex, post.shardCount, publicVector[2]);
        (bytes32 roots, uint256[] memory liabilities) = _accumulate(state.pending, publicVector, post.shardIndex);
        if (post.shardIndex + 1 == post.shardCount) {
            _clear(state.pending, progress);
            _finalize(state, progress, fields, setup, roots, post.sources, liabilities, reserves);
        } else {
            _keep(state.pending, fields, roots, liabilities);
            progress.shardsDone = (uint256(post.shardIndex) + 1).toUint8();
        }
        state.progress = progress;
    }

    /// @dev Rule 1 but for the poster.
    function _checkExchange(bytes32 exchangeId, Progress memory progress, ShardPost calldata post) private pure {
        if (progress.paused) revert ExchangePaused(exchangeId);
        if (progress.assets == 0) revert AssetListMissing(exchangeId);
        uint256 length = post.publicVector.length;
        if (length != PublicVector.HEADER + progress.assets) {
            uint256 found = length < PublicVector.HEADER ? 0 : length - PublicVector.HEADER;
            revert AssetCountMismatch(progress.assets, found);
        }
        if (post.reserves.length != progress.assets) revert AssetCountMismatch(progress.assets, post.reserves.length);
    }

    /// @dev Rule 2.
    function _checkTime(ExchangeState storage state, Progress memory progress, ShardPost calldata post) private view {
        if (post.epoch != progress.nextEpoch) revert EpochNotNext(progress.nextEpoch, post.epoch);
        if (post.asOf > block.timestamp) revert AsOfInFuture(block.timestamp.toUint64(), post.asOf);
        if (post.asOf <= progress.asOf) revert AsOfNotAfterLast(progress.asOf, post.asOf);
        if (progress.nextEpoch > 1) {
            uint64 earliest = Cadences.earliestAfter(state.cadence.current, progress.asOf);
            if (post.asOf < earliest) revert AsOfTooSoon(earliest, post.asOf);
        }
        if (post.ledgerSequence < progress.ledgerSequence) {
            revert LedgerSequenceBackwards(progress.ledgerSequence, post.ledgerSequence);
        }
        if (post.ledgerSequence - progress.ledgerSequence > SEQUENCE_RISE_MAX) {
            revert LedgerSequenceJump(progress.ledgerSequence, post.ledgerSequence);
        }
        if (post.ledgerSequence == progress.ledgerSequence && post.ledgerHead != state.ledgerHead) {
            revert LedgerHeadChanged(post.ledgerSequence, state.ledgerHead, post.ledgerHead);
        }
    }

    /// @dev Rule 3. That a shard agrees with shard 0 is seen by the context that shard 0 would have
    /// had by its statement.
    function _checkShard(ExchangeState storage state, Progress memory progress, StatementFields memory fields)
        private
        view
    {
        (uint16 index, uint16 count) = (fields.shardIndex, fields.shardCount);
        if (count == 0 || count > EpochLog.SHARDS_MAX) revert ShardCountInvalid(EpochLog.SHARDS_MAX, count);
        if (index >= count) revert ShardIndexInvalid(count, index);
        if (progress.shardsDone == 0) {
            if (index != 0) revert ShardOutOfOrder(0, index);
            return;
        }
        bytes32 expected = state.pending.firstContext;
        bytes32 found = Statement.context(fields, 0);
        if (index < progress.shardsDone && found == expected) revert ShardAlreadyPosted(index);
        if (index == 0) return;
        if (found != expected) revert ShardStatementMismatch(index, expected, found);
        if (index != progress.shardsDone) revert ShardOutOfOrder(progress.shardsDone, index);
    }

    /// @return fields what the post is for
    /// @return bits all bits that are set in a reserve
    function _statement(
        bytes32 exchangeId,
        ExchangeState storage state,
        ShardPost calldata post,
        uint256[] memory reserves
    ) private view returns (StatementFields memory fields, uint256 bits) {
        bytes32 reservesDigest;
        (reservesDigest, bits) = Statement.reservesDigest(reserves, post.sources);
        fields = StatementFields({
            exchangeId: exchangeId,
            epoch: post.epoch,
            asOf: post.asOf,
            assetListDigest: state.list.digest,
            shardIndex: post.shardIndex,
            shardCount: post.shardCount,
            circuitId: post.circuitId,
            ledgerSequence: post.ledgerSequence,
            ledgerHead: post.ledgerHead,
            reservesDigest: reservesDigest,
            headBefore: _head(exchangeId, state, post.epoch)
        });
    }

    /// @dev Roots and totals of the epoch with this shard. Shard 0 starts from nothing, whatever
    /// was begun before.
    function _accumulate(PendingState storage pending, uint256[] calldata publicVector, uint16 shardIndex)
        private
        view
        returns (bytes32 roots, uint256[] memory liabilities)
    {
        bool begins = shardIndex == 0;
        roots = EpochRecord.appendRoot(begins ? bytes32(0) : pending.roots, publicVector[2]);
        liabilities = AmountList.copy(publicVector[PublicVector.HEADER:]);
        if (begins) return (roots, liabilities);
        for (uint256 i = 0; i < liabilities.length; ++i) {
            liabilities[i] += pending.liabilities[i];
            AmountList.check(i + 1, liabilities[i]);
        }
    }

    function _keep(
        PendingState storage pending,
        StatementFields memory fields,
        bytes32 roots,
        uint256[] memory liabilities
    ) private {
        if (fields.shardIndex == 0) pending.firstContext = Statement.context(fields, 0);
        pending.roots = roots;
        for (uint256 i = 0; i < liabilities.length; ++i) {
            pending.liabilities[i] = liabilities[i].toUint128();
        }
    }

    function _clear(PendingState storage pending, Progress memory progress) private {
        if (progress.shardsDone == 0) return;
        progress.shardsDone = 0;
        delete pending.firstContext;
        delete pending.roots;
        for (uint256 i = 0; i < progress.assets; ++i) {
            delete pending.liabilities[i];
        }
    }

    function _finalize(
        ExchangeState storage state,
        Progress memory progress,
        StatementFields memory fields,
        SetupKind setup,
        bytes32 roots,
        bytes32 sources,
        uint256[] memory liabilities,
        uint256[] memory reserves
    ) private {
        bytes32 record = EpochRecord.digest(fields, roots, liabilities);
        bytes32 head = EpochRecord.nextHead(fields.headBefore, record);
        uint128 insolvent;
        (insolvent, progress.amountSizes) = state.amounts.write(liabilities, reserves);
        _announceInsolvent(state, fields, insolvent, liabilities, reserves);
        uint64 cadence = state.cadence.current;
        Epoch memory epoch = Epoch({
            head: head,
            asOf: fields.asOf,
            postedAt: block.timestamp.toUint64(),
            postedInBlock: block.number.toUint64(),
            shardCount: fields.shardCount,
            setup: setup,
            insolvent: insolvent,
            cadence: cadence,
            missed: fields.epoch > 1 ? Cadences.missed(cadence, fields.asOf - progress.asOf) : 0
        });
        state.epochs.add(fields.epoch, epoch);
        if (progress.ledgerSequence != fields.ledgerSequence) state.ledgerHead = fields.ledgerHead;
        if (state.circuitId != fields.circuitId) state.circuitId = fields.circuitId;
        progress.nextEpoch = fields.epoch + 1;
        progress.asOf = uint256(fields.asOf).toUint40();
        progress.ledgerSequence = fields.ledgerSequence;
        progress.latestAssets = progress.assets;
        _announceEpoch(fields, epoch, sources, liabilities, reserves, record);
    }

    /// @dev Emits `EpochFinalized`. In assembly because the compiler copies lists word by word.
    function _announceEpoch(
        StatementFields memory fields,
        Epoch memory epoch,
        bytes32 sources,
        uint256[] memory liabilities,
        uint256[] memory reserves,
        bytes32 record
    ) private {
        uint256 listSize = 32 * (liabilities.length + 1);
        // A word each, in memory as in the event.
        FinalizedHead memory fixedPart;
        fixedPart.asOf = fields.asOf;
        fixedPart.shardCount = fields.shardCount;
        fixedPart.circuitId = fields.circuitId;
        fixedPart.setup = epoch.setup;
        fixedPart.cadence = epoch.cadence;
        fixedPart.missed = epoch.missed;
        fixedPart.insolvent = epoch.insolvent;
        fixedPart.ledgerSequence = fields.ledgerSequence;
        fixedPart.ledgerHead = fields.ledgerHead;
        fixedPart.sources = sources;
        fixedPart.liabilities = EVENT_LISTS;
        fixedPart.reserves = EVENT_LISTS + listSize;
        fixedPart.record = record;
        fixedPart.head = epoch.head;
        (bytes32 topic, bytes32 exchangeId, uint256 epochNumber) =
            (EpochFinalized.selector, fields.exchangeId, fields.epoch);
        assembly ("memory-safe") {
            let data := mload(64)
            mcopy(data, fixedPart, EVENT_LISTS)
            mcopy(add(data, EVENT_LISTS), liabilities, listSize)
            mcopy(add(add(data, EVENT_LISTS), listSize), reserves, listSize)
            log3(data, add(EVENT_LISTS, shl(1, listSize)), topic, exchangeId, epochNumber)
        }
    }

    /// @param insolvent bit a - 1 is set when asset number a is insolvent
    function _announceInsolvent(
        ExchangeState storage state,
        StatementFields memory fields,
        uint128 insolvent,
        uint256[] memory liabilities,
        uint256[] memory reserves
    ) private {
        for (uint256 i = 0; insolvent != 0; (++i, insolvent >>= 1)) {
            if (insolvent & 1 == 0) continue;
            string memory symbol = AssetList.text(state.list.assets[i].symbol);
            emit AssetInsolvent(
                fields.exchangeId, fields.epoch, (i + 1).toUint16(), symbol, liabilities[i], reserves[i]
            );
        }
    }

    function _circuits() internal view override returns (ICircuitRegistry) {
        return circuits;
    }
}
