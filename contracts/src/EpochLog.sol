// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {SetupKind} from "./interfaces/ICircuitRegistry.sol";
import {Epoch} from "./interfaces/IReserves.sol";

/// @title Finalized epochs of one exchange
/// @dev They stay for ever and each needs new storage, so little of it is used: a slot for the
/// head, half a slot for what else there is to say of every epoch, and a slot more only for an
/// epoch with insolvent assets.
library EpochLog {
    using SafeCast for uint256;

    /// @notice Shards of one epoch.
    uint16 internal constant SHARDS_MAX = 128;

    // An entry: three times 40 bits, 7 of the shard count less one, and the highest, which is set
    // after a ceremony.
    uint256 private constant TIME_BOUND = 2 ** 40;
    uint256 private constant POSTED_AT = 40;
    uint256 private constant POSTED_IN_BLOCK = 80;
    uint256 private constant SHARDS = 120;
    uint256 private constant CEREMONY = 127;

    struct State {
        mapping(uint64 number => bytes32) heads;
        /// Of epochs 2 i and 2 i + 1.
        mapping(uint64 i => uint128[2]) entries;
        /// Only of epochs in which an asset is insolvent.
        mapping(uint64 number => uint128) insolvent;
    }

    /// @notice Adds an epoch.
    /// @param epoch of 1 to 128 shards, after a development or ceremony setup
    function add(State storage log, uint64 number, Epoch memory epoch) internal {
        log.heads[number] = epoch.head;
        log.entries[number / 2][number % 2] = _entry(epoch);
        if (epoch.insolvent != 0) log.insolvent[number] = epoch.insolvent;
    }

    /// @notice The epoch with this number, but for its cadence and what follows from it; all zero
    /// when it was not finalized.
    function read(State storage log, uint64 number) internal view returns (Epoch memory epoch) {
        epoch.head = log.heads[number];
        if (epoch.head == 0) return epoch;
        uint256 entry = log.entries[number / 2][number % 2];
        epoch.asOf = asOf(log, number);
        epoch.postedAt = ((entry >> POSTED_AT) % TIME_BOUND).toUint64();
        epoch.postedInBlock = ((entry >> POSTED_IN_BLOCK) % TIME_BOUND).toUint64();
        epoch.shardCount = ((entry >> SHARDS) % SHARDS_MAX + 1).toUint16();
        epoch.setup = entry >> CEREMONY == 1 ? SetupKind.Ceremony : SetupKind.Development;
        epoch.insolvent = log.insolvent[number];
    }

    /// @notice The as-of time of a finalized epoch. Unix seconds.
    function asOf(State storage log, uint64 number) internal view returns (uint64) {
        return (log.entries[number / 2][number % 2] % TIME_BOUND).toUint64();
    }

    function _entry(Epoch memory epoch) private pure returns (uint128) {
        uint256 entry = uint256(epoch.asOf).toUint40();
        entry |= uint256(uint256(epoch.postedAt).toUint40()) << POSTED_AT;
        entry |= uint256(uint256(epoch.postedInBlock).toUint40()) << POSTED_IN_BLOCK;
        entry |= (uint256(epoch.shardCount) - 1) << SHARDS;
        if (epoch.setup == SetupKind.Ceremony) entry |= 2 ** CEREMONY;
        return entry.toUint128();
    }
}
