// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {RequiresSolvency} from "../src/examples/RequiresSolvency.sol";
import {Vault} from "../src/examples/Vault.sol";
import {IReserves, Solvency, Standing} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice The contracts that README.md and docs/integrate.md show, tested as the latter says.
contract VaultTest is Fixture, RequiresSolvency {
    uint64 internal constant maxAge = 2 days;
    bytes32 internal constant id = bytes32(uint256(7));

    Vault internal vault;

    function setUp() public override {
        super.setUp();
        vault = new Vault(reserves, id, "BTC", maxAge);
    }

    function test_goesOnAndRefuses() public {
        Solvency memory answer;
        bytes memory question = abi.encodeCall(IReserves.solvency, (id, "BTC", maxAge));

        answer.standing = Standing.Fresh;
        vm.mockCall(address(reserves), question, abi.encode(answer));
        vault.deposit{value: 1}();

        answer.standing = Standing.Overdue;
        vm.mockCall(address(reserves), question, abi.encode(answer));
        vm.expectRevert(abi.encodeWithSelector(Vault.NotProvedSolvent.selector, Standing.Overdue, 0, 0));
        vault.deposit{value: 1}();

        // The way out stays open.
        vault.withdraw(1);
        vm.assertEq(address(vault).balance, 0, "withdrawn");
    }

    function test_onlyFreshIsAYes() public {
        Solvency memory answer;
        bytes memory question = abi.encodeCall(IReserves.solvency, (id, "BTC", maxAge));
        for (uint8 number; number <= uint8(type(Standing).max); ++number) {
            answer.standing = Standing(number);
            vm.mockCall(address(reserves), question, abi.encode(answer));
            if (answer.standing != Standing.Fresh) {
                vm.expectRevert(abi.encodeWithSelector(NotProvedSolvent.selector, answer.standing));
            }
            this.guarded();
        }
    }

    function guarded() external whileSolvent(reserves, id, "BTC", maxAge) {}

    receive() external payable {}
}
