// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IReserves, Solvency, Standing} from "../interfaces/IReserves.sol";

/// @notice The whole of what a contract needs to go on only while an exchange is proved to hold
/// what it owes.
abstract contract RequiresSolvency {
    error NotProvedSolvent(Standing standing);

    modifier whileSolvent(IReserves reserves, bytes32 exchangeId, string memory symbol, uint64 maxAge) {
        Solvency memory answer = reserves.solvency(exchangeId, symbol, maxAge);
        if (answer.standing != Standing.Fresh) revert NotProvedSolvent(answer.standing);
        _;
    }
}
