// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {Exchange, IReserves, Standing} from "../src/interfaces/IReserves.sol";
import {IWitnesses} from "../src/interfaces/IWitnesses.sol";
import {Witnesses} from "../src/Witnesses.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice Registration, authority, posters, asset list, pause.
contract ExchangesTest is Fixture {
    function test_registration_is_read_back() public {
        vm.roll(77);
        vm.prank(STRANGER);
        bytes32 id = reserves.registerExchange("Another", SOLANA_AUTHORITY, 3_600);
        Exchange memory exchange = reserves.exchange(id);
        vm.assertEq(exchange.name, "Another", "name");
        vm.assertEq(exchange.authority, STRANGER, "authority");
        vm.assertEq(exchange.cadence, 3_600, "cadence");
        vm.assertEq(exchange.registeredInBlock, 77, "block");
        vm.assertEq(exchange.nextEpoch, 1, "next epoch");
        vm.assertEq(exchange.head, id, "head before the first epoch");
        vm.assertEq(id, reserves.exchangeIdOf("Another", SOLANA_AUTHORITY, STRANGER), "id");
    }

    function test_an_id_cannot_be_taken_by_another_caller() public {
        vm.prank(STRANGER);
        bytes32 other = reserves.registerExchange("Test Exchange", SOLANA_AUTHORITY, CADENCE);
        vm.assertNotEq(other, exchangeId, "the caller is part of the id");
        vm.assertEq(reserves.exchange(exchangeId).authority, AUTHORITY, "authority of the first");
    }

    function test_an_exchange_is_registered_once() public {
        bytes memory call = abi.encodeCall(reserves.registerExchange, ("Test Exchange", SOLANA_AUTHORITY, 1));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.ExchangeAlreadyRegistered.selector, exchangeId));
    }

    function test_names_are_printable_and_short() public {
        string[4] memory names = ["", "a name of thirty-three characters", "line\nbreak", unicode"café"];
        for (uint256 i = 0; i < names.length; ++i) {
            bytes memory call = abi.encodeCall(reserves.registerExchange, (names[i], SOLANA_AUTHORITY, CADENCE));
            refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.NameInvalid.selector, names[i]));
        }
    }

    function test_a_cadence_of_zero_is_refused() public {
        bytes memory call = abi.encodeCall(reserves.registerExchange, ("Another", SOLANA_AUTHORITY, 0));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.CadenceInvalid.selector, 0));
    }

    function test_only_the_authority_changes_an_exchange() public {
        bytes[6] memory calls = [
            abi.encodeCall(reserves.proposeAuthority, (exchangeId, STRANGER)),
            abi.encodeCall(reserves.setPosters, (exchangeId, addresses(STRANGER))),
            abi.encodeCall(reserves.appendAssets, (exchangeId, 2, numberedAssets(1))),
            abi.encodeCall(reserves.clearAssets, (exchangeId)),
            abi.encodeCall(reserves.setCadence, (exchangeId, 60)),
            abi.encodeCall(reserves.setPaused, (exchangeId, true))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refuses(STRANGER, calls[i], abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, STRANGER));
            refuses(POSTER, calls[i], abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, POSTER));
        }
    }

    function test_an_unknown_exchange_is_named() public {
        bytes32 unknown = keccak256("unknown");
        bytes[8] memory calls = [
            abi.encodeCall(reserves.proposeAuthority, (unknown, STRANGER)),
            abi.encodeCall(reserves.acceptAuthority, (unknown)),
            abi.encodeCall(reserves.setPosters, (unknown, addresses(STRANGER))),
            abi.encodeCall(reserves.appendAssets, (unknown, 0, twoAssets())),
            abi.encodeCall(reserves.clearAssets, (unknown)),
            abi.encodeCall(reserves.setCadence, (unknown, 60)),
            abi.encodeCall(reserves.setPaused, (unknown, true)),
            abi.encodeCall(reserves.postShard, (unknown, nextPost()))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refuses(address(0), calls[i], abi.encodeWithSelector(IRefusals.ExchangeUnknown.selector, unknown));
        }
    }

    function test_authority_moves_in_two_steps() public {
        vm.prank(AUTHORITY);
        reserves.proposeAuthority(exchangeId, STRANGER);
        vm.assertEq(reserves.exchange(exchangeId).authority, AUTHORITY, "not before it is accepted");
        bytes memory accept = abi.encodeCall(reserves.acceptAuthority, (exchangeId));
        refuses(POSTER, accept, abi.encodeWithSelector(IRefusals.NotPendingAuthority.selector, STRANGER, POSTER));
        vm.prank(STRANGER);
        reserves.acceptAuthority(exchangeId);
        vm.assertEq(reserves.exchange(exchangeId).authority, STRANGER, "authority");
        vm.assertEq(reserves.exchange(exchangeId).pendingAuthority, address(0), "nobody is proposed any more");
        bytes memory call = abi.encodeCall(reserves.setPaused, (exchangeId, true));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.NotAuthority.selector, STRANGER, AUTHORITY));
    }

    function test_a_proposal_is_withdrawn() public {
        vm.startPrank(AUTHORITY);
        reserves.proposeAuthority(exchangeId, STRANGER);
        reserves.proposeAuthority(exchangeId, address(0));
        vm.stopPrank();
        bytes memory accept = abi.encodeCall(reserves.acceptAuthority, (exchangeId));
        refuses(STRANGER, accept, abi.encodeWithSelector(IRefusals.NotPendingAuthority.selector, address(0), STRANGER));
    }

    function test_posters_are_replaced() public {
        vm.prank(AUTHORITY);
        reserves.setPosters(exchangeId, addresses(STRANGER));
        vm.assertEq(reserves.posters(exchangeId).length, 1, "posters");
        vm.assertEq(reserves.posters(exchangeId)[0], STRANGER, "poster");
        refuses(nextPost(), abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, POSTER));
        vm.startPrank(STRANGER);
        reserves.postShard(exchangeId, nextPost());
        vm.stopPrank();
        vm.prank(AUTHORITY);
        reserves.setPosters(exchangeId, new address[](0));
        bytes memory call = abi.encodeCall(reserves.postShard, (exchangeId, nextPost()));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, STRANGER));
    }

    function test_posters_are_few_distinct_and_not_zero() public {
        address[] memory many = new address[](9);
        for (uint160 i = 0; i < 9; ++i) {
            many[i] = address(i + 1);
        }
        refusesPosters(many, 9, address(0));
        address[] memory eight = new address[](8);
        for (uint256 i = 0; i < 8; ++i) {
            eight[i] = many[i];
        }
        vm.prank(AUTHORITY);
        reserves.setPosters(exchangeId, eight);
        eight[7] = eight[2];
        refusesPosters(eight, 7, eight[2]);
        eight[7] = address(0);
        refusesPosters(eight, 7, address(0));
    }

    function refusesPosters(address[] memory posters, uint256 index, address found) internal {
        bytes memory call = abi.encodeCall(reserves.setPosters, (exchangeId, posters));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.PostersInvalid.selector, index, found));
    }

    /// @dev Stated and witnessed are two questions: a contract that answers one does not answer the
    /// other.
    function test_contracts_tell_which_question_they_answer() public {
        Witnesses witnesses = new Witnesses(reserves);
        vm.assertTrue(reserves.supportsInterface(type(IReserves).interfaceId), "stated");
        vm.assertTrue(!reserves.supportsInterface(type(IWitnesses).interfaceId), "not witnessed");
        vm.assertTrue(witnesses.supportsInterface(type(IWitnesses).interfaceId), "witnessed");
        vm.assertTrue(!witnesses.supportsInterface(type(IReserves).interfaceId), "not stated");
        vm.assertTrue(reserves.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        vm.assertTrue(witnesses.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        vm.assertTrue(!reserves.supportsInterface(0xffffffff), "the invalid id");
        vm.assertTrue(!witnesses.supportsInterface(0xffffffff), "the invalid id");
    }

    function test_a_paused_exchange_takes_no_post_and_still_answers() public {
        send(nextPost());
        vm.warp(START + CADENCE);
        vm.prank(AUTHORITY);
        reserves.setPaused(exchangeId, true);
        refuses(nextPost(), abi.encodeWithSelector(IRefusals.ExchangePaused.selector, exchangeId));
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", CADENCE).standing == Standing.Fresh, "standing");
        vm.prank(AUTHORITY);
        reserves.setPaused(exchangeId, false);
        send(nextPost());
    }
}
