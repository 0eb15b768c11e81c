// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AssetList, AssetListState} from "../src/AssetList.sol";
import {Bn254} from "../src/Bn254.sol";
import {CircuitVerifier} from "../src/CircuitVerifier.sol";
import {EpochRecord} from "../src/EpochRecord.sol";
import {Identifiers} from "../src/Identifiers.sol";
import {PublicVector} from "../src/PublicVector.sol";
import {Reserves} from "../src/Reserves.sol";
import {Statement, StatementFields} from "../src/Statement.sol";
import {ICircuitRegistry} from "../src/interfaces/ICircuitRegistry.sol";
import {Asset, ShardPost} from "../src/interfaces/IReserves.sol";
import {ReferenceVector} from "./ReferenceVector.sol";
import {vm} from "./Vm.sol";

/// @notice The libraries, reproducing what every implementation must.
contract VectorsTest {
    using AssetList for AssetListState;

    string private identifiers;
    string private statements;
    AssetListState private list;

    function setUp() public {
        identifiers = vm.readFile("tests/vectors/identifiers.json");
        statements = vm.readFile("tests/vectors/statements.json");
    }

    function key(string memory array, uint256 index, string memory field) internal pure returns (string memory) {
        return string.concat(array, "[", vm.toString(index), "]", field);
    }

    /// @dev Whether entry `index` is refused, by which error; empty when it is valid.
    function refusal(string memory array, uint256 index) internal view returns (string memory) {
        bytes memory value = vm.parseJson(identifiers, key(array, index, ".refusal"));
        return
            keccak256(value) == keccak256(abi.encode(bytes32(0))) || value.length < 64
                ? ""
                : abi.decode(value, (string));
    }

    /// @dev The error in `result` is the one of this name with these types of arguments.
    function assertRefused(bytes memory result, string memory name, string memory types) internal pure {
        bytes32 selector = keccak256(bytes.concat(bytes(name), bytes(types)));
        vm.assertTrue(result.length >= 4, name);
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertTrue(result[i] == selector[i], name);
        }
    }

    /// @dev A call ended as entry `index` says: with the entry's `field`, or with its refusal,
    /// whose arguments have these types. Returns which.
    function accepts(
        bool success,
        bytes memory result,
        string memory array,
        uint256 index,
        string memory field,
        string memory types
    ) internal view returns (bool valid) {
        string memory name = refusal(array, index);
        valid = bytes(name).length == 0;
        vm.assertTrue(success == valid, key(array, index, valid ? " is valid and was refused" : " is accepted"));
        if (valid) {
            bytes32 expected = vm.parseJsonBytes32(identifiers, key(array, index, field));
            vm.assertEq(abi.decode(result, (bytes32)), expected, key(array, index, field));
        } else {
            assertRefused(result, name, types);
        }
    }

    function test_exchange_ids() public {
        Reserves reserves = new Reserves(ICircuitRegistry(address(0)));
        uint256 count = 0;
        uint256 refused = 0;
        for (; vm.keyExistsJson(identifiers, key(".exchanges", count, "")); ++count) {
            bytes memory call = abi.encodeCall(
                reserves.exchangeIdOf,
                (
                    vm.parseJsonString(identifiers, key(".exchanges", count, ".name")),
                    vm.parseJsonBytes32(identifiers, key(".exchanges", count, ".solana_authority")),
                    vm.parseJsonAddress(identifiers, key(".exchanges", count, ".evm_authority"))
                )
            );
            (bool success, bytes memory result) = address(reserves).staticcall(call);
            if (!accepts(success, result, ".exchanges", count, ".id", "(string)")) ++refused;
        }
        vm.assertTrue(refused > 0 && refused < count, "vectors of both kinds");
    }

    function append(Asset[] calldata assets) external returns (bytes32) {
        delete list.digest;
        if (list.assets.length != 0) list.clear();
        list.append(assets);
        return list.digest;
    }

    function test_asset_list_digests() public {
        uint256 count = 0;
        uint256 refused = 0;
        for (; vm.keyExistsJson(identifiers, key(".asset_lists", count, "")); ++count) {
            string[] memory symbols = vm.parseJsonStringArray(identifiers, key(".asset_lists", count, ".symbols"));
            uint256[] memory decimals = vm.parseJsonUintArray(identifiers, key(".asset_lists", count, ".decimals"));
            Asset[] memory assets = new Asset[](symbols.length);
            for (uint256 i = 0; i < symbols.length; ++i) {
                assets[i] = Asset(symbols[i], uint8(decimals[i]));
            }
            (bool success, bytes memory result) = address(this).call(abi.encodeCall(this.append, (assets)));
            if (!accepts(success, result, ".asset_lists", count, ".digest", "(uint256,string)")) ++refused;
        }
        vm.assertTrue(refused > 0 && refused < count, "vectors of both kinds");
    }

    function circuitId(uint8 depth, uint16 assets, uint8 setup, bytes32 transcript, bytes calldata verifyingKey)
        external
        pure
        returns (bytes32)
    {
        return Identifiers.circuitId(depth, assets, setup, transcript, verifyingKey);
    }

    function deployVerifier(bytes memory verifyingKey) external returns (address) {
        return address(new CircuitVerifier(ReferenceVector.SMALLEST, false, verifyingKey));
    }

    function test_circuit_ids_and_degenerate_keys() public {
        uint256 count = 0;
        uint256 refused = 0;
        for (; vm.keyExistsJson(identifiers, key(".circuits", count, "")); ++count) {
            bytes memory verifyingKey = vm.parseJsonBytes(identifiers, key(".circuits", count, ".verifying_key"));
            (bool success, bytes memory result) =
                address(this).call(abi.encodeCall(this.deployVerifier, (verifyingKey)));
            string memory name = refusal(".circuits", count);
            if (bytes(name).length == 0) {
                vm.assertTrue(success, "a valid key refused");
                assertCircuitId(count, 1, ".id_development", verifyingKey);
                assertCircuitId(count, 2, ".id_ceremony", verifyingKey);
            } else {
                vm.assertTrue(!success, "a degenerate key accepted");
                assertRefused(result, name, keyErrorArguments(name));
                ++refused;
            }
        }
        vm.assertTrue(refused > 0 && refused < count, "vectors of both kinds");
    }

    function assertCircuitId(uint256 index, uint8 setup, string memory field, bytes memory verifyingKey) internal view {
        bytes32 id = this.circuitId(
            uint8(vm.parseJsonUint(identifiers, key(".circuits", index, ".depth"))),
            uint16(vm.parseJsonUint(identifiers, key(".circuits", index, ".assets"))),
            setup,
            vm.parseJsonBytes32(identifiers, key(".circuits", index, ".transcript")),
            verifyingKey
        );
        vm.assertEq(id, vm.parseJsonBytes32(identifiers, key(".circuits", index, field)), "circuit id");
    }

    function keyErrorArguments(string memory name) internal pure returns (string memory) {
        bytes32 hash = keccak256(bytes(name));
        if (hash == keccak256("KeyLengthWrong")) return "(uint256,uint256)";
        if (hash == keccak256("KeyCoordinateNotCanonical")) return "(uint8,uint256)";
        return hash == keccak256("KeyGammaEqualsDelta") ? "()" : "(uint8)";
    }

    function test_contexts() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(statements, key(".statements", count, "")); ++count) {
            StatementFields memory fields = fieldsAt(".statements", count);
            fields.shardIndex = uint16(vm.parseJsonUint(statements, key(".statements", count, ".shard_index")));
            fields.shardCount = uint16(vm.parseJsonUint(statements, key(".statements", count, ".shard_count")));
            bytes32 context = vm.parseJsonBytes32(statements, key(".statements", count, ".context"));
            vm.assertEq(Statement.context(fields, fields.shardIndex), context, "context");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    /// @dev The fields that statements and records share.
    function fieldsAt(string memory array, uint256 index) internal view returns (StatementFields memory fields) {
        fields.exchangeId = vm.parseJsonBytes32(statements, key(array, index, ".exchange"));
        fields.epoch = uint64(vm.parseJsonUint(statements, key(array, index, ".epoch")));
        fields.asOf = uint64(vm.parseJsonUint(statements, key(array, index, ".as_of")));
        fields.assetListDigest = vm.parseJsonBytes32(statements, key(array, index, ".asset_list"));
        fields.circuitId = vm.parseJsonBytes32(statements, key(array, index, ".circuit"));
        fields.ledgerSequence = uint64(vm.parseJsonUint(statements, key(array, index, ".ledger_sequence")));
        fields.ledgerHead = vm.parseJsonBytes32(statements, key(array, index, ".ledger_head"));
        fields.reservesDigest = vm.parseJsonBytes32(statements, key(array, index, ".reserves"));
        fields.headBefore = vm.parseJsonBytes32(statements, key(array, index, ".head_before"));
    }

    function reservesDigest(uint256[] memory amounts, bytes32 sources) internal pure returns (bytes32 digest) {
        (digest,) = Statement.reservesDigest(amounts, sources);
    }

    function test_reserves_digests() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(statements, key(".reserves", count, "")); ++count) {
            uint256[] memory amounts = vm.parseJsonUintArray(statements, key(".reserves", count, ".amounts"));
            bytes32 sources = vm.parseJsonBytes32(statements, key(".reserves", count, ".sources"));
            bytes32 digest = vm.parseJsonBytes32(statements, key(".reserves", count, ".digest"));
            vm.assertEq(reservesDigest(amounts, sources), digest, "reserves digest");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    function test_records_and_heads() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(statements, key(".records", count, "")); ++count) {
            StatementFields memory fields = fieldsAt(".records", count);
            uint256[] memory roots = vm.parseJsonUintArray(statements, key(".records", count, ".roots"));
            fields.shardCount = uint16(roots.length);
            bytes32 running;
            for (uint256 i = 0; i < roots.length; ++i) {
                running = EpochRecord.appendRoot(running, roots[i]);
            }
            bytes32 expected = vm.parseJsonBytes32(statements, key(".records", count, ".roots_digest"));
            vm.assertEq(running, expected, "roots");
            uint256[] memory liabilities = vm.parseJsonUintArray(statements, key(".records", count, ".liabilities"));
            bytes32 record = EpochRecord.digest(fields, running, liabilities);
            vm.assertEq(record, vm.parseJsonBytes32(statements, key(".records", count, ".record")), "record");
            expected = vm.parseJsonBytes32(statements, key(".records", count, ".head_after"));
            vm.assertEq(EpochRecord.nextHead(fields.headBefore, record), expected, "head");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    function bind(
        uint256[] calldata head,
        uint256[32] calldata points,
        uint256[8] calldata scalars,
        uint256 class,
        uint256 d
    ) external view returns (uint256 rho, uint256 phi) {
        uint256[205] memory y = PublicVector.image(head, points, scalars, class, d);
        rho = PublicVector.challenge(y);
        phi = PublicVector.evaluate(y, head.length, rho);
    }

    function test_public_vectors() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(statements, key(".public_vectors", count, "")); ++count) {
            uint256[] memory whole = vm.parseJsonUintArray(statements, key(".public_vectors", count, ".elements"));
            vm.assertEq(whole.length, ReferenceVector.LENGTH, "elements");
            uint256 d = vm.parseJsonUint(statements, key(".public_vectors", count, ".digest"));
            uint256 rho = vm.parseJsonUint(statements, key(".public_vectors", count, ".challenge"));
            uint256 phi = vm.parseJsonUint(statements, key(".public_vectors", count, ".evaluation"));
            vm.assertEq(ReferenceVector.challenge(whole, d), rho, "challenge");
            vm.assertEq(ReferenceVector.evaluation(whole, rho), phi, "evaluation");
            (uint256[32] memory points, uint256[8] memory scalars) = openingOf(whole);
            uint256 class = whole[ReferenceVector.CLASS];
            (uint256 foundRho, uint256 foundPhi) =
                this.bind(firstOf(whole, ReferenceVector.POINTS), points, scalars, class, d);
            vm.assertTrue(foundRho == rho && foundPhi == phi, "bound with all totals");
            // A post leaves out the zeros beyond the asset list.
            uint256 length = ReferenceVector.POINTS;
            while (length > PublicVector.HEADER && whole[length - 1] == 0) --length;
            (foundRho, foundPhi) = this.bind(firstOf(whole, length), points, scalars, class, d);
            vm.assertTrue(foundRho == rho && foundPhi == phi, "bound without the zeros");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    function firstOf(uint256[] memory whole, uint256 length) internal pure returns (uint256[] memory part) {
        part = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = whole[i];
        }
    }

    function openingOf(uint256[] memory whole)
        internal
        pure
        returns (uint256[32] memory points, uint256[8] memory scalars)
    {
        for (uint256 i = 0; i < 32; ++i) {
            uint256 first = ReferenceVector.POINTS + 2 * i;
            points[i] = whole[first] * 2 ** 128 + whole[first + 1];
        }
        for (uint256 i = 0; i < 8; ++i) {
            scalars[i] = whole[ReferenceVector.SCALARS + i];
        }
    }

    /// @dev Against the specification's formulas, element by element; what is beyond the range of
    /// elements is reduced.
    function testFuzz_binding_is_what_the_specification_writes(
        uint256 seed,
        uint8 assets,
        uint256[32] memory points,
        uint256[8] memory scalars,
        uint256 d,
        uint8 depth
    ) public view {
        ShardPost memory post;
        post.publicVector = new uint256[](3 + uint256(assets) % 129);
        for (uint256 i = 0; i < post.publicVector.length; ++i) {
            post.publicVector[i] = uint256(keccak256(abi.encode(seed, i))) % Bn254.R;
        }
        for (uint256 i = 0; i < 8; ++i) {
            post.openingScalars[i] = scalars[i] % Bn254.R;
        }
        (post.openingPoints, post.d) = (points, d % Bn254.R);
        uint256 class = PublicVector.classOf(depth, 128);
        vm.assertTrue(class == uint256(depth) + 2 ** 8 * 128, "class");
        uint256[3] memory expected = ReferenceVector.inputs(post, class);
        (uint256 rho, uint256 phi) = this.bind(post.publicVector, points, post.openingScalars, class, post.d);
        vm.assertTrue(rho == expected[1] && phi == expected[2], "binding");
    }

    function checkElement(uint256 element) external pure {
        uint256[205] memory y;
        y[2] = element;
        PublicVector.checkHead(y, PublicVector.HEADER);
    }

    function test_field_elements() public view {
        uint256 count = 0;
        for (; vm.keyExistsJson(statements, key(".field_elements", count, "")); ++count) {
            uint256 element = vm.parseJsonUint(statements, key(".field_elements", count, ".bytes"));
            (bool success,) = address(this).staticcall(abi.encodeCall(this.checkElement, (element)));
            bool canonical = vm.parseJsonBool(statements, key(".field_elements", count, ".canonical"));
            vm.assertTrue(success == canonical, "canonical");
        }
        vm.assertTrue(count > 0, "no vector");
    }

    /// @dev Against concatenation by the compiler.
    function testFuzz_amounts_are_packed(uint112[] memory amounts, bytes32 sources) public pure {
        if (amounts.length > 128) return;
        uint256[] memory words = new uint256[](amounts.length);
        bytes memory preimage = bytes.concat("ballast/reserves/v1", hex"00", bytes2(uint16(amounts.length)));
        for (uint256 i = 0; i < amounts.length; ++i) {
            words[i] = amounts[i];
            preimage = bytes.concat(preimage, bytes16(uint128(amounts[i])));
        }
        vm.assertEq(reservesDigest(words, sources), sha256(bytes.concat(preimage, sources)), "digest");
    }

    /// @dev Errors of the contract are the shared refusals but for those of Solana alone, and a few
    /// of its own.
    function test_errors_are_the_shared_refusals() public view {
        string[] memory shared = names(vm.readFile("tests/vectors/posts.json"), ".refusals", "");
        string[] memory errors = names(vm.readFile("contracts/abi/Reserves.json"), "$", "error");
        string[9] memory solanaOnly = [
            "PostMalformed",
            "BufferRangeInvalid",
            "CommitmentNotLatest",
            "NotUpgradeAuthority",
            "NotBufferOwner",
            "HoldingInvalid",
            "ClockInvalid",
            "CircuitDelayInvalid",
            "HistoryFull"
        ];
        string[4] memory evmOnly =
            ["PrecompileFailed", "OwnershipNotRenounceable", "GasInsufficient", "SafeCastOverflowedUintDowncast"];
        uint256 matched = 0;
        for (uint256 i = 0; i < shared.length; ++i) {
            bool expected = true;
            for (uint256 j = 0; j < solanaOnly.length; ++j) {
                if (same(shared[i], solanaOnly[j])) expected = false;
            }
            vm.assertTrue(contains(errors, shared[i]) == expected, shared[i]);
            if (expected) ++matched;
        }
        vm.assertEq(errors.length, matched + evmOnly.length, "errors that are no shared refusal");
        for (uint256 i = 0; i < evmOnly.length; ++i) {
            vm.assertTrue(contains(errors, evmOnly[i]), evmOnly[i]);
        }
    }

    /// @dev The names of the array's entries, of those of type `kind` unless it is empty.
    function names(string memory json, string memory array, string memory kind)
        internal
        view
        returns (string[] memory found)
    {
        found = new string[](256);
        uint256 count = 0;
        for (uint256 i = 0; vm.keyExistsJson(json, key(array, i, "")); ++i) {
            if (bytes(kind).length != 0 && !same(vm.parseJsonString(json, key(array, i, ".type")), kind)) continue;
            found[count++] = vm.parseJsonString(json, key(array, i, ".name"));
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    function contains(string[] memory haystack, string memory name) internal pure returns (bool found) {
        for (uint256 i = 0; i < haystack.length; ++i) {
            found = found || same(haystack[i], name);
        }
    }

    function same(string memory left, string memory right) internal pure returns (bool) {
        return keccak256(bytes(left)) == keccak256(bytes(right));
    }
}
