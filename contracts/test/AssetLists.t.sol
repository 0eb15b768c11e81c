// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Asset, IReserves, ShardPost, Standing} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice The asset list: how it grows, and how it is cleared before anything was stated.
contract AssetListsTest is Fixture {
    string private constant SYMBOL = "symbol is not 1 to 16 of A-Z a-z 0-9 . _ -, with a letter or digit";

    function append(uint16 start, Asset[] memory list) internal {
        vm.prank(AUTHORITY);
        reserves.appendAssets(exchangeId, start, list);
    }

    function clear() internal {
        vm.prank(AUTHORITY);
        reserves.clearAssets(exchangeId);
    }

    function single(string memory symbol, uint8 decimals) internal pure returns (Asset[] memory list) {
        list = new Asset[](1);
        list[0] = Asset(symbol, decimals);
    }

    function refusesAssets(uint16 start, Asset[] memory list, uint256 number, string memory reason) internal {
        bytes memory call = abi.encodeCall(reserves.appendAssets, (exchangeId, start, list));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListInvalid.selector, number, reason));
    }

    function refusesClearing(bytes4 refusal) internal {
        refuses(
            AUTHORITY, abi.encodeCall(reserves.clearAssets, (exchangeId)), abi.encodeWithSelector(refusal, exchangeId)
        );
    }

    function test_a_list_grows_in_pieces_to_the_same_digest() public {
        clear();
        Asset[] memory all = numberedAssets(5);
        append(0, all);
        bytes32 digest = reserves.exchange(exchangeId).assetListDigest;
        clear();
        vm.assertEq(reserves.exchange(exchangeId).assetListDigest, 0, "digest of the empty list");
        for (uint16 i = 0; i < 5; ++i) {
            append(i, single(all[i].symbol, all[i].decimals));
        }
        vm.assertEq(reserves.exchange(exchangeId).assetListDigest, digest, "digest");
        vm.assertEq(abi.encode(reserves.assets(exchangeId)), abi.encode(all), "assets");
        vm.assertEq(reserves.numberOf(exchangeId, "A5"), 5, "number");
        vm.assertEq(reserves.numberOf(exchangeId, "a5"), 0, "to the letter");
    }

    function test_growth_is_announced() public {
        vm.recordLogs();
        append(2, numberedAssets(3));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], IReserves.AssetsAppended.selector, "event");
        bytes32 digest = reserves.exchange(exchangeId).assetListDigest;
        vm.assertEq(logs[0].data, abi.encode(digest, uint16(5), uint16(2), numberedAssets(3)), "what was added where");
    }

    function test_invalid_assets_are_refused_whole() public {
        refusesAssets(2, new Asset[](0), 0, "no asset");
        refusesAssets(2, numberedAssets(127), 0, "more than 128 assets");
        string[7] memory symbols = ["", "SEVENTEEN-LETTERS", "US DC", "US\x00DC", unicode"ÜSD", ".", "-_."];
        for (uint256 i = 0; i < symbols.length; ++i) {
            Asset[] memory list = numberedAssets(2);
            list[1].symbol = symbols[i];
            refusesAssets(2, list, 4, SYMBOL);
        }
        refusesAssets(2, single("EURC", 37), 3, "more than 36 decimals");
        append(2, single("SIXTEEN-LETTERS.", 36));
    }

    function test_symbols_that_look_alike_are_one() public {
        string[6] memory alike = ["BTC", "btc", "bTc", "BTC.", "B-T_C", "_btc"];
        for (uint256 i = 0; i < alike.length; ++i) {
            refusesAssets(2, single(alike[i], 6), 3, "symbol is like another one");
        }
        Asset[] memory both = new Asset[](2);
        (both[0], both[1]) = (Asset("ETH", 18), Asset("e.th", 18));
        refusesAssets(2, both, 4, "symbol is like another one");
        append(2, single("BTC2", 6));
        append(3, single("WBTC", 6));
    }

    function test_nothing_is_added_twice() public {
        bytes memory call = abi.encodeCall(reserves.appendAssets, (exchangeId, 0, twoAssets()));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListStartMismatch.selector, 2, 0));
        call = abi.encodeCall(reserves.appendAssets, (exchangeId, 3, numberedAssets(1)));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListStartMismatch.selector, 2, 3));
    }

    function test_a_list_grows_between_epochs_alone() public {
        bytes memory call = abi.encodeCall(reserves.appendAssets, (exchangeId, 2, numberedAssets(1)));
        send(nextShard(0, 2));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListBusy.selector, exchangeId));
        send(nextShard(1, 2));
        append(2, numberedAssets(1));
    }

    function test_an_appended_asset_has_no_figures_before_the_next_epoch() public {
        send(nextPost());
        append(2, numberedAssets(14));
        vm.assertEq(reserves.latestAmounts(exchangeId).length, 2, "amounts of the latest epoch");
        for (uint16 number = 3; number <= 17; ++number) {
            vm.assertTrue(reserves.solvencyByNumber(exchangeId, number, 600).standing == Standing.Missing, "missing");
        }
        vm.assertTrue(reserves.solvency(exchangeId, "A1", 600).standing == Standing.Missing, "by symbol");
        vm.assertTrue(reserves.solvency(exchangeId, "BTC", 600).standing == Standing.Fresh, "the others answer");
        vm.warp(START + CADENCE);
        send(postOf(16));
        vm.assertEq(reserves.solvency(exchangeId, "A14", 600).liability, 16, "liability");
        vm.assertEq(reserves.latestAmounts(exchangeId).length, 16, "amounts");
    }

    function test_a_mistake_is_cleared_before_the_first_epoch_alone() public {
        vm.recordLogs();
        clear();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], IReserves.AssetsCleared.selector, "event");
        vm.assertEq(logs[0].data, abi.encode(uint32(1)), "generation");
        refusesClearing(IRefusals.AssetListMissing.selector);
        append(0, twoAssets());
        vm.assertEq(reserves.exchange(exchangeId).generation, 1, "generation");
        vm.assertEq(reserves.numberOf(exchangeId, "BTC"), 1, "a symbol listed again");
        send(nextShard(0, 2));
        refusesClearing(IRefusals.AssetListFrozen.selector);
        send(nextShard(1, 2));
        refusesClearing(IRefusals.AssetListFrozen.selector);
    }

    function test_a_list_grows_to_128_and_no_further() public {
        Asset[] memory all = numberedAssets(129);
        Asset[] memory piece = new Asset[](100);
        for (uint256 i = 0; i < 100; ++i) {
            piece[i] = all[i];
        }
        append(2, piece);
        piece = new Asset[](26);
        for (uint256 i = 0; i < 26; ++i) {
            piece[i] = all[100 + i];
        }
        append(102, piece);
        vm.assertEq(reserves.exchange(exchangeId).assetCount, 128, "count");
        vm.assertEq(reserves.assets(exchangeId)[127].symbol, "A126", "the last");
        refusesAssets(128, single("ONE-MORE", 0), 0, "more than 128 assets");
        refusesAssets(128, new Asset[](0), 0, "no asset");
        send(postOf(128));
        vm.assertEq(reserves.solvency(exchangeId, "A126", 600).liability, 128, "asset 128");
    }

    function test_entries_never_change() public {
        Asset[] memory first = numberedAssets(3);
        append(2, first);
        bytes32 before = keccak256(abi.encode(reserves.assets(exchangeId)[0], reserves.assets(exchangeId)[4]));
        send(postOf(5));
        append(5, single("a4", 18));
        vm.warp(START + CADENCE);
        send(postOf(6));
        append(6, single("A5.", 1));
        Asset[] memory read = reserves.assets(exchangeId);
        vm.assertEq(keccak256(abi.encode(read[0], read[4])), before, "entries");
        vm.assertEq(abi.encode(read[5]), abi.encode(Asset("a4", 18)), "asset 6");
        vm.assertEq(abi.encode(read[6]), abi.encode(Asset("A5.", 1)), "asset 7");
        for (uint16 start = 0; start < 7; ++start) {
            bytes memory call = abi.encodeCall(reserves.appendAssets, (exchangeId, start, single("BTC", 2)));
            refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListStartMismatch.selector, 7, start));
        }
    }

    /// @dev An epoch that is begun comes first, then the place, then the entries.
    function test_the_order_of_refusals_of_growth() public {
        bytes memory call = abi.encodeCall(reserves.appendAssets, (exchangeId, 1, new Asset[](0)));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListStartMismatch.selector, 2, 1));
        send(nextShard(0, 2));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.AssetListBusy.selector, exchangeId));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.NotAuthority.selector, AUTHORITY, STRANGER));
    }

    function test_a_refused_list_leaves_nothing_behind() public {
        Asset[] memory list = numberedAssets(3);
        list[2].symbol = "A.1";
        refusesAssets(2, list, 5, "symbol is like another one");
        vm.assertEq(reserves.numberOf(exchangeId, "A1"), 0, "no number");
        append(2, numberedAssets(3));
    }

    /// @dev A, B, A: nothing of B is left, and the digest is that of A.
    function test_a_list_that_is_set_again_is_the_same_list() public {
        bytes32 digest = reserves.exchange(exchangeId).assetListDigest;
        relist(numberedAssets(5));
        vm.assertNotEq(reserves.exchange(exchangeId).assetListDigest, digest, "another list");
        vm.assertEq(reserves.numberOf(exchangeId, "BTC"), 0, "no longer listed");
        relist(twoAssets());
        vm.assertEq(reserves.exchange(exchangeId).assetListDigest, digest, "the same list");
        vm.assertEq(reserves.exchange(exchangeId).generation, 2, "generation");
        vm.assertEq(reserves.exchange(exchangeId).assetCount, 2, "count");
        vm.assertEq(abi.encode(reserves.assets(exchangeId)), abi.encode(twoAssets()), "assets");
        vm.assertEq(reserves.numberOf(exchangeId, "A1"), 0, "nothing of the other one");
        vm.assertEq(reserves.numberOf(exchangeId, "A5"), 0, "nor of its end");
        append(2, numberedAssets(5));
        send(postOf(7));
        vm.assertEq(reserves.solvency(exchangeId, "A5", 600).liability, 7, "asset 7");
    }

    function test_a_cleared_exchange_takes_no_post() public {
        ShardPost memory post = nextPost();
        clear();
        refuses(post, abi.encodeWithSelector(IRefusals.AssetListMissing.selector, exchangeId));
        vm.assertEq(reserves.assets(exchangeId).length, 0, "assets");
        vm.assertEq(reserves.exchange(exchangeId).assetCount, 0, "count");
    }

    /// @dev A post that was made for the list before it grew has totals for fewer assets.
    function test_a_post_for_the_shorter_list_is_refused() public {
        ShardPost memory post = nextPost();
        append(2, numberedAssets(1));
        refuses(post, abi.encodeWithSelector(IRefusals.AssetCountMismatch.selector, 3, 2));
    }
}
