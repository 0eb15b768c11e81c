// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title What wallets hold of tokens whose code nobody here wrote
/// @dev A token may revert, burn gas, answer too much or too little: it is asked by a static call
/// that is given a bounded amount of gas and of whose answer 32 bytes are copied, so all that it
/// can spoil is its own balance.
library Holdings {
    /// @notice The chain's own coin, as a token.
    address internal constant NATIVE = address(0);
    uint8 internal constant NATIVE_DECIMALS = 18;
    /// @notice Gas that a token gets for one answer: many times what a balance behind a proxy
    /// takes. A hostile token burns it all, and a transaction of 2^24 gas (EIP-7825) still has room
    /// for more than seventy of those.
    uint256 internal constant TOKEN_GAS = 200_000;
    /// A 64th of the gas stays with the caller (EIP-150), which also pays for a cold account and
    /// for what follows.
    uint256 private constant GAS_NEEDED = TOKEN_GAS + TOKEN_GAS / 63 + 12_000;

    /// @notice The balance of `wallet`, and whether there is one to read.
    function balanceOf(address token, address wallet) internal view returns (bool success, uint256 balance) {
        if (token == NATIVE) return (true, wallet.balance);
        return _ask(token, abi.encodeCall(IERC20.balanceOf, (wallet)));
    }

    /// @notice The decimals that the token says it has, and whether it says so.
    function decimalsOf(address token) internal view returns (bool success, uint256 decimals) {
        if (token == NATIVE) return (true, NATIVE_DECIMALS);
        return _ask(token, abi.encodeCall(IERC20Metadata.decimals, ()));
    }

    /// @notice `amount` in units of 10^-`tokenDecimals` as units of 10^-`assetDecimals`, rounded
    /// down, and whether it has at most 256 bits. Decimals are at most 36.
    function toUnits(uint256 amount, uint8 tokenDecimals, uint8 assetDecimals)
        internal
        pure
        returns (bool success, uint256 units)
    {
        if (assetDecimals < tokenDecimals) return (true, amount / 10 ** (tokenDecimals - assetDecimals));
        return Math.tryMul(amount, 10 ** (assetDecimals - tokenDecimals));
    }

    /// @dev Refuses when a failure could be the fault of whoever sent too little gas: a poster must
    /// not be able to leave a token out in this way.
    function _ask(address token, bytes memory question) private view returns (bool success, uint256 answer) {
        if (token.code.length == 0) return (false, 0);
        if (gasleft() < GAS_NEEDED) revert IRefusals.GasInsufficient(GAS_NEEDED, gasleft());
        assembly ("memory-safe") {
            success := staticcall(TOKEN_GAS, token, add(question, 32), mload(question), 0, 32)
            success := and(success, gt(returndatasize(), 31))
            if success { answer := mload(0) }
        }
    }
}
