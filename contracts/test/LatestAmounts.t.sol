// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {LatestAmounts} from "../src/LatestAmounts.sol";
import {Amounts} from "../src/interfaces/IReserves.sol";
import {vm} from "./Vm.sol";

/// @notice Packing of the latest amounts, long and short, over what earlier epochs left in the slots.
contract LatestAmountsTest {
    using LatestAmounts for LatestAmounts.State;

    LatestAmounts.State private state;

    function write(uint256[] memory liabilities, uint256[] calldata reserves) external returns (uint64, uint32) {
        return state.write(liabilities, reserves);
    }

    function read(uint256 index, uint32 long) external view returns (Amounts memory) {
        return state.read(index, long);
    }

    /// @dev Two epochs after each other; a bit of `short` makes the amount at its place one of at most 64 bits.
    function testFuzz_amounts_are_read_back(uint256 seed, uint8 count, uint256[2] memory short) public {
        count = count % 64 + 1;
        for (uint256 epoch = 0; epoch < 2; ++epoch) {
            uint256[] memory liabilities = new uint256[](count);
            uint256[] memory reserves = new uint256[](count);
            for (uint256 i = 0; i < count; ++i) {
                liabilities[i] = amount(seed, epoch, 2 * i, short[epoch]);
                reserves[i] = amount(seed, epoch, 2 * i + 1, short[epoch]);
            }
            assertReadBack(liabilities, reserves);
        }
    }

    function amount(uint256 seed, uint256 epoch, uint256 place, uint256 short) internal pure returns (uint256) {
        uint256 bits = (short >> place) & 1 == 1 ? 64 : 112;
        return uint256(keccak256(abi.encode(seed, epoch, place))) >> (256 - bits);
    }

    function test_amounts_at_the_bounds_are_read_back() public {
        uint256[4] memory bounds = [uint256(0), type(uint64).max, uint256(type(uint64).max) + 1, type(uint112).max];
        uint256[] memory liabilities = new uint256[](3);
        uint256[] memory reserves = new uint256[](3);
        for (uint256 i = 0; i < 4 ** 6; ++i) {
            for (uint256 asset = 0; asset < 3; ++asset) {
                liabilities[asset] = bounds[(i >> (4 * asset)) % 4];
                reserves[asset] = bounds[(i >> (4 * asset + 2)) % 4];
            }
            assertReadBack(liabilities, reserves);
        }
    }

    function assertReadBack(uint256[] memory liabilities, uint256[] memory reserves) internal {
        (uint64 insolvent, uint32 long) = this.write(liabilities, reserves);
        for (uint256 i = 0; i < liabilities.length; ++i) {
            Amounts memory amounts = this.read(i, long);
            vm.assertEq(amounts.liability, liabilities[i], "liability");
            vm.assertEq(amounts.reserve, reserves[i], "reserve");
            vm.assertTrue((insolvent >> i) & 1 == (reserves[i] < liabilities[i] ? 1 : 0), "insolvent");
        }
        vm.assertTrue(uint256(insolvent) >> liabilities.length == 0, "no asset beyond the last is insolvent");
    }
}
