// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Amounts} from "./interfaces/IReserves.sol";

/// @title Liabilities and reserves of the latest epoch
/// @dev Storage is what a post pays most for after the pairings, so the amounts are packed. Sixteen
/// assets are a block; in a block every amount takes as many bytes as the largest needs, so that
/// with 32 amounts a block of so many bytes an amount fills exactly so many slots. The four bits
/// that say how many, for each block, are kept by the caller, in a word it writes anyway. Slots are
/// overwritten in place; what an earlier epoch left behind the last is never read.
library LatestAmounts {
    using SafeCast for uint256;

    uint256 private constant BLOCK_ASSETS = 16;

    struct State {
        /// By block: bytes in the order of the assets, the liability then the reserve of each.
        uint256[14][8] slots;
    }

    /// @notice Overwrites the amounts.
    /// @param liabilities by asset, below 2^112, 1 to 128 of them
    /// @param reserves as many, below 2^112
    /// @return insolvent bit i is set when reserve i is below liability i
    /// @return sizes bytes of each amount of block b, in bits 4 b to 4 b + 3
    function write(State storage state, uint256[] memory liabilities, uint256[] memory reserves)
        internal
        returns (uint128 insolvent, uint32 sizes)
    {
        // From the last block, which may be short, to the first.
        uint256 end = liabilities.length;
        uint256 number = (end - 1) / BLOCK_ASSETS;
        (uint256 size, uint256 under) =
            _writeBlock(state.slots[number], liabilities, reserves, BLOCK_ASSETS * number, end);
        uint256 all = size;
        while (number > 0) {
            end = BLOCK_ASSETS * number;
            --number;
            uint256 bits;
            (size, bits) = _writeBlock(state.slots[number], liabilities, reserves, end - BLOCK_ASSETS, end);
            under = (under << BLOCK_ASSETS) | bits;
            all = (all << 4) | size;
        }
        return (under.toUint128(), all.toUint32());
    }

    /// @notice The amounts of the asset at `index`, from 0; zero before the first epoch.
    /// @param sizes as `write` returned it
    function read(State storage state, uint256 index, uint32 sizes) internal view returns (Amounts memory) {
        uint256 number = index / BLOCK_ASSETS;
        uint256 size = (sizes >> (4 * number)) & 15;
        if (size == 0) return Amounts(0, 0);
        uint256 offset = 2 * size * (index % BLOCK_ASSETS);
        uint256[14] storage slots = state.slots[number];
        uint256 both = slots[offset / 32] << (8 * (offset % 32));
        if (offset % 32 + 2 * size > 32) both |= slots[offset / 32 + 1] >> (256 - 8 * (offset % 32));
        both >>= 256 - 16 * size;
        return Amounts({liability: (both >> (8 * size)).toUint112(), reserve: (both % 2 ** (8 * size)).toUint112()});
    }

    /// @dev Writes the assets from `start` and before `end` as one block.
    /// @return size bytes of an amount
    /// @return insolvent bit i is set when the i-th of these assets is
    function _writeBlock(
        uint256[14] storage slots,
        uint256[] memory liabilities,
        uint256[] memory reserves,
        uint256 start,
        uint256 end
    ) private returns (uint256 size, uint256 insolvent) {
        assembly ("memory-safe") {
            let apart := sub(reserves, liabilities)
            let first := add(liabilities, shl(5, add(start, 1)))
            let last := add(liabilities, shl(5, end))
            let bits := 0
            for { let at := last } iszero(lt(at, first)) { at := sub(at, 32) } {
                let owed := mload(at)
                let held := mload(add(at, apart))
                bits := or(bits, or(owed, held))
                insolvent := or(shl(1, insolvent), lt(held, owed))
            }
            for {} bits { bits := shr(8, bits) } { size := add(size, 1) }
            // Amounts are laid out from the last to the first: the zeros before one are where the
            // next goes, or before the block.
            let laidOut := add(mload(64), 32)
            let behind := add(laidOut, mul(size, shl(1, sub(end, start))))
            mstore(behind, 0)
            let to := sub(behind, 32)
            for { let at := last } iszero(lt(at, first)) { at := sub(at, 32) } {
                mstore(to, mload(add(at, apart)))
                to := sub(to, size)
                mstore(to, mload(at))
                to := sub(to, size)
            }
            for { let slot := slots.slot } lt(laidOut, behind) { slot := add(slot, 1) } {
                sstore(slot, mload(laidOut))
                laidOut := add(laidOut, 32)
            }
        }
    }
}
