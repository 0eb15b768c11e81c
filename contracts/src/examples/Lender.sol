// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IReserves, Solvency, Standing} from "../interfaces/IReserves.sol";
import {IWitnesses, WitnessedSolvency} from "../interfaces/IWitnesses.sol";

/// @title An example of a contract that asks before it lends
/// @notice It lends only while one exchange is proved to hold what it owes in one asset. Exchange, asset, age and what counts as
/// held are chosen when it is made: a borrower who could choose them would choose badly.
contract Lender {
    /// @notice Why nothing is lent, with the answer's own figures.
    error NotProvedSolvent(Standing standing, uint64 epoch, uint64 asOf, uint64 ratioBps);

    /// @notice The contract that answers by what the exchange states.
    IReserves public immutable reserves;
    /// @notice The contract that answers by what the chain saw in the exchange's wallets; zero when what is stated is enough.
    IWitnesses public immutable witnesses;
    /// @notice The exchange that must be solvent.
    bytes32 public immutable exchangeId;
    /// @notice How old the figures may be, in seconds.
    uint64 public immutable maxAge;
    /// @notice How far apart the looks at the wallets may lie, in seconds.
    uint64 public immutable maxSpan;
    /// @notice The symbol of the asset on the exchange's list.
    string public symbol;

    /// @notice What was lent to each borrower.
    mapping(address borrower => uint256 amount) public lent;

    constructor(
        IReserves reserves_,
        IWitnesses witnesses_,
        bytes32 exchangeId_,
        string memory symbol_,
        uint64 maxAge_,
        uint64 maxSpan_
    ) {
        (reserves, witnesses, exchangeId) = (reserves_, witnesses_, exchangeId_);
        (symbol, maxAge, maxSpan) = (symbol_, maxAge_, maxSpan_);
    }

    /// @notice Lends `amount` to the caller, or reverts with what the exchange's standing is.
    function borrow(uint256 amount) external {
        if (address(witnesses) == address(0)) _requireStated();
        else _requireWitnessed();
        lent[msg.sender] += amount;
    }

    /// @dev Fresh is the only yes: a ceremony's circuit, which is not retired, proved recent figures that suffice.
    function _requireStated() private view {
        Solvency memory answer = reserves.solvency(exchangeId, symbol, maxAge);
        if (answer.standing != Standing.Fresh) {
            revert NotProvedSolvent(answer.standing, answer.epoch, answer.asOf, answer.ratioBps);
        }
    }

    function _requireWitnessed() private view {
        WitnessedSolvency memory answer = witnesses.witnessedSolvency(exchangeId, symbol, maxAge, maxSpan);
        if (answer.standing != Standing.Fresh) {
            revert NotProvedSolvent(answer.standing, answer.epoch, answer.asOf, answer.ratioBps);
        }
    }
}
