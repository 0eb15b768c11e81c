// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AmountList} from "./AmountList.sol";
import {StatementFields} from "./Statement.sol";

/// @title Epoch records and the rolling head of an exchange's history
/// @dev Section 4 of the specification: the same on every chain.
library EpochRecord {
    string private constant ROOTS = "ballast/roots/v1\x00";
    string private constant RECORD = "ballast/record/v1\x00";

    /// @notice The running digest of an epoch's roots after one more; zero before the first.
    function appendRoot(bytes32 roots, uint256 root) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(ROOTS, roots, root));
    }

    /// @notice Digest of what an epoch adds to the history.
    /// @param roots running digest over all shards
    /// @param liabilities by asset number, in committed units
    function digest(StatementFields memory fields, bytes32 roots, uint256[] memory liabilities)
        internal
        pure
        returns (bytes32)
    {
        (bytes memory encoded,) = AmountList.encode(liabilities);
        bytes memory preimage = abi.encodePacked(
            RECORD,
            fields.exchangeId,
            fields.epoch,
            fields.asOf,
            fields.assetListDigest,
            fields.circuitId,
            fields.ledgerSequence,
            fields.ledgerHead,
            fields.reservesDigest,
            fields.shardCount,
            roots,
            encoded
        );
        return sha256(preimage);
    }

    /// @notice The head after a record.
    function nextHead(bytes32 head, bytes32 record) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(head, record));
    }
}
