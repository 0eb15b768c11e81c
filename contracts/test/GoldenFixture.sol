// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {CircuitRegistry} from "../src/CircuitRegistry.sol";
import {Reserves} from "../src/Reserves.sol";
import {Asset, ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice Exchange, circuit and posts of a golden history: real proofs by the prover.
abstract contract GoldenFixture is Fixture {
    string internal json;

    /// @notice Contracts, circuit and exchange of a file of vectors, with the clock at its last
    /// as-of time.
    function load(string memory path) internal {
        json = vm.readFile(path);
        registry = new CircuitRegistry(OWNER, 0, true);
        reserves = new Reserves(registry);
        vm.prank(OWNER);
        circuitId = registry.addCircuit(
            uint8(vm.parseJsonUint(json, ".circuit.depth")),
            uint16(vm.parseJsonUint(json, ".circuit.assets")),
            uint8(vm.parseJsonUint(json, ".circuit.setup")),
            vm.parseJsonBytes32(json, ".circuit.transcript"),
            vm.parseJsonBytes(json, ".circuit.verifying_key")
        );
        vm.assertEq(circuitId, vm.parseJsonBytes32(json, ".circuit.id"), "circuit id");
        vm.startPrank(vm.parseJsonAddress(json, ".exchange.evm_authority"));
        exchangeId = reserves.registerExchange(
            vm.parseJsonString(json, ".exchange.name"),
            vm.parseJsonBytes32(json, ".exchange.solana_authority"),
            uint64(vm.parseJsonUint(json, ".exchange.cadence"))
        );
        vm.assertEq(exchangeId, vm.parseJsonBytes32(json, ".exchange.id"), "exchange id");
        reserves.appendAssets(exchangeId, 0, listedAssets());
        reserves.setPosters(exchangeId, addresses(POSTER));
        vm.stopPrank();
        vm.assertEq(
            reserves.exchange(exchangeId).assetListDigest, vm.parseJsonBytes32(json, ".exchange.asset_list"), "assets"
        );
        vm.warp(2_000_000_000);
    }

    function listedAssets() internal view returns (Asset[] memory list) {
        string[] memory symbols = vm.parseJsonStringArray(json, ".exchange.symbols");
        uint256[] memory decimals = vm.parseJsonUintArray(json, ".exchange.decimals");
        list = new Asset[](symbols.length);
        for (uint256 i = 0; i < symbols.length; ++i) {
            list[i] = Asset(symbols[i], uint8(decimals[i]));
        }
    }

    function postAt(string memory key) internal view returns (ShardPost memory post) {
        post.epoch = uint64(vm.parseJsonUint(json, string.concat(key, ".epoch")));
        post.asOf = uint64(vm.parseJsonUint(json, string.concat(key, ".as_of")));
        post.shardIndex = uint16(vm.parseJsonUint(json, string.concat(key, ".shard_index")));
        post.shardCount = uint16(vm.parseJsonUint(json, string.concat(key, ".shard_count")));
        post.circuitId = vm.parseJsonBytes32(json, string.concat(key, ".circuit"));
        post.ledgerSequence = uint64(vm.parseJsonUint(json, string.concat(key, ".ledger_sequence")));
        post.ledgerHead = vm.parseJsonBytes32(json, string.concat(key, ".ledger_head"));
        post.sources = vm.parseJsonBytes32(json, string.concat(key, ".sources"));
        post.publicVector = vm.parseJsonUintArray(json, string.concat(key, ".public_vector"));
        post.reserves = vm.parseJsonUintArray(json, string.concat(key, ".reserves"));
        post.d = vm.parseJsonUint(json, string.concat(key, ".digest"));
        post.openingPoints = abi.decode(words(string.concat(key, ".opening_points"), 1024), (uint256[32]));
        post.openingScalars = abi.decode(words(string.concat(key, ".opening_scalars"), 256), (uint256[8]));
        post.proof = abi.decode(vm.parseJsonBytes(json, string.concat(key, ".proof")), (uint256[8]));
    }

    /// @dev The strings of an array, of `length` bytes together.
    function words(string memory key, uint256 length) internal view returns (bytes memory joined) {
        bytes[] memory parts = vm.parseJsonBytesArray(json, key);
        for (uint256 i = 0; i < parts.length; ++i) {
            joined = bytes.concat(joined, parts[i]);
        }
        vm.assertEq(joined.length, length, key);
    }

    function shard(string memory attempt, uint256 index) internal view returns (ShardPost memory) {
        return postAt(string.concat(attempt, ".shards[", vm.toString(index), "]"));
    }

    function epochKey(uint64 number) internal pure returns (string memory) {
        return string.concat(".epochs[", vm.toString(number - 1), "]");
    }

    function sendEpoch(uint64 number) internal {
        string memory key = epochKey(number);
        uint16 count = shard(key, 0).shardCount;
        for (uint16 index = 0; index < count; ++index) {
            send(shard(key, index));
        }
    }
}
