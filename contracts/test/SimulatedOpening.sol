// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "../src/Bn254.sol";
import {SimulatedProof} from "./SimulatedProof.sol";

/// @title Openings by a setup whose secret is known
/// @notice Points with known logarithms and the P that the known tau asks for: an opening of
/// nothing at all. X is computed as the specification writes it.
library SimulatedOpening {
    uint256 internal constant CHUNKS = 13;
    uint256 internal constant S = 13;
    uint256 internal constant QUOTIENT = 14;
    uint256 internal constant P = 15;
    uint256 internal constant ETA = 4;
    uint256 internal constant U = 5;
    uint256 internal constant I = 6;
    uint256 internal constant V = 7;

    struct Logarithms {
        /// Of C_0 to C_12, S, Q, P.
        uint256[16] points;
        /// z_0 to z_3, eta, u, i, v.
        uint256[8] scalars;
    }

    /// @notice An opening that holds.
    function draw(uint256 seed) internal view returns (Logarithms memory opening) {
        for (uint256 i = 0; i < 16; ++i) {
            opening.points[i] = random(seed, i);
        }
        for (uint256 i = 0; i < 8; ++i) {
            opening.scalars[i] = random(seed, 16 + i);
        }
        complete(opening, 0);
    }

    /// @notice Sets P so that X - tau P is `defect`.
    function complete(Logarithms memory opening, uint256 defect) internal view {
        opening.points[P] = 0;
        uint256 owed = addmod(sum(opening), SimulatedProof.minus(defect), Bn254.R);
        uint256 factor = addmod(SimulatedProof.TAU, SimulatedProof.minus(opening.scalars[U]), Bn254.R);
        opening.points[P] = mulmod(owed, SimulatedProof.inverse(factor), Bn254.R);
    }

    /// @notice x and y of each point.
    function points(Logarithms memory opening) internal view returns (uint256[32] memory words) {
        for (uint256 i = 0; i < 16; ++i) {
            Bn254.G1 memory point = SimulatedProof.g1(opening.points[i]);
            (words[2 * i], words[2 * i + 1]) = (point.x, point.y);
        }
    }

    /// @dev X.
    function sum(Logarithms memory opening) private pure returns (uint256 x) {
        uint256[8] memory scalars = opening.scalars;
        for (uint256 j = 0; j < CHUNKS; ++j) {
            uint256 weight = 1;
            for (uint256 b = 0; b < 4; ++b) {
                uint256 z = scalars[b];
                weight = mulmod(weight, (j >> b) & 1 == 1 ? z : addmod(1, SimulatedProof.minus(z), Bn254.R), Bn254.R);
            }
            x = addmod(x, mulmod(weight, opening.points[j], Bn254.R), Bn254.R);
        }
        x = addmod(x, mulmod(scalars[ETA], opening.points[S], Bn254.R), Bn254.R);
        x = addmod(x, SimulatedProof.minus(scalars[I]), Bn254.R);
        x = addmod(x, SimulatedProof.minus(mulmod(scalars[V], opening.points[QUOTIENT], Bn254.R)), Bn254.R);
        x = addmod(x, mulmod(scalars[U], opening.points[P], Bn254.R), Bn254.R);
    }

    function random(uint256 seed, uint256 place) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("opening", seed, place))) % Bn254.R;
    }
}
