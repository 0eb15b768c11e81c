// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";

/// @title Proofs by a key whose secret is known
/// @notice With the discrete logarithms of its key anyone simulates a Groth16 proof of any
/// statement (Groth 2016, section 3.2): here a test does, for posts that no snapshot would give.
/// The verifier under test is the real one.
library SimulatedProof {
    // Logarithms of the key's points.
    uint256 private constant ALPHA = 7;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 3;
    uint256 private constant DELTA = 5;
    uint256 private constant IC_0 = 11;
    uint256 private constant IC_1 = 13;
    uint256 private constant IC_2 = 17;
    uint256 private constant IC_3 = 19;
    uint256 internal constant TAU = 23;

    /// @notice The generator of G2.
    function one() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(Bn254.G2_X_IMAGINARY, Bn254.G2_X_REAL, Bn254.G2_Y_IMAGINARY, Bn254.G2_Y_REAL);
    }

    /// @notice The generator of G2 times 2.
    function beta() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(
            0x203e205db4f19b37b60121b83a7333706db86431c6d835849957ed8c3928ad79,
            0x27dc7234fd11d3e8c36c59277c3e6f149d5cd3cfa9a62aee49f8130962b4b3b9,
            0x195e8aa5b7827463722b8c153931579d3505566b4edf48d498e185f0509de152,
            0x04bb53b8977e5f92a0bc372742c4830944a59b4fe6b1c0466e2a6dad122b5d2e
        );
    }

    /// @notice The generator of G2 times 3.
    function gamma() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(
            0x1014772f57bb9742735191cd5dcfe4ebbc04156b6878a0a7c9824f32ffb66e85,
            0x06064e784db10e9051e52826e192715e8d7e478cb09a5e0012defa0694fbc7f5,
            0x021e2335f3354bb7922ffcc2f38d3323dd9453ac49b55441452aeaca147711b2,
            0x058e1d5681b5b9e0074b0f9c8d2c68a069b920d74521e79765036d57666c5597
        );
    }

    /// @notice The generator of G2 times 5.
    function delta() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(
            0x0a09ccf561b55fd99d1c1208dee1162457b57ac5af3759d50671e510e428b2a1,
            0x2e539c423b302d13f4e5773c603948eaf5db5df8ae8a9a9113708390a06410d8,
            0x19b763513924a736e4eebd0d78c91c1bc1d657fee4214057d21414011cfcc763,
            0x2f8d9f9ab83727c77a2fec063cb7b6e5eb23044ccf535ad49d46d394fb6f6bf6
        );
    }

    /// @notice The generator of G2 times 23.
    function tau() internal pure returns (Bn254.G2 memory) {
        return Bn254.G2(
            0x20aed49b057e12a470c54516c18d054a34c29b54f19f28f2ca16a1d6fae791cc,
            0x22f6d37939602e288847e4f9e2a0ed45ac540928172af7362ee7142cbaf32ae9,
            0x22e59db5f68e34350a3b74b87e4e89f491caafdeb348d777b4ec6ee2aec87a42,
            0x0c0f54d50730e7973babf92db45e2d0bfb38a861c0803da6a91f84054090ed69
        );
    }

    /// @notice 832 bytes.
    function verifyingKey() internal view returns (bytes memory) {
        return bytes.concat(
            abi.encode(g1(ALPHA), beta(), gamma(), delta()), abi.encode(g1(IC_0), g1(IC_1), g1(IC_2), g1(IC_3), tau())
        );
    }

    /// @notice A proof for these inputs; another one for another `mask`.
    function prove(uint256[3] memory inputs, uint256 mask) internal view returns (uint256[8] memory) {
        return prove(inputs, mask, 0);
    }

    /// @notice A proof for which the product of Groth16's pairings is e([1], [1]) to the power
    /// `defect`: valid when that is zero.
    /// @dev A = mask G, B = beta, and C makes the equation hold.
    function prove(uint256[3] memory inputs, uint256 mask, uint256 defect) internal view returns (uint256[8] memory) {
        uint256 left = addmod(mulmod(mask, BETA, Bn254.R), minus(owed(inputs)), Bn254.R);
        uint256 c = mulmod(addmod(left, defect, Bn254.R), inverse(DELTA), Bn254.R);
        return points(mask, c);
    }

    /// @notice As `prove`, with C = mask G and an A that makes the equation hold.
    function proveByA(uint256[3] memory inputs, uint256 mask, uint256 defect)
        internal
        view
        returns (uint256[8] memory)
    {
        uint256 right = addmod(owed(inputs), mulmod(mask, DELTA, Bn254.R), Bn254.R);
        uint256 a = mulmod(addmod(right, minus(defect), Bn254.R), inverse(BETA), Bn254.R);
        return points(a, mask);
    }

    /// @notice The generator of G1 times `scalar`.
    function g1(uint256 scalar) internal view returns (Bn254.G1 memory) {
        Bn254.Sum memory sum;
        Bn254.addProduct(sum, 1, 2, scalar);
        return Bn254.G1(sum.x, sum.y);
    }

    /// @notice -x modulo r.
    function minus(uint256 x) internal pure returns (uint256) {
        return (Bn254.R - x) % Bn254.R;
    }

    /// @notice 1/x modulo r by Fermat.
    function inverse(uint256 x) internal view returns (uint256) {
        (bool success, bytes memory result) =
            address(0x05).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), x, Bn254.R - 2, Bn254.R));
        require(success, "modular exponentiation");
        return abi.decode(result, (uint256));
    }

    /// @dev alpha beta + gamma (IC_0 + sum of input_i IC_i).
    function owed(uint256[3] memory inputs) private pure returns (uint256) {
        uint256 publicInput = addmod(IC_0, mulmod(IC_1, inputs[0], Bn254.R), Bn254.R);
        publicInput = addmod(publicInput, mulmod(IC_2, inputs[1], Bn254.R), Bn254.R);
        publicInput = addmod(publicInput, mulmod(IC_3, inputs[2], Bn254.R), Bn254.R);
        return addmod(ALPHA * BETA, mulmod(GAMMA, publicInput, Bn254.R), Bn254.R);
    }

    /// @dev A = a G, B = beta, C = c G.
    function points(uint256 a, uint256 c) private view returns (uint256[8] memory) {
        (Bn254.G1 memory first, Bn254.G1 memory last) = (g1(a), g1(c));
        Bn254.G2 memory b = beta();
        return [first.x, first.y, b.xImaginary, b.xReal, b.yImaginary, b.yReal, last.x, last.y];
    }
}
