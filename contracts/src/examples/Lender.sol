// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SetupKind} from "../interfaces/ICircuitRegistry.sol";
import {IReserves, Solvency, Standing} from "../interfaces/IReserves.sol";

/// @title An example of a contract that asks before it lends
/// @notice It lends only while one exchange is proved to hold what it owes in one asset, as of `maxAge` seconds ago at
/// most. It chooses exchange, asset and age when it is made: a borrower who could choose them would choose badly.
contract Lender {
    /// @notice Why nothing is lent, with the answer's own figures.
    error NotProvedSolvent(Standing standing, SetupKind setup, uint64 epoch, uint64 asOf, uint64 ratioBps);

    /// @notice The contract that answers.
    IReserves public immutable reserves;
    /// @notice The exchange that must be solvent.
    bytes32 public immutable exchangeId;
    /// @notice How old the figures may be, in seconds.
    uint64 public immutable maxAge;
    /// @notice The symbol of the asset on the exchange's list.
    string public symbol;

    /// @notice What was lent to each borrower.
    mapping(address borrower => uint256 amount) public lent;

    constructor(IReserves reserves_, bytes32 exchangeId_, string memory symbol_, uint64 maxAge_) {
        (reserves, exchangeId, symbol, maxAge) = (reserves_, exchangeId_, symbol_, maxAge_);
    }

    /// @notice Lends `amount` to the caller, or reverts with what the exchange's standing is.
    function borrow(uint256 amount) external {
        Solvency memory answer = reserves.solvency(exchangeId, symbol, maxAge);
        // Fresh is the only yes, and a development setup is one under which anyone can forge a proof.
        if (answer.standing != Standing.Fresh || answer.setup != SetupKind.Ceremony) {
            revert NotProvedSolvent(answer.standing, answer.setup, answer.epoch, answer.asOf, answer.ratioBps);
        }
        lent[msg.sender] += amount;
    }
}
