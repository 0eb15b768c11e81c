// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Standing} from "../src/interfaces/IReserves.sol";
import {Holding, WitnessedSolvency} from "../src/interfaces/IWitnesses.sol";
import {TestToken} from "./HostileContracts.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {vm} from "./Vm.sol";

/// @notice Answers in which only what was witnessed counts as held. The epochs owe (100, 200).
contract WitnessedSolvencyTest is WitnessFixture {
    function assertMissing(string memory symbol, string memory why) internal view {
        WitnessedSolvency memory none;
        vm.assertEq(abi.encode(ask(symbol, type(uint64).max)), abi.encode(none), why);
    }

    /// @dev The answer for any span of the looks.
    function ask(string memory symbol, uint64 maxAge) internal view returns (WitnessedSolvency memory) {
        return witnesses.witnessedSolvency(exchangeId, symbol, maxAge, type(uint64).max);
    }

    function standing(uint64 maxAge) internal view returns (Standing) {
        return ask("BTC", maxAge).standing;
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
        vm.assertTrue(standing(600) == Standing.Fresh, "closed");
        assertMissing("USDC", "not looked at");
        assertMissing("ETH", "no such asset");
        assertMissing("", "no symbol");
        for (uint16 i = 0; i < 4; ++i) {
            WitnessedSolvency memory answer = witnesses.witnessedSolvencyByNumber(exchangeId, i, 600, 600);
            vm.assertTrue(answer.standing == (i == 1 ? Standing.Fresh : Standing.Missing), "by number");
        }
        WitnessedSolvency memory unknown = witnesses.witnessedSolvency("unknown", "BTC", 600, 600);
        vm.assertTrue(unknown.standing == Standing.Missing, "no such exchange");
        vm.warp(START + CADENCE);
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
        WitnessedSolvency memory answer = ask("BTC", 60);
        vm.assertTrue(answer.standing == Standing.Fresh, "standing");
        vm.assertEq(answer.epoch, 1, "epoch");
        vm.assertEq(answer.asOf, START, "as of");
        vm.assertEq(answer.liability, 100, "liability");
        vm.assertEq(answer.reserve, 451, "reserve");
        vm.assertEq(answer.ratioBps, 45_100, "ratio");
        vm.assertTrue(answer.setup == reserves.solvency(exchangeId, "BTC", 60).setup, "setup");
        vm.assertEq(answer.circuitId, circuitId, "circuit");
        vm.assertEq(answer.firstLook, START, "first look");
        vm.assertEq(answer.span, 0, "span");
        answer = witnesses.witnessedSolvencyByNumber(exchangeId, 1, 60, 0);
        vm.assertEq(abi.encode(answer), abi.encode(ask("BTC", 60)), "by number as by symbol");
    }

    function test_an_exchange_that_states_more_than_is_seen_is_insolvent() public {
        send(nextPost());
        closeWith(1, 99);
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 60).standing == Standing.Fresh, "stated");
        WitnessedSolvency memory answer = ask("BTC", 60);
        vm.assertTrue(answer.standing == Standing.Insolvent, "seen");
        vm.assertEq(answer.ratioBps, 9_900, "ratio");
        vm.warp(START + 10_000);
        vm.assertTrue(standing(60) == Standing.Insolvent, "whatever the age");
    }

    /// @dev Looks for the next epoch, and only then its post: the looks are the older.
    function test_figures_are_as_old_as_the_first_look() public {
        low.set(wallet, 10 ** 18);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 500);
        look(1, false, true, one(address(low), wallet));
        send(nextPost());
        WitnessedSolvency memory answer = ask("BTC", 500);
        vm.assertEq(answer.asOf, START + 500, "as of");
        vm.assertEq(answer.firstLook, START, "first look");
        vm.assertEq(answer.span, 500, "span");
        vm.assertTrue(answer.standing == Standing.Fresh, "of this age");
        vm.assertTrue(standing(499) == Standing.Stale, "older than asked for");
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 0).standing == Standing.Fresh, "stated");
    }

    /// @dev Looks after the epoch: the liabilities are the older.
    function test_figures_are_as_old_as_the_epoch() public {
        send(nextPost());
        vm.warp(START + 400);
        closeWith(1, 100);
        vm.assertTrue(standing(400) == Standing.Fresh, "of this age");
        vm.assertTrue(standing(399) == Standing.Stale, "older than asked for");
        vm.warp(START + 661);
        vm.assertTrue(standing(type(uint64).max) == Standing.Overdue, "whatever age is allowed");
    }

    /// @dev What is paid in or out between the epoch and a look is held at one time and owed at the
    /// other.
    function test_looks_far_from_the_epoch_do_not_count() public {
        vm.prank(AUTHORITY);
        reserves.setCadence(exchangeId, 1 days);
        closeWith(1, 100);
        vm.warp(START + 3_600);
        send(nextPost());
        vm.assertTrue(standing(3_600) == Standing.Fresh, "an hour before");
        closeWith(2, 100);
        vm.warp(START + 3_600 + 6 hours + 3_601);
        send(nextPost());
        vm.assertTrue(standing(type(uint64).max) == Standing.Missing, "more than an hour before");
        uint256 asOf = vm.getBlockTimestamp() + 6 hours;
        vm.warp(asOf);
        send(nextPost());
        vm.warp(asOf + 3_600);
        closeWith(3, 100);
        vm.assertTrue(standing(3_600) == Standing.Fresh, "an hour after");
        asOf += 6 hours;
        vm.warp(asOf);
        send(nextPost());
        vm.warp(asOf + 3_601);
        closeWith(4, 100);
        vm.assertTrue(standing(type(uint64).max) == Standing.Missing, "more than an hour after");
    }

    /// @dev What moves from wallet to wallet between two looks is counted twice.
    function test_the_asker_bounds_the_span_of_the_looks() public {
        send(nextPost());
        low.set(wallet, 10 ** 18);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 30);
        look(1, false, true, one(address(low), wallet));
        Standing within = witnesses.witnessedSolvency(exchangeId, "BTC", 600, 30).standing;
        vm.assertTrue(within == Standing.Fresh, "within the span");
        WitnessedSolvency memory none;
        WitnessedSolvency memory beyond = witnesses.witnessedSolvency(exchangeId, "BTC", 600, 29);
        vm.assertEq(abi.encode(beyond), abi.encode(none), "beyond it");
    }

    function test_a_retired_circuits_last_answer_is_retired() public {
        send(nextPost());
        closeWith(1, 100);
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        vm.assertTrue(standing(60) == Standing.Retired, "standing");
    }

    function test_several_tokens_count_for_one_asset() public {
        send(nextPost());
        low.set(wallet, 40 * 10 ** 10);
        vm.deal(wallet, 60 * 10 ** 10);
        Holding[] memory holdings = two(address(0), wallet, address(low), wallet);
        look(1, true, true, holdings);
        vm.assertEq(ask("BTC", 60).reserve, 100, "both");
    }

    /// @dev It has no figures before the next epoch, whatever was seen of it.
    function test_an_appended_asset_is_answered_after_the_next_epoch() public {
        send(nextPost());
        vm.prank(AUTHORITY);
        reserves.appendAssets(exchangeId, 2, numberedAssets(1));
        TestToken token = new TestToken(6);
        token.set(wallet, 9);
        declare(address(token), 3);
        look(1, true, true, one(address(token), wallet));
        assertMissing("A1", "no figures");
        vm.warp(START + CADENCE);
        look(2, true, true, one(address(token), wallet));
        send(postOf(3));
        WitnessedSolvency memory answer = ask("A1", 600);
        vm.assertTrue(answer.standing == Standing.Fresh, "standing");
        vm.assertEq(answer.liability, 3, "liability");
        vm.assertEq(answer.reserve, 9, "reserve");
        assertMissing("BTC", "not looked at in this epoch");
    }

    /// @dev Entries never change: what was closed before the list grew counts for the assets it
    /// had.
    function test_what_was_closed_before_the_list_grew_counts() public {
        closeWith(1, 100);
        vm.prank(AUTHORITY);
        reserves.appendAssets(exchangeId, 2, numberedAssets(1));
        send(postOf(3));
        vm.assertTrue(standing(600) == Standing.Fresh, "an asset of the list before");
        vm.assertEq(ask("BTC", 600).reserve, 100, "reserve");
        assertMissing("A1", "appended since");
        vm.assertEq(witnesses.witnessOf(exchangeId, 1).amounts.length, 2, "amounts of the list as it was");
    }

    /// @dev The list is cleared and set again; what was seen, closed or not, is of another
    /// generation.
    function test_what_was_seen_before_the_list_was_cleared_never_counts() public {
        closeWith(1, 100);
        relist(twoAssets());
        send(nextPost());
        assertMissing("BTC", "of another generation");
        declare(address(low), 1);
        assertMissing("BTC", "declared again, not seen again");
        closeWith(1, 100);
        vm.assertTrue(standing(600) == Standing.Fresh, "seen again");
    }

    function test_a_look_does_not_go_on_from_one_before_the_list_was_cleared() public {
        look(1, true, false, one(address(0), wallet));
        relist(twoAssets());
        declare(address(low), 1);
        bytes memory notBegun = abi.encodeWithSelector(IRefusals.WitnessNotBegun.selector, 1);
        refusesLook(1, false, true, one(address(low), wallet), notBegun);
    }

    function test_each_standing_is_told_of_what_was_seen() public {
        send(nextPost());
        closeWith(1, 100);
        vm.assertTrue(standing(0) == Standing.Fresh, "fresh");
        vm.warp(START + 1);
        vm.assertTrue(standing(0) == Standing.Stale, "stale");
        vm.warp(START + 661);
        vm.assertTrue(standing(0) == Standing.Overdue, "overdue and stale");
        vm.warp(START - 1);
        vm.assertTrue(standing(0) == Standing.Overdue, "an unknown age");
        developmentCircuit();
        send(nextPost());
        closeWith(2, 100);
        vm.warp(vm.getBlockTimestamp() + 661);
        vm.assertTrue(standing(0) == Standing.Development, "development and overdue");
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        vm.assertTrue(standing(0) == Standing.Retired, "retired and development");
    }

    /// @dev A retired circuit does not hide that less is there than is owed.
    function test_insolvency_is_told_of_a_retired_circuit_too() public {
        send(nextPost());
        closeWith(1, 99);
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        vm.assertTrue(standing(0) == Standing.Insolvent, "standing");
    }
}
