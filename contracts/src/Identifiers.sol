// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Ids of exchanges, asset lists and circuits
/// @dev Section 1 of the specification. Arguments are checked by the caller.
library Identifiers {
    string private constant EXCHANGE = "ballast/exchange/v1\x00";
    string private constant ASSET = "ballast/asset/v1\x00";
    string private constant CIRCUIT = "ballast/circuit/v1\x00";

    /// @param name at most 32 bytes
    function exchangeId(bytes32 solanaAuthority, address evmAuthority, bytes memory name)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(EXCHANGE, solanaAuthority, evmAuthority, SafeCast.toUint8(name.length), name));
    }

    /// @notice The digest of a list with one asset more; that of the empty list is zero.
    /// @param symbol zero-padded
    function nextAssetListDigest(bytes32 digest, bytes16 symbol, uint8 decimals) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(ASSET, digest, symbol, decimals));
    }

    /// @param setup 1 development, 2 ceremony
    function circuitId(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(CIRCUIT, depth, assets, setup, transcript, verifyingKey));
    }
}
