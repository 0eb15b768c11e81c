// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Amounts, Standing} from "./interfaces/IReserves.sol";

/// @title What amounts of some age say
/// @dev Section 7 of the specification: the same whether reserves are stated or witnessed.
library Judgement {
    /// @notice How an exchange stands with these amounts.
    /// @param asOf when they were true, Unix seconds
    /// @param maxAge seconds that may have passed since
    function standing(Amounts memory amounts, uint64 asOf, uint64 maxAge) internal view returns (Standing) {
        if (amounts.reserve < amounts.liability) return Standing.Insolvent;
        // No epoch is finalized before its as-of time; should a clock run backwards the age is unknown, hence stale.
        if (block.timestamp < asOf || block.timestamp - asOf > maxAge) return Standing.Stale;
        return Standing.Fresh;
    }

    /// @notice Reserve over liability in basis points, rounded down; 2^64 - 1 when larger or when nothing is owed.
    function ratioBps(Amounts memory amounts) internal pure returns (uint64) {
        if (amounts.liability == 0) return type(uint64).max;
        uint256 ratio = uint256(amounts.reserve) * 10_000 / amounts.liability;
        return SafeCast.toUint64(Math.min(ratio, type(uint64).max));
    }
}
