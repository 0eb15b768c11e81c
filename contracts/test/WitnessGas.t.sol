// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Witnesses} from "../src/Witnesses.sol";
import {Holding} from "../src/interfaces/IWitnesses.sol";
import {TestToken} from "./HostileContracts.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice What a look, and what precedes it, costs as a transaction: docs/performance.md's
/// figures. forge-config: default.isolate = true
contract WitnessGasTest is WitnessFixture {
    /// @dev Tokens whose balance is one slot, cold as in a transaction of its own.
    function test_a_look_at_many_holdings() public {
        uint256 few = gasOfLook(1, 10);
        uint256 many = gasOfLook(2, 60);
        emit log_named_uint("a look at 10 holdings, which closes", few);
        emit log_named_uint("a look at 60 holdings, which closes", many);
        emit log_named_uint("a holding more", (many - few) / 50);
        vm.assertLe((many - few) / 50, 20_000, "the budget of a holding");
    }

    function test_what_precedes_looks() public {
        address[2] memory tokens = [address(new TestToken(18)), address(new TestToken(6))];
        bytes memory code = abi.encodePacked(type(Witnesses).creationCode, abi.encode(reserves));
        printGas("deploy Witnesses", gasOfDeployment(code), 4_500_000);
        witnesses = new Witnesses(reserves);
        registerWallet(exchangeId, 0xD00D);
        printGas("register a wallet", 120_000);
        declare(tokens[0], 1);
        printGas("declare an exchange's first token", 250_000);
        declare(tokens[1], 1);
        printGas("declare a token more", 200_000);
    }

    function gasOfLook(uint64 epoch, uint256 count) internal returns (uint256) {
        Holding[] memory holdings = new Holding[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = 0x1000 * uint256(epoch) + i;
            registerWallet(exchangeId, key);
            high.set(vm.addr(key), 5);
            address account = vm.addr(key);
            uint256 place = i;
            for (; place > 0 && holdings[place - 1].wallet > account; --place) {
                holdings[place] = holdings[place - 1];
            }
            holdings[place] = Holding(address(high), account);
        }
        if (epoch > 1) send(nextPost());
        look(epoch, true, true, holdings);
        return vm.lastCallGas().gasTotalUsed;
    }
}
