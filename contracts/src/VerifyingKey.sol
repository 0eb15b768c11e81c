// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title Checks of a verifying key
/// @notice Groth16's part and tau of the opening's setup. A key comes from outside; a degenerate
/// one accepts forged proofs. Every check has its own error.
library VerifyingKey {
    /// @notice Bytes of a key: alpha, beta, gamma, delta, IC_0 to IC_3, tau.
    uint256 internal constant LENGTH = 832;

    uint256 private constant DEVELOPMENT_ALPHA = 0x217f78d0d4db5e215a89ffe5730719691d67039af8de474077a0c54b920f47d7;
    uint256 private constant DEVELOPMENT_BETA = 0x11830c37d0cb9dbe672efbd1b6e4d0453c65ee6cea31435d1eeba01b043872ab;
    uint256 private constant DEVELOPMENT_GAMMA = 0x156bd2a533502271454c9e71dc6d0927ad2e6c751064ac519fc50d40d15f4f4c;
    uint256 private constant DEVELOPMENT_DELTA = 0x0613d613c8bbdf7988b046303f56784f1049ff3237dc06b3ec63b5abec2b6bb0;
    uint256 private constant DEVELOPMENT_TAU = 0x293c4d475304a5b7f2256fc6563b056a64a0e47864c5be05daca379b2f613315;

    uint256 private constant POINTS = 9;
    uint8 private constant GAMMA = 2;
    uint8 private constant DELTA = 3;
    uint8 private constant IC = 4;
    uint8 private constant TAU = 8;

    struct Key {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1[4] ic;
        Bn254.G2 tau;
    }

    /// @notice The key in these bytes, when nothing is wrong with it.
    function parse(bytes memory encoded) internal view returns (Key memory key) {
        if (encoded.length != LENGTH) revert IRefusals.KeyLengthWrong(LENGTH, encoded.length);
        _checkCoordinates(abi.decode(encoded, (uint256[26])));
        key = abi.decode(encoded, (Key));
        _checkDistinct(key);
        _checkPoint(0, key.alpha);
        _checkPoint(1, key.beta);
        _checkPoint(GAMMA, key.gamma);
        _checkPoint(DELTA, key.delta);
        for (uint8 i = 0; i < 4; ++i) {
            _checkPoint(IC + i, key.ic[i]);
        }
        _checkPoint(TAU, key.tau);
    }

    /// @notice Whether alpha, beta, gamma, delta or tau is that of the development setup, or its
    /// negative: its secret is public, whatever else is in the key.
    /// @dev By the first half of x, which is the same for every depth.
    function isOfDevelopment(Key memory key) internal pure returns (bool) {
        return key.alpha.x == DEVELOPMENT_ALPHA || key.beta.xImaginary == DEVELOPMENT_BETA
            || key.gamma.xImaginary == DEVELOPMENT_GAMMA || key.delta.xImaginary == DEVELOPMENT_DELTA
            || key.tau.xImaginary == DEVELOPMENT_TAU;
    }

    /// @notice The bytes of a key.
    function encode(Key memory key) internal pure returns (bytes memory) {
        return abi.encode(key);
    }

    function _checkCoordinates(uint256[26] memory words) private pure {
        uint256 word = 0;
        for (uint8 point = 0; point < POINTS; ++point) {
            bool inG1 = point == 0 || (point >= IC && point < TAU);
            uint256 end = word + (inG1 ? 2 : 4);
            uint256 any = 0;
            for (; word < end; ++word) {
                if (words[word] >= Bn254.Q) revert IRefusals.KeyCoordinateNotCanonical(point, words[word]);
                any |= words[word];
            }
            if (any == 0) revert IRefusals.KeyPointAtInfinity(point);
        }
    }

    /// @dev With gamma or delta the generator, or equal, the proof's C can absorb any public input:
    /// Groth16's phase 2 was not run. With tau the generator, the opening's setup has the secret
    /// one. A negative is as bad, so only x is compared.
    function _checkDistinct(Key memory key) private pure {
        if (_isGenerator(key.gamma)) revert IRefusals.KeyPointIsGenerator(GAMMA);
        if (_isGenerator(key.delta)) revert IRefusals.KeyPointIsGenerator(DELTA);
        if (_isGenerator(key.tau)) revert IRefusals.KeyPointIsGenerator(TAU);
        if (key.gamma.xImaginary == key.delta.xImaginary && key.gamma.xReal == key.delta.xReal) {
            revert IRefusals.KeyGammaEqualsDelta();
        }
    }

    function _checkPoint(uint8 number, Bn254.G1 memory point) private pure {
        if (!Bn254.isOnCurve(point)) revert IRefusals.KeyPointNotOnCurve(number);
    }

    function _checkPoint(uint8 number, Bn254.G2 memory point) private view {
        if (!Bn254.isOnCurve(point)) revert IRefusals.KeyPointNotOnCurve(number);
        if (!Bn254.isInSubgroup(point)) revert IRefusals.KeyPointOutsideSubgroup(number);
    }

    function _isGenerator(Bn254.G2 memory point) private pure returns (bool) {
        return point.xImaginary == Bn254.G2_X_IMAGINARY && point.xReal == Bn254.G2_X_REAL;
    }
}
