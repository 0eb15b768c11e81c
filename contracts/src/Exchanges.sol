// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ASSETS_MAX, AssetList, AssetListState} from "./AssetList.sol";
import {CadenceState, Cadences} from "./Cadences.sol";
import {EpochLog} from "./EpochLog.sol";
import {Identifiers} from "./Identifiers.sol";
import {LatestAmounts} from "./LatestAmounts.sol";
import {Asset, Exchange, IReserves} from "./interfaces/IReserves.sol";

/// @notice What every post reads and writes: one slot.
struct Progress {
    /// 0 for an exchange that is not registered.
    uint64 nextEpoch;
    /// Of the latest epoch.
    uint40 asOf;
    /// Of the latest epoch.
    uint64 ledgerSequence;
    /// Of the latest epoch: how many bytes its amounts take.
    uint32 amountSizes;
    /// Of the epoch that was begun and is not finished; less than 128.
    uint8 shardsDone;
    /// On the list.
    uint8 assets;
    /// Of the latest epoch: the list may have grown since.
    uint8 latestAssets;
    bool paused;
}

/// @notice What the posted shards of an unfinished epoch amount to.
struct PendingState {
    bytes32 firstContext;
    bytes32 roots;
    uint128[ASSETS_MAX] liabilities;
}

/// @notice All of one exchange.
struct ExchangeState {
    Progress progress;
    /// Of the latest epoch.
    bytes32 ledgerHead;
    /// The circuit that proved the latest epoch.
    bytes32 circuitId;
    AssetListState list;
    LatestAmounts.State amounts;
    EpochLog.State epochs;
    PendingState pending;
    mapping(address poster => bool) isPoster;
    address[] posters;
    address authority;
    uint48 registeredInBlock;
    address pendingAuthority;
    CadenceState cadence;
    string name;
}

/// @title Exchanges, their authorities, posters and asset lists
abstract contract Exchanges is IReserves {
    using AssetList for AssetListState;
    using Cadences for CadenceState;
    using SafeCast for uint256;

    uint256 private constant NAME_MAX = 32;
    uint256 private constant POSTERS_MAX = 8;

    mapping(bytes32 exchangeId => ExchangeState) private _exchanges;

    /// @inheritdoc IReserves
    function registerExchange(string calldata name, bytes32 solanaAuthority, uint64 cadence)
        external
        returns (bytes32 exchangeId)
    {
        exchangeId = exchangeIdOf(name, solanaAuthority, msg.sender);
        if (cadence == 0) revert CadenceInvalid(cadence);
        ExchangeState storage state = _exchanges[exchangeId];
        if (state.progress.nextEpoch != 0) revert ExchangeAlreadyRegistered(exchangeId);
        state.progress.nextEpoch = 1;
        state.name = name;
        state.cadence.current = cadence;
        state.authority = msg.sender;
        state.registeredInBlock = block.number.toUint48();
        emit ExchangeRegistered(exchangeId, msg.sender, solanaAuthority, name, cadence);
    }

    /// @inheritdoc IReserves
    function proposeAuthority(bytes32 exchangeId, address proposed) external {
        ExchangeState storage state = _ofAuthority(exchangeId);
        state.pendingAuthority = proposed;
        emit AuthorityProposed(exchangeId, msg.sender, proposed);
    }

    /// @inheritdoc IReserves
    function acceptAuthority(bytes32 exchangeId) external {
        ExchangeState storage state = _registered(exchangeId);
        if (msg.sender != state.pendingAuthority) revert NotPendingAuthority(state.pendingAuthority, msg.sender);
        emit AuthorityChanged(exchangeId, state.authority, msg.sender);
        state.authority = msg.sender;
        state.pendingAuthority = address(0);
    }

    /// @inheritdoc IReserves
    function setPosters(bytes32 exchangeId, address[] calldata newPosters) external {
        ExchangeState storage state = _ofAuthority(exchangeId);
        if (newPosters.length > POSTERS_MAX) revert PostersInvalid(newPosters.length, address(0));
        for (uint256 i = 0; i < state.posters.length; ++i) {
            state.isPoster[state.posters[i]] = false;
        }
        for (uint256 i = 0; i < newPosters.length; ++i) {
            address poster = newPosters[i];
            if (poster == address(0) || state.isPoster[poster]) revert PostersInvalid(i, poster);
            state.isPoster[poster] = true;
        }
        state.posters = newPosters;
        emit PostersSet(exchangeId, newPosters);
    }

    /// @inheritdoc IReserves
    function appendAssets(bytes32 exchangeId, uint16 start, Asset[] memory newAssets) external {
        ExchangeState storage state = _ofAuthority(exchangeId);
        // The shards of an epoch are all of one list.
        if (state.progress.shardsDone != 0) revert AssetListBusy(exchangeId);
        uint16 listed = state.progress.assets;
        if (start != listed) revert AssetListStartMismatch(listed, start);
        state.list.append(newAssets);
        uint8 count = state.list.assets.length.toUint8();
        state.progress.assets = count;
        emit AssetsAppended(exchangeId, state.list.digest, count, start, newAssets);
    }

    /// @inheritdoc IReserves
    function clearAssets(bytes32 exchangeId) external {
        ExchangeState storage state = _ofAuthority(exchangeId);
        // A total is bound to its asset's number alone.
        if (state.progress.nextEpoch != 1 || state.progress.shardsDone != 0) revert AssetListFrozen(exchangeId);
        if (state.progress.assets == 0) revert AssetListMissing(exchangeId);
        state.list.clear();
        state.progress.assets = 0;
        emit AssetsCleared(exchangeId, state.list.generation);
    }

    /// @inheritdoc IReserves
    function setCadence(bytes32 exchangeId, uint64 cadence) external {
        ExchangeState storage state = _ofAuthority(exchangeId);
        if (cadence == 0) revert CadenceInvalid(cadence);
        state.cadence.change(state.progress.nextEpoch, cadence);
        emit CadenceSet(exchangeId, cadence, state.progress.nextEpoch);
    }

    /// @inheritdoc IReserves
    function setPaused(bytes32 exchangeId, bool paused) external {
        _ofAuthority(exchangeId).progress.paused = paused;
        emit PausedSet(exchangeId, paused);
    }

    /// @inheritdoc IReserves
    function exchange(bytes32 exchangeId) external view returns (Exchange memory) {
        ExchangeState storage state = _exchanges[exchangeId];
        Progress memory progress = state.progress;
        return Exchange({
            name: state.name,
            authority: state.authority,
            pendingAuthority: state.pendingAuthority,
            paused: progress.paused,
            cadence: state.cadence.current,
            registeredInBlock: state.registeredInBlock,
            nextEpoch: progress.nextEpoch,
            asOf: progress.asOf,
            ledgerSequence: progress.ledgerSequence,
            ledgerHead: state.ledgerHead,
            assetListDigest: state.list.digest,
            assetCount: progress.assets,
            generation: state.list.generation,
            head: progress.nextEpoch == 0 ? bytes32(0) : _head(exchangeId, state, progress.nextEpoch)
        });
    }

    /// @inheritdoc IReserves
    function posters(bytes32 exchangeId) external view returns (address[] memory) {
        return _exchanges[exchangeId].posters;
    }

    /// @inheritdoc IReserves
    function assets(bytes32 exchangeId) external view returns (Asset[] memory) {
        return _exchanges[exchangeId].list.read();
    }

    /// @inheritdoc IReserves
    function numberOf(bytes32 exchangeId, string calldata symbol) external view returns (uint16) {
        return _exchanges[exchangeId].list.numberOf(symbol);
    }

    /// @inheritdoc IReserves
    function exchangeIdOf(string calldata name, bytes32 solanaAuthority, address evmAuthority)
        public
        pure
        returns (bytes32)
    {
        bytes calldata characters = bytes(name);
        bool valid = characters.length > 0 && characters.length <= NAME_MAX;
        for (uint256 i = 0; valid && i < characters.length; ++i) {
            valid = characters[i] >= 0x20 && characters[i] <= 0x7e;
        }
        if (!valid) revert NameInvalid(name);
        return Identifiers.exchangeId(solanaAuthority, evmAuthority, characters);
    }

    /// @dev The exchange with this id, registered or not.
    function _exchange(bytes32 exchangeId) internal view returns (ExchangeState storage) {
        return _exchanges[exchangeId];
    }

    function _registered(bytes32 exchangeId) internal view returns (ExchangeState storage state) {
        state = _exchanges[exchangeId];
        if (state.progress.nextEpoch == 0) revert ExchangeUnknown(exchangeId);
    }

    function _ofAuthority(bytes32 exchangeId) private view returns (ExchangeState storage state) {
        state = _registered(exchangeId);
        if (msg.sender != state.authority) revert NotAuthority(state.authority, msg.sender);
    }

    /// @dev The rolling head before epoch `number`, which is the next one of `state`.
    function _head(bytes32 exchangeId, ExchangeState storage state, uint64 number) internal view returns (bytes32) {
        return number == 1 ? exchangeId : state.epochs.heads[number - 1];
    }
}
