// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Holdings} from "../src/Holdings.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Holding, Witness} from "../src/interfaces/IWitnesses.sol";
import {Answer, Borrower, ConstructedBorrower, TestToken} from "./HostileContracts.sol";
import {WitnessFixture} from "./WitnessFixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Looks: who makes them, when, at what, and what they sum to.
contract WitnessesTest is WitnessFixture {
    event HoldingUnreadable(bytes32 indexed exchangeId, uint64 indexed epoch, address token, address wallet);
    event ReservesWitnessed(
        bytes32 indexed exchangeId, uint64 indexed epoch, uint64 began, uint128 looked, uint112[] amounts
    );

    function amount(uint64 epoch, uint256 asset) internal view returns (uint256) {
        return witnesses.witnessOf(exchangeId, epoch).amounts[asset - 1];
    }

    function test_holdings_are_summed_by_asset_over_looks() public {
        (address first, address second) = ascending();
        vm.deal(first, 2 ether);
        vm.deal(second, 0.5 ether + 1);
        low.set(second, 10 ** 18 + 10 ** 10 - 1);
        high.set(first, 77);
        vm.roll(500);
        look(1, true, false, two(address(0), first, address(0), second));
        vm.assertEq(amount(1, 1), 250_000_000, "native coin");
        vm.warp(START + 600);
        vm.roll(550);
        vm.recordLogs();
        look(1, false, true, two(address(low), second, address(high), first));
        Witness memory read = witnesses.witnessOf(exchangeId, 1);
        vm.assertEq(read.began, START, "began");
        vm.assertEq(read.lastLook, START + 600, "last look");
        vm.assertEq(read.beganInBlock, 500, "first block");
        vm.assertEq(read.lastLookInBlock, 550, "last block");
        vm.assertEq(read.holdings, 4, "holdings");
        vm.assertEq(read.looked, 3, "looked");
        vm.assertTrue(read.closed, "closed");
        vm.assertEq(amount(1, 1), 350_000_000, "coin and token");
        vm.assertEq(amount(1, 2), 77, "the other asset");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2, "no holding was unreadable");
        vm.assertEq(logs[1].topics[0], ReservesWitnessed.selector, "the amounts are in an event");
        vm.assertEq(logs[1].data, abi.encode(START, uint128(3), read.amounts), "the event's amounts");
    }

    function test_only_posters_of_a_known_exchange_look() public {
        bytes memory call = abi.encodeCall(witnesses.witness, (exchangeId, 1, true, true, one(address(0), wallet)));
        bytes memory expected = abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, AUTHORITY);
        refusesWitness(AUTHORITY, AUTHORITY, call, expected);
        bytes32 unknown = "unknown";
        call = abi.encodeCall(witnesses.witness, (unknown, 1, true, true, one(address(0), wallet)));
        expected = abi.encodeWithSelector(IRefusals.ExchangeUnknown.selector, unknown);
        refusesWitness(POSTER, POSTER, call, expected);
    }

    /// @dev A loan for the time of a transaction needs a contract that takes it, looks and returns
    /// it.
    function test_nothing_is_seen_from_inside_another_call() public {
        Borrower borrower = new Borrower();
        address[] memory posters = new address[](2);
        (posters[0], posters[1]) = (POSTER, address(borrower));
        vm.prank(AUTHORITY);
        reserves.setPosters(exchangeId, posters);
        bytes memory call = abi.encodeCall(witnesses.witness, (exchangeId, 1, true, true, one(address(0), wallet)));
        bytes memory expected = abi.encodeWithSelector(IRefusals.WitnessNotAlone.selector, POSTER, address(borrower));
        refusesWitness(address(borrower), POSTER, call, expected);
        // An account whose key also delegates to code (EIP-7702) does many things in one
        // transaction of its own.
        vm.etch(POSTER, abi.encodePacked(hex"ef0100", address(borrower)));
        refusesWitness(POSTER, POSTER, call, abi.encodeWithSelector(IRefusals.WitnessNotAlone.selector, POSTER, POSTER));
        vm.etch(POSTER, "");
        refusesWitness(
            POSTER, AUTHORITY, call, abi.encodeWithSelector(IRefusals.WitnessNotAlone.selector, AUTHORITY, POSTER)
        );
        look(1, true, true, one(address(0), wallet));
    }

    /// @dev While it is constructed a contract has no code.
    function test_nothing_is_seen_from_a_constructor() public {
        bytes32 salt = "salt";
        bytes memory call = abi.encodeCall(witnesses.witness, (exchangeId, 1, true, true, one(address(0), wallet)));
        bytes memory code = abi.encodePacked(type(ConstructedBorrower).creationCode, abi.encode(witnesses, call));
        bytes32 digest = keccak256(abi.encodePacked(hex"ff", address(this), salt, keccak256(code)));
        vm.prank(AUTHORITY);
        reserves.setPosters(exchangeId, addresses(address(uint160(uint256(digest)))));
        bool created = true;
        try this.construct(salt, call) {}
        catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            created = bytes4(reason) != IRefusals.WitnessNotAlone.selector;
        }
        vm.assertTrue(!created, "refused");
    }

    function construct(bytes32 salt, bytes calldata call) external {
        new ConstructedBorrower{salt: salt}(witnesses, call);
    }

    function test_a_paused_exchange_is_not_looked_at() public {
        vm.prank(AUTHORITY);
        reserves.setPaused(exchangeId, true);
        bytes memory expected = abi.encodeWithSelector(IRefusals.ExchangePaused.selector, exchangeId);
        refusesLook(1, true, true, one(address(0), wallet), expected);
    }

    function test_the_epoch_is_the_latest_or_the_next() public {
        Holding[] memory holdings = one(address(0), wallet);
        bytes4 invalid = IRefusals.WitnessEpochInvalid.selector;
        refusesLook(0, true, true, holdings, abi.encodeWithSelector(invalid, 1, 0));
        refusesLook(2, true, true, holdings, abi.encodeWithSelector(invalid, 1, 2));
        send(nextPost());
        vm.warp(START + CADENCE);
        send(nextPost());
        refusesLook(1, true, true, holdings, abi.encodeWithSelector(invalid, 3, 1));
        refusesLook(4, true, true, holdings, abi.encodeWithSelector(invalid, 3, 4));
        refusesLook(type(uint64).max, true, true, holdings, abi.encodeWithSelector(invalid, 3, type(uint64).max));
        look(2, true, true, holdings);
        look(3, true, true, holdings);
    }

    function test_looks_are_at_something_in_ascending_order() public {
        (address first, address second) = ascending();
        (address a, address b) = (address(low), address(high));
        refusesLook(1, true, true, new Holding[](0), abi.encodeWithSelector(IRefusals.NothingToWitness.selector));
        refusesLook(1, true, true, two(a, first, a, first), outOfOrder(1));
        refusesLook(1, true, true, two(a, second, a, first), outOfOrder(1));
        refusesLook(1, true, true, two(b, first, a, second), outOfOrder(1));
        look(1, true, false, one(a, second));
        refusesLook(1, false, true, one(a, second), outOfOrder(0));
        refusesLook(1, false, true, one(a, first), outOfOrder(0));
        refusesLook(1, false, true, one(address(0), second), outOfOrder(0));
        look(1, false, false, one(b, first));
        refusesLook(1, false, true, one(b, first), outOfOrder(0));
        look(1, false, true, one(b, second));
    }

    function test_only_registered_wallets_and_declared_tokens_count() public {
        bytes4 unknown = IRefusals.WalletUnknown.selector;
        refusesLook(1, true, true, one(address(0), STRANGER), abi.encodeWithSelector(unknown, STRANGER));
        refusesLook(1, true, true, one(address(0), address(0)), outOfOrder(0));
        refusesLook(1, true, true, one(address(low), address(0)), abi.encodeWithSelector(unknown, address(0)));
        bytes32 other = register("Another");
        registerWallet(other, 0xCAFE);
        address foreign = vm.addr(0xCAFE);
        refusesLook(1, true, true, one(address(0), foreign), abi.encodeWithSelector(unknown, foreign));
        // A token with the symbol of an asset, minted at will.
        TestToken fake = new TestToken(6);
        fake.set(wallet, 10 ** 30);
        bytes memory expected = abi.encodeWithSelector(IRefusals.TokenUndeclared.selector, address(fake));
        refusesLook(1, true, true, one(address(fake), wallet), expected);
        vm.prank(wallet);
        witnesses.retireWallet(wallet);
        refusesLook(1, true, true, one(address(0), wallet), abi.encodeWithSelector(unknown, wallet));
    }

    function test_looks_lie_within_the_window() public {
        bytes memory notBegun = abi.encodeWithSelector(IRefusals.WitnessNotBegun.selector, 1);
        refusesLook(1, false, true, one(address(0), wallet), notBegun);
        look(1, true, false, one(address(0), wallet));
        vm.warp(START + 601);
        bytes memory expected = abi.encodeWithSelector(IRefusals.WitnessWindowPassed.selector, START, START + 601);
        refusesLook(1, false, true, one(address(low), wallet), expected);
        vm.warp(START + 600);
        look(1, false, true, one(address(low), wallet));
    }

    function test_looks_go_on_under_the_same_list_alone() public {
        look(1, true, false, one(address(0), wallet));
        vm.prank(AUTHORITY);
        reserves.appendAssets(exchangeId, 2, numberedAssets(1));
        bytes memory notBegun = abi.encodeWithSelector(IRefusals.WitnessNotBegun.selector, 1);
        refusesLook(1, false, true, one(address(low), wallet), notBegun);
        look(1, true, false, one(address(0), wallet));
        look(1, false, true, one(address(low), wallet));
        vm.assertEq(witnesses.witnessOf(exchangeId, 1).amounts.length, 3, "amounts of the list as it was");
    }

    function test_what_is_closed_never_changes() public {
        look(1, true, true, one(address(0), wallet));
        bytes memory closed = abi.encodeWithSelector(IRefusals.WitnessClosed.selector, 1);
        refusesLook(1, true, true, one(address(low), wallet), closed);
        refusesLook(1, false, false, one(address(low), wallet), closed);
    }

    function test_what_begins_again_begins_from_nothing() public {
        vm.deal(wallet, 5 ether);
        low.set(wallet, 10 ** 18);
        high.set(wallet, 9);
        look(1, true, false, one(address(0), wallet));
        look(1, false, false, two(address(low), wallet, address(high), wallet));
        vm.assertEq(amount(1, 1), 600_000_000, "before");
        vm.deal(wallet, 1 ether);
        vm.warp(START + 5);
        vm.roll(900);
        look(1, true, true, one(address(0), wallet));
        Witness memory read = witnesses.witnessOf(exchangeId, 1);
        vm.assertEq(amount(1, 1), 100_000_000, "counted anew");
        vm.assertEq(amount(1, 2), 0, "not looked at any more");
        vm.assertEq(read.looked, 1, "looked");
        vm.assertEq(read.holdings, 1, "holdings");
        vm.assertEq(read.began, START + 5, "began");
        vm.assertEq(read.beganInBlock, 900, "block");
    }

    /// @dev `high` is hostile, and counts 0 with an event; what comes before and after it counts.
    function assertUnreadable() internal {
        vm.deal(wallet, 3 ether);
        vm.recordLogs();
        Holding[] memory holdings = new Holding[](2);
        (holdings[0], holdings[1]) = (Holding(address(0), wallet), Holding(address(high), wallet));
        look(1, true, false, holdings);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2, "one event more");
        vm.assertEq(logs[0].topics[0], HoldingUnreadable.selector, "unreadable");
        vm.assertEq(logs[0].data, abi.encode(address(high), wallet), "which");
        vm.assertEq(amount(1, 1), 300_000_000, "the others count");
        vm.assertEq(amount(1, 2), 0, "counts nothing");
        vm.assertEq(witnesses.witnessOf(exchangeId, 1).looked, 3, "it was looked at");
    }

    function test_a_token_that_misbehaves_spoils_only_its_own_balance() public {
        Answer[4] memory answers = [Answer.Revert, Answer.BurnGas, Answer.RevertBomb, Answer.Short];
        for (uint256 i = 0; i < answers.length; ++i) {
            high.set(wallet, 55);
            high.behave(answers[i]);
            uint256 before = gasleft();
            assertUnreadable();
            vm.assertLe(before - gasleft(), 900_000, "gas of a hostile token is bounded");
        }
        vm.etch(address(high), "");
        assertUnreadable();
    }

    function test_a_long_answer_is_cut_and_not_copied() public {
        high.set(wallet, 55);
        high.behave(Answer.ReturnBomb);
        look(1, true, true, one(address(high), wallet));
        vm.assertEq(amount(1, 2), 55, "its first word");
    }

    function test_a_token_cannot_change_anything_while_it_is_asked() public {
        high.set(wallet, 55);
        bytes[2] memory calls = [
            abi.encodeCall(high.set, (wallet, 10 ** 20)),
            abi.encodeCall(witnesses.witness, (exchangeId, 1, true, true, one(address(0), wallet)))
        ];
        address[2] memory targets = [address(high), address(witnesses)];
        for (uint256 i = 0; i < 2; ++i) {
            high.reenter(targets[i], calls[i]);
            look(1, true, false, one(address(high), wallet));
            vm.assertEq(amount(1, 2), 55, "the call did not go through");
        }
    }

    function test_what_cannot_be_added_counts_nothing() public {
        uint256[3] memory balances = [uint256(2 ** 112), type(uint256).max, type(uint256).max / 2];
        for (uint256 i = 0; i < 3; ++i) {
            high.set(wallet, balances[i]);
            assertUnreadable();
        }
        (address first, address second) = ascending();
        high.set(first, 2 ** 112 - 8);
        high.set(second, type(uint256).max);
        look(1, true, false, two(address(high), first, address(high), second));
        vm.assertEq(amount(1, 2), 2 ** 112 - 8, "the sum would not fit a word");
        high.set(second, 8);
        look(1, true, false, two(address(high), first, address(high), second));
        vm.assertEq(amount(1, 2), 2 ** 112 - 8, "the sum would be 2^112");
        high.set(second, 7);
        look(1, true, true, two(address(high), first, address(high), second));
        vm.assertEq(amount(1, 2), 2 ** 112 - 1, "the most there is");
    }

    function test_too_little_gas_is_refused_and_leaves_no_token_out() public {
        high.set(wallet, 55);
        bytes memory call = abi.encodeCall(witnesses.witness, (exchangeId, 1, true, true, one(address(high), wallet)));
        uint256 refused = 0;
        for (uint256 gas = 60_000; gas < 500_000; gas += 10_000) {
            vm.prank(POSTER, POSTER);
            (bool success, bytes memory result) = address(witnesses).call{gas: gas}(call);
            if (success) {
                vm.assertEq(amount(1, 2), 55, "read, not left out");
                vm.assertTrue(refused > 0, "some were refused for it");
                return;
            }
            // forge-lint: disable-next-line(unsafe-typecast)
            if (bytes4(result) == IRefusals.GasInsufficient.selector) ++refused;
        }
        vm.assertTrue(false, "never enough");
    }

    function units(uint256 balance, uint8 tokenDecimals, uint8 assetDecimals) internal pure returns (uint256) {
        (bool success, uint256 result) = Holdings.toUnits(balance, tokenDecimals, assetDecimals);
        return success && result <= type(uint128).max ? result : type(uint256).max;
    }

    /// @dev The vectors of `core::observation::to_units`; there none is what has more than 128
    /// bits.
    function test_units_are_those_of_the_specification() public pure {
        uint256 none = type(uint256).max;
        uint256 most = type(uint128).max;
        vm.assertEq(units(1_999, 3, 0), 1, "rounded down");
        vm.assertEq(units(999, 3, 0), 0, "to nothing");
        vm.assertEq(units(7, 6, 6), 7, "equal");
        vm.assertEq(units(7, 6, 8), 700, "more decimals");
        vm.assertEq(units(most, 36, 0), most / 10 ** 36, "fewer");
        vm.assertEq(units(most, 0, 1), none, "too many bits");
        vm.assertEq(units(most, 18, 18), most, "all bits");
        vm.assertEq(units(0, 0, 36), 0, "nothing");
        vm.assertEq(units(none, 0, 36), none, "does not wrap");
        vm.assertEq(units(2 ** 220, 0, 36), none, "does not wrap to something small");
    }
}
