// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title The public vector Y and the three Groth16 inputs that bind it
/// @dev Section 3 of the specification. A post carries Y without the zeros beyond the exchange's asset list: context halves, root, totals.
library PublicVector {
    /// @notice Elements before the totals.
    uint256 internal constant HEADER = 3;
    /// @notice Elements of Y in the direct circuit, 64 totals.
    uint256 internal constant LENGTH = 67;
    /// @notice Amounts are below 2^AMOUNT_BITS.
    uint256 internal constant AMOUNT_BITS = 112;

    uint256 private constant HALF_BITS = 128;
    uint256 private constant CHALLENGE_MASK = (1 << 253) - 1;

    /// @notice Refuses an element that is not canonical, a half of 2^128 or more, a total of 2^112 or more.
    /// @param y at least the three elements before the totals
    function check(uint256[] calldata y) internal pure {
        _checkHalf(0, y[0]);
        _checkHalf(1, y[1]);
        _checkElement(2, y[2]);
        uint256[] calldata totals = y[HEADER:];
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

    /// @notice Refuses a stated digest d that is not canonical.
    function checkDigest(uint256 d) internal pure {
        _checkElement(LENGTH, d);
    }

    /// @notice The digest of the statement that Y is for. Its halves are checked.
    function context(uint256[] calldata y) internal pure returns (bytes32) {
        return bytes32((y[0] << HALF_BITS) | y[1]);
    }

    /// @notice d, rho, phi: rho from Y and the d that the prover states, phi the evaluation of Y at rho.
    /// @dev d enters rho: without it a prover could pick the circuit's copy of Y after rho. Elements are checked.
    function inputs(uint256[] calldata y, uint256 d) internal pure returns (uint256[3] memory) {
        uint256 rho = challenge(y, d);
        return [d, rho, evaluate(y, rho)];
    }

    /// @notice SHA-256 of Y, with its zeros, and d; the top three bits cleared.
    function challenge(uint256[] calldata y, uint256 d) internal pure returns (uint256) {
        bytes memory preimage = new bytes(32 * (LENGTH + 1));
        assembly ("memory-safe") {
            calldatacopy(add(preimage, 32), y.offset, shl(5, y.length))
            mstore(add(preimage, mload(preimage)), d)
        }
        return uint256(sha256(preimage)) & CHALLENGE_MASK;
    }

    /// @notice Sum of rho^i Y_i, by Horner's rule. The zeros of Y add nothing.
    function evaluate(uint256[] calldata y, uint256 rho) internal pure returns (uint256 phi) {
        uint256 r = Bn254.R;
        assembly ("memory-safe") {
            for { let from := add(y.offset, shl(5, y.length)) } gt(from, y.offset) {} {
                from := sub(from, 32)
                phi := addmod(mulmod(phi, rho, r), calldataload(from), r)
            }
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
