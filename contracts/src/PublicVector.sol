// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title The public vector Y and the Groth16 inputs that bind it
/// @dev Section 3 of the specification. Y has 203 elements: context halves, root, 128 totals, 16 points as halves of their coordinates, 8 scalars. What
/// comes before the points is called its head here; posts leave out the zeros at the head's end.
library PublicVector {
    /// @notice Elements before the totals.
    uint256 internal constant HEADER = 3;
    /// @notice Totals of Y.
    uint256 internal constant TOTALS = 128;
    /// @notice Elements of Y before the opening's scalars.
    uint256 internal constant SCALARS = HEADER + TOTALS + 64;
    /// @notice Elements of Y.
    uint256 internal constant LENGTH = SCALARS + 8;
    /// @notice Amounts are below 2^AMOUNT_BITS.
    uint256 internal constant AMOUNT_BITS = 112;

    uint256 private constant HALF_BITS = 128;
    uint256 private constant CHALLENGE_MASK = (1 << 253) - 1;

    /// @notice Refuses a half of 2^128 or more, a root that is not canonical, a total of 2^112 or more.
    /// @param head at least the three elements before the totals
    function checkBounds(uint256[] calldata head) internal pure {
        _checkHalf(0, head[0]);
        _checkHalf(1, head[1]);
        _checkElement(2, head[2]);
        uint256[] calldata totals = head[HEADER:];
        if (_areAmounts(totals)) return;
        for (uint256 i = 0; i < totals.length; ++i) {
            _checkElement(HEADER + i, totals[i]);
            _checkAmount(i + 1, totals[i]);
        }
    }

    /// @notice Refuses a reserve of 2^112 or more.
    function checkReserves(uint256[] calldata reserves) internal pure {
        if (_areAmounts(reserves)) return;
        for (uint256 i = 0; i < reserves.length; ++i) {
            _checkAmount(i + 1, reserves[i]);
        }
    }

    /// @notice The digest of the statement that Y is for. Its halves are checked.
    function context(uint256[] calldata head) internal pure returns (bytes32) {
        return bytes32((head[0] << HALF_BITS) | head[1]);
    }

    /// @notice Refuses a head that is too short or too long, and elements that are not canonical: each would be the same proof under another
    /// number, as products modulo r do not tell them apart.
    function checkHead(uint256[] calldata head) internal pure {
        if (head.length < HEADER) revert IRefusals.AssetCountMismatch(TOTALS, 0);
        if (head.length > HEADER + TOTALS) revert IRefusals.AssetCountMismatch(TOTALS, head.length - HEADER);
        for (uint256 i = 0; i < head.length; ++i) {
            _checkElement(i, head[i]);
        }
    }

    /// @notice The same for the opening's scalars and the stated digest d.
    function checkRest(uint256[8] calldata scalars, uint256 d) internal pure {
        for (uint256 i = 0; i < scalars.length; ++i) {
            _checkElement(SCALARS + i, scalars[i]);
        }
        _checkElement(LENGTH, d);
    }

    /// @notice rho from Y and the d that the prover states, and phi, the evaluation of Y at rho.
    /// @dev d enters rho: without it a prover could pick the circuit's copy of Y after rho. Elements and points are checked.
    function bind(uint256[] calldata head, uint256[32] calldata points, uint256[8] calldata scalars, uint256 d)
        internal
        view
        returns (uint256 rho, uint256 phi)
    {
        uint256[204] memory image = _image(head, points, scalars, d);
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), 2, image, 6528, 0, 32)
            success := and(success, eq(returndatasize(), 32))
            rho := mload(0)
        }
        if (!success) revert IRefusals.PrecompileFailed(address(2));
        rho &= CHALLENGE_MASK;
        phi = _evaluate(image, rho);
    }

    /// @dev Y and d as they are hashed.
    function _image(uint256[] calldata head, uint256[32] calldata points, uint256[8] calldata scalars, uint256 d)
        private
        pure
        returns (uint256[204] memory image)
    {
        uint256 mask = type(uint128).max;
        assembly ("memory-safe") {
            calldatacopy(image, head.offset, shl(5, head.length))
            let to := add(image, 4192)
            for { let end := add(points, 1024) } lt(points, end) { points := add(points, 32) } {
                let coordinate := calldataload(points)
                mstore(to, shr(HALF_BITS, coordinate))
                mstore(add(to, 32), and(coordinate, mask))
                to := add(to, 64)
            }
            calldatacopy(to, scalars, 256)
            mstore(add(to, 256), d)
        }
    }

    /// @dev Sum of rho^i Y_i by Horner's rule. An element and a remainder of r together do not overflow, so what is added need not be reduced.
    function _evaluate(uint256[204] memory image, uint256 rho) private pure returns (uint256 phi) {
        uint256 r = Bn254.R;
        assembly ("memory-safe") {
            // 203 elements, seven at a time.
            for { let from := add(image, 6496) } gt(from, image) {} {
                from := sub(from, 224)
                phi := add(mulmod(phi, rho, r), mload(add(from, 192)))
                phi := add(mulmod(phi, rho, r), mload(add(from, 160)))
                phi := add(mulmod(phi, rho, r), mload(add(from, 128)))
                phi := add(mulmod(phi, rho, r), mload(add(from, 96)))
                phi := add(mulmod(phi, rho, r), mload(add(from, 64)))
                phi := add(mulmod(phi, rho, r), mload(add(from, 32)))
                phi := add(mulmod(phi, rho, r), mload(from))
            }
            phi := mod(phi, r)
        }
    }

    /// @dev Whether all words are below 2^AMOUNT_BITS, without saying which is not: 40 gas a word.
    function _areAmounts(uint256[] calldata words) private pure returns (bool) {
        uint256 any = 0;
        assembly ("memory-safe") {
            let end := add(words.offset, shl(5, words.length))
            for { let from := words.offset } lt(from, end) { from := add(from, 32) } {
                any := or(any, calldataload(from))
            }
        }
        return any >> AMOUNT_BITS == 0;
    }

    function _checkElement(uint256 index, uint256 element) private pure {
        if (element >= Bn254.R) revert IRefusals.ElementNotCanonical(index, element);
    }

    function _checkHalf(uint256 index, uint256 element) private pure {
        _checkElement(index, element);
        if (element >> HALF_BITS != 0) revert IRefusals.HalfOutOfRange(index, element);
    }

    function _checkAmount(uint256 asset, uint256 amount) private pure {
        if (amount >> AMOUNT_BITS != 0) revert IRefusals.AmountOutOfRange(asset, amount);
    }
}
