// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {ShardPost, Solvency, Standing} from "../src/interfaces/IReserves.sol";
import {WitnessedSolvency} from "../src/interfaces/IWitnesses.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What the contracts answer after real posts and looks, against the vectors of section 7.
contract AnswersTest is WitnessFixture {
    string private json;
    bytes32 private ceremony;
    bytes32 private development;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("tests/vectors/answers.json");
        ceremony = circuitId;
        bytes memory key = verifier().verifyingKey();
        vm.prank(OWNER);
        development = registry.addCircuit(7, 128, 1, TRANSCRIPT, key);
    }

    function path(string memory list, uint256 index, string memory key) internal pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]", key);
    }

    function number(string memory list, uint256 index, string memory key) internal view returns (uint64) {
        return uint64(vm.parseJsonUint(json, path(list, index, key)));
    }

    /// @dev The vectors' times are small; both circuits count here only later.
    function shift(string memory list, uint256 index) internal view returns (uint64) {
        return START + DELAY + 10_000 - number(list, index, ".as_of");
    }

    function assertStanding(string memory list, uint256 index, Standing found) internal view {
        string[7] memory names = ["Missing", "Insolvent", "Retired", "Development", "Overdue", "Stale", "Fresh"];
        string memory expected = vm.parseJsonString(json, path(list, index, ".standing"));
        vm.assertEq(names[uint8(found)], expected, path(list, index, ""));
    }

    /// @dev All epochs before the vector's, more than an hour before its as-of time.
    function precede(string memory list, uint256 index) internal {
        uint64 setup = number(list, index, ".setup");
        circuitId = setup == uint8(SetupKind.Ceremony) ? ceremony : development;
        uint64 epochs = number(list, index, ".epoch");
        uint64 last = number(list, index, ".as_of") + shift(list, index) - 1 hours;
        for (uint64 epoch = 1; epoch < epochs; ++epoch) {
            vm.warp(last - CADENCE * (epochs - epoch));
            send(nextPost());
        }
    }

    /// @dev The vector's epoch, and what is true when it is asked about.
    function post(string memory list, uint256 index) internal {
        vm.warp(number(list, index, ".as_of") + shift(list, index));
        ShardPost memory latest = nextPost();
        latest.publicVector[3] = vm.parseJsonUint(json, path(list, index, ".liability"));
        latest.reserves[0] = vm.parseJsonUint(json, path(list, index, ".reserve"));
        prove(latest);
        send(latest);
        uint64 cadence = number(list, index, ".cadence");
        vm.prank(AUTHORITY);
        reserves.setCadence(exchangeId, cadence);
        if (!vm.parseJsonBool(json, path(list, index, ".retired"))) return;
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
    }

    function test_what_is_stated_is_judged_as_the_vectors_say() public {
        uint256 count = 0;
        for (; vm.keyExistsJson(json, path("stated", count, "")); ++count) {
            uint256 before = vm.snapshotState();
            precede("stated", count);
            post("stated", count);
            vm.warp(uint256(number("stated", count, ".clock")) + shift("stated", count));
            assertStated(count);
            vm.revertToState(before);
        }
        vm.assertTrue(count > 0, "no vector");
    }

    function assertStated(uint256 index) internal view {
        uint64 maxAge = number("stated", index, ".max_age");
        Solvency memory answer = reserves.solvency(exchangeId, "BTC", maxAge);
        assertStanding("stated", index, answer.standing);
        Solvency memory expected = Solvency({
            standing: answer.standing,
            epoch: number("stated", index, ".epoch"),
            asOf: number("stated", index, ".as_of") + shift("stated", index),
            liability: uint112(vm.parseJsonUint(json, path("stated", index, ".liability"))),
            reserve: uint112(vm.parseJsonUint(json, path("stated", index, ".reserve"))),
            ratioBps: number("stated", index, ".ratio_bps"),
            setup: SetupKind(number("stated", index, ".setup")),
            circuitId: circuitId
        });
        vm.assertEq(abi.encode(answer), abi.encode(expected), path("stated", index, ""));
        answer = reserves.solvencyByNumber(exchangeId, 1, maxAge);
        vm.assertEq(abi.encode(answer), abi.encode(expected), "by number");
    }

    function test_what_was_seen_is_judged_as_the_vectors_say() public {
        uint256 count = 0;
        for (; vm.keyExistsJson(json, path("witnessed", count, "")); ++count) {
            uint256 before = vm.snapshotState();
            precede("witnessed", count);
            bool early = number("witnessed", count, ".first_look") <= number("witnessed", count, ".as_of");
            if (early) lookAt(count);
            post("witnessed", count);
            if (!early) lookAt(count);
            vm.warp(uint256(number("witnessed", count, ".clock")) + shift("witnessed", count));
            assertSeen(count);
            vm.revertToState(before);
        }
        vm.assertTrue(count > 0, "no vector");
    }

    function lookAt(uint256 index) internal {
        uint64 epoch = number("witnessed", index, ".epoch");
        uint64 first = number("witnessed", index, ".first_look");
        uint64 last = number("witnessed", index, ".last_look");
        low.set(wallet, vm.parseJsonUint(json, path("witnessed", index, ".amount")) * 10 ** 10);
        vm.warp(first + shift("witnessed", index));
        if (first == last) {
            look(epoch, true, true, one(address(low), wallet));
            return;
        }
        look(epoch, true, false, one(address(0), wallet));
        vm.warp(last + shift("witnessed", index));
        look(epoch, false, true, one(address(low), wallet));
    }

    function assertSeen(uint256 index) internal view {
        (uint64 maxAge, uint64 maxSpan) =
            (number("witnessed", index, ".max_age"), number("witnessed", index, ".max_span"));
        WitnessedSolvency memory answer = witnesses.witnessedSolvency(exchangeId, "BTC", maxAge, maxSpan);
        assertStanding("witnessed", index, answer.standing);
        WitnessedSolvency memory expected;
        if (answer.standing != Standing.Missing) {
            uint64 first = number("witnessed", index, ".first_look");
            expected = WitnessedSolvency({
                standing: answer.standing,
                epoch: number("witnessed", index, ".epoch"),
                asOf: number("witnessed", index, ".as_of") + shift("witnessed", index),
                liability: uint112(vm.parseJsonUint(json, path("witnessed", index, ".liability"))),
                reserve: uint112(vm.parseJsonUint(json, path("witnessed", index, ".amount"))),
                ratioBps: number("witnessed", index, ".ratio_bps"),
                setup: SetupKind(number("witnessed", index, ".setup")),
                circuitId: circuitId,
                firstLook: first + shift("witnessed", index),
                span: number("witnessed", index, ".last_look") - first
            });
        }
        vm.assertEq(abi.encode(answer), abi.encode(expected), path("witnessed", index, ""));
        answer = witnesses.witnessedSolvencyByNumber(exchangeId, 1, maxAge, maxSpan);
        vm.assertEq(abi.encode(answer), abi.encode(expected), "by number");
    }
}
