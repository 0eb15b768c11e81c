// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title Lists of amounts, liabilities or reserves by asset number
library AmountList {
    using SafeCast for uint256;

    uint256 private constant AMOUNT_BITS = 112;
    /// @notice The largest amount.
    uint256 internal constant AMOUNT_MAX = 2 ** AMOUNT_BITS - 1;

    /// @notice A copy of the list.
    /// @dev The compiler's own copies word by word.
    function copy(uint256[] calldata amounts) internal pure returns (uint256[] memory copied) {
        copied = new uint256[](amounts.length);
        assembly ("memory-safe") {
            calldatacopy(add(copied, 32), amounts.offset, shl(5, amounts.length))
        }
    }

    /// @notice The list as digests take it: n (u16) || n times: amount (u128). An amount of 2^128
    /// or more has no encoding: `checkAll` refuses it.
    /// @return encoded its bytes
    /// @return bits all bits that are set in an amount
    function encode(uint256[] memory amounts) internal pure returns (bytes memory encoded, uint256 bits) {
        encoded = new bytes(2 + 16 * amounts.length);
        uint256 count = amounts.length.toUint16();
        assembly ("memory-safe") {
            mstore(add(encoded, 32), shl(240, count))
            let to := add(encoded, 34)
            let from := add(amounts, 32)
            // Two amounts are a word; the last one of an odd number is half a word.
            for { let end := add(from, shl(6, shr(1, count))) } lt(from, end) { from := add(from, 64) } {
                let first := mload(from)
                let second := mload(add(from, 32))
                bits := or(bits, or(first, second))
                mstore(to, or(shl(128, first), second))
                to := add(to, 32)
            }
            if and(count, 1) {
                bits := or(bits, mload(from))
                mcopy(to, add(from, 16), 16)
            }
        }
    }

    /// @notice Whether amounts with these bits are below 2^112.
    function inRange(uint256 bits) internal pure returns (bool) {
        return bits >> AMOUNT_BITS == 0;
    }

    /// @notice Refuses an amount of 2^112 or more.
    /// @param asset its number, from 1
    function check(uint256 asset, uint256 amount) internal pure {
        if (!inRange(amount)) revert IRefusals.AmountOutOfRange(asset, amount);
    }

    /// @notice Refuses a list with an amount of 2^112 or more.
    /// @param bits as `encode` returned them
    function checkAll(uint256[] memory amounts, uint256 bits) internal pure {
        if (inRange(bits)) return;
        for (uint256 i = 0; i < amounts.length; ++i) {
            check(i + 1, amounts[i]);
        }
    }
}
