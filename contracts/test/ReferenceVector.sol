// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {ShardPost} from "../src/interfaces/IReserves.sol";

/// @title The public vector as the specification writes it
/// @notice Element by element and power by power, with nothing of the contracts: what they compute
/// in place is compared with this.
library ReferenceVector {
    uint256 internal constant LENGTH = 204;
    uint256 internal constant POINTS = 131;
    uint256 internal constant SCALARS = 195;
    uint256 internal constant CLASS = 203;
    /// @notice The class of depth 7 with 128 assets.
    uint256 internal constant SMALLEST = 32_775;

    /// @notice Y of a post for a circuit of this class.
    function elements(ShardPost memory post, uint256 class) internal pure returns (uint256[] memory y) {
        y = new uint256[](LENGTH);
        for (uint256 i = 0; i < post.publicVector.length; ++i) {
            y[i] = post.publicVector[i];
        }
        for (uint256 i = 0; i < 32; ++i) {
            y[POINTS + 2 * i] = post.openingPoints[i] / 2 ** 128;
            y[POINTS + 2 * i + 1] = post.openingPoints[i] % 2 ** 128;
        }
        for (uint256 i = 0; i < 8; ++i) {
            y[SCALARS + i] = post.openingScalars[i];
        }
        y[CLASS] = class;
    }

    /// @notice rho.
    function challenge(uint256[] memory y, uint256 d) internal pure returns (uint256) {
        return uint256(sha256(abi.encodePacked(y, d))) % 2 ** 253;
    }

    /// @notice phi.
    function evaluation(uint256[] memory y, uint256 rho) internal pure returns (uint256 sum) {
        uint256 power = 1;
        for (uint256 i = 0; i < y.length; ++i) {
            sum = addmod(sum, mulmod(power, y[i], Bn254.R), Bn254.R);
            power = mulmod(power, rho, Bn254.R);
        }
    }

    /// @notice d, rho, phi, for a circuit of depth 7.
    function inputs(ShardPost memory post) internal pure returns (uint256[3] memory) {
        return inputs(post, SMALLEST);
    }

    /// @notice d, rho, phi, for a circuit of this class.
    function inputs(ShardPost memory post, uint256 class) internal pure returns (uint256[3] memory) {
        uint256[] memory y = elements(post, class);
        uint256 rho = challenge(y, post.d);
        return [post.d, rho, evaluation(y, rho)];
    }
}
