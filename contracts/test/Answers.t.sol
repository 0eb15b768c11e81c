// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Judgement, Proved} from "../src/Judgement.sol";
import {SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {Amounts, ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {WitnessedSolvency} from "../src/interfaces/IWitnesses.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What the contracts answer, against the vectors of section 7.
contract AnswersTest is WitnessFixture {
    string private json;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("tests/vectors/answers.json");
    }

    function text(string memory list, uint256 index, string memory key) internal pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]", key);
    }

    function number(string memory list, uint256 index, string memory key) internal view returns (uint64) {
        return uint64(vm.parseJsonUint(json, text(list, index, key)));
    }

    function amounts(string memory list, uint256 index, string memory held) internal view returns (Amounts memory) {
        return Amounts({
            liability: uint112(vm.parseJsonUint(json, text(list, index, ".liability"))),
            reserve: uint112(vm.parseJsonUint(json, text(list, index, held)))
        });
    }

    function proved(string memory list, uint256 index) internal view returns (Proved memory) {
        return Proved({
            asOf: number(list, index, ".as_of"),
            setup: SetupKind(vm.parseJsonUint(json, text(list, index, ".setup"))),
            retired: vm.parseJsonBool(json, text(list, index, ".retired")),
            cadence: number(list, index, ".cadence")
        });
    }

    function assertStanding(string memory list, uint256 index, Standing found) internal view {
        string[7] memory names = ["Missing", "Insolvent", "Retired", "Development", "Overdue", "Stale", "Fresh"];
        string memory expected = vm.parseJsonString(json, text(list, index, ".standing"));
        vm.assertEq(names[uint8(found)], expected, text(list, index, ""));
    }

    function test_what_is_stated_is_judged_as_the_vectors_say() public {
        uint256 count = 0;
        for (; vm.keyExistsJson(json, text("stated", count, "")); ++count) {
            vm.warp(number("stated", count, ".clock"));
            Amounts memory stated = amounts("stated", count, ".reserve");
            Proved memory latest = proved("stated", count);
            uint64 maxAge = number("stated", count, ".max_age");
            assertStanding("stated", count, Judgement.standing(stated, latest, latest.asOf, maxAge));
            vm.assertEq(Judgement.ratioBps(stated), number("stated", count, ".ratio_bps"), "ratio");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    /// @dev By real posts and looks. The circuit of these posts is a ceremony's, so the vector of a development setup is left out.
    function test_what_was_seen_is_judged_as_the_vectors_say() public {
        uint256 count = 0;
        uint256 lived = 0;
        for (; vm.keyExistsJson(json, text("witnessed", count, "")); ++count) {
            if (vm.parseJsonUint(json, text("witnessed", count, ".setup")) != uint8(SetupKind.Ceremony)) continue;
            ++lived;
            uint256 state = vm.snapshotState();
            assertStanding("witnessed", count, live(count).standing);
            vm.revertToState(state);
        }
        vm.assertTrue(lived + 2 > count && lived > 5, "vectors left out");
    }

    function live(uint256 index) internal returns (WitnessedSolvency memory answer) {
        uint64 asOf = number("witnessed", index, ".as_of");
        // The vectors' times are small; the circuit here counts from START on.
        uint64 shift = START + 10_000 - asOf;
        vm.prank(AUTHORITY);
        reserves.setCadence(exchangeId, number("witnessed", index, ".cadence"));
        uint64 first = number("witnessed", index, ".first_look");
        uint64 last = number("witnessed", index, ".last_look");
        low.set(wallet, vm.parseJsonUint(json, text("witnessed", index, ".amount")) * 10 ** 10);
        if (first <= asOf) lookAt(first + shift, last + shift, first == last);
        vm.warp(asOf + shift);
        ShardPost memory post = nextPost();
        post.publicVector[3] = vm.parseJsonUint(json, text("witnessed", index, ".liability"));
        post.reserves[0] = post.publicVector[3];
        prove(post);
        send(post);
        if (first > asOf) lookAt(first + shift, last + shift, first == last);
        if (vm.parseJsonBool(json, text("witnessed", index, ".retired"))) {
            vm.prank(OWNER);
            registry.retireCircuit(circuitId);
        }
        vm.warp(number("witnessed", index, ".clock") + shift);
        uint64 maxAge = number("witnessed", index, ".max_age");
        answer = witnesses.witnessedSolvency(exchangeId, "BTC", maxAge, number("witnessed", index, ".max_span"));
        if (answer.standing == Standing.Missing) return answer;
        vm.assertEq(answer.firstLook, first + shift, "first look");
        vm.assertEq(answer.span, last - first, "span");
        vm.assertEq(answer.ratioBps, number("witnessed", index, ".ratio_bps"), "ratio");
    }

    function lookAt(uint64 first, uint64 last, bool once) internal {
        vm.warp(first);
        if (once) {
            look(1, true, true, one(address(low), wallet));
            return;
        }
        look(1, true, false, one(address(0), wallet));
        vm.warp(last);
        look(1, false, true, one(address(low), wallet));
    }
}
