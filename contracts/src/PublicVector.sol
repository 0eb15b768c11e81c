// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AmountList} from "./AmountList.sol";
import {ASSETS_MAX} from "./AssetList.sol";
import {Bn254} from "./Bn254.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title The public vector Y and the Groth16 inputs that bind it
/// @dev Section 3 of the specification. Y has 204 elements: context halves, root, 128 totals, 16
/// points as halves of their coordinates, 8 scalars, the class. What comes before the points is
/// called its head here; posts leave out the zeros at the head's end. In memory d lies behind Y, as
/// both are hashed.
library PublicVector {
    /// @notice Elements before the totals.
    uint256 internal constant HEADER = 3;
    /// @notice Totals of Y.
    uint256 internal constant TOTALS = ASSETS_MAX;
    /// @notice Elements of the head with all totals: where the points begin.
    uint256 internal constant HEAD = 131;
    /// @notice Where the scalars begin.
    uint256 internal constant SCALARS = 195;
    /// @notice Where the class lies.
    uint256 internal constant CLASS = 203;
    /// @notice Elements of Y: where d lies.
    uint256 internal constant LENGTH = 204;

    uint256 private constant HALF_BITS = 128;
    uint256 private constant CHALLENGE_MASK = (1 << 253) - 1;
    /// Elements that are evaluated together: a divisor of CLASS.
    uint256 private constant GROUP = 7;
    uint160 private constant SHA256 = 2;

    /// @notice The number by which Y names a class: depth + 2^8 assets.
    function classOf(uint8 depth, uint16 assets) internal pure returns (uint256) {
        return uint256(depth) | uint256(assets) << 8;
    }

    /// @notice Y, with its zeros, and d.
    /// @param class of the registered circuit, never of the post
    function image(
        uint256[] calldata head,
        uint256[32] calldata points,
        uint256[8] calldata scalars,
        uint256 class,
        uint256 d
    ) internal pure returns (uint256[205] memory y) {
        if (head.length < HEADER) revert IRefusals.AssetCountMismatch(TOTALS, 0);
        if (head.length > HEAD) revert IRefusals.AssetCountMismatch(TOTALS, head.length - HEADER);
        uint256 mask = type(uint128).max;
        assembly ("memory-safe") {
            calldatacopy(y, head.offset, shl(5, head.length))
            let to := add(y, mul(HEAD, 32))
            for { let end := add(points, 1024) } lt(points, end) { points := add(points, 64) } {
                let x := calldataload(points)
                let ordinate := calldataload(add(points, 32))
                mstore(to, shr(HALF_BITS, x))
                mstore(add(to, 32), and(x, mask))
                mstore(add(to, 64), shr(HALF_BITS, ordinate))
                mstore(add(to, 96), and(ordinate, mask))
                to := add(to, 128)
            }
            calldatacopy(to, scalars, 256)
            mstore(add(to, 256), class)
            mstore(add(to, 288), d)
        }
    }

    /// @notice Refuses a half of the context of 2^128 or more, a root that is not canonical, a
    /// total of 2^112 or more.
    /// @param headLength elements of the head but for zeros at its end
    function checkHead(uint256[205] memory y, uint256 headLength) internal pure {
        _checkHalf(0, y[0]);
        _checkHalf(1, y[1]);
        _checkElement(2, y[2]);
        if (AmountList.inRange(_unionOfTotals(y, headLength))) return;
        for (uint256 i = HEADER; i < HEAD; ++i) {
            _checkElement(i, y[i]);
            AmountList.check(i - HEADER + 1, y[i]);
        }
    }

    /// @notice Refuses a scalar or a stated d that is not canonical. (Halves of coordinates are,
    /// being halves.)
    function checkTail(uint256[8] calldata scalars, uint256 d) internal pure {
        if (!Bn254.areBelow(Bn254.R, scalars)) {
            for (uint256 i = 0; i < scalars.length; ++i) {
                _checkElement(SCALARS + i, scalars[i]);
            }
        }
        _checkElement(LENGTH, d);
    }

    /// @notice The digest of the statement that Y is for. Its halves are checked.
    function context(uint256[205] memory y) internal pure returns (bytes32) {
        return bytes32((y[0] << HALF_BITS) | y[1]);
    }

    /// @notice rho: SHA-256 of Y and d, the top three bits cleared.
    /// @dev d enters: without it a prover could pick the circuit's copy of Y after rho.
    function challenge(uint256[205] memory y) internal view returns (uint256 rho) {
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), SHA256, y, mul(add(LENGTH, 1), 32), 0, 32)
            success := and(success, eq(returndatasize(), 32))
            rho := and(mload(0), CHALLENGE_MASK)
        }
        if (!success) revert IRefusals.PrecompileFailed(address(SHA256));
    }

    /// @notice phi: the sum of rho^i Y_i, by Horner's rule.
    /// @param headLength elements of the head but for zeros at its end: whole groups of those are
    /// skipped
    function evaluate(uint256[205] memory y, uint256 headLength, uint256 rho) internal pure returns (uint256 phi) {
        uint256 last = HEAD / GROUP * GROUP;
        phi = _evaluate(y, last, CLASS, rho, y[CLASS]);
        uint256 first = (headLength + GROUP - 1) / GROUP * GROUP;
        if (first < last) {
            phi = mulmod(phi, _power(rho, last - first), Bn254.R);
            last = first;
        }
        phi = _evaluate(y, 0, last, rho, phi) % Bn254.R;
    }

    /// @dev Sum of rho^i Y_(from + i) for the elements before `to`, and rho^(to - from) `phi`. An
    /// element and a remainder of r together do not overflow, so what is added need not be reduced.
    function _evaluate(uint256[205] memory y, uint256 from, uint256 to, uint256 rho, uint256 phi)
        private
        pure
        returns (uint256 result)
    {
        uint256 r = Bn254.R;
        result = phi;
        assembly ("memory-safe") {
            from := add(y, shl(5, from))
            for { let group := add(y, shl(5, to)) } gt(group, from) {} {
                group := sub(group, 224)
                result := add(mulmod(result, rho, r), mload(add(group, 192)))
                result := add(mulmod(result, rho, r), mload(add(group, 160)))
                result := add(mulmod(result, rho, r), mload(add(group, 128)))
                result := add(mulmod(result, rho, r), mload(add(group, 96)))
                result := add(mulmod(result, rho, r), mload(add(group, 64)))
                result := add(mulmod(result, rho, r), mload(add(group, 32)))
                result := add(mulmod(result, rho, r), mload(group))
            }
        }
    }

    function _power(uint256 base, uint256 exponent) private pure returns (uint256 result) {
        result = 1;
        for (; exponent > 0; exponent >>= 1) {
            if (exponent & 1 == 1) result = mulmod(result, base, Bn254.R);
            base = mulmod(base, base, Bn254.R);
        }
    }

    /// @dev All bits that are set in a total, eight totals at a time.
    function _unionOfTotals(uint256[205] memory y, uint256 headLength) private pure returns (uint256 bits) {
        assembly ("memory-safe") {
            let end := add(y, shl(5, headLength))
            for { let from := add(y, mul(HEADER, 32)) } lt(from, end) { from := add(from, 256) } {
                bits := or(bits, or(mload(from), mload(add(from, 32))))
                bits := or(bits, or(mload(add(from, 64)), mload(add(from, 96))))
                bits := or(bits, or(mload(add(from, 128)), mload(add(from, 160))))
                bits := or(bits, or(mload(add(from, 192)), mload(add(from, 224))))
            }
        }
    }

    function _checkElement(uint256 index, uint256 element) private pure {
        if (element >= Bn254.R) revert IRefusals.ElementNotCanonical(index, element);
    }

    function _checkHalf(uint256 index, uint256 element) private pure {
        _checkElement(index, element);
        if (element >> HALF_BITS != 0) revert IRefusals.HalfOutOfRange(index, element);
    }
}
