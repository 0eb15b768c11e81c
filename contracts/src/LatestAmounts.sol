// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Amounts} from "./interfaces/IReserves.sol";

/// @title Liabilities and reserves of the latest epoch
/// @dev Storage is what a post pays most for after the pairings, so the amounts are packed. Sixteen assets are a block; in a block every amount takes as
/// many bytes as the largest needs, so that with 32 amounts a block of so many bytes an amount fills exactly so many slots. The four bits that say how many,
/// for each block, are kept by the caller, in a word it writes anyway. Slots are overwritten in place; what an earlier epoch left behind the last is never read.
library LatestAmounts {
    using SafeCast for uint256;

    uint256 private constant BLOCK_ASSETS = 16;

    struct State {
        /// By block. In the order of the assets, liability then reserve, the first one lowest.
        uint256[14][8] slots;
    }

    /// @notice Overwrites the amounts.
    /// @param liabilities by asset, below 2^112, at most 128
    /// @param reserves as many, below 2^112
    /// @return insolvent bit i is set when reserve i is below liability i
    /// @return sizes bytes of each amount of block b, in bits 4 b to 4 b + 3
    function write(State storage state, uint256[] memory liabilities, uint256[] calldata reserves)
        internal
        returns (uint128 insolvent, uint32 sizes)
    {
        uint256 count = liabilities.length;
        for (uint256 start = 0; start < count; start += BLOCK_ASSETS) {
            uint256 end = start + BLOCK_ASSETS < count ? start + BLOCK_ASSETS : count;
            (uint256 size, uint256 short) = _measure(liabilities, reserves, start, end);
            _store(state.slots[start / BLOCK_ASSETS], liabilities, reserves, start, end, size);
            insolvent |= short.toUint128();
            sizes |= (size << (start / 4)).toUint32();
        }
    }

    /// @notice The amounts of the asset at `index`, from 0; zero before the first epoch.
    /// @param sizes as `write` returned it
    function read(State storage state, uint256 index, uint32 sizes) internal view returns (Amounts memory) {
        (uint256 number, uint256 place) = (index / BLOCK_ASSETS, index % BLOCK_ASSETS);
        uint256 bits = 8 * ((sizes >> (4 * number)) & 15);
        if (bits == 0) return Amounts(0, 0);
        uint256[14] storage slots = state.slots[number];
        (uint256 slot, uint256 shift) = (2 * bits * place / 256, 2 * bits * place % 256);
        uint256 both = slots[slot] >> shift;
        if (shift + 2 * bits > 256) both |= slots[slot + 1] << (256 - shift);
        uint256 bound = 2 ** bits;
        return Amounts({liability: (both % bound).toUint112(), reserve: ((both >> bits) % bound).toUint112()});
    }

    /// @dev How many bytes the largest amount of these assets needs, and which of them are insolvent.
    function _measure(uint256[] memory liabilities, uint256[] calldata reserves, uint256 start, uint256 end)
        private
        pure
        returns (uint256 size, uint256 insolvent)
    {
        assembly ("memory-safe") {
            let any := 0
            for { let i := start } lt(i, end) { i := add(i, 1) } {
                let owed := mload(add(liabilities, shl(5, add(i, 1))))
                let held := calldataload(add(reserves.offset, shl(5, i)))
                any := or(any, or(owed, held))
                insolvent := or(insolvent, shl(i, lt(held, owed)))
            }
            for {} any { any := shr(8, any) } { size := add(size, 1) }
        }
    }

    /// @dev Lays the amounts of these assets one after another, `size` bytes each.
    function _store(
        uint256[14] storage slots,
        uint256[] memory liabilities,
        uint256[] calldata reserves,
        uint256 start,
        uint256 end,
        uint256 size
    ) private {
        assembly ("memory-safe") {
            let slot := slots.slot
            let word := 0
            let filled := 0
            for { let i := start } lt(i, end) { i := add(i, 1) } {
                let held := calldataload(add(reserves.offset, shl(5, i)))
                let both := or(mload(add(liabilities, shl(5, add(i, 1)))), shl(shl(3, size), held))
                word := or(word, shl(filled, both))
                filled := add(filled, shl(4, size))
                if gt(filled, 255) {
                    sstore(slot, word)
                    slot := add(slot, 1)
                    filled := sub(filled, 256)
                    word := shr(sub(shl(4, size), filled), both)
                }
            }
            if filled { sstore(slot, word) }
        }
    }
}
