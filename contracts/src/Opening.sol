// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Bn254} from "./Bn254.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";

/// @title The opening of the committed columns
/// @notice Points C_0 to C_12, S, Q, P and scalars z_0 to z_3, eta, u, i, v, of the specification's
/// section 3. With the weights w_j = product over b < 4 of (bit b of j ? z_b : 1 - z_b) and X = sum
/// of w_j C_j + eta S - i [1] - v Q + u P the opening says e(X, [1]) = e(P, [tau]).
library Opening {
    using Bn254 for Bn254.Sum;

    uint256 private constant POINTS = 16;
    uint256 private constant VARIABLES = 4;

    // Places of the points after the chunks.
    uint256 private constant S = 13;
    uint256 private constant QUOTIENT = 14;
    uint256 private constant P = 15;

    // Places of the scalars after the variables.
    uint256 private constant ETA = 4;
    uint256 private constant U = 5;
    uint256 private constant I = 6;
    uint256 private constant V = 7;

    /// @notice Refuses a coordinate that is not canonical and a point that is at infinity or not on
    /// the curve.
    function check(uint256[32] calldata points) internal pure {
        if (_arePoints(points)) return;
        for (uint256 word = 0; word < 2 * POINTS; ++word) {
            if (points[word] >= Bn254.Q) revert IRefusals.OpeningCoordinateNotCanonical(word, points[word]);
        }
        for (uint8 i = 0; i < POINTS; ++i) {
            Bn254.G1 memory point = Bn254.G1(points[2 * i], points[2 * i + 1]);
            if (!Bn254.isOnCurve(point)) revert IRefusals.OpeningPointInvalid(i);
        }
    }

    /// @notice t, by which the opening's equation is multiplied before it joins Groth16's.
    /// @dev rho is a digest of all points and scalars of the opening; with the proof nothing in
    /// either equation is left to choose once t is known.
    function separator(uint256 rho, uint256[8] calldata proof) internal pure returns (uint256) {
        return uint256(sha256(abi.encodePacked(rho, proof))) & type(uint128).max;
    }

    /// @notice t X and -t P.
    /// @param points checked
    /// @param scalars below r
    function combine(uint256[32] calldata points, uint256[8] calldata scalars, uint256 t)
        internal
        view
        returns (Bn254.Sum memory left, Bn254.Sum memory right)
    {
        uint256[16] memory coefficients = _coefficients(scalars, t);
        left.addProduct(1, 2, Bn254.R - mulmod(t, scalars[I], Bn254.R));
        left.addProducts(points, coefficients);
        right.addProduct(points[2 * P], points[2 * P + 1], Bn254.R - t);
    }

    /// @dev What each point is multiplied by in t X.
    function _coefficients(uint256[8] calldata scalars, uint256 t) private pure returns (uint256[16] memory result) {
        uint256 r = Bn254.R;
        result[0] = t;
        // One variable after the other, the highest bit's first, splits each product in two. The
        // last three of the sixteen are not used.
        for (uint256 b = VARIABLES; b > 0; --b) {
            uint256 z = scalars[b - 1];
            assembly ("memory-safe") {
                // Backwards, as a product's two parts lie behind it.
                for { let from := add(result, shl(sub(9, b), 1)) } gt(from, result) {} {
                    from := sub(from, 32)
                    let whole := mload(from)
                    let part := mulmod(whole, z, r)
                    let to := sub(shl(1, from), result)
                    mstore(add(to, 32), part)
                    mstore(to, addmod(whole, sub(r, part), r))
                }
            }
        }
        result[S] = mulmod(t, scalars[ETA], Bn254.R);
        result[QUOTIENT] = Bn254.R - mulmod(t, scalars[V], Bn254.R);
        result[P] = mulmod(t, scalars[U], Bn254.R);
    }

    /// @dev Whether all points are what `check` asks for, without saying which is not.
    function _arePoints(uint256[32] calldata points) private pure returns (bool valid) {
        uint256 q = Bn254.Q;
        valid = true;
        assembly ("memory-safe") {
            for { let end := add(points, 1024) } lt(points, end) { points := add(points, 64) } {
                let x := calldataload(points)
                let y := calldataload(add(points, 32))
                let onCurve := eq(mulmod(y, y, q), addmod(mulmod(mulmod(x, x, q), x, q), 3, q))
                valid := and(valid, and(onCurve, and(lt(x, q), lt(y, q))))
            }
        }
    }
}
