// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Lists of amounts as digests take them
/// @dev n (u16) || n times: amount (u128). Of an amount only the low 128 bits enter; callers bound it to 112.
library PackedAmounts {
    /// @param amounts by asset number, at most 128
    function encode(uint256[] memory amounts) internal pure returns (bytes memory) {
        bytes memory packed = new bytes(16 * amounts.length);
        assembly ("memory-safe") {
            let from := add(amounts, 48)
            let to := add(packed, 32)
            for { let end := add(to, mload(packed)) } lt(to, end) { to := add(to, 16) } {
                mcopy(to, from, 16)
                from := add(from, 32)
            }
        }
        return abi.encodePacked(SafeCast.toUint16(amounts.length), packed);
    }
}
