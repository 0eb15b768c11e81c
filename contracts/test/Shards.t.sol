// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EpochRecord} from "../src/EpochRecord.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Amounts, PendingEpoch, ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice Rule 3 of the specification's section 6, and what splices of shards come to.
contract ShardsTest is Fixture {
    function test_shards_add_up_and_the_last_one_finalizes() public {
        send(nextShard(0, 3));
        send(nextShard(1, 3));
        vm.assertEq(reserves.exchange(exchangeId).nextEpoch, 1, "not finalized before the last");
        vm.assertEq(reserves.pendingEpoch(exchangeId).shardsDone, 2, "shards done");
        ShardPost memory last = nextShard(2, 3);
        last.publicVector[4] = 2 ** 100;
        setProof(last, 1);
        send(last);
        Amounts[] memory amounts = reserves.latestAmounts(exchangeId);
        vm.assertEq(amounts[0].liability, 300, "BTC");
        vm.assertEq(amounts[1].liability, 400 + 2 ** 100, "USDC");
        vm.assertEq(amounts[1].reserve, 201, "reserves count once");
        vm.assertEq(reserves.epoch(exchangeId, 1).shardCount, 3, "shard count");
        vm.assertEq(reserves.exchange(exchangeId).nextEpoch, 2, "next epoch");
        assertNothingPending();
    }

    function test_pending_totals_and_roots_are_read_back() public {
        ShardPost memory first = nextShard(0, 3);
        send(first);
        ShardPost memory second = nextShard(1, 3);
        send(second);
        PendingEpoch memory pending = reserves.pendingEpoch(exchangeId);
        vm.assertEq(pending.firstContext, contextOf(first), "context of shard 0");
        bytes32 roots = EpochRecord.appendRoot(0, first.publicVector[2]);
        vm.assertEq(pending.roots, EpochRecord.appendRoot(roots, second.publicVector[2]), "roots");
        vm.assertEq(abi.encode(pending.liabilities), abi.encode(pair(200, 400)), "totals so far");
    }

    function test_an_epoch_has_1_to_128_shards() public {
        uint16[3] memory counts = [uint16(0), 129, type(uint16).max];
        for (uint256 i = 0; i < counts.length; ++i) {
            refuses(
                nextShard(0, counts[i]), abi.encodeWithSelector(IRefusals.ShardCountInvalid.selector, 128, counts[i])
            );
        }
        send(nextShard(0, 128));
    }

    function test_the_index_is_below_the_count() public {
        refuses(nextShard(1, 1), abi.encodeWithSelector(IRefusals.ShardIndexInvalid.selector, 1, 1));
        refuses(nextShard(65535, 2), abi.encodeWithSelector(IRefusals.ShardIndexInvalid.selector, 2, 65535));
    }

    function test_no_shard_is_left_out() public {
        refuses(nextShard(1, 3), abi.encodeWithSelector(IRefusals.ShardOutOfOrder.selector, 0, 1));
        send(nextShard(0, 3));
        refuses(nextShard(2, 3), abi.encodeWithSelector(IRefusals.ShardOutOfOrder.selector, 1, 2));
    }

    function test_no_shard_counts_twice() public {
        ShardPost memory first = nextShard(0, 3);
        send(first);
        refuses(first, abi.encodeWithSelector(IRefusals.ShardAlreadyPosted.selector, 0));
        ShardPost memory second = nextShard(1, 3);
        send(second);
        refuses(first, abi.encodeWithSelector(IRefusals.ShardAlreadyPosted.selector, 0));
        refuses(second, abi.encodeWithSelector(IRefusals.ShardAlreadyPosted.selector, 1));
    }

    function test_another_proof_of_the_same_shard_is_the_same_shard() public {
        ShardPost memory first = nextShard(0, 2);
        send(first);
        setProof(first, 99);
        refuses(first, abi.encodeWithSelector(IRefusals.ShardAlreadyPosted.selector, 0));
    }

    function test_shards_agree_with_shard_0() public {
        send(nextShard(0, 3));
        bytes32 expected = reserves.pendingEpoch(exchangeId).firstContext;
        for (uint256 change = 0; change < 6; ++change) {
            ShardPost memory post = nextShard(1, 3);
            if (change == 0) post.asOf -= 1;
            if (change == 1) post.shardCount = 2;
            if (change == 2) post.circuitId = keccak256("another circuit");
            if (change == 3) post.ledgerSequence += 1;
            if (change == 4) post.ledgerHead = ~post.ledgerHead;
            if (change == 5) post.reserves[0] += 1;
            prove(post);
            bytes32 found = firstContextBy(post);
            refuses(post, abi.encodeWithSelector(IRefusals.ShardStatementMismatch.selector, 1, expected, found));
        }
        send(nextShard(1, 3));
    }

    function test_a_different_shard_0_begins_again() public {
        ShardPost memory dropped = nextShard(0, 2);
        dropped.publicVector[3] = 7_000;
        setProof(dropped, 1);
        send(dropped);
        vm.warp(START + 1);
        ShardPost memory first = nextShard(0, 2);
        send(first);
        PendingEpoch memory pending = reserves.pendingEpoch(exchangeId);
        vm.assertEq(pending.shardsDone, 1, "shards done");
        vm.assertEq(pending.roots, EpochRecord.appendRoot(0, first.publicVector[2]), "roots start from nothing");
        vm.assertEq(abi.encode(pending.liabilities), abi.encode(pair(100, 200)), "totals start from nothing");
        send(nextShard(1, 2));
        vm.assertEq(reserves.latestAmounts(exchangeId)[0].liability, 200, "the dropped shard counts for nothing");
    }

    function test_shards_of_two_attempts_do_not_mix() public {
        send(nextShard(0, 2));
        bytes32 first = reserves.pendingEpoch(exchangeId).firstContext;
        vm.warp(START + 1);
        ShardPost memory foreign = nextShard(1, 2);
        refuses(
            foreign,
            abi.encodeWithSelector(IRefusals.ShardStatementMismatch.selector, 1, first, firstContextBy(foreign))
        );
    }

    function test_a_whole_epoch_in_one_shard_replaces_an_unfinished_one() public {
        send(nextShard(0, 2));
        send(nextPost());
        vm.assertEq(reserves.exchange(exchangeId).nextEpoch, 2, "next epoch");
        vm.assertEq(reserves.latestAmounts(exchangeId)[0].liability, 100, "liability");
        assertNothingPending();
        vm.warp(START + CADENCE);
        refuses(nextShard(1, 2), abi.encodeWithSelector(IRefusals.ShardOutOfOrder.selector, 0, 1));
    }

    function test_sums_of_shards_are_below_2_112() public {
        ShardPost memory first = nextShard(0, 2);
        first.publicVector[4] = 2 ** 112 - 200;
        setProof(first, 1);
        send(first);
        refuses(nextShard(1, 2), abi.encodeWithSelector(IRefusals.AmountOutOfRange.selector, 2, 2 ** 112));
        ShardPost memory second = nextShard(1, 2);
        second.publicVector[4] = 199;
        setProof(second, 1);
        send(second);
        vm.assertEq(reserves.latestAmounts(exchangeId)[1].liability, 2 ** 112 - 1, "the largest sum");
    }

    function test_an_exchange_paused_between_shards_goes_on_after() public {
        send(nextShard(0, 2));
        ShardPost memory second = nextShard(1, 2);
        vm.prank(AUTHORITY);
        reserves.setPaused(exchangeId, true);
        refuses(second, abi.encodeWithSelector(IRefusals.ExchangePaused.selector, exchangeId));
        vm.prank(AUTHORITY);
        reserves.setPaused(exchangeId, false);
        send(second);
    }

    function test_a_circuit_retired_between_shards_stops_the_epoch() public {
        send(nextShard(0, 2));
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        refuses(nextShard(1, 2), abi.encodeWithSelector(IRefusals.CircuitRetired.selector, circuitId));
    }

    /// @dev Of what shard 0 wrote only the exchange's progress is left; context, roots and totals
    /// are not.
    function test_the_storage_of_an_unfinished_epoch_is_cleared() public {
        ShardPost memory first = nextShard(0, 2);
        vm.record();
        send(first);
        (, bytes32[] memory slots) = vm.accesses(address(reserves));
        vm.assertLe(4, slots.length, "progress, context, roots, totals");
        send(nextShard(1, 2));
        bytes32 progress = slots[slots.length - 1];
        for (uint256 i = 0; i < slots.length; ++i) {
            bool cleared = vm.load(address(reserves), slots[i]) == 0;
            vm.assertTrue(cleared == (slots[i] != progress), "slot");
        }
    }

    /// @dev The context that shard 0 would have had by this post's statement.
    function firstContextBy(ShardPost memory post) internal view returns (bytes32) {
        uint16 index = post.shardIndex;
        post.shardIndex = 0;
        bytes32 context = contextOf(post);
        post.shardIndex = index;
        return context;
    }

    function assertNothingPending() internal view {
        PendingEpoch memory pending = reserves.pendingEpoch(exchangeId);
        vm.assertEq(pending.shardsDone, 0, "no shard pending");
        vm.assertEq(pending.firstContext, 0, "no context pending");
    }
}
