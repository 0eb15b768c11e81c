// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Solvency, Standing} from "../src/interfaces/IReserves.sol";
import {Holding} from "../src/interfaces/IWitnesses.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Answers in which only what was witnessed counts as held. The epochs owe (100, 200).
contract WitnessedSolvencyTest is WitnessFixture {
    function assertMissing(string memory symbol, string memory why) internal view {
        Solvency memory none;
        vm.assertEq(abi.encode(witnesses.solvency(exchangeId, symbol, type(uint64).max)), abi.encode(none), why);
    }

    /// @dev Holds (`held`, nothing looked at) for `epoch` and closes.
    function closeWith(uint64 epoch, uint256 held) internal {
        low.set(wallet, held * 10 ** 10);
        look(epoch, true, true, one(address(low), wallet));
    }

    function test_nothing_is_answered_without_a_closed_look_at_the_asset() public {
        assertMissing("BTC", "no epoch");
        low.set(wallet, 10 ** 18);
        look(1, true, false, one(address(low), wallet));
        assertMissing("BTC", "no epoch yet");
        send(nextPost());
        assertMissing("BTC", "not closed");
        look(1, false, true, one(address(low), otherWallet > wallet ? otherWallet : nextWallet()));
        vm.assertEq(uint8(witnesses.solvency(exchangeId, "BTC", 600).standing), 3, "closed");
        assertMissing("USDC", "not looked at");
        assertMissing("ETH", "no such asset");
        assertMissing("", "no symbol");
        for (uint16 i = 0; i < 4; ++i) {
            uint256 standing = uint8(witnesses.solvencyByNumber(exchangeId, i, 600).standing);
            vm.assertEq(standing, i == 1 ? 3 : 0, "by number");
        }
        vm.assertEq(uint8(witnesses.solvency("unknown", "BTC", 600).standing), 0, "no such exchange");
        vm.warp(START + 1);
        send(nextPost());
        assertMissing("BTC", "the look was for the epoch before");
    }

    /// @dev A registered wallet that comes after `wallet`.
    function nextWallet() internal returns (address account) {
        for (uint256 key = 0xD00D; account <= wallet; ++key) {
            account = vm.addr(key);
            if (account > wallet) registerWallet(exchangeId, key);
        }
    }

    function test_what_is_witnessed_replaces_what_is_stated() public {
        send(nextPost());
        closeWith(1, 451);
        Solvency memory answer = witnesses.solvency(exchangeId, "BTC", 60);
        vm.assertTrue(answer.standing == Standing.Fresh, "standing");
        vm.assertEq(answer.epoch, 1, "epoch");
        vm.assertEq(answer.asOf, START, "as of");
        vm.assertEq(answer.liability, 100, "liability");
        vm.assertEq(answer.reserve, 451, "reserve");
        vm.assertEq(answer.ratioBps, 45_100, "ratio");
        vm.assertTrue(answer.setup == reserves.solvency(exchangeId, "BTC", 60).setup, "setup");
        vm.assertEq(
            abi.encode(witnesses.solvencyByNumber(exchangeId, 1, 60)), abi.encode(answer), "by number as by symbol"
        );
    }

    function test_an_exchange_that_states_more_than_is_seen_is_insolvent() public {
        send(nextPost());
        closeWith(1, 99);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Fresh, "stated");
        Solvency memory answer = witnesses.solvency(exchangeId, "BTC", 60);
        vm.assertTrue(answer.standing == Standing.Insolvent, "seen");
        vm.assertEq(answer.ratioBps, 9_900, "ratio");
        vm.warp(START + 10_000);
        vm.assertTrue(witnesses.solvency(exchangeId, "BTC", 60).standing == Standing.Insolvent, "whatever the age");
    }

    /// @dev Looks for the next epoch, and only then its post: the looks are the older.
    function test_figures_are_as_old_as_the_first_look() public {
        low.set(wallet, 10 ** 18);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 500);
        look(1, false, true, one(address(low), wallet));
        send(nextPost());
        Solvency memory answer = witnesses.solvency(exchangeId, "BTC", 500);
        vm.assertEq(answer.asOf, START, "as of");
        vm.assertTrue(answer.standing == Standing.Fresh, "of this age");
        vm.assertTrue(witnesses.solvency(exchangeId, "BTC", 499).standing == Standing.Stale, "older than asked for");
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 0).standing == Standing.Fresh, "stated");
    }

    /// @dev Looks long after the epoch: the liabilities are the older.
    function test_figures_are_as_old_as_the_epoch() public {
        send(nextPost());
        vm.warp(START + 900);
        closeWith(1, 100);
        vm.assertEq(witnesses.solvency(exchangeId, "BTC", 900).asOf, START, "as of");
        vm.assertTrue(witnesses.solvency(exchangeId, "BTC", 900).standing == Standing.Fresh, "of this age");
        vm.assertTrue(witnesses.solvency(exchangeId, "BTC", 899).standing == Standing.Stale, "older than asked for");
    }

    function test_several_tokens_count_for_one_asset() public {
        send(nextPost());
        low.set(wallet, 40 * 10 ** 10);
        vm.deal(wallet, 60 * 10 ** 10);
        Holding[] memory holdings = two(address(0), wallet, address(low), wallet);
        look(1, true, true, holdings);
        vm.assertEq(witnesses.solvency(exchangeId, "BTC", 60).reserve, 100, "both");
    }
}
