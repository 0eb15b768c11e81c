// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {EpochLog} from "../src/EpochLog.sol";
import {SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {Epoch} from "../src/interfaces/IReserves.sol";
import {vm} from "./Vm.sol";

/// @notice Packing of finalized epochs, two beside each other in a slot.
contract EpochLogTest {
    using EpochLog for EpochLog.State;
    using SafeCast for uint256;

    EpochLog.State private log;

    function testFuzz_epochs_are_read_back(uint256[6] memory seeds, uint64 start) public {
        start = start % 2 ** 63;
        for (uint64 i = 0; i < 6; ++i) {
            log.add(start + i, epochOf(seeds[i], i));
        }
        for (uint64 i = 0; i < 6; ++i) {
            vm.assertEq(abi.encode(log.read(start + i)), abi.encode(epochOf(seeds[i], i)), "epoch");
        }
        Epoch memory none;
        vm.assertEq(abi.encode(log.read(start + 6)), abi.encode(none), "an epoch that is not finalized");
    }

    /// @dev Any epoch; every other one without insolvent assets.
    function epochOf(uint256 seed, uint64 i) internal pure returns (Epoch memory) {
        uint256 digest = uint256(keccak256(abi.encode(seed, i)));
        return Epoch({
            head: bytes32(digest),
            asOf: (digest % 2 ** 40).toUint64(),
            postedAt: ((digest >> 40) % 2 ** 40).toUint64(),
            postedInBlock: ((digest >> 80) % 2 ** 40).toUint64(),
            shardCount: (seed % 128 + 1).toUint16(),
            setup: seed % 3 == 0 ? SetupKind.Ceremony : SetupKind.Development,
            insolvent: i % 2 == 0 ? 0 : (digest >> 128).toUint128(),
            cadence: 0,
            missed: 0
        });
    }

    function test_epochs_at_the_bounds_are_read_back() public {
        uint64 largest = 2 ** 40 - 1;
        Epoch memory first = Epoch(bytes32(uint256(1)), 0, 0, 0, 1, SetupKind.Development, 0, 0, 0);
        Epoch memory second = Epoch(
            bytes32(type(uint256).max), largest, largest, largest, 128, SetupKind.Ceremony, type(uint128).max, 0, 0
        );
        for (uint64 number = 1; number < 5; ++number) {
            log.add(number, number % 2 == 0 ? first : second);
        }
        for (uint64 number = 1; number < 5; ++number) {
            vm.assertEq(abi.encode(log.read(number)), abi.encode(number % 2 == 0 ? first : second), "epoch");
        }
    }

    function add(Epoch memory epoch) external {
        log.add(1, epoch);
    }

    function test_a_time_or_block_beyond_40_bits_is_refused() public {
        for (uint256 i = 0; i < 3; ++i) {
            Epoch memory epoch = Epoch(bytes32(uint256(1)), 1, 1, 1, 1, SetupKind.Development, 0, 0, 0);
            if (i == 0) epoch.asOf = 2 ** 40;
            if (i == 1) epoch.postedAt = 2 ** 40;
            if (i == 2) epoch.postedInBlock = 2 ** 40;
            (bool success,) = address(this).call(abi.encodeCall(this.add, (epoch)));
            vm.assertTrue(!success, "cut off without a word");
        }
    }

    /// @dev Head and half a slot; with insolvent assets a slot more.
    function test_an_epoch_takes_little_storage() public {
        vm.record();
        log.add(2, Epoch(bytes32(uint256(1)), 1, 1, 1, 1, SetupKind.Development, 0, 0, 0));
        (, bytes32[] memory writes) = vm.accesses(address(this));
        vm.assertEq(writes.length, 2, "head and entry");
        vm.record();
        log.add(3, Epoch(bytes32(uint256(1)), 1, 1, 1, 1, SetupKind.Development, 1, 0, 0));
        (, bytes32[] memory more) = vm.accesses(address(this));
        vm.assertEq(more.length, 3, "head, entry, insolvent assets");
        vm.assertEq(more[1], writes[1], "two epochs share a slot");
    }
}
