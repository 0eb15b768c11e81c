// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Lists of amounts as digests take them
/// @dev n (u16) || n times: amount (u128). Of an amount only the low 128 bits enter; callers bound it to 112.
library PackedAmounts {
    /// @param amounts by asset number, at most 64
    function encode(uint256[] memory amounts) internal pure returns (bytes memory packed) {
        uint256 count = amounts.length;
        packed = new bytes(2 + 16 * count);
        assembly ("memory-safe") {
            let to := add(packed, 32)
            mstore8(to, shr(8, count))
            mstore8(add(to, 1), count)
            to := add(to, 2)
            let from := add(amounts, 32)
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                mcopy(add(to, shl(4, i)), add(add(from, shl(5, i)), 16), 16)
            }
        }
    }
}
