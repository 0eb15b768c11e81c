// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IRefusals} from "./IRefusals.sol";

/// @title Verifier of one circuit
/// @notice Immutable: its verifying key is part of its code, was checked when it was deployed, and nobody can change it.
interface IGroth16Verifier is IRefusals {
    /// @notice Returns if the proof holds for the inputs and reverts with the check that failed if not: there is no result to ignore.
    /// @param proof A (2 words), B (4), C (2), uncompressed, EIP-197 order (imaginary part of a coordinate first), A not negated
    /// @param inputs d, rho, phi of the specification's section 3, each below the order r of the scalar field
    function verify(uint256[8] calldata proof, uint256[3] calldata inputs) external view;

    /// @notice The verifying key: alpha, beta, gamma, delta, IC_0 to IC_3, 704 bytes, as in the specification's section 1.
    function verifyingKey() external view returns (bytes memory);
}
