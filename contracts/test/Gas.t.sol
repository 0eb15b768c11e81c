// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {CircuitRegistry} from "../src/CircuitRegistry.sol";
import {Reserves} from "../src/Reserves.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {GoldenFixture} from "./GoldenFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a post, and what precedes it, costs as a transaction: `forge test --match-contract
/// Gas -vv` prints docs/performance.md's figures. forge-config: default.isolate = true
contract GasTest is GoldenFixture {
    function setUp() public override {
        load("tests/vectors/wide.json");
    }

    function test_a_post_of_53_assets() public {
        vm.assertEq(reserves.assets(exchangeId).length, 53, "assets");
        send(shard(epochKey(1), 0));
        emit log_named_uint("first epoch, 53 assets", vm.lastCallGas().gasTotalUsed);
        send(shard(epochKey(2), 0));
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("epoch 2, 53 assets", gas);
        vm.assertLe(gas, 705_000, "the budget of a post");
    }

    function test_what_precedes_posts() public {
        bytes memory key = vm.parseJsonBytes(json, ".circuit.verifying_key");
        bytes memory code = abi.encodePacked(type(CircuitRegistry).creationCode, abi.encode(OWNER, 0, true));
        printGas("deploy CircuitRegistry", gasOfDeployment(code), 4_000_000);
        registry = new CircuitRegistry(OWNER, 0, true);
        code = abi.encodePacked(type(Reserves).creationCode, abi.encode(registry));
        printGas("deploy Reserves", gasOfDeployment(code), 5_500_000);
        reserves = new Reserves(registry);
        vm.prank(OWNER);
        registry.addCircuit(7, 128, 1, TRANSCRIPT, key);
        printGas("add a circuit", 2_500_000);
        vm.prank(AUTHORITY);
        bytes32 id = reserves.registerExchange("Ballast Exchange", SOLANA_AUTHORITY, CADENCE);
        printGas("register an exchange", 150_000);
        vm.prank(AUTHORITY);
        reserves.appendAssets(id, 0, listedAssets());
        printGas("append 53 assets", 3_300_000);
    }

    function test_a_post_of_two_shards() public {
        load("tests/vectors/history.json");
        vm.assertEq(reserves.assets(exchangeId).length, 3, "assets");
        send(shard(epochKey(1), 0));
        emit log_named_uint("first epoch, 3 assets", vm.lastCallGas().gasTotalUsed);
        send(shard(epochKey(2), 0));
        emit log_named_uint("shard 1 of 2, 3 assets", vm.lastCallGas().gasTotalUsed);
        send(shard(epochKey(2), 1));
        emit log_named_uint("shard 2 of 2, 3 assets, one insolvent", vm.lastCallGas().gasTotalUsed);
        send(shard(epochKey(3), 0));
        emit log_named_uint("later epoch, 3 assets", vm.lastCallGas().gasTotalUsed);
    }
}

/// @notice The same for amounts of all sizes, with simulated proofs: what is verified costs the
/// same. forge-config: default.isolate = true
contract AmountsGasTest is Fixture {
    function test_posts_of_53_assets_by_the_size_of_amounts() public {
        for (uint256 size = 4; size <= 10; ++size) {
            deploy(DELAY, START);
            ShardPost memory post = widePost(53);
            for (uint64 epoch = 1; epoch <= 3; ++epoch) {
                post = nextAfter(post, size);
                send(post);
                string memory key = string.concat("epoch ", vm.toString(epoch), ", bytes of an amount ");
                emit log_named_uint(string.concat(key, vm.toString(size)), vm.lastCallGas().gasTotalUsed);
            }
        }
    }

    /// @dev The next epoch of the same assets, with amounts of `size` bytes.
    function nextAfter(ShardPost memory last, uint256 size) internal returns (ShardPost memory post) {
        vm.warp(vm.getBlockTimestamp() + CADENCE);
        post = nextPost();
        post.publicVector = last.publicVector;
        post.publicVector[2] = uint256(keccak256(abi.encode(last.publicVector[2]))) >> 3;
        post.reserves = last.reserves;
        for (uint256 i = 0; i < post.reserves.length; ++i) {
            uint256 amount = uint256(keccak256(abi.encode(post.epoch, i))) >> (256 - 8 * size);
            (post.publicVector[3 + i], post.reserves[i]) = (amount, amount);
        }
        prove(post);
    }
}
