// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {Opening} from "../src/Opening.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {ReferenceVector} from "./ReferenceVector.sol";
import {SimulatedOpening} from "./SimulatedOpening.sol";
import {SimulatedProof} from "./SimulatedProof.sol";
import {vm} from "./Vm.sol";

/// @notice The opening of a post: its points, its scalars, its equation, and that neither equation
/// makes up for the other.
contract OpeningsTest is Fixture {
    uint256 private constant POINTS = 16;
    uint256 private constant SCALARS = 8;

    // --- Either equation, and both ---

    function test_a_wrong_opening_with_a_right_proof_is_refused() public {
        ShardPost memory post = nextPost();
        setDefects(post, 1, 0);
        refusesOpening(post);
    }

    function test_a_wrong_proof_with_a_right_opening_is_refused() public {
        ShardPost memory post = nextPost();
        setDefects(post, 0, 1);
        refuses(post, proofRejected(post));
    }

    function test_a_wrong_opening_with_a_wrong_proof_is_refused_for_its_proof() public {
        ShardPost memory post = nextPost();
        setDefects(post, 1, 1);
        refuses(post, proofRejected(post));
    }

    /// @dev The product of all six pairings is one when t is.
    function test_defects_that_cancel_without_a_separator_are_refused() public {
        ShardPost memory post = nextPost();
        setDefects(post, 5, SimulatedProof.minus(5));
        refuses(post, proofRejected(post));
        setDefects(post, SimulatedProof.minus(7), 7);
        refuses(post, proofRejected(post));
    }

    /// @dev Who knows t before C is settled picks a C that makes up for a wrong opening.
    function test_defects_that_cancel_when_the_separator_leaves_out_c_are_refused() public {
        ShardPost memory post = nextPost();
        setDefects(post, 5, 0);
        uint256[3] memory inputs = inputsOf(post);
        uint256[6] memory before =
            [post.proof[0], post.proof[1], post.proof[2], post.proof[3], post.proof[4], post.proof[5]];
        bytes[4] memory seen = [
            abi.encode(inputs[1]),
            abi.encode(inputs[1], before[0], before[1]),
            abi.encode(inputs[1], before),
            abi.encode(before)
        ];
        for (uint256 i = 0; i < seen.length; ++i) {
            uint256 t = uint256(sha256(seen[i])) % 2 ** 128;
            uint256 defect = SimulatedProof.minus(mulmod(t, 5, Bn254.R));
            post.proof = SimulatedProof.prove(inputs, 1, defect);
            refuses(post, proofRejected(post));
        }
    }

    function test_defects_that_cancel_when_the_separator_leaves_out_a_are_refused() public {
        ShardPost memory post = nextPost();
        setDefects(post, 5, 0);
        uint256[3] memory inputs = inputsOf(post);
        uint256[8] memory proof = SimulatedProof.proveByA(inputs, 9, 0);
        bytes memory behind = abi.encode(proof[2], proof[3], proof[4], proof[5], proof[6], proof[7]);
        uint256 t = uint256(sha256(bytes.concat(bytes32(inputs[1]), behind))) % 2 ** 128;
        post.proof = SimulatedProof.proveByA(inputs, 9, SimulatedProof.minus(mulmod(t, 5, Bn254.R)));
        refuses(post, proofRejected(post));
    }

    function separator(uint256 rho, uint256[8] calldata proof) external pure returns (uint256) {
        return Opening.separator(rho, proof);
    }

    function test_the_separator_is_a_digest_of_rho_and_the_whole_proof() public view {
        uint256[8] memory proof = nextPost().proof;
        uint256 t = this.separator(7, proof);
        vm.assertEq(t, uint256(sha256(abi.encodePacked(uint256(7), proof))) % 2 ** 128, "separator");
        vm.assertTrue(this.separator(8, proof) != t, "rho counts");
        for (uint256 word = 0; word < 8; ++word) {
            proof[word] ^= 1;
            vm.assertTrue(this.separator(7, proof) != t, "every word counts");
            proof[word] ^= 1;
        }
    }

    // --- Points ---

    function test_every_point_is_bound_by_the_proof() public {
        for (uint256 point = 0; point < POINTS; ++point) {
            ShardPost memory post = nextPost();
            setPoint(post, point, SimulatedProof.g1(99));
            refuses(post, proofRejected(post));
        }
    }

    /// @dev `post` is refused by the proof, which is of other points, and by the equation once it
    /// is proved.
    function refusesByBoth(ShardPost memory post) internal {
        refuses(post, proofRejected(post));
        setProof(post, 1);
        refusesOpening(post);
    }

    function test_every_point_counts_in_the_equation() public {
        for (uint256 point = 0; point < POINTS; ++point) {
            ShardPost memory post = nextPost();
            setPoint(post, point, SimulatedProof.g1(99));
            setProof(post, 1);
            refusesOpening(post);
        }
    }

    function test_negated_points_are_refused() public {
        for (uint256 point = 0; point < POINTS; ++point) {
            ShardPost memory post = nextPost();
            post.openingPoints[2 * point + 1] = Bn254.Q - post.openingPoints[2 * point + 1];
            refusesByBoth(post);
        }
    }

    function test_swapped_points_are_refused() public {
        for (uint256 point = 0; point < POINTS; ++point) {
            ShardPost memory post = nextPost();
            uint256 other = (point + 1) % POINTS;
            for (uint256 word = 0; word < 2; ++word) {
                (post.openingPoints[2 * point + word], post.openingPoints[2 * other + word]) =
                (post.openingPoints[2 * other + word], post.openingPoints[2 * point + word]);
            }
            refusesByBoth(post);
        }
    }

    function test_points_at_infinity_are_refused() public {
        for (uint8 point = 0; point < POINTS; ++point) {
            ShardPost memory post = nextPost();
            setPoint(post, point, Bn254.G1(0, 0));
            refusesProved(post, abi.encodeWithSelector(IRefusals.OpeningPointInvalid.selector, point));
        }
    }

    function test_points_off_the_curve_are_refused() public {
        for (uint8 word = 0; word < 2 * POINTS; ++word) {
            ShardPost memory post = nextPost();
            post.openingPoints[word] = addmod(post.openingPoints[word], 1, Bn254.Q);
            refusesProved(post, abi.encodeWithSelector(IRefusals.OpeningPointInvalid.selector, word / 2));
        }
    }

    function test_coordinates_are_below_q() public {
        for (uint256 word = 0; word < 2 * POINTS; ++word) {
            ShardPost memory post = nextPost();
            uint256[3] memory large = [post.openingPoints[word] + Bn254.Q, Bn254.Q, type(uint256).max];
            for (uint256 i = 0; i < large.length; ++i) {
                post.openingPoints[word] = large[i];
                bytes memory expected =
                    abi.encodeWithSelector(IRefusals.OpeningCoordinateNotCanonical.selector, word, large[i]);
                refusesProved(post, expected);
            }
        }
    }

    /// @dev The post's coordinate, or the circuit's copy of it.
    function test_halves_of_a_coordinate_are_not_swapped() public {
        for (uint8 word = 0; word < 2 * POINTS; ++word) {
            ShardPost memory post = nextPost();
            uint256 right = post.openingPoints[word];
            post.openingPoints[word] = (right << 128) | (right >> 128);
            bytes memory expected = post.openingPoints[word] < Bn254.Q
                ? abi.encodeWithSelector(IRefusals.OpeningPointInvalid.selector, word / 2)
                : abi.encodeWithSelector(
                    IRefusals.OpeningCoordinateNotCanonical.selector, word, post.openingPoints[word]
                );
            refusesProved(post, expected);
            post.openingPoints[word] = right;
            uint256[] memory y = ReferenceVector.elements(post, ReferenceVector.SMALLEST);
            uint256 rho = ReferenceVector.challenge(y, post.d);
            uint256 high = ReferenceVector.POINTS + 2 * uint256(word);
            (y[high], y[high + 1]) = (y[high + 1], y[high]);
            post.proof = SimulatedProof.prove([post.d, rho, ReferenceVector.evaluation(y, rho)], 1);
            refuses(post, proofRejected(post));
        }
    }

    // --- Scalars ---

    function test_every_scalar_is_bound_by_the_proof() public {
        for (uint256 scalar = 0; scalar < SCALARS; ++scalar) {
            ShardPost memory post = nextPost();
            post.openingScalars[scalar] = addmod(post.openingScalars[scalar], 1, Bn254.R);
            refuses(post, proofRejected(post));
        }
    }

    function test_every_scalar_counts_in_the_equation() public {
        for (uint256 scalar = 0; scalar < SCALARS; ++scalar) {
            ShardPost memory post = nextPost();
            post.openingScalars[scalar] = addmod(post.openingScalars[scalar], 1, Bn254.R);
            setProof(post, 1);
            refusesOpening(post);
        }
    }

    function test_scalars_are_below_r() public {
        for (uint256 scalar = 0; scalar < SCALARS; ++scalar) {
            ShardPost memory post = nextPost();
            uint256[3] memory large = [post.openingScalars[scalar] + Bn254.R, Bn254.R, type(uint256).max];
            for (uint256 i = 0; i < large.length; ++i) {
                post.openingScalars[scalar] = large[i];
                bytes memory expected =
                    abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, 195 + scalar, large[i]);
                refusesProved(post, expected);
            }
        }
    }

    /// @dev Scalars of 0, 1 and r - 1 each leave out one side or turn a sign.
    function test_openings_with_scalars_at_the_bounds_hold() public {
        uint256[3] memory bounds = [uint256(0), 1, Bn254.R - 1];
        for (uint256 i = 0; i < bounds.length; ++i) {
            SimulatedOpening.Logarithms memory opening = SimulatedOpening.draw(i);
            for (uint256 scalar = 0; scalar < SCALARS; ++scalar) {
                opening.scalars[scalar] = bounds[(i + scalar) % 3];
            }
            SimulatedOpening.complete(opening, 0);
            vm.warp(START + CADENCE * i);
            ShardPost memory post = nextPost();
            setOpening(post, opening);
            setProof(post, 1);
            send(post);
        }
    }

    function testFuzz_simulated_openings_hold(uint256 seed, uint256 mask, uint256 defect) public {
        ShardPost memory post = nextPost();
        SimulatedOpening.Logarithms memory opening = SimulatedOpening.draw(seed);
        setOpening(post, opening);
        setProof(post, 1 + mask % (Bn254.R - 1));
        verifier()
            .verify(contextOf(post), post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof);
        SimulatedOpening.complete(opening, 1 + defect % (Bn254.R - 1));
        setOpening(post, opening);
        setProof(post, 1);
        refuses(address(verifier()), STRANGER, verifyCall(post), openingRejected());
    }

    // --- Posts ---

    function test_an_opening_of_another_post_is_refused() public {
        ShardPost memory other = nextPost();
        send(other);
        vm.warp(START + CADENCE);
        ShardPost memory post = nextPost();
        post.openingPoints = other.openingPoints;
        post.openingScalars = other.openingScalars;
        refuses(post, proofRejected(post));
    }

    function test_a_post_cut_short_is_refused() public {
        bytes memory whole = abi.encodeCall(reserves.postShard, (exchangeId, nextPost()));
        for (uint256 missing = 1; missing < whole.length; missing += 97) {
            bytes memory call = new bytes(whole.length - missing);
            for (uint256 i = 0; i < call.length; ++i) {
                call[i] = whole[i];
            }
            refuses(POSTER, call, "");
        }
    }

    /// @dev -A and -B make another valid proof of any, without its witness.
    function test_a_proof_changed_into_another_valid_one_is_no_second_post() public {
        ShardPost memory post = nextPost();
        ShardPost memory changed = nextPost();
        changed.proof[1] = Bn254.Q - changed.proof[1];
        changed.proof[4] = Bn254.Q - changed.proof[4];
        changed.proof[5] = Bn254.Q - changed.proof[5];
        verifier()
            .verify(
                contextOf(changed),
                changed.publicVector,
                changed.d,
                changed.openingPoints,
                changed.openingScalars,
                changed.proof
            );
        send(post);
        refuses(changed, abi.encodeWithSelector(IRefusals.EpochNotNext.selector, 2, 1));
    }

    /// @dev An opening and a proof with these logarithms of what their pairings come to; both hold
    /// when they are zero.
    function setDefects(ShardPost memory post, uint256 ofOpening, uint256 ofProof) internal view {
        SimulatedOpening.Logarithms memory opening = SimulatedOpening.draw(1);
        SimulatedOpening.complete(opening, ofOpening);
        setOpening(post, opening);
        post.proof = SimulatedProof.prove(inputsOf(post), 1, ofProof);
    }

    function setPoint(ShardPost memory post, uint256 number, Bn254.G1 memory point) internal pure {
        (post.openingPoints[2 * number], post.openingPoints[2 * number + 1]) = (point.x, point.y);
    }

    /// @dev `post` is refused with `expected` whether or not its proof is for this opening.
    function refusesProved(ShardPost memory post, bytes memory expected) internal {
        refuses(post, expected);
        setProof(post, 1);
        refuses(post, expected);
    }

    function refusesOpening(ShardPost memory post) internal {
        refuses(post, openingRejected());
    }

    function openingRejected() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRefusals.OpeningRejected.selector);
    }
}
