// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {Asset, ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {SimulatedProof} from "./SimulatedProof.sol";
import {vm} from "./Vm.sol";

/// @notice Rules 1, 2, 4, 5 and 6 of the specification's section 6, each broken by itself.
contract PostsTest is Fixture {
    uint256 private constant AMOUNT_BOUND = 1 << 112;

    // --- 1. Who, and for how many assets ---

    function test_a_stranger_cannot_post() public {
        bytes memory call = abi.encodeCall(reserves.postShard, (exchangeId, nextPost()));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, STRANGER));
        refuses(AUTHORITY, call, abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, AUTHORITY));
    }

    function test_a_poster_of_one_exchange_cannot_post_for_another() public {
        vm.startPrank(STRANGER);
        bytes32 other = reserves.registerExchange("Another", SOLANA_AUTHORITY, CADENCE);
        reserves.appendAssets(other, 0, twoAssets());
        reserves.setPosters(other, addresses(STRANGER));
        vm.stopPrank();
        ShardPost memory post = nextPost();
        bytes memory call = abi.encodeCall(reserves.postShard, (exchangeId, post));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.NotPoster.selector, exchangeId, STRANGER));
        bytes32 mine = contextOf(post);
        exchangeId = other;
        call = abi.encodeCall(reserves.postShard, (other, post));
        refuses(STRANGER, call, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, contextOf(post), mine));
    }

    function test_no_asset_list_no_post() public {
        vm.startPrank(AUTHORITY);
        exchangeId = reserves.registerExchange("Without assets", SOLANA_AUTHORITY, CADENCE);
        reserves.setPosters(exchangeId, addresses(POSTER));
        vm.stopPrank();
        refuses(nextPost(), abi.encodeWithSelector(IRefusals.AssetListMissing.selector, exchangeId));
    }

    function test_totals_and_reserves_are_as_many_as_assets() public {
        for (uint256 length = 0; length < 7; ++length) {
            if (length == 5) continue;
            ShardPost memory post = nextPost();
            post.publicVector = new uint256[](length);
            uint256 found = length < 3 ? 0 : length - 3;
            refuses(post, abi.encodeWithSelector(IRefusals.AssetCountMismatch.selector, 2, found));
        }
        for (uint256 length = 0; length < 4; ++length) {
            if (length == 2) continue;
            ShardPost memory post = nextPost();
            post.reserves = new uint256[](length);
            refuses(post, abi.encodeWithSelector(IRefusals.AssetCountMismatch.selector, 2, length));
        }
    }

    // --- 2. Order ---

    function test_epochs_go_up_by_one() public {
        uint64[4] memory wrong = [uint64(0), 2, 3, type(uint64).max];
        for (uint256 i = 0; i < wrong.length; ++i) {
            ShardPost memory post = nextPost();
            post.epoch = wrong[i];
            refuses(post, abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 1, wrong[i]));
        }
    }

    function test_a_post_is_not_replayed() public {
        ShardPost memory post = nextPost();
        send(post);
        refuses(post, abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 2, 1));
        setProof(post, 2);
        refuses(post, abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 2, 1));
    }

    function test_as_of_is_not_in_the_future() public {
        ShardPost memory post = nextPost();
        uint64[3] memory future = [START + 1, START + 365 days, type(uint64).max];
        for (uint256 i = 0; i < future.length; ++i) {
            post.asOf = future[i];
            refuses(post, abi.encodeWithSelector(IRefusals.AsOfInFuture.selector, START, future[i]));
        }
    }

    function test_as_of_is_after_the_last() public {
        send(nextPost());
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        uint64[2] memory past = [START, START - 1];
        for (uint256 i = 0; i < past.length; ++i) {
            post.asOf = past[i];
            refuses(post, abi.encodeWithSelector(IRefusals.AsOfNotAfterLast.selector, START, past[i]));
        }
        post.asOf = START + 150;
        prove(post);
        send(post);
    }

    /// @dev A stolen poster could fill a history otherwise.
    function test_epochs_are_a_quarter_of_the_cadence_apart() public {
        vm.prank(AUTHORITY);
        reserves.setCadence(exchangeId, 601);
        send(nextPost());
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        uint64[2] memory early = [START + 1, START + 150];
        for (uint256 i = 0; i < early.length; ++i) {
            post.asOf = early[i];
            refuses(post, abi.encodeWithSelector(IRefusals.AsOfTooSoon.selector, START + 151, early[i]));
        }
        post.asOf = START + 151;
        prove(post);
        send(post);
    }

    /// @dev A stolen poster could use up all positions of the ledger otherwise.
    function test_the_ledger_sequence_does_not_leap() public {
        ShardPost memory post = nextPost();
        uint64[2] memory far = [uint64(2 ** 40 + 1), type(uint64).max];
        for (uint256 i = 0; i < far.length; ++i) {
            post.ledgerSequence = far[i];
            refuses(post, abi.encodeWithSelector(IRefusals.LedgerSequenceJump.selector, 0, far[i]));
        }
        post.ledgerSequence = 2 ** 40;
        prove(post);
        send(post);
        vm.warp(START + CADENCE);
        post = nextPost();
        post.ledgerSequence = 2 ** 41 + 1;
        refuses(post, abi.encodeWithSelector(IRefusals.LedgerSequenceJump.selector, 2 ** 40, 2 ** 41 + 1));
    }

    function test_the_ledger_sequence_does_not_go_down() public {
        send(nextPost());
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        post.ledgerSequence = 4;
        refuses(post, abi.encodeWithSelector(IRefusals.LedgerSequenceBackwards.selector, 5, 4));
    }

    function test_the_ledger_head_stays_at_the_same_sequence() public {
        ShardPost memory first = nextPost();
        send(first);
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        post.ledgerSequence = 5;
        bytes memory expected =
            abi.encodeWithSelector(IRefusals.LedgerHeadChanged.selector, 5, first.ledgerHead, post.ledgerHead);
        refuses(post, expected);
        post.ledgerHead = first.ledgerHead;
        prove(post);
        send(post);
    }

    function test_without_a_ledger_there_is_no_head() public {
        ShardPost memory post = nextPost();
        post.ledgerSequence = 0;
        refuses(post, abi.encodeWithSelector(IRefusals.LedgerHeadChanged.selector, 0, bytes32(0), post.ledgerHead));
        post.ledgerHead = 0;
        prove(post);
        send(post);
    }

    // --- 4. Circuit ---

    function test_an_unknown_circuit_is_refused() public {
        ShardPost memory post = nextPost();
        post.circuitId = keccak256("unknown");
        refuses(post, abi.encodeWithSelector(IRefusals.CircuitUnknown.selector, post.circuitId));
    }

    function test_a_circuit_counts_only_after_its_delay() public {
        ShardPost memory post = nextPost();
        vm.warp(START - 1);
        post.asOf = START - 1;
        refuses(post, abi.encodeWithSelector(IRefusals.CircuitNotActive.selector, START, START - 1));
        vm.warp(START);
        prove(post);
        send(post);
    }

    function test_a_retired_circuit_is_refused() public {
        vm.prank(OWNER);
        registry.retireCircuit(circuitId);
        refuses(nextPost(), abi.encodeWithSelector(IRefusals.CircuitRetired.selector, circuitId));
    }

    // --- 5. Elements and context ---

    function test_elements_are_below_r() public {
        for (uint256 index = 0; index < 5; ++index) {
            ShardPost memory post = nextPost();
            uint256 original = post.publicVector[index];
            uint256[3] memory large = [original + Bn254.R, Bn254.R, type(uint256).max];
            for (uint256 i = 0; i < large.length; ++i) {
                post.publicVector[index] = large[i];
                refuses(post, abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, index, large[i]));
            }
        }
    }

    function test_the_digest_is_below_r() public {
        ShardPost memory post = nextPost();
        uint256[2] memory large = [post.d + Bn254.R, Bn254.R];
        for (uint256 i = 0; i < large.length; ++i) {
            post.d = large[i];
            refuses(post, abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, 204, large[i]));
        }
    }

    function test_halves_are_below_2_128() public {
        for (uint256 index = 0; index < 2; ++index) {
            ShardPost memory post = nextPost();
            uint256[2] memory large = [post.publicVector[index] + (1 << 128), Bn254.R - 1];
            for (uint256 i = 0; i < large.length; ++i) {
                post.publicVector[index] = large[i];
                refuses(post, abi.encodeWithSelector(IRefusals.HalfOutOfRange.selector, index, large[i]));
            }
        }
    }

    function test_amounts_are_below_2_112() public {
        uint256[4] memory large = [AMOUNT_BOUND, (1 << 127), (1 << 128) + 100, Bn254.R - 1];
        for (uint256 asset = 1; asset <= 2; ++asset) {
            for (uint256 i = 0; i < large.length; ++i) {
                bytes memory expected = abi.encodeWithSelector(IRefusals.AmountOutOfRange.selector, asset, large[i]);
                ShardPost memory post = nextPost();
                post.publicVector[2 + asset] = large[i];
                prove(post);
                refuses(post, expected);
                post = nextPost();
                post.reserves[asset - 1] = large[i];
                prove(post);
                refuses(post, expected);
            }
        }
    }

    function test_the_largest_amounts_and_elements_pass() public {
        ShardPost memory post = nextPost();
        post.publicVector[2] = Bn254.R - 1;
        post.publicVector[3] = AMOUNT_BOUND - 1;
        post.reserves[0] = AMOUNT_BOUND - 1;
        post.d = Bn254.R - 1;
        prove(post);
        send(post);
        vm.assertEq(reserves.latestAmounts(exchangeId)[0].liability, AMOUNT_BOUND - 1, "liability");
        vm.assertEq(reserves.latestAmounts(exchangeId)[0].reserve, AMOUNT_BOUND - 1, "reserve");
    }

    function test_a_proof_of_another_statement_is_named_as_such() public {
        for (uint256 change = 0; change < 6; ++change) {
            ShardPost memory post = nextPost();
            bytes32 found = contextOf(post);
            if (change == 0) post.asOf -= 1;
            if (change == 1) post.ledgerSequence += 1;
            if (change == 2) post.ledgerHead = ~post.ledgerHead;
            if (change == 3) post.sources = ~post.sources;
            if (change == 4) post.reserves[1] += 1;
            if (change == 5) post.circuitId = anotherCircuit();
            bytes32 expected = contextOf(post);
            refuses(post, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, expected, found));
        }
    }

    function test_swapped_halves_are_another_context() public {
        ShardPost memory post = nextPost();
        (post.publicVector[0], post.publicVector[1]) = (post.publicVector[1], post.publicVector[0]);
        bytes32 found = bytes32((post.publicVector[0] << 128) | post.publicVector[1]);
        refuses(post, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, contextOf(post), found));
    }

    function test_a_proof_of_another_asset_list_is_refused() public {
        ShardPost memory post = nextPost();
        bytes32 found = contextOf(post);
        Asset[] memory list = twoAssets();
        list[1].decimals = 18;
        relist(list);
        refuses(post, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, contextOf(post), found));
    }

    /// @dev The same key under another transcript: active, and not the circuit the proof was made
    /// for.
    function anotherCircuit() internal returns (bytes32 id) {
        bytes memory key = verifier().verifyingKey();
        vm.warp(START - DELAY);
        vm.prank(OWNER);
        id = registry.addCircuit(7, 128, 1, keccak256("another transcript"), key);
        vm.warp(START);
    }

    // --- 6. Proof ---

    function test_what_was_not_proved_is_refused() public {
        for (uint256 index = 2; index < 5; ++index) {
            ShardPost memory post = nextPost();
            post.publicVector[index] += 1;
            refusesProof(post);
        }
        ShardPost memory other = nextPost();
        other.d += 1;
        refusesProof(other);
    }

    function refusesProof(ShardPost memory post) internal {
        refuses(post, proofRejected(post));
    }

    function test_every_word_of_the_proof_counts() public {
        uint8[8] memory points = [0, 0, 1, 1, 1, 1, 2, 2];
        for (uint256 word = 0; word < 8; ++word) {
            ShardPost memory post = nextPost();
            post.proof[word] = addmod(post.proof[word], 1, Bn254.Q);
            refuses(post, abi.encodeWithSelector(IRefusals.ProofPointInvalid.selector, points[word]));
        }
    }

    function test_another_point_in_the_place_of_each_is_refused() public {
        ShardPost memory post = nextPost();
        Bn254.G1 memory another = SimulatedProof.g1(9);
        (post.proof[0], post.proof[1]) = (another.x, another.y);
        refusesProof(post);
        post = nextPost();
        Bn254.G2 memory other = SimulatedProof.gamma();
        (post.proof[2], post.proof[3]) = (other.xImaginary, other.xReal);
        (post.proof[4], post.proof[5]) = (other.yImaginary, other.yReal);
        refusesProof(post);
        post = nextPost();
        (post.proof[6], post.proof[7]) = (another.x, another.y);
        refusesProof(post);
        post = nextPost();
        post.proof[1] = Bn254.Q - post.proof[1];
        refusesProof(post);
    }

    function test_proof_coordinates_are_below_q() public {
        for (uint256 word = 0; word < 8; ++word) {
            ShardPost memory post = nextPost();
            uint256[2] memory large = [post.proof[word] + Bn254.Q, Bn254.Q];
            for (uint256 i = 0; i < large.length; ++i) {
                post.proof[word] = large[i];
                refuses(post, abi.encodeWithSelector(IRefusals.ProofCoordinateNotCanonical.selector, word, large[i]));
            }
        }
    }

    function test_points_at_infinity_are_refused() public {
        uint8[3] memory starts = [0, 2, 6];
        uint8[3] memory ends = [2, 6, 8];
        for (uint8 point = 0; point < 3; ++point) {
            ShardPost memory post = nextPost();
            for (uint256 word = starts[point]; word < ends[point]; ++word) {
                post.proof[word] = 0;
            }
            refuses(post, abi.encodeWithSelector(IRefusals.ProofPointInvalid.selector, point));
        }
    }

    function test_a_point_outside_the_subgroup_is_refused() public {
        ShardPost memory post = nextPost();
        Bn254.G2 memory outside = pointOutsideSubgroup();
        (post.proof[2], post.proof[3]) = (outside.xImaginary, outside.xReal);
        (post.proof[4], post.proof[5]) = (outside.yImaginary, outside.yReal);
        refuses(post, abi.encodeWithSelector(IRefusals.ProofPointInvalid.selector, 1));
    }
}
