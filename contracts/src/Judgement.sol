// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Cadences} from "./Cadences.sol";
import {SetupKind} from "./interfaces/ICircuitRegistry.sol";
import {Amounts, Standing} from "./interfaces/IReserves.sol";

/// @notice What is known of the latest epoch but for its amounts.
struct Proved {
    /// Unix seconds.
    uint64 asOf;
    /// Of the circuit that proved it.
    SetupKind setup;
    /// Whether that circuit is retired by now.
    bool retired;
    /// Seconds between two epochs, as the exchange promises now.
    uint64 cadence;
}

/// @title What amounts of some age say
/// @dev Section 7 of the specification: the same whether reserves are stated or witnessed.
library Judgement {
    /// @notice How an exchange stands with these amounts: the gravest standing that applies.
    /// @param time when they were true, Unix seconds
    /// @param maxAge seconds that may have passed since
    function standing(Amounts memory amounts, Proved memory proved, uint64 time, uint64 maxAge)
        internal
        view
        returns (Standing)
    {
        if (amounts.reserve < amounts.liability) return Standing.Insolvent;
        if (proved.retired) return Standing.Retired;
        if (proved.setup != SetupKind.Ceremony) return Standing.Development;
        if (Cadences.isOverdue(proved.cadence, proved.asOf)) return Standing.Overdue;
        // Not before the as-of time, as that would be overdue; `time` is not after it.
        if (block.timestamp - time > maxAge) return Standing.Stale;
        return Standing.Fresh;
    }

    /// @notice Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when
    /// nothing is owed.
    function ratioBps(Amounts memory amounts) internal pure returns (uint64) {
        if (amounts.liability == 0) return type(uint64).max;
        uint256 ratio = uint256(amounts.reserve) * 10_000 / amounts.liability;
        return SafeCast.toUint64(Math.min(ratio, type(uint64).max));
    }
}
