// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Epoch, ShardPost} from "../src/interfaces/IReserves.sol";
import {GoldenFixture} from "./GoldenFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice The golden history: real proofs by the prover, accepted in order and refused in any
/// other.
contract GoldenTest is GoldenFixture {
    function setUp() public override {
        load("tests/vectors/history.json");
    }

    function test_the_history_is_accepted_and_stored() public {
        for (uint64 number = 1; number <= 3; ++number) {
            string memory key = epochKey(number);
            vm.assertEq(
                reserves.exchange(exchangeId).head,
                vm.parseJsonBytes32(json, string.concat(key, ".head_before")),
                "head before"
            );
            vm.recordLogs();
            sendEpoch(number);
            Epoch memory epoch = reserves.epoch(exchangeId, number);
            vm.assertEq(epoch.head, vm.parseJsonBytes32(json, string.concat(key, ".head_after")), "head after");
            assertAmounts(key, epoch);
            assertRecord(key, vm.getRecordedLogs());
        }
        vm.assertEq(reserves.exchange(exchangeId).nextEpoch, 4, "next epoch");
    }

    function assertAmounts(string memory key, Epoch memory epoch) internal view {
        uint256[] memory liabilities = vm.parseJsonUintArray(json, string.concat(key, ".liabilities"));
        uint256[] memory held = vm.parseJsonUintArray(json, string.concat(key, ".reserves"));
        uint256[] memory insolvent = vm.parseJsonUintArray(json, string.concat(key, ".insolvent"));
        for (uint256 i = 0; i < liabilities.length; ++i) {
            vm.assertEq(reserves.latestAmounts(exchangeId)[i].liability, liabilities[i], "liability");
            vm.assertEq(reserves.latestAmounts(exchangeId)[i].reserve, held[i], "reserve");
        }
        uint256 bits = 0;
        for (uint256 i = 0; i < insolvent.length; ++i) {
            bits |= uint256(1) << (insolvent[i] - 1);
        }
        vm.assertEq(epoch.insolvent, bits, "insolvent assets");
    }

    /// @dev The last two words before the arrays of `EpochFinalized` are record and head.
    function assertRecord(string memory key, Vm.Log[] memory logs) internal view {
        bytes memory data = logs[logs.length - 1].data;
        bytes32 record;
        assembly ("memory-safe") {
            record := mload(add(data, mul(32, 13)))
        }
        vm.assertEq(record, vm.parseJsonBytes32(json, string.concat(key, ".record")), "record");
    }

    function test_an_insolvent_epoch_is_in_the_history() public view {
        vm.assertTrue(vm.parseJsonUintArray(json, ".epochs[1].insolvent").length > 0, "no vector of an insolvent epoch");
    }

    function test_every_word_of_every_proof_counts() public {
        for (uint64 number = 1; number <= 3; ++number) {
            uint16 count = shard(epochKey(number), 0).shardCount;
            for (uint16 index = 0; index < count; ++index) {
                ShardPost memory right = shard(epochKey(number), index);
                for (uint256 word = 0; word < 8; ++word) {
                    ShardPost memory wrong = shard(epochKey(number), index);
                    wrong.proof[word] = addmod(wrong.proof[word], 1, Bn254.Q);
                    uint8 point = word < 2 ? 0 : word < 6 ? 1 : 2;
                    refuses(wrong, abi.encodeWithSelector(IRefusals.ProofPointInvalid.selector, point));
                }
                send(right);
            }
        }
    }

    function test_every_public_element_counts() public {
        for (uint256 index = 2; index < 6; ++index) {
            ShardPost memory post = shard(".epochs[0]", 0);
            post.publicVector[index] ^= 1;
            refuses(post, proofRejected(post));
        }
    }

    function test_every_word_of_an_opening_counts() public {
        ShardPost memory post = shard(".epochs[0]", 0);
        for (uint8 word = 0; word < 32; ++word) {
            uint256 right = post.openingPoints[word];
            post.openingPoints[word] = addmod(right, 1, Bn254.Q);
            refuses(post, abi.encodeWithSelector(IRefusals.OpeningPointInvalid.selector, word / 2));
            // A negated y is the other point of this x.
            post.openingPoints[word] = word % 2 == 0 ? right : Bn254.Q - right;
            if (word % 2 == 1) refuses(post, proofRejected(post));
            post.openingPoints[word] = right;
        }
        for (uint256 scalar = 0; scalar < 8; ++scalar) {
            post.openingScalars[scalar] = addmod(post.openingScalars[scalar], 1, Bn254.R);
            refuses(post, proofRejected(post));
            post.openingScalars[scalar] = addmod(post.openingScalars[scalar], Bn254.R - 1, Bn254.R);
        }
        send(post);
    }

    function test_an_opening_of_one_shard_does_not_open_another() public {
        sendEpoch(1);
        ShardPost memory first = shard(".epochs[1]", 0);
        ShardPost memory second = shard(".epochs[1]", 1);
        (first.openingPoints, first.openingScalars) = (second.openingPoints, second.openingScalars);
        refuses(first, proofRejected(first));
    }

    /// @dev -A and -B make another valid proof of any, without its witness.
    function test_a_proof_changed_into_another_valid_one_is_the_same_post() public {
        ShardPost memory post = shard(".epochs[0]", 0);
        post.proof[1] = Bn254.Q - post.proof[1];
        (post.proof[4], post.proof[5]) = (Bn254.Q - post.proof[4], Bn254.Q - post.proof[5]);
        send(post);
        vm.assertEq(reserves.epoch(exchangeId, 1).head, vm.parseJsonBytes32(json, ".epochs[0].head_after"), "head");
        refuses(shard(".epochs[0]", 0), abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 2, 1));
    }

    function test_a_proof_of_one_shard_does_not_prove_another() public {
        sendEpoch(1);
        ShardPost memory first = shard(".epochs[1]", 0);
        first.proof = shard(".epochs[1]", 1).proof;
        refuses(first, proofRejected(first));
    }

    function test_epochs_are_neither_skipped_nor_replayed() public {
        refuses(shard(".epochs[1]", 0), abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 1, 2));
        refuses(shard(".epochs[2]", 0), abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 1, 3));
        sendEpoch(1);
        refuses(shard(".epochs[0]", 0), abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 2, 1));
    }

    function test_shards_of_another_attempt_are_spliced_in_vain() public {
        sendEpoch(1);
        send(shard(".epochs[1]", 0));
        ShardPost memory foreign = shard(".other", 1);
        bytes32 expected = reserves.pendingEpoch(exchangeId).firstContext;
        ShardPost memory asFirst = shard(".other", 1);
        asFirst.shardIndex = 0;
        bytes32 found = contextOf(asFirst);
        refuses(foreign, abi.encodeWithSelector(IRefusals.ShardStatementMismatch.selector, 1, expected, found));
        foreign.asOf = shard(".epochs[1]", 1).asOf;
        foreign.reserves = shard(".epochs[1]", 1).reserves;
        found = bytes32((foreign.publicVector[0] << 128) | foreign.publicVector[1]);
        expected = contextOf(foreign);
        refuses(foreign, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, expected, found));
        send(shard(".epochs[1]", 1));
        vm.assertEq(
            reserves.epoch(exchangeId, 2).head, vm.parseJsonBytes32(json, ".epochs[1].head_after"), "the right epoch 2"
        );
    }

    function test_another_attempt_replaces_an_unfinished_one() public {
        sendEpoch(1);
        send(shard(".epochs[1]", 0));
        send(shard(".other", 0));
        send(shard(".other", 1));
        vm.assertEq(reserves.epoch(exchangeId, 2).head, vm.parseJsonBytes32(json, ".other.head_after"), "head after");
    }

    function test_a_key_of_another_transcript_is_another_circuit() public {
        bytes memory key = vm.parseJsonBytes(json, ".circuit.verifying_key");
        bytes32 transcript = vm.parseJsonBytes32(json, ".circuit.transcript");
        vm.prank(OWNER);
        bytes32 other = registry.addCircuit(7, 128, 1, ~transcript, key);
        ShardPost memory post = shard(".epochs[0]", 0);
        bytes32 found = contextOf(post);
        post.circuitId = other;
        refuses(post, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, contextOf(post), found));
    }
}
