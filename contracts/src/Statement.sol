// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AmountList} from "./AmountList.sol";

/// @notice Everything a proof is bound to: it cannot be moved to another exchange, epoch, shard,
/// asset list, circuit, ledger position, reserves report or history.
struct StatementFields {
    bytes32 exchangeId;
    uint64 epoch;
    /// Unix seconds.
    uint64 asOf;
    bytes32 assetListDigest;
    uint16 shardIndex;
    uint16 shardCount;
    bytes32 circuitId;
    uint64 ledgerSequence;
    bytes32 ledgerHead;
    bytes32 reservesDigest;
    /// Rolling head of the exchange's history before this epoch.
    bytes32 headBefore;
}

/// @title What a proof is about
/// @dev Section 3 of the specification.
library Statement {
    string private constant STATEMENT = "ballast/statement/v1\x00";
    string private constant RESERVES = "ballast/reserves/v1\x00";

    /// @notice The digest that opens the public vector, for shard `shardIndex` of this statement.
    function context(StatementFields memory fields, uint16 shardIndex) internal pure returns (bytes32) {
        bytes memory preimage = abi.encodePacked(
            STATEMENT,
            fields.exchangeId,
            fields.epoch,
            fields.asOf,
            fields.assetListDigest,
            shardIndex,
            fields.shardCount,
            fields.circuitId,
            fields.ledgerSequence,
            fields.ledgerHead,
            fields.reservesDigest,
            fields.headBefore
        );
        return sha256(preimage);
    }

    /// @notice Digest of what the exchange says it holds.
    /// @param reserves by asset number, in committed units
    /// @param sources digest of the published reserves report
    /// @return digest of the report's figures and sources
    /// @return bits all bits that are set in a reserve
    function reservesDigest(uint256[] memory reserves, bytes32 sources)
        internal
        pure
        returns (bytes32 digest, uint256 bits)
    {
        bytes memory encoded;
        (encoded, bits) = AmountList.encode(reserves);
        digest = sha256(abi.encodePacked(RESERVES, encoded, sources));
    }
}
