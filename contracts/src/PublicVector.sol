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
        for (uint256 i = 0; i < y.length; ++i) {
            uint256 element = y[i];
            if (element >> AMOUNT_BITS != 0) _checkLarge(i, element);
        }
    }

    /// @notice Refuses a stated digest d that is not canonical.
    function checkDigest(uint256 d) internal pure {
        if (d >= Bn254.R) revert IRefusals.ElementNotCanonical(LENGTH, d);
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
        bytes memory zeros = new bytes(32 * (LENGTH - y.length));
        return uint256(sha256(abi.encodePacked(y, zeros, d))) & CHALLENGE_MASK;
    }

    /// @notice Sum of rho^i Y_i, by Horner's rule. The zeros of Y add nothing.
    function evaluate(uint256[] calldata y, uint256 rho) internal pure returns (uint256 phi) {
        for (uint256 i = y.length; i > 0; --i) {
            phi = addmod(mulmod(phi, rho, Bn254.R), y[i - 1], Bn254.R);
        }
    }

    function _checkLarge(uint256 index, uint256 element) private pure {
        if (element >= Bn254.R) revert IRefusals.ElementNotCanonical(index, element);
        if (index < 2 && element >> HALF_BITS != 0) revert IRefusals.HalfOutOfRange(index, element);
        if (index >= HEADER) revert IRefusals.AmountOutOfRange(index - HEADER + 1, element);
    }
}
