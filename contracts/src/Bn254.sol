// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title The curve BN254 as far as a verifier needs it
/// @dev Points are affine and uncompressed. A G1 point is (x, y) over F_q; a G2 point is (x, y)
/// over F_q[u]/(u^2 + 1), each coordinate with its imaginary part first, as in EIP-197. Callers
/// check that coordinates are below q.
library Bn254 {
    /// @notice Order of the base field, in which coordinates lie.
    uint256 internal constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @notice Order of the scalar field and of both groups.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// The generator of G2 that EIP-197 names.
    uint256 internal constant G2_X_IMAGINARY = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 internal constant G2_X_REAL = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 internal constant G2_Y_IMAGINARY = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
    uint256 internal constant G2_Y_REAL = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;

    /// 3 / (9 + u), the constant of the curve of G2.
    uint256 private constant TWIST_B_IMAGINARY = 0x009713b03af0fed4cd2cafadeed8fdf4a74fa084e52d1852e4a2bd0685c315d2;
    uint256 private constant TWIST_B_REAL = 0x2b149d40ceb8aaae81be18991be06ac3b5b4c5e559dbefa33267e6dc24a138e5;

    uint160 private constant ADD = 0x06;
    uint160 private constant MULTIPLY = 0x07;
    uint160 private constant PAIRING = 0x08;

    struct G1 {
        uint256 x;
        uint256 y;
    }

    struct G2 {
        uint256 xImaginary;
        uint256 xReal;
        uint256 yImaginary;
        uint256 yReal;
    }

    /// @notice A running sum in G1, with room behind it for the point and scalar that come next:
    /// the precompiles read and write it in place. All zeros is the empty sum.
    struct Sum {
        uint256 x;
        uint256 y;
        uint256 nextX;
        uint256 nextY;
        uint256 scalar;
    }

    /// @notice Whether y^2 = x^3 + 3. The point at infinity, (0, 0), is not.
    function isOnCurve(G1 memory point) internal pure returns (bool) {
        uint256 right = addmod(mulmod(mulmod(point.x, point.x, Q), point.x, Q), 3, Q);
        return mulmod(point.y, point.y, Q) == right;
    }

    /// @notice Whether y^2 = x^3 + 3 / (9 + u). The point at infinity, all zeros, is not.
    function isOnCurve(G2 memory point) internal pure returns (bool) {
        (uint256 squareIm, uint256 squareRe) = _multiply(point.xImaginary, point.xReal, point.xImaginary, point.xReal);
        (uint256 cubeIm, uint256 cubeRe) = _multiply(squareIm, squareRe, point.xImaginary, point.xReal);
        (uint256 leftIm, uint256 leftRe) = _multiply(point.yImaginary, point.yReal, point.yImaginary, point.yReal);
        return leftIm == addmod(cubeIm, TWIST_B_IMAGINARY, Q) && leftRe == addmod(cubeRe, TWIST_B_REAL, Q);
    }

    /// @notice Whether a G2 point on its curve lies in the subgroup of order r: the pairing
    /// precompile refuses others (EIP-197).
    function isInSubgroup(G2 memory point) internal view returns (bool) {
        (bool accepted, bytes memory result) = address(PAIRING).staticcall(abi.encode(G1(0, 0), point));
        return accepted && result.length == 32;
    }

    /// @notice Adds `scalar` times (x, y) to the sum. Points are valid; a scalar of r or more
    /// counts modulo r.
    function addProduct(Sum memory sum, uint256 x, uint256 y, uint256 scalar) internal view {
        (sum.nextX, sum.nextY, sum.scalar) = (x, y, scalar);
        bool success;
        assembly ("memory-safe") {
            let next := add(sum, 64)
            success := staticcall(gas(), MULTIPLY, next, 96, next, 64)
            success := and(success, eq(returndatasize(), 64))
        }
        if (!success) revert IRefusals.PrecompileFailed(address(MULTIPLY));
        assembly ("memory-safe") {
            success := staticcall(gas(), ADD, sum, 128, sum, 64)
            success := and(success, eq(returndatasize(), 64))
        }
        if (!success) revert IRefusals.PrecompileFailed(address(ADD));
    }

    /// @notice Adds the sum of `scalars[i]` times point i. Points are valid; a scalar of r or more
    /// counts modulo r.
    function addProducts(Sum memory sum, uint256[32] calldata points, uint256[16] memory scalars) internal view {
        bool multiplied = true;
        bool added = true;
        assembly ("memory-safe") {
            let next := add(sum, 64)
            for { let end := add(points, 1024) } lt(points, end) { points := add(points, 64) } {
                calldatacopy(next, points, 64)
                mstore(add(sum, 128), mload(scalars))
                scalars := add(scalars, 32)
                multiplied := and(multiplied, staticcall(gas(), MULTIPLY, next, 96, next, 64))
                multiplied := and(multiplied, eq(returndatasize(), 64))
                added := and(added, staticcall(gas(), ADD, sum, 128, sum, 64))
                added := and(added, eq(returndatasize(), 64))
            }
        }
        if (!multiplied) revert IRefusals.PrecompileFailed(address(MULTIPLY));
        if (!added) revert IRefusals.PrecompileFailed(address(ADD));
    }

    /// @notice Whether all eight words are below `bound`.
    function areBelow(uint256 bound, uint256[8] calldata words) internal pure returns (bool valid) {
        valid = true;
        assembly ("memory-safe") {
            for { let end := add(words, 256) } lt(words, end) { words := add(words, 64) } {
                valid := and(valid, and(lt(calldataload(words), bound), lt(calldataload(add(words, 32)), bound)))
            }
        }
    }

    /// @notice Whether the product of the first `count` pairings is one.
    /// @param pairs of a G1 point (2 words) and a G2 point (4 words)
    /// @return valid whether all points are on their curves and in their subgroups
    /// @return one whether the product is one
    function pairing(uint256[36] memory pairs, uint256 count) internal view returns (bool valid, bool one) {
        uint256 result;
        uint256 length;
        assembly ("memory-safe") {
            valid := staticcall(gas(), PAIRING, pairs, mul(count, 192), 0, 32)
            length := returndatasize()
            result := mload(0)
        }
        if (valid && length != 32) revert IRefusals.PrecompileFailed(address(PAIRING));
        one = valid && result == 1;
    }

    /// @dev (a + b u)(c + d u) = ac - bd + (ad + bc) u, imaginary parts first.
    function _multiply(uint256 aIm, uint256 aRe, uint256 bIm, uint256 bRe)
        private
        pure
        returns (uint256 im, uint256 re)
    {
        im = addmod(mulmod(aRe, bIm, Q), mulmod(aIm, bRe, Q), Q);
        re = addmod(mulmod(aRe, bRe, Q), Q - mulmod(aIm, bIm, Q), Q);
    }
}
