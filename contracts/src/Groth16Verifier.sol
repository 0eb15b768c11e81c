// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {VerifyingKey} from "./VerifyingKey.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of one circuit with three public inputs
/// @notice e(-A, B) e(alpha, beta) e(IC_0 + sum of input_i IC_i, gamma) e(C, delta) = 1 (Groth 2016), in one call of the pairing precompile.
contract Groth16Verifier is IGroth16Verifier {
    uint8 private constant POINT_A = 0;
    uint8 private constant POINT_B = 1;
    uint8 private constant POINT_C = 2;

    uint256 private immutable ALPHA_X;
    uint256 private immutable ALPHA_Y;
    uint256 private immutable BETA_X_IMAGINARY;
    uint256 private immutable BETA_X_REAL;
    uint256 private immutable BETA_Y_IMAGINARY;
    uint256 private immutable BETA_Y_REAL;
    uint256 private immutable GAMMA_X_IMAGINARY;
    uint256 private immutable GAMMA_X_REAL;
    uint256 private immutable GAMMA_Y_IMAGINARY;
    uint256 private immutable GAMMA_Y_REAL;
    uint256 private immutable DELTA_X_IMAGINARY;
    uint256 private immutable DELTA_X_REAL;
    uint256 private immutable DELTA_Y_IMAGINARY;
    uint256 private immutable DELTA_Y_REAL;
    uint256 private immutable IC_0_X;
    uint256 private immutable IC_0_Y;
    uint256 private immutable IC_1_X;
    uint256 private immutable IC_1_Y;
    uint256 private immutable IC_2_X;
    uint256 private immutable IC_2_Y;
    uint256 private immutable IC_3_X;
    uint256 private immutable IC_3_Y;

    /// @param encoded verifying key, 704 bytes; a degenerate one is refused with the check that failed
    constructor(bytes memory encoded) {
        VerifyingKey.Key memory key = VerifyingKey.parse(encoded);
        (ALPHA_X, ALPHA_Y) = (key.alpha.x, key.alpha.y);
        (BETA_X_IMAGINARY, BETA_X_REAL) = (key.beta.xImaginary, key.beta.xReal);
        (BETA_Y_IMAGINARY, BETA_Y_REAL) = (key.beta.yImaginary, key.beta.yReal);
        (GAMMA_X_IMAGINARY, GAMMA_X_REAL) = (key.gamma.xImaginary, key.gamma.xReal);
        (GAMMA_Y_IMAGINARY, GAMMA_Y_REAL) = (key.gamma.yImaginary, key.gamma.yReal);
        (DELTA_X_IMAGINARY, DELTA_X_REAL) = (key.delta.xImaginary, key.delta.xReal);
        (DELTA_Y_IMAGINARY, DELTA_Y_REAL) = (key.delta.yImaginary, key.delta.yReal);
        (IC_0_X, IC_0_Y) = (key.ic[0].x, key.ic[0].y);
        (IC_1_X, IC_1_Y) = (key.ic[1].x, key.ic[1].y);
        (IC_2_X, IC_2_Y) = (key.ic[2].x, key.ic[2].y);
        (IC_3_X, IC_3_Y) = (key.ic[3].x, key.ic[3].y);
    }

    /// @inheritdoc IGroth16Verifier
    function verify(uint256[8] calldata proof, uint256[3] calldata inputs) external view {
        _checkCanonical(proof, inputs);
        _checkPoints(proof);
        (bool valid, bool one) = Bn254.pairing(_pairs(proof, _publicInputPoint(inputs)));
        if (!valid) revert ProofPointInvalid(POINT_B);
        if (!one) revert ProofRejected(inputs[0], inputs[1], inputs[2]);
    }

    /// @inheritdoc IGroth16Verifier
    function verifyingKey() external view returns (bytes memory) {
        VerifyingKey.Key memory key;
        key.alpha = Bn254.G1(ALPHA_X, ALPHA_Y);
        key.beta = Bn254.G2(BETA_X_IMAGINARY, BETA_X_REAL, BETA_Y_IMAGINARY, BETA_Y_REAL);
        key.gamma = Bn254.G2(GAMMA_X_IMAGINARY, GAMMA_X_REAL, GAMMA_Y_IMAGINARY, GAMMA_Y_REAL);
        key.delta = Bn254.G2(DELTA_X_IMAGINARY, DELTA_X_REAL, DELTA_Y_IMAGINARY, DELTA_Y_REAL);
        key.ic[0] = Bn254.G1(IC_0_X, IC_0_Y);
        key.ic[1] = Bn254.G1(IC_1_X, IC_1_Y);
        key.ic[2] = Bn254.G1(IC_2_X, IC_2_Y);
        key.ic[3] = Bn254.G1(IC_3_X, IC_3_Y);
        return VerifyingKey.encode(key);
    }

    /// @dev An input of r or more would be the same proof under another number; the precompiles reduce it without a word.
    function _checkCanonical(uint256[8] calldata proof, uint256[3] calldata inputs) private pure {
        for (uint256 i = 0; i < 3; ++i) {
            if (inputs[i] >= Bn254.R) revert ElementNotCanonical(i, inputs[i]);
        }
        for (uint256 i = 0; i < 8; ++i) {
            if (proof[i] >= Bn254.Q) revert ProofCoordinateNotCanonical(i, proof[i]);
        }
    }

    /// @dev The pairing precompile would refuse these points too, and take all gas with it. What is left to it is whether B is in the subgroup.
    function _checkPoints(uint256[8] calldata proof) private pure {
        if (!Bn254.isOnCurve(Bn254.G1(proof[0], proof[1]))) revert ProofPointInvalid(POINT_A);
        if (!Bn254.isOnCurve(Bn254.G2(proof[2], proof[3], proof[4], proof[5]))) revert ProofPointInvalid(POINT_B);
        if (!Bn254.isOnCurve(Bn254.G1(proof[6], proof[7]))) revert ProofPointInvalid(POINT_C);
    }

    /// @dev IC_0 + sum of input_i IC_i.
    function _publicInputPoint(uint256[3] calldata inputs) private view returns (Bn254.G1 memory sum) {
        sum = Bn254.multiplyAdd(Bn254.G1(IC_0_X, IC_0_Y), IC_1_X, IC_1_Y, inputs[0]);
        sum = Bn254.multiplyAdd(sum, IC_2_X, IC_2_Y, inputs[1]);
        sum = Bn254.multiplyAdd(sum, IC_3_X, IC_3_Y, inputs[2]);
    }

    function _pairs(uint256[8] calldata proof, Bn254.G1 memory publicInput)
        private
        view
        returns (uint256[24] memory pairs)
    {
        // -A. No point of the curve has y = 0, its order being odd.
        (pairs[0], pairs[1]) = (proof[0], Bn254.Q - proof[1]);
        (pairs[2], pairs[3], pairs[4], pairs[5]) = (proof[2], proof[3], proof[4], proof[5]);
        (pairs[6], pairs[7]) = (ALPHA_X, ALPHA_Y);
        (pairs[8], pairs[9], pairs[10], pairs[11]) = (BETA_X_IMAGINARY, BETA_X_REAL, BETA_Y_IMAGINARY, BETA_Y_REAL);
        (pairs[12], pairs[13]) = (publicInput.x, publicInput.y);
        (pairs[14], pairs[15], pairs[16], pairs[17]) =
        (GAMMA_X_IMAGINARY, GAMMA_X_REAL, GAMMA_Y_IMAGINARY, GAMMA_Y_REAL);
        (pairs[18], pairs[19]) = (proof[6], proof[7]);
        (pairs[20], pairs[21], pairs[22], pairs[23]) =
        (DELTA_X_IMAGINARY, DELTA_X_REAL, DELTA_Y_IMAGINARY, DELTA_Y_REAL);
    }
}
