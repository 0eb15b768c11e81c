// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ICircuitVerifier} from "./ICircuitVerifier.sol";
import {IRefusals} from "./IRefusals.sol";

/// @notice Whether anyone knows the secret of a circuit's setup. `None` only where there is no
/// circuit.
enum SetupKind {
    None,
    /// From a fixed seed. INSECURE: whoever reads the source can forge proofs.
    Development,
    /// From a ceremony: secure if one participant was honest.
    Ceremony
}

/// @notice One registered circuit. All zero when the id is unknown.
struct Circuit {
    /// Holds the key.
    ICircuitVerifier verifier;
    /// Unix seconds from which posts may use it.
    uint48 activeFrom;
    /// Depth of the quaternary tree: a shard has 4^depth leaves.
    uint8 depth;
    /// Asset positions of the public vector.
    uint16 assets;
    SetupKind setup;
    bool retired;
    /// Digest of the setup's transcript.
    bytes32 transcript;
}

/// @title Circuits whose proofs are accepted
/// @notice The owner may add a circuit, which counts only after a delay in which anyone can look at
/// it, and may retire one. Nothing else can happen to a circuit, and a retired one never returns.
interface ICircuitRegistry is IRefusals {
    /// @notice A circuit was added.
    event CircuitAdded(
        bytes32 indexed circuitId,
        address indexed verifier,
        SetupKind setup,
        uint8 depth,
        uint16 assets,
        bytes32 transcript,
        uint48 activeFrom
    );

    /// @notice A circuit was retired: no post can use it any more.
    event CircuitRetirement(bytes32 indexed circuitId);

    /// @notice Adds a circuit and deploys its verifier. Only the owner.
    /// @dev Refuses, in this order: a class other than those of the specification (depth 7 to 10,
    /// 128 assets), an unknown setup kind, a development setup where those are not allowed, a
    /// circuit that is registered already, a key that fails a check of the verifier.
    /// @param setup 1 development, 2 ceremony
    /// @param transcript digest of the setup's transcript
    /// @param verifyingKey 832 bytes
    /// @return circuitId of the specification's section 1
    function addCircuit(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        external
        returns (bytes32 circuitId);

    /// @notice Retires a circuit for ever. Only the owner; an unknown or retired circuit is
    /// refused.
    function retireCircuit(bytes32 circuitId) external;

    /// @notice The circuit with this id, whatever its state.
    function circuit(bytes32 circuitId) external view returns (Circuit memory);

    /// @notice What an answer needs to know of the circuit that proved it: how it was set up, and
    /// whether it is retired. `None` when the id is unknown.
    function provenance(bytes32 circuitId) external view returns (SetupKind setup, bool retired);

    /// @notice Verifier and setup kind of a circuit that posts may use now. Refuses an unknown,
    /// retired or not yet active one.
    function activeCircuit(bytes32 circuitId) external view returns (ICircuitVerifier verifier, SetupKind setup);

    /// @notice Seconds from adding a circuit until it counts.
    function activationDelay() external view returns (uint32);

    /// @notice Whether circuits with an INSECURE development setup may be added. Never true where
    /// figures mean anything.
    function allowDevelopment() external view returns (bool);

    /// @notice The id of the circuit with these parts.
    function circuitIdOf(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        external
        pure
        returns (bytes32);
}
