// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EpochRecord} from "../src/EpochRecord.sol";
import {Statement, StatementFields} from "../src/Statement.sol";
import {SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {Epoch, Exchange, IReserves, ShardPost, Solvency, Standing} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice What a finalized epoch leaves behind: storage, events, answers.
contract EpochsTest is Fixture {
    struct Finalized {
        uint64 asOf;
        uint16 shardCount;
        bytes32 circuitId;
        SetupKind setup;
        uint64 cadence;
        uint64 missed;
        uint128 insolvent;
        uint64 ledgerSequence;
        bytes32 ledgerHead;
        bytes32 sources;
        uint256[] liabilities;
        uint256[] reserves;
        bytes32 record;
        bytes32 head;
    }

    function test_an_epoch_is_stored() public {
        vm.roll(4_321);
        ShardPost memory post = nextPost();
        vm.warp(START + 9);
        send(post);
        Epoch memory epoch = reserves.epoch(exchangeId, 1);
        vm.assertEq(epoch.asOf, START, "as of");
        vm.assertEq(epoch.postedAt, START + 9, "posted at");
        vm.assertEq(epoch.postedInBlock, 4_321, "posted in block");
        vm.assertEq(epoch.shardCount, 1, "shards");
        vm.assertEq(uint8(epoch.setup), uint8(SetupKind.Ceremony), "setup");
        vm.assertEq(epoch.insolvent, 0, "no insolvent asset");
        Exchange memory exchange = reserves.exchange(exchangeId);
        vm.assertEq(exchange.head, epoch.head, "head");
        vm.assertEq(exchange.nextEpoch, 2, "next epoch");
        vm.assertEq(exchange.asOf, START, "latest as of");
        vm.assertEq(exchange.ledgerSequence, post.ledgerSequence, "ledger sequence");
        vm.assertEq(exchange.ledgerHead, post.ledgerHead, "ledger head");
        vm.assertEq(reserves.epoch(exchangeId, 2).head, 0, "no epoch 2");
    }

    function test_amounts_are_overwritten_and_history_is_not() public {
        send(nextPost());
        bytes32 first = reserves.epoch(exchangeId, 1).head;
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        post.publicVector[3] = 50;
        setProof(post, 1);
        send(post);
        vm.assertEq(reserves.latestAmounts(exchangeId)[0].liability, 50, "latest liability");
        vm.assertEq(reserves.epoch(exchangeId, 1).head, first, "the first epoch stays");
        vm.assertNotEq(reserves.epoch(exchangeId, 2).head, first, "the second has its own head");
    }

    /// @dev Only events and ids enter, then storage confirms.
    function test_a_record_is_rebuilt_from_events() public {
        vm.recordLogs();
        send(nextShard(0, 2));
        vm.warp(START + 1);
        send(nextShard(0, 2));
        send(nextShard(1, 2));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32 roots;
        Finalized memory finalized;
        for (uint256 i = 0; i < logs.length; ++i) {
            vm.assertEq(logs[i].topics[1], exchangeId, "indexed exchange");
            vm.assertEq(uint256(logs[i].topics[2]), 1, "indexed epoch");
            if (logs[i].topics[0] == IReserves.ShardPosted.selector) {
                vm.assertEq(uint256(logs[i].topics[3]), uint160(POSTER), "indexed poster");
                (uint16 index,, uint256 root) = abi.decode(logs[i].data, (uint16, uint16, uint256));
                roots = EpochRecord.appendRoot(index == 0 ? bytes32(0) : roots, root);
            } else if (logs[i].topics[0] == IReserves.EpochFinalized.selector) {
                finalized = abi.decode(bytes.concat(bytes32(uint256(32)), logs[i].data), (Finalized));
            }
        }
        bytes32 record = this.rebuild(finalized, roots);
        vm.assertEq(finalized.record, record, "record");
        vm.assertEq(finalized.head, EpochRecord.nextHead(exchangeId, record), "head");
        vm.assertEq(reserves.epoch(exchangeId, 1).head, finalized.head, "stored head");
        vm.assertEq(abi.encode(finalized.liabilities), abi.encode(pair(200, 400)), "liabilities");
        vm.assertEq(abi.encode(finalized.reserves), abi.encode(pair(100, 201)), "reserves");
    }

    function rebuild(Finalized calldata finalized, bytes32 roots) external view returns (bytes32) {
        StatementFields memory fields;
        fields.exchangeId = exchangeId;
        fields.epoch = 1;
        fields.asOf = finalized.asOf;
        fields.assetListDigest = reserves.exchange(exchangeId).assetListDigest;
        fields.shardCount = finalized.shardCount;
        fields.circuitId = finalized.circuitId;
        fields.ledgerSequence = finalized.ledgerSequence;
        fields.ledgerHead = finalized.ledgerHead;
        (fields.reservesDigest,) = Statement.reservesDigest(finalized.reserves, finalized.sources);
        return EpochRecord.digest(fields, roots, finalized.liabilities);
    }

    function test_an_insolvent_epoch_is_stored_and_announced() public {
        ShardPost memory post = nextPost();
        post.reserves[1] = 199;
        prove(post);
        vm.recordLogs();
        send(post);
        vm.assertEq(reserves.epoch(exchangeId, 1).insolvent, 2, "bit of asset 2");
        vm.assertEq(uint8(reserves.solvency(exchangeId, "BTC", 0).standing), uint8(Standing.Fresh), "BTC");
        Solvency memory usdc = reserves.solvency(exchangeId, "USDC", 0);
        vm.assertEq(uint8(usdc.standing), uint8(Standing.Insolvent), "USDC");
        vm.assertEq(usdc.ratioBps, 9_950, "ratio");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 3, "shard, insolvent asset, epoch");
        vm.assertEq(logs[1].topics[0], IReserves.AssetInsolvent.selector, "event");
        bytes memory data = logs[2].data;
        vm.assertEq(abi.decode(bytes.concat(bytes32(uint256(32)), data), (Finalized)).insolvent, 2, "bits of the event");
        vm.assertEq(logs[1].data, abi.encode(uint16(2), "USDC", uint256(200), uint256(199)), "symbol and amounts");
        vm.warp(START + 365 days);
        usdc = reserves.solvency(exchangeId, "USDC", 0);
        vm.assertEq(uint8(usdc.standing), uint8(Standing.Insolvent), "whatever its age");
    }

    function test_the_last_of_128_assets_has_its_own_bit() public {
        ShardPost memory post = widePost(128);
        post.reserves[127] = 127;
        prove(post);
        send(post);
        vm.assertEq(reserves.epoch(exchangeId, 1).insolvent, 1 << 127, "bit of asset 128");
        vm.assertEq(reserves.solvencyByNumber(exchangeId, 128, 0).liability, 128, "liability of asset 128");
        Standing standing = reserves.solvencyByNumber(exchangeId, 128, 0).standing;
        vm.assertEq(uint8(standing), uint8(Standing.Insolvent), "asset 128");
        vm.assertEq(uint8(reserves.solvencyByNumber(exchangeId, 129, 0).standing), uint8(Standing.Missing), "asset 129");
    }

    function test_all_of_128_assets_are_insolvent_in_two_shards() public {
        ShardPost memory post = widePost(128);
        post.shardCount = 2;
        for (uint256 i = 0; i < 128; ++i) {
            post.reserves[i] = 2 * i + 1;
        }
        prove(post);
        send(post);
        post.shardIndex = 1;
        prove(post);
        send(post);
        vm.assertEq(reserves.epoch(exchangeId, 1).insolvent, type(uint128).max, "all bits");
        for (uint16 number = 1; number <= 128; ++number) {
            Solvency memory answer = reserves.solvencyByNumber(exchangeId, number, 0);
            vm.assertEq(answer.liability, 2 * uint256(number), "liability");
            vm.assertEq(answer.reserve, 2 * uint256(number) - 1, "reserve");
        }
    }

    function test_answers_that_are_missing() public {
        assertMissing(reserves.solvency(exchangeId, "BTC", type(uint64).max));
        assertMissing(reserves.solvencyByNumber(exchangeId, 1, type(uint64).max));
        send(nextPost());
        assertMissing(reserves.solvency(keccak256("unknown"), "BTC", type(uint64).max));
        string[6] memory symbols = ["", "BT", "BTCC", "btc", "SEVENTEEN-LETTERS", "BTC\x00"];
        for (uint256 i = 0; i < symbols.length; ++i) {
            assertMissing(reserves.solvency(exchangeId, symbols[i], type(uint64).max));
        }
        assertMissing(reserves.solvencyByNumber(exchangeId, 0, type(uint64).max));
        assertMissing(reserves.solvencyByNumber(exchangeId, 3, type(uint64).max));
        assertMissing(reserves.solvencyByNumber(exchangeId, type(uint16).max, type(uint64).max));
    }

    function assertMissing(Solvency memory answer) internal pure {
        Solvency memory missing;
        vm.assertEq(abi.encode(answer), abi.encode(missing), "missing");
    }

    function test_an_unfinished_epoch_is_no_answer() public {
        send(nextShard(0, 2));
        assertMissing(reserves.solvency(exchangeId, "BTC", type(uint64).max));
    }

    function test_each_reason_alone_and_the_graver_of_two() public {
        ShardPost memory post = nextPost();
        post.reserves[1] = 199;
        prove(post);
        send(post);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Fresh, "fresh");
        vm.warp(START + 61);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Stale, "stale");
        vm.warp(START + 660);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 660).standing == Standing.Fresh, "within the grace");
        vm.warp(START + 661);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", type(uint64).max).standing == Standing.Overdue, "overdue");
        vm.warp(START - 1);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Overdue, "an unknown age");
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        Solvency memory retired = reserves.solvency(exchangeId, "BTC", 60);
        vm.assertTrue(retired.standing == Standing.Retired, "retired, and overdue");
        vm.assertEq(retired.circuitId, circuitId, "circuit");
        vm.assertTrue(
            reserves.solvency(exchangeId, "USDC", 60).standing == Standing.Insolvent, "insolvent, and retired"
        );
    }

    function test_a_development_setup_is_never_fresh() public {
        developmentCircuit();
        uint256 posted = vm.getBlockTimestamp();
        send(nextPost());
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Development, "development");
        vm.warp(posted + 10 days);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Development, "and overdue");
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Retired, "and retired");
    }

    /// @dev Each standing with the next graver one: the graver is told.
    function test_of_two_standings_the_graver_is_told() public {
        ShardPost memory post = nextPost();
        post.reserves[1] = 199;
        prove(post);
        send(post);
        vm.warp(START + 661);
        assertBoth(60, Standing.Overdue, "overdue and stale");
        developmentCircuit();
        post = nextPost();
        post.reserves[1] = 199;
        prove(post);
        send(post);
        vm.warp(vm.getBlockTimestamp() + 661);
        assertBoth(type(uint64).max, Standing.Development, "development and overdue");
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        assertBoth(type(uint64).max, Standing.Retired, "retired and development");
    }

    /// @dev BTC is covered, USDC is not.
    function assertBoth(uint64 maxAge, Standing expected, string memory why) internal view {
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", maxAge).standing == expected, why);
        vm.assertTrue(reserves.solvency(exchangeId, "USDC", maxAge).standing == Standing.Insolvent, "insolvent too");
    }

    /// @dev A circuit that did not prove the latest epoch does not matter to it.
    function test_only_the_circuit_of_the_latest_epoch_counts() public {
        bytes32 first = circuitId;
        send(nextPost());
        developmentCircuit();
        bytes32 second = circuitId;
        vm.prank(OWNER);
        registry.retireCircuit(second);
        circuitId = first;
        vm.warp(vm.getBlockTimestamp() + CADENCE);
        send(nextPost());
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 0).standing == Standing.Fresh, "another one is retired");
        vm.prank(OWNER);
        registry.retireCircuit(first);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 0).standing == Standing.Retired, "its own is");
    }

    function test_the_setup_of_each_epoch_is_told() public {
        send(nextPost());
        bytes32 ceremony = circuitId;
        developmentCircuit();
        send(nextPost());
        vm.assertEq(uint8(reserves.epoch(exchangeId, 1).setup), uint8(SetupKind.Ceremony), "epoch 1");
        vm.assertEq(uint8(reserves.epoch(exchangeId, 2).setup), uint8(SetupKind.Development), "epoch 2");
        Solvency memory answer = reserves.solvency(exchangeId, "BTC", 0);
        vm.assertEq(uint8(answer.setup), uint8(SetupKind.Development), "answer");
        vm.assertEq(answer.circuitId, circuitId, "circuit");
        vm.assertNotEq(answer.circuitId, ceremony, "not the one before");
    }
}
