// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token for development: INSECURE, anyone can mint it
/// @notice Stands for a real token on a local chain. Nothing on a public chain may accept it.
contract DevelopmentToken is ERC20 {
    uint8 private immutable _decimals;

    constructor(string memory symbol, uint8 decimals_) ERC20("INSECURE development token", symbol) {
        _decimals = decimals_;
    }

    /// @notice Gives `amount` to `account`. Anyone may.
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
