// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ASSETS_MAX} from "./AssetList.sol";
import {CircuitVerifier} from "./CircuitVerifier.sol";
import {Identifiers} from "./Identifiers.sol";
import {PublicVector} from "./PublicVector.sol";
import {Circuit, ICircuitRegistry, SetupKind} from "./interfaces/ICircuitRegistry.sol";
import {ICircuitVerifier} from "./interfaces/ICircuitVerifier.sol";

/// @title Circuits whose proofs are accepted
/// @notice See `ICircuitRegistry`. Ownership moves in two steps and cannot be renounced.
contract CircuitRegistry is ICircuitRegistry, Ownable2Step {
    uint8 private constant DEPTH_MIN = 7;
    uint8 private constant DEPTH_MAX = 10;
    /// Where figures mean anything, readers need the time to look at a circuit before it counts.
    uint32 private constant DELAY_MIN = 1 days;

    /// @inheritdoc ICircuitRegistry
    uint32 public immutable activationDelay;
    /// @inheritdoc ICircuitRegistry
    bool public immutable allowDevelopment;

    mapping(bytes32 circuitId => Circuit) private _circuits;

    /// @param owner who adds and retires circuits
    /// @param delay seconds from adding a circuit until it counts: a day or more, unless
    /// development setups are allowed
    /// @param development whether circuits with an INSECURE development setup may be added
    constructor(address owner, uint32 delay, bool development) Ownable(owner) {
        if (delay < DELAY_MIN && !development) revert CircuitDelayTooShort(DELAY_MIN, delay);
        activationDelay = delay;
        allowDevelopment = development;
    }

    /// @inheritdoc ICircuitRegistry
    function addCircuit(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        external
        onlyOwner
        returns (bytes32 circuitId)
    {
        bool supported = depth >= DEPTH_MIN && depth <= DEPTH_MAX && assets == ASSETS_MAX;
        if (!supported) revert CircuitClassUnsupported(depth, assets);
        SetupKind kind = _setupKind(setup);
        circuitId = Identifiers.circuitId(depth, assets, setup, transcript, verifyingKey);
        Circuit storage added = _circuits[circuitId];
        if (address(added.verifier) != address(0)) revert CircuitAlreadyRegistered(circuitId);
        added.verifier =
            new CircuitVerifier(PublicVector.classOf(depth, assets), kind == SetupKind.Ceremony, verifyingKey);
        added.activeFrom = SafeCast.toUint48(block.timestamp + activationDelay);
        added.depth = depth;
        added.assets = assets;
        added.setup = kind;
        added.transcript = transcript;
        emit CircuitAdded(circuitId, address(added.verifier), kind, depth, assets, transcript, added.activeFrom);
    }

    /// @inheritdoc ICircuitRegistry
    function retireCircuit(bytes32 circuitId) external onlyOwner {
        Circuit storage retiring = _known(circuitId);
        if (retiring.retired) revert CircuitRetired(circuitId);
        retiring.retired = true;
        emit CircuitRetirement(circuitId);
    }

    /// @notice Always refused: without an owner a broken circuit could not be retired.
    function renounceOwnership() public view override onlyOwner {
        revert OwnershipNotRenounceable();
    }

    /// @inheritdoc ICircuitRegistry
    function circuit(bytes32 circuitId) external view returns (Circuit memory) {
        return _circuits[circuitId];
    }

    /// @inheritdoc ICircuitRegistry
    function provenance(bytes32 circuitId) external view returns (SetupKind setup, bool retired) {
        Circuit storage known = _circuits[circuitId];
        return (known.setup, known.retired);
    }

    /// @inheritdoc ICircuitRegistry
    function activeCircuit(bytes32 circuitId) external view returns (ICircuitVerifier verifier, SetupKind setup) {
        Circuit storage known = _known(circuitId);
        if (known.retired) revert CircuitRetired(circuitId);
        if (block.timestamp < known.activeFrom) {
            revert CircuitNotActive(known.activeFrom, SafeCast.toUint64(block.timestamp));
        }
        return (known.verifier, known.setup);
    }

    /// @inheritdoc ICircuitRegistry
    function circuitIdOf(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        external
        pure
        returns (bytes32)
    {
        return Identifiers.circuitId(depth, assets, setup, transcript, verifyingKey);
    }

    function _known(bytes32 circuitId) private view returns (Circuit storage known) {
        known = _circuits[circuitId];
        if (address(known.verifier) == address(0)) revert CircuitUnknown(circuitId);
    }

    function _setupKind(uint8 setup) private view returns (SetupKind kind) {
        if (setup != uint8(SetupKind.Development) && setup != uint8(SetupKind.Ceremony)) {
            revert SetupKindInvalid(setup);
        }
        kind = SetupKind(setup);
        if (kind == SetupKind.Development && !allowDevelopment) revert DevelopmentCircuitRefused();
    }
}
