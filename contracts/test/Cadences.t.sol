// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Cadences} from "../src/Cadences.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Epoch, IReserves, ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice The cadence that an exchange promises, and what follows from it: overdue, missed, too
/// soon.
contract CadencesTest is Fixture {
    /// Words of `EpochFinalized` before the cadence.
    uint256 private constant EVENT_CADENCE = 4;

    function setCadence(uint64 cadence) internal {
        vm.prank(AUTHORITY);
        reserves.setCadence(exchangeId, cadence);
    }

    /// @dev Posts `gap` seconds after now. Event and storage tell the same of it.
    function assertEpochAfter(uint64 gap, uint64 cadence, uint64 missed) internal {
        vm.warp(vm.getBlockTimestamp() + gap);
        uint64 number = reserves.exchange(exchangeId).nextEpoch;
        vm.recordLogs();
        send(nextPost());
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes memory data = logs[logs.length - 1].data;
        vm.assertEq(logs[logs.length - 1].topics[0], IReserves.EpochFinalized.selector, "event");
        vm.assertEq(word(data, EVENT_CADENCE), cadence, "cadence in the event");
        vm.assertEq(word(data, EVENT_CADENCE + 1), missed, "missed in the event");
        assertStored(number, cadence, missed);
    }

    function assertStored(uint64 number, uint64 cadence, uint64 missed) internal view {
        Epoch memory epoch = reserves.epoch(exchangeId, number);
        vm.assertEq(epoch.cadence, cadence, "cadence");
        vm.assertEq(epoch.missed, missed, "missed");
    }

    function word(bytes memory data, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(data, 32), shl(5, index)))
        }
    }

    function test_missed_epochs_are_told_at_the_borders() public {
        assertEpochAfter(0, CADENCE, 0);
        assertEpochAfter(660, CADENCE, 0);
        assertEpochAfter(661, CADENCE, 1);
        assertEpochAfter(1_260, CADENCE, 1);
        assertEpochAfter(1_261, CADENCE, 2);
        setCadence(9);
        assertEpochAfter(9, 9, 0);
        assertEpochAfter(10, 9, 1);
        assertEpochAfter(18, 9, 1);
        assertEpochAfter(19, 9, 2);
        setCadence(1 days);
        assertEpochAfter(90_000, 1 days, 0);
        assertEpochAfter(90_001, 1 days, 1);
        assertEpochAfter(176_400, 1 days, 1);
        assertEpochAfter(176_401, 1 days, 2);
    }

    /// @dev The first epoch has nothing before it that it could be late after.
    function test_the_first_epoch_has_missed_none() public {
        setCadence(1);
        assertEpochAfter(10 days, 1, 0);
    }

    function test_each_epoch_keeps_the_cadence_it_was_finalized_under() public {
        assertStored(1, 0, 0);
        setCadence(300);
        setCadence(400);
        assertEpochAfter(1, 400, 0);
        assertEpochAfter(441, 400, 1);
        setCadence(60);
        setCadence(100);
        assertEpochAfter(150, 100, 1);
        assertEpochAfter(1_000, 100, 9);
        // Under way, and finalized under the new promise.
        vm.warp(vm.getBlockTimestamp() + 200);
        send(nextShard(0, 2));
        setCadence(50);
        send(nextShard(1, 2));
        uint64[5] memory cadences = [uint64(400), 400, 100, 100, 50];
        uint64[5] memory missed = [uint64(0), 1, 1, 9, 3];
        for (uint64 i = 0; i < 5; ++i) {
            assertStored(i + 1, cadences[i], missed[i]);
        }
        assertStored(6, 0, 0);
        setCadence(7 days);
        assertStored(5, 50, 3);
    }

    function test_a_change_is_announced_from_the_next_epoch_on() public {
        refuses(
            AUTHORITY,
            abi.encodeCall(reserves.setCadence, (exchangeId, 0)),
            abi.encodeWithSelector(IRefusals.CadenceInvalid.selector, 0)
        );
        send(nextPost());
        vm.recordLogs();
        setCadence(1 days);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "one event");
        vm.assertEq(logs[0].topics[0], IReserves.CadenceSet.selector, "event");
        vm.assertEq(logs[0].topics[1], exchangeId, "indexed exchange");
        vm.assertEq(logs[0].data, abi.encode(uint64(1 days), uint64(2)), "cadence and first epoch");
        vm.assertEq(reserves.exchange(exchangeId).cadence, 1 days, "cadence");
    }

    // --- Overdue ---

    function assertOverdueAfter(uint64 cadence, uint64 grace) internal {
        setCadence(cadence);
        for (uint64 i = 0; i < 2; ++i) {
            vm.warp(START + cadence + grace + i);
            Standing expected = i == 0 ? Standing.Fresh : Standing.Overdue;
            vm.assertTrue(reserves.solvency(exchangeId, "BTC", type(uint64).max).standing == expected, "any age");
            vm.assertTrue(reserves.solvency(exchangeId, "BTC", cadence + grace + i).standing == expected, "this age");
        }
    }

    function test_an_exchange_is_overdue_after_its_grace_whatever_age_is_asked_for() public {
        send(nextPost());
        assertOverdueAfter(1, 0);
        assertOverdueAfter(9, 0);
        assertOverdueAfter(10, 1);
        assertOverdueAfter(CADENCE, 60);
        assertOverdueAfter(35_999, 3_599);
        assertOverdueAfter(36_000, 3_600);
        assertOverdueAfter(1 days, 3_600);
        setCadence(type(uint64).max);
        vm.warp(uint256(START) + type(uint64).max / 2);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", type(uint64).max).standing == Standing.Fresh, "never");
    }

    // --- Too soon ---

    function test_the_quarter_is_rounded_up() public pure {
        uint64[6] memory cadences = [uint64(1), 3, 4, 5, 601, type(uint64).max];
        uint64[6] memory earliest = [uint64(8), 8, 8, 9, 158, 2 ** 62 + 7];
        for (uint256 i = 0; i < 6; ++i) {
            vm.assertEq(Cadences.earliestAfter(cadences[i], 7), earliest[i], "earliest");
        }
        vm.assertEq(Cadences.earliestAfter(4, type(uint64).max), type(uint64).max, "saturated");
    }

    function test_the_cadence_now_in_force_says_what_is_too_soon() public {
        send(nextPost());
        vm.warp(START + 200);
        ShardPost memory post = nextPost();
        setCadence(801);
        refuses(post, abi.encodeWithSelector(IRefusals.AsOfTooSoon.selector, START + 201, START + 200));
        setCadence(800);
        send(post);
    }

    /// @dev A longer promise between two shards stops the attempt; a later one goes through.
    function test_shards_too_soon_by_a_new_promise_are_begun_again() public {
        send(nextPost());
        vm.warp(START + 200);
        send(nextShard(0, 2));
        ShardPost memory second = nextShard(1, 2);
        setCadence(1_200);
        refuses(second, abi.encodeWithSelector(IRefusals.AsOfTooSoon.selector, START + 300, START + 200));
        vm.warp(START + 300);
        send(nextShard(0, 2));
        send(nextShard(1, 2));
        vm.assertEq(reserves.epoch(exchangeId, 2).cadence, 1_200, "cadence");
    }

    /// @dev The first epoch may be of any time up to now; earlier refusals come first.
    function test_the_order_of_refusals_of_times_and_ledger_positions() public {
        setCadence(type(uint64).max);
        send(nextPost());
        vm.warp(START + 100);
        ShardPost memory post = nextPost();
        (post.asOf, post.ledgerSequence) = (START, type(uint64).max);
        refuses(post, abi.encodeWithSelector(IRefusals.AsOfNotAfterLast.selector, START, START));
        post.asOf = START + 1;
        refuses(post, abi.encodeWithSelector(IRefusals.AsOfTooSoon.selector, START + 2 ** 62, START + 1));
        post.asOf = START + 101;
        refuses(post, abi.encodeWithSelector(IRefusals.AsOfInFuture.selector, START + 100, START + 101));
        setCadence(1);
        post.asOf = START + 1;
        refuses(post, abi.encodeWithSelector(IRefusals.LedgerSequenceJump.selector, 5, type(uint64).max));
        post.ledgerSequence = 4;
        refuses(post, abi.encodeWithSelector(IRefusals.LedgerSequenceBackwards.selector, 5, 4));
    }
}
