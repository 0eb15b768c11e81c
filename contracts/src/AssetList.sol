// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Identifiers} from "./Identifiers.sol";
import {IRefusals} from "./interfaces/IRefusals.sol";
import {Asset} from "./interfaces/IReserves.sol";

/// @dev Assets of one exchange: one for each total of a public vector. (Of a file, as a library's
/// constant is no length of an array.)
uint256 constant ASSETS_MAX = 128;

/// @notice One asset as it is stored.
struct ListedAsset {
    /// Zero-padded.
    bytes16 symbol;
    uint8 decimals;
}

/// @notice The assets of one exchange, in the order of their numbers from 1.
struct AssetListState {
    bytes32 digest;
    /// How often the list was cleared.
    uint32 generation;
    ListedAsset[] assets;
    /// By folded symbol; 0 for one that is not on the list.
    mapping(uint32 generation => mapping(bytes16 folded => uint16)) number;
}

/// @title Asset lists
/// @dev Section 1 of the specification: a list only grows, and no two of its symbols are alike.
library AssetList {
    /// @notice Decimals of an asset's unit, and of a token's.
    uint8 internal constant DECIMALS_MAX = 36;

    uint256 private constant SYMBOL_MAX = 16;

    /// @notice Adds `assets` behind the list's last. New ones are compared with all, old ones never
    /// again.
    function append(AssetListState storage list, Asset[] memory assets) internal {
        uint256 listed = list.assets.length;
        if (assets.length == 0) _refuse(0, "no asset");
        if (listed + assets.length > ASSETS_MAX) _refuse(0, "more than 128 assets");
        bytes32 digest = list.digest;
        mapping(bytes16 folded => uint16) storage numbers = list.number[list.generation];
        for (uint256 i = 0; i < assets.length; ++i) {
            uint256 number = listed + i + 1;
            uint8 decimals = assets[i].decimals;
            (bytes16 symbol, bytes16 folded) = parse(assets[i].symbol);
            if (folded == 0) _refuse(number, "symbol is not 1 to 16 of A-Z a-z 0-9 . _ -, with a letter or digit");
            if (decimals > DECIMALS_MAX) _refuse(number, "more than 36 decimals");
            if (numbers[folded] != 0) _refuse(number, "symbol is like another one");
            numbers[folded] = SafeCast.toUint16(number);
            list.assets.push(ListedAsset(symbol, decimals));
            digest = Identifiers.nextAssetListDigest(digest, symbol, decimals);
        }
        list.digest = digest;
    }

    /// @notice Empties the list and begins another generation of it.
    function clear(AssetListState storage list) internal {
        delete list.assets;
        list.digest = 0;
        ++list.generation;
    }

    /// @notice The list with readable symbols.
    function read(AssetListState storage list) internal view returns (Asset[] memory assets) {
        assets = new Asset[](list.assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            ListedAsset memory listed = list.assets[i];
            assets[i] = Asset(text(listed.symbol), listed.decimals);
        }
    }

    /// @notice The number of the asset called `symbol`, to the letter; 0 when there is none.
    function numberOf(AssetListState storage list, string calldata symbol) internal view returns (uint16 number) {
        (bytes16 padded, bytes16 folded) = parse(symbol);
        if (folded == 0) return 0;
        number = list.number[list.generation][folded];
        if (number != 0 && list.assets[number - 1].symbol != padded) number = 0;
    }

    /// @notice The symbol, zero-padded, and as it is compared: in upper case, without `.`, `_` and
    /// `-`.
    /// @return padded means nothing when it is no symbol
    /// @return folded zero when it is no symbol
    function parse(string memory symbol) internal pure returns (bytes16 padded, bytes16 folded) {
        bytes memory characters = bytes(symbol);
        if (characters.length > SYMBOL_MAX) return (0, 0);
        uint256 shift = 0;
        for (uint256 i = 0; i < characters.length; ++i) {
            bytes1 character = characters[i];
            if (character == "." || character == "_" || character == "-") continue;
            // Upper case is what lower case is without this bit.
            if (character >= "a" && character <= "z") character ^= 0x20;
            bool valid = (character >= "A" && character <= "Z") || (character >= "0" && character <= "9");
            if (!valid) return (0, 0);
            folded |= bytes16(character) >> shift;
            shift += 8;
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        padded = bytes16(characters);
    }

    /// @notice The symbol without its padding.
    function text(bytes16 symbol) internal pure returns (string memory characters) {
        uint256 length = 0;
        while (length < SYMBOL_MAX && symbol[length] != 0) ++length;
        characters = new string(length);
        assembly ("memory-safe") {
            mstore(add(characters, 32), symbol)
        }
    }

    function _refuse(uint256 number, string memory reason) private pure {
        revert IRefusals.AssetListInvalid(number, reason);
    }
}
