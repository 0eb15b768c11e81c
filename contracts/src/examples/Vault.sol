// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IReserves, Solvency, Standing} from "../interfaces/IReserves.sol";

/// @notice Takes deposits only while one exchange is proved to hold the asset that it owes.
contract Vault {
    IReserves public immutable reserves;
    bytes32 public immutable exchangeId;
    string public symbol;
    uint64 public immutable maxAge;

    mapping(address => uint256) public deposits;

    error NotProvedSolvent(Standing standing, uint64 epoch, uint64 asOf);

    constructor(IReserves reserves_, bytes32 exchangeId_, string memory symbol_, uint64 maxAge_) {
        (reserves, exchangeId, symbol, maxAge) = (reserves_, exchangeId_, symbol_, maxAge_);
    }

    function deposit() external payable {
        requireSolvent();
        deposits[msg.sender] += msg.value;
    }

    /// @dev Do not ask here: your users need a way out on the day on which the answer is no.
    function withdraw(uint256 amount) external {
        deposits[msg.sender] -= amount;
        (bool sent,) = msg.sender.call{value: amount}("");
        require(sent);
    }

    function requireSolvent() internal view {
        Solvency memory answer = reserves.solvency(exchangeId, symbol, maxAge);
        if (answer.standing != Standing.Fresh) {
            revert NotProvedSolvent(answer.standing, answer.epoch, answer.asOf);
        }
    }
}
