// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AssetList, AssetListState} from "./AssetList.sol";
import {CadenceState, Cadences} from "./Cadences.sol";
import {EpochLog} from "./EpochLog.sol";
import {Exchanges, ExchangeState, PendingState, Progress} from "./Exchanges.sol";
import {Judgement, Proved} from "./Judgement.sol";
import {LatestAmounts} from "./LatestAmounts.sol";
import {ICircuitRegistry} from "./interfaces/ICircuitRegistry.sol";
import {Amounts, Epoch, IReserves, PendingEpoch, Solvency} from "./interfaces/IReserves.sol";

/// @title What anyone reads of the epochs
abstract contract Solvencies is Exchanges {
    using AssetList for AssetListState;
    using Cadences for CadenceState;
    using EpochLog for EpochLog.State;
    using LatestAmounts for LatestAmounts.State;

    /// @inheritdoc IReserves
    function solvency(bytes32 exchangeId, string calldata symbol, uint64 maxAge)
        external
        view
        returns (Solvency memory)
    {
        return _solvency(exchangeId, _exchange(exchangeId).list.numberOf(symbol), maxAge);
    }

    /// @inheritdoc IReserves
    function solvencyByNumber(bytes32 exchangeId, uint16 number, uint64 maxAge)
        external
        view
        returns (Solvency memory)
    {
        return _solvency(exchangeId, number, maxAge);
    }

    /// @inheritdoc IReserves
    function epoch(bytes32 exchangeId, uint64 number) external view returns (Epoch memory result) {
        ExchangeState storage state = _exchange(exchangeId);
        result = state.epochs.read(number);
        if (result.head == 0) return result;
        result.cadence = state.cadence.inForce(number);
        if (number > 1) result.missed = Cadences.missed(result.cadence, result.asOf - state.epochs.asOf(number - 1));
    }

    /// @inheritdoc IReserves
    function latestAmounts(bytes32 exchangeId) external view returns (Amounts[] memory amounts) {
        ExchangeState storage state = _exchange(exchangeId);
        Progress memory progress = state.progress;
        amounts = new Amounts[](progress.latestAssets);
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = state.amounts.read(i, progress.amountSizes);
        }
    }

    /// @inheritdoc IReserves
    function pendingEpoch(bytes32 exchangeId) external view returns (PendingEpoch memory result) {
        ExchangeState storage state = _exchange(exchangeId);
        Progress memory progress = state.progress;
        if (progress.shardsDone == 0) return result;
        PendingState storage pending = state.pending;
        result.shardsDone = progress.shardsDone;
        result.firstContext = pending.firstContext;
        result.roots = pending.roots;
        result.liabilities = new uint256[](progress.assets);
        for (uint256 i = 0; i < result.liabilities.length; ++i) {
            result.liabilities[i] = pending.liabilities[i];
        }
    }

    function _solvency(bytes32 exchangeId, uint16 number, uint64 maxAge) private view returns (Solvency memory answer) {
        ExchangeState storage state = _exchange(exchangeId);
        Progress memory progress = state.progress;
        if (progress.nextEpoch < 2 || number == 0 || number > progress.latestAssets) return answer;
        Amounts memory amounts = state.amounts.read(number - 1, progress.amountSizes);
        answer.circuitId = state.circuitId;
        Proved memory proved;
        (proved.setup, proved.retired) = _circuits().provenance(answer.circuitId);
        (proved.asOf, proved.cadence) = (progress.asOf, state.cadence.current);
        answer.standing = Judgement.standing(amounts, proved, progress.asOf, maxAge);
        answer.epoch = progress.nextEpoch - 1;
        answer.asOf = progress.asOf;
        answer.liability = amounts.liability;
        answer.reserve = amounts.reserve;
        answer.ratioBps = Judgement.ratioBps(amounts);
        answer.setup = proved.setup;
    }

    /// @dev The registry that says which circuits count.
    function _circuits() internal view virtual returns (ICircuitRegistry);
}
