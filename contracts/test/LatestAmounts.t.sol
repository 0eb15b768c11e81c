// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {LatestAmounts} from "../src/LatestAmounts.sol";
import {Amounts} from "../src/interfaces/IReserves.sol";
import {vm} from "./Vm.sol";

/// @notice Packing of the latest amounts, of all sizes, over what earlier epochs left in the slots.
contract LatestAmountsTest {
    using LatestAmounts for LatestAmounts.State;

    LatestAmounts.State private state;

    function write(uint256[] memory liabilities, uint256[] memory reserves) external returns (uint128, uint32) {
        return state.write(liabilities, reserves);
    }

    function read(uint256 index, uint32 sizes) external view returns (Amounts memory) {
        return state.read(index, sizes);
    }

    /// @dev Two epochs after each other; a byte of `bits` bounds the amounts of each block.
    function testFuzz_amounts_are_read_back(uint256 seed, uint8 count, bytes8[2] memory bits) public {
        count = count % 128 + 1;
        for (uint256 epoch = 0; epoch < 2; ++epoch) {
            uint256[] memory liabilities = new uint256[](count);
            uint256[] memory reserves = new uint256[](count);
            for (uint256 i = 0; i < count; ++i) {
                uint256 bound = 2 ** (uint8(bits[epoch][i / 16]) % 113);
                liabilities[i] = uint256(keccak256(abi.encode(seed, epoch, i, "owed"))) % bound;
                reserves[i] = uint256(keccak256(abi.encode(seed, epoch, i, "held"))) % bound;
            }
            assertReadBack(liabilities, reserves);
        }
    }

    function test_amounts_at_the_bounds_are_read_back() public {
        for (uint256 size = 14; size > 0; --size) {
            uint256[4] memory bounds = [uint256(0), 1, 2 ** (8 * size - 8), 2 ** (8 * size) - 1];
            for (uint256 i = 0; i < 16; ++i) {
                uint256[] memory liabilities = new uint256[](33);
                uint256[] memory reserves = new uint256[](33);
                (liabilities[15], reserves[15]) = (bounds[i % 4], bounds[i / 4]);
                (liabilities[16], reserves[16]) = (bounds[i / 4], bounds[i % 4]);
                (liabilities[0], reserves[32]) = (bounds[3], bounds[3]);
                assertReadBack(liabilities, reserves);
            }
        }
    }

    /// @dev 32 amounts of so many bytes are so many slots; the fewer assets, the fewer.
    function test_a_block_takes_as_many_slots_as_an_amount_has_bytes() public {
        for (uint256 size = 1; size <= 14; ++size) {
            vm.assertEq(slotsWritten(16, size), size, "a whole block");
            vm.assertEq(slotsWritten(5, size), (10 * size + 31) / 32, "five assets");
            vm.assertEq(slotsWritten(53, size), 3 * size + (10 * size + 31) / 32, "three blocks and five assets");
            vm.assertEq(slotsWritten(128, size), 8 * size, "all blocks");
        }
    }

    function slotsWritten(uint256 count, uint256 size) internal returns (uint256) {
        uint256[] memory liabilities = new uint256[](count);
        uint256[] memory reserves = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            reserves[i] = 2 ** (8 * size) - 1;
        }
        vm.record();
        assertReadBack(liabilities, reserves);
        (, bytes32[] memory writes) = vm.accesses(address(this));
        return writes.length;
    }

    function assertReadBack(uint256[] memory liabilities, uint256[] memory reserves) internal {
        (uint128 insolvent, uint32 sizes) = this.write(liabilities, reserves);
        for (uint256 i = 0; i < liabilities.length; ++i) {
            Amounts memory amounts = this.read(i, sizes);
            vm.assertEq(amounts.liability, liabilities[i], "liability");
            vm.assertEq(amounts.reserve, reserves[i], "reserve");
            vm.assertTrue((insolvent >> i) & 1 == (reserves[i] < liabilities[i] ? 1 : 0), "insolvent");
        }
        vm.assertTrue(
            liabilities.length == 128 || insolvent >> liabilities.length == 0, "no asset beyond the last is insolvent"
        );
    }
}
