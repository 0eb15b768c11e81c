// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice A cadence that an exchange promised.
struct Promised {
    uint64 cadence;
    uint64 fromEpoch;
}

/// @notice The cadences of one exchange.
struct CadenceState {
    /// The one in force, from the next epoch on.
    uint64 current;
    /// The first epoch that it was promised for; 0 for the first one.
    uint64 fromEpoch;
    /// Those before, in order.
    Promised[] earlier;
}

/// @title What follows from the cadence that an exchange promises: seconds between two epochs
/// @dev Sections 6 and 7 of the specification.
library Cadences {
    using SafeCast for uint256;

    uint256 private constant GRACE_MAX = 3600;

    /// @notice Promises another cadence for epochs from `fromEpoch` on, which is the next one.
    function change(CadenceState storage state, uint64 fromEpoch, uint64 cadence) internal {
        // A promise for an epoch that was not finalized is replaced.
        if (fromEpoch > state.fromEpoch) state.earlier.push(Promised(state.current, state.fromEpoch));
        (state.current, state.fromEpoch) = (cadence, fromEpoch);
    }

    /// @notice The cadence that was in force when epoch `number`, from 1, was finalized.
    function inForce(CadenceState storage state, uint64 number) internal view returns (uint64) {
        if (number >= state.fromEpoch) return state.current;
        uint256 last = state.earlier.length - 1;
        while (number < state.earlier[last].fromEpoch) --last;
        return state.earlier[last].cadence;
    }

    /// @notice How late an epoch may be: a tenth of the cadence, at most an hour.
    function grace(uint64 cadence) internal pure returns (uint256) {
        return Math.min(cadence / 10, GRACE_MAX);
    }

    /// @notice Whether the next epoch is overdue. A clock before `asOf` says nothing of the age: it
    /// counts as overdue.
    function isOverdue(uint64 cadence, uint64 asOf) internal view returns (bool) {
        return block.timestamp < asOf || block.timestamp - asOf > cadence + grace(cadence);
    }

    /// @notice How many epochs were missed between two that are `gap` seconds apart.
    function missed(uint64 cadence, uint64 gap) internal pure returns (uint64) {
        uint256 allowed = grace(cadence);
        if (gap <= cadence + allowed) return 0;
        return ((gap - allowed - 1) / cadence).toUint64();
    }

    /// @notice The least as-of time of the epoch after one of the time `asOf`: a quarter of the
    /// cadence later.
    function earliestAfter(uint64 cadence, uint64 asOf) internal pure returns (uint64) {
        return Math.min(uint256(asOf) + Math.ceilDiv(cadence, 4), type(uint64).max).toUint64();
    }
}
