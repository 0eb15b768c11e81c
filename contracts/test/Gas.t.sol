// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {GoldenFixture} from "./GoldenFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a post costs as a transaction: `forge test --match-contract GasTest -vv` prints docs/performance.md's figures.
/// forge-config: default.isolate = true
contract GasTest is GoldenFixture {
    event log_named_uint(string key, uint256 val);

    function setUp() public override {
        load("tests/vectors/wide.json");
    }

    function test_a_post_of_53_assets() public {
        vm.assertEq(reserves.assets(exchangeId).length, 53, "assets");
        send(shard(epochKey(1), 0));
        emit log_named_uint("first epoch, 53 assets", vm.lastCallGas().gasTotalUsed);
        send(shard(epochKey(2), 0));
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("later epoch, 53 assets", gas);
        vm.assertLe(gas, 600_000, "the budget of a post");
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
