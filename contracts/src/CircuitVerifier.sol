// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {Opening} from "./Opening.sol";
import {PublicVector} from "./PublicVector.sol";
import {VerifyingKey} from "./VerifyingKey.sol";
import {ICircuitVerifier} from "./interfaces/ICircuitVerifier.sol";

/// @title Verifier of one circuit
/// @notice See `ICircuitVerifier`. Two equations in one call of the pairing precompile:
///
///     Groth16 (Groth 2016)   e(-A, B) e(alpha, beta) e(IC_0 + d IC_1 + rho IC_2 + phi IC_3, gamma) e(C, delta) = 1
///     the opening            e(X, [1]) e(-P, [tau]) = 1
///
/// the second to the power t, a digest of all that goes into both: else an error of one could make
/// up for an error of the other.
contract CircuitVerifier is ICircuitVerifier {
    using Bn254 for Bn254.Sum;

    uint8 private constant POINT_A = 0;
    uint8 private constant POINT_B = 1;
    uint8 private constant POINT_C = 2;

    uint256 private constant PAIRS = 6;
    uint256 private constant PAIRS_OF_GROTH16 = 4;

    /// The last element of the public vector.
    uint256 private immutable CLASS;
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
    uint256 private immutable TAU_X_IMAGINARY;
    uint256 private immutable TAU_X_REAL;
    uint256 private immutable TAU_Y_IMAGINARY;
    uint256 private immutable TAU_Y_REAL;

    /// @param class number of the circuit's class, which the circuit has as a constant: under
    /// another one no proof holds
    /// @param ceremony whether the key is said to come from a ceremony; one of the development
    /// setup is refused then
    /// @param encoded verifying key, 832 bytes; a degenerate one is refused with the check that
    /// failed
    constructor(uint256 class, bool ceremony, bytes memory encoded) {
        CLASS = class;
        VerifyingKey.Key memory key = VerifyingKey.parse(encoded);
        if (ceremony && VerifyingKey.isOfDevelopment(key)) revert DevelopmentKeyAsCeremony();
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
        (TAU_X_IMAGINARY, TAU_X_REAL) = (key.tau.xImaginary, key.tau.xReal);
        (TAU_Y_IMAGINARY, TAU_Y_REAL) = (key.tau.yImaginary, key.tau.yReal);
    }

    /// @inheritdoc ICircuitVerifier
    function verify(
        bytes32 context,
        uint256[] calldata publicVector,
        uint256 d,
        uint256[32] calldata openingPoints,
        uint256[8] calldata openingScalars,
        uint256[8] calldata proof
    ) external view {
        uint256[205] memory y = PublicVector.image(publicVector, openingPoints, openingScalars, CLASS, d);
        PublicVector.checkHead(y, publicVector.length);
        Opening.check(openingPoints);
        PublicVector.checkTail(openingScalars, d);
        bytes32 found = PublicVector.context(y);
        if (found != context) revert ContextMismatch(context, found);
        _checkProof(proof);
        uint256 rho = PublicVector.challenge(y);
        uint256 phi = PublicVector.evaluate(y, publicVector.length, rho);
        uint256[36] memory pairs;
        _setGroth16(pairs, proof, _publicInput(d, rho, phi));
        _setOpening(pairs, openingPoints, openingScalars, Opening.separator(rho, proof));
        (bool valid, bool one) = Bn254.pairing(pairs, PAIRS);
        // Of all points only B can be outside its subgroup: G1 has no other, and the key's were
        // checked.
        if (!valid) revert ProofPointInvalid(POINT_B);
        if (one) return;
        (, one) = Bn254.pairing(pairs, PAIRS_OF_GROTH16);
        if (one) revert OpeningRejected();
        revert ProofRejected(d, rho, phi);
    }

    /// @inheritdoc ICircuitVerifier
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
        key.tau = Bn254.G2(TAU_X_IMAGINARY, TAU_X_REAL, TAU_Y_IMAGINARY, TAU_Y_REAL);
        return VerifyingKey.encode(key);
    }

    /// @dev The pairing precompile would refuse these too, and take all gas with it. What is left
    /// to it is whether B is in the subgroup.
    function _checkProof(uint256[8] calldata proof) private pure {
        if (!Bn254.areBelow(Bn254.Q, proof)) {
            for (uint256 i = 0; i < proof.length; ++i) {
                if (proof[i] >= Bn254.Q) revert ProofCoordinateNotCanonical(i, proof[i]);
            }
        }
        if (!Bn254.isOnCurve(Bn254.G1(proof[0], proof[1]))) revert ProofPointInvalid(POINT_A);
        if (!Bn254.isOnCurve(Bn254.G2(proof[2], proof[3], proof[4], proof[5]))) revert ProofPointInvalid(POINT_B);
        if (!Bn254.isOnCurve(Bn254.G1(proof[6], proof[7]))) revert ProofPointInvalid(POINT_C);
    }

    /// @dev IC_0 + d IC_1 + rho IC_2 + phi IC_3.
    function _publicInput(uint256 d, uint256 rho, uint256 phi) private view returns (Bn254.Sum memory sum) {
        (sum.x, sum.y) = (IC_0_X, IC_0_Y);
        sum.addProduct(IC_1_X, IC_1_Y, d);
        sum.addProduct(IC_2_X, IC_2_Y, rho);
        sum.addProduct(IC_3_X, IC_3_Y, phi);
    }

    /// @dev The first four pairs.
    function _setGroth16(uint256[36] memory pairs, uint256[8] calldata proof, Bn254.Sum memory publicInput)
        private
        view
    {
        // -A. No point of the curve has y = 0, its order being odd.
        (pairs[0], pairs[1]) = (proof[0], Bn254.Q - proof[1]);
        (pairs[2], pairs[3], pairs[4], pairs[5]) = (proof[2], proof[3], proof[4], proof[5]);
        (pairs[6], pairs[7]) = (ALPHA_X, ALPHA_Y);
        (pairs[8], pairs[9], pairs[10], pairs[11]) = (BETA_X_IMAGINARY, BETA_X_REAL, BETA_Y_IMAGINARY, BETA_Y_REAL);
        (pairs[12], pairs[13]) = (publicInput.x, publicInput.y);
        (pairs[14], pairs[15]) = (GAMMA_X_IMAGINARY, GAMMA_X_REAL);
        (pairs[16], pairs[17]) = (GAMMA_Y_IMAGINARY, GAMMA_Y_REAL);
        (pairs[18], pairs[19]) = (proof[6], proof[7]);
        (pairs[20], pairs[21]) = (DELTA_X_IMAGINARY, DELTA_X_REAL);
        (pairs[22], pairs[23]) = (DELTA_Y_IMAGINARY, DELTA_Y_REAL);
    }

    /// @dev The last two pairs.
    function _setOpening(
        uint256[36] memory pairs,
        uint256[32] calldata points,
        uint256[8] calldata scalars,
        uint256 separator
    ) private view {
        (Bn254.Sum memory left, Bn254.Sum memory right) = Opening.combine(points, scalars, separator);
        (pairs[24], pairs[25]) = (left.x, left.y);
        (pairs[26], pairs[27]) = (Bn254.G2_X_IMAGINARY, Bn254.G2_X_REAL);
        (pairs[28], pairs[29]) = (Bn254.G2_Y_IMAGINARY, Bn254.G2_Y_REAL);
        (pairs[30], pairs[31]) = (right.x, right.y);
        (pairs[32], pairs[33], pairs[34], pairs[35]) = (TAU_X_IMAGINARY, TAU_X_REAL, TAU_Y_IMAGINARY, TAU_Y_REAL);
    }
}
