// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AmountList} from "../src/AmountList.sol";
import {IRefusals} from "../src/interfaces/IRefusals.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @notice Posts whose elements are out of range, as the specification encodes them: refused here
/// by the same names.
contract PostVectorsTest is Fixture {
    /// Bytes of a post before its words.
    uint256 private constant HEADER = 127;

    string private json;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("tests/vectors/posts.json");
    }

    function test_posts_out_of_range_are_refused_by_the_same_names() public {
        uint256 valid = 0;
        uint256 refused = 0;
        for (uint256 i = 0; vm.keyExistsJson(json, path(i, "")); ++i) {
            bytes memory value = vm.parseJson(json, path(i, ".refusal"));
            string memory name = value.length < 64 ? "" : abi.decode(value, (string));
            // Bytes that are no post at all have no form here.
            if (keccak256(bytes(name)) == keccak256("PostMalformed")) continue;
            ShardPost memory post = decode(vm.parseJsonBytes(json, path(i, ".bytes")));
            (bool success, bytes memory result) = address(this).call(abi.encodeCall(this.check, (post)));
            vm.assertTrue(!success, "no proof is valid here");
            if (bytes(name).length == 0) {
                vm.assertTrue(isProofRefusal(bytes4(result)), "a valid post refused for its elements");
                ++valid;
            } else {
                vm.assertTrue(bytes4(result) == selectorOf(name), name);
                ++refused;
            }
        }
        vm.assertTrue(valid > 0 && refused > 0, "vectors of both kinds");
    }

    /// @dev What a post goes through for its elements: its reserves, then the circuit's verifier.
    function check(ShardPost calldata post) external view {
        uint256[] memory held = AmountList.copy(post.reserves);
        (, uint256 bits) = AmountList.encode(held);
        AmountList.checkAll(held, bits);
        bytes32 context = bytes32((post.publicVector[0] << 128) | post.publicVector[1]);
        verifier().verify(context, post.publicVector, post.d, post.openingPoints, post.openingScalars, post.proof);
    }

    /// @dev Section 5 of the specification, from the number of assets on.
    function decode(bytes memory encoded) internal pure returns (ShardPost memory post) {
        uint256 assets = wordAt(encoded, HEADER - 2) >> 240;
        vm.assertEq(encoded.length, HEADER + 32 * (3 + 2 * assets + 1 + 32 + 8 + 8), "length");
        uint256 cursor = HEADER;
        post.publicVector = new uint256[](3 + assets);
        for (uint256 i = 0; i < 3 + assets; (++i, cursor += 32)) {
            post.publicVector[i] = wordAt(encoded, cursor);
        }
        post.reserves = new uint256[](assets);
        for (uint256 i = 0; i < assets; (++i, cursor += 32)) {
            post.reserves[i] = wordAt(encoded, cursor);
        }
        post.d = wordAt(encoded, cursor);
        cursor += 32;
        for (uint256 i = 0; i < 32; (++i, cursor += 32)) {
            post.openingPoints[i] = wordAt(encoded, cursor);
        }
        for (uint256 i = 0; i < 8; (++i, cursor += 32)) {
            post.openingScalars[i] = wordAt(encoded, cursor);
        }
        for (uint256 i = 0; i < 8; (++i, cursor += 32)) {
            post.proof[i] = wordAt(encoded, cursor);
        }
    }

    function wordAt(bytes memory data, uint256 offset) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }

    function selectorOf(string memory name) internal pure returns (bytes4) {
        bytes32 hash = keccak256(bytes(name));
        if (hash == keccak256("ElementNotCanonical")) return IRefusals.ElementNotCanonical.selector;
        if (hash == keccak256("HalfOutOfRange")) return IRefusals.HalfOutOfRange.selector;
        if (hash == keccak256("AmountOutOfRange")) return IRefusals.AmountOutOfRange.selector;
        if (hash == keccak256("OpeningPointInvalid")) return IRefusals.OpeningPointInvalid.selector;
        vm.assertEq(name, "OpeningCoordinateNotCanonical", "a refusal that is not known here");
        return IRefusals.OpeningCoordinateNotCanonical.selector;
    }

    function isProofRefusal(bytes4 selector) internal pure returns (bool) {
        return selector == IRefusals.ProofCoordinateNotCanonical.selector
            || selector == IRefusals.ProofPointInvalid.selector || selector == IRefusals.ProofRejected.selector;
    }

    function path(uint256 number, string memory key) internal pure returns (string memory) {
        return string.concat(".posts[", vm.toString(number), "]", key);
    }
}
