// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {CircuitRegistry} from "../src/CircuitRegistry.sol";
import {Reserves} from "../src/Reserves.sol";
import {Statement, StatementFields} from "../src/Statement.sol";
import {ICircuitVerifier} from "../src/interfaces/ICircuitVerifier.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Asset, Exchange, ShardPost} from "../src/interfaces/IReserves.sol";
import {ReferenceVector} from "./ReferenceVector.sol";
import {SimulatedOpening} from "./SimulatedOpening.sol";
import {SimulatedProof} from "./SimulatedProof.sol";
import {vm} from "./Vm.sol";

/// @notice An exchange with two assets and a circuit, and posts for it.
abstract contract Fixture {
    event log_named_uint(string key, uint256 val);

    uint32 internal constant DELAY = 1 days;
    uint64 internal constant START = 1_800_000_000;
    uint64 internal constant CADENCE = 600;
    address internal constant OWNER = address(0x0E);
    address internal constant AUTHORITY = address(0xA0);
    address internal constant POSTER = address(0xB0);
    address internal constant STRANGER = address(0xC0);
    bytes32 internal constant SOLANA_AUTHORITY = keccak256("solana authority");
    bytes32 internal constant TRANSCRIPT = keccak256("transcript");

    CircuitRegistry internal registry;
    Reserves internal reserves;
    bytes32 internal exchangeId;
    bytes32 internal circuitId;

    function setUp() public virtual {
        deploy(DELAY, START);
    }

    /// @notice Contracts, circuit and exchange, with the clock at `start`, when the circuit begins
    /// to count.
    function deploy(uint32 delay, uint64 start) internal {
        vm.warp(start - delay);
        registry = new CircuitRegistry(OWNER, delay, true);
        reserves = new Reserves(registry);
        circuitId = addCircuit(SimulatedProof.verifyingKey());
        exchangeId = register("Test Exchange");
        vm.warp(start);
    }

    /// @notice An exchange of AUTHORITY with two assets and POSTER.
    function register(string memory name) internal returns (bytes32 id) {
        vm.startPrank(AUTHORITY);
        id = reserves.registerExchange(name, SOLANA_AUTHORITY, CADENCE);
        reserves.appendAssets(id, 0, twoAssets());
        reserves.setPosters(id, addresses(POSTER));
        vm.stopPrank();
    }

    /// @notice Gas of the transaction that deploys `code`, and a few opcodes. With dynamic linking
    /// `new` is no transaction; with isolation `create` is one, for which its own price, and that
    /// of a word of its code, is paid a second time.
    function gasOfDeployment(bytes memory code) internal returns (uint256 gas) {
        address created;
        gas = gasleft();
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        gas -= gasleft() + 32_000 + 2 * ((code.length + 31) / 32);
        vm.assertTrue(created.code.length > 0, "deployed");
    }

    /// @dev Of the last transaction.
    function printGas(string memory what, uint256 budget) internal {
        printGas(what, vm.lastCallGas().gasTotalUsed, budget);
    }

    function printGas(string memory what, uint256 gas, uint256 budget) internal {
        emit log_named_uint(what, gas);
        vm.assertTrue(gas > 21_000 && gas <= budget, what);
    }

    function addCircuit(bytes memory verifyingKey) internal returns (bytes32) {
        vm.prank(OWNER);
        // The secrets of these keys are in this folder; only tests say that a ceremony made them.
        return registry.addCircuit(7, 128, 2, TRANSCRIPT, verifyingKey);
    }

    /// @notice Registers the circuit's key as a development setup's, to be used from now on.
    function developmentCircuit() internal {
        bytes memory key = verifier().verifyingKey();
        vm.prank(OWNER);
        circuitId = registry.addCircuit(7, 128, 1, TRANSCRIPT, key);
        vm.warp(vm.getBlockTimestamp() + DELAY);
    }

    /// @notice Clears the list and sets another one.
    function relist(Asset[] memory list) internal {
        vm.startPrank(AUTHORITY);
        reserves.clearAssets(exchangeId);
        reserves.appendAssets(exchangeId, 0, list);
        vm.stopPrank();
    }

    function twoAssets() internal pure returns (Asset[] memory list) {
        list = new Asset[](2);
        (list[0], list[1]) = (Asset("BTC", 8), Asset("USDC", 6));
    }

    /// @notice A1, A2, ..
    function numberedAssets(uint256 count) internal pure returns (Asset[] memory list) {
        list = new Asset[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = Asset(string.concat("A", vm.toString(i + 1)), 6);
        }
    }

    function addresses(address one) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = one;
    }

    function pair(uint256 first, uint256 second) internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (first, second);
    }

    /// @notice A point of G2's curve that has another order than r: x = 1.
    function pointOutsideSubgroup() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(
            0,
            1,
            0x0d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a4,
            0x2869111d5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb
        );
    }

    /// @notice A single-shard post for the next epoch, true now, owing (100, 200) and holding (100,
    /// 201).
    function nextPost() internal view returns (ShardPost memory) {
        return nextShard(0, 1);
    }

    /// @notice One shard of the next epoch, as `nextPost`.
    function nextShard(uint16 index, uint16 count) internal view returns (ShardPost memory post) {
        Exchange memory exchange = reserves.exchange(exchangeId);
        post.epoch = exchange.nextEpoch;
        post.asOf = uint64(vm.getBlockTimestamp());
        post.shardIndex = index;
        post.shardCount = count;
        post.circuitId = circuitId;
        post.ledgerSequence = exchange.ledgerSequence + 5;
        post.ledgerHead = keccak256(abi.encode("ledger head", post.ledgerSequence));
        post.sources = keccak256("sources");
        post.publicVector = new uint256[](5);
        post.publicVector[2] = uint256(keccak256(abi.encode("root", post.epoch, index))) >> 3;
        (post.publicVector[3], post.publicVector[4]) = (100, 200);
        post.reserves = pair(100, 201);
        post.d = uint256(keccak256("d")) >> 3;
        setOpening(post, SimulatedOpening.draw(post.publicVector[2]));
        prove(post);
    }

    /// @notice A post of another exchange, with `count` assets, owing and holding (1, 2, .. count).
    function widePost(uint256 count) internal returns (ShardPost memory post) {
        exchangeId = register("Wide");
        relist(numberedAssets(count));
        return postOf(count);
    }

    /// @notice A post of the next epoch, with `count` assets, owing and holding (1, 2, .. count).
    function postOf(uint256 count) internal view returns (ShardPost memory post) {
        post = nextPost();
        post.publicVector = new uint256[](3 + count);
        post.reserves = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (post.publicVector[3 + i], post.reserves[i]) = (i + 1, i + 1);
        }
        prove(post);
    }

    /// @notice Sets context and proof to what the other fields ask for.
    function prove(ShardPost memory post) internal view {
        setContext(post);
        setProof(post, 1);
    }

    function setContext(ShardPost memory post) internal view {
        bytes32 context = contextOf(post);
        post.publicVector[0] = uint256(context) >> 128;
        post.publicVector[1] = uint256(context) & type(uint128).max;
    }

    /// @notice Points and scalars of the post; its proof is then for another vector.
    function setOpening(ShardPost memory post, SimulatedOpening.Logarithms memory opening) internal view {
        post.openingPoints = SimulatedOpening.points(opening);
        post.openingScalars = opening.scalars;
    }

    function setProof(ShardPost memory post, uint256 mask) internal view {
        post.proof = SimulatedProof.prove(inputsOf(post), mask);
    }

    function inputsOf(ShardPost memory post) internal pure returns (uint256[3] memory) {
        return ReferenceVector.inputs(post);
    }

    /// @notice The refusal of a post whose Groth16 equation does not hold.
    function proofRejected(ShardPost memory post) internal pure returns (bytes memory) {
        uint256[3] memory inputs = inputsOf(post);
        return abi.encodeWithSelector(IRefusals.ProofRejected.selector, inputs[0], inputs[1], inputs[2]);
    }

    /// @notice The circuit's verifier, asked without the exchange's rules.
    function verifier() internal view returns (ICircuitVerifier) {
        return registry.circuit(circuitId).verifier;
    }

    function verifyCall(ShardPost memory post) internal view returns (bytes memory) {
        bytes32 context = contextOf(post);
        return abi.encodeCall(
            verifier().verify, (context, post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof)
        );
    }

    function contextOf(ShardPost memory post) internal view returns (bytes32) {
        Exchange memory exchange = reserves.exchange(exchangeId);
        (bytes32 reservesDigest,) = Statement.reservesDigest(post.reserves, post.sources);
        StatementFields memory fields = StatementFields({
            exchangeId: exchangeId,
            epoch: post.epoch,
            asOf: post.asOf,
            assetListDigest: exchange.assetListDigest,
            shardIndex: post.shardIndex,
            shardCount: post.shardCount,
            circuitId: post.circuitId,
            ledgerSequence: post.ledgerSequence,
            ledgerHead: post.ledgerHead,
            reservesDigest: reservesDigest,
            headBefore: exchange.head
        });
        return Statement.context(fields, post.shardIndex);
    }

    function send(ShardPost memory post) internal {
        vm.prank(POSTER);
        reserves.postShard(exchangeId, post);
    }

    /// @notice `post` is refused with exactly `expected`, and nothing changed.
    function refuses(ShardPost memory post, bytes memory expected) internal {
        refuses(POSTER, abi.encodeCall(reserves.postShard, (exchangeId, post)), expected);
    }

    /// @notice `call` by `sender` is refused with exactly `expected`, and nothing changed.
    function refuses(address sender, bytes memory call, bytes memory expected) internal {
        refuses(address(reserves), sender, call, expected);
    }

    function refuses(address target, address sender, bytes memory call, bytes memory expected) internal {
        bytes32 before = state();
        vm.prank(sender);
        (bool success, bytes memory result) = target.call(call);
        vm.assertTrue(!success, "accepted what must be refused");
        vm.assertEq(result, expected, "refused with another error");
        vm.assertEq(state(), before, "state changed by a refusal");
    }

    /// @notice Digest of all that can be read of the exchange and the circuit.
    function state() internal view returns (bytes32) {
        bytes memory epochs;
        for (uint64 number = 0; number < 4; ++number) {
            epochs = bytes.concat(epochs, abi.encode(reserves.epoch(exchangeId, number)));
        }
        bytes memory exchange = abi.encode(
            reserves.exchange(exchangeId),
            reserves.posters(exchangeId),
            reserves.assets(exchangeId),
            reserves.latestAmounts(exchangeId),
            reserves.pendingEpoch(exchangeId)
        );
        bytes memory circuits = abi.encode(registry.circuit(circuitId), registry.owner(), registry.pendingOwner());
        return keccak256(abi.encode(exchange, epochs, circuits));
    }
}
