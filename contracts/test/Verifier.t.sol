// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice A circuit's verifier by itself: what it refuses whoever asks, without the exchange's
/// rules before it.
contract VerifierTest is Fixture {
    function test_anyone_may_ask() public view {
        verify(nextPost());
    }

    function test_another_context_is_refused() public {
        ShardPost memory post = nextPost();
        bytes32 found = contextOf(post);
        for (uint256 bit = 0; bit < 256; bit += 51) {
            bytes32 expected = bytes32(uint256(found) ^ (2 ** bit));
            bytes memory call = abi.encodeCall(
                verifier().verify,
                (expected, post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof)
            );
            refusesCall(call, abi.encodeWithSelector(IRefusals.ContextMismatch.selector, expected, found));
        }
    }

    function test_a_vector_has_3_to_131_elements() public {
        uint256[4] memory lengths = [uint256(0), 2, 132, 204];
        for (uint256 i = 0; i < lengths.length; ++i) {
            ShardPost memory post = nextPost();
            uint256 found = lengths[i] < 3 ? 0 : lengths[i] - 3;
            post.publicVector = resized(post.publicVector, lengths[i]);
            refusesCall(
                verifyCallAs(nextPost(), post),
                abi.encodeWithSelector(IRefusals.AssetCountMismatch.selector, 128, found)
            );
        }
        ShardPost memory longest = nextPost();
        longest.publicVector = resized(longest.publicVector, 131);
        verify(longest);
    }

    function test_elements_of_the_head_are_in_range() public view {
        ShardPost memory post = nextPost();
        bytes32 context = contextOf(post);
        post.publicVector = resized(post.publicVector, 131);
        for (uint256 index = 0; index < 131; ++index) {
            uint256 right = post.publicVector[index];
            uint256[3] memory large = [right + Bn254.R, Bn254.R, type(uint256).max];
            for (uint256 i = 0; i < large.length; ++i) {
                post.publicVector[index] = large[i];
                refusesHead(
                    post, context, abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, index, large[i])
                );
            }
            uint256 bound = index < 2 ? 2 ** 128 : 2 ** 112;
            post.publicVector[index] = bound;
            if (index < 2) {
                refusesHead(post, context, abi.encodeWithSelector(IRefusals.HalfOutOfRange.selector, index, bound));
            } else if (index > 2) {
                refusesHead(
                    post, context, abi.encodeWithSelector(IRefusals.AmountOutOfRange.selector, index - 2, bound)
                );
            }
            post.publicVector[index] = right;
        }
    }

    /// @dev Without a comparison of states, which a view does not change, and in memory that is
    /// used again.
    function refusesHead(ShardPost memory post, bytes32 context, bytes memory expected) internal view {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(64)
        }
        try verifier().verify(context, post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof) {
            vm.assertTrue(false, "accepted what must be refused");
        } catch (bytes memory result) {
            vm.assertEq(result, expected, "refused with another error");
        }
        assembly ("memory-safe") {
            mstore(64, free)
        }
    }

    /// @dev Of two things wrong the one that the specification names first is told.
    function test_checks_come_in_the_order_of_the_specification() public {
        ShardPost memory right = nextPost();
        ShardPost memory post = nextPost();
        post.proof[0] = Bn254.Q;
        refusesCall(
            verifyCallAs(right, post),
            abi.encodeWithSelector(IRefusals.ProofCoordinateNotCanonical.selector, 0, Bn254.Q)
        );
        post.publicVector[1] ^= 1;
        bytes32 found = bytes32(uint256(contextOf(right)) ^ 1);
        refusesCall(
            verifyCallAs(right, post),
            abi.encodeWithSelector(IRefusals.ContextMismatch.selector, contextOf(right), found)
        );
        post.d = Bn254.R;
        refusesCall(
            verifyCallAs(right, post), abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, 204, Bn254.R)
        );
        post.openingScalars[0] = Bn254.R;
        refusesCall(
            verifyCallAs(right, post), abi.encodeWithSelector(IRefusals.ElementNotCanonical.selector, 195, Bn254.R)
        );
        (post.openingPoints[0], post.openingPoints[1]) = (0, 0);
        refusesCall(verifyCallAs(right, post), abi.encodeWithSelector(IRefusals.OpeningPointInvalid.selector, 0));
        post.openingPoints[31] = Bn254.Q;
        refusesCall(
            verifyCallAs(right, post),
            abi.encodeWithSelector(IRefusals.OpeningCoordinateNotCanonical.selector, 31, Bn254.Q)
        );
        post.publicVector[4] = 2 ** 112;
        refusesCall(verifyCallAs(right, post), abi.encodeWithSelector(IRefusals.AmountOutOfRange.selector, 2, 2 ** 112));
    }

    function test_a_chain_without_the_precompiles_verifies_nothing() public {
        ShardPost memory post = nextPost();
        bytes memory call = verifyCall(post);
        uint160[4] memory precompiles = [uint160(2), 6, 7, 8];
        for (uint256 i = 0; i < precompiles.length; ++i) {
            // Such a chain answers as it does for any address without code: success, and no bytes.
            vm.mockCall(address(precompiles[i]), "", "");
            vm.prank(STRANGER);
            (bool success, bytes memory result) = address(verifier()).call(call);
            vm.clearMockedCalls();
            vm.assertTrue(!success, "accepted without a precompile");
            vm.assertEq(
                result, abi.encodeWithSelector(IRefusals.PrecompileFailed.selector, precompiles[i]), "another error"
            );
        }
        verify(post);
    }

    function addProducts(uint256[32] calldata points, uint256[16] memory scalars)
        external
        view
        returns (Bn254.Sum memory sum)
    {
        Bn254.addProducts(sum, points, scalars);
    }

    function test_a_sum_of_products_wants_both_precompiles() public {
        ShardPost memory post = nextPost();
        uint256[16] memory scalars;
        scalars[3] = 1;
        Bn254.Sum memory sum = this.addProducts(post.openingPoints, scalars);
        vm.assertTrue(sum.x == post.openingPoints[6] && sum.y == post.openingPoints[7], "one of the points");
        for (uint160 precompile = 6; precompile < 8; ++precompile) {
            vm.mockCall(address(precompile), "", "");
            bytes memory call = abi.encodeCall(this.addProducts, (post.openingPoints, scalars));
            (bool success, bytes memory result) = address(this).call(call);
            vm.clearMockedCalls();
            vm.assertTrue(!success, "accepted without a precompile");
            vm.assertEq(
                result, abi.encodeWithSelector(IRefusals.PrecompileFailed.selector, precompile), "another error"
            );
        }
    }

    function testFuzz_a_proof_holds_for_its_vector_only(uint256 seed, uint256 mask, uint256 index) public {
        ShardPost memory post = nextPost();
        post.publicVector = new uint256[](3 + seed % 129);
        post.publicVector[2] = seed % Bn254.R;
        for (uint256 i = 3; i < post.publicVector.length; ++i) {
            post.publicVector[i] = uint256(keccak256(abi.encode(seed, i))) >> 144;
        }
        setContext(post);
        setProof(post, 1 + mask % (Bn254.R - 1));
        verify(post);
        index = 2 + index % (post.publicVector.length - 2);
        post.publicVector[index] ^= 1;
        refusesCall(verifyCall(post), proofRejected(post));
    }

    function verify(ShardPost memory post) internal view {
        verifier()
            .verify(contextOf(post), post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof);
    }

    /// @dev The question whether `post` is proved for the statement of `right`.
    function verifyCallAs(ShardPost memory right, ShardPost memory post) internal view returns (bytes memory) {
        return abi.encodeCall(
            verifier().verify,
            (contextOf(right), post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof)
        );
    }

    function refusesCall(bytes memory call, bytes memory expected) internal {
        refuses(address(verifier()), STRANGER, call, expected);
    }

    function resized(uint256[] memory list, uint256 length) internal pure returns (uint256[] memory copy) {
        copy = new uint256[](length);
        for (uint256 i = 0; i < length && i < list.length; ++i) {
            copy[i] = list[i];
        }
    }
}
