// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "./IRefusals.sol";

/// @title Verifier of one circuit
/// @notice Immutable: its class and its verifying key are part of its code, were checked when it
/// was deployed, and nobody can change them. All of the cryptography of a post is here: that the
/// proof binds the public vector, that the Groth16 equation holds, and that the opening's does.
interface ICircuitVerifier is IRefusals {
    /// @notice Returns if the proof holds for the public vector and the vector is for the statement
    /// with this context, and reverts with the check that failed if not: there is no result to
    /// ignore.
    /// @dev Section 3 of the specification. Checks, in this order: elements and points are in
    /// range, the context, the proof's points, the equations.
    /// @param context digest of the statement
    /// @param publicVector high half of the context, low half, root, then up to 128 totals; those
    /// left out are zero
    /// @param d digest of the whole public vector, as the prover states it
    /// @param openingPoints x and y of C_0 to C_12, S, Q, P
    /// @param openingScalars z_0 to z_3, eta, u, i, v
    /// @param proof A (2 words), B (4), C (2), uncompressed, EIP-197 order (imaginary part of a
    /// coordinate first), A not negated
    function verify(
        bytes32 context,
        uint256[] calldata publicVector,
        uint256 d,
        uint256[32] calldata openingPoints,
        uint256[8] calldata openingScalars,
        uint256[8] calldata proof
    ) external view;

    /// @notice The verifying key: alpha, beta, gamma, delta, IC_0 to IC_3, tau, 832 bytes, as in
    /// the specification's section 1.
    function verifyingKey() external view returns (bytes memory);
}
