// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Amounts} from "./interfaces/IReserves.sol";

/// @title Liabilities and reserves of the latest epoch
/// @dev Two assets share a slot that holds the low 64 bits of their four amounts. Only where an amount is longer a second slot holds the other 48
/// bits of each; which slots have one is kept by the caller, in a word it writes anyway. Slots are overwritten in place.
library LatestAmounts {
    using SafeCast for uint256;

    uint256 private constant LOW_BITS = 64;
    uint256 private constant HIGH_BITS = 48;

    struct State {
        /// Low bits of the amounts of assets 2 i and 2 i + 1, counted from 0: liability, reserve, liability, reserve, the first one lowest.
        uint256[32] low;
        /// High bits likewise.
        uint256[32] high;
    }

    /// @notice Overwrites the amounts.
    /// @dev In assembly because a post spends most of its gas here: the compiler reads an element of an array of integers again before it writes it.
    /// @param liabilities by asset, below 2^112, at most 64
    /// @param reserves as many, below 2^112
    /// @return insolvent bit i is set when reserve i is below liability i
    /// @return long bit i is set when slot i has high bits
    function write(State storage state, uint256[] memory liabilities, uint256[] calldata reserves)
        internal
        returns (uint64 insolvent, uint32 long)
    {
        uint256[32] storage lowSlots = state.low;
        uint256[32] storage highSlots = state.high;
        uint256 lowMask = type(uint64).max;
        assembly ("memory-safe") {
            let count := mload(liabilities)
            for { let i := 0 } lt(i, count) { i := add(i, 2) } {
                let owed := mload(add(liabilities, shl(5, add(i, 1))))
                let held := calldataload(add(reserves.offset, shl(5, i)))
                let nextOwed := 0
                let nextHeld := 0
                if lt(add(i, 1), count) {
                    nextOwed := mload(add(liabilities, shl(5, add(i, 2))))
                    nextHeld := calldataload(add(reserves.offset, shl(5, add(i, 1))))
                }
                insolvent := or(insolvent, shl(i, or(lt(held, owed), shl(1, lt(nextHeld, nextOwed)))))
                let slot := shr(1, i)
                if shr(LOW_BITS, or(or(owed, held), or(nextOwed, nextHeld))) {
                    long := or(long, shl(slot, 1))
                    let first := or(shr(LOW_BITS, owed), shl(HIGH_BITS, shr(LOW_BITS, held)))
                    let second := or(shr(LOW_BITS, nextOwed), shl(HIGH_BITS, shr(LOW_BITS, nextHeld)))
                    sstore(add(highSlots.slot, slot), or(first, shl(mul(2, HIGH_BITS), second)))
                    owed := and(owed, lowMask)
                    held := and(held, lowMask)
                    nextOwed := and(nextOwed, lowMask)
                    nextHeld := and(nextHeld, lowMask)
                }
                let first := or(owed, shl(LOW_BITS, held))
                let second := or(nextOwed, shl(LOW_BITS, nextHeld))
                sstore(add(lowSlots.slot, slot), or(first, shl(mul(2, LOW_BITS), second)))
            }
        }
    }

    /// @notice The amounts of the asset at `index`, from 0; zero before the first epoch.
    /// @param long as `write` returned it
    function read(State storage state, uint256 index, uint32 long) internal view returns (Amounts memory) {
        (uint256 slot, uint256 place) = (index / 2, 2 * (index % 2));
        uint256 low = state.low[slot];
        // Where no amount is long the slot may still hold the bits of an earlier epoch.
        uint256 high = (long >> slot) & 1 == 0 ? 0 : state.high[slot];
        return Amounts({liability: _amount(low, high, place), reserve: _amount(low, high, place + 1)});
    }

    function _amount(uint256 low, uint256 high, uint256 place) private pure returns (uint112) {
        uint256 lowPart = (low >> (LOW_BITS * place)) & type(uint64).max;
        uint256 highPart = (high >> (HIGH_BITS * place)) & type(uint48).max;
        return ((highPart << LOW_BITS) | lowPart).toUint112();
    }
}
