// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Bn254} from "../src/Bn254.sol";
import {CircuitRegistry} from "../src/CircuitRegistry.sol";
import {Circuit, ICircuitRegistry, SetupKind} from "../src/interfaces/ICircuitRegistry.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {ReferenceVector} from "./ReferenceVector.sol";
import {SimulatedProof} from "./SimulatedProof.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice The registry of circuits, its owner, and the keys it lets in.
contract CircuitsTest is Fixture {
    /// The fixture's circuit is of the other one.
    bytes32 private constant OTHER_TRANSCRIPT = keccak256("another transcript");

    // --- Adding and retiring ---

    function test_a_circuit_is_read_back() public {
        vm.recordLogs();
        bytes memory key = SimulatedProof.verifyingKey();
        vm.prank(OWNER);
        bytes32 id = registry.addCircuit(7, 128, 2, OTHER_TRANSCRIPT, key);
        vm.assertEq(id, registry.circuitIdOf(7, 128, 2, OTHER_TRANSCRIPT, key), "id");
        Circuit memory circuit = registry.circuit(id);
        vm.assertEq(circuit.verifier.verifyingKey(), key, "verifying key");
        vm.assertEq(circuit.activeFrom, START + DELAY, "active from");
        vm.assertEq(circuit.depth, 7, "depth");
        vm.assertEq(circuit.assets, 128, "assets");
        vm.assertEq(uint8(circuit.setup), uint8(SetupKind.Ceremony), "setup");
        vm.assertEq(circuit.transcript, OTHER_TRANSCRIPT, "transcript");
        vm.assertTrue(!circuit.retired, "not retired");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], ICircuitRegistry.CircuitAdded.selector, "event");
        vm.assertEq(logs[0].topics[1], id, "indexed id");
        bytes memory data = abi.encode(SetupKind.Ceremony, uint8(7), uint16(128), OTHER_TRANSCRIPT, START + DELAY);
        vm.assertEq(logs[0].data, data, "event data");
    }

    function test_only_the_owner_adds_and_retires() public {
        bytes memory expected = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        bytes memory key = SimulatedProof.verifyingKey();
        refusesCall(STRANGER, abi.encodeCall(registry.addCircuit, (7, 128, 2, OTHER_TRANSCRIPT, key)), expected);
        refusesCall(STRANGER, abi.encodeCall(registry.retireCircuit, (circuitId)), expected);
        refusesCall(STRANGER, abi.encodeCall(registry.renounceOwnership, ()), expected);
    }

    function test_a_circuit_is_registered_once() public {
        bytes memory call = abi.encodeCall(registry.addCircuit, (7, 128, 2, TRANSCRIPT, SimulatedProof.verifyingKey()));
        bytes memory expected = abi.encodeWithSelector(IRefusals.CircuitAlreadyRegistered.selector, circuitId);
        refusesCall(OWNER, call, expected);
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        refusesCall(OWNER, call, expected);
    }

    function test_a_circuit_is_retired_once_and_known() public {
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        vm.assertTrue(registry.circuit(circuitId).retired, "retired");
        bytes memory again = abi.encodeCall(registry.retireCircuit, (circuitId));
        refusesCall(OWNER, again, abi.encodeWithSelector(IRefusals.CircuitRetired.selector, circuitId));
        bytes32 unknown = keccak256("unknown");
        bytes memory call = abi.encodeCall(registry.retireCircuit, (unknown));
        refusesCall(OWNER, call, abi.encodeWithSelector(IRefusals.CircuitUnknown.selector, unknown));
    }

    function test_depths_7_to_10_with_128_assets_are_the_classes() public {
        bytes memory key = SimulatedProof.verifyingKey();
        for (uint8 depth = 7; depth <= 10; ++depth) {
            vm.prank(OWNER);
            bytes32 id = registry.addCircuit(depth, 128, 2, OTHER_TRANSCRIPT, key);
            vm.assertEq(registry.circuit(id).depth, depth, "depth");
        }
        uint8[8] memory depths = [uint8(0), 3, 6, 11, 255, 7, 7, 10];
        uint16[8] memory assets = [uint16(128), 64, 128, 128, 128, 127, 129, 64];
        for (uint256 i = 0; i < 8; ++i) {
            bytes memory expected =
                abi.encodeWithSelector(IRefusals.CircuitClassUnsupported.selector, depths[i], assets[i]);
            refusesCircuit(depths[i], assets[i], 2, key, expected);
        }
    }

    function test_unknown_setup_kinds_are_refused() public {
        uint8[3] memory kinds = [0, 3, 255];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encodeWithSelector(IRefusals.SetupKindInvalid.selector, kinds[i]);
            refusesCircuit(7, 128, kinds[i], SimulatedProof.verifyingKey(), expected);
        }
    }

    function test_a_development_setup_is_refused_where_it_is_not_allowed() public {
        registry = new CircuitRegistry(OWNER, DELAY, false);
        bytes memory expected = abi.encodeWithSelector(IRefusals.DevelopmentCircuitRefused.selector);
        refusesCircuit(7, 128, 1, SimulatedProof.verifyingKey(), expected);
        bytes memory key = SimulatedProof.verifyingKey();
        vm.prank(OWNER);
        registry.addCircuit(7, 128, 2, OTHER_TRANSCRIPT, key);
    }

    function test_circuits_wait_a_day_where_development_setups_are_not_allowed() public {
        bytes memory code = abi.encodePacked(type(CircuitRegistry).creationCode, abi.encode(OWNER, DELAY - 1, false));
        bytes memory result = this.deployRegistry(code);
        bytes memory expected = abi.encodeWithSelector(IRefusals.CircuitDelayTooShort.selector, DELAY, DELAY - 1);
        vm.assertEq(result, expected, "refusal");
        vm.assertEq(
            this.deployRegistry(abi.encodePacked(type(CircuitRegistry).creationCode, abi.encode(OWNER, 0, true))),
            "",
            "allowed"
        );
    }

    /// @return result what the constructor reverted with; empty when it did not
    function deployRegistry(bytes memory code) external returns (bytes memory result) {
        assembly ("memory-safe") {
            if iszero(create(0, add(code, 32), mload(code))) {
                result := mload(64)
                mstore(result, returndatasize())
                returndatacopy(add(result, 32), 0, returndatasize())
                mstore(64, and(add(add(result, returndatasize()), 63), not(31)))
            }
        }
    }

    /// @dev With the same key under two classes: what is proved for one holds under that one only,
    /// whatever id the post names.
    function test_a_key_of_another_class_than_it_is_registered_as_verifies_nothing() public {
        bytes memory key = SimulatedProof.verifyingKey();
        vm.prank(OWNER);
        bytes32 deeper = registry.addCircuit(8, 128, 1, TRANSCRIPT, key);
        bytes32[2] memory ids = [circuitId, deeper];
        for (uint256 own = 0; own < 2; ++own) {
            vm.warp(START + DELAY + own * CADENCE);
            circuitId = ids[own];
            ShardPost memory post = nextPost();
            uint256[3] memory right = ReferenceVector.inputs(post, ReferenceVector.SMALLEST + own);
            post.proof = SimulatedProof.prove(ReferenceVector.inputs(post, ReferenceVector.SMALLEST + 1 - own), 1);
            refuses(post, abi.encodeWithSelector(IRefusals.ProofRejected.selector, right[0], right[1], right[2]));
            post.proof = SimulatedProof.prove(right, 1);
            send(post);
        }
    }

    // --- Keys ---

    function test_a_key_of_another_length_is_refused() public {
        bytes memory key = SimulatedProof.verifyingKey();
        // 704 bytes are a key of Groth16 alone, without tau.
        uint256[4] memory lengths = [uint256(0), 704, 831, 833];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory other = new bytes(lengths[i]);
            for (uint256 j = 0; j < lengths[i] && j < key.length; ++j) {
                other[j] = key[j];
            }
            refusesKey(other, abi.encodeWithSelector(IRefusals.KeyLengthWrong.selector, 832, lengths[i]));
        }
    }

    function test_key_coordinates_are_below_q() public {
        for (uint256 word = 0; word < 26; ++word) {
            uint256[26] memory words = keyWords();
            words[word] += Bn254.Q;
            bytes memory expected =
                abi.encodeWithSelector(IRefusals.KeyCoordinateNotCanonical.selector, pointOf(word), words[word]);
            refusesKey(abi.encode(words), expected);
        }
    }

    function test_key_points_are_not_infinity() public {
        for (uint8 point = 0; point < 9; ++point) {
            uint256[26] memory words = keyWords();
            for (uint256 word = 0; word < 26; ++word) {
                if (pointOf(word) == point) words[word] = 0;
            }
            refusesKey(abi.encode(words), abi.encodeWithSelector(IRefusals.KeyPointAtInfinity.selector, point));
        }
    }

    function test_key_points_are_on_their_curve() public {
        for (uint256 word = 0; word < 26; ++word) {
            uint256[26] memory words = keyWords();
            words[word] = addmod(words[word], 1, Bn254.Q);
            bytes memory expected = abi.encodeWithSelector(IRefusals.KeyPointNotOnCurve.selector, pointOf(word));
            refusesKey(abi.encode(words), expected);
        }
    }

    function test_key_points_are_in_the_subgroup() public {
        uint8[4] memory points = [1, 2, 3, 8];
        for (uint256 i = 0; i < 4; ++i) {
            uint8 point = points[i];
            bytes memory encoded = withPoint(point, pointOutsideSubgroup());
            // A failing precompile takes all the gas it was given; a test has enough for four of
            // these only with a bound.
            vm.prank(OWNER);
            (bool success, bytes memory result) = address(registry).call{gas: 20_000_000}(
                abi.encodeCall(registry.addCircuit, (7, 128, 2, OTHER_TRANSCRIPT, encoded))
            );
            vm.assertTrue(!success, "accepted a point outside the subgroup");
            bytes memory expected = abi.encodeWithSelector(IRefusals.KeyPointOutsideSubgroup.selector, point);
            vm.assertEq(result, expected, "refused with another error");
        }
    }

    function test_gamma_delta_and_tau_are_not_the_generator() public {
        uint8[3] memory points = [2, 3, 8];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encodeWithSelector(IRefusals.KeyPointIsGenerator.selector, points[i]);
            refusesKey(withPoint(points[i], SimulatedProof.one()), expected);
            refusesKey(withPoint(points[i], negative(SimulatedProof.one())), expected);
        }
    }

    function test_gamma_is_not_delta() public {
        bytes memory expected = abi.encodeWithSelector(IRefusals.KeyGammaEqualsDelta.selector);
        refusesKey(withPoint(2, SimulatedProof.delta()), expected);
        refusesKey(withPoint(2, negative(SimulatedProof.delta())), expected);
    }

    /// @dev The key of the vectors, and keys with one of its points: the others are then of no use.
    function test_a_development_key_is_no_ceremonys() public {
        string memory json = vm.readFile("tests/vectors/history.json");
        bytes memory development = vm.parseJsonBytes(json, ".circuit.verifying_key");
        bytes memory expected = abi.encodeWithSelector(IRefusals.DevelopmentKeyAsCeremony.selector);
        refusesCircuit(7, 128, 2, development, expected);
        refusesCircuit(8, 128, 2, development, expected);
        uint8[5] memory points = [0, 1, 2, 3, 8];
        for (uint256 i = 0; i < points.length; ++i) {
            uint256[26] memory words = keyWords();
            uint256[26] memory insecure = abi.decode(development, (uint256[26]));
            for (uint256 word = 0; word < 26; ++word) {
                if (pointOf(word) == points[i]) words[word] = insecure[word];
            }
            refusesCircuit(7, 128, 2, abi.encode(words), expected);
            vm.prank(OWNER);
            registry.addCircuit(7, 128, 1, TRANSCRIPT, abi.encode(words));
        }
    }

    function negative(Bn254.G2 memory point) internal pure returns (Bn254.G2 memory) {
        (point.yImaginary, point.yReal) = (Bn254.Q - point.yImaginary, Bn254.Q - point.yReal);
        return point;
    }

    function keyWords() internal view returns (uint256[26] memory) {
        return abi.decode(SimulatedProof.verifyingKey(), (uint256[26]));
    }

    /// @dev The point that word `word` of a key belongs to.
    function pointOf(uint256 word) internal pure returns (uint8) {
        if (word < 2) return 0;
        if (word < 14) return uint8(1 + (word - 2) / 4);
        return word < 22 ? uint8(4 + (word - 14) / 2) : 8;
    }

    /// @dev The key with another G2 point: 1 beta, 2 gamma, 3 delta, 8 tau.
    function withPoint(uint8 number, Bn254.G2 memory point) internal view returns (bytes memory) {
        uint256[26] memory words = keyWords();
        uint256 first = number == 8 ? 22 : 4 * uint256(number) - 2;
        (words[first], words[first + 1]) = (point.xImaginary, point.xReal);
        (words[first + 2], words[first + 3]) = (point.yImaginary, point.yReal);
        return abi.encode(words);
    }

    // --- Owner ---

    function test_ownership_moves_in_two_steps() public {
        vm.prank(OWNER);
        registry.transferOwnership(STRANGER);
        vm.assertEq(registry.owner(), OWNER, "not before it is accepted");
        bytes memory expected = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, POSTER);
        refusesCall(POSTER, abi.encodeCall(registry.acceptOwnership, ()), expected);
        vm.prank(STRANGER);
        registry.acceptOwnership();
        vm.assertEq(registry.owner(), STRANGER, "owner");
        expected = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OWNER);
        refusesCall(OWNER, abi.encodeCall(registry.retireCircuit, (circuitId)), expected);
    }

    function test_ownership_is_not_renounced() public {
        bytes memory expected = abi.encodeWithSelector(IRefusals.OwnershipNotRenounceable.selector);
        refusesCall(OWNER, abi.encodeCall(registry.renounceOwnership, ()), expected);
    }

    function refusesCall(address sender, bytes memory call, bytes memory expected) internal {
        refuses(address(registry), sender, call, expected);
    }

    function refusesKey(bytes memory verifyingKey, bytes memory expected) internal {
        refusesCircuit(7, 128, 2, verifyingKey, expected);
        vm.assertEq(
            registry.circuit(registry.circuitIdOf(7, 128, 2, OTHER_TRANSCRIPT, verifyingKey)).transcript, 0, "stored"
        );
    }

    function refusesCircuit(uint8 depth, uint16 assets, uint8 setup, bytes memory verifyingKey, bytes memory expected)
        internal
    {
        bytes memory call = abi.encodeCall(registry.addCircuit, (depth, assets, setup, OTHER_TRANSCRIPT, verifyingKey));
        refusesCall(OWNER, call, expected);
    }
}
